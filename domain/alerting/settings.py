"""All of `channels.yaml`: the channels, which incidents lead to them, and the heartbeat."""

from datetime import timedelta
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, JsonValue, StrictBool, StrictStr

from domain.alerting.channel import ChannelDefinition, ChannelId, ChannelPart
from domain.alerting.content import Alert
from domain.detection.rule import Category, FieldPath, Identifier
from domain.duration import parse_duration
from domain.incident.severity import Severity
from domain.signal import values_at
from domain.written import Duration


def _listed(written: Any) -> Any:
    return written if isinstance(written, list | tuple) else (written,)


class When(ChannelPart):
    """Which incidents a route is for: those that meet all of it; one value or a list of them.

    `field` holds values by path: `context.project`, `labels.team`, `about`, `source`.
    """

    severity: Annotated[tuple[Severity, ...], BeforeValidator(_listed)] = ()
    category: Annotated[tuple[Category, ...], BeforeValidator(_listed)] = ()
    rule: Annotated[tuple[Identifier, ...], BeforeValidator(_listed)] = ()
    field: dict[FieldPath, Annotated[tuple[JsonValue, ...], BeforeValidator(_listed)]] = Field(
        default_factory=dict
    )

    def holds(self, alert: Alert) -> bool:
        """Say whether an incident is meant."""
        known = alert.model_dump(mode="json")
        return (
            (not self.severity or alert.severity in self.severity)
            and (not self.category or alert.category in self.category)
            and (not self.rule or alert.rule_id in self.rule)
            and all(_is_among(known, path, values) for path, values in self.field.items())
        )


def _is_among(known: dict[str, Any], path: str, values: tuple[Any, ...]) -> bool:
    # Not by equality alone: True equals 1.
    wanted = {(type(value), value) for value in values if isinstance(value, str | int | float)}
    return any(
        (type(found), found) in wanted
        for found in values_at(known, path)
        if isinstance(found, str | int | float)
    )


class TableRoute(ChannelPart):
    """A line of the routing table.

    Incidents that it is for are told to `channels`, and with `only` to no other ones: not to
    those that the rule or the level names. So `only` with no channels keeps them on record and
    tells nobody.
    """

    name: Identifier
    when: When = When()
    channels: tuple[ChannelId, ...] = ()
    only: StrictBool = False


class RoutingTable(ChannelPart):
    """Routes besides those of rules and levels; of several that fit the first, or all, count."""

    match: Literal["first", "all"] = "all"
    routes: tuple[TableRoute, ...] = ()

    def fitting(self, alert: Alert) -> tuple[TableRoute, ...]:
        """Give the routes that count for an incident."""
        found = tuple(route for route in self.routes if route.when.holds(alert))
        return found[:1] if self.match == "first" else found


class Heartbeat(ChannelPart):
    """A URL that is asked for regularly while a worker works: who misses that raises the alarm."""

    url: StrictStr
    every: Duration = "1m"
    method: Literal["GET", "POST", "HEAD"] = "GET"


class AlertingSettings(ChannelPart):
    """How people are told.

    `messages` names the channels by which runbooks write to people, the first that reaches
    somebody counts. An incident that is older than `stale_after` when Tocsin learns of it, as in
    an old log, is kept on record, and nobody is told; `stale_after: null` tells of all.
    """

    channels: tuple[ChannelDefinition, ...] = ()
    routing: RoutingTable = RoutingTable()
    messages: tuple[ChannelId, ...] = ()
    heartbeat: Heartbeat | None = None
    stale_after: Duration | None = "7d"

    @property
    def stale_length(self) -> timedelta | None:
        """`stale_after` as a length of time."""
        return parse_duration(self.stale_after) if self.stale_after else None

    def channel(self, channel_id: str) -> ChannelDefinition | None:
        """Find a channel."""
        return next((each for each in self.channels if each.id == channel_id), None)

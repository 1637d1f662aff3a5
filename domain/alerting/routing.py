"""Who is told of an event of an incident: a policy that gives every channel a reason."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from domain.alerting.content import Alert, Occasion
from domain.alerting.settings import AlertingSettings
from domain.incident.levels import Level, SeverityLevels, Tier
from domain.incident.routed import PassedOver, Route, RouteKind

FOLLOW_UPS: frozenset[str] = frozenset({"acknowledged", "resolved", "closed"})
"""What is told only to those that were told of the incident before."""
PAGING: frozenset[str] = frozenset(
    {"detected", "reclassified", "reopened", "response_overdue", "escalated", "obligation_overdue"}
)
"""What somebody who answers makes needless."""


@dataclass(frozen=True, slots=True)
class Question:
    """What there is to tell.

    `names` are the channels that the rule names, `told` those that were told before, each with
    the first delivery, or with why a follow-up makes no sense there. `tier` is the tier that is
    told, 0 for none; `obligations` what is to be fulfilled by a message. `stale_by` is how old the
    incident was when Tocsin learned of it.
    """

    occasion: Occasion
    alert: Alert
    names: tuple[str, ...] = ()
    told: Mapping[str, str] = field(default_factory=dict)
    not_told: Mapping[str, str] = field(default_factory=dict)
    tier: int = 0
    by_tier_alone: bool = False
    obligations: tuple[str, ...] = ()
    stale_by: timedelta = timedelta()


@dataclass(slots=True)
class Told:
    """A channel that is told: by which routes, and whom in particular."""

    channel: str
    routes: list[Route] = field(default_factory=list)
    to: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Decision:
    """Who is told, and who is not, and why."""

    told: tuple[Told, ...]
    passed_over: tuple[PassedOver, ...]


def who_is_told(question: Question, settings: AlertingSettings, levels: SeverityLevels) -> Decision:
    """Decide who is told; every channel that a route leads to is in the answer once."""
    found: dict[str, Told] = {}
    for channel, route, to in _routes(question, settings, levels):
        told = found.setdefault(channel, Told(channel))
        told.routes += [] if route in told.routes else [route]
        told.to = (*told.to, *(name for name in to if name not in told.to))
    passed_over = {
        told.channel: PassedOver(channel=told.channel, routes=tuple(told.routes), why=why)
        for told in found.values()
        if (why := _why_not(told, question, settings)) is not None
    }
    chosen = tuple(told for told in found.values() if told.channel not in passed_over)
    return Decision(chosen, (*passed_over.values(), *_nobody(found, question)))


def _nobody(found: Mapping[str, Told], question: Question) -> Iterator[PassedOver]:
    if not found and question.occasion not in FOLLOW_UPS:
        yield PassedOver(channel="", routes=(), why="no route leads to any channel")


_Way = tuple[str, Route, tuple[str, ...]]


def _routes(
    question: Question, settings: AlertingSettings, levels: SeverityLevels
) -> Iterator[_Way]:
    level = levels.severity_levels[question.alert.severity]
    told = {**question.told, **question.not_told}
    if question.occasion in FOLLOW_UPS:
        yield from _earlier(told)
        return
    if question.occasion == "obligation":
        for name in question.obligations:
            terms = levels.terms(name)
            yield from _ways(terms.channels, _route("obligation", name), terms.to)
        return
    if question.tier:
        yield from _tier(level, question)
        if question.by_tier_alone:
            return
    if question.occasion == "reclassified":
        yield from _earlier(question.told)
    yield from _usual(question, settings, level)


def _usual(question: Question, settings: AlertingSettings, level: Level) -> Iterator[_Way]:
    fitting = settings.routing.fitting(question.alert)
    for each in fitting:
        yield from _ways(each.channels, _route("table", each.name))
    if any(each.only for each in fitting):
        return
    yield from _ways(question.names, _route("rule", question.alert.rule_id))
    yield from _ways(level.notifications, _route("severity", question.alert.severity))


def _tier(level: Level, question: Question) -> Iterator[_Way]:
    tiers = level.escalation[: question.tier]
    tier = tiers[-1] if tiers else Tier()
    route = _route("tier", f"tier {question.tier} of {question.alert.severity}")
    yield from _ways(tier.channels or level.notifications, route, tier.to)


def _earlier(told: Mapping[str, str]) -> Iterator[_Way]:
    for channel, delivery in told.items():
        yield channel, _route("earlier", delivery), ()


def _ways(channels: tuple[str, ...], route: Route, to: tuple[str, ...] = ()) -> Iterator[_Way]:
    for channel in channels:
        yield channel, route, to


def _route(kind: RouteKind, name: str) -> Route:
    return Route(kind=kind, name=name)


def _why_not(told: Told, question: Question, settings: AlertingSettings) -> str | None:
    channel = settings.channel(told.channel)
    if channel is None:
        return "channels.yaml has no such channel"
    if not channel.enabled:
        return "it is switched off in channels.yaml"
    if question.occasion in FOLLOW_UPS:
        # Also where a filter would not let it through any more: what was opened is to be ended.
        return question.not_told.get(told.channel)
    if question.stale_by:
        return f"the incident was {_days(question.stale_by)} old when Tocsin learned of it"
    return channel.filters.why_not(question.alert.severity, question.alert.category)


def _days(length: timedelta) -> str:
    days = length.days
    return f"{days:,} days" if days > 1 else f"{length.total_seconds() / 3600:.0f} hours"

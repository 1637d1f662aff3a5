"""A channel as its author writes it in `channels.yaml`, and which incidents it lets through."""

from datetime import timedelta
from functools import cached_property
from typing import Annotated, Any

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictBool,
    StrictInt,
    StrictStr,
)
from pydantic.alias_generators import to_camel

from domain.detection.rule import Category
from domain.duration import parse_duration
from domain.incident.severity import Severity
from domain.local_time import TimeOfDay
from domain.source.format import Zone
from domain.written import Duration

ChannelId = Annotated[StrictStr, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$")]


def is_address(written: str) -> bool:
    """Say whether what stands for somebody looks like an address: of mail, a phone, a channel."""
    return "@" in written or written[:1] in {"+", "#"}


Addressee = Annotated[StrictStr, Field(pattern=r"^[^\s\x00]{1,250}$")]


class ChannelPart(BaseModel):
    """What every part of a channel shares: frozen, no unknown fields, camelCase or snake_case."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", alias_generator=to_camel, populate_by_name=True
    )


class Filters(ChannelPart):
    """Which incidents a channel lets through: those at least so bad, and of these categories."""

    min_severity: Severity | None = None
    categories: tuple[Category, ...] | None = None

    def why_not(self, severity: Severity, category: str) -> str | None:
        """Say why an incident is not let through; None if it is."""
        if self.min_severity is not None and severity.rank < self.min_severity.rank:
            return f"it takes {self.min_severity} and worse, and this is {severity}"
        if self.categories is not None and category not in self.categories:
            return f"it takes {', '.join(self.categories) or 'no category'}, not {category}"
        return None


class Limit(ChannelPart):
    """At most `messages` are sent within any `per`; the others wait for their turn."""

    messages: Annotated[StrictInt, Field(ge=1, le=100_000)]
    per: Duration

    @cached_property
    def length(self) -> timedelta:
        """`per` as a length of time."""
        return parse_duration(self.per)


class Grouping(ChannelPart):
    """Above `above` new incidents `within` a time, the others come in one summary each `within`."""

    above: Annotated[StrictInt, Field(ge=1, le=100_000)] = 20
    within: Duration = "5m"

    @cached_property
    def length(self) -> timedelta:
        """`within` as a length of time."""
        return parse_duration(self.within)


class Retrying(ChannelPart):
    """How often a message is tried, and how long is waited in between.

    The wait is `first` after the first failure, twice that after each further one, and never more
    than `longest`. After `attempts`, or when nothing came through for `give_up_after` since the
    first failure, the message is dead, and the fallback channel is told.
    """

    attempts: Annotated[StrictInt, Field(ge=1, le=100)] = 10
    first: Duration = "2s"
    longest: Duration = "2m"
    give_up_after: Duration = "15m"

    def wait_after(self, attempt: int) -> timedelta:
        """Give the longest wait after an attempt, the first being 1."""
        # Beyond 2^20 times the first wait every longest wait is reached.
        doublings: int = 2 ** min(attempt - 1, 20)
        return min(parse_duration(self.first) * doublings, parse_duration(self.longest))


class Digest(ChannelPart):
    """Messages are gathered, and sent once a day at a time of day in a zone."""

    at: TimeOfDay = "08:00"
    timezone: Zone = "UTC"


def _digest(written: Any) -> Any:
    # As the original design's name for it, `email_daily_digest`, suggests.
    return {} if written == "daily" else written


class ChannelDefinition(ChannelPart):
    """A channel: of which type, what that type needs to know, and what it is used for.

    `config` is the type's own; a secret in it is `${NAME}`. `to` names people, teams, rotations
    or groups of the directory, or addresses as the type knows them; not every type has any use
    for it. `group: null` switches grouping off.
    """

    id: ChannelId
    type: Annotated[StrictStr, Field(pattern=r"^[a-z][a-z0-9_-]{0,49}$")]
    description: StrictStr = ""
    enabled: StrictBool = True
    config: dict[StrictStr, Any] = Field(default_factory=dict)
    to: Annotated[tuple[Addressee, ...], Field(max_length=100)] = ()
    filters: Filters = Filters()
    fallback: ChannelId | None = None
    limit: Limit | None = None
    group: Grouping | None = Grouping()
    retry: Retrying = Retrying()
    digest: Annotated[Digest | None, BeforeValidator(_digest)] = None

"""The severity levels as an organisation defines them: names, clocks, who is told."""

from datetime import timedelta
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StrictInt, StrictStr

from domain.duration import parse_duration
from domain.incident.classification import ClassificationPolicy
from domain.incident.obligations import DEFAULT_TERMS, ObligationName, ObligationTerms
from domain.incident.severity import Severity
from domain.written import Duration

NO_CLOCK = frozenset({"best effort", "none"})


def _clock(written: str) -> str:
    clock(written)
    return written


def clock(written: str) -> timedelta | None:
    """Read a level's time; None for `Best effort` or `None`, which mean that no clock runs.

    Raises ValueError for anything else that is not a duration.
    """
    return None if written.strip().lower() in NO_CLOCK else parse_duration(written)


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Repeat(_Part):
    """A tier is told again, `every` so long and so many `times`, until somebody answers."""

    every: Duration
    times: Annotated[StrictInt, Field(ge=1, le=1000)] = 1


class Tier(_Part):
    """Who is told next while nobody answers.

    The first tier is told when the response is overdue, each further one `after` the one before
    it was told. `channels` are those that it is told by, by default the level's own; `to` names
    who gets the message by those that are for people, by default whom the channel names.
    """

    channels: tuple[StrictStr, ...] = ()
    to: tuple[StrictStr, ...] = ()
    after: Duration = "10 minutes"
    repeat: Repeat | None = None


class Level(_Part):
    """One severity level. Both times run from detection: to acknowledge, and to resolve."""

    name: Annotated[StrictStr, Field(min_length=1)]
    description: StrictStr
    response_time: Annotated[StrictStr, AfterValidator(_clock)]
    escalation_time: Annotated[StrictStr, AfterValidator(_clock)]
    notifications: tuple[StrictStr, ...] = ()
    requires: tuple[ObligationName, ...] = ()
    examples: tuple[StrictStr, ...] = ()
    escalation: Annotated[tuple[Tier, ...], Field(max_length=20)] = ()


class SeverityLevels(_Part):
    """All of `severity-levels.yaml`: the five levels, how facts raise a severity, obligations."""

    severity_levels: dict[Severity, Level]
    classification: ClassificationPolicy = ClassificationPolicy()
    obligations: dict[ObligationName, ObligationTerms] = Field(default_factory=dict)

    def terms(self, obligation: str) -> ObligationTerms:
        """Say what a name under `requires` asks for; one that is not explained waits for people."""
        default = DEFAULT_TERMS.get(obligation, ObligationTerms())
        return self.obligations.get(obligation, default)

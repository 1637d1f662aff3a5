"""The severity levels as an organisation defines them: names, clocks, who is told."""

from datetime import timedelta
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StrictStr

from domain.duration import parse_duration
from domain.incident.classification import ClassificationPolicy
from domain.incident.severity import Severity

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


class Level(_Part):
    """One severity level. Both times run from detection: to acknowledge, and to resolve."""

    name: Annotated[StrictStr, Field(min_length=1)]
    description: StrictStr
    response_time: Annotated[StrictStr, AfterValidator(_clock)]
    escalation_time: Annotated[StrictStr, AfterValidator(_clock)]
    notifications: tuple[StrictStr, ...] = ()
    requires: tuple[StrictStr, ...] = ()
    examples: tuple[StrictStr, ...] = ()


class SeverityLevels(_Part):
    """All of `severity-levels.yaml`: the five levels, and how facts raise a severity."""

    severity_levels: dict[Severity, Level]
    classification: ClassificationPolicy = ClassificationPolicy()

"""What a severity level requires to be done: by when, and what counts as having done it."""

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StrictStr

from domain.duration import parse_duration
from domain.written import Duration

ObligationName = Annotated[StrictStr, Field(pattern=r"^[A-Za-z][A-Za-z0-9_-]{0,99}$")]
Evidence = Literal["acknowledgement", "assignment", "message", "action", "person"]


class ObligationTerms(BaseModel):
    """What a name under `requires` asks for.

    It is to be fulfilled `within` a time from when it arose; without one it is never late.
    `fulfilled_by` says what does so by itself: that somebody acknowledges the incident, that it is
    assigned, that a message was delivered by one of `channels` to `to`, or that an automated step
    with the action `action` succeeded in one of its runbooks. A person can always say that it is
    fulfilled.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    within: Duration | None = None
    fulfilled_by: Evidence = "person"
    channels: tuple[StrictStr, ...] = ()
    to: tuple[StrictStr, ...] = ()
    action: StrictStr | None = None
    description: StrictStr = ""

    @property
    def length(self) -> timedelta | None:
        """`within` as a length of time."""
        return parse_duration(self.within) if self.within else None


class Obligation(BaseModel):
    """Something that an incident's severity requires, as it arose for the incident."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    fulfilled_by: Evidence
    deadline: AwareDatetime | None


DEFAULT_TERMS: dict[str, ObligationTerms] = {
    "immediate_response": ObligationTerms(
        within="5 minutes",
        fulfilled_by="acknowledgement",
        description="Somebody answers at once",
    ),
    "executive_notification": ObligationTerms(
        within="30 minutes", description="The management is told"
    ),
    "war_room": ObligationTerms(within="15 minutes", description="Everybody concerned meets"),
    "dedicated_responder": ObligationTerms(
        within="1 hour",
        fulfilled_by="assignment",
        description="Somebody does nothing else",
    ),
}
"""What the names of the original design mean where the configuration does not say it."""

"""What every domain event has: whose it is, when Tocsin recorded it, and its provenance."""

from pydantic import AwareDatetime, BaseModel, ConfigDict

from domain.provenance import Provenance


class RecordedEvent(BaseModel):
    """A fact that happened to an aggregate.

    `originator_id` and `originator_version` name the aggregate and the event's place in its
    history; `timestamp` is when Tocsin recorded the event. When the thing itself happened is a
    field of the event where that can differ.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    originator_id: str
    originator_version: int
    timestamp: AwareDatetime
    provenance: Provenance

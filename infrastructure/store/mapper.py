"""Between domain events and stored ones: plain JSON, without the names of Python's types."""

from typing import Any

import msgspec
from eventsourcing.domain import DomainEventProtocol
from eventsourcing.persistence import Mapper, StoredEvent
from eventsourcing.utils import get_topic, resolve_topic

from domain.event import RecordedEvent
from infrastructure.store import events

_COLUMNS = {"originator_id", "originator_version"}


class JsonMapper(Mapper[str]):
    """Stores a pydantic event as JSON; a class version above 1 is written as `class_version`."""

    def to_stored_event(self, domain_event: DomainEventProtocol[str]) -> StoredEvent:
        """Turn an event into JSON."""
        assert isinstance(domain_event, RecordedEvent)  # noqa: S101 - there are no others
        state = domain_event.__pydantic_serializer__.to_json(domain_event, exclude=_COLUMNS)
        version = _version_of(type(domain_event))
        if version > 1:
            state = b'{"class_version":%d,' % version + state[1:]
        return StoredEvent(
            originator_id=domain_event.originator_id,
            originator_version=domain_event.originator_version,
            topic=get_topic(type(domain_event)),
            state=state,
        )

    def to_domain_event(self, stored_event: StoredEvent) -> DomainEventProtocol[str]:
        """Read an event back, brought to its newest version."""
        event_type: type[Any] = resolve_topic(stored_event.topic)
        state = upcast(event_type, msgspec.json.decode(stored_event.state))
        state["originator_id"] = stored_event.originator_id
        state["originator_version"] = stored_event.originator_version
        event: DomainEventProtocol[str] = event_type.model_validate(state)
        return event


def upcast(event_type: type[Any], state: dict[str, Any]) -> dict[str, Any]:
    """Bring an event's state to the newest version of its class, by the class's own upcasters."""
    version = state.pop("class_version", 1)
    while version < _version_of(event_type):
        getattr(event_type, f"upcast_v{version}_v{version + 1}")(state)
        version += 1
    return state


def evolved_types() -> dict[str, type[RecordedEvent]]:
    """Give the event types, by topic, of which there is more than one version."""
    return {
        topic: event_type
        for topic, event_type in events.event_types().items()
        if _version_of(event_type) > 1
    }


def _version_of(event_type: type[Any]) -> int:
    # Not by `getattr`: a model takes longer to say that it has no such attribute than to be stored.
    # The library makes aggregates' events of ours, so the version may stand in a parent.
    for kind in event_type.__mro__:
        if "class_version" in vars(kind):
            return int(vars(kind)["class_version"])
    return 1

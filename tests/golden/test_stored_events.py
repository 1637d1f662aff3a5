"""What is stored today can be read for ever: one file for each event type and version.

A file is never changed. When an event's shape changes, its class gets a new version, an upcaster
from the one before, and a new file beside the old. `TOCSIN_WRITE_GOLDEN=1` writes missing files.
"""

import json
import os
from pathlib import Path

import pytest
from eventsourcing.persistence import JSONTranscoder, StoredEvent
from eventsourcing.utils import get_topic

from domain.event import RecordedEvent
from infrastructure.store.events import event_types
from infrastructure.store.mapper import JsonMapper
from tests.support.histories import example_events

FOLDER = Path(__file__).parent / "events"
MAPPER = JsonMapper(JSONTranscoder())


def _examples() -> dict[str, RecordedEvent]:
    examples: dict[str, RecordedEvent] = {}
    for event in example_events():
        topic = get_topic(type(event))
        name = f"{topic}.v{getattr(type(event), 'class_version', 1)}"
        examples.setdefault(name, event)
    return examples


def _stored(event: RecordedEvent) -> bytes:
    return MAPPER.to_stored_event(event).state


EXAMPLES = _examples()


def test_every_event_type_has_an_example() -> None:
    assert {name.rpartition(".v")[0] for name in EXAMPLES} == event_types().keys()


@pytest.mark.parametrize("name", sorted(EXAMPLES))
def test_what_is_stored_has_not_changed(name: str) -> None:
    path = FOLDER / f"{name}.json"
    if os.environ.get("TOCSIN_WRITE_GOLDEN") == "1" and not path.exists():
        pretty = json.dumps(json.loads(_stored(EXAMPLES[name])), indent=1, ensure_ascii=False)
        path.write_text(pretty + "\n", encoding="utf-8")
    assert json.loads(_stored(EXAMPLES[name])) == json.loads(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.json")), ids=lambda path: path.stem)
def test_what_was_ever_stored_can_be_read(path: Path) -> None:
    topic = path.stem.rpartition(".v")[0]
    stored = StoredEvent("INC-20260301-EXAMPL", 7, topic, path.read_bytes())
    event = MAPPER.to_domain_event(stored)
    assert get_topic(type(event)) == topic
    assert MAPPER.to_domain_event(MAPPER.to_stored_event(event)) == event


def test_stored_events_are_plain_json_without_the_names_of_python_types() -> None:
    for event in EXAMPLES.values():
        text = _stored(event).decode()
        assert "domain." not in text
        assert "__" not in text

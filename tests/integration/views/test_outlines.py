"""What is left out of an event's outline is what no view reads."""

import json
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from application.projections.every import EVERY
from application.projections.timeline import COLUMNS
from infrastructure.store.events import event_types
from infrastructure.store.store import StoredLog, open_journal
from infrastructure.views.outlines import OUTLINES, outlined
from infrastructure.views.tables import table
from tests.unit.projections.histories import by, incident, minute


def test_there_is_an_outline_of_whatever_a_view_folds_and_of_nothing_else() -> None:
    assert {topic for view in EVERY.values() for topic in view.folds} == OUTLINES.keys()
    assert event_types().keys() > OUTLINES.keys()


def test_every_field_of_an_outline_is_a_field_of_the_event() -> None:
    for topic, kind in OUTLINES.items():
        assert set(kind.__struct_fields__) <= event_types()[topic].model_fields.keys(), topic


def test_a_timeline_row_has_the_columns_of_its_table() -> None:
    assert [column.name for column in table("timeline", 1, None).columns] == list(COLUMNS)


def test_an_event_that_no_view_reads_is_not_decoded() -> None:
    (record,) = outlined([(1, "rule-book", 1, "rule_book.opened", b"not even JSON")])
    assert record.state is None


def test_what_no_view_looks_into_stays_as_it_was_written() -> None:
    facts = '{"affected_users":100000000000000000000}'
    provenance = '{"actor":{"kind":"rule","name":"r"},"cause":{"kind":"signal","id":"s"}}'
    at = '"timestamp":"2024-12-10T06:55:46Z"'
    state = f'{{{at},"provenance":{provenance},"learned":{{"x":1}},"facts":{facts}}}'
    (record,) = outlined([(1, "INC-1", 2, "incident.facts_assessed", state.encode())])
    assert str(record.state.facts, "utf-8") == facts
    assert record.state.timestamp == "2024-12-10T06:55:46Z"


def test_an_event_of_an_older_version_is_brought_to_the_newest_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def upcast(state: dict[str, Any]) -> None:
        state["assignee"] = f"{state['assignee']}, {10**20}"

    opened = incident()
    opened.assign("old", by("alice"), minute(2))
    with closing(open_journal(f"sqlite:///{tmp_path / 'tocsin.db'}")) as journal:
        journal.commit([opened])
        assigned = event_types()["incident.assigned"]
        monkeypatch.setattr(assigned, "class_version", 2, raising=False)
        monkeypatch.setattr(assigned, "upcast_v1_v2", staticmethod(upcast), raising=False)
        told = StoredLog(journal).outlines(0, 10)
    assert [record.topic for record in told] == ["incident.detected", "incident.assigned"]
    assert told[1].state.assignee == f"old, {10**20}"
    assert json.loads(str(told[0].state.diagnosis.context, "utf-8"))

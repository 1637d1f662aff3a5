"""Given a source, when something befalls it, then an event says so."""

from datetime import UTC, datetime
from typing import Any

import pytest

from domain.provenance import Actor, Cause, Provenance
from domain.source.source import RejectedLine, Source

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
TOCSIN = Provenance(
    actor=Actor(kind="system", name="tocsin"),
    cause=Cause(kind="command", id="ingest"),
    correlation="source:auth",
)
FORMAT = {"format": "jsonl"}
LINE = RejectedLine(position=10, line=2, reason="not JSON", excerpt="{oops")


def a_source() -> Source:
    return Source.configure("auth", "digest-1", FORMAT, TOCSIN, AT)


def test_a_source_has_an_id_of_its_name() -> None:
    assert a_source().id == Source.id_of("auth") == "source:auth"


def test_a_source_begins_with_how_it_is_read() -> None:
    (configured,) = a_source().collect_events()
    assert isinstance(configured, Source.Configured)
    assert (configured.name, configured.digest, configured.definition) == (
        "auth",
        "digest-1",
        FORMAT,
    )
    assert (configured.provenance, configured.timestamp) == (TOCSIN, AT)


def test_a_source_that_is_read_in_another_way_remembers_the_new_digest() -> None:
    source = a_source()
    source.record(Source.Reconfigured, TOCSIN, AT, digest="digest-2", definition=FORMAT)
    assert (source.name, source.digest) == ("auth", "digest-2")


@pytest.mark.parametrize(
    ("event", "what"),
    [
        (Source.FileBefallen, {"happening": "rotated", "path": "/var/log/a", "position": 7}),
        (Source.LinesRejected, {"path": "/var/log/a", "lines": (LINE,)}),
        (Source.WindowsForgotten, {"rule_id": "rule", "keys": 5, "limit": 10}),
        (
            Source.Read,
            {"path": "a", "position": 9, "lines": 3, "signals": 2, "matched": 1, "rejected": 1},
        ),
    ],
)
def test_what_befalls_a_source_is_recorded_and_changes_nothing_else(
    event: type[Source.Event], what: dict[str, Any]
) -> None:
    source = a_source()
    source.collect_events()
    source.record(event, TOCSIN, AT, **what)
    (recorded,) = source.collect_events()
    assert type(recorded) is event
    assert {name: getattr(recorded, name) for name in what} == what
    assert (source.name, source.digest, source.version) == ("auth", "digest-1", 2)


def test_a_source_replayed_from_its_events_is_the_same() -> None:
    source = a_source()
    source.record(Source.Reconfigured, TOCSIN, AT, digest="digest-2", definition=FORMAT)
    source.record(Source.LinesRejected, TOCSIN, AT, path="a", lines=(LINE,))
    again = None
    for happened in source.pending_events:
        again = happened.mutate(again)
    assert isinstance(again, Source)
    assert (again.id, again.name, again.digest, again.version) == (
        source.id,
        source.name,
        source.digest,
        source.version,
    )

"""An incident replayed from its events is the incident that triggered them."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from hypothesis import event, given
from hypothesis import strategies as st

from domain.incident.classification import ClassificationPolicy
from domain.incident.errors import IncidentError
from domain.incident.events import Event
from domain.incident.incident import Incident
from domain.incident.severity import Severity
from domain.provenance import Provenance
from domain.signal import Signal
from tests.support.incidents import AT, DIAGNOSIS, by

POLICY = ClassificationPolicy()
Command = Callable[[Incident, Provenance, datetime], None]


def a_signal(number: int) -> Signal:
    at = AT + timedelta(minutes=number)
    return Signal(id=f"s{number}", source="metric", type="t", timestamp=at, data={"n": number})


def attaching(number: int, overflow: bool) -> Command:
    def attach(incident: Incident, provenance: Provenance, at: datetime) -> None:
        signals = (a_signal(number),)
        tally = incident.tally.with_signals(signals, overflow=overflow)
        incident.attach(signals, tally, provenance, at)

    return attach


def command(name: str, *arguments: Any) -> Command:
    def give(incident: Incident, provenance: Provenance, at: datetime) -> None:
        getattr(incident, name)(*arguments, provenance, at)

    return give


facts = st.fixed_dictionaries(
    {},
    optional={
        "affected_users": st.integers(0, 20_000),
        "data_at_risk": st.booleans(),
        "security_breach": st.booleans(),
        "service_availability": st.floats(0, 100),
        "previous_incidents": st.integers(0, 6),
    },
)
names = st.sampled_from(["anna", "ben"])
commands = st.one_of(
    st.builds(command, st.sampled_from(["acknowledge", "investigate", "resolve", "reopen"])),
    st.builds(command, st.just("close"), st.sampled_from(["resolved", "false_alarm", "duplicate"])),
    st.builds(command, st.just("assess"), facts, st.just(POLICY)),
    st.builds(command, st.just("set_severity"), st.sampled_from(Severity), st.just(POLICY)),
    st.builds(command, st.just("assign"), names),
    st.builds(command, st.just("note"), st.text()),
    st.builds(command, st.just("link_as_recurrence"), st.just("INC-0")),
    st.builds(attaching, st.integers(1, 99), st.booleans()),
)
provenances = names.map(by)


def lived(steps: Sequence[tuple[Command, Provenance]]) -> Incident:
    incident = Incident.detect("INC-1", DIAGNOSIS, steps[0][1], AT)
    for number, (give, provenance) in enumerate(steps):
        with suppress(IncidentError):
            give(incident, provenance, AT + timedelta(seconds=number))
    return incident


def replayed(history: Sequence[Any]) -> Incident:
    incident: Incident | None = None
    for happened in history:
        incident = happened.mutate(incident)
    assert incident is not None
    return incident


def state_of(incident: Incident) -> dict[str, Any]:
    return {name: value for name, value in vars(incident).items() if name != "_pending_events"}


histories = st.lists(st.tuples(commands, provenances), min_size=1, max_size=25).map(lived)


@given(histories)
def test_replaying_the_events_gives_the_same_incident(incident: Incident) -> None:
    history = incident.pending_events
    event(f"events: {min(10, len(history) // 2 * 2)}")
    assert state_of(replayed(history)) == state_of(incident)
    assert [one.originator_version for one in history] == list(range(1, len(history) + 1))


@given(histories)
def test_replaying_events_that_were_written_down_gives_the_same_incident(
    incident: Incident,
) -> None:
    history: list[Event] = [
        type(one).model_validate_json(one.model_dump_json())  # type: ignore[attr-defined]
        for one in incident.pending_events
    ]
    assert state_of(replayed(history)) == state_of(incident)


@given(histories, commands, provenances)
def test_a_refused_command_leaves_everything_as_it_was(
    incident: Incident, give: Command, provenance: Provenance
) -> None:
    before, count = state_of(replayed(incident.pending_events)), len(incident.pending_events)
    try:
        give(incident, provenance, AT)
    except IncidentError:
        assert len(incident.pending_events) == count
        assert state_of(incident) == before

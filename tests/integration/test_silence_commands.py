"""Commands on silences, on each kind of database: once each, and whoever is faster."""

from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta

import pytest

from application.commands.incidents import Order
from application.commands.silences import SilenceCommands, silence_ids_of
from application.journal import Journal
from domain.alerting.errors import (
    AlreadyEndedError,
    ImpossibleSilenceError,
    UnknownSilenceError,
)
from domain.alerting.silence import Silence
from infrastructure.store.store import open_journal
from tests.support.runbooks import START
from tests.support.silences import a_silence, act, an_alert
from tests.support.working import FakeClock

DEFINITION = a_silence(START, 120)
ORDER = Order(by="ana", id="silences add 1", reason="we test the login")


@pytest.fixture
def journal(database_url: str) -> Iterator[Journal]:
    with closing(open_journal(database_url)) as journal:
        yield journal


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def commands(journal: Journal, clock: FakeClock) -> SilenceCommands:
    return SilenceCommands(journal, clock)


def stored(journal: Journal, silence_id: str) -> Silence:
    silence = journal.load(Silence, silence_id)
    assert silence is not None
    return silence


def test_one_order_makes_one_silence(commands: SilenceCommands, journal: Journal) -> None:
    first = commands.create(DEFINITION, ORDER)
    again = commands.create(a_silence(START, 60), ORDER)
    assert first.id == again.id == next(silence_ids_of(ORDER.id))
    assert again.definition == DEFINITION
    other = commands.create(DEFINITION, Order(by="ana", id="silences add 2"))
    assert other.id != first.id
    assert stored(journal, first.id).version == 1


def test_what_is_stored_covers_what_was_meant(commands: SilenceCommands, journal: Journal) -> None:
    made = commands.create(DEFINITION, ORDER)
    found = stored(journal, made.id).covers(an_alert(), "slack", START)
    assert found == made.covers(an_alert(), "slack", START)
    assert found is not None
    assert (found.by, found.until) == ("ana", START + timedelta(hours=2))


def test_an_id_that_another_silence_has_is_made_longer(
    commands: SilenceCommands, journal: Journal
) -> None:
    short, longer, *_ = silence_ids_of(ORDER.id)
    taken = Silence.create(short, a_silence(), act())
    journal.commit([taken])
    assert commands.create(DEFINITION, ORDER).id == longer
    assert commands.create(DEFINITION, ORDER).id == longer


def test_an_end_moves_and_comes(
    commands: SilenceCommands, journal: Journal, clock: FakeClock
) -> None:
    made = commands.create(DEFINITION, ORDER)
    clock.move(hours=1)
    commands.extend(made.id, START + timedelta(hours=5), Order(by="ben", id="extend 1"))
    clock.move(hours=3)
    commands.end(made.id, Order(by="carol", id="end 1"))
    found = stored(journal, made.id)
    assert (found.version, found.ended_by, found.over_at) == (3, "carol", clock.now())
    with pytest.raises(AlreadyEndedError, match="ended by carol before"):
        commands.end(made.id, Order(by="dora", id="end 2"))


def test_what_is_refused_leaves_nothing(commands: SilenceCommands, journal: Journal) -> None:
    with pytest.raises(ImpossibleSilenceError):
        commands.create(a_silence(START, -1), ORDER)
    assert not journal.has(next(silence_ids_of(ORDER.id)))
    for refused in (commands.end, lambda of, order: commands.extend(of, START, order)):
        with pytest.raises(UnknownSilenceError, match="there is no silence SIL-NONE"):
            refused("SIL-NONE", ORDER)


def test_who_is_slower_decides_again_on_what_is_true_then(
    commands: SilenceCommands, journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = commands.create(DEFINITION, ORDER)
    commit = journal.commit

    def after_somebody_else(silences: list[Silence]) -> None:
        monkeypatch.setattr(journal, "commit", commit)
        commands.end(made.id, Order(by="ben", id="end 1"))
        commit(silences)

    monkeypatch.setattr(journal, "commit", after_somebody_else)
    with pytest.raises(AlreadyEndedError, match="ended by ben before"):
        commands.end(made.id, Order(by="ana", id="end 2"))
    assert stored(journal, made.id).version == 2

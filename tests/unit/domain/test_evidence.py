"""How an incident's signals are counted and digested."""

from datetime import UTC, datetime, timedelta
from hashlib import sha256

from domain.incident.evidence import KEPT_IN_FULL, Tally
from domain.signal import Signal

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)


def signals(count: int, first: int = 0) -> list[Signal]:
    return [
        Signal(
            id=f"s{number}",
            source="metric",
            type="t",
            timestamp=AT + timedelta(seconds=number),
            data={},
        )
        for number in range(first, first + count)
    ]


def test_a_tally_knows_how_many_and_from_when_to_when_in_whatever_order() -> None:
    tally = Tally.of(signals(3)[::-1])
    assert (tally.count, tally.first_at, tally.last_at) == (3, AT, AT + timedelta(seconds=2))


def test_signals_that_are_kept_in_full_need_no_digest() -> None:
    assert Tally.of(signals(KEPT_IN_FULL)).digest == ""


def test_the_digest_chains_the_ids_of_the_others() -> None:
    link = sha256(b"\ns100").hexdigest()
    assert Tally.of(signals(101)).digest == link
    assert Tally.of(signals(102)).digest == sha256(f"{link}\ns101".encode()).hexdigest()


def test_it_makes_no_difference_in_how_many_pieces_signals_are_counted() -> None:
    whole = Tally.of(signals(250))
    assert (
        Tally.of(signals(99)).with_signals(signals(51, 99)).with_signals(signals(100, 150)) == whole
    )


def test_overflow_is_counted_apart() -> None:
    tally = Tally.of(signals(2)).with_signals(signals(3, 2), overflow=True)
    assert (tally.count, tally.overflow) == (5, 3)

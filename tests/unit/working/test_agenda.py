"""What is due is taken in the order of its time, each once."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from application.working.agenda import Agenda
from tests.support.runbooks import START


def test_of_two_times_the_earlier_counts() -> None:
    agenda = Agenda()
    agenda.put("a", START + timedelta(seconds=5))
    agenda.put("a", START + timedelta(seconds=1))
    agenda.put("a", START + timedelta(seconds=9))
    assert agenda.next_at == START + timedelta(seconds=1)
    assert agenda.take(START) is None
    assert agenda.take(START + timedelta(seconds=1)) == "a"
    assert agenda.take(START + timedelta(days=1)) is None


@given(st.lists(st.tuples(st.sampled_from("abcdef"), st.integers(0, 100))))
def test_each_is_taken_once_at_its_earliest_time(puts: list[tuple[str, int]]) -> None:
    agenda, earliest = Agenda(), dict[str, int]()
    for of, second in puts:
        agenda.put(of, START + timedelta(seconds=second))
        earliest[of] = min(second, earliest.get(of, second))
    taken = []
    while (due := agenda.take(START + timedelta(days=1))) is not None:
        taken.append(due)
    assert sorted(taken) == sorted(earliest)
    assert [earliest[of] for of in taken] == sorted(earliest.values())

"""The life of a silence: given what happened, when something is decided, then these events."""

from datetime import timedelta
from typing import Any

import pytest

from domain.alerting.errors import (
    AlreadyEndedError,
    ImpossibleSilenceError,
    UnchangedSilenceError,
)
from domain.alerting.schedule import Schedule
from domain.alerting.silence import Covering, Silence, first_covering
from domain.alerting.silence_definition import SilenceDefinition
from domain.incident.severity import Severity
from tests.support.silences import (
    RULE,
    SILENCE,
    START,
    a_maintenance,
    a_silence,
    act,
    an_alert,
    created,
    hours,
    matcher,
)

ALERT = an_alert()


def names_of(silence: Silence) -> list[str]:
    return [type(each).__name__ for each in silence.pending_events]


class TestCovering:
    def test_it_says_until_when_why_and_by_whom(self) -> None:
        assert created().covers(ALERT, "slack", hours(1)) == Covering(
            silence_id=SILENCE,
            kind="silence",
            until=hours(2),
            comment="we test the login",
            by="ana",
        )

    def test_it_begins_with_its_start_and_is_over_at_its_end(self) -> None:
        silence = created()
        assert silence.covers(ALERT, "slack", START - timedelta(microseconds=1)) is None
        assert silence.covers(ALERT, "slack", START) is not None
        assert silence.covers(ALERT, "slack", hours(2)) is None

    def test_every_matcher_has_to_hold(self) -> None:
        both = a_silence(START, 60, RULE, matcher("channel", "slack"))
        assert created(both).covers(ALERT, "slack", START) is not None
        assert created(both).covers(ALERT, "email", START) is None

    def test_what_comes_back_holds_until_the_end_of_its_window(self) -> None:
        silence = created(a_maintenance())
        covering = silence.covers(ALERT, "slack", hours(49))
        assert covering is not None
        assert (covering.until, covering.kind) == (hours(50), "maintenance")
        assert silence.covers(ALERT, "slack", hours(51)) is None

    def test_once_ended_it_covers_what_came_before_and_nothing_after(self) -> None:
        silence = created()
        silence.end(act(1))
        before = silence.covers(ALERT, "slack", hours(0.5))
        assert before is not None
        assert before.until == hours(1)
        assert silence.covers(ALERT, "slack", hours(1)) is None

    def test_of_several_that_counts_which_holds_longest(self) -> None:
        several = [
            created(a_silence(minutes=minutes), f"SIL-{name}")
            for name, minutes in (("A", 60), ("B", 180), ("C", 180), ("D", 120))
        ]
        for silences in (several, several[::-1]):
            covering = first_covering(silences, ALERT, "slack", START)
            assert covering is not None
            assert (covering.silence_id, covering.until) == ("SIL-C", hours(3))
        assert first_covering(several, ALERT, "slack", hours(3)) is None
        assert first_covering([], ALERT, "slack", START) is None


class TestTheWorst:
    P0 = an_alert(severity=Severity.P0)

    @pytest.mark.parametrize(
        ("definition", "covers"),
        [
            (a_silence(), False),
            (a_maintenance(everything=True), False),
            (a_silence(START, 60, matcher("severity", "P[0-4]", "matches")), False),
            (a_silence(START, 60, matcher("severity", "P4", "not_equals")), False),
            (a_silence(START, 60, matcher("severity", ("P0", "P1"), "in")), True),
            (a_silence(START, 60, RULE, matcher("severity", "P0")), True),
            (a_silence(START, 60, matcher("incident", P0.incident_id)), True),
            (a_silence(START, 60, matcher("incident", "INC", "matches")), False),
            (a_silence(START, 60, matcher("severity", "P1")), False),
        ],
    )
    def test_p0_is_held_back_only_where_it_is_named(
        self, definition: SilenceDefinition, covers: bool
    ) -> None:
        assert bool(created(definition).covers(self.P0, "slack", START)) is covers

    def test_everything_holds_back_the_rest(self) -> None:
        assert created(a_maintenance(everything=True)).covers(ALERT, "slack", START) is not None


class TestCreating:
    def test_it_may_lie_in_the_future(self) -> None:
        silence = created(a_silence(hours(24)))
        assert names_of(silence) == ["Created"]
        assert silence.covers(ALERT, "slack", START) is None

    @pytest.mark.parametrize(
        ("changes", "said"),
        [
            ({"comment": " \n"}, "it does not say why"),
            ({"comment": "x" * 2001}, "more than 2,000 characters"),
            ({"matchers": ()}, "it does not say what it holds back"),
            ({"everything": True}, "only a maintenance window may hold back everything"),
            (
                {"everything": True, "kind": "maintenance", "matchers": (RULE,)},
                "it holds back everything, and yet only what its matchers say",
            ),
            ({"matchers": (RULE,) * 101}, "more than 100 matchers"),
            ({"matchers": (matcher("team", "x"),)}, "there is no 'team' to ask for"),
        ],
    )
    def test_what_is_wrong_with_it_is_told(self, changes: dict[str, Any], said: str) -> None:
        with pytest.raises(ImpossibleSilenceError, match=said):
            created(a_silence(**changes))

    def test_only_maintenance_comes_back(self) -> None:
        with pytest.raises(ImpossibleSilenceError, match="only a maintenance window comes back"):
            created(a_silence(schedule={"repeats": "daily", "timezone": "UTC"}))

    def test_all_that_is_wrong_is_told_at_once(self) -> None:
        wrong = SilenceDefinition(
            comment="",
            everything=True,
            schedule=Schedule(starts_at=hours(-1), ends_at=hours(-2)),
        )
        with pytest.raises(ImpossibleSilenceError) as refused:
            created(wrong)
        assert refused.value.mistakes == (
            "only a maintenance window may hold back everything",
            "it does not say why",
            "it ends before it begins",
            "it is over already",
        )


class TestEnding:
    def test_it_is_recorded_by_whom(self) -> None:
        silence = created()
        silence.end(act(1, by="ben"))
        assert names_of(silence) == ["Created", "Ended"]
        assert (silence.ended_by, silence.ended_at, silence.over_at) == ("ben", hours(1), hours(1))

    def test_what_has_not_begun_is_called_off(self) -> None:
        silence = created(a_silence(hours(24)))
        silence.end(act(1))
        assert silence.covers(ALERT, "slack", hours(25)) is None

    def test_what_is_over_is_not_ended_again(self) -> None:
        silence = created()
        with pytest.raises(AlreadyEndedError, match="is over; make a new one"):
            silence.end(act(2))
        silence.end(act(1, by="ben"))
        with pytest.raises(AlreadyEndedError, match="was ended by ben before"):
            silence.end(act(1.5))
        assert names_of(silence) == ["Created", "Ended"]


class TestExtending:
    @pytest.mark.parametrize("until", [1.5, 9])
    def test_its_end_moves_later_or_earlier(self, until: float) -> None:
        silence = created()
        silence.extend(hours(until), act(1))
        assert names_of(silence) == ["Created", "Extended"]
        covering = silence.covers(ALERT, "slack", hours(1.2))
        assert covering is not None
        assert covering.until == silence.over_at == hours(until)

    def test_of_what_comes_back_that_moves_after_which_it_does_not(self) -> None:
        silence = created(a_maintenance())
        assert silence.over_at is None
        silence.extend(hours(49), act(1))
        assert silence.over_at == hours(49)
        covering = silence.covers(ALERT, "slack", hours(48.5))
        assert covering is not None
        assert covering.until == hours(49)

    @pytest.mark.parametrize(
        ("until", "error", "said"),
        [
            (0.5, ImpossibleSilenceError, "cannot end in the past; to end it now, say so"),
            (1, ImpossibleSilenceError, "cannot end in the past"),
            (2, UnchangedSilenceError, "ends at that time already"),
            (24 * 367, ImpossibleSilenceError, "longer than 366 days"),
        ],
    )
    def test_not_every_end_can_be(self, until: float, error: type[Exception], said: str) -> None:
        silence = created()
        with pytest.raises(error, match=said):
            silence.extend(hours(until), act(1))
        assert names_of(silence) == ["Created"]

    def test_what_has_not_begun_cannot_end_before_it_does(self) -> None:
        silence = created(a_silence(hours(24)))
        with pytest.raises(ImpossibleSilenceError, match="it ends before it begins"):
            silence.extend(hours(23), act(1))

    def test_what_is_over_stays_so(self) -> None:
        silence = created()
        with pytest.raises(AlreadyEndedError):
            silence.extend(hours(9), act(2))
        silence.end(act(1))
        with pytest.raises(AlreadyEndedError):
            silence.extend(hours(9), act(1.5))

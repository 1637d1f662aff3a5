"""The policies of alerting, whatever they are asked: clocks, routes, pace, and the daily digest."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any, get_args
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from application.alerting.pace import Breaker, Pace
from domain.alerting.channel import Digest, Limit
from domain.alerting.content import Occasion
from domain.alerting.digest import digest_after
from domain.alerting.routing import FOLLOW_UPS, Question, who_is_told
from domain.alerting.settings import AlertingSettings
from domain.incident import clocks
from domain.incident.by_clock import keep_time
from domain.incident.incident import Incident
from domain.incident.levels import SeverityLevels
from domain.incident.severity import Severity
from domain.provenance import Act
from tests.support.alarm_room import channels_of, levels_of
from tests.support.incidents import AT, DIAGNOSIS, by
from tests.support.silences import an_alert

LEVELS = levels_of(
    P0={
        "requires": ["immediate_response", "war_room"],
        "escalation": [{"after": "5m", "repeat": {"every": "10m", "times": 3}}, {"after": "20m"}],
    },
    P1={"requires": ["dedicated_responder"], "escalation": [{}]},
)
NAMES = ("slack_incidents", "slack_security", "email_oncall", "off", "strict", "nowhere")
severities = st.sampled_from(Severity)
moments = st.integers(0, 60 * 60 * 60).map(lambda seconds: AT + timedelta(seconds=seconds))


def an_incident(severity: Severity) -> Incident:
    changes = {"severity": severity, "base_severity": severity}
    return Incident.detect("INC-1", DIAGNOSIS.model_copy(update=changes), by("rule"), AT)


def looked_at(incident: Incident, levels: SeverityLevels, at: datetime) -> datetime | None:
    return keep_time(incident, levels, Act(by("worker"), at))


class TestClocks:
    @given(severities, st.lists(moments, max_size=6).map(sorted))
    def test_to_look_twice_at_one_time_records_nothing_more(
        self, severity: Severity, at: list[datetime]
    ) -> None:
        incident = an_incident(severity)
        for moment in at:
            first = looked_at(incident, LEVELS, moment)
            count = len(incident.pending_events)
            assert looked_at(incident, LEVELS, moment) == first
            assert len(incident.pending_events) == count
            assert first is None or first > moment

    @given(severities, st.lists(moments, min_size=1, max_size=6).map(sorted), st.integers(0, 9))
    def test_nothing_happens_before_the_time_that_was_given(
        self, severity: Severity, at: list[datetime], share: int
    ) -> None:
        incident = an_incident(severity)
        for moment in at:
            next_at = looked_at(incident, LEVELS, moment)
            count = len(incident.pending_events)
            between = (next_at - moment) * share / 10 if next_at else timedelta(days=share)
            assert looked_at(incident, LEVELS, moment + between) == next_at
            assert len(incident.pending_events) == count

    @given(severities, moments, moments)
    def test_each_deadline_passes_once_however_often_it_is_looked_at(
        self, severity: Severity, one: datetime, other: datetime
    ) -> None:
        late = AT + timedelta(days=3)
        incident = an_incident(severity)
        for moment in [*sorted((one, other)), late]:
            looked_at(incident, LEVELS, moment)
        happened = [type(each).__name__ for each in incident.pending_events]
        level = LEVELS.severity_levels[severity]
        response, resolution = clocks.deadlines(incident.clocks, level)
        by_clock = [
            each for each in incident.pending_events
            if isinstance(each, Incident.Escalated) and each.clock == "resolution"
        ]  # fmt: skip
        assert happened.count("ResponseOverdue") == (response is not None)
        assert len(by_clock) == (resolution is not None)

    @given(severities, moments)
    def test_who_resolves_it_stops_every_clock(self, severity: Severity, at: datetime) -> None:
        incident = an_incident(severity)
        looked_at(incident, LEVELS, at)
        incident.resolve(by("ana"), at)
        assert looked_at(incident, LEVELS, at) is None
        assert clocks.next_due(incident.clocks, incident.status, _level(severity)) is None
        assert not incident.obligations


def _level(severity: Severity) -> Any:
    return LEVELS.severity_levels[severity]


@st.composite
def questions(draw: st.DrawFn) -> Question:
    some = st.lists(st.sampled_from(NAMES), unique=True, max_size=4)
    return Question(
        occasion=draw(st.sampled_from(get_args(Occasion))),
        alert=an_alert(severity=draw(severities)),
        names=tuple(draw(some)),
        told={name: f"DLV-{name}" for name in draw(some)},
        not_told=dict.fromkeys(draw(some), "it had not been told"),
        tier=draw(st.integers(0, 3)),
        by_tier_alone=draw(st.booleans()),
        obligations=tuple(draw(st.lists(st.sampled_from(["told", "war_room"]), unique=True))),
        stale_by=draw(st.sampled_from([timedelta(), timedelta(days=9)])),
    )


def _settings(routes: list[dict[str, Any]]) -> AlertingSettings:
    strict = {"filters": {"minSeverity": "P1"}}
    return channels_of(
        channels={"off": {"enabled": False}, "strict": strict}, routing={"routes": routes}
    )


tables = st.lists(
    st.fixed_dictionaries(
        {
            "name": st.sampled_from(["one", "two"]),
            "channels": st.lists(st.sampled_from(NAMES), max_size=3),
            "only": st.booleans(),
        }
    ),
    max_size=2,
)


class TestRouting:
    @given(questions(), tables)
    def test_each_channel_is_told_or_passed_over_once_and_for_a_reason(
        self, question: Question, routes: list[dict[str, Any]]
    ) -> None:
        settings = _settings(routes)
        decision = who_is_told(question, settings, LEVELS)
        told = [each.channel for each in decision.told]
        passed_over = [each.channel for each in decision.passed_over]
        assert len({*told, *passed_over}) == len(told) + len(passed_over)
        for each in decision.told:
            channel = settings.channel(each.channel)
            assert channel is not None
            assert channel.enabled
            assert each.routes
            assert len(each.routes) == len(set(each.routes))
        for skipped in decision.passed_over:
            assert skipped.why
            assert skipped.routes or not skipped.channel

    @given(questions(), tables)
    def test_a_follow_up_goes_only_where_it_was_told_before(
        self, question: Question, routes: list[dict[str, Any]]
    ) -> None:
        decision = who_is_told(question, _settings(routes), LEVELS)
        if question.occasion in FOLLOW_UPS:
            assert {each.channel for each in decision.told} <= set(question.told)
        elif not (decision.told or decision.passed_over):
            raise AssertionError("nobody was told, and nothing says why")


class TestPace:
    @given(
        st.integers(1, 5), st.integers(1, 60), st.lists(st.integers(0, 30), min_size=1, max_size=60)
    )
    def test_within_no_window_more_is_sent_than_the_limit_says(
        self, messages: int, seconds: int, pauses: list[int]
    ) -> None:
        pace, now, sent = Pace(Limit(messages=messages, per=f"{seconds}s")), AT, []
        for pause in pauses:
            now += timedelta(seconds=pause)
            now = max(now, pace.free_at() or now)
            pace.note(now)
            sent.append(now)
        length = timedelta(seconds=seconds)
        for at in sent:
            assert sum(at - length < other <= at for other in sent) <= messages

    @given(st.lists(st.tuples(st.booleans(), st.integers(0, 400)), max_size=60))
    def test_a_breaker_opens_after_five_failures_and_closes_with_a_success(
        self, tries: list[tuple[bool, int]]
    ) -> None:
        breaker, now, in_a_row = Breaker(), AT, 0
        for success, pause in tries:
            now += timedelta(seconds=pause)
            breaker.note(success=success, now=now)
            in_a_row = 0 if success else in_a_row + 1
            assert breaker.blocks(now) == (in_a_row >= 5)
            assert not breaker.blocks(now + timedelta(minutes=5))
            assert (breaker.since is None) == (in_a_row == 0)


class TestDigest:
    zones = st.sampled_from(["UTC", "Europe/Berlin", "America/New_York", "Pacific/Apia"])
    days = st.integers(0, 3 * 365 * 86_400).map(
        lambda seconds: datetime(2024, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    )

    @given(st.times(), zones, days)
    def test_the_next_digest_is_at_its_local_time_and_within_little_more_than_a_day(
        self, time: Any, zone: str, at: datetime
    ) -> None:
        digest = Digest(at=f"{time:%H:%M}", timezone=zone)
        found = digest_after(digest, at)
        assert at < found <= at + timedelta(hours=25)
        local = found.astimezone(ZoneInfo(zone))
        # A time that is skipped on a day when clocks change comes an hour later.
        early = timedelta(hours=time.hour, minutes=time.minute)
        late = timedelta(hours=local.hour, minutes=local.minute) - early
        assert late % timedelta(days=1) in {timedelta(), timedelta(hours=1)}

    @given(st.times(), zones, days)
    def test_digests_follow_one_another_day_by_day(
        self, time: Any, zone: str, at: datetime
    ) -> None:
        digest = Digest(at=f"{time:%H:%M}", timezone=zone)
        found = [at]
        for _ in range(4):
            found.append(digest_after(digest, found[-1]))
        for one, other in pairwise(found[1:]):
            assert timedelta(hours=22) < other - one < timedelta(hours=26)

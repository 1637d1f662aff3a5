"""One example of every event that can be stored, with fixed times and ids."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import count

from application.alerting.telling import content_of
from domain.alerting.delivery import Claim, Delivery
from domain.alerting.delivery_events import Addressed, Errand
from domain.alerting.silence import Covering
from domain.detection.detector import Opened
from domain.detection.diagnosing import diagnose
from domain.detection.rule import Rule
from domain.detection.rule_book import RuleBook
from domain.event import RecordedEvent
from domain.incident.by_clock import fulfil, keep_time
from domain.incident.classification import ClassificationPolicy, Reason
from domain.incident.incident import Incident
from domain.incident.levels import SeverityLevels
from domain.incident.routed import Chosen, PassedOver, Route
from domain.provenance import Act, Actor, Cause, Provenance
from domain.signal import Origin, Signal
from domain.source.source import RejectedLine, Source
from tests.support.example_executions import example_executions
from tests.support.example_silences import example_silences

Now = Callable[[], datetime]

BEGIN = datetime(2026, 3, 1, 12, tzinfo=UTC)
POLICY = ClassificationPolicy()


def example_rule() -> Rule:
    """A rule that says something in every field."""
    return Rule.model_validate(
        {
            "id": "rule-example",
            "name": "Example",
            "description": "An example of a rule.",
            "detection": {
                "source": "audit_log",
                "pattern": [
                    {"field": "action", "operator": "equals", "value": "exported"},
                    {"not": {"field": "actor.name", "operator": "in", "value": ["backup"]}},
                ],
                "threshold": {"count": 2, "window": "5m"},
                "correlate": {"field": "actor.ip", "within": "10m"},
            },
            "defaultSeverity": "P3",
            "category": "data_leak",
            "runbook": "runbook-example",
            "autoRemediate": True,
            "notifyChannels": ["slack_security"],
            "labels": {"team": "payments", "who": {"field": "actor.name"}},
            "context": {"affectedUsers": "rows", "table": "target.name"},
            "limit": 10,
        }
    )


def example_signal(number: int) -> Signal:
    """A signal with every kind of value in it."""
    return Signal(
        id=f"signal-{number}",
        source="audit_log",
        type="exported",
        timestamp=BEGIN + timedelta(seconds=number),
        data={
            "action": "exported",
            "actor": {"ip": "192.0.2.1", "name": "Zoë"},
            "rows": 1200,
            "share": 0.5,
            "target": {"name": "customers", "tags": ["a", None, True]},
        },
        origin=Origin(source="audit", position=100 * number, line=number),
    )


def example_events() -> list[RecordedEvent]:
    """Every event, at least once, in histories that are legal."""
    seconds = count()

    def at() -> datetime:
        return BEGIN + timedelta(hours=1, seconds=next(seconds))

    events: list[RecordedEvent] = []
    # What is new comes last: the times of what is stored must not change.
    for aggregate in (
        _incident(at), _source(at), _rule_book(at), *example_executions(_who(), at),
        _incident_with_a_runbook(at), *example_silences(_who("the cables move"), at),
        _incident_that_nobody_answers(at), *_deliveries(at),
    ):  # fmt: skip
        events.extend(e for e in aggregate.pending_events if isinstance(e, RecordedEvent))
    return events


def _who(reason: str = "") -> Provenance:
    return Provenance(
        actor=Actor.person("ada"),
        cause=Cause(kind="command", id="command-1"),
        correlation="INC-20260301-EXAMPL",
        reason=reason,
    )


def _incident(at: Now) -> Incident:
    signals = (example_signal(1), example_signal(2))
    opened = Opened(example_rule(), '"192.0.2.1"', "INC-20260301-EXAMPL", signals[1], 2, signals, 0)
    incident = Incident.detect(opened.incident_id, diagnose(opened, "audit", POLICY), _who(), at())
    more = (example_signal(3),)
    incident.attach(more, incident.tally.with_signals(more), _who(), at())
    incident.acknowledge(_who("I am on it"), at())
    incident.investigate(_who(), at())
    incident.assign("grace", _who(), at())
    incident.note("The export was not planned.", _who(), at())
    incident.assess({"security_breach": True}, POLICY, _who(), at())
    incident.link_as_recurrence("INC-20260228-BEFORE", _who(), at())
    incident.resolve(_who(), at())
    incident.close("resolved", _who(), at())
    incident.reopen(_who("It happened again"), at())
    return incident


def _incident_with_a_runbook(at: Now) -> Incident:
    signals = (example_signal(1), example_signal(2))
    opened = Opened(example_rule(), '"192.0.2.1"', "INC-20260301-EXAMPL", signals[1], 2, signals, 0)
    incident = Incident.detect(opened.incident_id, diagnose(opened, "audit", POLICY), _who(), at())
    reason = Reason(rule="a step failed", fact="no such commit", severity=incident.severity)
    incident.escalate(reason, _who(), at())
    incident.ask_review("RUN-EXAMPL-AAAAAAAA", ("security_lead",), _who(), at())
    incident.give_review("RUN-EXAMPL-AAAAAAAA", _who(), at())
    return incident


def _incident_that_nobody_answers(at: Now) -> Incident:
    signals = (example_signal(1), example_signal(2))
    opened = Opened(example_rule(), '"192.0.2.1"', "INC-20260301-EXAMPL", signals[1], 2, signals, 0)
    incident = Incident.detect(opened.incident_id, diagnose(opened, "audit", POLICY), _who(), at())
    route = Route(kind="severity", name="P1")
    incident.record(
        Incident.AlertsRouted, _who(), at(), occasion="detected", of_version=1,
        chosen=(Chosen(channel="slack_security", delivery="DLV-A", routes=(route,)),),
        passed_over=(PassedOver(channel="email_night", routes=(route,), why="it is off"),),
        paging=("DLV-A",),
    )  # fmt: skip
    for hours in (1, 2, 3):
        keep_time(incident, LEVELS, Act(_who(), at() + timedelta(hours=hours)))
    fulfil(incident, "war_room", "person", "grace", Act(_who(), at()))
    incident.resolve(_who(), at() + timedelta(hours=4))
    keep_time(incident, LEVELS, Act(_who(), at() + timedelta(hours=4)))
    return incident


LEVELS = SeverityLevels.model_validate(
    {
        "severity_levels": {
            f"P{rank}": {
                "name": f"P{rank}",
                "description": "An example.",
                "response_time": "15 minutes",
                "escalation_time": "30 minutes",
                "notifications": ["slack_security"],
                "requires": ["immediate_response", "war_room"],
                "escalation": [{"to": ["grace"]}],
            }
            for rank in range(5)
        }
    }
)


def example_errand(channel: str = "slack_security", version: int = 1) -> Errand:
    """A message about an incident."""
    signals = (example_signal(1), example_signal(2))
    opened = Opened(example_rule(), '"192.0.2.1"', "INC-20260301-EXAMPL", signals[1], 2, signals, 0)
    incident = Incident.detect(opened.incident_id, diagnose(opened, "audit", POLICY), _who(), BEGIN)
    happened = incident.pending_events[0]
    assert isinstance(happened, Incident.Event)
    return Errand(
        channel=channel,
        event=f"INC-20260301-EXAMPL@{version}",
        incident_id="INC-20260301-EXAMPL",
        content=content_of(incident, happened, "detected"),
        routes=(Route(kind="severity", name="P1"), Route(kind="rule", name="rule-example")),
        to=("payments",),
    )


def _deliveries(at: Now) -> Iterator[Delivery]:
    def act() -> Act:
        return Act(_who(), at())

    until = BEGIN + timedelta(hours=2)
    held_by = Covering(
        silence_id="SIL-A", kind="silence", until=until, comment="planned work", by="ada"
    )
    grace = Addressed(name="grace", why="on call for payments until 2026-03-02 09:00 CET")
    delivery = Delivery.plan(example_errand(), act())
    delivery.silence(held_by, act())
    delivery.claim(Claim("worker-1", BEGIN + timedelta(hours=3), (grace,)), act())
    delivery.defer(1, "it answered 503", BEGIN + timedelta(hours=3), act())
    delivery.claim(Claim("worker-2", BEGIN + timedelta(hours=3), (grace,)), act())
    delivery.give_up(2, "it answered 404", "DLV-B", act())
    delivery.requeue(act())
    delivery.claim(Claim("worker-2", BEGIN + timedelta(hours=3), (grace,)), act())
    delivery.deliver(3, {"ts": "1700000000.000100"}, act())
    yield delivery
    needless = Delivery.plan(example_errand("pagerduty_high"), act())
    needless.cancel("ada answered before it was sent", act())
    yield needless
    gathered = Delivery.plan(example_errand("email_daily_digest"), act())
    gathered.gather("DLV-C", act())
    yield gathered


def _source(at: Now) -> Source:
    source = Source.configure("audit", "d1", {"format": "jsonl"}, _who(), at())
    source.record(
        Source.Reconfigured, _who(), at(), digest="d2", definition={"format": "jsonl", "id": "id"}
    )
    source.record(
        Source.FileBefallen, _who(), at(), happening="opened", path="/var/log/a.jsonl", position=0
    )
    rejected = RejectedLine(position=300, line=4, reason="not JSON", excerpt="{oops")
    source.record(Source.LinesRejected, _who(), at(), path="/var/log/a.jsonl", lines=(rejected,))
    source.record(Source.WindowsForgotten, _who(), at(), rule_id="rule-example", keys=5, limit=80)
    source.record(
        Source.Read,
        _who(),
        at(),
        path="/var/log/a.jsonl",
        position=400,
        lines=4,
        signals=3,
        matched=3,
        rejected=1,
    )
    return source


def _rule_book(at: Now) -> RuleBook:
    book = RuleBook.open(_who(), at())
    book.load([example_rule()], _who(), at())
    return book

"""Deciding who is told of an event of an incident, once, and planning what is sent."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta

from eventsourcing.utils import get_topic

from application.alerting.earlier import Earlier, earlier_of, with_stand_ins
from application.alerting.shipping import Parcel, Planned
from application.alerting.silencing import Silences, hold
from application.alerting.telling import OCCASIONS, alert_of, content_of
from application.journal import Journal
from application.ports import Clock
from domain.alerting.content import Content, Occasion
from domain.alerting.delivery import Delivery
from domain.alerting.delivery_events import Errand
from domain.alerting.routing import FOLLOW_UPS, Decision, Question, Told, who_is_told
from domain.alerting.settings import AlertingSettings
from domain.incident.events import (
    Escalated,
    Event,
    ObligationsArisen,
    ResponseOverdue,
    SeverityChanged,
)
from domain.incident.incident import Incident
from domain.incident.levels import SeverityLevels
from domain.incident.routed import Chosen, PassedOver
from domain.provenance import Act, Provenance

ClaimFirst = Callable[[Delivery, Act], Parcel | None]
"""Claims the first try of a message that is being planned, if it may go at once; saves nothing."""
_ENDED_BY_AN_ANSWER = frozenset({"detected", "reopened", "response_overdue"})


@dataclass(frozen=True, slots=True)
class Policy:
    """By what it is decided who is told."""

    settings: AlertingSettings
    levels: SeverityLevels
    silences: Silences


@dataclass(frozen=True, slots=True)
class _Case:
    """One event of an incident, and who acts."""

    incident: Incident
    event: Event
    act: Act

    @property
    def occasion(self) -> Occasion:
        return OCCASIONS[get_topic(type(self.event))]

    @property
    def cause(self) -> str:
        return f"{self.incident.id}@{self.event.originator_version}"

    @property
    def ends_with_an_answer(self) -> bool:
        """Whether what is told becomes needless when somebody answers."""
        by_clock = isinstance(self.event, Escalated) and self.event.clock == "response"
        return self.occasion in _ENDED_BY_AN_ANSWER or by_clock


class Routing:
    """Decides, and records the decision together with what it led to.

    What may go at once is claimed in the same transaction: one less before somebody is told.
    """

    def __init__(
        self, journal: Journal, clock: Clock, policy: Policy, actor: str, claim_first: ClaimFirst
    ) -> None:
        self._journal = journal
        self._clock = clock
        self._policy = policy
        self._actor = actor
        self._claim_first = claim_first

    def route(self, incident_id: str, version: int) -> list[Planned]:
        """Decide about an event, unless that was done; give what is to be delivered.

        Raises RecordConflictError if somebody else is at the same incident.
        """
        case = self._case(incident_id, version)
        if case is None or version <= case.incident.routed_to or not self._is_told(case):
            return []
        earlier = earlier_of(case.incident, self._journal)
        needless = self._needless(case, earlier) if case.occasion in FOLLOW_UPS else []
        question = self._question(case, earlier)
        decision = self._decision(case, question)
        if case.occasion in FOLLOW_UPS and not (earlier or needless):
            return []
        content = content_of(case.incident, case.event, case.occasion)
        planned = [self._plan(case, content, told, earlier) for told in decision.told]
        self._record(case, decision, planned)
        claimed = [Planned(each, self._claim_first(each, case.act)) for each in planned]
        self._journal.commit([case.incident, *planned, *needless])
        return claimed

    def _case(self, incident_id: str, version: int) -> _Case | None:
        incident = self._journal.load(Incident, incident_id)
        happened = self._journal.event(incident_id, version)
        if incident is None or not isinstance(happened, Event):
            return None
        cause = f"{incident_id}@{version}"
        provenance = Provenance.of_worker(self._actor, cause, incident_id)
        return _Case(incident, happened, Act(provenance, self._clock.now()))

    def _is_told(self, case: _Case) -> bool:
        """Say whether an event has to be told at all."""
        happened = case.event
        if isinstance(happened, SeverityChanged):
            return happened.previous is not happened.severity
        if isinstance(happened, Incident.InvestigationStarted):
            # Only if it was also the first answer.
            before: Incident = self._journal.repository.get(
                case.incident.id, version=happened.originator_version - 1
            )
            return before.acknowledged_by is None
        if isinstance(happened, ObligationsArisen):
            return bool(_by_message(happened))
        return True

    def _question(self, case: _Case, earlier: Earlier) -> Question:
        incident, happened = case.incident, case.event
        by_tier = isinstance(happened, ResponseOverdue | Escalated)
        tier = happened.tier if isinstance(happened, ResponseOverdue | Escalated) else 0
        by_step = isinstance(happened, Escalated) and happened.clock is None
        return Question(
            occasion=case.occasion,
            alert=alert_of(incident),
            names=incident.diagnosis.notify_channels,
            told=earlier.told,
            not_told=earlier.not_told,
            tier=0 if by_step else tier,
            by_tier_alone=by_tier and not _is_of(happened, "resolution"),
            obligations=_by_message(happened),
            stale_by=self._stale_by(incident),
        )

    def _stale_by(self, incident: Incident) -> timedelta:
        limit = self._policy.settings.stale_length
        age = incident.age_when_recorded
        return age if limit is not None and age > limit else timedelta()

    def _decision(self, case: _Case, question: Question) -> Decision:
        decision = who_is_told(question, self._policy.settings, self._policy.levels)
        why = _needless_by_now(case)
        if why is None:
            return decision
        late = {told.channel for told in decision.told if not self._gathers(told.channel)}
        passed_over = tuple(
            PassedOver(channel=told.channel, routes=tuple(told.routes), why=why)
            for told in decision.told
            if told.channel in late
        )
        kept = tuple(told for told in decision.told if told.channel not in late)
        return Decision(kept, (*decision.passed_over, *passed_over))

    def _gathers(self, channel_id: str) -> bool:
        channel = self._policy.settings.channel(channel_id)
        return channel is not None and channel.digest is not None

    def _plan(self, case: _Case, content: Content, told: Told, earlier: Earlier) -> Delivery:
        errand = Errand(
            channel=told.channel,
            event=case.cause,
            incident_id=case.incident.id,
            content=content,
            routes=tuple(told.routes),
            to=told.to,
            begins=earlier.begins.get(told.channel, ""),
        )
        delivery = Delivery.plan(errand, case.act)
        hold(delivery, self._policy.silences, case.act)
        return delivery

    def _record(self, case: _Case, decision: Decision, planned: Iterable[Delivery]) -> None:
        incident = case.incident
        new = tuple(
            each.id for each in planned if not self._gathers(each.errand.channel)
        ) if case.ends_with_an_answer else ()  # fmt: skip
        chosen = tuple(
            Chosen(channel=told.channel, delivery=each.id, routes=tuple(told.routes))
            for told, each in zip(decision.told, planned, strict=True)
        )
        incident.record(
            incident.AlertsRouted, case.act.provenance, case.act.at,
            occasion=case.occasion, of_version=case.event.originator_version,
            chosen=chosen, passed_over=decision.passed_over,
            paging=() if case.occasion in FOLLOW_UPS else (*incident.paging, *new),
        )  # fmt: skip

    def _needless(self, case: _Case, earlier: Earlier) -> list[Delivery]:
        """Cancel what somebody who answered makes needless."""
        found = with_stand_ins(case.incident.paging, self._journal)
        waiting = [each for each in found if each.status in {"waiting", "silenced"}]
        why = f"{case.incident.id} was {case.occasion} before it was sent"
        for each in waiting:
            each.cancel(why, case.act)
            if each.tries == 0:
                earlier.forget(each)
        return waiting


def _needless_by_now(case: _Case) -> str | None:
    incident = case.incident
    if case.occasion in FOLLOW_UPS:
        return None
    if incident.status in {"resolved", "closed"}:
        return f"the incident was {incident.status} before it was sent"
    if case.ends_with_an_answer and incident.acknowledged_by is not None:
        return f"{incident.acknowledged_by} answered before it was sent"
    return None


def _by_message(happened: Event) -> tuple[str, ...]:
    if not isinstance(happened, ObligationsArisen):
        return ()
    return tuple(each.name for each in happened.obligations if each.fulfilled_by == "message")


def _is_of(happened: Event, clock: str) -> bool:
    return isinstance(happened, Escalated) and happened.clock == clock

"""From facts to a severity, with every reason that raised it."""

from collections.abc import Iterator
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from domain.incident.facts import Facts
from domain.incident.severity import Severity


class Reason(BaseModel):
    """A rule of the classification that raised the severity, and the fact that made it do so."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    rule: str
    fact: str
    severity: Severity


class Assessment(BaseModel):
    """A severity and the reasons for it; none means that the base severity stands."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    severity: Severity
    reasons: tuple[Reason, ...] = ()


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Availability(_Part):
    """Below `percent` of availability the severity is at least `severity`."""

    percent: Annotated[float, Field(gt=0, le=100)]
    severity: Severity


class Impact(_Part):
    """Above `count` the severity is at least `severity`."""

    count: Annotated[float, Field(ge=0)]
    severity: Severity


class Recurrence(_Part):
    """Above `count` related incidents in 24 hours the severity rises by `raise_by` levels."""

    count: Annotated[int, Field(ge=0)]
    raise_by: Annotated[int, Field(ge=1, le=4)]


class ClassificationPolicy(_Part):
    """The thresholds of `severity-levels.yaml`, by which facts raise a severity."""

    breach_with_data_at_risk: Severity = Severity.P0
    breach: Severity = Severity.P1
    data_at_risk: Severity = Severity.P1
    compliance_impact: Severity = Severity.P1
    availability_below: tuple[Availability, ...] = (
        Availability(percent=50, severity=Severity.P0),
        Availability(percent=80, severity=Severity.P1),
    )
    affected_users_above: tuple[Impact, ...] = (
        Impact(count=1000, severity=Severity.P1),
        Impact(count=10000, severity=Severity.P0),
    )
    affected_revenue_above: tuple[Impact, ...] = ()
    previous_incidents_above: Recurrence | None = Recurrence(count=3, raise_by=1)

    def classify(self, base: Severity, facts: Facts) -> Assessment:
        """Give the severity that the facts call for, never lower than the rule's own."""
        severity = base
        reasons = []
        for reason in self._floors(facts):
            if reason.severity.rank > base.rank:
                reasons.append(reason)
            severity = severity.at_least(reason.severity)
        recurring = self._recurring(severity, facts)
        if recurring is not None:
            reasons.append(recurring)
            severity = recurring.severity
        return Assessment(severity=severity, reasons=tuple(reasons))

    def _floors(self, facts: Facts) -> Iterator[Reason]:
        yield from self._exposure(facts)
        for outage in self.availability_below:
            if facts.service_availability < outage.percent:
                yield Reason(
                    rule=f"service availability below {outage.percent:g} %",
                    fact=f"service_availability = {facts.service_availability:g}",
                    severity=outage.severity,
                )
        for name, amount, impacts in (
            ("affected_users", facts.affected_users, self.affected_users_above),
            ("affected_revenue", facts.affected_revenue, self.affected_revenue_above),
        ):
            for impact in impacts:
                if amount > impact.count:
                    yield Reason(
                        rule=f"{name.replace('_', ' ')} above {impact.count:,.0f}",
                        fact=f"{name} = {amount:,.0f}",
                        severity=impact.severity,
                    )

    def _exposure(self, facts: Facts) -> Iterator[Reason]:
        breach, risk = "security_breach = true", "data_at_risk = true"
        if facts.security_breach and facts.data_at_risk:
            yield Reason(
                rule="a security breach that puts data at risk",
                fact=f"{breach}, {risk}",
                severity=self.breach_with_data_at_risk,
            )
        if facts.security_breach:
            yield Reason(rule="a security breach", fact=breach, severity=self.breach)
        if facts.data_at_risk:
            yield Reason(rule="data at risk", fact=risk, severity=self.data_at_risk)
        if facts.compliance_impact:
            yield Reason(
                rule="compliance impact",
                fact="compliance_impact = true",
                severity=self.compliance_impact,
            )

    def _recurring(self, severity: Severity, facts: Facts) -> Reason | None:
        rule = self.previous_incidents_above
        if rule is None or facts.previous_incidents <= rule.count or severity is Severity.P0:
            return None
        return Reason(
            rule=f"more than {rule.count} related incidents in 24 h",
            fact=f"previous_incidents = {facts.previous_incidents}",
            severity=Severity.of_rank(severity.rank + rule.raise_by),
        )


def worsened(severity: Severity, reason: Reason) -> Assessment:
    """Give the severity a level above another one, for a reason; nothing is worse than P0."""
    worse = Severity.of_rank(severity.rank + 1)
    return Assessment(severity=worse, reasons=(reason.model_copy(update={"severity": worse}),))

"""What a mail says, part by part, before it is written as text or as HTML."""

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote

from application.alerting.wording import exact, facts, one_line, title
from application.channels import Message, Recipient
from application.projections.texts import counted, harmless, shown
from domain.alerting.content import Alert, Content
from domain.incident.severity import Severity
from infrastructure.channels.legible import legible

_OVER = frozenset({"resolved", "closed"})
_SENTENCE = 1_000


@dataclass(frozen=True, slots=True)
class Group:
    """Incidents of one severity: how many there are, and a line for each that is listed."""

    severity: Severity
    heading: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """Something that can be done next: what for, and the command that does it."""

    purpose: str
    command: str


@dataclass(frozen=True, slots=True)
class Letter:
    """The parts of a mail, all of them plain text that is harmless but not escaped.

    `severity` is what it is about at worst, `is_over` says that it tells of an end. `written` is
    what a runbook wrote, line by line. `link` leads to the incident, empty for none.
    """

    headline: str
    severity: Severity | None
    is_over: bool
    sentence: str
    facts: tuple[tuple[str, str], ...] = ()
    groups: tuple[Group, ...] = ()
    more: str = ""
    written: tuple[str, ...] = ()
    steps: tuple[Step, ...] = ()
    link: str = ""
    footer: tuple[str, ...] = ()


def letter(message: Message, recipient: Recipient, link: str | None = None) -> Letter:
    """Make the letter of a message to one recipient; `link` has `{incident}` for an id."""
    content = message.content
    alert = content.alert
    headline = title(content)
    sentence = harmless(content.sentence)[:_SENTENCE]
    return Letter(
        headline=headline,
        severity=worst(content),
        is_over=content.occasion in _OVER,
        sentence="" if sentence == headline else sentence,
        facts=tuple(_facts(alert)) if alert else (),
        groups=tuple(_groups(content)),
        more=_more(content),
        written=tuple(legible(content.text.rstrip())) if content.text else (),
        steps=tuple(_steps(content)),
        link=_linked(link, alert.incident_id) if link and alert else "",
        footer=tuple(_footer(message, recipient)),
    )


def worst(content: Content) -> Severity | None:
    """Say how bad what a message tells of is, at worst; None if it tells of no incident."""
    if content.alert is not None:
        return content.alert.severity
    severities = [severity for severity, count in content.counts.items() if count]
    return max(severities, key=lambda severity: severity.rank, default=None)


def _facts(alert: Alert) -> Iterator[tuple[str, str]]:
    for name, value in facts(alert):
        yield harmless(name), harmless(value)


def _groups(content: Content) -> Iterator[Group]:
    for severity in Severity:
        listed = tuple(
            harmless(one_line(alert)) for alert in content.covers if alert.severity is severity
        )
        count = content.counts.get(severity, len(listed))
        if count:
            yield Group(severity, f"{severity}: {counted(count, 'incident')}", listed)


def _more(content: Content) -> str:
    hidden = sum(content.counts.values()) - len(content.covers)
    return f"{hidden:,} more are on the board." if content.counts and hidden > 0 else ""


def _steps(content: Content) -> Iterator[Step]:
    alert = content.alert
    if alert is not None:
        yield from _steps_with(alert, is_over=content.occasion in _OVER)
    elif content.counts:
        yield Step("See all that are open", "tocsin incidents")


def _steps_with(alert: Alert, *, is_over: bool) -> Iterator[Step]:
    incident = harmless(alert.incident_id)
    if not is_over and alert.acknowledged_by is None:
        yield Step("Say that you take care of it", f"tocsin ack {incident}")
    yield Step("See everything about it", f"tocsin show {incident}")
    yield Step("See what happened so far", f"tocsin timeline {incident}")


def _footer(message: Message, recipient: Recipient) -> Iterator[str]:
    why = shown(recipient.why)
    yield f"You get this because: {why}." if why else "You get this as a recipient of the channel."
    yield f"Sent by Tocsin about {exact(message.content.at)}, delivery {shown(message.id)}."


def _linked(link: str, incident_id: str) -> str:
    return link.replace("{incident}", quote(incident_id, safe="", errors="replace"))

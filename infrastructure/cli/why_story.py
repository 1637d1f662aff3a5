"""Why people were told of an incident or were not, as a person reads it: the answer, then proof."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from infrastructure.cli.delivery_story import clock, outcome, short
from infrastructure.cli.dues import awaited, configured_deadlines
from infrastructure.cli.moments import age, exact, now
from infrastructure.cli.named import named
from infrastructure.cli.output import by_severity, by_status, faint, heading, space
from infrastructure.cli.texts import safe, wrapped

if TYPE_CHECKING:
    from application.alerting.views import DeliveryRow
    from application.reports.why import Explanation, Ruling, Told, Way
    from application.views import IncidentRow

_INDENT = " " * 22
_HANGING, _DEEPER = " " * 4, " " * 6
_LATE = timedelta(minutes=1)


def story(row: "IncidentRow", found: "Explanation", hints: Sequence[str]) -> Iterator[str]:
    """Give all lines of the answer."""
    severity, status = by_severity(row.severity, row.severity), by_status(row.status, row.status)
    yield f"{severity}  {heading(row.id)}  {status}"
    yield from wrapped(safe(row.rule_name), space(), "    ")
    yield ""
    yield from summary(row, found)
    for ruling in found.rulings:
        yield ""
        yield from _ruling(ruling)
    yield from _messages(found.messages, row.recorded_at)
    yield from _undecided(found)
    if hints:
        yield ""
        yield heading("What to do")
        for hint in hints:
            yield from wrapped(safe(hint), space(), "    ")


def summary(row: "IncidentRow", found: "Explanation") -> Iterator[str]:
    """Give the answer in a few lines: who has been told, who has not, and who answered."""
    reached, missing = _reached(found), _missing(found)
    yield from named("Told", "; ".join(reached) or "nobody")
    for at, line in enumerate(missing):
        yield from named("" if at else "Not told", line)
    if found.undecided and not found.rulings:
        yield from named("Not told", "anybody yet: no worker has looked at it")
    yield from named("Answered", _answered(row, found))
    for each in found.ends:
        yield from named("Over", f"{each.sentence}, {exact(each.at)}")


def _reached(found: "Explanation") -> list[str]:
    """Name each channel that got something, with the people that it went to."""
    people: dict[str, dict[str, None]] = {}
    for row in _last_ones(found):
        if row.status == "delivered":
            names = people.setdefault(row.channel, {})
            names.update(dict.fromkeys(each["name"] for each in row.recipients))
    return [
        f"{channel} ({', '.join(names)})" if names else channel for channel, names in people.items()
    ]


def _missing(found: "Explanation") -> list[str]:
    """Name the channels that got nothing at all, those with one reason together."""
    reached = {row.channel for row in _all_of(found) if row.status == "delivered"}
    reasons: dict[str, str] = {}
    for ruling in found.rulings:
        for told in ruling.told:
            if told.deliveries and told.deliveries[-1].status != "delivered":
                last = told.deliveries[-1]
                reasons[last.channel] = outcome(last, ruling.happened_at)
        for skipped in ruling.passed_over:
            reasons.setdefault(skipped.channel, skipped.why)
    alike: dict[str, list[str]] = {}
    for channel, why in reasons.items():
        if channel not in reached:
            alike.setdefault(why, []).append(channel)
    return [
        f"{', '.join(channels)}: {why}" if any(channels) else why for why, channels in alike.items()
    ]


def _answered(row: "IncidentRow", found: "Explanation") -> str:
    if found.answers:
        first = found.answers[0]
        after = age(found.known_at, first.at)
        return f"{first.by}, {exact(first.at)}, {after} after Tocsin learned of it"
    if found.ends:
        return "nobody before it was over"
    by = configured_deadlines()
    coming = awaited(row, by, now()) if by else ""
    return f"nobody yet; {coming}" if coming else "nobody yet"


def _ruling(ruling: "Ruling") -> Iterator[str]:
    first, *rest = wrapped(safe(ruling.sentence), space(), _INDENT)
    yield f"{faint(exact(ruling.happened_at))}  {first.lstrip()}"
    yield from rest
    late = ruling.at - ruling.happened_at
    how_late = f", {age(ruling.happened_at, ruling.at)} later" if late >= _LATE else ""
    decided = f"Decided {clock(ruling.at, ruling.happened_at)}{how_late} by {safe(ruling.worker)}"
    yield from map(faint, wrapped(decided, space(), _INDENT))
    for told in ruling.told:
        yield from _told(told, ruling.happened_at)
    alike: dict[tuple[str, str], list[str]] = {}
    for each in ruling.passed_over:
        alike.setdefault((each.why, _words(each.routes)), []).append(each.channel)
    for (why, because), channels in alike.items():
        yield from _skipped(channels, why, because)


def _told(told: "Told", since: datetime) -> Iterator[str]:
    if not told.deliveries:
        yield from _marked(" ", f"{told.channel}: planned", "")
        return
    first, *others = told.deliveries
    decisive = told.deliveries[-1] if first.status == "gathered" else first
    mark = _MARKS.get(decisive.status, "…")
    what = f"{first.channel}: {outcome(first, since)} [{short(first.id)}]"
    yield from _marked(mark, what, _words(told.routes))
    for other in others:
        how = ", many at once" if not other.incident_id else " stood in for it"
        stood_in = f"{other.channel}{how}: {outcome(other, since)} [{short(other.id)}]"
        yield from wrapped(safe(stood_in), space(), _DEEPER)


_MARKS = {"delivered": "✓", "failed": "✗", "cancelled": "-"}


def _skipped(channels: Sequence[str], why: str, because: str) -> Iterator[str]:
    named_so = ", ".join(filter(None, channels))
    yield from _marked(
        "-", f"{named_so}: not told, {why}" if named_so else f"nobody: {why}", because
    )


def _words(routes: Iterable["Way"]) -> str:
    return "; ".join(way.words for way in routes)


def _marked(mark: str, text: str, because: str) -> Iterator[str]:
    first, *rest = wrapped(safe(text), space(), _HANGING)
    yield f"  {mark} {first.lstrip()}"
    yield from rest
    if because:
        yield from map(faint, wrapped(safe(f"because {because}"), space(), _DEEPER))


def _messages(messages: Sequence["DeliveryRow"], since: datetime) -> Iterator[str]:
    if not messages:
        return
    yield ""
    yield heading("Written by runbooks")
    for row in messages:
        told = f"{row.channel}: {outcome(row, since)}: {row.sentence}"
        first, *rest = wrapped(safe(told), space(), _INDENT)
        yield f"{faint(exact(row.planned_at))}  {first.lstrip()}"
        yield from rest


def _undecided(found: "Explanation") -> Iterator[str]:
    if not found.undecided:
        return
    yield ""
    yield heading("No worker has looked at this yet")
    for each in found.undecided:
        first, *rest = wrapped(safe(each.sentence), space(), _INDENT)
        yield f"{faint(exact(each.at))}  {first.lstrip()}"
        yield from rest


def _all_of(found: "Explanation") -> Iterator["DeliveryRow"]:
    for ruling in found.rulings:
        for told in ruling.told:
            yield from told.deliveries


def _last_ones(found: "Explanation") -> Iterator["DeliveryRow"]:
    """Give what each message came to in the end, and what runbooks wrote."""
    for ruling in found.rulings:
        yield from (told.deliveries[-1] for told in ruling.told if told.deliveries)
    yield from found.messages

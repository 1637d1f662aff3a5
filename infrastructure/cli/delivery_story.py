"""What a delivery is, in words: what it tells, to whom, and what came of it."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from infrastructure.cli.moments import age, exact
from infrastructure.cli.output import styled
from infrastructure.cli.texts import safe

if TYPE_CHECKING:
    from application.alerting.views import DeliveryRow

SHORT = 8
_STYLES: dict[str, dict[str, Any]] = {
    "failed": {"fg": "red", "bold": True},
    "silenced": {"fg": "yellow"},
    "waiting": {"fg": "yellow"},
    "sending": {"fg": "yellow"},
    "delivered": {"fg": "green"},
    "cancelled": {"dim": True},
    "gathered": {"dim": True},
}


def by_delivery_status(status: str, text: str) -> str:
    """Colour a text by a delivery's status."""
    return styled(text, **_STYLES.get(status, {}))


def short_names(ids: Iterable[str]) -> dict[str, str]:
    """Give the beginning of each id's last part, and the whole id where two are alike."""
    names = list(ids)
    times = Counter(short(name) for name in names)
    return {name: short(name) if times[short(name)] == 1 else name for name in names}


def short(delivery_id: str) -> str:
    """Give as much of an id as nearly always is enough to type."""
    return delivery_id.removeprefix("DLV-")[:SHORT]


def occasion_of(row: "DeliveryRow") -> str:
    """Name what a delivery tells."""
    return row.occasion.replace("_", " ")


def standing(row: "DeliveryRow", at: datetime) -> str:
    """Say why a delivery stands where it does, and when something happens to it next."""
    because, instead = _because(row), short(row.stands_in or "")
    told = {
        "waiting": f"{_again(row, at)}{because}" if row.tries else "",
        "silenced": f"until {_written(row.not_before)}{because}",
        "sending": f"try {row.tries}",
        "failed": f"{instead} stands in{because}" if instead else row.why,
        "gathered": f"in {instead}",
        "delivered": _written(row.delivered_at),
    }
    return told.get(row.status, row.why)


def outcome(row: "DeliveryRow", since: datetime) -> str:
    """Tell in a sentence's part what came of a delivery; of one day only the time is written."""
    because, to = _because(row), to_whom(row.recipients)
    tries = f" after {row.tries} tries" if row.tries > 1 else ""
    next_at = clock(row.not_before, since) if row.not_before else ""
    delivered = clock(row.delivered_at, since) if row.delivered_at else ""
    again = f"not delivered yet{tries}, to be tried again {next_at}{because}"
    told = {
        "waiting": again if row.tries and next_at else "waits to be sent",
        "silenced": f"held back until {next_at.removeprefix('at ')} by {row.held_by}{because}",
        "sending": f"being sent, try {row.tries}{to}",
        "delivered": f"delivered {delivered}{tries}{to}",
        "failed": f"not delivered{tries}{because}",
        "cancelled": f"not sent{because}",
        "gathered": "told together with others",
    }
    return told[row.status]


def to_whom(recipients: Sequence[Mapping[str, Any]]) -> str:
    """Name who a message was for, and why them."""
    people = [
        f"{each['name']} ({each['why']})" if each.get("why") else str(each["name"])
        for each in recipients
    ]
    return f" to {', '.join(people)}" if people else ""


def clock(at: datetime, since: datetime) -> str:
    """Write a time; without its day where that is the day of another time."""
    same = at.astimezone(UTC).date() == since.astimezone(UTC).date()
    written = exact(at)
    return f"at {written.partition(' ')[2]}" if same else written


def is_lost(row: "DeliveryRow") -> bool:
    """Say whether a message failed and nothing took its place, so that somebody must see to it."""
    return row.status == "failed" and row.stands_in is None and row.occasion != "test"


def title_of(row: "DeliveryRow") -> str:
    """Give the line that shows which delivery is meant."""
    status = by_delivery_status(row.status, row.status)
    return f"{row.id}  {safe(row.channel)}  {status}"


def _because(row: "DeliveryRow") -> str:
    return f": {row.why}" if row.why else ""


def _again(row: "DeliveryRow", at: datetime) -> str:
    if row.not_before is None or row.not_before <= at:
        return "again now"
    return f"again in {age(at, row.not_before)}"


def _written(at: datetime | None) -> str:
    return exact(at) if at else ""

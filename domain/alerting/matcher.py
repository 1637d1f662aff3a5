"""One question about an alert, such as `rule equals auth-001`: what a silence asks."""

from collections.abc import Callable, Iterator
from typing import Literal, get_args

from pydantic import BaseModel, ConfigDict

from domain.alerting.content import Alert
from domain.detection.condition import compiled_regex, text
from domain.detection.rule import Category
from domain.incident.severity import Severity
from domain.signal import values_at

Operator = Literal["equals", "not_equals", "in", "matches"]

_LONGEST = 1_000
_SIGNS: dict[str, str] = {"equals": "=", "in": "=", "not_equals": "!=", "matches": "~"}
_OF_ALERT: dict[str, Callable[[Alert], str]] = {
    "incident": lambda alert: alert.incident_id,
    "severity": lambda alert: alert.severity,
    "category": lambda alert: alert.category,
    "rule": lambda alert: alert.rule_id,
    "source": lambda alert: alert.source,
    "about": lambda alert: alert.about,
}
_KNOWN: dict[str, tuple[str, ...]] = {
    "severity": tuple(Severity),
    "category": get_args(Category),
}
# Whoever writes one of these means incidents of it; anything else may hold for any incident.
_EXPLICIT = ("incident", "severity")

NAMES = ("incident", "severity", "category", "rule", "source", "channel", "about")
PREFIXES = ("label.", "context.")


class Matcher(BaseModel):
    """A question about what an alert says, or about the channel it goes to.

    All is compared as text, a number as it is written in decimal; an object has no text. Of a
    list any element will do. What is missing satisfies nothing, not even `not_equals`, and of a
    list no element may be equal. `matches` is RE2 syntax, searched anywhere in the text.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    operator: Operator
    value: str | tuple[str, ...]

    def holds(self, alert: Alert, channel: str | None) -> bool:
        """Say whether an alert satisfies this; without a channel, on one that it might go to."""
        if self.name == "channel" and channel is None:
            return True
        texts = _texts(self.name, alert, channel)
        match self.operator:
            case "equals":
                return self.value in texts
            case "in":
                return any(each in self.value for each in texts)
            case "not_equals":
                return bool(texts) and self.value not in texts
            case "matches":
                pattern = compiled_regex(str(self.value))
                return any(pattern.search(each) is not None for each in texts)

    @property
    def is_explicit(self) -> bool:
        """Whether this spells out a severity or an incident."""
        return self.name in _EXPLICIT and self.operator in {"equals", "in"}

    def mistakes(self) -> Iterator[str]:
        """Say what is wrong with the question."""
        if self.name not in NAMES and not _is_prefixed(self.name):
            known = ", ".join((*NAMES, "label.NAME", "context.PATH"))
            yield f"there is no {self.name!r} to ask for; there are {known}"
        elif isinstance(self.value, str) is (self.operator == "in") or self.value == ():
            yield f"{self.name}: `in` takes a list of values, and the others take one"
        elif any(len(each) > _LONGEST for each in self._values):
            yield f"{self.name}: a value may have at most {_LONGEST:,} characters"
        elif self.name in NAMES and not all(self._values):
            yield f"{self.name}: a value is missing"
        elif self.operator == "matches":
            yield from _unreadable(self.name, str(self.value))
        elif known_values := _KNOWN.get(self.name):
            unknown = [repr(each) for each in self._values if each not in known_values]
            if unknown:
                there_are = ", ".join(known_values)
                yield f"there is no {self.name} {', '.join(unknown)}; there are {there_are}"

    @property
    def _values(self) -> tuple[str, ...]:
        return (self.value,) if isinstance(self.value, str) else self.value

    def __str__(self) -> str:
        """Write the question as it is typed: `severity=P2,P3`, `label.team!=payments`."""
        return f"{self.name}{_SIGNS[self.operator]}{','.join(self._values)}"


def _is_prefixed(name: str) -> bool:
    return any(name.startswith(prefix) and name != prefix for prefix in PREFIXES)


def _unreadable(name: str, pattern: str) -> Iterator[str]:
    try:
        compiled_regex(pattern)
    except ValueError as error:
        yield f"{name}: {error}"


def _texts(name: str, alert: Alert, channel: str | None) -> list[str]:
    kind, _, rest = name.partition(".")
    if kind == "label":
        # Not as a path: a label's name may have dots in it.
        values = values_at({"label": alert.labels.get(rest)}, "label")
    elif kind == "context":
        values = values_at(alert.context, rest)
    elif kind == "channel":
        values = (channel or "",)
    else:
        # An incident that is about nothing in particular has no key to ask for.
        values = tuple(filter(None, (_OF_ALERT[name](alert),)))
    return [found for value in values if (found := text(value)) is not None]

"""Messages as Block Kit has them, made and checked by `slack_sdk.models`.

Slack's limits: 150 units in a header, 3,000 in a section, ten fields of 2,000, 50 blocks.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from slack_sdk.models.blocks import (
    Block,
    ContextBlock,
    HeaderBlock,
    MarkdownTextObject,
    PlainTextObject,
    SectionBlock,
)

from application.alerting.wording import count_line, facts, one_line, title
from application.channels import Message
from domain.alerting.content import Alert, Content
from infrastructure.channels.foreign import cut, sound, tamed_alert, units
from infrastructure.channels.slack_text import escaped, mentions

HEADER = 150
SECTION = 3_000
FIELD = 2_000
FIELDS = 10
FALLBACK = 3_000
# Of all blocks together Slack takes a little more, and does not document how much.
_WHOLE = 10_000
_FIRST_FIELDS = ("Rule", "Category", "Status", "ID")
_MARKS: Mapping[str, str] = MappingProxyType(
    {"acknowledged": "👀", "investigating": "👀", "resolved": "✅", "closed": "✅"}
)


def own_message(message: Message) -> dict[str, Any]:
    """Write a message that stands for itself."""
    content = message.content
    blocks = _incident(content.alert, message) if content.alert else _no_incident(message)
    return {"text": _fallback(message), "blocks": _checked(blocks)}


def reply(message: Message) -> dict[str, Any]:
    """Write what a thread is told: what happened, and for whom that is."""
    return {"text": _fallback(message), "blocks": _checked(_story(message))}


def _incident(alert: Alert, message: Message) -> Iterator[Block]:
    """Write an incident as it stands now, and in a line below what happened last."""
    yield _header(f"{_MARKS.get(alert.status, '🚨')} {alert.severity} Incident")
    told = facts(tamed_alert(alert))
    first = [pair for pair in told if pair[0] in _FIRST_FIELDS]
    others = [pair for pair in told if pair[0] not in _FIRST_FIELDS]
    yield _fields(first)
    yield from (_fields(others[at : at + FIELDS]) for at in range(0, len(others), FIELDS))
    yield from _story(message)


def _no_incident(message: Message) -> Iterator[Block]:
    content = message.content
    yield _header(title(content))
    yield from _story(message)
    if content.counts:
        yield _section(escaped(count_line(content), SECTION))
    yield from _sections(_listed(content))


def _story(message: Message) -> Iterator[Block]:
    content = message.content
    if content.alert and content.subject:
        yield _section(f"*{escaped(content.subject, HEADER)}*")
    yield _section(escaped(content.sentence, SECTION))
    if content.text:
        yield from _sections(content.text.splitlines())
    if named := mentions(message.recipients, FIELD):
        yield ContextBlock(elements=[_text(f"For {named}")])


def _listed(content: Content) -> Iterator[str]:
    yield from (one_line(tamed_alert(each)) for each in content.covers)
    more = sum(content.counts.values()) - len(content.covers)
    if content.covers and more > 0:
        yield f"… and {more:,} more"


def _sections(lines: Iterable[str]) -> Iterator[Block]:
    """Put lines into as few sections as they need, and stop where it becomes too much."""
    gathered, left = "", _WHOLE
    for line in lines:
        told = escaped(line, SECTION)
        left -= units(told) + 1
        if left < 0:
            gathered = f"{gathered}\n…" if units(gathered) < SECTION - 1 else gathered
            break
        if gathered and units(gathered) + units(told) >= SECTION:
            yield _section(gathered)
            gathered = ""
        gathered = f"{gathered}\n{told}" if gathered else told
    if gathered.strip():
        yield _section(gathered)


def _fields(pairs: Sequence[tuple[str, str]]) -> Block:
    texts = [f"*{escaped(name, 130)}:*\n{escaped(value, FIELD - 150)}" for name, value in pairs]
    return SectionBlock(fields=[_text(each) for each in texts])


def _header(text: str) -> Block:
    shown = cut(sound(text), HEADER) if text.strip() else "A message from Tocsin"
    return HeaderBlock(text=PlainTextObject(text=shown, emoji=True))


def _section(text: str) -> Block:
    return SectionBlock(text=_text(text if text.strip() else "…"))


def _text(text: str) -> MarkdownTextObject:
    # Otherwise Slack makes links of addresses, and mentions of names, wherever it sees some.
    return MarkdownTextObject(text=text, verbatim=True)


def _fallback(message: Message) -> str:
    """Write what a notification shows, and a client that cannot show blocks."""
    content = message.content
    return escaped(f"{title(content)}: {content.sentence}", FALLBACK)


def _checked(blocks: Iterable[Block]) -> list[dict[str, Any]]:
    return [block.to_dict() for block in blocks]

"""A letter as plain text."""

from collections.abc import Iterator

from infrastructure.channels.mail.letter import Letter

_RULE = "-- "


def as_text(letter: Letter) -> str:
    """Write a letter as plain text, with a line's end at its end."""
    blocks = [block for block in _blocks(letter) if block]
    return "\n\n".join("\n".join(block) for block in blocks) + "\n"


def _blocks(letter: Letter) -> Iterator[list[str]]:
    yield [letter.headline]
    yield [letter.sentence] if letter.sentence else []
    yield list(letter.written)
    width = max((len(name) for name, _ in letter.facts), default=0) + 1
    yield [f"{f'{name}:':{width}} {value}" for name, value in letter.facts]
    for group in letter.groups:
        yield [group.heading, *(f"  {line}" for line in group.lines)]
    yield [letter.more] if letter.more else []
    for step in letter.steps:
        yield [f"{step.purpose}:", f"  {step.command}"]
    yield [f"Open it: {letter.link}"] if letter.link else []
    yield [_RULE, *letter.footer]

"""How a secret stands in a text: `${NAME}`, and `$${` where `${` itself is meant.

What is recorded is written in this way, so that what a variable brought in never names a secret.
More than one `$` before a `{` is doubled likewise: `$$${NAME}` is a `$`, and a secret.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

_DOLLARS = re.compile(r"(\$+)(?=\{)(\{[A-Za-z_][A-Za-z0-9_]*\})?")
_LITERAL = re.compile(r"\$+(?=\{)")
_TRAILING = re.compile(r"\$+\Z")


class Secret(str):
    """The name of a secret, where its value is to stand."""

    __slots__ = ()

    def __str__(self) -> str:
        return self  # so that Jinja, which converts what it puts out, leaves it what it is


def pieces(written: str) -> Iterator[str]:
    """Take a text apart into what is meant literally, and the secrets in between."""
    at = 0
    for found in _DOLLARS.finditer(written):
        dollars, name = len(found[1]), found[2]
        yield written[at : found.start()] + "$" * (dollars // 2)
        if dollars % 2 and name:
            yield Secret(name[1:-1])
            at = found.end()
        else:
            # What is doubled has been put out; a single `$` before a `{` is just that.
            at = found.end(1) - dollars % 2
    yield written[at:]


def secrets_in(written: str) -> list[str]:
    """Name the secrets that a text refers to."""
    return [str.__str__(each) for each in pieces(written) if isinstance(each, Secret)]


def recorded(parts: Iterable[str]) -> str:
    """Write literal text and secrets so that `pieces` can tell them apart again."""
    text = literal = ""
    for part in parts:
        if isinstance(part, Secret):
            ending = _TRAILING.search(literal)
            text += _doubled(literal) + (ending[0] if ending else "") + f"${{{str.__str__(part)}}}"
            literal = ""
        else:
            literal += part
    return text + _doubled(literal)


def with_secrets(value: Any, resolve: Callable[[str], str]) -> Any:
    """Give a recorded value as it is meant, at any depth but not in keys.

    `resolve` gets `${NAME}` and gives what stands for it: `Secrets.resolve` is one.
    """
    if isinstance(value, str):
        return "".join(
            resolve(f"${{{str.__str__(each)}}}") if isinstance(each, Secret) else each
            for each in pieces(value)
        )
    if isinstance(value, Mapping):
        return {key: with_secrets(item, resolve) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [with_secrets(item, resolve) for item in value]
    return value


def as_told(value: Any) -> Any:
    """Give a recorded value as a person reads it: the names of secrets, and text as it is."""
    return with_secrets(value, lambda reference: reference)


def _doubled(literal: str) -> str:
    return _LITERAL.sub(lambda found: found[0] * 2, literal)

"""Putting a step's arguments into a command: each value stays inside its one item of argv."""

from collections.abc import Mapping
from typing import Any

from application.actions import ActionFailedError
from domain.detection.condition import compiled_regex
from infrastructure.actions.command_settings import (
    PLACEHOLDER,
    AllowedCommand,
    Argument,
    placeholders_in,
)


def command_line(allowed: AllowedCommand, arguments: Mapping[str, Any]) -> list[str]:
    """Give the argument list; raises ActionFailedError, with the argument that is wrong."""
    if missing := sorted(allowed.placeholders - set(arguments)):
        msg = f"the argument {missing[0]} is missing"
        raise ActionFailedError(msg)
    if strangers := sorted(set(arguments) - allowed.placeholders):
        known = ", ".join(sorted(allowed.placeholders)) or "none"
        msg = f"the command takes no argument {strangers[0]}; it takes {known}"
        raise ActionFailedError(msg)
    texts = {name: _text(name, value) for name, value in arguments.items()}
    for name, text in texts.items():
        _check(name, text, _rules(allowed, name))
    return [_filled(allowed, item, texts) for item in allowed.argv]


def _text(name: str, value: Any) -> str:
    text = str(value).lower() if isinstance(value, bool) else str(value)
    if "\0" in text:
        msg = f"the argument {name} holds a NUL character"
        raise ActionFailedError(msg)
    try:
        text.encode()
    except UnicodeEncodeError:
        msg = f"the argument {name} is no valid text"
        raise ActionFailedError(msg) from None
    return text


def _check(name: str, text: str, rules: Argument) -> None:
    if rules.pattern is not None and not compiled_regex(rules.pattern).fullmatch(text):
        msg = f"the argument {name} does not match {rules.pattern}"
        raise ActionFailedError(msg)


def _filled(allowed: AllowedCommand, item: str, texts: Mapping[str, str]) -> str:
    filled = PLACEHOLDER.sub(lambda found: f"{{{found[1]}}}" if found[1] else texts[found[2]], item)
    if filled.startswith("-") and not item.startswith("-"):
        # The first placeholder that is not empty brought the dash in.
        name = next(name for name in placeholders_in(item) if texts[name])
        if not _rules(allowed, name).allow_dash:
            msg = f"the argument {name} begins with -, and could be taken for an option"
            raise ActionFailedError(msg)
    return filled


def _rules(allowed: AllowedCommand, name: str) -> Argument:
    return allowed.parameters.get(name, Argument())

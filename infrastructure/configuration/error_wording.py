"""Says a pydantic error in plain words: what must be, what was found, what would help."""

import re
from typing import Any

from pydantic_core import ErrorDetails

from infrastructure.configuration.core_schema import plain_scalar
from infrastructure.configuration.error_places import PlacedError
from infrastructure.configuration.mistakes import KeyPath, quoted, shorten
from infrastructure.configuration.refusals import RefusedError

_BOOLEAN = "true or false"
_KINDS = {
    **dict.fromkeys(("string_type", "string_sub_type"), "text"),
    **dict.fromkeys(("int_type", "int_parsing", "int_from_float"), "a whole number"),
    **dict.fromkeys(("float_type", "float_parsing"), "a number"),
    **dict.fromkeys(("bool_type", "bool_parsing"), _BOOLEAN),
    **dict.fromkeys(("list_type", "tuple_type", "set_type", "frozen_set_type"), "a list"),
    **dict.fromkeys(("dict_type", "model_type", "model_attributes_type"), "a mapping"),
    "none_required": "left out or null",
}
# Names of fields whose values are not shown: a secret may stand there by mistake.
_SENSITIVE = re.compile(
    r"secret|token|passw|api_?key|routing_?key|credential|private|webhook|dsn|authorization",
    re.IGNORECASE,
)
_BOOLEANS_OF_YAML_1_1 = {
    **dict.fromkeys(("yes", "on", "y"), "true"),
    **dict.fromkeys(("no", "off", "n"), "false"),
}
_LONGEST_FOUND = 40
_LONGEST_PROBLEM = 300


def requirement(error: ErrorDetails) -> str | None:
    """Return what the value must be, if the error is as simple as that."""
    if error["type"] in ("enum", "literal_error"):
        return one_of(error.get("ctx", {}).get("expected", ""))
    return _KINDS.get(error["type"])


def one_of(expected: str) -> str:
    """Turn pydantic's "'P0', 'P1' or 'P2'" into "one of P0, P1, P2"."""
    names = expected.replace("'", "").replace(" or ", ", ")
    return f"one of {names}" if ", " in names else names


def wrong_kind(requirements: list[str], path: KeyPath, value: Any) -> tuple[str, str]:
    """Return problem and expected for a value that is none of what it may be."""
    kinds = list(dict.fromkeys(requirements))
    if "a number" in kinds and "a whole number" in kinds:
        kinds.remove("a whole number")
    if len(kinds) > 1 and _BOOLEAN in kinds:
        at = kinds.index(_BOOLEAN)
        kinds[at : at + 1] = ["true", "false"]
    *others, last = kinds
    must = f"{', '.join(others)} or {last}" if others else last
    problem = shorten(f"must be {must}", _LONGEST_PROBLEM) + _found(path, value)
    return problem, next(filter(None, (_remedy(kind, value) for kind in requirements)), "")


def other_problem(error: PlacedError, value: Any) -> str:
    """Word what no requirement covers: limits, patterns, and what a model's own checks say."""
    own = error.details["type"] in ("value_error", "assertion_error")
    message = re.sub(r"^(Value error|Assertion failed), ", "", error.details["msg"])
    if own:
        return shorten(_without_dump(message, error.path, value), _LONGEST_PROBLEM)
    message = re.sub(r"^[A-Z]\w* should (?:be a valid|(be|have|match))", _must, message)
    message = message.replace(" after validation, not 0", "")
    if error.about_key:
        return shorten(f"as a key, {message}", _LONGEST_PROBLEM)
    is_scalar = not isinstance(value, dict | list)
    return shorten(message, _LONGEST_PROBLEM) + (_found(error.path, value) if is_scalar else "")


def _must(match: re.Match[str]) -> str:
    return f"must {match[1]}" if match[1] else "must be a valid"


def _found(path: KeyPath, value: Any) -> str:
    return "" if _is_sensitive(path) else f", found {_shown(value)}"


def _shown(value: Any) -> str:
    if isinstance(value, dict | list):
        return "a mapping" if isinstance(value, dict) else "a list"
    if value is None or isinstance(value, bool):
        return {None: "nothing", True: "true", False: "false"}[value]
    return quoted(value, _LONGEST_FOUND) if isinstance(value, str) else shorten(str(value))


def _is_sensitive(path: KeyPath) -> bool:
    return any(isinstance(step, str) and _SENSITIVE.search(step) for step in path)


def _without_dump(message: str, path: KeyPath, value: Any) -> str:
    if not isinstance(value, str) or not value:
        return message
    if _is_sensitive(path) and value in message:
        return "not acceptable; its value is not shown, as it may be a secret"
    shown = shorten(value, _LONGEST_FOUND)
    return message.replace(repr(value), repr(shown)).replace(value, shown)


def _remedy(kind: str, value: Any) -> str:
    if kind == "text" and isinstance(value, bool | int | float):
        return "quotes around it"
    if not isinstance(value, str):
        return ""
    if kind == _BOOLEAN:
        return _BOOLEANS_OF_YAML_1_1.get(value.lower(), "")
    if kind in ("a number", "a whole number") and _is_number(value):
        return "no quotes around it"
    return ""


def _is_number(text: str) -> bool:
    try:
        return isinstance(plain_scalar(text), int | float) and text.lower() not in ("true", "false")
    except RefusedError:
        return False

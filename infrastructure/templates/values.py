"""Plain data: all that goes into a template, and all that comes out of one."""

import json
from collections.abc import ItemsView, KeysView, Mapping, ValuesView
from types import GeneratorType
from typing import Any

from jinja2 import Undefined

from infrastructure.templates.limits import ITEM, Budget

_SCALARS = frozenset({str, int, float, bool, type(None)})
_SEQUENCES = (list, tuple, range, GeneratorType, KeysView, ValuesView, ItemsView)


class NoValueError(Exception):
    """A template gives something that is no plain data, such as a method."""


def plain(value: Any, path: str = "") -> Any:
    """Copy a scope, so that templates get data and nothing that could do anything.

    Raises TypeError, which says where something else stands.
    """
    if type(value) in _SCALARS:
        return value
    if isinstance(value, Mapping):
        if odd := [key for key in value if type(key) is not str]:
            msg = f"{path or 'the scope'} has a key that is no text: {odd[0]!r}"
            raise TypeError(msg)
        return {key: plain(item, f"{path}.{key}".lstrip(".")) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item, path) for item in value]
    msg = f"a template takes plain data only, and {path or 'the scope'} is a {type(value).__name__}"
    raise TypeError(msg)


def given(value: Any, budget: Budget) -> Any:
    """Give what an expression came to as plain data; what can be iterated becomes a list.

    Raises NoValueError, ExceededError, or jinja2's UndefinedError.
    """
    if isinstance(value, Undefined):
        str(value)  # raises, and says which variable
    budget.spend(ITEM + (len(value) if type(value) is str else 0))
    if type(value) in _SCALARS:
        return value
    if isinstance(value, dict):
        return {_key(key): given(item, budget) for key, item in value.items()}
    if isinstance(value, _SEQUENCES):
        return [given(item, budget) for item in value]
    msg = f"an expression gives a {type(value).__name__}, which is no value"
    raise NoValueError(msg)


def as_text(value: Any, budget: Budget) -> str:
    """Write a value into a text: text as it is, everything else as JSON."""
    found = given(value, budget)
    if isinstance(found, str):
        return found
    return json.dumps(found, ensure_ascii=False)


def _key(key: Any) -> str:
    if type(key) is not str:
        msg = f"a mapping has the key {key!r}, and keys are text"
        raise NoValueError(msg)
    return key

"""Which actions there are: Tocsin's own and those of third parties, all found in one way."""

from collections.abc import Mapping
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from application.actions import Action

GROUP = "tocsin.actions"


class UnknownActionError(LookupError):
    """No action has that name."""


class BrokenActionError(Exception):
    """An installed action cannot be loaded; the message says whose and why."""


@cache
def installed() -> Mapping[str, EntryPoint]:
    """Give the entry points of all installed actions by the name that a step calls."""
    return {each.name: each for each in entry_points(group=GROUP)}


def action_class(name: str) -> type[Action]:
    """Import an action's class; raises UnknownActionError or BrokenActionError."""
    found = installed().get(name)
    if found is None:
        raise UnknownActionError(name)
    try:
        loaded: Any = found.load()
    except Exception as error:
        what = " ".join(f"{type(error).__name__}: {error}".split())
        msg = f"the action {name} ({found.value}) cannot be loaded: {what}"
        raise BrokenActionError(msg) from error
    if missing := [each for each in _REQUIRED if not hasattr(loaded, each)]:
        msg = f"{found.value} is no action: it has no {', '.join(missing)}"
        raise BrokenActionError(msg)
    action: type[Action] = loaded
    return action


_REQUIRED = ("Parameters", "Settings", "outputs", "is_idempotent", "perform")

"""Which actions there are: Tocsin's own and those of third parties, all found in one way."""

from collections.abc import Mapping
from functools import cache
from importlib.metadata import EntryPoint

from application.actions import Action
from infrastructure.entry_points import loaded, offered

GROUP = "tocsin.actions"


class UnknownActionError(LookupError):
    """No action has that name."""


class BrokenActionError(Exception):
    """An installed action cannot be loaded; the message says whose and why."""


@cache
def installed() -> Mapping[str, EntryPoint]:
    """Give the entry points of all installed actions by the name that a step calls."""
    return offered(GROUP)


def action_class(name: str) -> type[Action]:
    """Import an action's class; raises UnknownActionError or BrokenActionError."""
    found = installed().get(name)
    if found is None:
        raise UnknownActionError(name)
    action: type[Action] = loaded(found, "action", _REQUIRED, BrokenActionError)
    return action


_REQUIRED = ("Parameters", "Settings", "outputs", "is_idempotent", "perform")

"""Classes that packages offer under a name: Tocsin's own and those of third parties alike."""

from collections.abc import Collection, Mapping
from importlib.metadata import EntryPoint, entry_points
from typing import Any


def offered(group: str) -> Mapping[str, EntryPoint]:
    """Give what all installed packages offer in a group, by name."""
    return {each.name: each for each in entry_points(group=group)}


def loaded(entry: EntryPoint, kind: str, required: Collection[str], broken: type[Exception]) -> Any:
    """Import what stands behind an entry point.

    `kind` says what it should be, such as `action`, and `required` names the attributes that make
    it one. Raises `broken` with a text that says whose it is and what is wrong.
    """
    try:
        found: Any = entry.load()
    except Exception as error:
        what = " ".join(f"{type(error).__name__}: {error}".split())
        msg = f"the {kind} {entry.name} ({entry.value}) cannot be loaded: {what}"
        raise broken(msg) from error
    if missing := [each for each in required if not hasattr(found, each)]:
        raise broken(f"{entry.value} is no {kind}: it has no {', '.join(missing)}")
    return found

"""How whoever did something is named in a sentence."""

from typing import Any

from application.projections.texts import shown


def who(state: dict[str, Any]) -> str:
    """Name the actor of an event."""
    actor = state["provenance"]["actor"]
    if actor["kind"] == "person":
        return shown(actor["name"])
    return f"rule '{shown(actor['name'])}'" if actor["kind"] == "rule" else "Tocsin"

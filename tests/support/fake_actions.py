"""Actions that do nothing, for tests of what only needs to know which actions there are."""

from collections.abc import Mapping
from importlib.metadata import EntryPoint
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field, StrictInt, StrictStr

from application.actions import Call, NoSettings
from infrastructure.actions.catalogue import GROUP


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _FakeAction:
    Parameters: ClassVar[type[BaseModel]] = NoSettings
    Settings: ClassVar[type[BaseModel]] = NoSettings
    outputs: ClassVar[frozenset[str] | None] = None

    def __init__(self, settings: Any, surroundings: Any) -> None:
        del settings, surroundings

    def is_idempotent(self, parameters: Any) -> bool:
        del parameters
        return True

    def perform(self, parameters: Any, call: Call) -> Mapping[str, Any]:
        del parameters, call
        return {}


class FakeScan(_FakeAction):
    """Needs a pattern, and says what it gives."""

    class Parameters(_Part):
        credential_pattern: StrictStr
        scope: StrictStr = "all_repos"
        depth: StrictInt = 1
        only: tuple[StrictStr, ...] = ()

    class Settings(_Part):
        repositories: dict[StrictStr, StrictStr] = Field(default_factory=dict)

    outputs = frozenset({"matches", "count"})


class FakeNotify(_FakeAction):
    """Needs nothing, and says nothing about what it gives."""

    class Parameters(_Part):
        recipients: tuple[StrictStr, ...] = ()


class FakeHttpRequest(_FakeAction):
    """Takes what a request is made of."""

    class Parameters(_Part):
        url: StrictStr
        method: StrictStr = "GET"
        headers: dict[StrictStr, StrictStr] = Field(default_factory=dict)
        body: Any = None

    outputs = frozenset({"status", "headers", "body", "json", "truncated"})


def installed_fakes() -> Mapping[str, EntryPoint]:
    """Give them as the catalogue would, and one that cannot be loaded."""
    classes = {
        "credential_scan": "FakeScan",
        "notify": "FakeNotify",
        "http_request": "FakeHttpRequest",
        "broken": "NoSuchClass",
    }
    return {
        name: EntryPoint(name, f"{__name__}:{written}", GROUP) for name, written in classes.items()
    }

"""Channels that do what a test says, found under names of their own."""

from collections.abc import Mapping
from importlib.metadata import EntryPoint
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, StrictStr

from application.channels import Message
from infrastructure.channels.catalogue import GROUP


class FakeConfig(BaseModel):
    """A config with one key."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: StrictStr = ""


class FakeChannel:
    """Does with a message whatever `doing` does; `made` counts how often it was made."""

    Config: ClassVar[type[BaseModel]] = FakeConfig
    reaches: ClassVar[str | None] = None
    doing: ClassVar[Any]
    made: ClassVar[int]

    def __init__(self, config: FakeConfig, surroundings: Any) -> None:
        type(self).made += 1
        self.config = config
        self.surroundings = surroundings

    def send(self, message: Message) -> Any:
        return type(self).doing(self, message)


class NoChannel:
    """Has nothing of what a channel has."""


def installed() -> Mapping[str, EntryPoint]:
    """Offer the fakes as `fake`, `none` and `broken`."""
    values = {
        "fake": f"{__name__}:FakeChannel",
        "none": f"{__name__}:NoChannel",
        "broken": f"{__name__}:Nobody",
    }
    return {name: EntryPoint(name, value, GROUP) for name, value in values.items()}

"""What a provider of credentials is to the action that revokes them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from pydantic import BaseModel, ConfigDict

from application.actions import Call


class ProviderSettings(BaseModel):
    """What the settings of every provider have in common: nothing unknown, nothing changed."""

    model_config = ConfigDict(frozen=True, extra="forbid")


@dataclass(frozen=True, slots=True)
class Credential:
    """A credential to revoke. Its id may be the secret itself: it is in no text that is told."""

    id: str = field(repr=False)
    extras: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Revoked:
    """A credential is worth nothing any more. `already`: it was so before, as far as one knows."""

    already: bool
    details: Mapping[str, Any] = field(default_factory=dict)


class Provider(Protocol):
    """Revokes credentials of one kind. Doing it twice is as good as once."""

    def revoke(self, credential: Credential, call: Call) -> Revoked:
        """Revoke a credential; raises ActionFailedError, whose text does not repeat it."""
        ...

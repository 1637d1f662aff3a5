"""Secrets: looked up in the environment at the moment of use, and taken out of what is told."""

import json
import os
from collections.abc import Mapping
from typing import Any

from application.actions import ActionFailedError
from infrastructure.templates.recorded import Secret, pieces, secrets_in, with_secrets

# What is shorter would be found in texts that have nothing to do with it.
_SHORTEST = 4


def references(text: str) -> list[str]:
    """Give the names of the secrets that a text refers to as `${NAME}`."""
    return secrets_in(text)


class EnvironmentSecrets:
    """Knows secrets by the names of environment variables.

    Every value that was handed out is remembered in memory, only so that `redacted` can take it
    out of whatever is about to be told.
    """

    def __init__(self, environment: Mapping[str, str] = os.environ) -> None:
        self._environment = environment
        self._used: dict[str, str] = {}

    def resolve(self, text: str) -> str:
        """Put the values of `${NAME}` into a text; raises ActionFailedError for an unknown one."""
        return "".join(
            self._value(str.__str__(each)) if isinstance(each, Secret) else each
            for each in pieces(text)
        )

    def resolved(self, value: Any) -> Any:
        """Put values into every text, at any depth, of a JSON value."""
        return with_secrets(value, self.resolve)

    def redacted(self, value: Any) -> Any:
        """Write `${NAME}` again wherever, at any depth of a JSON value, a secret's value stands."""
        if isinstance(value, str):
            return self._without_secrets(value)
        if isinstance(value, Mapping):
            return {self.redacted(key): self.redacted(item) for key, item in value.items()}
        if isinstance(value, list | tuple):
            return [self.redacted(item) for item in value]
        return value

    def _value(self, name: str) -> str:
        value = self._environment.get(name)
        if not value:
            msg = f"the secret {name} is not set: Tocsin looks for it in the environment"
            raise ActionFailedError(msg)
        self._used[name] = value
        return value

    def _without_secrets(self, text: str) -> str:
        # A copy, because other threads look secrets up meanwhile; and the longest first, because
        # one secret may be part of another.
        for name, value in sorted(self._used.copy().items(), key=lambda each: -len(each[1])):
            if len(value) >= _SHORTEST:
                text = text.replace(value, f"${{{name}}}")
                # As it stands inside a JSON text, where a line's end is written \n.
                text = text.replace(json.dumps(value)[1:-1], f"${{{name}}}")
        return text

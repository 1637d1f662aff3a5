"""Secrets: looked up in the environment at the moment of use, and taken out of what is told."""

import os
import re
from collections.abc import Mapping
from typing import Any

from application.actions import ActionFailedError

# `$${` stands for `${` itself.
_REFERENCE = re.compile(r"\$\$\{|\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
# What is shorter would be found in texts that have nothing to do with it.
_SHORTEST = 4


def references(text: str) -> list[str]:
    """Give the names of the secrets that a text refers to as `${NAME}`."""
    return [found[1] for found in _REFERENCE.finditer(text) if found[1]]


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
        return _REFERENCE.sub(self._value, text)

    def resolved(self, value: Any) -> Any:
        """Put values into every text, at any depth, of a JSON value."""
        if isinstance(value, str):
            return self.resolve(value)
        if isinstance(value, Mapping):
            return {key: self.resolved(item) for key, item in value.items()}
        if isinstance(value, list | tuple):
            return [self.resolved(item) for item in value]
        return value

    def redacted(self, value: Any) -> Any:
        """Write `${NAME}` again wherever, at any depth of a JSON value, a secret's value stands."""
        if isinstance(value, str):
            return self._without_secrets(value)
        if isinstance(value, Mapping):
            return {self.redacted(key): self.redacted(item) for key, item in value.items()}
        if isinstance(value, list | tuple):
            return [self.redacted(item) for item in value]
        return value

    def _value(self, found: "re.Match[str]") -> str:
        name = found[1]
        if name is None:
            return "${"
        value = self._environment.get(name)
        if not value:
            msg = f"the secret {name} is not set: Tocsin looks for it in the environment"
            raise ActionFailedError(msg)
        self._used[name] = value
        return value

    def _without_secrets(self, text: str) -> str:
        # The longest first: one secret may be part of another.
        for name, value in sorted(self._used.items(), key=lambda each: -len(each[1])):
            if len(value) >= _SHORTEST:
                text = text.replace(value, f"${{{name}}}")
        return text

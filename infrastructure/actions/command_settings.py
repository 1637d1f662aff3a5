"""Which commands may be run: their argument lists, and what may be put into them."""

import re
from functools import cached_property
from pathlib import Path
from typing import Annotated, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StrictBool,
    StrictInt,
    StrictStr,
    model_validator,
)

from domain.detection.condition import compiled_regex
from domain.detection.rule import Identifier
from domain.duration import parse_duration
from domain.written import Duration

MOST_OUTPUT = 1024 * 1024
PLACEHOLDER = re.compile(r"\{\{([a-z_][a-z0-9_]*)\}\}|\{([a-z_][a-z0-9_]*)\}")
"""`{name}` in an item of argv; `{{name}}` is the text `{name}`. Other braces are just braces."""


def _regex(pattern: str) -> str:
    compiled_regex(pattern)
    return pattern


def _passable(text: str) -> str:
    if "\0" in text:
        msg = "no program takes a NUL character"
        raise ValueError(msg)
    return text


def _folder(path: Path) -> Path:
    if not path.is_absolute():
        msg = f"not an absolute path: {path}"
        raise ValueError(msg)
    _passable(str(path))
    return path


def _item(item: str) -> str:
    if "${" in item:
        msg = "a secret in argv could be read by everybody on the machine; give it in environment"
        raise ValueError(msg)
    return _passable(item)


Item = Annotated[StrictStr, AfterValidator(_item)]
Variable = Annotated[StrictStr, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$", max_length=200)]
Placeholder = Annotated[StrictStr, Field(pattern=r"^[a-z_][a-z0-9_]*$", max_length=100)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Argument(_Part):
    """What may be put in for a placeholder.

    `pattern`: an RE2 expression that the whole value has to match. `allow_dash`: that the value
    may begin an item with `-`, where a program might take it for an option.
    """

    pattern: Annotated[StrictStr, AfterValidator(_regex)] | None = None
    allow_dash: StrictBool = False


class AllowedCommand(_Part):
    """A command that may be run, as an argument list; there never is a shell.

    `environment` may refer to secrets as `${NAME}`. `output_limit` counts bytes of each stream.
    `idempotent`: that running it twice with one TOCSIN_IDEMPOTENCY_KEY is as good as once.
    """

    argv: Annotated[tuple[Item, ...], Field(min_length=1, max_length=1000)]
    parameters: dict[Placeholder, Argument] = Field(default_factory=dict)
    cwd: Annotated[Path, AfterValidator(_folder)] = Path("/")
    environment: dict[Variable, Annotated[StrictStr, AfterValidator(_passable)]] = Field(
        default_factory=dict
    )
    timeout: Duration = "1m"
    output_limit: Annotated[StrictInt, Field(ge=0, le=MOST_OUTPUT)] = 64 * 1024
    idempotent: StrictBool = False
    expected_exit: Annotated[
        tuple[Annotated[StrictInt, Field(ge=0, le=255)], ...], Field(min_length=1)
    ] = (0,)

    @model_validator(mode="after")
    def _is_runnable(self) -> Self:
        program = self.argv[0]
        if not program or placeholders_in(program):
            msg = "argv begins with the program itself, which no step can choose"
            raise ValueError(msg)
        if strangers := sorted(set(self.parameters) - self.placeholders):
            msg = f"argv has no place for {', '.join(strangers)}"
            raise ValueError(msg)
        return self

    @cached_property
    def placeholders(self) -> frozenset[str]:
        """The names of all arguments that a step has to give."""
        return frozenset(name for item in self.argv for name in placeholders_in(item))

    @property
    def seconds(self) -> float:
        """The time limit in seconds."""
        return parse_duration(self.timeout).total_seconds()


class CommandSettings(_Part):
    """The allow-list: a name for steps to use, and the command behind it."""

    allowed: dict[Identifier, AllowedCommand] = Field(default_factory=dict)


def placeholders_in(item: str) -> list[str]:
    """Name the placeholders of an item, in their order."""
    return [found[2] for found in PLACEHOLDER.finditer(item) if found[2]]

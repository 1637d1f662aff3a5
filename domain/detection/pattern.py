"""The conditions of a rule as its author writes them: patterns, and groups of patterns."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Literal, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    StrictBool,
    StrictFloat,
    StrictInt,
    StrictStr,
    Tag,
    model_validator,
)

from domain.detection.condition import (
    Expected,
    compiled_regex,
    network,
    number,
    satisfies,
)
from domain.signal import Value

Operator = Literal[
    "equals",
    "contains",
    "regex",
    "gt",
    "lt",
    "in",
    "not_equals",
    "exists",
    "starts_with",
    "ends_with",
    "gte",
    "lte",
    "cidr",
]

Scalar = StrictStr | StrictInt | StrictFloat | StrictBool
Lookup = Callable[[str], tuple[Value, ...]]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Pattern(_Part):
    """One question about one field, such as `action equals authentication_failed`."""

    field: Annotated[StrictStr, Field(min_length=1, max_length=500)]
    operator: Operator
    value: Scalar | tuple[Scalar, ...]

    @model_validator(mode="after")
    def _value_fits_operator(self) -> Self:
        _CHECKS.get(self.operator, _one_value)(self.value)
        return self

    def holds(self, values: Lookup) -> bool:
        """Say whether the field's values, as looked up, satisfy the pattern."""
        return satisfies(self.operator, values(self.field), self.value)


class All(_Part):
    """A group that holds when every one of its conditions does."""

    all: Annotated[tuple[Condition, ...], Field(min_length=1)]

    def holds(self, values: Lookup) -> bool:
        """Say whether every condition of the group holds."""
        return all(condition.holds(values) for condition in self.all)


class Any_(_Part):  # noqa: N801 - `Any` is taken by typing
    """A group that holds when at least one of its conditions does."""

    any: Annotated[tuple[Condition, ...], Field(min_length=1)]

    def holds(self, values: Lookup) -> bool:
        """Say whether at least one condition of the group holds."""
        return any(condition.holds(values) for condition in self.any)


class Not(_Part):
    """A group that holds when its condition does not, be it because a field is missing."""

    not_: Annotated[Condition, Field(alias="not")]

    def holds(self, values: Lookup) -> bool:
        """Say whether the condition does not hold."""
        return not self.not_.holds(values)


def _kind(written: Any) -> str:
    if isinstance(written, All | Any_ | Not):
        return type(written).__name__.rstrip("_").lower()
    if isinstance(written, dict):
        return next((group for group in ("all", "any", "not") if group in written), "pattern")
    return "pattern"


Condition = Annotated[
    Annotated[Pattern, Tag("pattern")]
    | Annotated[All, Tag("all")]
    | Annotated[Any_, Tag("any")]
    | Annotated[Not, Tag("not")],
    Discriminator(_kind),
]


def _one_value(value: Expected) -> None:
    if isinstance(value, tuple):
        msg = "value must be one value; use the operator `in` for a list"
        raise ValueError(msg)


def _a_list(value: Expected) -> None:
    if not isinstance(value, tuple) or not value:
        msg = "value must be a list of at least one value, as in [critical, restricted]"
        raise ValueError(msg)


def _a_number(value: Expected) -> None:
    if isinstance(value, tuple) or number(value) is None:
        msg = "value must be a number"
        raise ValueError(msg)


def _true_or_false(value: Expected) -> None:
    if not isinstance(value, bool):
        msg = "value must be true or false"
        raise ValueError(msg)


def _a_regex(value: Expected) -> None:
    if not isinstance(value, str):
        msg = "value must be a regular expression in quotes"
        raise ValueError(msg)
    compiled_regex(value)


def _networks(value: Expected) -> None:
    for written in value if isinstance(value, tuple) else (value,):
        try:
            network(str(written))
        except ValueError as error:
            msg = f"value must be a network such as 10.0.0.0/8: {error}"
            raise ValueError(msg) from None


_CHECKS: dict[str, Callable[[Expected], None]] = {
    "in": _a_list,
    "gt": _a_number,
    "gte": _a_number,
    "lt": _a_number,
    "lte": _a_number,
    "exists": _true_or_false,
    "regex": _a_regex,
    "cidr": _networks,
}

All.model_rebuild()
Any_.model_rebuild()
Not.model_rebuild()

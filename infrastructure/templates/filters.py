"""The filters and tests that templates may use: those of Jinja that are harmless, metered."""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from jinja2 import Undefined, pass_context
from jinja2.filters import FILTERS as JINJA_FILTERS
from jinja2.runtime import Context
from jinja2.tests import TESTS as JINJA_TESTS

from infrastructure.templates.limits import MOST_TEXT, Budget, ExceededError, number
from infrastructure.templates.recorded import Secret
from infrastructure.templates.values import as_text, given

BUDGET = "_budget"
"""The name under which a rendering's context holds its budget: no template can say it."""

_HARMLESS = (
    "abs", "capitalize", "count", "d", "default", "dictsort", "first", "float", "groupby", "int",
    "items", "last", "length", "list", "lower", "map", "max", "min", "reject", "rejectattr",
    "select", "selectattr", "sort", "title", "trim", "truncate", "unique", "upper", "urlencode",
    "wordcount",
)  # fmt: skip
_HARMLESS_TESTS = (
    "!=", "<", "<=", "==", ">", ">=", "boolean", "defined", "divisibleby", "eq", "equalto", "even",
    "false", "float", "ge", "greaterthan", "gt", "in", "integer", "iterable", "le", "lessthan",
    "lower", "lt", "mapping", "ne", "none", "number", "odd", "sequence", "string", "true",
    "undefined", "upper",
)  # fmt: skip
_FOR_THE_UNDEFINED = {"d", "default"}
_DEEPEST_INDENT = 100


def budget_of(context: Context) -> Budget:
    """Give what is left to the rendering that a context belongs to."""
    budget: Budget = context[BUDGET]
    return budget


def _metered(name: str) -> Callable[..., Any]:
    function = JINJA_FILTERS[name]
    passed = getattr(function, "jinja_pass_arg", None)

    @pass_context
    def apply(context: Context, value: Any, *args: Any, **kwargs: Any) -> Any:
        budget = budget_of(context)
        if isinstance(value, Undefined) and name not in _FOR_THE_UNDEFINED:
            str(value)  # raises, and says which variable
        _spend(budget, value)
        parts = {
            "context": context,
            "environment": context.environment,
            "eval_context": context.eval_ctx,
        }
        leading = (parts[passed.name],) if passed else ()
        result = function(*leading, value, *args, **kwargs)
        _spend(budget, result)
        return result

    return apply


def _spend(budget: Budget, value: Any) -> None:
    if isinstance(value, str | list | dict | tuple):
        budget.spend(len(value) + 1)
    number(value)


@pass_context
def _join(context: Context, value: Any, separator: str = "", attribute: Any = None) -> str:
    budget = budget_of(context)
    if attribute is not None:
        value = context.environment.call_filter(
            "map", value, (), {"attribute": attribute}, context=context
        )
    texts = []
    for item in value:
        texts.append(as_text(item, budget))
        budget.spend(len(separator))
    return separator.join(texts)


@pass_context
def _replace(context: Context, value: Any, old: str, new: str) -> str:
    budget = budget_of(context)
    text = as_text(value, budget)
    budget.spend(text.count(old) * max(0, len(new) - len(old)))
    return text.replace(old, new)


@pass_context
def _reverse(context: Context, value: Any) -> Any:
    _spend(budget_of(context), value)
    return value[::-1] if isinstance(value, str) else [*value][::-1]


@pass_context
def _indent(context: Context, value: Any, width: int = 4, first: bool = False) -> str:
    """Indent every line but the first, which is only if asked for; empty lines never."""
    budget = budget_of(context)
    lines = as_text(value, budget).split("\n")
    margin = " " * max(0, min(width, _DEEPEST_INDENT))
    budget.spend(len(lines) * len(margin))
    indented = [f"{margin}{line}" if line else line for line in lines]
    return "\n".join(indented if first else [lines[0], *indented[1:]])


@pass_context
def _round(context: Context, value: Any, precision: int = 0) -> Any:
    """Round half to even; without digits behind the point, to a whole number."""
    del context
    rounded = round(value, max(-15, min(precision, 15)))
    return int(rounded) if precision <= 0 else rounded


@pass_context
def _sum(context: Context, value: Any, attribute: Any = None) -> Any:
    if attribute is not None:
        value = context.environment.call_filter(
            "map", value, (), {"attribute": attribute}, context=context
        )
    numbers = given(value, budget_of(context))
    if others := [each for each in numbers if not isinstance(each, int | float)]:
        msg = f"sum adds numbers, and not a {type(others[0]).__name__}"
        raise TypeError(msg)
    return sum(numbers)


@pass_context
def _string(context: Context, value: Any) -> str:
    return as_text(value, budget_of(context))


@pass_context
def _to_json(context: Context, value: Any, indent: int | None = None) -> str:
    found = given(value, budget_of(context))
    margin = None if indent is None else max(0, min(indent, 8))
    return json.dumps(found, ensure_ascii=False, indent=margin)


# What the syntax itself is made of: no template can say a name with a space in it.

SIZED, COUNTED, CONCAT, SECRET = "the sized", "the counted", "the concat", "the secret"


@pass_context
def _sized(context: Context, value: Any) -> Any:
    budget_of(context).spend_on(value)
    return value


@pass_context
def _counted(context: Context, value: Any) -> Iterator[Any]:
    budget = budget_of(context)
    for item in value:
        budget.spend_round()
        yield item


@pass_context
def _concat(context: Context, parts: tuple[Any, ...]) -> str:
    budget = budget_of(context)
    text = "".join([as_text(part, budget) for part in parts])
    if len(text) > MOST_TEXT:
        msg = f"a text is longer than {MOST_TEXT:,} characters"
        raise ExceededError(msg)
    return text


def _secret(name: str) -> Secret:
    return Secret(name)


FILTERS: Mapping[str, Callable[..., Any]] = {
    **{name: _metered(name) for name in _HARMLESS},
    "indent": _indent,
    "join": _join,
    "replace": _replace,
    "reverse": _reverse,
    "round": _round,
    "string": _string,
    "sum": _sum,
    "tojson": _to_json,
    CONCAT: _concat,
    COUNTED: _counted,
    SECRET: _secret,
    SIZED: _sized,
}
_JINJA_TESTS: Mapping[str, Any] = JINJA_TESTS
TESTS: Mapping[str, Callable[..., Any]] = {name: _JINJA_TESTS[name] for name in _HARMLESS_TESTS}

"""The environment in which templates run: over plain data, with no attribute but the data's own.

Jinja's own sandbox forbids what is known to be dangerous. This one, on top of it, allows what is
known to be harmless: keys of mappings, indexes of lists, a few methods of text and mappings, and
what `loop` tells.
"""

from typing import Any

from jinja2 import StrictUndefined, Undefined, pass_context
from jinja2.runtime import Context, LoopContext
from jinja2.sandbox import ImmutableSandboxedEnvironment

from infrastructure.templates.filters import FILTERS, TESTS, budget_of
from infrastructure.templates.limits import LONGEST_RANGE, ExceededError, power
from infrastructure.templates.recorded import Secret
from infrastructure.templates.values import as_text

_METHODS: dict[type, frozenset[str]] = {
    str: frozenset({
        "endswith", "lower", "lstrip", "removeprefix", "removesuffix", "rsplit", "rstrip", "split",
        "splitlines", "startswith", "strip", "upper",
    }),
    dict: frozenset({"get", "items", "keys", "values"}),
}  # fmt: skip
METHOD_NAMES = frozenset().union(*_METHODS.values())
_OF_LOOPS = frozenset({
    "changed", "cycle", "depth", "first", "index", "index0", "last", "length", "nextitem",
    "previtem", "revindex", "revindex0",
})  # fmt: skip


class MissingVariable(StrictUndefined):
    """A variable without a value; every use of it but `is defined` and `default` fails."""

    __slots__ = ()

    @property
    def _undefined_message(self) -> str:
        """Give just the name: whoever catches it knows the whole path."""
        return self._undefined_hint or str(self._undefined_name)


@pass_context
def _put_out(context: Context, value: Any) -> str:
    return value if isinstance(value, Secret) else as_text(value, budget_of(context))


def _range(*arguments: int) -> range:
    numbers = range(*arguments)
    if len(numbers) > LONGEST_RANGE:
        msg = f"a range is longer than {LONGEST_RANGE:,}"
        raise ExceededError(msg)
    return numbers


class PlainDataEnvironment(ImmutableSandboxedEnvironment):
    """Compiles and runs templates."""

    intercepted_binops = frozenset({"+", "-", "*", "/", "//", "%", "**"})

    def __init__(self) -> None:
        super().__init__(
            undefined=MissingVariable,
            finalize=_put_out,
            autoescape=False,
            optimized=False,  # what is computed while compiling would escape the budget
            keep_trailing_newline=True,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self.filters = dict(FILTERS)
        self.tests = dict(TESTS)
        self.globals = {"range": _range}

    def getattr(self, obj: Any, attribute: str) -> Any:
        """Look up `obj.attribute`: data first, then the few methods there are."""
        if isinstance(obj, LoopContext):
            return (
                getattr(obj, attribute) if attribute in _OF_LOOPS else self._missing(obj, attribute)
            )
        found = self.getitem(obj, attribute)
        if isinstance(found, Undefined) and attribute in _METHODS.get(type(obj), ()):
            return getattr(obj, attribute)
        return found

    def getitem(self, obj: Any, argument: Any) -> Any:
        """Look up `obj[argument]` in data, and in nothing else."""
        if isinstance(obj, Undefined):
            str(obj)  # raises, and says which variable
        if isinstance(obj, dict | list | tuple | str | range):
            try:
                return obj[argument]
            except (TypeError, LookupError):
                pass
        return self._missing(obj, argument)

    def call(self, context: Context, /, obj: Any, *args: Any, **kwargs: Any) -> Any:
        """Call one of the methods, or `range`; what it gives is paid for."""
        result = super().call(context, obj, *args, **kwargs)
        budget_of(context).spend_on(result)
        return result

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """Compute, but nothing that is out of proportion."""
        budget = budget_of(context)
        if operator == "**":
            power(left, right)
        elif operator == "%" and isinstance(left, str):
            msg = "a text cannot be formatted with %; put it together with ~"
            raise TypeError(msg)
        elif operator == "*":
            budget.spend(_repeated(left, right) + _repeated(right, left))
        result = super().call_binop(context, operator, left, right)
        budget.spend_on(result)
        return result

    def _missing(self, obj: Any, name: Any) -> Any:
        return self.undefined(obj=obj, name=name)


def _repeated(sequence: Any, times: Any) -> int:
    if isinstance(sequence, str | list | tuple) and isinstance(times, int):
        return len(sequence) * max(0, times)
    return 0


ENVIRONMENT = PlainDataEnvironment()

"""One template: a text that becomes a value when variables are given to it."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from types import TracebackType
from typing import Any

import jinja2
from jinja2 import nodes
from jinja2.exceptions import TemplateError as JinjaError
from jinja2.exceptions import TemplateSyntaxError, UndefinedError

from application.templates import TemplateError
from infrastructure.templates.filters import BUDGET
from infrastructure.templates.limits import MOST_TEXT, Budget, ExceededError
from infrastructure.templates.reading import Variables, variables_of
from infrastructure.templates.recorded import (
    recorded,
    secrets_in,
    with_secrets,
)
from infrastructure.templates.sandbox import ENVIRONMENT
from infrastructure.templates.syntax import Prepare, parsed, sole_expression
from infrastructure.templates.values import NoValueError, given, plain

_VALUE = "_value"
_FILE = "<template>"
_MARKS = ("{{", "{%", "{#")


class Template:
    """A template, read and checked; raises TemplateError if it is none.

    One that is nothing but `{{ expression }}` gives what the expression gives, of whatever type;
    any other gives text, and so does every one that is `always_text`. What it gives is written as
    `infrastructure.templates.recorded` says.
    """

    def __init__(self, source: str, *, always_text: bool = False) -> None:
        self._lines = source.count("\n") + 1
        tree = parsed(source)
        try:
            self.variables: Variables = variables_of(tree)
            self.secrets = frozenset(_secrets_of(tree))
            sole = None if always_text else sole_expression(tree)
            self._is_value = sole is not None
            self._compiled = _compiled(tree if sole is None else _assigning(sole))
        except (RecursionError, MemoryError, SyntaxError):
            msg = "nested too deeply"
            raise TemplateError(msg) from None
        except TemplateSyntaxError as error:
            raise TemplateError(str(error.message), line=error.lineno) from None

    def render(self, scope: Mapping[str, Any]) -> Any:
        """Give the value with `${NAME}` in place of every secret, as it may be recorded.

        Raises TemplateError, for a variable without a value and for whatever else goes wrong, and
        TypeError for a scope that is not plain data.
        """
        return self.render_plain(plain(scope))

    def render_with_secrets(self, scope: Mapping[str, Any], resolve: Callable[[str], str]) -> Any:
        """Give the value with secrets in their places; `resolve` gets `${NAME}`.

        A `${NAME}` that a variable brings in is text like any other.
        """
        return with_secrets(self.render(scope), resolve)

    def render_plain(self, scope: dict[str, Any]) -> Any:
        """Render with a scope that is plain data already."""
        try:
            return self._rendered(scope, Budget())
        except UndefinedError as error:
            raise self._error(self._undefined(error, scope), error) from None
        except RecursionError as error:
            raise self._error("nested too deeply", error) from None
        except (ExceededError, NoValueError, JinjaError) as error:
            raise self._error(str(error), error) from None
        except Exception as error:
            reason = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
            raise self._error(reason, error) from None

    def _rendered(self, scope: dict[str, Any], budget: Budget) -> Any:
        context = self._compiled.new_context({**scope, BUDGET: budget})
        parts = list(self._parts(context))
        if not self._is_value:
            return _encodable(recorded(parts))
        return _recorded_value(given(context.vars[_VALUE], Budget()))

    def _parts(self, context: jinja2.runtime.Context) -> Any:
        length = 0
        for part in self._compiled.root_render_func(context):
            length += len(part)
            if length > MOST_TEXT:
                msg = f"it gives more than {MOST_TEXT:,} characters"
                raise ExceededError(msg)
            yield part

    def _undefined(self, error: UndefinedError, scope: dict[str, Any]) -> str:
        named = str(error.message)
        known = self.variables.needed | self.variables.optional
        missing = sorted(filter(None, (_first_missing(path, scope) for path in known)))
        matching = [path for path in missing if path.rpartition(".")[2] == named]
        return f"{matching[0] if matching else named} is undefined"

    def _error(self, reason: str, error: BaseException) -> TemplateError:
        line = self._line(error.__traceback__) if self._lines > 1 else None
        return TemplateError(" ".join(reason.split()), line=line)

    def _line(self, trace: TracebackType | None) -> int | None:
        line = None
        while trace is not None:
            if trace.tb_frame.f_code.co_filename == _FILE:
                line = self._compiled.get_corresponding_lineno(trace.tb_lineno)
            trace = trace.tb_next
        return line


@lru_cache(maxsize=512)
def template(source: str) -> Template:
    """Read a template, or give it as it was read before; raises TemplateError."""
    return Template(source)


def is_template(text: str) -> bool:
    """Say whether a text has anything to render in it."""
    return any(mark in text for mark in _MARKS)


def _assigning(sole: nodes.Expr) -> nodes.Template:
    # What Environment.compile_expression does, with the syntax already read.
    target = nodes.Name(_VALUE, "store", lineno=1)
    return nodes.Template([nodes.Assign(target, sole, lineno=sole.lineno)], lineno=1)


def _compiled(tree: nodes.Template) -> jinja2.Template:
    prepared = Prepare().visit(tree)
    prepared.set_environment(ENVIRONMENT)
    return ENVIRONMENT.from_string(prepared)


def _secrets_of(tree: nodes.Template) -> set[str]:
    return {name for data in tree.find_all(nodes.TemplateData) for name in secrets_in(data.data)}


def _first_missing(path: str, scope: Any) -> str | None:
    """Give a path up to where the scope ends; None if it does not."""
    steps = path.split(".")
    for index, step in enumerate(steps):
        if not isinstance(scope, dict) or step not in scope:
            return ".".join(steps[: index + 1])
        scope = scope[step]
    return None


def _recorded_value(value: Any) -> Any:
    if isinstance(value, str):
        return _encodable(recorded([value]))
    if isinstance(value, dict):
        return {_encodable(key): _recorded_value(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_recorded_value(item) for item in value]
    return value


def _encodable(text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError:
        msg = "it gives text with half a character in it"
        raise NoValueError(msg) from None
    return text

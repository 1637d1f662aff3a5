"""Templates in whole trees of values, such as the parameters of a runbook's step."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from application.templates import TemplateError
from infrastructure.templates.recorded import with_secrets
from infrastructure.templates.template import is_template, template
from infrastructure.templates.values import plain

_Path = tuple[str | int, ...]


class JinjaTemplates:
    """Renders values of mappings, lists and text; keys are no templates."""

    def render(self, value: Any, scope: Mapping[str, Any]) -> Any:
        """Give the value with its templates rendered, as it may be recorded.

        Raises TemplateError, and TypeError for a scope that is not plain data.
        """
        data = plain(scope)
        return _mapped(value, lambda text: template(text).render_plain(data), ())

    def render_with_secrets(
        self, value: Any, scope: Mapping[str, Any], resolve: Callable[[str], str]
    ) -> Any:
        """Give the value with its templates rendered and secrets in their places."""
        return with_secrets(self.render(value, scope), resolve)

    def variables(self, value: Any) -> set[str]:
        """Give the paths of all variables that a value needs; raises TemplateError."""
        return {
            variable
            for path, text in _texts(value, ())
            for variable in _placed(path, lambda text: template(text).variables.needed, text)
        }

    def mistakes(self, value: Any) -> list[TemplateError]:
        """Give all texts that are no templates, each with its path and line."""
        found = []
        for path, text in _texts(value, ()):
            try:
                _placed(path, template, text)
            except TemplateError as error:
                found.append(error)
        return found


def _mapped(value: Any, change: Callable[[str], Any], path: _Path) -> Any:
    if isinstance(value, str):
        return _placed(path, change, value) if is_template(value) else value
    if isinstance(value, Mapping):
        return {key: _mapped(item, change, (*path, key)) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_mapped(item, change, (*path, index)) for index, item in enumerate(value)]
    return value


def _texts(value: Any, path: _Path) -> Iterator[tuple[_Path, str]]:
    if isinstance(value, str):
        if is_template(value):
            yield path, value
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from _texts(item, (*path, key))
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            yield from _texts(item, (*path, index))


def _placed(path: _Path, get: Callable[[str], Any], text: str) -> Any:
    try:
        return get(text)
    except TemplateError as error:
        raise TemplateError(error.reason, line=error.line, path=path) from None

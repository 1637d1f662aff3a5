"""Conditions of playbooks as conditions of runbooks, as far as those can say the same.

What is read: comparisons of a variable with a value, as in `__count__:value >= 5`, `__a__:value`,
`__a__:value IN ('x', 'y')`, put together with AND, OR, NOT and parentheses; square brackets, as
around the observations of the STIX patterning grammar, mean nothing more. The words and signs of
both that grammar and the one of everyday use are taken: `=`, `==`, `<>`, `!=`.
"""

import re
from collections.abc import Callable
from typing import Any, NamedTuple

from domain.detection.condition import compiled_regex, network
from infrastructure.configuration.mistakes import quoted

_LONGEST = 2_000
_DEEPEST = 20
_TOKEN = re.compile(
    r"\s*(?:(?P<mark>[()\[\],])|(?P<sign><=|>=|==|!=|<>|=|<|>)|'(?P<text>(?:[^'\\]|\\.)*)'"
    r"|(?P<word>[^\s()\[\],=<>!']+))"
)
_VARIABLE = re.compile(
    r"(__[A-Za-z0-9_-]+?__)(?::value)?|\$\$(__[A-Za-z0-9_-]+?__)\$\$(?:\.value)?"
)
_NUMBER = re.compile(r"[+-]?[0-9]{1,15}(\.[0-9]{1,15})?")
_SIGNS = {">": "gt", ">=": "gte", "<": "lt", "<=": "lte"}

FieldOf = Callable[[str], str]
"""Gives the field that a variable stands for; raises NotExpressibleError."""


class NotExpressibleError(Exception):
    """No condition of a runbook says this; the message says why."""


class _Token(NamedTuple):
    kind: str
    text: str


def condition_of(written: str, field_of: FieldOf) -> dict[str, Any]:
    """Give the condition of a runbook that means the same; raises NotExpressibleError."""
    if len(written) > _LONGEST:
        msg = f"longer than {_LONGEST:,} characters"
        raise NotExpressibleError(msg)
    reader = _Reader(_tokens(written), field_of)
    condition = reader.either()
    reader.end()
    return condition


def equals(field: str, value: str, *, quoted_text: bool = False) -> dict[str, Any]:
    """Ask whether a field has a value that is written down: as text, or as what it looks like."""
    spellings = [value] if quoted_text else _spellings(value)
    if len(spellings) == 1:
        return {"field": field, "operator": "equals", "value": spellings[0]}
    return {"field": field, "operator": "in", "value": spellings}


def opposite(condition: dict[str, Any]) -> dict[str, Any]:
    """Give the condition that holds when another does not."""
    return condition["not"] if set(condition) == {"not"} else {"not": condition}


def variable_in(word: str) -> str | None:
    """Give the name of the variable that a word refers to, if it is nothing else."""
    found = _VARIABLE.fullmatch(word.strip())
    return (found[1] or found[2]) if found else None


class _Reader:
    def __init__(self, tokens: list[_Token], field_of: FieldOf) -> None:
        self._tokens = tokens
        self._field_of = field_of
        self._depth = 0

    def either(self) -> dict[str, Any]:
        parts = [self._both()]
        while self._takes("OR"):
            parts.append(self._both())
        return parts[0] if len(parts) == 1 else {"any": parts}

    def end(self) -> None:
        if self._tokens:
            msg = f"{quoted(self._tokens[0].text)} is not understood there"
            raise NotExpressibleError(msg)

    def _both(self) -> dict[str, Any]:
        parts = [self._negated()]
        while self._takes("AND"):
            parts.append(self._negated())
        return parts[0] if len(parts) == 1 else {"all": parts}

    def _negated(self) -> dict[str, Any]:
        return opposite(self._grouped()) if self._takes("NOT") else self._grouped()

    def _grouped(self) -> dict[str, Any]:
        token = self._next()
        if token.kind == "mark" and token.text in "([":
            self._depth += 1
            if self._depth > _DEEPEST:
                msg = "nested too deeply"
                raise NotExpressibleError(msg)
            inner = self.either()
            self._expect(")" if token.text == "(" else "]")
            self._depth -= 1
            return inner
        name = variable_in(token.text) if token.kind == "word" else None
        if name is None:
            msg = f"{quoted(token.text)} stands where a variable is needed"
            raise NotExpressibleError(msg)
        return self._compared(self._field_of(name))

    def _compared(self, field: str) -> dict[str, Any]:
        if not self._tokens or self._tokens[0].text.upper() in ("AND", "OR", ")", "]"):
            return equals(field, "true")
        if self._takes("NOT"):
            return {"all": [_is_there(field), opposite(self._compared(field))]}
        operator = self._next().text.upper()
        if operator == "IN":
            return {"field": field, "operator": "in", "value": self._list()}
        value = self._value()
        if operator in ("=", "=="):
            return equals(field, value.text, quoted_text=value.kind == "text")
        if operator in ("!=", "<>"):
            same = equals(field, value.text, quoted_text=value.kind == "text")
            return {"all": [_is_there(field), {"not": same}]}
        return _with_operator(field, operator, value.text)

    def _list(self) -> list[Any]:
        self._expect("(")
        values: list[Any] = []
        while True:
            value = self._value()
            values += [value.text] if value.kind == "text" else _spellings(value.text)
            if self._next().text != ",":
                return values

    def _value(self) -> _Token:
        token = self._next()
        if token.kind not in ("text", "word") or variable_in(token.text):
            msg = f"{quoted(token.text)} stands where a value is needed"
            raise NotExpressibleError(msg)
        return token

    def _next(self) -> _Token:
        if not self._tokens:
            msg = "it ends too early"
            raise NotExpressibleError(msg)
        return self._tokens.pop(0)

    def _expect(self, mark: str) -> None:
        token = self._next()
        if token.text != mark:
            msg = f"{quoted(token.text)} stands where {mark} is needed"
            raise NotExpressibleError(msg)

    def _takes(self, word: str) -> bool:
        first = self._tokens[0] if self._tokens else _Token("", "")
        if first.kind == "word" and first.text.upper() == word:
            self._tokens.pop(0)
            return True
        return False


def _tokens(written: str) -> list[_Token]:
    tokens, at = [], 0
    written = written.strip()
    while at < len(written):
        found = _TOKEN.match(written, at)
        if found is None or found.lastgroup is None:
            msg = f"{quoted(written[at:])} is not understood"
            raise NotExpressibleError(msg)
        text = found[found.lastgroup]
        if found.lastgroup == "text":
            text = re.sub(r"\\(.)", r"\1", text)
        tokens.append(_Token(found.lastgroup, text))
        at = found.end()
    return tokens


def _with_operator(field: str, operator: str, value: str) -> dict[str, Any]:
    if operator in _SIGNS:
        if not _NUMBER.fullmatch(value):
            msg = f"{operator} compares numbers, and {quoted(value)} is none"
            raise NotExpressibleError(msg)
        return {"field": field, "operator": _SIGNS[operator], "value": _spellings(value)[0]}
    checks = {"MATCHES": ("regex", compiled_regex), "ISSUBSET": ("cidr", network)}
    if operator not in checks:
        msg = f"there is no counterpart of {quoted(operator)}"
        raise NotExpressibleError(msg)
    name, check = checks[operator]
    try:
        check(value)
    except ValueError as error:
        raise NotExpressibleError(str(error)) from None
    return {"field": field, "operator": name, "value": value}


def _spellings(value: str) -> list[Any]:
    """Give what may be meant by a value without quotes: the text, and a number or a truth."""
    if _NUMBER.fullmatch(value):
        return [float(value) if "." in value else int(value), value]
    if value.lower() in ("true", "false"):
        return [value.lower() == "true", value]
    return [value]


def _is_there(field: str) -> dict[str, Any]:
    return {"field": field, "operator": "exists", "value": True}

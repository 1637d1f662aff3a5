"""How a source is read, as it is written: what could read no line is refused."""

from typing import Any

import pytest
from pydantic import ValidationError

from domain.source.format import RegexLines


def lines(**written: Any) -> RegexLines:
    return RegexLines.model_validate({"format": "regex", **written})


@pytest.mark.parametrize(
    "written",
    [
        {"line": "(?P<timestamp>.*)"},
        {"line": "(?P<time>.*)", "time": {"field": "time"}},
        {"line": "(?P<t>.*)", "fields": {"t": "at.time"}, "time": {"field": "at.time"}},
        {"line": "(?P<at>.*)", "time": {"field": "time", "otherwise": ["at"]}},
        {"line": "(?P<message>.*)", "extract": [{"match": "at (?P<timestamp>.*)"}]},
        {"line": "(?P<message>.*)", "add": {"timestamp": "2026-03-01T12:00:00Z"}},
    ],
)
def test_the_time_comes_from_a_group_or_a_constant(written: dict[str, Any]) -> None:
    assert lines(**written).line == written["line"]


@pytest.mark.parametrize("line", ["no groups", "(?P<time>.*)", "(?P<at>.*)"])
def test_a_format_that_gives_no_line_a_time_is_refused(line: str) -> None:
    with pytest.raises(ValidationError, match="no group gives the time, timestamp; say time"):
        lines(line=line)


def test_fields_are_of_groups_that_are_there() -> None:
    with pytest.raises(ValidationError, match="the expression does not have: ip"):
        lines(line="(?P<timestamp>.*)", fields={"ip": "actor.ip"})
    extract = {"match": "by (?P<name>.*)", "fields": {"user": "actor.name"}}
    with pytest.raises(ValidationError, match="the expression does not have: user"):
        lines(line="(?P<timestamp>.*) (?P<message>.*)", extract=[extract])

"""Templates put variables into values: types survive, and what has no value is an error."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import pytest

from application.templates import TemplateError
from infrastructure.templates.engine import JinjaTemplates
from infrastructure.templates.template import Template

TEMPLATES = JinjaTemplates()
SCOPE: dict[str, Any] = {
    "incident": {
        "id": "INC-1",
        "context": {
            "commit_sha": "a1b2c3",
            "files": ["a.py", "b.py"],
            "items": "not a method",
            "owner": None,
            "tries": 5,
            "share": 0.25,
            "is_public": True,
        },
    },
    "steps": {"step-1": {"output": {"matches": [{"file": "x"}, {"file": "y"}]}}},
}


def rendered(value: Any, scope: dict[str, Any] = SCOPE) -> Any:
    return TEMPLATES.render(value, scope)


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("{{incident.context.commit_sha}}", "a1b2c3"),
        ("{{ incident.context.tries }}", 5),
        ("{{ incident.context.share }}", 0.25),
        ("{{ incident.context.is_public }}", True),
        ("{{ incident.context.owner }}", None),
        ("{{ incident.context.files }}", ["a.py", "b.py"]),
        ("{{ incident.context.files }}\n", ["a.py", "b.py"]),
        ("{# why #}{{ incident.context.tries }}", 5),
        ('{{ steps["step-1"].output.matches[0] }}', {"file": "x"}),
        ('{{ steps["step-1"].output.matches | map(attribute="file") }}', ["x", "y"]),
        ("{{ {'n': incident.context.tries + 1} }}", {"n": 6}),
        ("{{ incident.context.tries > 3 }}", True),
    ],
)
def test_a_text_that_is_one_expression_keeps_the_type(written: str, value: Any) -> None:
    found = rendered(written)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("Revert {{ incident.context.commit_sha }} now", "Revert a1b2c3 now"),
        ("{{ incident.context.tries }}{{ incident.context.tries }}", "55"),
        (" {{ incident.context.tries }}", " 5"),
        ("{{ incident.context.files }}!", '["a.py", "b.py"]!'),
        ("{{ incident.context.is_public }} {{ incident.context.owner }}", "true null"),
        ("{% if incident.context.is_public %}yes{% else %}no{% endif %}", "yes"),
        (
            "{% for file in incident.context.files %}\n{{ loop.index }}. {{ file }}\n{% endfor %}",
            "1. a.py\n2. b.py\n",
        ),
        ("{{ 'a' ~ incident.context.tries ~ true }}.", "a5true."),
        ("no template, { or } or # or %", "no template, { or } or # or %"),
        ("{{ '{{ x }}' }}", "{{ x }}"),
        ("<b>&{{ '<' }}", "<b>&<"),
        ("{{ incident.context.commit_sha.upper() }}.", "A1B2C3."),
        ("{{ incident.context.files | join(' + ') }}.", "a.py + b.py."),
        ("{{ incident.context | tojson(indent=1) | length > 9 }}.", "true."),
    ],
)
def test_any_other_text_stays_text(written: str, text: str) -> None:
    assert rendered(written) == text


def test_what_a_variable_holds_comes_before_the_name_of_a_method() -> None:
    assert rendered("{{ incident.context.items }}") == "not a method"
    assert rendered("{{ incident.keys() }}") == ["id", "context"]


def test_a_tree_is_rendered_at_every_depth_but_not_in_its_keys() -> None:
    written = {"{{ x }}": [{"a": "{{ incident.context.tries }}", "b": 1.5}, None, True]}
    assert rendered(written) == {"{{ x }}": [{"a": 5, "b": 1.5}, None, True]}


def test_what_is_rendered_shares_nothing_with_the_scope() -> None:
    files = rendered("{{ incident.context.files }}")
    files.append("c.py")
    assert SCOPE["incident"]["context"]["files"] == ["a.py", "b.py"]


@pytest.mark.parametrize(
    ("written", "named"),
    [
        ("{{ incident.context.missing }}", "incident.context.missing"),
        ("x {{ incident.context.missing }}", "incident.context.missing"),
        ("{{ incident.context.missing.deeper }}", "incident.context.missing"),
        ('{{ steps["step-2"].output }}', "steps.step-2"),
        ("{{ nothing }}", "nothing"),
        ("{{ [incident.context.missing] }}", "incident.context.missing"),
        ("{{ {'a': incident.context.missing} }}", "incident.context.missing"),
        ("{{ incident.context.missing == 1 }}", "incident.context.missing"),
        ("{{ incident.context.missing | upper }}", "incident.context.missing"),
        ("{{ incident.context.missing | length }}", "incident.context.missing"),
        ("{{ incident.context.missing | items | list }}", "incident.context.missing"),
        ("{{ incident.context.missing | join }}", "incident.context.missing"),
        ("{{ incident.context.missing ~ 'x' }}", "incident.context.missing"),
        ("{% if incident.context.missing %}{% endif %}", "incident.context.missing"),
        ("{% for x in incident.context.missing %}{% endfor %}", "incident.context.missing"),
    ],
)
def test_a_variable_without_a_value_is_an_error_that_names_it(written: str, named: str) -> None:
    with pytest.raises(TemplateError) as caught:
        rendered(written)
    assert str(caught.value) == f"{named} is undefined"


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("{{ incident.context.missing | default('none') }}", "none"),
        ("{{ incident.context.missing is defined }}", False),
        ("{{ incident.context.missing | d(7) }}", 7),
    ],
)
def test_unless_the_template_provides_for_its_absence(written: str, value: Any) -> None:
    assert rendered(written) == value


@pytest.mark.parametrize(
    ("written", "line", "told"),
    [
        ("one\n{{ incident.id", 2, "unexpected end of template"),
        ("one\ntwo {% if %}{% endif %}", 2, "expected an expression"),
        ("one\n\n{{ incident.nothing }}\n", 3, "incident.nothing is undefined"),
        ("one\n{{ 1 / 0 }}\n", 2, "division by zero"),
        ("one\n{{ x | nonsense }}", 2, "no filter named 'nonsense'"),
        ("one\n{% endfor %}", 2, "unknown tag 'endfor'"),
    ],
)
def test_an_error_says_in_which_line_of_the_text(written: str, line: int, told: str) -> None:
    with pytest.raises(TemplateError) as caught:
        rendered(written)
    assert caught.value.line == line
    assert told in caught.value.reason.lower()
    assert str(caught.value).startswith(f"line {line}: ")


def test_an_error_in_a_tree_says_where_it_stands() -> None:
    with pytest.raises(TemplateError) as caught:
        rendered({"headers": [{"X-Commit": "{{ nothing }}"}]})
    assert caught.value.path == ("headers", 0, "X-Commit")
    assert str(caught.value) == "headers.0.X-Commit: nothing is undefined"


def test_every_text_that_is_no_template_is_told_at_once() -> None:
    wrong = TEMPLATES.mistakes({"a": "{{", "b": "{{ good }}", "c": ["\n{% else %}"]})
    assert [(each.path, each.line) for each in wrong] == [(("a",), 1), (("c", 0), 2)]


class Kind(StrEnum):
    A = "a"


@pytest.mark.parametrize(
    "stranger", [object(), datetime(2026, 3, 1, tzinfo=UTC), len, {1, 2}, b"x", Kind.A, 1j]
)
def test_only_plain_data_gets_in(stranger: Any) -> None:
    with pytest.raises(TypeError, match=r"plain data only, and a\.b is a"):
        rendered("{{ 1 }}", {"a": {"b": [stranger]}})
    with pytest.raises(TypeError, match="plain data only"):
        Template("{{ 1 }}").render({"a": stranger})


def test_keys_are_text() -> None:
    with pytest.raises(TypeError, match="a key that is no text: 1"):
        rendered("{{ 1 }}", {"a": {1: 2}})

"""A template tells which variables it reads before it is rendered."""

import pytest

from infrastructure.templates.engine import JinjaTemplates
from infrastructure.templates.reading import Variables
from infrastructure.templates.template import Template

TEMPLATES = JinjaTemplates()


@pytest.mark.parametrize(
    ("written", "paths"),
    [
        ("{{ incident.context.commit_sha }}", {"incident.context.commit_sha"}),
        ('{{ steps["step-1"].output.x }}', {"steps.step-1.output.x"}),
        ("{{ steps.scan.output.matches[0] }}", {"steps.scan.output.matches"}),
        ("{{ steps.scan.output.matches[0].file }}", {"steps.scan.output.matches"}),
        ("{{ steps[which].output }}", {"steps", "which"}),
        ("{{ a.b }} and {{ c | join(d) }}", {"a.b", "c", "d"}),
        ("{% for m in steps.s.output.m %}{{ m.file }}{{ loop.index }}{% endfor %}",
         {"steps.s.output.m"}),
        ("{% set x = a.b %}{{ x.c }}", {"a.b"}),
        ("{{ a.b.startswith(c.d) }}", {"a.b", "c.d"}),
        ("{{ incident.context.items() }}", {"incident.context"}),
        ("{% for i in range(3) %}{{ i }}{% endfor %}", set()),
        ("{{ 1 + 1 }} {# a.b #} {% raw %}{{ c.d }}{% endraw %}", set()),
        ("nothing", set()),
    ],
)  # fmt: skip
def test_paths_are_dotted_and_end_where_only_rendering_knows(written: str, paths: set[str]) -> None:
    assert TEMPLATES.variables(written) == paths


@pytest.mark.parametrize(
    ("written", "needed", "optional"),
    [
        ("{{ a.b | default(c) }}", {"a", "c"}, {"a.b"}),
        ("{% if a.b is defined %}{{ a.b.c }}{% endif %}", {"a"}, {"a.b", "a.b.c"}),
        ("{{ a.b | d('') }}{{ a.b }}", {"a", "a.b"}, set()),
    ],
)
def test_what_the_template_can_do_without_is_not_needed(
    written: str, needed: set[str], optional: set[str]
) -> None:
    assert Template(written).variables == Variables(frozenset(needed), frozenset(optional))


def test_all_texts_of_a_tree_are_looked_at() -> None:
    assert TEMPLATES.variables({"a": ["{{ x.y }}", {"{{ z }}": "{{ w }}"}], "b": 1}) == {"x.y", "w"}


def test_a_template_names_its_secrets() -> None:
    assert Template("${A}{% if x %}${B_2}{% endif %}$${C} $D {{ '$' }}{E}").secrets == {"A", "B_2"}

"""A secret is named by the template's author and by nobody else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from application.templates import TemplateError
from infrastructure.templates.recorded import as_told, recorded, with_secrets
from infrastructure.templates.template import Template

VALUES = {"TOKEN": "s3cr3t", "OTHER": "0th3r"}


def resolve(reference: str) -> str:
    return VALUES[reference[2:-1]]


def test_what_is_recorded_names_the_secret_and_what_is_used_holds_it() -> None:
    template = Template("Bearer ${TOKEN} for {{ who }}")
    assert template.render({"who": "ada"}) == "Bearer ${TOKEN} for ada"
    assert template.render_with_secrets({"who": "ada"}, resolve) == "Bearer s3cr3t for ada"


@pytest.mark.parametrize(
    ("written", "brought_in"),
    [
        ("{{ x }}", "${TOKEN}"),
        ("a {{ x }}", "${TOKEN}"),
        ("${{ x }}", "{TOKEN}"),
        ("$${{ x }}", "{TOKEN}"),
        ("{{ x }}{TOKEN}", "$"),
        ("{{ '$' }}{{ x }}", "{TOKEN}"),
        ("{{ '$' ~ x }}", "{TOKEN}"),
        ("{{ x }}", "$${TOKEN}"),
        ("{{ x }}", "$$${TOKEN}"),
        ("{{ [x] }}", "${TOKEN}"),
        ("{% for c in x %}{{ c }}{% endfor %}", "${TOKEN}"),
        ("{{ x | replace('_', '$') }}", "_{TOKEN}"),
    ],
)
def test_a_reference_that_arrives_inside_a_value_is_never_resolved(
    written: str, brought_in: str
) -> None:
    found = Template(written).render_with_secrets({"x": brought_in}, resolve)
    assert "s3cr3t" not in str(found)
    assert "{TOKEN}" in str(found)


def test_a_value_before_a_secret_does_not_hide_it() -> None:
    template = Template("{{ x }}${TOKEN}")
    assert template.render_with_secrets({"x": "$"}, resolve) == "$s3cr3t"
    assert template.render_with_secrets({"x": "$$"}, resolve) == "$$s3cr3t"


def test_a_doubled_dollar_means_the_text_itself() -> None:
    assert Template("$${TOKEN}{{ '' }}").render_with_secrets({}, resolve) == "${TOKEN}"
    assert with_secrets("$${TOKEN} $5 ${5} $TOKEN", resolve) == "${TOKEN} $5 ${5} $TOKEN"


def test_a_secret_inside_an_expression_is_refused() -> None:
    with pytest.raises(
        TemplateError, match="the secret TOKEN stands inside an expression"
    ) as caught:
        Template("\n{{ '${TOKEN}' | upper }}")
    assert caught.value.line == 2


def test_a_person_reads_names_of_secrets_and_text_as_it_is() -> None:
    told = as_told(Template("${TOKEN}: {{ x }}").render({"x": "costs ${PRICE}"}))
    assert told == "${TOKEN}: costs ${PRICE}"


PIECES = st.text(alphabet="${}TOKEN_x ", max_size=12)


@given(st.lists(PIECES), st.booleans())
def test_literal_text_comes_back_as_it_was(parts: list[str], nested: bool) -> None:
    written = recorded(parts)
    value = {"a": [written]} if nested else written
    meant = "".join(parts)
    assert with_secrets(value, resolve) == ({"a": [meant]} if nested else meant)


@given(PIECES, PIECES)
def test_values_around_a_secret_come_back_and_resolve_nothing(before: str, after: str) -> None:
    template = Template("{{ before }}${OTHER}{{ after }}")
    found = template.render_with_secrets({"before": before, "after": after}, resolve)
    assert found == f"{before}0th3r{after}"


@given(st.recursive(
    st.none() | st.booleans() | st.integers(-(2**60), 2**60) | st.floats(allow_nan=False) | PIECES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(PIECES, inner, max_size=4),
    max_leaves=20,
))  # fmt: skip
def test_any_plain_value_goes_through_unchanged(value: object) -> None:
    assert Template("{{ x.y }}").render_with_secrets({"x": {"y": value}}, resolve) == value

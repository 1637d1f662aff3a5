"""Whatever a configuration file holds, it is read or refused with places; nothing else escapes."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from domain.detection.rule import Rule
from infrastructure.actions import catalogue
from infrastructure.configuration.document import Node
from infrastructure.configuration.mistakes import ConfigurationError, Mistake
from infrastructure.configuration.runbooks.checks import runbook_mistakes
from infrastructure.configuration.runbooks.files import runbook_of_text
from infrastructure.configuration.validation import validate, validate_items
from infrastructure.configuration.yaml_document import parse_yaml
from tests.support.fake_actions import installed_fakes

LOADERS = [yaml.SafeLoader, getattr(yaml, "CSafeLoader", yaml.SafeLoader)]

# What YAML's grammar is made of meets more of the reader than letters do.
_PIECES = [
    *("a", "b: ", "- ", "? ", ": ", "\n", "\n  ", " ", "\t", "#", "|", ">-", "'", '"', ","),
    *("[", "]", "{", "}", "&x ", "*x", "<<: ", "!", "!!str ", "!!python/name:os.system ", "!!int "),
    *("---\n", "...\n", "%YAML 1.1\n", "%TAG ! x\n", "1", "-0x", "0o7", ".inf", "1e999", "~"),
    *("true", "no", "@", "`", "\\", "\\x00", "\\ud800", "\\UFFFFFFFF", "ü", "\u2028", "\0"),
]
yaml_like = st.lists(st.sampled_from(_PIECES), max_size=40).map("".join)
storable = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20)
scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | storable
)
values = st.recursive(
    scalars, lambda inner: st.lists(inner) | st.dictionaries(storable, inner), max_leaves=20
)

RULE: dict[str, Any] = {
    "id": "a",
    "name": "A",
    "description": "",
    "detection": {
        "source": "audit_log",
        "pattern": [{"field": "action", "operator": "in", "value": ["x", 1]}],
        "threshold": {"count": 10, "window": "5m"},
        "correlate": {"field": "actor.ip", "within": "5m"},
    },
    "defaultSeverity": "P1",
    "category": "data_leak",
    "notifyChannels": ["slack"],
    "labels": {"team": "x", "host": {"field": "host"}},
    "context": {"users": "count"},
}


def outcome(text: str | bytes, loader: type[yaml.SafeLoader]) -> Node | tuple[Mistake, ...]:
    try:
        return parse_yaml(text, "a.yaml", loader).root
    except ConfigurationError as error:
        return error.mistakes


def assert_harmless(text: str | bytes, loader: type[yaml.SafeLoader] = LOADERS[-1]) -> None:
    raw = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    lines = re.split(b"\r\n|\r|\n", raw)
    result = outcome(text, loader)
    if isinstance(result, Node):
        json.dumps(result.plain(), allow_nan=False)
        return
    assert result
    for mistake in result:
        assert 1 <= mistake.line <= len(lines)
        assert 1 <= mistake.column <= len(lines[mistake.line - 1]) + 1


@given(st.text() | yaml_like)
@pytest.mark.parametrize("loader", LOADERS, ids=lambda loader: loader.__name__)
def test_any_text_is_read_or_refused(loader: type[yaml.SafeLoader], text: str) -> None:
    assert_harmless(text, loader)


@given(st.binary() | yaml_like.map(str.encode))
def test_any_bytes_are_read_or_refused(raw: bytes) -> None:
    assert_harmless(raw)


@given(values)
def test_what_is_written_unambiguously_is_read_as_it_was(value: Any) -> None:
    text = yaml.safe_dump(value, default_style='"', sort_keys=False)
    assert_same(parse_yaml(text, "a.yaml").value, value)


@given(values)
def test_what_yaml_1_1_writes_plainly_is_read_or_refused(value: Any) -> None:
    assert_harmless(yaml.safe_dump(value))
    assert_harmless(yaml.safe_dump(value, allow_unicode=True))


@given(values)
def test_json_in_ascii_is_yaml(value: Any) -> None:
    assert_harmless(json.dumps(value))


@given(values)
def test_both_parsers_read_the_same(value: Any) -> None:
    text = yaml.safe_dump(value, default_flow_style=None)
    slow, fast = (outcome(text, loader) for loader in LOADERS)
    assert slow == fast


@given(values)
def test_any_document_fits_a_model_or_is_refused(value: Any) -> None:
    document = parse_yaml(yaml.safe_dump(value, default_style='"'), "a.yaml")
    with pytest.raises(ConfigurationError) as refusal:
        validate(document, Rule)
    assert refusal.value.mistakes


@given(st.data())
def test_a_rule_with_junk_in_it_is_read_or_refused_at_its_place(data: st.DataObject) -> None:
    rule = json.loads(json.dumps(RULE))
    holder, key = rule, data.draw(st.sampled_from(sorted(rule)))
    while isinstance(holder[key], dict | list) and data.draw(st.booleans()):
        holder = holder[key]
        key = data.draw(st.sampled_from(list(holder) if isinstance(holder, dict) else [0]))
    holder[key] = data.draw(values)
    document = parse_yaml(yaml.safe_dump({"rules": [RULE, rule]}, default_style='"'), "a.yaml")
    rules, mistakes = validate_items(document, ("rules",), Rule)
    assert len(rules) == (1 if mistakes else 2)
    assert all(mistake.field.startswith("rules[1]") for mistake in mistakes)


RUNBOOK: dict[str, Any] = {
    "id": "rb",
    "name": "A",
    "description": "",
    "category": "data_leak",
    "triggers": ["x"],
    "steps": [
        {
            "id": "scan",
            "name": "Scan",
            "type": "automated",
            "action": "credential_scan",
            "parameters": {"credential_pattern": "{{ incident.context.x }}", "only": ["${A}"]},
            "on_failure": "retry",
            "retry": {"attempts": 2, "backoff": "1s"},
            "outputs": {"found": "matches.file"},
        },
        {
            "id": "step-2",
            "name": "Do",
            "type": "manual",
            "instructions": "Do {{ steps.scan.output.found }}",
            "outputs": ["x"],
            "timeout": "1h",
        },
        {
            "id": "c",
            "name": "C",
            "type": "runbook",
            "runbook": "other",
            "when": [{"any": [{"field": "steps.scan.status", "operator": "in", "value": ["x"]}]}],
        },
    ],
    "completion": {"auto_close": True, "reviewers": ["x"]},
}
templates = st.lists(
    st.sampled_from(
        ["{{", "}}", "{%", "%}", " steps", ".scan", "['a", "']", " if ", "x", "${", "}"]
    )
).map("".join)


def runbook_mistakes_in(text: str) -> tuple[bool, list[Mistake]]:
    written, mistakes = runbook_of_text(text, "a.yaml")
    found = [*mistakes, *runbook_mistakes(written, whole=False)]
    return any(each.runbook for each in written), found


@given(yaml_like | values.map(json.dumps))
def test_any_text_is_a_runbook_or_refused(text: str) -> None:
    is_one, mistakes = runbook_mistakes_in(text)
    assert not is_one
    assert mistakes
    assert all(each.line >= 1 and each.column >= 1 for each in mistakes)


@given(st.data())
def test_a_runbook_with_junk_in_it_is_read_or_refused_at_its_place(data: st.DataObject) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(catalogue, "installed", installed_fakes)
        runbook = json.loads(json.dumps(RUNBOOK))
        holder, key = runbook, data.draw(st.sampled_from(sorted(runbook)))
        while isinstance(holder[key], dict | list) and data.draw(st.booleans()):
            holder = holder[key]
            key = data.draw(st.sampled_from([*holder] if isinstance(holder, dict) else [0]))
        holder[key] = data.draw(values | templates)
        text = yaml.safe_dump({"runbook": runbook}, default_style='"')
        is_one, mistakes = runbook_mistakes_in(text)
    assert is_one or mistakes
    assert all(each.field.startswith("runbook") for each in mistakes)


def test_documents_that_attack_a_parser_are_refused_or_harmless(shared_data: Path) -> None:
    attacks = json.loads((shared_data / "yaml-unsafe/unsafe_yaml.json").read_text("utf-8"))
    assert len(attacks) == 39
    for attack in attacks:
        with pytest.raises(ConfigurationError):
            parse_yaml(attack["text"], attack["file"])


def assert_same(one: Any, other: Any) -> None:
    assert json.dumps(one) == json.dumps(other)

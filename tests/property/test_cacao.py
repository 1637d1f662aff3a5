"""Whatever a playbook holds, it becomes a good runbook that does the same, or is refused."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.runbook.runbook import Runbook
from infrastructure.cacao.findings import InvalidPlaybookError, NoCounterpartError
from infrastructure.cacao.importer import ImportedRunbook, runbook_from
from infrastructure.cacao.reading import playbook_of
from infrastructure.cacao.variables import literal
from infrastructure.cacao.writing import runbook_text
from infrastructure.configuration.runbooks.checks import runbook_mistakes
from infrastructure.configuration.runbooks.files import runbook_of_text
from infrastructure.configuration.yaml_document import parse_yaml
from infrastructure.templates.engine import JinjaTemplates
from tests.support.playbooks import a_playbook, action, http, runbook_in

texts = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=30)
scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(10**20), 10**20)
    | st.floats(allow_nan=False, allow_infinity=False)
    | texts
)
values = st.recursive(
    scalars, lambda inner: st.lists(inner) | st.dictionaries(texts, inner), max_leaves=10
)
FULL = a_playbook(
    {
        "a--1": action("if-condition--1", http("POST /a HTTP/1.1", content="{}"), targets=["t--1"]),
        "if-condition--1": {
            "type": "if-condition",
            "condition": "__x__:value = 'a'",
            "on_true": "b--1",
            "on_false": "switch-condition--1",
        },
        "b--1": action("end--1", {"type": "ssh", "command": "ls __y__:value"}, out_args=["__z__"]),
        "switch-condition--1": {
            "type": "switch-condition",
            "switch": "__x__:value",
            "cases": {"1": "parallel--1", "default": "end--1"},
        },
        "parallel--1": {"type": "parallel", "next_steps": ["b--1", "a--2"]},
        "a--2": action("end--1", step_variables={"__y__": {"type": "string", "value": "1"}}),
    },
    target_definitions={
        "t--1": {"type": "x", "name": "T", "address": {"dname": ["t.test"]}, "port": "80"}
    },
    playbook_variables={"__x__": {"type": "string", "external": True}},
)


def outcome(playbook: Any) -> ImportedRunbook | None:
    """Import a playbook; None if it is refused with reasons."""
    try:
        return runbook_from(playbook_of(json.dumps(playbook).encode()), "p.json")
    except (InvalidPlaybookError, NoCounterpartError) as error:
        if not error.findings:
            raise
        return None


def assert_good(found: ImportedRunbook) -> None:
    written, mistakes = runbook_of_text(found.text, "a.yaml")
    mistakes += runbook_mistakes(written, whole=False)
    assert [each for each in mistakes if each.severity == "error"] == []


@given(st.binary(max_size=200) | values.map(lambda value: json.dumps(value).encode()))
def test_any_bytes_are_refused_with_reasons(content: bytes) -> None:
    with pytest.raises(InvalidPlaybookError) as caught:
        playbook_of(content)
    assert caught.value.findings


def test_a_full_playbook_is_imported() -> None:
    found = outcome(FULL)
    assert found is not None
    assert_good(found)


@given(st.data())
def test_a_playbook_with_junk_in_it_is_imported_or_refused(data: st.DataObject) -> None:
    playbook = json.loads(json.dumps(FULL))
    holder, key = playbook, data.draw(st.sampled_from(sorted(playbook)))
    while isinstance(holder[key], dict | list) and holder[key] and data.draw(st.booleans()):
        holder = holder[key]
        key = data.draw(st.sampled_from(list(holder) if isinstance(holder, dict) else [0]))
    holder[key] = data.draw(values | st.sampled_from(["__x__:value", "{{ x }}", "${A}", "a--1"]))
    found = outcome(playbook)
    if found is not None:
        assert_good(found)


@given(values)
def test_what_is_written_is_read_as_it_was(value: Any) -> None:
    text = runbook_text({"value": value}, "Made.", [], {})
    assert json.dumps(parse_yaml(text, "a.yaml").value["runbook"]["value"]) == json.dumps(value)


brackets = st.lists(st.sampled_from([*"{}%#$\"' ab\n", "${A}", "{{ 1 }}"])).map("".join)


@given(brackets, st.sampled_from(["", "x", "{{ 2 }}"]))
def test_text_stays_text_whatever_follows_it(text: str, after: str) -> None:
    written = f"{literal(text)}{after}."
    expected = text + after.replace("{{ 2 }}", "2")
    assert JinjaTemplates().render_with_secrets(written, {}, str) == f"{expected}."


def a_step(data: st.DataObject, name: str, later: list[str]) -> dict[str, Any]:
    """Draw a step that leads to later ones only."""
    to = st.sampled_from(later)
    kind = data.draw(st.sampled_from(["action", "parting", "if", "if", "parallel"]))
    if kind == "action":
        return action(data.draw(to), name=name)
    if kind == "parting":
        return action(None, name=name, on_success=data.draw(to), on_failure=data.draw(to))
    if kind == "parallel":
        heads = data.draw(st.lists(to, min_size=1, max_size=3))
        return {"type": "parallel", "next_steps": heads, "on_completion": data.draw(to)}
    after = {"on_completion": data.draw(to)} if data.draw(st.booleans()) else {}
    otherwise = {"on_false": data.draw(to)} if data.draw(st.booleans()) else {}
    asked = {"type": "if-condition", "condition": f"__{name}__:value", "on_true": data.draw(to)}
    return {**asked, **otherwise, **after}


def performed(workflow: Mapping[str, Any], good: set[str]) -> list[str]:
    """Walk through a playbook as CACAO says; give its actions in turn. `good` go well, or hold."""

    def walk(name: str | None, stop: str | None) -> Iterator[tuple[str, bool]]:
        while name is not None and name != stop:
            step = workflow[name]
            if step["type"] == "end":
                yield name, False
                return
            if step["type"] == "start":
                name = step["on_completion"]
            elif step["type"] == "action":
                yield name, True
                onward = step.get("on_success" if name in good else "on_failure")
                name = step.get("on_completion", onward)
            else:
                chosen = step.get("on_true" if name in good else "on_false")
                after = step.get("on_completion")
                for head in step.get("next_steps", [chosen]) if after else []:
                    yield from walk(head, after)
                name = after or chosen

    return [name for name, is_action in walk(workflow_start(workflow), None) if is_action]


def workflow_start(workflow: Mapping[str, Any]) -> str:
    return next(name for name, step in workflow.items() if step["type"] == "start")


def run(runbook: Runbook, good: set[str]) -> list[str]:
    """Go through a runbook; give the names of the steps that ran, in turn."""
    status: dict[str, str] = {}
    done = []

    def look_up(field: str) -> tuple[Any, ...]:
        root, name, *_ = field.split(".", 2)
        if root == "steps":
            return (status[name],)
        return (str(field.rpartition(".")[2] in good).lower(),)

    for step in runbook.steps:
        if not all(condition.holds(look_up) for condition in step.when):
            status[step.id] = "skipped"
            continue
        done.append(step.name)
        status[step.id] = "succeeded" if step.name in good else "failed"
        if status[step.id] == "failed" and step.on_failure == "abort":
            break
    return done


@given(st.data())
def test_a_runbook_does_what_its_playbook_does(data: st.DataObject) -> None:
    names = [f"s{number}" for number in range(data.draw(st.integers(1, 8)))]
    workflow = {
        name: a_step(data, name, [*names[at + 1 :], "end--1"]) for at, name in enumerate(names)
    }
    playbook = a_playbook(workflow)
    found = outcome(playbook)
    if found is None:
        return
    runbook = runbook_in(found)
    good = set(data.draw(st.lists(st.sampled_from(names), unique=True)))
    # Where nothing is said about a failure, a person decides: here, that it went well after all.
    good |= {
        name
        for name in names
        if "commands" in workflow[name] and "on_failure" not in workflow[name]
    }
    assert run(runbook, good) == performed(playbook["workflow"], good)

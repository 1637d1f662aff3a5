"""The ways through a playbook become a row of steps, each with the conditions on which it runs."""

from typing import Any

import pytest

from infrastructure.cacao.findings import InvalidPlaybookError, NoCounterpartError
from tests.support.playbooks import action, http, imported, notes_of, steps_of

YES = {"field": "incident.context.yes", "operator": "in", "value": [True, "true"]}
NO = {"not": YES}


def ended(step: str, how: str) -> dict[str, Any]:
    return {"field": f"steps.{step}.status", "operator": how, "value": "succeeded"}


def named(name: str, after: str | None = "end--1", **more: Any) -> dict[str, Any]:
    return action(after, name=name, **more)


def asked(**ways: str) -> dict[str, Any]:
    return {"type": "if-condition", "condition": "__yes__:value", **ways}


def conditions(workflow: dict[str, Any]) -> dict[str, Any]:
    return {step["id"]: step.get("when", []) for step in steps_of(workflow)}


def test_steps_come_one_after_another() -> None:
    steps = steps_of({"a--1": named("First", "b--1"), "b--1": named("Touch file: 2!")})
    assert [(step["id"], step["name"]) for step in steps] == [
        ("first", "First"),
        ("touch-file-2", "Touch file: 2!"),
    ]


def test_the_branches_of_a_condition_return_to_what_follows_it() -> None:
    workflow = {
        "if-condition--1": asked(on_true="a--1", on_false="b--1", on_completion="c--1"),
        "a--1": named("a"),
        "b--1": named("b"),
        "c--1": named("c"),
    }
    assert conditions(workflow) == {"a": [YES], "b": [NO], "c": []}


def test_branches_that_meet_go_on_once() -> None:
    workflow = {
        "if-condition--1": asked(on_true="a--1", on_false="b--1"),
        "a--1": named("a", "c--1"),
        "b--1": named("b", "c--1"),
        "c--1": named("c"),
    }
    assert conditions(workflow) == {"a": [YES], "b": [NO], "c": []}


def test_a_branch_that_is_not_there_skips_what_is_in_the_other() -> None:
    workflow = {
        "if-condition--1": asked(on_true="a--1", on_completion="c--1"),
        "a--1": named("a"),
        "c--1": named("c"),
    }
    assert conditions(workflow) == {"a": [YES], "c": []}


def test_branches_that_never_meet_are_written_out() -> None:
    workflow = {
        "if-condition--1": asked(on_true="a--1", on_false="b--1"),
        "a--1": named("a", "b--1"),
        "b--1": named("b", "if-condition--2"),
        "if-condition--2": asked(on_true="c--1"),
        "c--1": named("c"),
    }
    assert conditions(workflow) == {"a": [YES], "b": [], "c": [YES]}


def test_conditions_nest() -> None:
    workflow = {
        "if-condition--1": asked(on_true="if-condition--2", on_completion="c--1"),
        "if-condition--2": asked(on_true="a--1", on_false="b--1"),
        "a--1": named("a"),
        "b--1": named("b"),
        "c--1": named("c"),
    }
    assert conditions(workflow) == {"a": [YES, YES], "b": [YES, NO], "c": []}


def test_the_cases_of_a_switch_are_conditions() -> None:
    workflow = {
        "switch-condition--1": {
            "type": "switch-condition",
            "switch": "__kind__:value",
            "cases": {"1": "a--1", "worm": "b--1", "default": "c--1"},
        },
        **{f"{name}--1": named(name) for name in "abc"},
    }
    one = {"field": "incident.context.kind", "operator": "in", "value": [1, "1"]}
    worm = {"field": "incident.context.kind", "operator": "equals", "value": "worm"}
    assert conditions(workflow) == {"a": [one], "b": [worm], "c": [{"not": {"any": [one, worm]}}]}


def test_parallel_branches_run_one_after_another_and_that_is_noted() -> None:
    workflow = {
        "parallel--1": {
            "type": "parallel",
            "next_steps": ["b--1", "a--1"],
            "on_completion": "c--1",
        },
        **{f"{name}--1": named(name) for name in "abc"},
    }
    assert list(conditions(workflow)) == ["b", "a", "c"]
    assert notes_of(workflow) == [
        "$.workflow['parallel--1'].next_steps: these branches run one after another"
    ]


def test_what_follows_a_failure_runs_when_the_step_did_not_succeed() -> None:
    workflow = {
        "a--1": named("a", None, on_success="b--1", on_failure="c--1"),
        "b--1": named("b", "d--1"),
        "c--1": named("c", "d--1"),
        "d--1": named("d"),
    }
    assert conditions(workflow) == {
        "a": [],
        "b": [ended("a", "equals")],
        "c": [ended("a", "not_equals")],
        "d": [],
    }
    assert steps_of(workflow)[0]["on_failure"] == "continue"


@pytest.mark.parametrize(
    ("ways", "on_failure"),
    [
        ({"after": "b--1"}, None),
        ({"after": "b--1", "on_failure": "end--1"}, "abort"),
        ({"after": None, "on_success": "b--1", "on_failure": "b--1"}, "continue"),
    ],
)
def test_where_a_failure_ends_or_changes_nothing_no_condition_is_needed(
    ways: dict[str, Any], on_failure: str | None
) -> None:
    first, second = steps_of({"a--1": named("a", **ways), "b--1": named("b")})
    assert first.get("on_failure") == on_failure
    assert "when" not in second


def test_a_failure_that_ends_a_branch_does_not_end_what_follows_the_branch() -> None:
    workflow = {
        "if-condition--1": asked(on_true="a--1", on_completion="c--1"),
        "a--1": named("a", "b--1", on_failure="end--1"),
        "b--1": named("b"),
        "c--1": named("c"),
    }
    assert conditions(workflow) == {"a": [YES], "b": [YES, ended("a", "equals")], "c": []}
    assert steps_of(workflow)[0]["on_failure"] == "continue"


def test_a_branch_that_leads_to_what_follows_it_ends_there() -> None:
    workflow = {
        "if-condition--1": asked(on_true="a--1", on_completion="c--1"),
        "a--1": named("a", None, on_success="b--1", on_failure="c--1"),
        "b--1": named("b"),
        "c--1": named("c", "b--1"),
    }
    assert conditions(workflow) == {
        "a": [YES],
        "b": [YES, ended("a", "equals")],
        "c": [],
        "b-2": [],
    }


def test_each_command_is_done_to_each_target() -> None:
    two = ({"type": "manual", "command": "One."}, {"type": "manual", "command": "Two."})
    people = {f"individual--{n}": {"type": "individual", "name": f"P{n}"} for n in (1, 2)}
    steps = steps_of(
        {"a--1": action("end--1", *two, name="a", targets=list(people))},
        target_definitions=people,
    )
    assert [(step["id"], step["assignee"], step["instructions"]) for step in steps] == [
        ("a", "P1", "One.\n"),
        ("a-2", "P2", "One.\n"),
        ("a-3", "P1", "Two.\n"),
        ("a-4", "P2", "Two.\n"),
    ]


def test_another_playbook_is_another_runbook() -> None:
    workflow = {
        "playbook-action--1": {
            "type": "playbook-action",
            "name": "More",
            "playbook_id": "playbook--2",
            "in_args": ["__x__"],
            "on_completion": "end--1",
        }
    }
    assert steps_of(workflow) == [
        {"id": "more", "name": "More", "type": "runbook", "runbook": "playbook--2"}
    ]
    assert "nothing is handed over" in notes_of(workflow)[0]


def refused(workflow: dict[str, Any], **more: Any) -> list[str]:
    with pytest.raises(NoCounterpartError) as caught:
        imported(workflow, **more)
    return list(map(str, caught.value.findings))


@pytest.mark.parametrize(
    ("workflow", "place"),
    [
        ({"a--1": named("a", "a--1")}, "$.workflow['a--1'].on_completion"),
        (
            {"a--1": named("a", "b--1"), "b--1": named("b", None, on_failure="a--1")},
            "$.workflow['b--1'].on_failure",
        ),
        (
            {"if-condition--1": asked(on_true="a--1"), "a--1": named("a", "if-condition--1")},
            "$.workflow['a--1'].on_completion",
        ),
    ],
)
def test_steps_that_repeat_are_refused(workflow: dict[str, Any], place: str) -> None:
    (finding,) = refused(workflow)
    assert finding.startswith(f"{place}: leads back to ")


def test_all_that_has_no_counterpart_is_told_at_once() -> None:
    workflow = {
        "a--1": action("while-condition--1", {"type": "kestrel", "command": "x"}),
        "while-condition--1": {
            "type": "while-condition",
            "condition": "__x__:value = 'a'",
            "on_true": "b--1",
            "on_completion": "if-condition--1",
        },
        "b--1": named("b"),
        "if-condition--1": {"type": "if-condition", "condition": "1 < 2", "on_true": "c--1"},
        "c--1": action("end--1", {"type": "http-api", "command": "nonsense"}),
    }
    assert refused(workflow) == [
        "$.workflow['a--1'].commands[0].type: no step does what a command of the type \"kestrel\" "
        "does",
        "$.workflow['while-condition--1']: repeats steps, and a runbook never does",
        "$.workflow['if-condition--1'].condition: no condition of a runbook says this: \"1\" "
        "stands where a variable is needed",
        "$.workflow['c--1'].commands[0].command: \"nonsense\" is not the first line of an HTTP "
        "request",
    ]


def test_a_playbook_that_does_nothing_is_refused() -> None:
    assert refused({}) == ["$.workflow: does nothing, and a runbook has at least one step"]


def test_a_playbook_that_would_be_too_long_in_a_row_is_refused() -> None:
    workflow: dict[str, Any] = {}
    for number in range(14):
        workflow[f"if-condition--{number}"] = asked(on_true=f"a--{number}", on_false=f"b--{number}")
        onward = f"if-condition--{number + 1}" if number < 13 else "end--1"
        workflow[f"a--{number}"] = named("a", onward)
        # This way ends now and then, so that the two never certainly meet.
        workflow[f"b--{number}"] = named("b", None, on_success=onward, on_failure="x--1")
    workflow["x--1"] = named("x", "y--1")
    workflow["y--1"] = named("y")
    found = refused(workflow)
    assert "more than" in found[0]


def test_an_action_on_too_many_targets_is_refused() -> None:
    many = {f"individual--{n}": {"type": "individual", "name": f"P{n}"} for n in range(501)}
    found = refused({"a--1": action(targets=list(many))}, target_definitions=many)
    assert found == [
        "$.workflow: in a row these are more than the 500 steps that a runbook can have"
    ]


def test_a_step_that_no_way_leads_to_is_left_out_and_noted() -> None:
    workflow = {"a--1": named("a"), "b--1": named("b")}
    assert [step["id"] for step in steps_of(workflow)] == ["a"]
    assert notes_of(workflow) == ["$.workflow['b--1']: no way leads here, and it is left out"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"workflow": []}, "$.workflow: must be a mapping, found a list"),
        ({"spec_version": "1.0"}, '$.spec_version: must be cacao-2.0, found "1.0"'),
        ({"created_by": None}, "$.created_by: must be text, found nothing"),
        ({"workflow_start": "start--2"}, '$.workflow_start: there is no step "start--2"'),
        ({"workflow": {"start--1": {"type": "begin"}}},
         "$.workflow['start--1'].type: must be one of start, end, action, playbook-action, "
         'parallel, if-condition, while-condition, switch-condition, found "begin"'),
        ({"workflow": {"start--1": action("a--9")}},
         "$.workflow['start--1'].type: is called \"start--1\" and is of the type \"action\", not "
         "start"),
        ({"agent_definitions": {}}, "$.workflow['a--1'].agent: there is no agent \"person--1\""),
        ({"revoked": True}, "$.revoked: its author has revoked it"),
        ({"name": "a\0b"}, "$.name: the character U+0000 cannot be stored"),
    ],
)  # fmt: skip
def test_what_is_no_valid_playbook_is_refused_with_its_place(
    change: dict[str, Any], said: str
) -> None:
    with pytest.raises(InvalidPlaybookError) as caught:
        imported({"a--1": http_action()}, **change)
    assert said in list(map(str, caught.value.findings))


def http_action() -> dict[str, Any]:
    return action("end--1", http())


def test_what_says_something_about_a_playbook_is_noted_with_its_value() -> None:
    found = imported(
        {"a--1": named("a", delay=5, x_colour="red")},
        labels=["one"],
        x_api_key="sesame",
        playbook_variables={"__unused__": {"type": "string"}},
    )
    told = list(map(str, found.notes))
    assert '$.labels: is not carried over: ["one"]' in told
    assert "$.x_api_key: is not carried over" in told
    assert "$.workflow['a--1'].x_colour: is not carried over: red" in told
    assert "$.workflow['a--1'].delay: steps begin without delay" in told
    assert "$.playbook_variables.__unused__: no step uses it, and it is left out" in told
    assert all(f"{each}"[:60] in found.text.replace("\n#     ", " ") for each in told)

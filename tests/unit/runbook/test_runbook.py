"""A runbook's YAML: what the original design writes, and what is added to it."""

from datetime import timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from domain.runbook.runbook import Runbook
from domain.runbook.step import AutomatedStep, ManualStep, Retry


def automated(**more: Any) -> dict[str, Any]:
    return {"id": "scan", "name": "Scan", "type": "automated", "action": "credential_scan", **more}


def manual(**more: Any) -> dict[str, Any]:
    return {"id": "do", "name": "Do", "type": "manual", "instructions": "Do it.", **more}


def a_runbook(*steps: dict[str, Any], **more: Any) -> Runbook:
    return Runbook.model_validate(
        {"id": "runbook-1", "name": "One", "steps": list(steps or [automated()]), **more}
    )


def test_a_failed_step_escalates_unless_its_author_says_otherwise() -> None:
    (step,) = a_runbook().steps
    assert step.on_failure == "escalate"


@pytest.mark.parametrize(
    ("written", "attempts"),
    [
        ({}, 1),
        ({"on_failure": "retry"}, 3),
        ({"on_failure": "continue", "retry": {"attempts": 2, "backoff": "1s"}}, 2),
    ],
)
def test_a_step_is_tried_once_unless_its_author_says_otherwise(
    written: dict[str, Any], attempts: int
) -> None:
    (step,) = a_runbook(automated(**written)).steps
    assert isinstance(step, AutomatedStep)
    assert step.retrying.attempts == attempts


@pytest.mark.parametrize(("attempt", "seconds"), [(1, 10), (2, 20), (3, 40), (20, 3600)])
def test_each_rest_is_twice_the_one_before_and_an_hour_at_most(attempt: int, seconds: int) -> None:
    assert Retry(backoff="10s").rest_after(attempt) == timedelta(seconds=seconds)


def test_outputs_are_names_or_names_with_their_paths_in_the_answer() -> None:
    names, paths = a_runbook(
        automated(outputs=["matches"]), automated(id="b", outputs={"first": "matches.file"})
    ).steps
    assert isinstance(names, AutomatedStep)
    assert isinstance(paths, AutomatedStep)
    assert names.outputs == {"matches": "matches"}
    assert paths.outputs == {"first": "matches.file"}


def test_a_manual_step_names_what_whoever_does_it_has_to_state() -> None:
    (step,) = a_runbook(manual(outputs=["new_key_id"], assignee="security_team")).steps
    assert isinstance(step, ManualStep)
    assert step.outputs == ("new_key_id",)


def test_two_steps_with_one_id_are_refused() -> None:
    with pytest.raises(ValidationError, match="two steps have the id scan"):
        a_runbook(automated(), automated())


@pytest.mark.parametrize(
    "wrong",
    [
        {"type": "magic"},
        {"id": "a b"},
        {"on_failure": "ignore"},
        {"timeout": "0s"},
        {"retry": {"attempts": 0}},
        {"instructions": "an automated step has none"},
    ],
)
def test_what_has_no_meaning_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        a_runbook(automated(**wrong))


def test_a_runbook_without_steps_is_refused() -> None:
    with pytest.raises(ValidationError):
        Runbook.model_validate({"id": "a", "name": "A", "steps": []})


def test_the_digest_is_of_what_it_says() -> None:
    written = a_runbook(completion={"auto_close": False})
    assert written.digest == a_runbook().digest
    assert written.digest != a_runbook(completion={"auto_close": True}).digest

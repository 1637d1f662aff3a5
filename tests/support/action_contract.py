"""What every action has to fulfil, whatever it does: each action's tests subclass this."""

import json
import logging
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import pytest
from pydantic import ValidationError

from application.actions import Action, ActionFailedError, Call, OutcomeUnknownError

SECRET = "s3cr3t-zXq81vLm0Tn5"  # the value behind every `${…}` of the tests
PROMPT = 5.0


def a_call(key: str = "key-1", seconds: float = 30.0) -> Call:
    """Make a call with so many seconds to return."""
    until = time.monotonic() + seconds
    return Call(
        idempotency_key=key,
        incident_id="INC-20260301-ABCDEF",
        execution_id="RUN-20260301-ABCDEF",
        step_id="step-1",
        seconds_left=lambda: max(0.0, until - time.monotonic()),
    )


@dataclass
class Situation:
    """An action made ready, with parameters that are good, and what its effects are counted by.

    `effects` gives what happened outside so far; `broken` are parameters with which, or for which
    the surroundings were prepared so that, the action fails.
    """

    action: Action
    parameters: Mapping[str, Any]
    broken: Mapping[str, Any] | None = None
    effects: Any = field(default=list)

    def perform(self, written: Mapping[str, Any], call: Call | None = None) -> Mapping[str, Any]:
        """Perform the action with parameters as they come out of templates."""
        parameters = self.action.Parameters.model_validate(dict(written))
        return self.action.perform(parameters, call or a_call())


class ActionContract:
    """The contract. A subclass has a fixture `situation` that gives a Situation."""

    def test_its_answer_is_json_and_holds_what_it_says(self, situation: Situation) -> None:
        answer = situation.perform(situation.parameters)
        assert json.loads(json.dumps(answer)) == answer
        if situation.action.outputs is not None:
            assert set(answer) <= situation.action.outputs

    def test_a_parameter_that_it_does_not_know_is_refused(self, situation: Situation) -> None:
        with pytest.raises(ValidationError):
            situation.perform({**situation.parameters, "no_such_parameter": 1})

    def test_the_same_call_twice_has_one_effect_if_it_says_so(self, situation: Situation) -> None:
        parameters = situation.action.Parameters.model_validate(dict(situation.parameters))
        first = situation.perform(situation.parameters)
        effects = list(situation.effects())
        if not situation.action.is_idempotent(parameters):
            pytest.skip("it does not say so")
        again = situation.perform(situation.parameters)
        assert list(situation.effects()) == effects
        assert set(again) == set(first)

    def test_it_fails_with_a_reason_and_without_a_secret(
        self, situation: Situation, caplog: pytest.LogCaptureFixture
    ) -> None:
        if situation.broken is None:
            pytest.skip("it cannot be made to fail")
        with (
            caplog.at_level(logging.DEBUG),
            pytest.raises((ActionFailedError, OutcomeUnknownError)) as caught,
        ):
            situation.perform(situation.broken)
        assert str(caught.value).strip()
        assert SECRET not in f"{caught.value!r} {caught.value} {caplog.text}"

    def test_no_secret_is_in_its_answer(
        self, situation: Situation, caplog: pytest.LogCaptureFixture
    ) -> None:
        with caplog.at_level(logging.DEBUG):
            answer = situation.perform(situation.parameters)
        assert SECRET not in json.dumps(answer) + caplog.text

    def test_it_returns_when_its_time_is_up(self, situation: Situation) -> None:
        begun = time.monotonic()
        with suppress(ActionFailedError, OutcomeUnknownError):
            situation.perform(situation.parameters, a_call("key-2", seconds=0.0))
        assert time.monotonic() - begun < PROMPT

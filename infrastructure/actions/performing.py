"""Performs an effect by its action: secrets go in at the last moment, and never come out."""

from collections.abc import Mapping
from typing import Any

import orjson
from pydantic import BaseModel, ValidationError

from application.actions import (
    Action,
    ActionFailedError,
    Call,
    OutcomeUnknownError,
    Surroundings,
)
from application.working.performing import Done, Effect, NotDone, Outcome, Unknown
from infrastructure.actions.catalogue import (
    BrokenActionError,
    UnknownActionError,
    action_class,
)
from infrastructure.secrets import EnvironmentSecrets

LARGEST_ANSWER = 1 << 20


class ActionPerformer:
    """Performs effects. Each action is made once, when it is first asked for.

    `settings` are the sections of `actions.yaml` by the names of actions.
    """

    def __init__(
        self,
        settings: Mapping[str, Any],
        surroundings: Surroundings,
        secrets: EnvironmentSecrets,
    ) -> None:
        self._settings = settings
        self._surroundings = surroundings
        self._secrets = secrets
        self._made: dict[str, Action] = {}

    def is_idempotent(self, effect: Effect) -> bool:
        """Say whether performing an effect twice is as good as once; False where nobody knows."""
        try:
            action = self._action(effect.action)
            return bool(action.is_idempotent(self._parameters(action, effect)))
        except Exception:
            return False

    def perform(self, effect: Effect, call: Call) -> Outcome:
        """Perform an effect; whatever goes wrong becomes an outcome without secrets in it."""
        try:
            outcome = self._performed(effect, call)
        except Exception as error:
            # The fault of an action, not of Tocsin's: what it did before that, nobody knows.
            outcome = Unknown(f"the action {effect.action} broke: {_said(error)}")
        return self._redacted(outcome)

    def _performed(self, effect: Effect, call: Call) -> Outcome:
        try:
            action = self._action(effect.action)
            parameters = self._parameters(action, effect)
        except UnknownActionError:
            return NotDone(f"there is no action {effect.action}")
        except ValidationError as error:
            return NotDone(f"wrong parameters for {effect.action}: {_problems(error)}")
        except (BrokenActionError, ActionFailedError) as error:
            return NotDone(str(error))
        try:
            return Done(_answer(action.perform(parameters, call)))
        except ActionFailedError as error:
            late = call.seconds_left() <= 0
            return NotDone(str(error), error.passing, late)
        except OutcomeUnknownError as error:
            return Unknown(str(error))

    def _action(self, name: str) -> Action:
        if name not in self._made:
            kind = action_class(name)
            written = self._settings.get(name, {})
            made: BaseModel = (
                written if isinstance(written, BaseModel) else kind.Settings.model_validate(written)
            )
            self._made[name] = kind(made, self._surroundings)
        return self._made[name]

    def _parameters(self, action: Action, effect: Effect) -> BaseModel:
        return action.Parameters.model_validate(self._secrets.resolved(dict(effect.parameters)))

    def _redacted(self, outcome: Outcome) -> Outcome:
        if isinstance(outcome, Done):
            return Done(self._secrets.redacted(outcome.answer))
        if isinstance(outcome, NotDone):
            return NotDone(self._secrets.redacted(outcome.why), outcome.passing, outcome.late)
        return Unknown(self._secrets.redacted(outcome.why))


def _answer(given: Mapping[str, Any]) -> dict[str, Any]:
    """Give an answer as JSON holds it; what would swell the log is left out, and said."""
    answer: dict[str, Any] = orjson.loads(orjson.dumps(dict(given), default=str))
    sizes = {name: len(orjson.dumps(value)) for name, value in answer.items()}
    left_out = []
    while sum(sizes.values()) > LARGEST_ANSWER:
        largest = max(sizes, key=lambda name: sizes[name])
        left_out.append(largest)
        del sizes[largest], answer[largest]
    return answer | {"left_out": sorted(left_out)} if left_out else answer


def _problems(error: ValidationError) -> str:
    # Not the values: a parameter may be a secret.
    return "; ".join(
        f"{'.'.join(map(str, each['loc'])) or 'parameters'}: {each['msg']}"
        for each in error.errors(include_input=False, include_url=False, include_context=False)
    )


def _said(error: Exception) -> str:
    return " ".join(f"{type(error).__name__}: {error}".split())[:500]

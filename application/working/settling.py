"""Recording what an effect came to."""

from typing import Any

from application.commands.consequences import Consequences
from application.commands.deciding import unopposed
from application.journal import Journal
from application.ports import Clock
from application.working.performing import Done, Effect, NotDone, Outcome
from application.working.stepping import act_of
from domain.provenance import Act
from domain.runbook import by_worker
from domain.runbook.by_worker import Failure
from domain.runbook.errors import LostClaimError
from domain.runbook.execution import RunbookExecution
from domain.runbook.step import AutomatedStep
from domain.signal import values_at


class Settling:
    """Records outcomes in the name of a worker."""

    def __init__(self, journal: Journal, clock: Clock, worker: str) -> None:
        self._journal = journal
        self._clock = clock
        self._worker = worker

    def settle(self, effect: Effect, outcome: Outcome) -> bool:
        """Record an outcome; say whether the attempt was still the one that counts.

        It is not if somebody took the worker for gone in the meantime and decided otherwise.
        """
        return unopposed(lambda: self._settle(effect, outcome))

    def _settle(self, effect: Effect, outcome: Outcome) -> bool:
        execution = self._journal.load(RunbookExecution, effect.execution_id)
        assert execution is not None  # noqa: S101 - the effect was claimed in it
        act = act_of(self._worker, execution, self._clock.now())
        try:
            _record(execution, effect, outcome, act)
        except LostClaimError:
            return False
        self._journal.commit(Consequences(self._journal, act).of(execution))
        return True


def _record(execution: RunbookExecution, effect: Effect, outcome: Outcome, act: Act) -> None:
    step_id, attempt = effect.step_id, effect.attempt
    if isinstance(outcome, Done):
        output = selected(execution, step_id, outcome.answer)
        by_worker.succeed(execution, step_id, attempt, output, act)
    elif isinstance(outcome, NotDone):
        failure = Failure(outcome.why, outcome.passing, outcome.late)
        by_worker.fail(execution, step_id, attempt, failure, act)
    else:
        by_worker.lose(execution, step_id, attempt, outcome.why, act)


def selected(execution: RunbookExecution, step_id: str, answer: dict[str, Any]) -> dict[str, Any]:
    """Give what a step's author wants later steps to see of an answer; all, unless said."""
    step = execution.step(step_id)
    if not isinstance(step, AutomatedStep) or step.outputs is None:
        return answer
    found = {name: values_at(answer, path) for name, path in step.outputs.items()}
    return {
        name: _whole(answer, step.outputs[name], values) for name, values in found.items() if values
    }


def _whole(answer: dict[str, Any], path: str, values: tuple[Any, ...]) -> Any:
    # A list in the answer stays one, also where it has one element.
    direct: Any = answer
    for segment in path.split("."):
        direct = direct.get(segment) if isinstance(direct, dict) else None
    return direct if direct is not None else list(values)

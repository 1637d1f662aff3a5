"""Finds every mistake in runbooks beyond their schema: in each step, and between runbooks."""

from collections.abc import Iterator, Sequence

from infrastructure.configuration.mistakes import Mistake
from infrastructure.configuration.runbooks.actions import action_mistakes, outputs_of
from infrastructure.configuration.runbooks.files import WrittenRunbook, WrittenStep
from infrastructure.configuration.runbooks.nesting import nesting_mistakes
from infrastructure.configuration.runbooks.texts import text_mistakes
from infrastructure.configuration.runbooks.variables import Outputs, Vocabulary


def runbook_mistakes(written: Sequence[WrittenRunbook], *, whole: bool) -> Iterator[Mistake]:
    """Check runbooks that have been read; `whole` says that these are all there are."""
    for each in written:
        for step in each.steps:
            yield from action_mistakes(each, step)
            yield from text_mistakes(each, step, _vocabulary(each, step))
    yield from nesting_mistakes(written, whole=whole)


def _vocabulary(written: WrittenRunbook, step: WrittenStep) -> Vocabulary:
    good: dict[int, WrittenStep] = {each.index: each for each in written.steps}
    earlier: dict[str, Outputs] = {
        name: outputs_of(good.get(index))
        for index, name in enumerate(written.step_ids[: step.index])
        if name is not None
    }
    return Vocabulary(earlier, (name for name in written.step_ids if name is not None))

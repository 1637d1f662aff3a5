"""Makes steps of a runbook of one step of a playbook: one for each command and target."""

from collections.abc import Iterator
from dataclasses import replace

from infrastructure.cacao.drafts import CannotMakeError, Draft, Place, name_of
from infrastructure.cacao.findings import Finding
from infrastructure.cacao.playbook import Action, AgentTarget, PlaybookAction
from infrastructure.cacao.requests import REQUESTS, request
from infrastructure.cacao.tasks import SHELLS, task
from infrastructure.configuration.mistakes import quoted


def drafts_of(place: Place, step: Action | PlaybookAction) -> Iterator[Draft]:
    """Give the steps that one step becomes; raises CannotMakeError where one cannot be made."""
    if isinstance(step, PlaybookAction):
        yield _another(place, step)
        return
    targets: list[AgentTarget | None] = [*map(place.playbook.definition, step.targets)]
    for index, command in enumerate(step.commands):
        here = replace(place, command=index)
        for target in targets or [None]:
            if command.type in REQUESTS:
                yield request(here, step, command, target)
            elif command.type == "manual" or command.type in SHELLS:
                yield task(here, step, command, target)
            else:
                text = f"no step does what a command of the type {quoted(command.type)} does"
                raise CannotMakeError(Finding(here.of_command("type"), text))


def _another(place: Place, step: PlaybookAction) -> Draft:
    if step.playbook_version is not None:
        text = "which version of the runbook runs is not said: the one that is configured does"
        place.notes.note(Finding(place.path("playbook_version"), text))
    if step.in_args:
        text = "nothing is handed over: the other runbook asks the same incident"
        place.notes.note(Finding(place.path("in_args"), text))
    return {"name": name_of(step, place.name), "type": "runbook", "runbook": step.playbook_id}

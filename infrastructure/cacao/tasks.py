"""Commands that become tasks for people: manual ones, and all that a shell would have to run.

No step of a runbook gives a command line to a shell, because what is in it may come from whoever
caused the incident. The line is shown to a person, and what is not certain in it stays a name.
"""

from infrastructure.cacao.drafts import Draft, Place, name_of, text_of, timing_of
from infrastructure.cacao.findings import Finding
from infrastructure.cacao.playbook import Action, AgentTarget, Command
from infrastructure.cacao.variables import literal, plain_name

SHELLS = {"bash": "in bash", "ssh": "over SSH", "powershell": "in PowerShell"}

_MOST_OUTPUTS = 50
_PEOPLE = frozenset({"individual", "group", "organization", "sector"})


def task(place: Place, step: Action, command: Command, target: AgentTarget | None) -> Draft:
    """Make a manual step of a command; raises CannotMakeError."""
    assignee = _assignee(place, step, target)
    lines = [literal(step.description, secrets=False)] if step.description else []
    if command.description:
        lines.append(literal(command.description, secrets=False))
    text = text_of(command, place.of_command())
    if command.type in SHELLS:
        lines += _shell(place, command, text, target)
    else:
        lines.append(place.filled(text, place.of_command("command"), secrets=False))
        if target and target.type not in _PEOPLE:
            lines.append(f"Target: {literal(_described(target), secrets=False)}")
    return {
        "name": name_of(step, place.name),
        "type": "manual",
        "instructions": "\n\n".join(lines) + "\n",
        **({"assignee": assignee} if assignee else {}),
        **timing_of(place),
        **_outputs(step),
    }


def _shell(place: Place, command: Command, text: str, target: AgentTarget | None) -> list[str]:
    where = f" on {literal(_described(target), secrets=False)}" if target else ""
    asked: dict[str, str] = {}

    def write(name: str) -> str:
        meaning = place.scope.meaning(name, place.step, place.of_command("command"))
        if meaning.text is not None:
            return literal(meaning.text, secrets=False)
        asked[name] = place.written(name, place.of_command("command"), secrets=False)
        return name

    line = place.filled(text, place.of_command("command"), write, secrets=False)
    shown = "\n".join(f"    {each}".rstrip() for each in line.splitlines())
    text = f"is no step that Tocsin does by itself: a person runs it {SHELLS[command.type]}"
    place.notes.note(Finding(place.of_command(), text))
    values = [f"{name} is: {value}" for name, value in asked.items()]
    check = ["Look at each value before you use it: it comes from outside."] if values else []
    return [f"Run {SHELLS[command.type]}{where}:", shown, *check, *values]


def _assignee(place: Place, step: Action, target: AgentTarget | None) -> str:
    agent = place.playbook.agent_definitions[step.agent]
    people = (each for each in (target, agent) if each and each.type in _PEOPLE)
    return next((each.name.strip()[:200] for each in people), "")


def _outputs(step: Action) -> Draft:
    names = list(dict.fromkeys(plain_name(name) for name in step.out_args))
    return {"outputs": names[:_MOST_OUTPUTS]} if names else {}


def _described(target: AgentTarget) -> str:
    addresses = [each for several in target.address.values() for each in several]
    if target.port is not None:
        addresses.append(f"port {target.port}")
    return f"{target.name} ({', '.join(addresses)})" if addresses else target.name

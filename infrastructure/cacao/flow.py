"""The ways through a playbook's steps: where they come round again, and where they meet."""

from collections.abc import Iterator, Mapping, Sequence

from infrastructure.cacao.findings import Finding
from infrastructure.cacao.identifiers import next_steps
from infrastructure.cacao.playbook import (
    End,
    IfCondition,
    Parallel,
    Playbook,
    Step,
    SwitchCondition,
)
from infrastructure.configuration.mistakes import KeyPath, quoted

_Edge = tuple[KeyPath, str]
_OUT = ""  # where a way ends without a step of its own


def branches(step: Step) -> list[str | None] | None:
    """Give the first steps of the branches that a step begins, or None if it begins none.

    None among them is a branch that has no steps.
    """
    if isinstance(step, Parallel):
        return list(step.next_steps)
    if isinstance(step, IfCondition):
        return [step.on_true, step.on_false]
    if isinstance(step, SwitchCondition):
        return [*step.cases.values(), *([] if "default" in step.cases else [None])]
    return None


def after_branches(step: Step) -> str | None:
    """Give the step to which the branches of a step return when they have ended."""
    return step.on_completion or step.on_success


class Flow:
    """The graph of a playbook's steps."""

    def __init__(self, playbook: Playbook) -> None:
        self._start = playbook.workflow_start
        self._edges: Mapping[str, Sequence[_Edge]] = {
            name: [(("workflow", name, *field), target) for field, target in next_steps(step)]
            for name, step in playbook.workflow.items()
        }
        self._ends = {name for name, step in playbook.workflow.items() if isinstance(step, End)}
        self._onward = {name: self._after(step) for name, step in playbook.workflow.items()}
        self._onward[_OUT] = []
        self._ahead: dict[str | None, dict[str, frozenset[str]]] = {}

    def ends(self, name: str | None) -> bool:
        """Say whether nothing comes any more."""
        return name is None or name in self._ends

    def cycles(self) -> list[Finding]:
        """Find where a way leads back to a step that it came from."""
        return [
            Finding(path, f"leads back to {quoted(target, 100)}, and a runbook never repeats steps")
            for path, target in self._leading_back()
        ]

    def reached(self) -> set[str]:
        """Give the steps to which a way leads from the start."""
        found, waiting = set[str](), [self._start]
        while waiting:
            name = waiting.pop()
            if name not in found:
                found.add(name)
                waiting.extend(target for _, target in self._edges[name])
        return found

    def meeting(self, heads: Sequence[str | None], stop: str | None = None) -> str | None:
        """Give the first step that every way from these steps comes to, if there is one.

        What comes after `stop` is not looked at. Only for a playbook without cycles.
        """
        if None in heads or not heads:
            return None
        ahead = self._ahead.setdefault(stop, {})
        for name in heads:
            self._look_ahead(name or _OUT, stop, ahead)
        common = frozenset.intersection(*(ahead[name] for name in heads if name))
        common -= {*self._ends, _OUT}
        return max(common, key=lambda name: len(ahead[name]), default=None)

    def _look_ahead(self, start: str, stop: str | None, ahead: dict[str, frozenset[str]]) -> None:
        """Find what every way from a step comes to, for it and all steps after it."""
        stack = [start]
        while stack:
            name = stack[-1]
            onward = [] if name == stop else self._onward[name]
            later = [target for target in onward if target not in ahead]
            if later:
                stack += later
                continue
            stack.pop()
            after = [ahead[target] for target in onward]
            common = frozenset.intersection(*after) if after else frozenset()
            ahead[name] = common | {name}

    def _after(self, step: Step) -> list[str]:
        """Give the steps of which exactly one, or each in turn, comes after a step."""
        heads = branches(step)
        following = after_branches(step)
        if heads is None:
            ways = [following]
            if not self.ends(step.on_failure):
                ways.append(step.on_failure)
        else:
            ways = [following] if following else heads
        return [] if isinstance(step, End) else [each or _OUT for each in ways]

    def _leading_back(self) -> Iterator[_Edge]:
        seen, on_the_way = {self._start}, {self._start}
        stack = [(self._start, iter(self._edges[self._start]))]
        while stack:
            name, edges = stack[-1]
            edge = next(edges, None)
            if edge is None:
                on_the_way.discard(name)
                stack.pop()
            elif edge[1] in on_the_way:
                yield edge
            elif edge[1] not in seen:
                seen.add(edge[1])
                on_the_way.add(edge[1])
                stack.append((edge[1], iter(self._edges[edge[1]])))

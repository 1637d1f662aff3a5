"""Which variables a template reads, as dotted paths."""

from dataclasses import dataclass
from typing import TypeGuard

from jinja2 import meta, nodes

from infrastructure.templates.sandbox import METHOD_NAMES


@dataclass(frozen=True, slots=True)
class Variables:
    """The paths that must have a value, and those for whose absence the template provides.

    It provides for that by `… | default(…)`, or by asking anywhere whether `… is defined`.
    """

    needed: frozenset[str]
    optional: frozenset[str]


def variables_of(tree: nodes.Template) -> Variables:
    """Give the paths that a template reads from its scope.

    `steps["step-1"].output.x` is `steps.step-1.output.x`. A path ends where something is asked
    for that only rendering can tell, such as an index or the value of a variable.
    """
    reading = _Reading(meta.find_undeclared_variables(tree))
    reading.of(tree, reading.read)
    every = reading.read | reading.defaulted | reading.tested
    return Variables(frozenset(reading.needed), frozenset(every - reading.needed))


class _Reading:
    def __init__(self, roots: set[str]) -> None:
        self._roots = roots - {"range"}
        self.read: set[str] = set()
        self.defaulted: set[str] = set()
        self.tested: set[str] = set()

    @property
    def needed(self) -> set[str]:
        """What is read somewhere without a word about what to do if it is not there."""
        return {path for path in self.read if not self._is_tested(path)}

    def of(self, node: nodes.Node, into: set[str]) -> None:
        """Note what a node and those below it read."""
        chain = _chain(node)
        if chain is not None:
            self._note(chain, into)
            return
        if isinstance(node, nodes.Call) and _is_method(node.node):
            node = nodes.Tuple([node.node.node, *node.args, *node.kwargs], "load")
        for child in node.iter_child_nodes():
            self.of(child, self._kind(node, child))

    def _note(self, chain: list[str], into: set[str]) -> None:
        if chain[0] not in self._roots:
            return
        into.add(".".join(chain))
        if into is not self.read and len(chain) > 1:
            self.read.add(".".join(chain[:-1]))

    def _kind(self, node: nodes.Node, child: nodes.Node) -> set[str]:
        if isinstance(node, nodes.Filter) and node.name in {"default", "d"} and child is node.node:
            return self.defaulted
        if isinstance(node, nodes.Test) and node.name in {"defined", "undefined"}:
            return self.tested
        return self.read

    def _is_tested(self, path: str) -> bool:
        return any(path == each or path.startswith(f"{each}.") for each in self.tested)


def _is_method(node: nodes.Node) -> TypeGuard[nodes.Getattr]:
    return isinstance(node, nodes.Getattr) and node.attr in METHOD_NAMES


def _chain(node: nodes.Node) -> list[str] | None:
    """Give the path of a name with attributes and constant keys; None for anything else."""
    if isinstance(node, nodes.Name):
        return [node.name] if node.ctx == "load" else None
    if isinstance(node, nodes.Getattr):
        return _longer(node.node, node.attr)
    if isinstance(node, nodes.Getitem):
        key = node.arg.value if isinstance(node.arg, nodes.Const) else None
        return _longer(node.node, key) if isinstance(key, str) else None
    return None


def _longer(node: nodes.Node, key: str) -> list[str] | None:
    before = _chain(node)
    return None if before is None else [*before, key]

"""What a template may be written with, and what its syntax is turned into before it is run."""

from typing import Any

from jinja2 import nodes
from jinja2.exceptions import TemplateSyntaxError
from jinja2.visitor import NodeTransformer

from application.templates import TemplateError
from infrastructure.templates.filters import CONCAT, COUNTED, SECRET, SIZED
from infrastructure.templates.limits import MOST_TEXT
from infrastructure.templates.recorded import Secret, pieces, secrets_in
from infrastructure.templates.sandbox import ENVIRONMENT

_ALLOWED = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.For, nodes.If, nodes.Assign, nodes.With,
    nodes.Name, nodes.Const, nodes.Tuple, nodes.List, nodes.Dict, nodes.Pair, nodes.Keyword,
    nodes.CondExpr, nodes.Filter, nodes.Test, nodes.Call, nodes.Getitem, nodes.Getattr,
    nodes.Slice, nodes.Concat, nodes.Compare, nodes.Operand, nodes.BinExpr, nodes.UnaryExpr,
)  # fmt: skip
_TAGS = {
    nodes.AssignBlock: "set … endset", nodes.CallBlock: "call", nodes.FilterBlock: "filter",
    nodes.FromImport: "from", nodes.NSRef: "a namespace",
    nodes.ScopedEvalContextModifier: "autoescape",
}  # fmt: skip


def parsed(source: str) -> nodes.Template:
    """Parse a template and refuse what it must not say; raises TemplateError with the line."""
    if len(source) > MOST_TEXT:
        msg = f"a template is longer than {MOST_TEXT:,} characters"
        raise TemplateError(msg)
    try:
        tree = ENVIRONMENT.parse(source)
        _check(tree)
    except TemplateSyntaxError as error:
        raise TemplateError(_lowered(error.message or "wrong syntax"), line=error.lineno) from None
    except (RecursionError, MemoryError):
        msg = "nested too deeply"
        raise TemplateError(msg) from None
    except (ValueError, OverflowError) as error:
        raise TemplateError(_lowered(str(error))) from None
    return tree


def sole_expression(tree: nodes.Template) -> nodes.Expr | None:
    """Give the expression of a template that is nothing but `{{ … }}`, and perhaps a line's end."""
    if len(tree.body) != 1 or not isinstance(tree.body[0], nodes.Output):
        return None
    first, *rest = tree.body[0].nodes
    if isinstance(first, nodes.TemplateData):
        return None
    is_end = all(isinstance(each, nodes.TemplateData) and each.data == "\n" for each in rest)
    return first if is_end and len(rest) <= 1 else None


class Prepare(NodeTransformer):
    """Turns secrets in text into expressions, and has what could grow without bound metered."""

    def visit_Output(self, node: nodes.Output) -> nodes.Node:  # noqa: N802 - Jinja's naming
        """Take text apart at its secrets."""
        self.generic_visit(node)
        node.nodes = [part for child in node.nodes for part in _without_secrets(child)]
        return node

    def visit_For(self, node: nodes.For) -> nodes.Node:  # noqa: N802 - Jinja's naming
        """Count the rounds."""
        self.generic_visit(node)
        node.iter = _filtered(node.iter, COUNTED)
        return node

    def visit_Concat(self, node: nodes.Concat) -> nodes.Node:  # noqa: N802 - Jinja's naming
        """Join with `~` as text is put out, and never more than a text may have."""
        self.generic_visit(node)
        return _filtered(nodes.Tuple(node.nodes, "load", lineno=node.lineno), CONCAT)

    def _literal(self, node: Any) -> nodes.Node:
        self.generic_visit(node)
        return node if getattr(node, "ctx", "load") == "store" else _filtered(node, SIZED)

    def visit_Getitem(self, node: nodes.Getitem) -> nodes.Node:  # noqa: N802 - Jinja's naming
        """Meter slices, which are copies."""
        self.generic_visit(node)
        return _filtered(node, SIZED) if isinstance(node.arg, nodes.Slice) else node

    visit_List = visit_Dict = visit_Tuple = _literal  # noqa: N815 - Jinja's naming


def _check(tree: nodes.Template) -> None:
    for node in _every(tree):
        if not isinstance(node, _ALLOWED):
            name = _TAGS.get(type(node), type(node).__name__.lower())
            _refuse(node, f"{name} is not allowed in a template")
        check = _CHECKS.get(type(node))
        if check is not None:
            check(node)


def _every(tree: nodes.Node) -> list[nodes.Node]:
    found, waiting = [], [tree]
    while waiting:
        node = waiting.pop()
        found.append(node)
        waiting.extend(node.iter_child_nodes())
    return found


def _name(node: Any) -> None:
    if node.name.startswith("_") or node.name == "self":
        _refuse(node, f"{node.name} is not allowed as a name")


def _constant(node: Any) -> None:
    if isinstance(node.value, str) and (names := secrets_in(node.value)):
        _refuse(
            node,
            f"the secret {names[0]} stands inside an expression; write it outside of {{{{ }}}}",
        )


def _loop(node: Any) -> None:
    if node.recursive:
        _refuse(node, "recursive is not allowed in a template")


def _call(node: Any) -> None:
    if node.dyn_args is not None or node.dyn_kwargs is not None:
        _refuse(node, "* and ** are not allowed in a call")


def _refuse(node: nodes.Node, reason: str) -> None:
    raise TemplateError(reason, line=node.lineno)


_CHECKS: dict[type[nodes.Node], Any] = {
    nodes.Name: _name,
    nodes.Const: _constant,
    nodes.For: _loop,
    nodes.Call: _call,
    nodes.Filter: _call,
    nodes.Test: _call,
}


def _without_secrets(child: nodes.Node) -> list[nodes.Expr]:
    if not isinstance(child, nodes.TemplateData):
        assert isinstance(child, nodes.Expr)  # noqa: S101 - an Output holds nothing else
        return [child]
    parts: list[nodes.Expr] = []
    for piece in pieces(child.data):
        if isinstance(piece, Secret):
            name = nodes.Const(str.__str__(piece), lineno=child.lineno)
            parts.append(_filtered(name, SECRET))
        elif piece:
            parts.append(nodes.TemplateData(piece, lineno=child.lineno))
    return parts


def _filtered(node: nodes.Node, name: str) -> nodes.Filter:
    return nodes.Filter(node, name, [], [], None, None, lineno=node.lineno)


def _lowered(message: str) -> str:
    return message[:1].lower() + message[1:].rstrip(".")

"""Modules and functions stay small enough to read at once."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("domain", "application", "infrastructure")
LINES_OF_A_MODULE = 300
LINES_OF_A_FUNCTION = 30

# "path" or "path:function" → why it may be longer.
EXEMPT: dict[str, str] = {}

MODULES = [
    path.relative_to(ROOT).as_posix()
    for package in PACKAGES
    for path in sorted((ROOT / package).rglob("*.py"))
]


def too_long_in(module: str, source: str) -> Iterator[tuple[str, int]]:
    lines = len(source.splitlines())
    if lines > LINES_OF_A_MODULE:
        yield module, lines
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            if lines > LINES_OF_A_FUNCTION:
                yield f"{module}:{node.name}", lines


@pytest.mark.parametrize("module", MODULES)
def test_a_module_and_its_functions_are_small(module: str) -> None:
    found = dict(too_long_in(module, (ROOT / module).read_text("utf-8")))
    assert {subject: lines for subject, lines in found.items() if subject not in EXEMPT} == {}


def test_what_is_too_long_is_found() -> None:
    body = "    pass\n" * LINES_OF_A_FUNCTION
    source = f"def long():\n{body}" + "\n" * LINES_OF_A_MODULE
    assert dict(too_long_in("a.py", source)) == {"a.py": 331, "a.py:long": 31}


def test_every_exemption_is_still_needed() -> None:
    sources = ((module, (ROOT / module).read_text("utf-8")) for module in MODULES)
    long = {subject for module, source in sources for subject, _ in too_long_in(module, source)}
    assert set(EXEMPT) <= long

"""The domain imports the standard library, pydantic, re2 and the domain part of eventsourcing."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# re2 is pure, too, and its time is linear in the text: the meaning of `matches` in a rule.
ALLOWED = ("domain", "eventsourcing.domain", "pydantic", "re2")
# Parts of the standard library that touch the world.
WORLD = {
    "asyncio", "ftplib", "http", "multiprocessing", "os", "pathlib", "random", "secrets", "shutil",
    "smtplib", "socket", "sqlite3", "subprocess", "tempfile", "threading", "time",
}  # fmt: skip

MODULES = [path.relative_to(ROOT) for path in sorted((ROOT / "domain").rglob("*.py"))]


def imported_by(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or "."


def is_allowed(name: str) -> bool:
    top = name.partition(".")[0]
    if top in sys.stdlib_module_names:
        return top not in WORLD
    return any(name == allowed or name.startswith(f"{allowed}.") for allowed in ALLOWED)


@pytest.mark.parametrize("module", MODULES, ids=str)
def test_a_domain_module_imports_only_what_is_pure(module: Path) -> None:
    imported = imported_by((ROOT / module).read_text("utf-8"))
    assert [name for name in imported if not is_allowed(name)] == []


@pytest.mark.parametrize("name", ["eventsourcing.application", "eventsourcing", "yaml", "os", "."])
def test_what_is_not_pure_is_refused(name: str) -> None:
    assert not is_allowed(name)


@pytest.mark.parametrize("name", ["eventsourcing.domain", "pydantic", "datetime", "domain.signal"])
def test_what_is_pure_is_allowed(name: str) -> None:
    assert is_allowed(name)

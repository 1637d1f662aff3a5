"""Strings that break things go through templates as they are."""

import json
from pathlib import Path
from typing import Any

import pytest

from infrastructure.templates.engine import JinjaTemplates
from infrastructure.templates.recorded import with_secrets

TEMPLATES = JinjaTemplates()


@pytest.fixture(scope="module")
def naughty(shared_data: Path) -> list[str]:
    file = shared_data / "naughty" / "blns.json"
    if not file.is_file():
        pytest.skip(f"{file} is absent")
    strings: list[str] = json.loads(file.read_text("utf-8"))
    assert len(strings) > 500
    return strings


def refused(reference: str) -> str:
    raise AssertionError(reference)


def through(written: Any, scope: dict[str, Any]) -> Any:
    return with_secrets(TEMPLATES.render(written, scope), refused)


def test_they_go_through_parameters_unchanged(naughty: list[str]) -> None:
    for each in naughty:
        scope = {"incident": {"context": {"x": each, each: each}}}
        written = {"whole": "{{ incident.context.x }}", "part": "<{{ incident.context.x }}>"}
        assert through(written, scope) == {"whole": each, "part": f"<{each}>"}


def test_they_go_through_all_together_as_a_list(naughty: list[str]) -> None:
    scope = {"steps": {"scan": {"output": {"matches": naughty}}}}
    assert through(["{{ steps.scan.output.matches }}"], scope) == [naughty]
    loop = "{% for each in steps.scan.output.matches %}[{{ each }}]{% endfor %}"
    assert through(loop, scope) == "".join(f"[{each}]" for each in naughty)

"""The pages about runbooks and playbooks name everything there is, and their examples are good."""

import re
import textwrap
from pathlib import Path

import pytest
from pydantic import BaseModel

from domain.runbook.runbook import Completion, Runbook
from domain.runbook.step import AutomatedStep, ManualStep, Retry, SubRunbookStep
from infrastructure.cacao.requests import REQUESTS
from infrastructure.cacao.tasks import SHELLS
from infrastructure.configuration.runbooks.checks import runbook_mistakes
from infrastructure.configuration.runbooks.files import runbook_of_text

DOCS = Path(__file__).parents[2] / "docs"
RUNBOOKS = (DOCS / "runbooks.md").read_text("utf-8")
CACAO = (DOCS / "cacao.md").read_text("utf-8")
EXAMPLES = re.findall(r"```yaml\n(.*?)```", RUNBOOKS, re.DOTALL)
STEPS = (
    "start", "end", "action", "playbook-action", "parallel", "if-condition", "while-condition",
    "switch-condition",
)  # fmt: skip


@pytest.mark.parametrize(
    "model", [Runbook, AutomatedStep, ManualStep, SubRunbookStep, Retry, Completion]
)
def test_every_field_is_on_the_page(model: type[BaseModel]) -> None:
    assert [name for name in model.model_fields if f"`{name}`" not in RUNBOOKS] == []


@pytest.mark.parametrize("example", EXAMPLES)
def test_an_example_is_good(example: str) -> None:
    if example.startswith("- "):
        steps = textwrap.indent(example, "    ")
        example = f"runbook:\n  id: a\n  name: A\n  steps:\n{steps}"
    written, mistakes = runbook_of_text(example, "docs/runbooks.md")
    mistakes += runbook_mistakes(written, whole=True)
    assert [str(each) for each in mistakes if each.severity == "error"] == []
    assert written[0].runbook is not None


def test_there_are_examples() -> None:
    assert len(EXAMPLES) == 3


@pytest.mark.parametrize("name", [*STEPS, "manual", *sorted(REQUESTS), *SHELLS])
def test_what_playbooks_are_made_of_is_on_the_page(name: str) -> None:
    assert f"`{name}`" in CACAO

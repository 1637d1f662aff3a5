"""What docs/actions/git.md shows and lists is what the actions take and give."""

import re
from pathlib import Path

import yaml
from pydantic import BaseModel

from application.actions import Action
from infrastructure.actions.credential_scan import CredentialScan
from infrastructure.actions.git_revert import GitRevert
from infrastructure.git.configured import GitSettings

PAGE = (Path(__file__).parents[3] / "docs/actions/git.md").read_text("utf-8")
ACTIONS: dict[str, type[Action]] = {"git_revert": GitRevert, "credential_scan": CredentialScan}


def test_the_example_is_good_settings() -> None:
    (example,) = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    written = yaml.safe_load(example)["actions"]
    assert set(written) == set(ACTIONS)
    for name, action in ACTIONS.items():
        settings = action.Settings.model_validate(written[name])
        assert isinstance(settings, GitSettings)
        assert set(settings.repositories) == {"app", "infrastructure", "legacy"}


def test_every_parameter_setting_and_output_is_listed() -> None:
    shared = set(re.findall(r"^\| `(\w+)`", _section("Repositories"), re.MULTILINE))
    assert shared == set(GitSettings.model_fields)
    for name, action in ACTIONS.items():
        cells = re.findall(r"^\| (`.*?) \|", _section(f"`{name}`"), re.MULTILINE)
        listed = {each for cell in cells for each in re.findall(r"`(\w+)`", cell)}
        assert action.outputs is not None
        assert listed == _fields(action.Parameters, action.Settings) - shared | action.outputs


def _fields(*models: type[BaseModel]) -> set[str]:
    return {name for model in models for name in model.model_fields}


def _section(title: str) -> str:
    return PAGE.partition(f"\n## {title}\n")[2].partition("\n## ")[0]

"""A configuration with runbooks and settings of actions, read from its folder as a whole."""

import re
import shutil
from pathlib import Path

import pytest

from infrastructure.actions import catalogue
from infrastructure.configuration.action_settings import settings_of
from infrastructure.configuration.checking import check_configuration, check_place
from infrastructure.configuration.configuration import read_configuration
from infrastructure.configuration.mistakes import ConfigurationError
from infrastructure.configuration.yaml_document import parse_yaml
from infrastructure.settings import SHIPPED
from tests.support.fake_actions import FakeScan, installed_fakes

RULES = """\
rules:
  - id: rule-1
    name: A Rule
    description: It matches.
    detection:
      source: audit_log
      pattern: [{ field: action, operator: equals, value: x }]
    defaultSeverity: P1
    category: data_leak
    notifyChannels: []
    runbook: rb
"""
RUNBOOK = """\
runbook:
  id: rb
  name: A Runbook
  steps:
    - id: scan
      name: Scan
      type: automated
      action: credential_scan
      parameters: { credential_pattern: x }
"""
ACTIONS = """\
actions:
  credential_scan:
    repositories: { shop: "https://${USER}@git.test/shop" }
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(catalogue, "installed", installed_fakes)
    for name in ("sources.yaml", "severity-levels.yaml"):
        shutil.copy(SHIPPED / name, tmp_path)
    write(tmp_path / "detection" / "rules.yaml", RULES)
    write(tmp_path / "runbooks" / "rb.yaml", RUNBOOK)
    write(tmp_path / "actions.yaml", ACTIONS)
    return tmp_path


def write(path: Path, text: str) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, "utf-8")


def told(folder: Path) -> list[str]:
    return [
        f"{each.severity} {each}".replace(f"{folder}/", "")
        for each in check_configuration(folder).mistakes
    ]


def test_runbooks_and_settings_are_part_of_the_configuration(folder: Path) -> None:
    configuration = read_configuration(folder)
    assert [runbook.id for runbook in configuration.runbooks] == ["rb"]
    assert configuration.actions == {
        "credential_scan": FakeScan.Settings(repositories={"shop": "https://${USER}@git.test/shop"})
    }
    assert configuration.warnings == ()


@pytest.mark.parametrize("text", [None, "", "# nothing\n", "actions:\n"])
def test_no_settings_are_no_mistake(text: str | None, folder: Path) -> None:
    (folder / "actions.yaml").unlink()
    if text is not None:
        write(folder / "actions.yaml", text)
    assert read_configuration(folder).actions == {}


def test_without_runbooks_what_rules_name_is_a_warning(folder: Path) -> None:
    shutil.rmtree(folder / "runbooks")
    (warning,) = read_configuration(folder).warnings
    assert warning.problem == "names the runbook rb, and none is configured yet"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("credential_scan: {}", "1:1: credential_scan: unknown field (expected one of actions)"),
        ("actions: []", "1:1: actions: not a mapping (expected a section for each action)"),
        (
            "actions:\n  credential_scn: {}",
            '2:3: actions.credential_scn: there is no action "credential_scn", did you mean '
            '"credential_scan"? (expected one of broken, credential_scan, http_request, notify)',
        ),
        (
            "actions:\n  credential_scan:\n    repositries: {}",
            '3:5: actions.credential_scan.repositries: unknown field, did you mean "repositories"?',
        ),
        (
            "actions:\n  credential_scan:\n    repositories: { a: 1 }",
            "3:21: actions.credential_scan.repositories.a: must be text (expected quotes around "
            "it)",
        ),
        (
            'actions:\n  credential_scan:\n    repositories: { a: "${a-b}" }',
            '3:21: actions.credential_scan.repositories.a: "${a-b}" is no reference to a secret '
            "(expected ${NAME} of letters, digits and _, or $${ where ${ itself is meant)",
        ),
        ("actions: {notify: {x: 1}}", "1:20: actions.notify.x: unknown field"),
    ],
)
def test_mistakes_in_settings_are_told_with_their_place(
    text: str, expected: str, folder: Path
) -> None:
    write(folder / "actions.yaml", text)
    assert f"error actions.yaml:{expected}" in told(folder)


def test_a_section_of_a_broken_action_is_a_warning(folder: Path) -> None:
    write(folder / "actions.yaml", "actions:\n  broken: {}\n")
    (warning,) = read_configuration(folder).warnings
    assert (warning.field, warning.line) == ("actions.broken", 2)
    assert "cannot be loaded" in warning.problem


def test_mistakes_of_all_files_are_told_at_once(folder: Path) -> None:
    write(folder / "actions.yaml", "actions: { nothing: {} }\n")
    write(folder / "detection" / "rules.yaml", RULES.replace("runbook: rb", "runbook: other"))
    write(folder / "runbooks" / "broken.yaml", "runbook: [\n")
    write(folder / "runbooks" / "second.yaml", RUNBOOK.replace("credential_scan", "scan"))
    with pytest.raises(ConfigurationError) as caught:
        read_configuration(folder)
    where = [f"{Path(each.file).name}:{each.line} {each.field}" for each in caught.value.mistakes]
    assert where == [
        "actions.yaml:1 actions.nothing",
        "rules.yaml:11 rules[0].runbook",
        "broken.yaml:1 runbook[0]",
        "second.yaml:2 runbook.id",
        "second.yaml:8 runbook.steps[0].action",
    ]
    checked = check_configuration(folder)
    assert (checked.rules, checked.runbooks) == (1, 1)
    assert list(checked.mistakes) == list(caught.value.mistakes)


def test_a_value_that_cannot_be_read_hides_no_other_mistake(folder: Path) -> None:
    text = RUNBOOK.replace("name: A Runbook", "name: !!python/name:os.system x\n  nme: y")
    write(folder / "runbooks" / "rb.yaml", text)
    found = told(folder)
    assert len(found) == 2
    assert 'the tag "!!python/name:os.system" is not allowed' in found[0]
    assert "runbook.nme: unknown field (expected one of " in found[1]


def test_a_file_is_checked_as_what_it_is(folder: Path) -> None:
    runbook = check_place(folder / "runbooks" / "rb.yaml")
    assert (runbook.rules, runbook.runbooks, list(runbook.mistakes)) == (0, 1, [])
    rules = check_place(folder / "detection" / "rules.yaml")
    assert (rules.rules, rules.runbooks, list(rules.mistakes)) == (1, 0, [])


def test_a_runbook_by_itself_knows_those_beside_it(folder: Path) -> None:
    step = "\n    - { id: more, name: More, type: runbook, runbook: NAME }\n"
    for name, runs in (("good", "rb"), ("lost", "gone"), ("twin", "rb")):
        text = (RUNBOOK + step).replace("NAME", runs).replace("id: rb", f"id: {name}")
        write(folder / "runbooks" / f"{name}.yaml", text)
    write(folder / "runbooks" / "twin.yaml", RUNBOOK)
    assert list(check_place(folder / "runbooks" / "good.yaml").mistakes) == []
    (warning,) = check_place(folder / "runbooks" / "lost.yaml").mistakes
    assert (warning.severity, warning.field) == ("warning", "runbook.steps[1].runbook")
    for name in ("twin", "rb"):
        (mistake,) = check_place(folder / "runbooks" / f"{name}.yaml").mistakes
        assert mistake.field == "runbook.id"
    assert len(check_place(folder / "runbooks").mistakes) == 2


class TestShipped:
    def test_the_runbook_of_the_original_design_is_configured(self) -> None:
        (runbook,) = read_configuration(SHIPPED).runbooks
        assert runbook.id == "runbook-secret-exposure"
        assert runbook.triggers == ("secret_detected_in_commit", "secret_detected_in_output")
        assert [(step.id, step.name, step.on_failure) for step in runbook.steps] == [
            ("step-1", "Block offending commit", "continue"),
            ("step-2", "Revoke exposed credential", "escalate"),
            ("step-3", "Generate new credential", "escalate"),
            ("step-4", "Scan for credential usage", "escalate"),
            ("step-5", "Notify affected parties", "escalate"),
            ("step-6", "Create audit record", "escalate"),
        ]
        assert runbook.completion.require_review
        assert runbook.completion.reviewers == ("security_lead",)

    def test_nothing_is_wrong_with_it(self) -> None:
        checked = check_configuration(SHIPPED)
        assert checked.runbooks == 1
        assert not [each for each in checked.mistakes if each.severity == "error"]
        # What is left are channels, and actions that are not installed here.
        other = ("notifyChannels", "action")
        assert not [each for each in checked.mistakes if not each.field.endswith(other)]

    def test_the_settings_are_examples_and_each_is_possible(self) -> None:
        text = (SHIPPED / "actions.yaml").read_text("utf-8")
        settings, mistakes = settings_of(parse_yaml(text, "actions.yaml"))
        assert (settings, mistakes) == ({}, [])
        settings, mistakes = settings_of(
            parse_yaml(re.sub(r"(?m)^  # ", "  ", text), "actions.yaml")
        )
        assert [each for each in mistakes if each.severity == "error"] == []
        assert settings.keys() | {each.field.partition(".")[2] for each in mistakes} == {
            *catalogue.installed()
        }

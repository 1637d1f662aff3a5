"""Fourteen playbooks that others wrote, some of them wrong or endless: each imported or refused."""

from pathlib import Path

import pytest

from infrastructure.actions import catalogue
from infrastructure.cacao.findings import InvalidPlaybookError, NoCounterpartError
from infrastructure.cacao.importer import import_playbook
from infrastructure.configuration.checking import check_place
from tests.support.fake_actions import installed_fakes
from tests.support.playbooks import runbook_in

IMPORTED = {
    "examples_http-playbook.json": ["automated"],
    "examples_manual-playbook.json": ["manual"],
    "examples_openc2-playbook.json": ["automated"],
    "examples_powershell-playbook.json": ["manual"],
    "examples_ssh-playbook.json": ["manual", "manual"],
    "test_integration_api_routes_playbook.json": ["automated"] * 4,
    "test_playbooks_parallels_playbook.json": ["automated"],
    "test_playbooks_playbook.json": ["automated"] * 4,
}
NO_COUNTERPART = {
    "examples_fin-playbook.json": (
        "$.workflow['action--2fd6bca0-24ed-4d74-8eae-da126a84f7c4'].commands[0].type: no step "
        'does what a command of the type "pong" does'
    ),
    "test_playbooks_infinite_playbook.json": (
        "$.workflow['action--6b23c237-ade8-4d00-9aa1-75999738d557'].on_completion: leads back to "
        '"action--6b23c237-ade8-4d00-9aa1-75999738d557", and a runbook never repeats steps'
    ),
}
INVALID = {
    "test_playbooks_changed-playbook.json": "$.workflow: must be a mapping, found a list",
    "test_playbooks_invalid_email_playbook.json": (
        "$.agent_definitions['individual--6b23a237-ade8-4d00-9aa1-75999732d557'].contact.email"
        ".work: not an e-mail address"
    ),
    "test_playbooks_invalid_playbook.json": (
        "$.agent_definitions['http-api--7e9174ec-a293-43df-a72d-471c79e276bf'].type: is called "
        '"http-api--7e9174ec-a293-43df-a72d-471c79e276bf" and is of the type "invalid", not '
        "http-api"
    ),
    "test_playbooks_missing_step_playbook.json": (
        "$.workflow['action--2190f685-1857-44ac-ad0e-0ded6c6ef3ce'].on_completion: there is no "
        'step "end--6b23c237-ade8-4d00-9aa1-75999738d558"'
    ),
}


@pytest.fixture
def playbooks(shared_data: Path) -> Path:
    folder = shared_data / "playbooks"
    if not folder.is_dir():
        pytest.skip("the folder ../shared/data/playbooks is absent")
    return folder


def test_these_are_all(playbooks: Path) -> None:
    known = {*IMPORTED, *NO_COUNTERPART, *INVALID}
    assert {path.name for path in playbooks.glob("*.json")} == known


@pytest.mark.parametrize("name", IMPORTED)
def test_a_playbook_that_maps_becomes_a_good_runbook(
    name: str, playbooks: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catalogue, "installed", installed_fakes)
    found = import_playbook(playbooks / name)
    assert [step.type for step in runbook_in(found).steps] == IMPORTED[name]
    file = tmp_path / "runbook.yaml"
    file.write_text(found.text, "utf-8")
    checked = check_place(file)
    assert (checked.runbooks, list(checked.mistakes)) == (1, [])


@pytest.mark.parametrize("name", IMPORTED)
def test_no_credential_of_a_playbook_is_in_the_runbook(name: str, playbooks: Path) -> None:
    text = import_playbook(playbooks / name).text
    assert not any(
        secret in text
        for secret in ("Password1234!", "super-secure-password", "admin", '"password"')
    )


@pytest.mark.parametrize("name", NO_COUNTERPART)
def test_a_playbook_that_does_not_map_is_refused_with_what_and_where(
    name: str, playbooks: Path
) -> None:
    with pytest.raises(NoCounterpartError) as caught:
        import_playbook(playbooks / name)
    assert str(caught.value) == NO_COUNTERPART[name]


@pytest.mark.parametrize("name", INVALID)
def test_an_invalid_playbook_is_refused_with_what_and_where(name: str, playbooks: Path) -> None:
    with pytest.raises(InvalidPlaybookError) as caught:
        import_playbook(playbooks / name)
    assert str(caught.value) == INVALID[name]


def test_parameters_of_variables_are_carried_over(playbooks: Path) -> None:
    steps = runbook_in(import_playbook(playbooks / "test_playbooks_playbook.json")).steps
    assert [step.model_dump()["parameters"]["url"] for step in steps[:2]] == [
        "http://{{ incident.context.imc_address }}/by/{{ incident.context.cve | urlencode }}",
        "http://192.168.0.1/analysisreport/{{ incident.context.cve | urlencode }}",
    ]

"""The action `notify` writes to people of the directory, once each."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from application.actions import ActionFailedError, Call, Surroundings
from domain.responder.directory import Directory
from infrastructure.actions.notify import Notify, NotifyParameters, NotifySettings
from infrastructure.configuration.configuration import RESPONDERS, TEMPLATES
from infrastructure.configuration.message_templates import template_mistakes
from infrastructure.configuration.responder_file import read_directory
from infrastructure.settings import SHIPPED
from tests.support.action_contract import SECRET, ActionContract, Situation, a_call
from tests.support.surroundings import surroundings

DIRECTORY = Directory.model_validate({
    "people": {
        "ada": {"full_name": "Ada Ames", "email": "ada@corp.example", "timezone": "Europe/Berlin"},
        "ben": {"full_name": "Ben Berg", "slack": "@ben"},
        "cleo": {"full_name": "Cleo Cho"},
    },
    "teams": {"security_team": {"members": ["ada", "ben"]}},
    "rotations": {
        "on_call": {"members": ["cleo"], "handoff": "daily", "start": "2020-01-01"},
        "planned": {"members": ["cleo"], "handoff": "daily", "start": "8999-12-31"},
    },
    "groups": {
        "owner": {"by": "incident.context.project", "members": {"shop": ["cleo"]}},
    },
})  # fmt: skip
GREETING = "Subject: {{ incident.id }}: {{ what }}\n\nDear {{ recipient.full_name }},\n{{ what }}\n"
CONTEXT = {"incident": {"id": "INC-20260301-ABCDEF", "context": {"project": "shop"}}}


@pytest.fixture
def around(tmp_path: Path) -> Surroundings:
    folder = tmp_path / "templates"
    folder.mkdir()
    (folder / "greeting.md").write_text(GREETING)
    (folder / "broken.md").write_text("Subject: x\n\n{{ nobody_knows }}\n")
    (folder / "wrong.md").write_text("Subject: x\n\n{% include 'greeting.md' %}\n")
    (folder / "leak.md").write_text("Subject: ${TOKEN} {{ what }}\n\n${TOKEN} {{ what }}\n")
    (folder / "plain.txt").write_text("Subject: plain\n\ntext\n")
    (tmp_path / "outside.md").write_text("Subject: x\n\ny\n")
    return replace(surroundings(), templates=folder, directory=DIRECTORY)


@pytest.fixture
def outbox(tmp_path: Path) -> Path:
    return tmp_path / "outbox"


@pytest.fixture
def action(around: Surroundings, outbox: Path) -> Notify:
    return Notify(NotifySettings(outbox=outbox), around)


def waiting(outbox: Path) -> list[dict[str, Any]]:
    found = [json.loads(path.read_bytes()) for path in outbox.glob("new/*")]
    return sorted(found, key=lambda message: str(message["recipient"]["name"]))


def a_told_call(key: str = "key-1", context: Mapping[str, Any] = CONTEXT) -> Call:
    return replace(a_call(key), context=context)


def notify(
    action: Notify, *recipients: str, template: str = "greeting", call: Call | None = None,
    **variables: Any,
) -> Mapping[str, Any]:  # fmt: skip
    parameters = NotifyParameters(
        template=template, recipients=recipients, variables=variables or {"what": "fire"}
    )
    return action.perform(parameters, call or a_told_call())


class TestNotify(ActionContract):
    @pytest.fixture
    def situation(self, action: Notify, around: Surroundings, outbox: Path) -> Situation:
        secret = around.secrets.resolve("${TOKEN}")
        return Situation(
            action=action,
            parameters={
                "template": "greeting",
                "recipients": ["security_team", "ada"],
                "variables": {"what": secret},
            },
            broken={
                "template": "broken",
                "recipients": ["ada"],
                "variables": {"what": secret},
            },
            effects=lambda: waiting(outbox),
        )


def test_there_is_one_message_for_each_person(action: Notify, outbox: Path) -> None:
    before = datetime.now(UTC)
    answer = notify(action, "security_team", "owner", "ada")
    assert answer["recipients"] == ["ada", "ben", "cleo"]
    messages = waiting(outbox)
    assert sorted(answer["messages"]) == sorted(message["id"] for message in messages)
    assert {path.stem for path in outbox.glob("new/*.json")} == set(answer["messages"])
    ada = messages[0]
    assert before <= datetime.fromisoformat(ada.pop("created")) <= datetime.now(UTC)
    assert ada == {
        "id": answer["messages"][0],
        "incident": "INC-20260301-ABCDEF",
        "execution": "RUN-20260301-ABCDEF",
        "step": "step-1",
        "template": "greeting",
        "recipient": {
            "name": "ada",
            "full_name": "Ada Ames",
            "email": "ada@corp.example",
            "phone": None,
            "slack": None,
            "timezone": "Europe/Berlin",
        },
        "subject": "INC-20260301-ABCDEF: fire",
        "text": "Dear Ada Ames,\nfire\n",
    }


def test_who_is_on_call_is_looked_up_when_the_message_is_written(
    action: Notify, outbox: Path
) -> None:
    assert notify(action, "on_call")["recipients"] == ["cleo"]
    assert [message["recipient"]["name"] for message in waiting(outbox)] == ["cleo"]


def test_the_same_call_twice_leaves_one_message_each_and_another_call_more(
    action: Notify, outbox: Path
) -> None:
    first = notify(action, "security_team")
    again = notify(action, "security_team", what="something else by now")
    assert again == first
    assert [message["subject"] for message in waiting(outbox)] == ["INC-20260301-ABCDEF: fire"] * 2
    notify(action, "security_team", call=a_told_call("key-2"))
    assert len(waiting(outbox)) == 4


def test_a_template_without_its_suffix_and_with_it_is_the_same(
    action: Notify, outbox: Path
) -> None:
    notify(action, "ada", template="plain")
    notify(action, "ada", template="plain.txt", call=a_told_call("key-2"))
    assert [message["subject"] for message in waiting(outbox)] == ["plain", "plain"]


def test_without_what_is_known_of_the_incident_its_id_is(action: Notify, outbox: Path) -> None:
    notify(action, "ada", call=a_call())
    assert waiting(outbox)[0]["subject"] == "INC-20260301-ABCDEF: fire"


def test_secrets_are_not_sent(action: Notify, around: Surroundings, outbox: Path) -> None:
    secret = around.secrets.resolve("${TOKEN}")
    notify(action, "ada", template="leak", what=[secret, {"x": secret}])
    (message,) = waiting(outbox)
    assert message["subject"] == '${TOKEN} ["${TOKEN}", {"x": "${TOKEN}"}]'
    assert SECRET not in json.dumps(message)


@pytest.mark.parametrize(
    ("recipients", "template", "told"),
    [
        (["ada", "zoe"], "greeting", "there is no person, team, group or rotation zoe"),
        (["owner"], "greeting", "owner is nobody for this incident: incident.context.project is x"),
        (["planned"], "greeting", "planned: nobody is on call before 8999-12-31 09:00 UTC"),
        (["on_call.secondary"], "greeting", "there is no secondary: cleo is the only member"),
        (["ada"], "gone", "there is no template gone in "),
        (["ada"], "wrong", "wrong.md: line 3: include is not allowed in a template"),
        (
            ["ada"],
            "broken",
            "the message to ben cannot be written: line 3: nobody_knows is undefined",
        ),
    ],
)
def test_what_cannot_be_written_is_named_and_nobody_is_told(
    action: Notify, outbox: Path, recipients: list[str], template: str, told: str
) -> None:
    context = {"incident": {"id": "INC-1", "context": {"project": "x"}}}
    with pytest.raises(ActionFailedError) as caught:
        notify(action, "ben", *recipients, template=template, call=a_told_call(context=context))
    assert told in str(caught.value)
    assert not caught.value.passing
    assert not outbox.exists()


def test_without_a_directory_and_templates_that_is_said(outbox: Path) -> None:
    alone = Notify(NotifySettings(outbox=outbox), surroundings())
    with pytest.raises(ActionFailedError, match="there is no person, team, group or rotation ada"):
        notify(alone, "ada")
    known = Notify(NotifySettings(outbox=outbox), replace(surroundings(), directory=DIRECTORY))
    with pytest.raises(ActionFailedError, match="there is no folder of templates"):
        notify(known, "ada")


def test_an_outbox_that_cannot_be_written_may_be_mended(
    around: Surroundings, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    action = Notify(NotifySettings(outbox=tmp_path / "file"), around)
    with pytest.raises(ActionFailedError, match="cannot be written: Not a directory") as caught:
        notify(action, "ada")
    assert caught.value.passing


@pytest.mark.parametrize(
    "wrong",
    [
        {"template": "../outside"},
        {"template": "/etc/passwd"},
        {"template": "a/b"},
        {"template": ".hidden"},
        {"template": "a\0b"},
        {"template": ""},
        {"recipients": []},
        {"recipients": "ada"},
        {"recipients": [None]},
        {"variables": {"incident": 1}},
        {"variables": {"recipient": 1}},
        {"variables": {"_budget": 1}},
        {"variables": {"a-b": 1}},
    ],
)
def test_parameters_without_meaning_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        NotifyParameters.model_validate({"template": "greeting", "recipients": ["ada"], **wrong})


def test_the_outbox_is_in_the_users_data_folder_by_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", "/data")
    assert NotifySettings().outbox == Path("/data/tocsin/outbox")
    monkeypatch.delenv("XDG_DATA_HOME")
    monkeypatch.setenv("HOME", "/home/ada")
    assert NotifySettings().outbox == Path("/home/ada/.local/share/tocsin/outbox")


class TestWhatShips:
    def test_the_directory_and_the_templates_are_sound(self) -> None:
        directory, mistakes = read_directory(SHIPPED / RESPONDERS)
        assert mistakes == []
        now = datetime.now(UTC)
        assert directory.people_behind("security_team", now, {})
        assert directory.people_behind("affected_project_owner", now, {}) == ("security_lead",)
        assert template_mistakes(SHIPPED / TEMPLATES) == []

    @pytest.mark.parametrize(
        "context",
        [
            {},
            {
                "incident": {
                    "id": "INC-20260301-ABCDEF",
                    "severity": "P1",
                    "context": {
                        "project": "shop", "service": "Payments", "secret_type": "api_key",
                        "secret_id": "k-77", "secret_pattern": "sk_live_0123456789abcdef",
                    },
                },
                "runbook": {"completed_steps": [{"id": "step-1", "name": "Block the commit"}]},
            },
        ],
    )  # fmt: skip
    def test_the_message_about_an_exposed_secret_can_be_written(
        self, outbox: Path, context: dict[str, Any]
    ) -> None:
        directory, _ = read_directory(SHIPPED / RESPONDERS)
        around = replace(surroundings(), templates=SHIPPED / TEMPLATES, directory=directory)
        answer = notify(
            Notify(NotifySettings(outbox=outbox), around),
            "security_team", "affected_project_owner",
            template="secret_exposure_notification", call=a_told_call(context=context),
        )  # fmt: skip
        messages = waiting(outbox)
        assert len(messages) == len(answer["messages"]) >= 3
        for message in messages:
            assert message["subject"].startswith("[INC-20260301-ABCDEF] A secret has been exposed")
            assert message["recipient"]["full_name"] in message["text"]
            assert "sk_live" not in message["text"]
            assert ("Block the commit" in message["text"]) == bool(context)
            assert ("- service: Payments" in message["text"]) == bool(context)
            assert "\n\n\n" not in message["text"]

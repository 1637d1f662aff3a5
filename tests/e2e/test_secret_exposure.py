"""The original design's runbook for an exposed secret, from the log line to the closed incident."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from infrastructure.settings import SHIPPED
from tests.support.command import Command
from tests.support.loopback_server import Heard, LoopbackServer, Reply, answering

SECRET = "AKIAIOSFODNN7EXAMPLE"  # AWS's own example of a key id: it opens nothing
TOKEN = "t0ken-of-the-revoker-9Q"
GIT = {
    "GIT_AUTHOR_NAME": "Ada", "GIT_AUTHOR_EMAIL": "ada@example.com",
    "GIT_COMMITTER_NAME": "Ada", "GIT_COMMITTER_EMAIL": "ada@example.com",
    "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1",
}  # fmt: skip


def git(folder: Path, *words: str) -> str:
    """Run git, as a developer does."""
    ended = subprocess.run(
        ["git", *words], cwd=folder, env={**os.environ, **GIT},
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    return ended.stdout.strip()


def commit(folder: Path, path: str, text: str, message: str) -> str:
    """Commit a file, and give the commit's id."""
    (folder / path).write_text(text)
    git(folder, "add", path)
    git(folder, "commit", "-q", "-m", message)
    return git(folder, "rev-parse", "HEAD")


class Place:
    """A team's repository with a secret in it twice, a server that revokes, and Tocsin."""

    def __init__(self, folder: Path, database: str, server: LoopbackServer) -> None:
        self.folder = folder
        self.remote = folder / "shop.git"
        git(folder, "init", "-q", "--bare", "-b", "main", str(self.remote))
        work = folder / "shop"
        git(folder, "clone", "-q", str(self.remote), str(work))
        commit(work, "README", "A shop.\n", "Begin")
        self.offending = commit(work, "deploy.sh", f"export KEY={SECRET}\n", "Deploy by script")
        self.other = commit(work, "notes.txt", f"The key is {SECRET}, I think.\n", "Take notes")
        git(work, "push", "-q", "origin", "HEAD:main")
        self.audit = folder / "audit.jsonl"
        self.config = self._configured(server)
        self.command = Command(folder, database)

    def _configured(self, server: LoopbackServer) -> Path:
        config = self.folder / "config"
        config.mkdir()
        for name in ("detection", "runbooks", "templates"):
            subprocess.run(["cp", "-r", SHIPPED / name, config / name], check=True)
        for name in ("sources.yaml", "severity-levels.yaml", "responders.yaml"):
            (config / name).write_text((SHIPPED / name).read_text())
        repositories = {"shop": {"path": str(self.remote)}}
        key = {
            "provider": "http", "method": "DELETE", "url": f"{server.url}/keys/{{credential_id}}",
            "headers": {"Authorization": "Bearer ${REVOKER_TOKEN}"},
        }  # fmt: skip
        actions = {
            "git_revert": {"repositories": repositories, "push": "main"},
            "credential_scan": {"repositories": repositories},
            "revoke_credential": {"providers": {"api_key": key}},
            "notify": {"outbox": str(self.folder / "outbox")},
            "create_audit_record": {"file": str(self.audit)},
        }
        (config / "actions.yaml").write_text(yaml.safe_dump({"actions": actions}))
        (config / "outgoing.yaml").write_text(yaml.safe_dump({"allow": ["127.0.0.0/8"]}))
        return config

    def tocsin(self, *words: str) -> str:
        """Run a command that has to succeed, and give what it prints."""
        finished = self.command.run(*words, env=self._environment())
        assert (finished.status, finished.err) == (0, ""), finished
        return finished.out

    def refused(self, *words: str) -> str:
        """Run a command that has to be refused, and give what it says."""
        finished = self.command.run(*words, env=self._environment())
        assert finished.status == 1, finished
        return finished.err

    def json(self, *words: str) -> Any:
        """Run a command, and give what it prints as JSON."""
        return json.loads(self.tocsin(*words, "--json"))

    def _environment(self) -> dict[str, str]:
        return {"TOCSIN_CONFIG": str(self.config), "REVOKER_TOKEN": TOKEN}


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_an_exposed_secret_is_taken_out_of_use(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    revoked: list[Heard] = []

    def revoke(heard: Heard) -> Reply:
        revoked.append(heard)
        return Reply(204)

    with answering(revoke) as server:
        place = Place(tmp_path, request.getfixturevalue(f"{kind}_url"), server)
        incident_id = _detected(place)
        place.tocsin("work", "--once")
        _the_commit_is_reverted(place)
        assert [(heard.method, heard.path) for heard in revoked] == [("DELETE", "/keys/key-7")]
        assert revoked[0].headers["authorization"] == f"Bearer {TOKEN}"
        execution_id = _a_person_makes_a_new_one(place)
        place.tocsin("work", "--once")
        _the_scan_found_both(place, execution_id)
        _people_are_told_and_it_is_on_record(place, incident_id, execution_id)
        _it_is_reviewed_before_it_is_closed(place, incident_id, execution_id)
        _it_reads_as_a_story(place, incident_id)
        assert TOKEN not in _everything_stored(place, incident_id, execution_id)
        assert len(revoked) == 1


def _detected(place: Place) -> str:
    record = {
        "timestamp": "2026-03-10T09:00:00Z", "id": "s-1", "action": "secret_detected",
        "commitSha": place.offending, "secretType": "api_key", "secretId": "key-7",
        "secretPattern": "AKIA[0-9A-Z]{16}", "service": "shop",
    }  # fmt: skip
    log = place.folder / "app.jsonl"
    log.write_text(json.dumps(record) + "\n")
    place.tocsin("ingest", str(log))
    (incident,) = place.json("incidents")
    return str(incident["id"])


def _the_commit_is_reverted(place: Place) -> None:
    look = place.folder / "look"
    git(place.folder, "clone", "-q", str(place.remote), str(look))
    assert not (look / "deploy.sh").exists()
    assert place.offending in git(look, "log", "-1", "--format=%B")


def _a_person_makes_a_new_one(place: Place) -> str:
    (task,) = place.json("tasks", "--all")
    assert (task["step_id"], task["waiting"]) == ("step-3", "task")
    assert task["waiting_for"] == ["security_team"]
    assert "Sign in to shop" in task["instructions"]
    assert "step-3" in place.tocsin("tasks", "--all")
    place.tocsin("task", "done", task["task"], "--note", "the new key is in the vault")
    return str(task["id"])


def _the_scan_found_both(place: Place, execution_id: str) -> None:
    steps = place.json("executions", execution_id)["steps"]
    assert [steps[f"step-{n}"]["status"] for n in range(1, 7)] == ["succeeded"] * 6
    matches = steps["step-4"]["output"]["matches"]
    assert {(each["path"], each["commit"]) for each in matches} == {
        ("deploy.sh", place.offending),
        ("notes.txt", place.other),
    }
    assert SECRET not in json.dumps(steps)


def _people_are_told_and_it_is_on_record(place: Place, incident_id: str, execution_id: str) -> None:
    assert list((place.folder / "outbox").rglob("*.json"))
    place.tocsin("ingest", str(place.audit), "--as", "actions")
    (record,) = [json.loads(line) for line in place.audit.read_text().splitlines()]
    assert record["id"]
    assert incident_id in json.dumps(record)
    assert execution_id in json.dumps(record)
    assert [each["id"] for each in record["actions_taken"]] == [f"step-{n}" for n in range(1, 6)]
    (source,) = [each for each in place.json("sources") if each["name"] == "actions"]
    assert (source["signals"], source["rejected"]) == (1, 0)


def _it_is_reviewed_before_it_is_closed(place: Place, incident_id: str, execution_id: str) -> None:
    place.tocsin("resolve", incident_id)
    assert "is reviewed" in place.refused("close", incident_id)
    assert "security_lead" in place.refused("task", "review", execution_id, "--by", "mallory")
    place.tocsin("task", "review", execution_id, "--by", "security_lead", "--note", "well done")
    place.tocsin("close", incident_id)


def _it_reads_as_a_story(place: Place, incident_id: str) -> None:
    story = [row["sentence"] for row in place.json("timeline", incident_id)]
    wanted = [
        "Runbook 'Secret Exposure Response' started by rule 'rule-secret-in-output'",
        "Step 'Block offending commit' started",
        "Step 'Block offending commit' succeeded",
        "Step 'Revoke exposed credential' succeeded",
        "Step 'Generate new credential' waits for security_team",
        "Step 'Generate new credential' done by tester: the new key is in the vault",
        "Step 'Scan for credential usage' succeeded",
        "Step 'Create audit record' succeeded",
        "Runbook completed; it waits for a review by security_lead",
        "Runbook reviewed by security_lead: well done",
    ]
    places = [_where(story, sentence) for sentence in wanted]
    assert places == sorted(places)


def _where(story: list[str], sentence: str) -> int:
    found = [at for at, told in enumerate(story) if told.startswith(sentence)]
    assert found, (sentence, story)
    return found[0]


def _everything_stored(place: Place, incident_id: str, execution_id: str) -> str:
    return "".join(
        (
            place.tocsin("show", incident_id, "--json"),
            place.tocsin("timeline", incident_id, "--json"),
            place.tocsin("executions", execution_id, "--json"),
            place.audit.read_text(),
        )
    )

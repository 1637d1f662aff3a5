"""The action `create_audit_record`: a record is there once, whole, and can be read again."""

import fcntl
import json
import os
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from application.actions import ActionFailedError, Call, OutcomeUnknownError
from infrastructure import audit_log
from infrastructure.actions.catalogue import action_class
from infrastructure.actions.create_audit_record import (
    CreateAuditRecord,
    RecordParameters,
    RecordSettings,
)
from tests.support.action_contract import SECRET, ActionContract, Situation, a_call
from tests.support.command import Command
from tests.support.loopback_server import (
    Heard,
    Reply,
    after_the_request,
    answering,
    behaving,
    surroundings,
)

STEP = {"incident_id": "INC-20260301-ABCDEF", "actions_taken": ["step-1", {"ä": None}]}


# A record is a signal like any other.
FOLLOWED = """
rules:
  - id: followed
    name: A runbook was followed
    description: A step of a runbook was recorded
    detection:
      source: audit_log
      pattern:
        - { field: type, operator: equals, value: tocsin_runbook_step }
        - { field: actor.name, operator: equals, value: tocsin }
        - { field: step, operator: equals, value: step-1 }
    defaultSeverity: P4
    category: authentication_failure
    notifyChannels: []
"""


def action(**settings: Any) -> CreateAuditRecord:
    return CreateAuditRecord(RecordSettings.model_validate(settings), surroundings(TOKEN=SECRET))


def perform(recording: CreateAuditRecord, call: Call | None = None, **more: Any) -> dict[str, Any]:
    step = RecordParameters.model_validate({**STEP, **more})
    return dict(recording.perform(step, call or a_call()))


def records(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_bytes().splitlines()]


class TestThatAFileIsAnAction(ActionContract):
    @pytest.fixture
    def situation(self, tmp_path: Path) -> Situation:
        path = tmp_path / "audit.jsonl"
        return Situation(
            action(file=path),
            STEP,
            {**STEP, "fields": {"token": SECRET, "long": "x" * 2_000_000}},
            lambda: records(path),
        )


class TestThatHttpIsAnAction(ActionContract):
    @pytest.fixture
    def situation(self) -> Iterator[Situation]:
        kept: dict[str, bytes] = {}

        def answer(heard: Heard) -> Reply:
            record = json.loads(heard.body)
            if heard.headers["authorization"] != f"Bearer {SECRET}" or "broken" in record:
                return Reply(403)
            kept.setdefault(record["id"], heard.body)
            return Reply(201)

        with answering(answer) as server:
            http = {"url": f"{server.url}/log?k=1", "headers": {"Authorization": "Bearer ${TOKEN}"}}
            yield Situation(
                action(http=http),
                {**STEP, "fields": {"token": SECRET}},
                {**STEP, "fields": {"broken": SECRET}},
                lambda: list(kept.values()),
            )


def test_it_is_found_by_its_name() -> None:
    assert action_class("create_audit_record") is CreateAuditRecord


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "audit.jsonl"


class TestARecord:
    def test_says_what_was_done_when_and_as_part_of_what(self, log: Path) -> None:
        answer = perform(action(file=log), fields={"ticket": 7})
        (record,) = records(log)
        moment = datetime.fromisoformat(record.pop("timestamp"))
        assert abs(datetime.now(UTC) - moment) < timedelta(seconds=10)
        assert record == {
            "id": answer["id"],
            "action": "tocsin_runbook_step",
            "actor": {"name": "tocsin", "type": "service"},
            "incident": "INC-20260301-ABCDEF",
            "execution": "RUN-20260301-ABCDEF",
            "step": "step-1",
            "actions_taken": ["step-1", {"ä": None}],
            "ticket": 7,
        }

    def test_has_an_id_that_follows_from_the_key(self, tmp_path: Path) -> None:
        ids = [
            perform(action(file=tmp_path / name), a_call(key))["id"]
            for name, key in (("a", "key-1"), ("b", "key-1"), ("c", "key-2"))
        ]
        assert ids[0] == ids[1] != ids[2]

    def test_is_read_again_by_tocsin(self, log: Path, tmp_path: Path, sqlite_url: str) -> None:
        recording = action(file=log)
        perform(recording, a_call("key-1"))
        perform(recording, a_call("key-2"), fields={"note": '\u2028\x00\n"', "actor.ip": "x"})
        tocsin = Command(tmp_path, sqlite_url)
        tocsin.ok("init", "conf")
        (tmp_path / "conf/detection/followed.yaml").write_text(FOLLOWED)
        told = {"TOCSIN_CONFIG": str(tmp_path / "conf")}
        read = tocsin.run("ingest", log, "--source", "audit", "--json", env=told).json
        assert (read["signals"], read["rejected"], read["matched"]) == (2, 0, 2)
        assert len(read["opened"]) == 2

    def test_keeps_the_naughty_strings_unchanged(self, log: Path, shared_data: Path) -> None:
        naughty = json.loads((shared_data / "naughty/blns.json").read_text("utf-8"))
        perform(action(file=log), fields={"naughty": naughty})
        assert records(log)[0]["naughty"] == naughty
        assert log.read_bytes().count(b"\n") == 1

    @pytest.mark.parametrize("field", ["timestamp", "id", "action", "actor", "incident", "step"])
    def test_cannot_be_made_to_say_something_else(self, field: str) -> None:
        with pytest.raises(ValidationError, match="Tocsin's to set") as caught:
            RecordParameters.model_validate({**STEP, "fields": {field: SECRET}})
        assert SECRET not in str(caught.value)

    @pytest.mark.parametrize(
        "value",
        [float("nan"), "\ud800", ["x" * 1000] * 1100, json.loads("[" * 128 + "]" * 128)],
        ids=["nan", "half", "long", "deep"],
    )
    def test_that_could_not_be_read_again_is_not_written(self, log: Path, value: Any) -> None:
        with pytest.raises(ActionFailedError) as caught:
            perform(action(file=log), fields={"value": value})
        assert not caught.value.passing
        assert not log.exists()


class TestAFile:
    def test_is_appended_to(self, log: Path) -> None:
        log.write_text('{"id": "older"}\n')
        perform(action(file=log))
        assert [record["step"] for record in records(log)[1:]] == ["step-1"]
        assert log.read_text().startswith('{"id": "older"}\n{')

    def test_gets_the_same_call_once(self, log: Path) -> None:
        recording = action(file=log)
        assert perform(recording)["already_recorded"] is False
        perform(recording, a_call("key-2"))
        assert perform(recording)["already_recorded"] is True
        assert len(records(log)) == 2

    def test_knows_an_id_from_a_text_that_only_holds_it(self, log: Path, tmp_path: Path) -> None:
        own = perform(action(file=tmp_path / "other"))["id"]
        quoting = {"id": "x", "note": f'"id":"{own}"', "nested": {"id": own}}
        log.write_text(json.dumps(quoting) + "\n" + f'["{own}"]\n{own}\n')
        assert perform(action(file=log))["already_recorded"] is False

    def test_with_a_torn_last_line_gets_a_whole_one_after_it(self, log: Path) -> None:
        log.write_bytes(b'{"id": "whole"}\n{"id": "torn", "acti')
        perform(action(file=log))
        lines = log.read_bytes().split(b"\n")
        assert lines[1] == b'{"id": "torn", "acti'
        assert json.loads(lines[2])["step"] == "step-1"

    def test_with_its_own_record_torn_gets_it_again(self, log: Path) -> None:
        perform(action(file=log))
        whole = log.read_bytes()
        for length in (1, 20, len(whole) - 2):
            log.write_bytes(whole[:length])
            assert perform(action(file=log))["already_recorded"] is False
            assert json.loads(log.read_bytes().splitlines()[-1])["step"] == "step-1"

    def test_that_lacks_only_the_newline_has_the_record(self, log: Path) -> None:
        perform(action(file=log))
        log.write_bytes(log.read_bytes()[:-1])
        assert perform(action(file=log))["already_recorded"] is True
        perform(action(file=log), a_call("key-2"))
        assert len(records(log)) == 2

    def test_is_on_the_disk_with_its_name_when_it_is_done(
        self, log: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        synced: list[int] = []
        monkeypatch.setattr(os, "fsync", lambda file: synced.append(os.fstat(file).st_ino))
        perform(action(file=log))
        assert synced == [log.stat().st_ino, log.parent.stat().st_ino]

    def test_keeps_no_half_of_a_record_when_the_disk_is_full(
        self, log: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        log.write_text('{"id": "older"}\n')
        write = os.write
        monkeypatch.setattr(os, "write", lambda file, data: write(file, data[:10]))
        with pytest.raises(ActionFailedError, match="is the disk full") as caught:
            perform(action(file=log))
        assert caught.value.passing
        assert [record["id"] for record in records(log)] == ["older"]

    def test_of_many_threads_gets_every_record_once(self, log: Path) -> None:
        recording = action(file=log)

        def record_all() -> None:
            for number in range(20):
                perform(recording, a_call(f"key-{number}"), fields={"long": "x" * 5000})

        threads = [threading.Thread(target=record_all) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        found = [record["id"] for record in records(log)]
        assert len(found) == len(set(found)) == 20

    def test_that_is_locked_is_waited_for_as_long_as_there_is_time(self, log: Path) -> None:
        with log.open("ab") as other:
            fcntl.flock(other, fcntl.LOCK_EX)
            with pytest.raises(ActionFailedError, match="is locked by another") as caught:
                perform(action(file=log), a_call(seconds=0.2))
            assert caught.value.passing
            threading.Timer(0.2, fcntl.flock, (other, fcntl.LOCK_UN)).start()
            perform(action(file=log))
        assert len(records(log)) == 1

    def test_that_is_rotated_while_it_is_waited_for_is_not_written_to(self, log: Path) -> None:
        with log.open("ab") as other:
            fcntl.flock(other, fcntl.LOCK_EX)
            waiting = threading.Thread(target=perform, args=(action(file=log),))
            waiting.start()
            time.sleep(0.1)
            log.rename(log.with_suffix(".1"))
            fcntl.flock(other, fcntl.LOCK_UN)
            waiting.join()
        assert len(records(log)) == 1
        assert log.with_suffix(".1").read_bytes() == b""

    def test_that_is_no_file_is_a_failure(self, tmp_path: Path) -> None:
        os.mkfifo(tmp_path / "pipe")
        for path in (tmp_path, tmp_path / "pipe", tmp_path / "no" / "folder"):
            with pytest.raises(ActionFailedError, match="the audit log"):
                perform(action(file=path))

    def test_is_looked_through_only_near_its_end(
        self, log: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        perform(action(file=log))
        with log.open("ab") as file:
            file.write(b'{"id": "later"}\n' * 100)
        assert perform(action(file=log))["already_recorded"] is True
        monkeypatch.setattr(audit_log, "_LOOKED_BACK", 100)
        assert perform(action(file=log))["already_recorded"] is False


class TestHttp:
    def test_gets_the_record(self) -> None:
        with answering(lambda _: Reply(201)) as server:
            answer = perform(action(http={"url": f"{server.url}/log"}))
        (heard,) = server.heard
        assert (heard.method, heard.path) == ("POST", "/log")
        assert heard.headers["content-type"] == "application/json"
        assert heard.headers["idempotency-key"] == "key-1"
        assert json.loads(heard.body)["id"] == answer["id"]

    @pytest.mark.parametrize(("status", "passing"), [(302, False), (400, False), (503, True)])
    def test_that_does_not_take_it_is_a_failure(self, status: int, passing: bool) -> None:
        with (
            answering(lambda _: Reply(status)) as server,
            pytest.raises(ActionFailedError, match=f"answered {status}") as caught,
        ):
            perform(action(http={"url": f"{server.url}/log?key={SECRET}"}))
        assert caught.value.passing is passing
        assert SECRET not in str(caught.value)

    def test_that_may_get_a_record_twice_is_asked_again(self) -> None:
        with behaving(after_the_request(lambda _: None)) as server:
            recording = action(http={"url": server.url})
            with pytest.raises(ActionFailedError) as caught:
                perform(recording)
        assert caught.value.passing
        assert recording.is_idempotent(RecordParameters.model_validate(STEP))

    def test_that_may_not_leaves_the_outcome_unknown(self) -> None:
        with behaving(after_the_request(lambda _: None)) as server:
            recording = action(http={"url": server.url, "idempotent": False})
            with pytest.raises(OutcomeUnknownError):
                perform(recording)
        assert not recording.is_idempotent(RecordParameters.model_validate(STEP))


class TestSettings:
    @pytest.mark.parametrize(
        "wrong",
        [
            {"file": "audit.jsonl"},
            {"file": "/a", "http": {"url": "https://a.example/"}},
            {"http": {"url": "a.example"}},
            {"http": {"url": "https://a.example/", "headers": {"Host": "b"}}},
        ],
    )
    def test_that_are_wrong_are_refused(self, wrong: dict[str, Any]) -> None:
        with pytest.raises(ValidationError):
            action(**wrong)

    def test_that_say_nothing_are_a_lasting_failure(self) -> None:
        with pytest.raises(ActionFailedError, match="give file or http") as caught:
            perform(action())
        assert not caught.value.passing

    def test_are_no_part_of_a_record(self, log: Path) -> None:
        perform(action(file=log), replace(a_call(), step_id="step-9"))
        assert records(log)[0]["step"] == "step-9"
        assert str(log) not in log.read_text()

"""Whatever goes wrong is said in clear words, with the exit status that says whose turn it is."""

import os
import signal
import sqlite3
import subprocess
import time
from pathlib import Path

import pytest

from tests.support.command import PROGRAM, Command


def test_every_impossible_fact_is_told_at_once(tocsin_on_a_file: Command) -> None:
    refused = tocsin_on_a_file.run(
        "assess",
        "X",
        "affected_users=-5",
        "dataAtRisk=maybe",
        "users=1",
        "service_availability=nan",
    )
    assert refused.status == 2
    assert len(refused.err.splitlines()) == 4
    assert "affected_users: '-5' is impossible; expected a whole number, 0 or more" in refused.err


def test_without_a_log_there_is_nothing_and_nothing_is_made(tocsin_on_a_file: Command) -> None:
    tocsin = tocsin_on_a_file
    assert "tocsin ingest FILE" in tocsin.ok("incidents").out
    assert tocsin.ok("incidents", "--json").json == []
    assert tocsin.run("show", "ABC").status == 1
    assert tocsin.run("ack", "INC-20260310-ABCDEF").status == 1
    assert tocsin.ok("projections", "status").out
    assert "Nothing has been read yet" in tocsin.ok("dead-letters").out
    assert tocsin.ok("dead-letters", "--json").json == tocsin.ok("sources", "--json").json == []
    assert "rule-auth-brute-force" in tocsin.ok("rules", "list").out
    assert tocsin.run("timeline", "ABC").status == 1
    assert not Path(tocsin.database.removeprefix("sqlite:///")).exists()


def test_an_id_of_none_and_of_several(tocsin_on_a_file: Command, log: Path) -> None:
    tocsin = tocsin_on_a_file
    tocsin.ok("ingest", log)
    ids = [row["id"] for row in tocsin.ok("incidents", "--json").json]
    several = tocsin.run("ack", "INC-2026")
    assert several.status == 1
    assert all(incident_id in several.err for incident_id in ids)
    assert "there is no incident nope" in tocsin.run("ack", "nope").err
    assert (
        "there is no incident INC-20260310-AAAAAA" in tocsin.run("ack", "INC-20260310-AAAAAA").err
    )


def test_of_more_than_can_be_listed_the_first_are(tocsin_on_a_file: Command) -> None:
    line = '{"timestamp": "2026-03-10T03:00:00Z", "action": "secret_detected"}\n'
    tocsin_on_a_file.ok("ingest", "-", given=line * 22)
    several = tocsin_on_a_file.run("show", "INC")
    assert several.err.startswith("tocsin: INC could be more than 20 incidents")
    assert len(several.err.splitlines()) == 21


def test_a_closed_standard_input(tocsin_on_a_file: Command) -> None:
    tocsin = tocsin_on_a_file
    refused = subprocess.run(
        ["sh", "-c", f"exec '{PROGRAM}' ingest - <&-"], env=tocsin.environment(),
        cwd=tocsin.folder, capture_output=True, check=False,
    )  # fmt: skip
    assert refused.returncode == 2
    assert refused.stderr == b"tocsin: cannot read standard input: it is closed\n"


def test_a_path_is_taken_as_it_is(tmp_path: Path, log: Path) -> None:
    path = tmp_path / "a%41 b.db"
    tocsin = Command(tmp_path, str(path))
    tocsin.ok("ingest", log)
    assert path.exists()
    assert tocsin.ok("incidents", "--json").json


def test_a_database_that_cannot_be(tmp_path: Path, log: Path) -> None:
    junk = tmp_path / "junk.db"
    junk.write_bytes(b"this is no database" * 100)
    for database, said in (
        (str(junk), "not a database"),
        (str(tmp_path), "unable to open"),
        ("mysql://root@localhost/x", "of the kind 'mysql'"),
        ("sqlite:///:memory:", "lost at once"),
        ("postgresql://u:secret@127.0.0.1:1/x", "127.0.0.1"),
        ("postgresql://u:secret@[::1", "URL cannot be read"),
        ("postgresql://u:secret%zz@127.0.0.1:1/x", "postgresql://"),
    ):
        for arguments in (["incidents"], ["ack", "INC-20260310-AAAAAA"], ["ingest", str(log)]):
            failed = Command(tmp_path, database).run(*arguments)
            assert failed.status in {1, 2}, failed
            assert said in failed.err
            assert "secret" not in failed.err
            assert len(failed.err.splitlines()) == 1


def test_a_database_that_the_server_does_not_have(
    tmp_path: Path, postgres_url: str, log: Path
) -> None:
    nowhere = Command(tmp_path, postgres_url.replace("/test_", "/no_"))
    refused = nowhere.run("ingest", log)
    assert refused.status == 1
    assert "does not exist; create it, or see TOCSIN_DATABASE" in refused.err


def test_a_database_that_is_locked_or_read_only(tocsin_on_a_file: Command, log: Path) -> None:
    tocsin = tocsin_on_a_file
    tocsin.ok("ingest", log)
    path = Path(tocsin.database.removeprefix("sqlite:///"))
    with sqlite3.connect(path) as connection:
        connection.execute("BEGIN IMMEDIATE")
        assert tocsin.ok("incidents").out
        connection.rollback()
    connection.close()
    if os.geteuid() != 0:
        path.chmod(0o400)
        refused = tocsin.run("note", "INC-20260310-AAAAAA", "x")
        assert refused.status == 1
        assert "read" in refused.err


def test_mistakes_in_the_configuration_are_told_at_once(tocsin_on_a_file: Command) -> None:
    tocsin = tocsin_on_a_file
    tocsin.ok("init", "conf")
    assert tocsin.ok("rules", "check", "conf").out.endswith("warnings.\n")
    rules = tocsin.folder / "conf" / "detection" / "security.yaml"
    rules.write_text(rules.read_text().replace('"equals"', '"equal"').replace('"P1"', '"P9"'))
    checked = tocsin.run("rules", "check", "conf")
    assert checked.status == 2
    errors = [line for line in checked.out.splitlines() if line.startswith("error: ")]
    assert len(errors) > 2
    assert all(line.startswith("error: conf/detection/security.yaml:") for line in errors)
    rules.rename(tocsin.folder / "conf" / "gone.yaml")
    (tocsin.folder / "conf" / "detection" / "cloud.yaml").unlink()
    (tocsin.folder / "conf" / "detection").rmdir()
    assert tocsin.run("rules", "check", "conf").out.splitlines() == [
        "error: conf/detection:1:1: no such file or directory",
        "0 good rules and 1 good runbook; 1 mistake, 0 warnings.",
    ]
    (tocsin.folder / "conf" / "detection").mkdir()
    (tocsin.folder / "conf" / "gone.yaml").rename(rules)
    found = tocsin.run("rules", "check", rules, "--json")
    assert found.status == 2
    assert {"file", "line", "column", "field", "problem", "expected"} <= set(found.json[0])
    told = {"TOCSIN_CONFIG": str(tocsin.folder / "conf")}
    refused = tocsin.run("ingest", "-", env=told)
    assert refused.status == 2
    assert refused.err.count("security.yaml:") == len(errors)
    assert tocsin.run("rules", "check", env={"TOCSIN_CONFIG": "/nowhere"}).status == 2


def test_mistakes_in_the_configuration_keep_nobody_from_answering(
    tocsin_on_a_file: Command, log: Path
) -> None:
    tocsin = tocsin_on_a_file
    tocsin.ok("ingest", log)
    first, *_ = [row["id"] for row in tocsin.ok("incidents", "--json").json]
    broken = {"TOCSIN_CONFIG": "/nowhere"}
    for done in (("ack", first), ("note", first, "the rules are broken"), ("resolve", first)):
        assert tocsin.run(*done, env=broken).status == 0
    refused = tocsin.run("assess", first, "affected_users=1200", env=broken)
    assert refused.status == 2
    assert "/nowhere/severity-levels.yaml" in refused.err


def test_nothing_is_overwritten(tocsin_on_a_file: Command) -> None:
    tocsin_on_a_file.ok("init", "conf")
    refused = tocsin_on_a_file.run("init", "conf")
    assert refused.status == 1
    assert "nothing is overwritten" in refused.err
    assert sorted(
        path.name for path in tocsin_on_a_file.folder.iterdir() if "conf" in path.name
    ) == ["conf"]


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 0), (signal.SIGTERM, 0)])
def test_following_ends_when_told_with_everything_saved(
    tocsin_on_a_file: Command, log: Path, number: int, status: int
) -> None:
    tocsin = tocsin_on_a_file
    with subprocess.Popen(
        [PROGRAM, "ingest", log, "--follow", "--json"], env=tocsin.environment(),
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=tocsin.folder,
    ) as process:  # fmt: skip
        deadline = time.monotonic() + 60
        while len(tocsin.ok("incidents", "--json").json) < 2:
            assert time.monotonic() < deadline
        process.send_signal(number)
        out, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (status, b"")
    assert b'"lines": 15' in out


def test_an_interruption_is_quiet(tocsin_on_a_file: Command) -> None:
    with subprocess.Popen(
        [PROGRAM, "ingest", "-"], env=tocsin_on_a_file.environment(), cwd=tocsin_on_a_file.folder,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as process:  # fmt: skip
        path = Path(tocsin_on_a_file.database.removeprefix("sqlite:///"))
        deadline = time.monotonic() + 60
        while not path.exists():
            assert time.monotonic() < deadline
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    assert (process.returncode, out, err.strip()) == (130, b"", b"")

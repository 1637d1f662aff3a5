"""The formats that ship with Tocsin, on real logs."""

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import TypeAdapter

from application.reading import Cursor
from domain.source.format import JsonLines, RegexLines, SourceFormat, Time
from infrastructure.sources.feed import FileFeed
from infrastructure.sources.formats import record_reader
from tests.unit.sources.support import Heard, now, origin, read

RULES = Path(__file__).parents[3] / "rules"
FAILED = re.compile(
    r"(\w{3} [ \d]\d [\d:]{8}) \S+ sshd\[\d+\]: (?:message repeated (\d+) times: \[ )?"
    r"Failed password for (?:invalid user )?(.*) from (\S+) port \d+ ssh2\]?"
)


@pytest.fixture(scope="module")
def shipped() -> dict[str, SourceFormat]:
    written = yaml.safe_load((RULES / "sources.yaml").read_text("utf-8"))
    sources: dict[str, SourceFormat] = TypeAdapter(dict[str, SourceFormat]).validate_python(
        written["sources"]
    )
    return sources


def sshd(shipped: dict[str, SourceFormat], **said: Any) -> RegexLines:
    written = shipped["sshd"]
    assert isinstance(written, RegexLines)
    in_2017 = written.time.model_copy(update={"year": 2017})
    return written.model_copy(update={"time": in_2017, **said})


@pytest.fixture(scope="module")
def sshd_2017(shipped: dict[str, SourceFormat]) -> RegexLines:
    return sshd(shipped)


def heard(path: Path, written: SourceFormat) -> Heard:
    return Heard(read(FileFeed(path, Cursor()), written))


@pytest.mark.parametrize(
    ("name", "records"),
    [("stratus-red-team.jsonl", 310), ("otrf-ec2-proxy-s3-exfiltration.jsonl", 103)],
)
def test_cloudtrail_is_read_without_a_dead_letter(
    shared_data: Path, shipped: dict[str, SourceFormat], name: str, records: int
) -> None:
    path = shared_data / "cloudtrail" / name

    found = heard(path, shipped["cloudtrail"])

    plain = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    assert (found.signals, found.rejected) == (records, [])
    assert [match.signal.data for match in found.matches] == plain
    assert [match.signal.id for match in found.matches] == [each["eventID"] for each in plain]
    assert [match.signal.type for match in found.matches] == [each["eventName"] for each in plain]


@pytest.mark.parametrize(
    ("repeats", "count"),
    [("once", "failed_password_lines"), ("expand", "failed_with_repeats_expanded")],
)
def test_failed_passwords_are_those_that_a_plain_reading_finds(
    shared_data: Path, shipped: dict[str, SourceFormat], repeats: str, count: str
) -> None:
    expected = json.loads((shared_data / "auth" / "expected.json").read_text("utf-8"))
    lines = (shared_data / "auth" / "auth.log").read_text("utf-8").splitlines()
    plain: Counter[tuple[str, str, str]] = Counter()
    for line in lines:
        if failed := FAILED.fullmatch(line):
            time, number, user, ip = failed.groups()
            plain[time, user, ip] += int(number or 1) if repeats == "expand" else 1

    found = heard(shared_data / "auth" / "auth.log", sshd(shipped, repeats=repeats))

    data = [
        match.signal.data
        for match in found.matches
        if match.signal.data.get("action") == "authentication_failed"
    ]
    assert Counter((d["time"], d["actor"]["name"], d["actor"]["ip"]) for d in data) == plain
    assert len(data) == expected[count]
    assert found.rejected == []
    assert len({match.signal.id for match in found.matches}) == found.signals
    assert {match.signal.timestamp.year for match in found.matches} == {2017}


def test_metrics_in_milliseconds_are_read(shared_data: Path) -> None:
    written = JsonLines(format="jsonl", kind="metric", time=Time(unit="ms"))

    found = heard(shared_data / "metrics" / "nginx-plus.jsonl", written)

    first = found.matches[0].signal
    assert (found.signals, found.rejected) == (500, [])
    assert first.source == "metric"
    assert first.timestamp.isoformat() == "2015-10-30T23:58:19.322000+00:00"


def test_okta_records_lie_inside_others(shared_data: Path) -> None:
    written = JsonLines(format="jsonl", data="log", time=Time(field="log.published"), id="log.uuid")

    found = heard(shared_data / "audit" / "okta.jsonl", written)

    assert (found.signals, len(found.rejected)) == (58, 4)
    assert {each.reason for each in found.rejected} == {"no time: `log.published` is missing"}


def test_plain_audit_records_are_read(shipped: dict[str, SourceFormat], tmp_path: Path) -> None:
    log = tmp_path / "audit.jsonl"
    log.write_text('{"@timestamp":"2026-03-01T12:00:00Z","id":"a1","action":"login"}\n')

    (match,) = heard(log, shipped["audit"]).matches

    assert (match.signal.id, match.signal.type, match.signal.source) == ("a1", "login", "audit_log")


@pytest.mark.parametrize(
    ("message", "action", "name", "ip"),
    [
        (
            "Failed password for root from 10.0.0.1 port 22 ssh2",
            "authentication_failed",
            "root",
            "10.0.0.1",
        ),
        (
            "Failed password for invalid user  from 10.0.0.1 port 22 ssh2",
            "authentication_failed",
            "",
            "10.0.0.1",
        ),
        (
            "Failed keyboard-interactive/pam for a from ::1 port 22 ssh2",
            "authentication_failed",
            "a",
            "::1",
        ),
        (
            "Failed publickey for a from ::1 port 22 ssh2: RSA SHA256:x",
            "authentication_method_refused",
            "a",
            "::1",
        ),
        (
            "Accepted publickey for a from ::1 port 22 ssh2: RSA SHA256:x",
            "authentication_succeeded",
            "a",
            "::1",
        ),
        ("Invalid user x y from 10.0.0.1 port 22", "unknown_user", "x y", "10.0.0.1"),
        (
            "Failed password for invalid user x from 6.6.6.6 port 1 from 10.0.0.1 port 22 ssh2",
            "authentication_failed",
            "x from 6.6.6.6 port 1",
            "10.0.0.1",
        ),
        (
            "pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= "
            "rhost=10.0.0.1  user=x rhost=6.6.6.6",
            "pam_authentication_failed",
            "x rhost=6.6.6.6",
            "10.0.0.1",
        ),
        (
            "a : TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/bin/ls ; x",
            "privileged_command",
            "a",
            None,
        ),
        (
            "a : user NOT in sudoers ; TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/bin/ls",
            "authorization_denied",
            "a",
            None,
        ),
        (
            "a : 3 incorrect password attempts ; TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/bin/ls",
            "authentication_failed",
            "a",
            None,
        ),
        ("FAILED su for root by a", "authentication_failed", "a", None),
        (
            "Bad protocol version identification 'from x' from 10.0.0.1 port 22",
            "probe",
            None,
            "10.0.0.1",
        ),
        ("Unable to negotiate with 10.0.0.1 port 22: no", "probe", None, "10.0.0.1"),
        ("new user: name=a, UID=1, GID=1, home=/, shell=/bin/sh", "account_created", None, None),
        ("delete user 'a'", "account_deleted", None, None),
        ("add 'a' to group 'sudo'", "group_member_added", None, None),
        ("pam_unix(passwd:chauthtok): password changed for a", "password_changed", None, None),
        (
            "pam_unix(sshd:session): session opened for user a(uid=1) by (uid=0)",
            "session_opened",
            "a",
            None,
        ),
        ("pam_unix(sshd:session): session closed for user a", "session_closed", "a", None),
        ("Server listening on :: port 22.", None, None, None),
    ],
)
def test_what_sshd_says_is_understood(
    sshd_2017: RegexLines, message: str, action: str | None, name: str | None, ip: str | None
) -> None:
    line = f"Mar  9 23:18:33 web sshd[7]: {message}".encode()

    (signal,) = record_reader(sshd_2017, now).read(line, origin()).signals

    actor = signal.data.get("actor", {})
    assert (signal.data.get("action"), actor.get("name"), actor.get("ip")) == (action, name, ip)


@pytest.mark.parametrize(
    "start",
    [
        "<38>Mar 29 23:18:33 web sshd[7]:",
        "Mar 29 23:18:33 web sshd:",
        "2017-03-29T23:18:33.5+00:00 web sshd-session[7]:",
    ],
)
def test_syslog_in_its_varieties(sshd_2017: RegexLines, start: str) -> None:
    line = f"{start} Failed password for root from 10.0.0.1 port 22 ssh2".encode()

    (signal,) = record_reader(sshd_2017, now).read(line, origin()).signals

    assert signal.timestamp.isoformat()[:19] == "2017-03-29T23:18:33"
    assert signal.data["action"] == "authentication_failed"

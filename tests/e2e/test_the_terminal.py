"""What is printed fits a terminal of 80 columns and cannot take it over."""

import json
import os
import pty
import select
import subprocess
from pathlib import Path

import pytest
from rich.cells import cell_len

from tests.support.command import PROGRAM, Command

COMMANDS = [
    ["incidents"],
    ["incidents", "--utc"],
    ["show", "INC"],
    ["timeline", "INC"],
    ["dead-letters"],
    ["sources"],
    ["rules", "list"],
    ["projections", "status"],
]


@pytest.fixture
def tocsin(tocsin_on_a_file: Command, log: Path) -> Command:
    tocsin_on_a_file.ok("ingest", log, "--as", "a-source-with-quite-a-long-name-東京")
    return tocsin_on_a_file


def test_no_line_is_too_long_and_nothing_is_obeyed(tocsin: Command) -> None:
    secret = tocsin.ok("incidents", "--severity", "P1", "--json").json[0]["id"]
    tocsin.ok("note", secret, "evil \x1b]0;title\x07 \u202e" + "wide 東京 " * 30)
    for command in COMMANDS:
        printed = tocsin.ok(*(secret if word == "INC" else word for word in command)).out
        lines = printed.split("\n")
        assert [line for line in lines if cell_len(line) > 80] == [], command
        assert [line for line in lines if not line.isprintable()] == [], command


def test_a_very_long_value_does_not_push_the_rest_away(tocsin: Command) -> None:
    record = {"timestamp": "2026-03-10T04:00:00Z", "action": "secret_detected"}
    record |= dict.fromkeys(("service", "secretType"), "東" * 30_000)
    tocsin.ok("ingest", "-", "--as", "long", given=json.dumps(record))
    (incident,) = tocsin.ok("incidents", "--since", "2026-03-10T04:00:00Z", "--json").json
    assert len(tocsin.ok("show", incident["id"]).out.splitlines()) < 50
    assert len(tocsin.ok("show", incident["id"], "--json").json["labels"]["service"]) == 30_000


def test_json_holds_everything_and_only_ascii(tocsin: Command) -> None:
    letters = tocsin.ok("dead-letters", "--json")
    assert letters.out.isascii()
    (incident,) = tocsin.ok("incidents", "--severity", "P1", "--json").json
    shown = tocsin.ok("show", incident["id"], "--json")
    assert shown.out.replace("\n", "").isprintable()
    assert shown.json["labels"]["service"] == "\x1b[31mred\u202e"


def test_an_error_is_harmless_too(tocsin: Command) -> None:
    for arguments in (["show", "\x1b[31mX\u202e"], ["\x1b[31mX"], ["incidents", "--\x1b[31m"]):
        refused = tocsin.run(*arguments)
        assert refused.status in {1, 2}
        assert refused.err.replace("\n", "").isprintable()


@pytest.mark.parametrize(("told", "coloured"), [({}, True), ({"NO_COLOR": "1"}, False)])
def test_colours_are_for_terminals(
    tocsin: Command, told: dict[str, str], *, coloured: bool
) -> None:
    assert "\x1b" not in tocsin.ok("incidents").out
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [PROGRAM, "incidents"], env=tocsin.environment(TERM="xterm", **told), stdout=theirs
    ) as process:
        os.close(theirs)
        printed = b""
        while select.select([ours], [], [], 60)[0]:
            try:
                more = os.read(ours, 65536)
            except OSError:
                break
            if not more:
                break
            printed += more
        assert process.wait(60) == 0
    os.close(ours)
    assert b"Secret Detected" in printed
    assert (b"\x1b[" in printed) is coloured


@pytest.mark.parametrize("command", ["incidents", "timeline"])
def test_nobody_reading_is_no_error(tocsin: Command, command: str) -> None:
    secret = tocsin.ok("incidents", "--severity", "P1", "--json").json[0]["id"]
    tocsin.ok("note", secret, "more than a pipe holds " * 5_000)
    arguments = {"incidents": ["incidents", "--json"], "timeline": ["timeline", secret]}[command]
    with subprocess.Popen(
        [PROGRAM, *arguments], env=tocsin.environment(),
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as process:  # fmt: skip
        assert process.stdout
        assert process.stderr
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(60) == 141


def test_a_full_disk_is_one_line(tocsin: Command) -> None:
    with Path("/dev/full").open("wb") as full:
        ended = subprocess.run(
            [PROGRAM, "incidents"], env=tocsin.environment(), stdout=full,
            stderr=subprocess.PIPE, check=False,
        )  # fmt: skip
    assert ended.returncode == 1
    assert ended.stderr.decode().splitlines() == ["tocsin: No space left on device"]


def test_a_terminal_without_unicode_gets_ascii(tocsin: Command) -> None:
    shown = tocsin.run("sources", env={"PYTHONIOENCODING": "ascii"})
    assert shown.status == 0
    assert "\\u2026" in shown.out

"""What is typed wrongly is refused with exit status 2, and with what was expected."""

import os
from pathlib import Path

import pytest

from infrastructure.cli.program import run

BAD: list[tuple[list[str | bytes], str]] = [
    (["incidnts"], "Did you mean"),
    (["incidents", "--status", "opne"], "there is no 'opne'; there are active, all"),
    (["incidents", "--severity", "P9,P1,x"], "there is no 'P9', 'x'"),
    (["incidents", "--since", "yesterday"], "write 2h or 7d"),
    (["incidents", "--since", "0001-01-01T00:00:00+14:00"], "--since"),
    (["incidents", "--label", "payments"], "NAME=VALUE"),
    (["incidents", "--limit", "-1"], "--limit"),
    (["show", b"\xff\xfe"], "not valid UTF-8"),
    (["show", ""], "it is empty"),
    (["note", "X", b"\xed\xa0\x80"], "not valid UTF-8"),
    (["ack", "X", "--by", b"\x80"], "not valid UTF-8"),
    (["close", "X", "--as", "won"], "--as"),
    (["assess", "X"], "nothing to assess"),
    (["assess", "X", "--severity", "P1"], "takes a --reason"),
    (["assess", "X", "users=1", "affected_users=-1"], "there is no such fact"),
    (["ingest", "missing.jsonl"], "no such file"),
    (["ingest", "."], "is a directory"),
    (["ingest", "x", "--source", "nope"], "no source 'nope' is configured; there are"),
    (["rules", "check", "missing"], "does not exist"),
    (["projections", "rebuild", "nope"], "no projection"),
]


@pytest.mark.parametrize(("arguments", "said"), BAD, ids=str)
def test_bad_input_is_told(
    arguments: list[str | bytes],
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    log = tmp_path / "tocsin.db"
    if "rebuild" in arguments:
        log.touch()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TOCSIN_DATABASE", str(log))
    monkeypatch.delenv("TOCSIN_CONFIG", raising=False)
    status = run([os.fsdecode(argument) for argument in arguments])
    printed = capsys.readouterr()
    assert (status, printed.out) == (2, "")
    assert said in printed.err
    assert printed.err.replace("\n", "").isprintable()


def test_what_nobody_thought_of_is_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(settings: object) -> None:
        del settings
        msg = "odd \x1b[31m\nthing"
        raise RuntimeError(msg)

    monkeypatch.setattr("infrastructure.cli.opened.log_exists", fail)
    assert run(["incidents"]) == 1
    err = capsys.readouterr().err
    assert "Traceback" not in err
    assert "this should not happen: RuntimeError: odd \\x1b[31m thing" in err
    monkeypatch.setenv("TOCSIN_DEBUG", "1")
    assert run(["incidents"]) == 1
    assert "Traceback" in capsys.readouterr().err

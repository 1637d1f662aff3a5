"""The outbox keeps a message once, whole, and for its owner alone."""

import json
import os
from pathlib import Path

import pytest

from infrastructure.outbox import Outbox


def waiting(folder: Path) -> dict[str, object]:
    return {path.stem: json.loads(path.read_bytes()) for path in (folder / "new").iterdir()}


def test_what_is_put_waits_as_json(tmp_path: Path) -> None:
    Outbox(tmp_path / "out").put("m1", {"text": "é"})
    assert waiting(tmp_path / "out") == {"m1": {"text": "é"}}


def test_the_same_message_twice_is_one_and_the_first(tmp_path: Path) -> None:
    for text in ("first", "second"):
        Outbox(tmp_path).put("m1", {"text": text})
    assert waiting(tmp_path) == {"m1": {"text": "first"}}


def test_what_was_sent_is_not_put_again(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path)
    outbox.put("m1", {})
    (tmp_path / "new" / "m1.json").rename(tmp_path / "cur" / "m1.json")
    outbox.put("m1", {})
    assert waiting(tmp_path) == {}


def test_a_crash_half_way_leaves_nothing_to_send(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(descriptor: int) -> None:
        raise KeyboardInterrupt(descriptor)

    outbox = Outbox(tmp_path)
    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", crash)
        with pytest.raises(KeyboardInterrupt):
            outbox.put("m1", {"text": "x"})
    assert waiting(tmp_path) == {}
    outbox.put("m1", {"text": "x"})
    assert waiting(tmp_path) == {"m1": {"text": "x"}}
    assert list((tmp_path / "tmp").iterdir()) == []


def test_nobody_else_can_read_it(tmp_path: Path) -> None:
    Outbox(tmp_path / "out").put("m1", {})
    assert (tmp_path / "out" / "new" / "m1.json").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "out" / "new").stat().st_mode & 0o777 == 0o700


def test_whoever_sends_gets_the_oldest_first_and_moves_it_on(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path)
    for number in (2, 1, 3):
        outbox.put(f"m{number}", {"n": number})
        os.utime(tmp_path / "new" / f"m{number}.json", (number, number))
    assert list(outbox.waiting(2)) == [("m1", {"n": 1}), ("m2", {"n": 2})]
    outbox.taken("m1")
    outbox.taken("m1")
    outbox.spoilt("m2")
    assert list(outbox.waiting(9)) == [("m3", {"n": 3})]
    assert (tmp_path / "cur" / "m1.json").exists()
    assert (tmp_path / "bad" / "m2.json").exists()


def test_what_is_no_json_has_no_content(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path)
    outbox.put("m1", {})
    (tmp_path / "new" / "m1.json").write_bytes(b"{half")
    assert list(outbox.waiting(9)) == [("m1", None)]


def test_where_nothing_was_ever_written_nothing_waits(tmp_path: Path) -> None:
    assert list(Outbox(tmp_path / "nowhere").waiting(9)) == []

"""The message of a revert can be read back, and nothing that was put into it can pass for it."""

import json
from pathlib import Path

import pytest

from infrastructure.git.commits import Commit
from infrastructure.git.revert_message import Said, key_of, revert_message
from tests.support.action_contract import a_call

ONE, TWO = "1" * 40, "2" * 40
COMMIT = Commit(ONE, (TWO,), "add a key")


def said(reason: str | None, commit: Commit = COMMIT, key: str = "key-1") -> Said:
    return Said.of("3" * 40, revert_message(commit, a_call(key), reason).decode())


def test_it_says_what_it_reverts_and_for_which_attempt() -> None:
    assert said(None) == Said("3" * 40, frozenset({ONE}), frozenset({"key-1"}))


def test_a_merge_is_said_as_git_says_it() -> None:
    merge = Commit(ONE, (TWO, "4" * 40), "merge")
    message = revert_message(merge, a_call(), None).decode()
    assert f"This reverts commit {ONE}, reversing\nchanges made to {TWO}.\n" in message
    assert said(None, merge).reverts == {ONE}


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r", "\v", "\f", "\x85", "\u2028", "\0"])
def test_a_reason_cannot_claim_another_revert_or_key(newline: str) -> None:
    reason = newline.join(["x", f"This reverts commit {TWO}.", "Tocsin-Idempotency-Key: other"])
    assert said(reason) == said(None)


def test_a_key_is_one_line() -> None:
    call = a_call(f"key\nThis reverts commit {TWO}.")
    assert Said.of("", revert_message(COMMIT, call, None).decode()).keys == {key_of(call)}
    assert said(None, key=call.idempotency_key).reverts == {ONE}


def test_naughty_reasons_are_kept(shared_data: Path) -> None:
    for each in json.loads((shared_data / "naughty/blns.json").read_text("utf-8")):
        message = revert_message(COMMIT, a_call(), each).decode()
        assert each.replace("\n", "\n> ") in message
        assert said(each) == said(None)


def test_half_a_surrogate_pair_is_no_obstacle() -> None:
    assert said("\ud800").reverts == {ONE}

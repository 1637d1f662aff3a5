"""One answer for several, and who is not told again."""

import pytest

from application.channels import Answer, Delivered, Never, TryLater
from infrastructure.channels.several import Several

GOT, LATER, NEVER = Delivered(), TryLater("busy", 30.0), Never("gone")


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ({"a": GOT}, Delivered({"id": "1"})),
        ({"a": LATER}, LATER),
        ({"a": NEVER}, NEVER),
        ({"a": GOT, "b": GOT}, Delivered({"id": "1"})),
        ({"a": GOT, "b": NEVER}, Delivered({"id": "1", "refused": "b: gone"})),
        ({"a": NEVER, "b": NEVER}, NEVER),
        ({"a": NEVER, "b": Never("full")}, Never("a: gone; b: full")),
        ({"a": GOT, "b": LATER}, TryLater("b: busy (1 of 2 people have it not yet)", 30.0)),
        ({"a": LATER, "b": LATER}, TryLater("busy (2 of 2 people have it not yet)", 30.0)),
        ({"a": NEVER, "b": TryLater("slow")},
         TryLater("b: slow (1 of 2 people have it not yet)")),
    ],
)  # fmt: skip
def test_the_answer_for_all(answers: dict[str, Answer], expected: Answer) -> None:
    assert Several("people").answer("m", answers, {"id": "1"}) == expected


def test_who_has_it_is_remembered_until_nobody_waits() -> None:
    several = Several("people")
    several.answer("m", {"a": GOT, "b": LATER, "c": LATER}, {})
    assert several.told("m") == {"a"}
    several.answer("m", {"b": GOT, "c": LATER}, {})
    assert several.told("m") == {"a", "b"}
    assert several.told("another") == frozenset()
    several.answer("m", {"a": GOT, "b": GOT, "c": GOT}, {})
    assert several.told("m") == frozenset()


def test_only_so_many_messages_are_remembered() -> None:
    several = Several("people", most=2)
    for message in ("1", "2", "3"):
        several.answer(message, {"a": GOT, "b": LATER}, {})
    assert [bool(several.told(message)) for message in ("1", "2", "3")] == [False, True, True]


def test_not_everybody_is_named() -> None:
    answers: dict[str, Answer] = {str(each): Never("gone") for each in range(7)}
    answer = Several("people").answer("m", {**answers, "x": GOT}, {})
    assert isinstance(answer, Delivered)
    assert answer.receipt["refused"].endswith("4: gone; and 2 more")

"""Whom a message has reached is remembered, but not for ever."""

from application.channels import Delivered
from infrastructure.channels.memory import ReachedMemory


def test_who_was_reached_is_recalled_by_message_and_address() -> None:
    memory = ReachedMemory()
    memory.remember("m", "a", Delivered({"sid": "1"}))
    assert memory.recall("m", "a") == Delivered({"sid": "1"})
    assert memory.recall("m", "b") is None
    assert memory.recall("n", "a") is None


def test_the_oldest_is_forgotten() -> None:
    memory = ReachedMemory(most=2)
    for name in "abc":
        memory.remember("m", name, Delivered())
    assert [memory.recall("m", name) is None for name in "abc"] == [True, False, False]

"""What became of a message at an address is remembered, but not for ever."""

from application.channels import Delivered, Never
from infrastructure.channels.memory import OutcomeMemory


def test_what_is_settled_is_recalled_by_message_and_address() -> None:
    memory = OutcomeMemory()
    memory.settle("m", "a", Delivered())
    memory.settle("m", "b", Never("x"))
    assert memory.recall("m", "a") == Delivered()
    assert memory.recall("m", "b") == Never("x")
    assert memory.recall("n", "a") is None


def test_the_oldest_is_forgotten() -> None:
    memory = OutcomeMemory(most=2)
    for name in "abc":
        memory.settle("m", name, Delivered())
    assert [memory.recall("m", name) is None for name in "abc"] == [True, False, False]

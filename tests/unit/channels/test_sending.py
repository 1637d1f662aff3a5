"""Whatever a channel does, its sender gives an answer that can be told."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from application.actions import ActionFailedError, NoAnswerError, UnreachableError
from application.channels import Answer, Delivered, Message, Never, TryLater
from domain.alerting.channel import ChannelDefinition
from infrastructure.channels import catalogue
from infrastructure.channels.catalogue import (
    BrokenChannelError,
    UnknownChannelTypeError,
    channel_class,
)
from infrastructure.channels.sending import LONGEST, ChannelSender
from infrastructure.outgoing.refusals import RefusedError
from tests.support import fake_channels
from tests.support.action_contract import SECRET
from tests.support.alerts import a_message
from tests.support.fake_channels import FakeChannel
from tests.support.surroundings import surroundings


@pytest.fixture(autouse=True)
def fakes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalogue, "installed", fake_channels.installed)
    monkeypatch.setattr(FakeChannel, "made", 0, raising=False)


def sender(kind: str = "fake", **config: Any) -> ChannelSender:
    definition = ChannelDefinition(id="c", type=kind, config=config)
    return ChannelSender({"c": definition}, surroundings())


def sent(doing: Callable[[Any, Message], Any], monkeypatch: pytest.MonkeyPatch) -> Answer:
    monkeypatch.setattr(FakeChannel, "doing", doing, raising=False)
    return sender().send("c", a_message())


def raising(error: Exception) -> Callable[[Any, Message], Any]:
    def doing(channel: Any, _: Message) -> Any:
        channel.surroundings.secrets.resolve("${TOKEN}")
        raise error

    return doing


@pytest.mark.parametrize(
    "answer", [Delivered(), Delivered({"ts": "1.5"}), TryLater("later", 7.0), Never("never")]
)
def test_what_a_channel_answers_is_the_answer(
    answer: Answer, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert sent(lambda *_: answer, monkeypatch) == answer


@pytest.mark.parametrize(
    ("error", "answer"),
    [
        (ActionFailedError("busy", passing=True), TryLater("busy")),
        (ActionFailedError("gone"), Never("gone")),
        (UnreachableError("down"), TryLater("down")),
        (NoAnswerError("half"), TryLater("half")),
        (RefusedError("private"), Never("private")),
        (KeyError("ts"), TryLater("the channel c broke: KeyError: 'ts'")),
        (RuntimeError(f"no {SECRET}"), TryLater("the channel c broke: RuntimeError: no ${TOKEN}")),
        (RecursionError(), TryLater("the channel c broke: RecursionError:")),
    ],
)
def test_what_it_raises_becomes_one(
    error: Exception, answer: Answer, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert sent(raising(error), monkeypatch) == answer


@pytest.mark.parametrize("answer", [None, True, "delivered", TryLater])
def test_what_is_no_answer_may_have_got_through(
    answer: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    outcome = sent(lambda *_: answer, monkeypatch)
    assert isinstance(outcome, TryLater)
    assert "it gave no answer" in outcome.why


@pytest.mark.parametrize("kind", [TryLater, Never])
def test_a_reason_is_one_short_line_without_secrets(
    kind: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def doing(channel: Any, _: Message) -> Any:
        secret = channel.surroundings.secrets.resolve("${TOKEN}")
        return kind(f"a\x1b[2J\r\nb\u2028 {secret}\ud800 {secret[:-1]}-{'x' * 999}")

    outcome: Any = sent(doing, monkeypatch)
    assert outcome.why.startswith("a [2J b ${TOKEN} ")
    assert len(outcome.why) == LONGEST


def test_a_secret_of_several_lines_is_recognized(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        FakeChannel,
        "doing",
        lambda channel, _: Never(channel.surroundings.secrets.resolve("no ${PEM}")),
        raising=False,
    )
    definition = ChannelDefinition(id="c", type="fake")
    around = surroundings(PEM="-----BEGIN\nabcdef\nEND-----")
    assert ChannelSender({"c": definition}, around).send("c", a_message()) == Never("no ${PEM}")


def test_a_receipt_holds_no_secret_and_texts_only(monkeypatch: pytest.MonkeyPatch) -> None:
    def doing(channel: Any, _: Message) -> Any:
        secret = channel.surroundings.secrets.resolve("${TOKEN}")
        return Delivered({"by": secret, secret: "x", "n": 7})  # type: ignore[dict-item] # as a careless one would

    assert sent(doing, monkeypatch) == Delivered({"by": "${TOKEN}", "${TOKEN}": "x", "n": "7"})


def test_what_is_delivered_stays_so_whatever_the_receipt(monkeypatch: pytest.MonkeyPatch) -> None:
    careless: Any = None
    assert sent(lambda *_: Delivered(careless), monkeypatch) == Delivered()


@pytest.mark.parametrize(
    ("error", "answer"),
    [
        (ActionFailedError("no library"), Never("no library")),
        (ActionFailedError("not yet", passing=True), TryLater("not yet")),
        (OSError("disk"), TryLater("the channel c broke: OSError: disk")),
    ],
)
def test_a_channel_that_cannot_be_made_gives_an_answer(
    error: Exception, answer: Answer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def init(*_: Any) -> None:
        raise error

    monkeypatch.setattr(FakeChannel, "__init__", init)
    assert sender().send("c", a_message()) == answer


@pytest.mark.parametrize(
    ("seconds", "told"), [(float("nan"), None), (float("inf"), None), (-5, 0.0), (3, 3.0)]
)
def test_a_wait_is_a_number_of_seconds(
    seconds: float, told: float | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert sent(lambda *_: TryLater("x", seconds), monkeypatch) == TryLater("x", told)


def test_what_is_not_configured_or_wrong_never_sends() -> None:
    assert sender().send("d", a_message()) == Never("there is no channel d")
    assert sender("pigeon").send("c", a_message()) == Never("there is no type of channel pigeon")
    wrong = sender(key=5, other=SECRET).send("c", a_message())
    assert isinstance(wrong, Never)
    assert "the config of the channel c is wrong: key: " in wrong.why
    assert "other: " in wrong.why
    assert SECRET not in wrong.why


@pytest.mark.parametrize(
    ("kind", "why"),
    [
        ("none", "NoChannel is no channel: it has no Config, reaches, send"),
        ("broken", "the channel broken (tests.support.fake_channels:Nobody) cannot be loaded"),
    ],
)
def test_a_type_that_cannot_be_loaded_says_whose_it_is(kind: str, why: str) -> None:
    answer = sender(kind).send("c", a_message())
    assert isinstance(answer, Never)
    assert why in answer.why
    with pytest.raises(BrokenChannelError):
        channel_class(kind)


def test_an_unknown_type_is_named() -> None:
    with pytest.raises(UnknownChannelTypeError, match="pigeon"):
        channel_class("pigeon")


def test_a_channel_is_made_once_however_many_need_it(monkeypatch: pytest.MonkeyPatch) -> None:
    together = threading.Barrier(8)
    monkeypatch.setattr(FakeChannel, "doing", lambda *_: Delivered(), raising=False)
    one = sender()

    def send(_: int) -> Answer:
        together.wait()
        return one.send("c", a_message())

    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(send, range(8))) == [Delivered()] * 8
    assert FakeChannel.made == 1


def test_a_slow_channel_holds_up_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    released = threading.Event()

    def doing(channel: Any, _: Message) -> Answer:
        if channel.config.key == "slow":
            released.wait(10)
        return Delivered()

    monkeypatch.setattr(FakeChannel, "doing", doing, raising=False)
    channels = {
        name: ChannelDefinition(id=name, type="fake", config={"key": name})
        for name in ("slow", "fast")
    }
    both = ChannelSender(channels, surroundings())
    with ThreadPoolExecutor(2) as threads:
        slow = threads.submit(both.send, "slow", a_message())
        begun = time.monotonic()
        assert both.send("fast", a_message()) == Delivered()
        assert time.monotonic() - begun < 5
        released.set()
        assert slow.result() == Delivered()

"""What every channel that speaks HTTP has to fulfil: each one's tests subclass this.

The servers are real. They repeat in their answers whatever they were asked, so that a channel
that tells a word of an answer that it should not would tell a secret.
"""

import base64
import logging
import re
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any
from urllib.parse import quote, quote_plus

import pytest
from pydantic import ValidationError

from application.actions import ActionFailedError
from application.channels import Answer, Channel, Delivered, Message, Never, TryLater
from domain.alerting.channel import ChannelDefinition
from domain.alerting.content import Occasion
from infrastructure.channels.catalogue import channel_class
from infrastructure.channels.sending import ChannelSender
from tests.support.alerts import OCCASIONS, a_message
from tests.support.loopback_server import (
    Reply,
    after_the_request,
    answering,
    behaving,
    half_an_answer,
    hanging,
    junk,
    repeating,
    surroundings,
)

# What a status means, whatever the service.
MEANING: Mapping[int, type[Answer]] = {
    301: Never, 302: Never, 307: Never, 400: Never, 401: Never, 403: Never, 404: Never,
    405: Never, 408: TryLater, 409: Never, 410: Never, 413: Never, 422: Never, 425: TryLater,
    429: TryLater, 500: TryLater, 502: TryLater, 503: TryLater, 504: TryLater,
}  # fmt: skip
CHANNEL = "the-channel"


@dataclass(frozen=True)
class Situation:
    """A type of channel, what its config is for a server at some URL, and what success is.

    `secrets` are the values behind the `${NAME}` of the config.
    """

    type: str
    config: Callable[[str], dict[str, Any]]
    secrets: Mapping[str, str]
    success: Reply
    message: Message = field(default_factory=a_message)

    def channel(self, url: str, secrets: Mapping[str, str] | None = None) -> Channel:
        """Make the channel itself."""
        kind = channel_class(self.type)
        around = surroundings(**(self.secrets if secrets is None else secrets))
        return kind(kind.Config.model_validate(self.config(url)), around)

    def sender(self, url: str, secrets: Mapping[str, str] | None = None) -> ChannelSender:
        """Make a sender that has the channel."""
        definition = ChannelDefinition(id=CHANNEL, type=self.type, config=self.config(url))
        around = surroundings(**(self.secrets if secrets is None else secrets))
        return ChannelSender({CHANNEL: definition}, around)

    def sent(self, url: str, message: Message | None = None) -> Answer:
        """Send a message both by the channel and by a sender, and give the one answer."""
        message = message or self.message
        answer = self.channel(url).send(message)
        assert type(self.sender(url).send(CHANNEL, message)) is type(answer)
        return answer

    def refuse_secrets(self, *told: Any) -> None:
        """Check that no secret is in what was told, in no form that it was sent in."""
        text = " ".join(f"{each} {each!r}" for each in told)
        for secret in self.secrets.values():
            for form in (secret, quote(secret, safe=""), quote_plus(secret)):
                assert form not in text
            assert base64.b64encode(secret.encode()).decode() not in text


class HttpChannelContract:
    """The contract. A subclass has a fixture `situation` that gives a Situation."""

    def test_what_the_service_takes_is_delivered(self, situation: Situation) -> None:
        with answering(lambda _: situation.success) as server:
            answer = situation.sent(server.url)
        assert isinstance(answer, Delivered)
        assert all(isinstance(each, str) for pair in answer.receipt.items() for each in pair)
        situation.refuse_secrets(answer)

    @pytest.mark.parametrize("occasion", OCCASIONS)
    def test_there_is_a_message_for_every_occasion(
        self, situation: Situation, occasion: Occasion
    ) -> None:
        with answering(lambda _: situation.success) as server:
            answer = situation.sent(server.url, a_message(occasion))
        assert isinstance(answer, Delivered)
        assert server.heard

    @pytest.mark.parametrize("status", MEANING)
    def test_every_status_gets_the_documented_answer(
        self, situation: Situation, status: int, caplog: pytest.LogCaptureFixture
    ) -> None:
        with caplog.at_level(logging.DEBUG), answering(repeating(status)) as server:
            answer = situation.sent(server.url)
        assert type(answer) is MEANING[status]
        assert f"answered {status}" in str(answer)
        situation.refuse_secrets(answer, caplog.text)

    @pytest.mark.parametrize("status", [429, 503])
    def test_a_number_of_seconds_to_wait_is_obeyed(self, situation: Situation, status: int) -> None:
        with answering(repeating(status, {"Retry-After": "7"})) as server:
            answer = situation.sent(server.url)
        assert isinstance(answer, TryLater)
        assert answer.seconds == 7

    @pytest.mark.parametrize("status", [429, 503])
    def test_a_date_to_wait_for_is_obeyed(self, situation: Situation, status: int) -> None:
        later = format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True)
        with answering(repeating(status, {"Retry-After": later})) as server:
            answer = situation.sent(server.url)
        assert isinstance(answer, TryLater)
        assert answer.seconds == pytest.approx(3600, abs=60)

    def test_a_redirect_is_not_followed(self, situation: Situation) -> None:
        with answering(repeating(307, {"Location": "/elsewhere"})) as server:
            answer = situation.channel(server.url).send(situation.message)
        assert isinstance(answer, Never)
        assert "redirect" in answer.why
        assert "/elsewhere" not in [heard.path for heard in server.heard]

    def test_a_server_that_hangs_is_given_up_in_time(self, situation: Situation) -> None:
        message = replace(situation.message, seconds=0.4)
        with behaving(after_the_request(hanging)) as server:
            begun = time.monotonic()
            answer = situation.channel(server.url).send(message)
            assert time.monotonic() - begun < 3
        assert isinstance(answer, TryLater)
        situation.refuse_secrets(answer)

    @pytest.mark.parametrize("behave", [half_an_answer, junk, lambda _: None])
    def test_what_is_no_whole_answer_is_tried_again(
        self, situation: Situation, behave: Any, caplog: pytest.LogCaptureFixture
    ) -> None:
        with (
            caplog.at_level(logging.DEBUG),
            behaving(after_the_request(behave)) as server,
        ):
            answer = situation.sent(server.url)
        assert isinstance(answer, TryLater)
        situation.refuse_secrets(answer, caplog.text)

    def test_where_nobody_listens_is_tried_again(self, situation: Situation) -> None:
        answer = situation.sent("http://127.0.0.1:1")
        assert isinstance(answer, TryLater)
        situation.refuse_secrets(answer)

    def test_where_it_may_not_go_it_never_goes(self, situation: Situation) -> None:
        answer = situation.sent("http://169.254.169.254")
        assert isinstance(answer, Never)
        assert "link-local" in answer.why
        situation.refuse_secrets(answer)

    def test_without_a_secret_nothing_is_sent(self, situation: Situation) -> None:
        with answering(lambda _: situation.success) as server:
            answer = situation.sender(server.url, {}).send(CHANNEL, situation.message)
            with pytest.raises(ActionFailedError, match="is not set"):
                situation.channel(server.url, {}).send(situation.message)
        assert isinstance(answer, Never)
        assert "is not set" in answer.why
        assert server.heard == []

    def test_a_secret_that_stands_in_the_config_is_refused_unseen(
        self, situation: Situation
    ) -> None:
        config = situation.config("http://127.0.0.1")
        for name, value in config.items():
            if found := re.fullmatch(r"\$\{(\w+)\}", str(value)):
                shown = {**config, name: situation.secrets[found[1]]}
                with pytest.raises(ValidationError) as caught:
                    channel_class(situation.type).Config.model_validate(shown)
                situation.refuse_secrets(caught.value)

    def test_a_key_that_it_does_not_know_is_refused(self, situation: Situation) -> None:
        config = situation.config("http://127.0.0.1") | {"no_such_key": 1}
        with pytest.raises(ValidationError, match="no_such_key"):
            channel_class(situation.type).Config.model_validate(config)

    def test_nothing_secret_is_in_how_it_shows_itself(self, situation: Situation) -> None:
        with answering(lambda _: situation.success) as server:
            channel = situation.channel(server.url)
            channel.send(situation.message)
        situation.refuse_secrets(channel, vars(channel))

    def test_several_threads_may_send_at_once(self, situation: Situation) -> None:
        with answering(lambda _: situation.success) as server, ThreadPoolExecutor(8) as threads:
            sender = situation.sender(server.url)
            messages = [replace(situation.message, id=f"DEL-{n}") for n in range(24)]
            answers = list(threads.map(lambda each: sender.send(CHANNEL, each), messages))
        assert [type(each) for each in answers] == [Delivered] * 24

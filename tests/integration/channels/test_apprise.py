"""The channel `apprise` with the real library, against real servers on loopback."""

import json
import logging
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from application.actions import ActionFailedError, Surroundings
from application.channels import Answer, Delivered, Message, Never, TryLater
from infrastructure.channels.apprise import AppriseChannel, AppriseConfig
from infrastructure.secrets import EnvironmentSecrets
from tests.support.action_contract import SECRET
from tests.support.loopback_server import Heard, LoopbackServer, Reply, answering, behaving
from tests.support.messages import INCIDENT, a_content, a_digest, a_message, a_test, written
from tests.support.surroundings import NobodyThere

PROMPT = 4.0


def channel(*urls: str, **secrets: str) -> AppriseChannel:
    config = {"url": urls[0]} if len(urls) == 1 else {"urls": list(urls)}
    surroundings = Surroundings(EnvironmentSecrets({"TOKEN": SECRET, **secrets}), NobodyThere())
    return AppriseChannel(AppriseConfig.model_validate(config), surroundings)


def sent(through: AppriseChannel, message: Message | None = None) -> Answer:
    """Send as whoever uses a channel does: an error is an answer, too."""
    try:
        return through.send(message or a_message())
    except ActionFailedError as error:
        return TryLater(str(error)) if error.passing else Never(str(error))


class Service:
    """Answers with the status that the path begins with, 200 without one."""

    def answer(self, heard: Heard) -> Reply:
        status = heard.path.strip("/").split("/")[0]
        headers = {"location": "/elsewhere"} if status.startswith("3") else {}
        return Reply(int(status) if status.isdigit() else 200, headers=headers)


@pytest.fixture
def server() -> Iterator[LoopbackServer]:
    with answering(Service().answer) as running:
        yield running


def at(server: LoopbackServer, path: str = "") -> str:
    return f"json://127.0.0.1:{server.port}/{path}"


class TestThatItArrives:
    def test_as_json(self, server: LoopbackServer) -> None:
        assert sent(channel(at(server, "hook"))) == Delivered()
        (heard,) = server.heard
        body = json.loads(heard.body)
        assert (heard.path, body["title"], body["type"]) == (
            "/hook",
            "[P1] Secret in output",
            "failure",
        )
        lines = body["message"].split("\n")
        assert lines[0] == "Secret in output was detected for agent-7."
        assert f"ID: {INCIDENT}" in lines
        assert lines[-1] == f"Answer with: tocsin ack {INCIDENT}"

    def test_by_ntfy(self, server: LoopbackServer) -> None:
        assert sent(channel(f"ntfy://127.0.0.1:{server.port}/alerts")) == Delivered()
        assert json.loads(server.heard[0].body)["topic"] == "alerts"

    def test_secrets_are_put_into_urls_when_it_is_sent(self, server: LoopbackServer) -> None:
        through = channel(f"json://tocsin:${{TOKEN}}@127.0.0.1:{server.port}/${{PATH_TOKEN}}",
                          PATH_TOKEN="p4th-t0ken")  # fmt: skip
        assert sent(through) == Delivered()
        assert server.heard[0].path == "/p4th-t0ken"
        assert "authorization" in server.heard[0].headers

    def test_a_whole_url_may_be_a_secret(self, server: LoopbackServer) -> None:
        assert sent(channel("${HOOK}", HOOK=at(server))) == Delivered()

    @pytest.mark.parametrize(
        ("content", "kind"),
        [(a_content("escalated"), "failure"), (a_content("resolved"), "success"),
         (a_content("acknowledged"), "info"), (a_digest("summary"), "failure"),
         (a_digest(), "info"), (a_test(), "info"), (written(), "info")],
    )  # fmt: skip
    def test_every_occasion(self, server: LoopbackServer, content: Any, kind: str) -> None:
        assert sent(channel(at(server)), a_message(content)) == Delivered()
        assert json.loads(server.heard[0].body)["type"] == kind

    def test_a_digest_lists_what_it_can(self, server: LoopbackServer) -> None:
        sent(channel(at(server)), a_message(a_digest()))
        lines = json.loads(server.heard[0].body)["message"].split("\n")
        assert len(lines) == 5
        assert lines[-1] == "1,198 more are on the board: tocsin incidents"

    def test_foreign_text_does_no_harm(self, server: LoopbackServer) -> None:
        nasty = "\ud800 :smile: \\n <b>&amp; \x1b[2J"
        content = a_content(sentence=nasty)
        assert sent(channel(at(server)), a_message(content)) == Delivered()
        first = json.loads(server.heard[0].body)["message"].split("\n")[0]
        assert first == "\\ud800 :smile: \\n <b>&amp; \\x1b[2J"
        assert sent(channel(at(server)), a_message(written(nasty, nasty))) == Delivered()


class TestAnswers:
    @pytest.mark.parametrize(
        ("status", "kind"),
        [(301, Never), (302, Never), (400, Never), (401, Never), (404, Never), (413, Never),
         (408, TryLater), (429, TryLater), (500, TryLater), (503, TryLater)],
    )  # fmt: skip
    @pytest.mark.parametrize("optional", ["", "?optional=yes"])
    def test_every_status(
        self, server: LoopbackServer, status: int, kind: type[Answer], optional: str
    ) -> None:
        answer = sent(channel(at(server, f"{status}/{optional}")))
        assert isinstance(answer, kind)
        assert not isinstance(answer, Delivered)
        assert answer.why == f"JSON answered {status}"
        assert [heard.method for heard in server.heard] == ["POST"]

    def test_nobody_listens(self) -> None:
        with behaving(lambda _: None) as gone:
            port = gone.port
        answer = sent(channel(f"json://127.0.0.1:{port}/"))
        assert isinstance(answer, TryLater)

    @pytest.mark.parametrize("said", [b"", b"HTTP/1", b"\x00\xff junk\r\n\r\n"])
    def test_a_server_that_closes_half_way_or_sends_junk(self, said: bytes) -> None:
        def behave(connection: Any) -> None:
            connection.recv(65536)
            connection.sendall(said)

        with behaving(behave) as server:
            answer = sent(channel(f"json://127.0.0.1:{server.port}/"))
        assert isinstance(answer, TryLater)

    @pytest.mark.parametrize("url", ["nonsense", "no-such://x", "json://", "tgram://x", "http://["])
    def test_a_url_that_it_does_not_understand(self, url: str) -> None:
        answer = sent(channel(url))
        assert isinstance(answer, Never)
        assert "Apprise understands no such URL" in answer.why

    def test_an_unknown_secret_is_named(self) -> None:
        answer = sent(channel("json://x:${NO_SUCH}@127.0.0.1/"))
        assert isinstance(answer, Never)
        assert "NO_SUCH" in answer.why

    def test_without_the_library_it_says_how_to_get_it(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setitem(sys.modules, "apprise", None)
        answer = sent(channel("json://127.0.0.1/"))
        assert isinstance(answer, Never)
        assert "pip install 'tocsin[apprise]'" in answer.why

    @pytest.mark.parametrize("config", [{}, {"url": "a://b", "urls": ["a://b"]}, {"urls": []}])
    def test_there_is_a_url(self, config: Any) -> None:
        with pytest.raises(ValidationError, match="either url or urls"):
            AppriseConfig.model_validate(config)


class TestTime:
    def test_a_server_that_hangs_is_left(self) -> None:
        sent(channel("json://"))  # so that the library is there
        with behaving(_until_closed) as server:
            begun = time.monotonic()
            answer = sent(channel(f"json://127.0.0.1:{server.port}/"), a_message(seconds=0.5))
        assert time.monotonic() - begun < PROMPT
        assert isinstance(answer, TryLater)

    def test_a_server_that_drips_is_left(self) -> None:
        def drip(connection: Any) -> None:
            connection.recv(65536)
            connection.sendall(b"HTTP/1.1 200 OK\r\n")
            while True:
                connection.sendall(b"x: y\r\n")
                time.sleep(0.1)

        with behaving(drip) as server:
            begun = time.monotonic()
            answer = sent(channel(f"json://127.0.0.1:{server.port}/"), a_message(seconds=0.5))
        assert time.monotonic() - begun < PROMPT
        assert isinstance(answer, TryLater)
        assert "did not finish within 0.5 s" in answer.why

    def test_without_time_nothing_is_sent(self, server: LoopbackServer) -> None:
        assert isinstance(sent(channel(at(server)), a_message(seconds=0.0)), TryLater)
        assert not server.heard

    def test_one_that_hangs_leaves_the_others_their_share(self, server: LoopbackServer) -> None:
        with behaving(_until_closed) as hanging:
            through = channel(f"json://127.0.0.1:{hanging.port}/", at(server))
            answer = sent(through, a_message(id="DLV-share", seconds=1.0))
        assert isinstance(answer, TryLater)
        assert len(server.heard) == 1


def _until_closed(connection: Any) -> None:
    while connection.recv(65536):
        pass


def test_nothing_is_written(
    server: LoopbackServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "TMPDIR"):
        monkeypatch.setenv(name, str(tmp_path))
    monkeypatch.chdir(tmp_path)
    assert sent(channel(at(server), f"ntfy://127.0.0.1:{server.port}/x")) == Delivered()
    assert list(tmp_path.rglob("*")) == []


class TestSeveral:
    def test_who_has_it_is_not_sent_it_again(self, server: LoopbackServer) -> None:
        through, message = channel(at(server, "a"), at(server, "503")), a_message(id="DLV-two")
        assert isinstance(sent(through, message), TryLater)
        assert isinstance(sent(through, message), TryLater)
        assert [heard.path for heard in server.heard] == ["/a", "/503", "/503"]

    def test_who_refuses_keeps_it_from_nobody(self, server: LoopbackServer) -> None:
        answer = sent(channel(at(server, "401"), at(server, "a")))
        assert isinstance(answer, Delivered)
        assert answer.receipt["refused"] == ("URL 1 (json://): JSON answered 401")

    def test_a_url_that_cannot_be_used_keeps_it_from_nobody(self, server: LoopbackServer) -> None:
        answer = sent(channel("json://x:${NO_SUCH}@127.0.0.1/", "nonsense", at(server)))
        assert isinstance(answer, Delivered)
        assert "NO_SUCH" in answer.receipt["refused"]
        assert "URL 2: Apprise understands no such URL" in answer.receipt["refused"]


class TestSecrecy:
    @pytest.mark.parametrize("path", ["ok", "500", "401"])
    def test_no_secret_is_told_or_logged(
        self, server: LoopbackServer, path: str, caplog: pytest.LogCaptureFixture, capfd: Any
    ) -> None:
        with caplog.at_level(logging.NOTSET):
            through = channel(
                f"json://x:${{TOKEN}}@127.0.0.1:{server.port}/{path}/${{TOKEN}}?x=${{TOKEN}}"
            )
            answer = sent(through)
        out, err = capfd.readouterr()
        assert SECRET in server.heard[0].path
        assert SECRET not in f"{answer!r} {through!r} {vars(through)!r} {caplog.text} {out} {err}"

    def test_a_url_that_is_not_understood_is_not_told_or_logged(
        self, caplog: pytest.LogCaptureFixture, capfd: Any
    ) -> None:
        with caplog.at_level(logging.NOTSET):
            answer = sent(channel("no-such://${TOKEN}/", "${TOKEN}"))
        out, err = capfd.readouterr()
        assert isinstance(answer, Never)
        assert SECRET not in f"{answer!r} {caplog.text} {out} {err}"

    def test_a_url_that_is_no_reference_is_not_shown_either(self) -> None:
        config = AppriseConfig.model_validate({"url": f"json://x:{SECRET}@127.0.0.1/"})
        assert SECRET not in repr(config)
        with pytest.raises(ValidationError) as caught:
            AppriseConfig.model_validate({"url": [f"json://{SECRET}"]})
        assert SECRET not in str(caught.value)

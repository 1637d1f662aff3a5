"""The channel `email` against real mail servers."""

import logging
import time
from collections.abc import Iterator
from email import message_from_bytes
from email.header import decode_header, make_header
from email.utils import parseaddr
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from application.actions import ActionFailedError, Surroundings
from application.channels import Answer, Delivered, Message, Never, Recipient, TryLater
from infrastructure.channels.email import EmailChannel
from infrastructure.channels.mail.settings import EmailConfig
from infrastructure.secrets import EnvironmentSecrets
from tests.support.action_contract import SECRET
from tests.support.loopback_server import Certified, behaving, certified
from tests.support.messages import ANA, BO, INCIDENT, a_content, a_digest, a_message
from tests.support.smtp_server import (
    Door,
    Received,
    dripping,
    hanging,
    saying,
    taking_mail,
)
from tests.support.surroundings import NobodyThere

LOGIN = {"username": "tocsin", "password": "${MAIL_PASSWORD}"}
SHORT = 0.6
PROMPT = 3.0


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certified:
    return certified(tmp_path_factory.mktemp("certificate"), "localhost", "127.0.0.1")


def channel(port: int, secret: str = SECRET, **config: Any) -> EmailChannel:
    written = {"host": "127.0.0.1", "port": port, "tls": "none", "from": "tocsin@example.com"}
    surroundings = Surroundings(EnvironmentSecrets({"MAIL_PASSWORD": secret}), NobodyThere())
    return EmailChannel(EmailConfig.model_validate({**written, **config}), surroundings)


def sent(through: EmailChannel, message: Message) -> Answer:
    """Send as whoever uses a channel does: an error is an answer, too."""
    try:
        return through.send(message)
    except ActionFailedError as error:
        return TryLater(str(error)) if error.passing else Never(str(error))


def why(answer: Answer) -> str:
    assert not isinstance(answer, Delivered)
    return answer.why


class TestThatMailArrives:
    def test_it_arrives_with_all_it_should_say(self) -> None:
        with taking_mail() as box:
            answer = channel(box.port).send(a_message())
        assert answer == Delivered({"message_id": "<DLV-1f0c9a@example.com>"})
        (received,) = box.received
        mail = received.mail
        assert (received.sender, received.recipients) == (
            "tocsin@example.com",
            ("ana@example.com",),
        )
        assert mail["Subject"] == f"[P1] Secret in output ({INCIDENT})"
        assert mail["To"] == "Ana Ruiz <ana@example.com>"
        assert mail["X-Tocsin-Incident"] == INCIDENT
        assert mail["Date"].datetime.tzinfo is not None
        assert f"tocsin ack {INCIDENT}" in received.part("plain")
        assert f"tocsin ack {INCIDENT}" in received.part("html")
        assert received.source.isascii()

    def test_everybody_gets_a_copy_of_their_own_in_one_conversation(self) -> None:
        with taking_mail() as box:
            answer = channel(box.port).send(a_message(recipients=(ANA, BO, ANA)))
        assert isinstance(answer, Delivered)
        assert [each.recipients for each in box.received] == [
            ("ana@example.com",), ("bo@example.com",)
        ]  # fmt: skip
        assert len(box.sessions) == 1
        assert len({each.mail["Message-ID"] for each in box.received}) == 1
        assert b"ana@" not in box.received[1].source
        assert "on call for payments" in box.received[0].part("plain")

    def test_a_bare_address_is_a_recipient(self) -> None:
        with taking_mail() as box:
            channel(box.port).send(a_message(recipients=(Recipient(address="ops@example.com"),)))
        assert box.received[0].recipients == ("ops@example.com",)

    def test_later_mail_belongs_to_the_first(self) -> None:
        first, later = a_message(begins="DLV-1f0c9a"), a_message(id="DLV-2", begins="DLV-1f0c9a")
        with taking_mail() as box:
            through = channel(box.port, domain="alerts.example.org")
            through.send(first)
            through.send(later)
        mails = [each.mail for each in box.received]
        assert mails[0]["Message-ID"] == "<DLV-1f0c9a@alerts.example.org>"
        assert mails[0]["References"] is None
        assert mails[1]["In-Reply-To"] == mails[1]["References"] == mails[0]["Message-ID"]

    def test_every_try_has_the_same_id(self) -> None:
        with taking_mail() as box:
            for _ in range(2):
                channel(box.port).send(a_message())
        assert len({each.mail["Message-ID"] for each in box.received}) == 1

    def test_many_incidents_come_in_one_mail(self) -> None:
        with taking_mail() as box:
            channel(box.port).send(a_message(a_digest()))
        text = box.received[0].part("plain")
        assert box.received[0].mail["Subject"] == "Daily digest: 1,201 incidents (1 P0, 1,200 P2)"
        assert "P2: 1,200 incidents" in text
        assert "1,198 more are on the board." in text


class TestPrivacy:
    @pytest.fixture(params=["starttls", "tls"])
    def tls(self, request: pytest.FixtureRequest) -> str:
        assert isinstance(request.param, str)
        return request.param

    @pytest.fixture
    def arrived(self, certificate: Certified, tls: str) -> Iterator[list[Received]]:
        door = Door(certificate.context, tls == "tls", {"tocsin": SECRET})
        with taking_mail(door) as box:
            through = channel(box.port, tls=tls, authorities=certificate.authority, **LOGIN)
            assert isinstance(through.send(a_message()), Delivered)
            yield box.received

    def test_it_logs_in_over_tls(self, arrived: list[Received]) -> None:
        assert [(each.login, each.private) for each in arrived] == [("tocsin", True)]

    def test_a_certificate_that_nobody_vouches_for_is_not_trusted(
        self, certificate: Certified, tls: str
    ) -> None:
        with taking_mail(Door(certificate.context, tls == "tls")) as box:
            answer = sent(channel(box.port, tls=tls), a_message())
        assert isinstance(answer, Never)
        assert "certificate" in answer.why
        assert "authorities" in answer.why

    def test_a_certificate_for_another_name_is_not_trusted(self, tmp_path: Path, tls: str) -> None:
        other = certified(tmp_path, "mx.example.com")
        with taking_mail(Door(other.context, tls == "tls")) as box:
            answer = sent(channel(box.port, tls=tls, authorities=other.authority), a_message())
        assert isinstance(answer, Never)
        assert "write in `host`" in answer.why

    def test_authorities_that_cannot_be_read_are_said_so(self, tmp_path: Path) -> None:
        with taking_mail() as box:
            answer = sent(channel(box.port, authorities=tmp_path / "none.pem"), a_message())
        assert isinstance(answer, Never)
        assert "none.pem cannot be read: No such file" in answer.why

    def test_nothing_is_sent_to_a_server_without_starttls(self) -> None:
        with saying({}) as server:
            answer = sent(channel(server.port, tls="starttls", **LOGIN), a_message())
        assert isinstance(answer, Never)
        assert "STARTTLS" in answer.why
        assert [line.split()[0].upper() for line in server.heard] == ["EHLO"]

    @pytest.mark.parametrize(("reply", "kind"), [("454 later", TryLater), ("501 no", Never)])
    def test_a_server_may_fail_to_start_tls(
        self, certificate: Certified, reply: str, kind: type[Answer]
    ) -> None:
        with saying({"STARTTLS": reply}, tls=certificate.context) as server:
            answer = sent(channel(server.port, tls="starttls"), a_message())
        assert isinstance(answer, kind)

    def test_a_server_that_speaks_no_tls_may_do_so_later(self) -> None:
        with saying({}) as server:
            answer = sent(channel(server.port, tls="tls"), a_message())
        assert isinstance(answer, TryLater)
        assert "`tls`" in answer.why

    def test_what_was_said_before_tls_does_not_count(self, certificate: Certified) -> None:
        # A man in the middle could slip replies in before the handshake.
        smuggled = "220 go on\r\n250-mx\r\n250 AUTH PLAIN"
        with saying({"STARTTLS": smuggled}, tls=certificate.context) as server:
            through = channel(
                server.port, tls="starttls", authorities=certificate.authority, **LOGIN
            )
            answer = sent(through, a_message())
        assert isinstance(answer, Never)
        assert not any(line.startswith("AUTH") for line in server.heard)


class TestLoggingIn:
    @pytest.mark.parametrize(
        ("reply", "kind"),
        [("535 5.7.8", Never), ("530 5.7.0", Never), ("534 5.7.9", Never), ("454 4.7.0", TryLater),
         ("421 4.3.2", TryLater)],
    )  # fmt: skip
    def test_a_refusal_gives_the_code_and_never_what_was_said(
        self, certificate: Certified, reply: str, kind: type[Answer], caplog: Any
    ) -> None:
        script = {"EHLO-TLS": "250-mx\r\n250 AUTH PLAIN", "AUTH": f"{reply} not {SECRET}"}
        with (
            saying(script, tls=certificate.context) as server,
            caplog.at_level(logging.DEBUG),
        ):
            through = channel(
                server.port, tls="starttls", authorities=certificate.authority, **LOGIN
            )
            answer = sent(through, a_message())
        assert isinstance(answer, kind)
        assert reply in why(answer)
        assert "not" not in why(answer).partition(reply)[2]
        assert SECRET not in f"{answer!r} {through!r} {vars(through)!r} {caplog.text}"

    @pytest.mark.parametrize("password", ["pässwörd-ünïcode", "plain-password"])
    @pytest.mark.parametrize("wrong", [False, True])
    def test_passwords_of_every_script_work(
        self, certificate: Certified, password: str, wrong: bool
    ) -> None:
        users = {"tocsin": "another" if wrong else password}
        with taking_mail(Door(certificate.context, users=users)) as box:
            through = channel(
                box.port, password, tls="starttls", authorities=certificate.authority, **LOGIN
            )
            answer = sent(through, a_message())
        assert isinstance(answer, Never if wrong else Delivered)

    def test_a_server_may_know_only_the_older_way(self, certificate: Certified) -> None:
        script = {"EHLO-TLS": "250-mx\r\n250 AUTH LOGIN", "AUTH": "334 VXNlcm5hbWU6",
                  "dG9jc2lu".upper(): "334 UGFzc3dvcmQ6", "cHc=".upper(): "235 in"}  # fmt: skip
        with saying(script, tls=certificate.context) as server:
            through = channel(
                server.port, "pw", tls="starttls", authorities=certificate.authority, **LOGIN
            )
            assert isinstance(sent(through, a_message()), Delivered)

    def test_a_server_may_know_no_way_at_all(self, certificate: Certified) -> None:
        with saying({"EHLO-TLS": "250-mx\r\n250 AUTH GSSAPI"}, tls=certificate.context) as server:
            through = channel(
                server.port, tls="starttls", authorities=certificate.authority, **LOGIN
            )
            answer = sent(through, a_message())
        assert isinstance(answer, Never)
        assert "AUTH PLAIN" in answer.why

    def test_an_unknown_secret_is_named(self, certificate: Certified) -> None:
        with taking_mail(Door(certificate.context)) as box:
            login = {"username": "tocsin", "password": "${NO_SUCH}"}
            through = channel(box.port, tls="starttls", authorities=certificate.authority, **login)
            answer = sent(through, a_message())
        assert isinstance(answer, Never)
        assert "NO_SUCH" in answer.why

    def test_a_password_never_goes_in_the_clear_nor_stands_in_the_configuration(self) -> None:
        with pytest.raises(ValidationError, match="in the clear"):
            channel(25, **LOGIN)
        with pytest.raises(ValidationError, match=r"\$\{NAME\}") as caught:
            channel(25, tls="tls", username="tocsin", password=SECRET)
        assert SECRET not in str(caught.value)
        with pytest.raises(ValidationError, match="both or not at all"):
            channel(25, tls="tls", username="tocsin")


class TestReplies:
    @pytest.mark.parametrize("step", ["MAIL", "RCPT", "DATA", "."])
    @pytest.mark.parametrize(
        ("reply", "kind"),
        [("421 4.3.2 going down", TryLater), ("450 4.2.1 busy", TryLater),
         ("451 4.7.1 greylisted", TryLater), ("452 4.2.2 full", TryLater),
         ("550 5.1.1 no such user", Never), ("552 5.3.4 too large", Never),
         ("553 5.1.3 bad name", Never), ("554 5.7.1 spam", Never), ("junk", TryLater)],
    )  # fmt: skip
    def test_every_reply_at_every_step(self, step: str, reply: str, kind: type[Answer]) -> None:
        with saying({step: reply}) as server:
            answer = sent(channel(server.port), a_message())
        assert isinstance(answer, kind)
        assert ("what is no reply" if reply == "junk" else reply) in why(answer)

    @pytest.mark.parametrize("step", ["", "EHLO", "MAIL", "RCPT", "DATA", "."])
    def test_a_server_that_closes_at_any_step_is_tried_again(self, step: str) -> None:
        with saying({step: None, "HELO": None}) as server:
            answer = sent(channel(server.port), a_message())
        assert isinstance(answer, TryLater)
        assert "closed the connection" in answer.why

    @pytest.mark.parametrize(
        ("greeting", "kind"),
        [("421 too busy", TryLater), ("554 no mail here", Never), ("HTTP/1.1 400 no", TryLater),
         ("\x00\xff\x16\x03", TryLater), ("220" + "x" * 9000, TryLater)],
    )  # fmt: skip
    def test_greetings(self, greeting: str, kind: type[Answer]) -> None:
        with saying({"": greeting}) as server:
            answer = sent(channel(server.port), a_message())
        assert isinstance(answer, kind)

    def test_what_a_server_says_is_one_harmless_line_without_secrets(
        self, certificate: Certified
    ) -> None:
        script = {"EHLO-TLS": "250-mx\r\n250 AUTH PLAIN", "AUTH": "235 in",
                  "RCPT": f"550-\x1b[31m{SECRET}\r\n550 {'y' * 5000}"}  # fmt: skip
        with saying(script, tls=certificate.context) as server:
            through = channel(
                server.port, tls="starttls", authorities=certificate.authority, **LOGIN
            )
            answer = sent(through, a_message())
        assert SECRET not in why(answer)
        assert why(answer).isprintable()
        assert len(why(answer)) < 300

    def test_nobody_listens(self) -> None:
        with behaving(lambda _: None) as server:
            port = server.port
        answer = sent(channel(port), a_message())
        assert isinstance(answer, TryLater)
        assert "refused" in answer.why

    def test_an_unknown_host(self) -> None:
        answer = sent(channel(25, host="no-such-host.invalid"), a_message())
        assert isinstance(answer, TryLater)
        assert "no-such-host.invalid" in answer.why


class TestTime:
    def slow(self, port: int, **config: Any) -> Answer:
        begun = time.monotonic()
        answer = sent(channel(port, **config), a_message(seconds=SHORT))
        assert time.monotonic() - begun < PROMPT
        assert isinstance(answer, TryLater)
        assert "did not finish within 0.6 s" in answer.why
        return answer

    @pytest.mark.parametrize("after", ["", "220 mx\r\n", "220-mx\r\n"])
    @pytest.mark.parametrize("tls", ["none", "starttls", "tls"])
    def test_a_server_that_hangs_is_left(self, after: str, tls: str) -> None:
        with hanging("" if tls == "tls" else after) as server:
            self.slow(server.port, tls=tls)

    def test_a_server_that_drips_is_left(self) -> None:
        with dripping(b"2", 0.05) as server:
            self.slow(server.port)
        with dripping(b"220-still there\r\n", 0.05) as server:
            self.slow(server.port)

    def test_a_server_that_never_stops_talking_fills_no_memory(self) -> None:
        with dripping(b"220-and so on\r\n" * 4000, 0) as server:
            begun = time.monotonic()
            answer = sent(channel(server.port), a_message(seconds=30.0))
        assert isinstance(answer, TryLater)
        assert time.monotonic() - begun < PROMPT

    def test_without_time_nothing_is_sent(self) -> None:
        with taking_mail() as box:
            answer = sent(channel(box.port), a_message(seconds=0.0))
        assert isinstance(answer, TryLater)
        assert not box.received

    def test_a_server_that_says_no_goodbye_does_not_hold_what_it_took(self) -> None:
        with saying({"QUIT": ""}) as server:
            begun = time.monotonic()
            answer = sent(channel(server.port), a_message(seconds=30.0))
        assert isinstance(answer, Delivered)
        assert time.monotonic() - begun < PROMPT


class TestHalfASuccess:
    def test_who_is_refused_keeps_it_from_nobody(self) -> None:
        with taking_mail(refusing={"ana@example.com": "550 5.1.1 gone"}) as box:
            answer = channel(box.port).send(a_message(recipients=(ANA, BO)))
        assert isinstance(answer, Delivered)
        assert [each.recipients for each in box.received] == [("bo@example.com",)]
        assert "ana@example.com" in answer.receipt["refused"]
        assert "550 5.1.1 gone" in answer.receipt["refused"]

    def test_all_refused(self) -> None:
        refusing = {"ana@example.com": "550 gone", "bo@example.com": "551 moved"}
        with taking_mail(refusing=refusing) as box:
            answer = channel(box.port).send(a_message(recipients=(ANA, BO)))
        assert isinstance(answer, Never)
        assert "550 gone" in answer.why
        assert "551 moved" in answer.why

    def test_another_try_tells_nobody_twice(self) -> None:
        message = a_message(id="DLV-half", recipients=(ANA, BO))
        with taking_mail(refusing={"bo@example.com": "451 greylisted"}) as box:
            answer = channel(box.port).send(message)
            assert isinstance(answer, TryLater)
            assert "451 greylisted" in answer.why
            assert "1 of 2" in answer.why
            box.refusing = {}
            # Another channel object: whoever sends may make one for every message.
            assert isinstance(channel(box.port).send(message), Delivered)
        assert [each.recipients for each in box.received] == [
            ("ana@example.com",), ("bo@example.com",)
        ]  # fmt: skip

    def test_a_connection_lost_half_way_is_taken_up_where_it_broke(self) -> None:
        message = a_message(id="DLV-lost", recipients=(ANA, BO))
        refusing = {"bo@example.com": "421 going down"}
        with taking_mail(refusing=refusing) as box:
            assert isinstance(channel(box.port).send(message), TryLater)
            box.refusing = {}
            assert isinstance(channel(box.port).send(message), Delivered)
        assert len(box.received) == 2


class TestRecipients:
    def test_nobody(self) -> None:
        answer = channel(25).send(a_message(recipients=()))
        assert isinstance(answer, Never)
        assert "no recipient" in answer.why

    @pytest.mark.parametrize(
        "address",
        ["", "ops", "a@b\r\nRCPT TO:<c@d>", "a b@c.d", "<a@b>", "ü@example.com", "a@\ud800.com",
         "a@b@c", "@example.com", "a@", "a\x00@b.c", "a@-b.c", "x" * 65 + "@example.com"],
    )  # fmt: skip
    def test_what_is_no_address_reaches_no_server(self, address: str) -> None:
        answer = channel(25).send(a_message(recipients=(Recipient(name="x", address=address),)))
        assert isinstance(answer, Never)
        assert "address" in answer.why

    def test_a_domain_of_any_script_is_reached(self) -> None:
        with taking_mail() as box:
            somebody = Recipient(email="ana@bücher.example")
            channel(box.port).send(a_message(recipients=(somebody,)))
        assert box.received[0].recipients == ("ana@xn--bcher-kva.example",)

    def test_who_has_no_address_keeps_it_from_nobody(self) -> None:
        with taking_mail() as box:
            answer = channel(box.port).send(a_message(recipients=(Recipient(name="cy"), BO)))
        assert isinstance(answer, Delivered)
        assert "cy" in answer.receipt["refused"]


def test_the_names_of_senders_survive() -> None:
    names = [
        "Tocsin",
        "Wächter der Nacht",
        "Tocsin (Prod)",
        "監視システム" * 10,
        "é" * 60,
        "T. O'Csin",
        "A, B; C: D",
        "=?utf-8?q?a?=",
    ]
    with taking_mail() as box:
        for name in names:
            channel(box.port, **{"from": f"{name} <t@example.com>"}).send(a_message())
    # The older way of reading: the newer one puts blanks between encoded words.
    written = [parseaddr(message_from_bytes(each.source)["From"]) for each in box.received]
    assert [(str(make_header(decode_header(name))), address) for name, address in written] == [
        (name, "t@example.com") for name in names
    ]


def test_urgent_mail_says_so_until_it_is_over() -> None:
    with taking_mail() as box:
        for occasion in ("detected", "resolved"):
            channel(box.port, reply_to="team@example.com").send(a_message(a_content(occasion)))
    mails = [each.mail for each in box.received]
    assert [mail["Importance"] for mail in mails] == ["high", None]
    assert mails[0]["Reply-To"] == "team@example.com"
    assert mails[0]["Auto-Submitted"] == "auto-generated"

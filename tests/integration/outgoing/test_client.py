"""The guarded client against real servers: what arrives, what does not, and how long it takes."""

import gzip
import logging
import socket
import time
from collections.abc import Callable, Sequence
from ipaddress import ip_address
from pathlib import Path

import pytest

from application.actions import HttpRequest, NoAnswerError, UnreachableError
from infrastructure.outgoing.addresses import Address
from infrastructure.outgoing.client import GuardedHttp
from infrastructure.outgoing.names import resolve
from infrastructure.outgoing.refusals import RefusedError, RefusedRedirectError
from tests.support.loopback_server import (
    LOOPBACK,
    Heard,
    Reply,
    after_the_request,
    answering,
    behaving,
    certified,
)

SECRET = "hunter22"


def client(limit: int = 1024 * 1024) -> GuardedHttp:
    return GuardedHttp(LOOPBACK, limit=limit)


def meaning(*addresses: str) -> Callable[[str], Sequence[Address]]:
    return lambda _: [ip_address(address) for address in addresses]


def get(url: str, *, timeout: float = 10, redirects: int = 0) -> HttpRequest:
    headers = {"Authorization": f"Bearer {SECRET}"}
    return HttpRequest("GET", f"{url}/path?key={SECRET}", headers, b"", timeout, redirects)


def seconds_of(call: Callable[[], object]) -> float:
    begun = time.monotonic()
    call()
    return time.monotonic() - begun


class TestARequest:
    def test_arrives_as_it_was_given(self) -> None:
        with answering(lambda _: Reply(201, b"made", {"X-A": "1"})) as server:
            answer = client().send(
                HttpRequest("POST", f"{server.url}/a?b=c", {"X-Name": "ä"}, b"\x00body")
            )
        assert (answer.status, answer.body, answer.headers["x-a"]) == (201, b"made", "1")
        (heard,) = server.heard
        assert (heard.method, heard.path, heard.body) == ("POST", "/a?b=c", b"\x00body")
        assert heard.headers["host"] == f"127.0.0.1:{server.port}"
        assert heard.headers["x-name"].encode("latin-1") == "ä".encode()
        assert heard.headers["accept-encoding"] == "identity"

    def test_without_a_body_says_so(self) -> None:
        with answering(lambda _: Reply(204)) as server:
            for method in ("POST", "DELETE", "GET"):
                client().send(HttpRequest(method, server.url))
        assert [each.headers.get("content-length") for each in server.heard] == ["0", None, None]

    @pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
    def test_goes_to_either_kind_of_address(self, host: str) -> None:
        with answering(lambda _: Reply(body=b"x"), host=host) as server:
            assert client().send(get(server.url)).body == b"x"

    def test_asks_no_proxy(self, monkeypatch: pytest.MonkeyPatch) -> None:
        for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "all_proxy"):
            monkeypatch.setenv(name, "http://127.0.0.1:1/")
        with answering(lambda _: Reply(204)) as server:
            assert client().send(get(server.url)).status == 204

    def test_is_sent_once_whatever_happens(self) -> None:
        with behaving(after_the_request(lambda _: None)) as server:
            with pytest.raises(NoAnswerError):
                client().send(get(server.url))
            assert server.connections == 1

    def test_that_is_cut_short_by_an_answer_has_that_answer(self) -> None:
        def refuse(connection: socket.socket) -> None:
            connection.recv(1000)
            connection.sendall(b"HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n")
            connection.shutdown(socket.SHUT_WR)
            while connection.recv(65536):
                pass

        with behaving(refuse) as server:
            big = HttpRequest("POST", server.url, {}, b"x" * 3_000_000)
            assert client().send(big).status == 413


class TestAHost:
    def test_that_is_private_is_not_connected_to(self) -> None:
        with behaving(lambda _: None, hosts=("127.0.0.1", "::1")) as server:
            for host in ("127.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "localhost", "0x7f.1", "127.1",
                         "2130706433", "0"):  # fmt: skip
                with pytest.raises(RefusedError):
                    GuardedHttp().send(get(f"http://{host}:{server.port}"))
            assert server.connections == 0

    @pytest.mark.parametrize("address", ["169.254.169.254", "[fd00:ec2::254]", "[::]", "0.0.0.0"])
    def test_of_a_cloud_is_refused_before_anything_is_sent(self, address: str) -> None:
        with pytest.raises(RefusedError, match="the configuration can allow a network"):
            client().send(get(f"http://{address}"))

    def test_whose_name_means_a_private_address_is_refused(self) -> None:
        with behaving(lambda _: None) as server:
            guarded = GuardedHttp(resolving=meaning("127.0.0.1", "10.0.0.1"))
            with pytest.raises(RefusedError, match="is not allowed: its address is loopback"):
                guarded.send(get(f"http://good.example:{server.port}"))
            assert server.connections == 0

    def test_is_looked_up_once_so_its_name_cannot_change_its_meaning(self) -> None:
        asked: list[str] = []

        def rebinding(host: str) -> Sequence[Address]:
            asked.append(host)
            return [ip_address("127.0.0.1" if len(asked) == 1 else "127.0.0.2")]

        with answering(lambda _: Reply(body=b"x")) as server:
            guarded = GuardedHttp(LOOPBACK[:1], resolving=rebinding)
            answer = guarded.send(get(f"http://good.example:{server.port}"))
        assert (answer.body, asked) == (b"x", ["good.example"])
        assert server.heard[0].headers["host"] == f"good.example:{server.port}"

    def test_is_asked_at_its_next_address_when_the_first_is_silent(self) -> None:
        with answering(lambda _: Reply(body=b"x")) as server:
            guarded = GuardedHttp(LOOPBACK, resolving=meaning("127.0.0.9", "127.0.0.1"))
            assert guarded.send(get(f"http://good.example:{server.port}")).body == b"x"

    def test_that_answers_late_at_its_first_address_still_has_all_the_time(self) -> None:
        def late(_: Heard) -> Reply:
            time.sleep(0.8)
            return Reply(body=b"x")

        with answering(late) as server:
            guarded = GuardedHttp(LOOPBACK, resolving=meaning("127.0.0.1", "127.0.0.2"))
            asked = get(f"http://good.example:{server.port}", timeout=1.5)
            assert guarded.send(asked).body == b"x"

    def test_with_one_private_and_one_allowed_address_is_asked_at_that_one(self) -> None:
        with answering(lambda _: Reply(body=b"x")) as server:
            guarded = GuardedHttp(LOOPBACK, resolving=meaning("10.0.0.1", "127.0.0.1"))
            assert guarded.send(get(f"http://good.example:{server.port}")).body == b"x"

    def test_where_nobody_listens_is_unreachable(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
        with pytest.raises(UnreachableError, match=f"http://127.0.0.1:{port}: Connection refused"):
            client().send(get(f"http://127.0.0.1:{port}"))

    def test_that_is_unknown_is_unreachable(self) -> None:
        with pytest.raises(UnreachableError, match=r"https://nowhere\.invalid:443: the host is"):
            GuardedHttp(resolving=_unknown).send(get("https://nowhere.invalid"))

    def test_that_has_no_address_is_unreachable(self) -> None:
        with pytest.raises(UnreachableError, match="the host has no address"):
            GuardedHttp(resolving=meaning()).send(get("https://nowhere.invalid"))

    def test_that_takes_too_long_to_look_up_is_unreachable(self) -> None:
        def slow(_: str) -> Sequence[Address]:
            time.sleep(3)
            return []

        def ask() -> None:
            with pytest.raises(UnreachableError, match="looking up the host took too long"):
                GuardedHttp(resolving=slow).send(get("https://slow.example", timeout=0.2))

        assert seconds_of(ask) < 2

    def test_is_looked_up_by_the_system(self) -> None:
        assert ip_address("127.0.0.1") in resolve("localhost")


def _unknown(_: str) -> Sequence[Address]:
    raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")


def say(*pieces: bytes, pause: float = 0) -> Callable[[socket.socket], None]:
    def speak(connection: socket.socket) -> None:
        for piece in pieces:
            connection.sendall(piece)
            time.sleep(pause)

    return after_the_request(speak)


class TestAnAnswer:
    @pytest.mark.parametrize("status", [200, 201, 202, 204, 301, 400, 401, 404, 409, 429, 500, 503])
    def test_is_given_whatever_its_status(self, status: int) -> None:
        with answering(lambda _: Reply(status, headers={"Retry-After": "7"})) as server:
            answer = client().send(get(server.url))
        assert (answer.status, answer.headers["retry-after"]) == (status, "7")

    @pytest.mark.parametrize(
        "pieces",
        [
            [],
            [b"HTTP/1.1 200 OK"],
            [b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"],
            [b"HTTP/1.1 200 OK\r\nContent-Le"],
            [b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n", b"half"],
            [b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"4\r\nhalf\r\n"],
            [b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"zz\r\n"],
            [b"SSH-2.0-OpenSSH_9.6\r\n"],
            [b"\x00\x01\x02\xff" * 100],
            [b"HTTP/1.1 999999 What\r\n\r\n"],
            [b"HTTP/1.1 abc What\r\n\r\n"],
            [b"HTTP/1.1 103 Early Hints\r\n\r\n"],
            [b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n"],
            [b"HTTP/1.1 200 OK\r\nno field\r\nContent-Length: 4\r\n\r\nhalf"],
            [b"HTTP/1.1 200 OK\r\n", b"X: y\r\n" * 200, b"\r\n"],
            [b"HTTP/1.1 200 OK\r\nX: ", b"y" * 70_000, b"\r\n\r\n"],
        ],
    )
    def test_that_is_cut_off_or_junk_is_none(self, pieces: list[bytes]) -> None:
        with behaving(say(*pieces)) as server, pytest.raises(NoAnswerError, match="gave no whole"):
            client().send(get(server.url))

    @pytest.mark.parametrize(
        "head", [b"HTTP/1.0 200 OK\r\n\r\n", b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"]
    )
    def test_may_end_with_its_connection(self, head: bytes) -> None:
        with behaving(say(head, b"whole")) as server:
            assert client().send(get(server.url)).body == b"whole"

    def test_may_come_in_chunks(self) -> None:
        head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
        with behaving(say(head, b"3\r\nwho\r\n", b"2\r\nle\r\n0\r\n\r\n")) as server:
            assert client().send(get(server.url)).body == b"whole"

    def test_may_follow_a_hundred_continue(self) -> None:
        with behaving(
            say(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        ) as server:
            assert client().send(get(server.url)).status == 200

    def test_is_read_only_up_to_the_limit(self) -> None:
        with answering(lambda _: Reply(body=b"x" * 10_000_000)) as server:
            assert len(client(limit=1000).send(get(server.url)).body) == 1000

    def test_is_never_unpacked(self) -> None:
        bomb = gzip.compress(b"\x00" * 50_000_000)
        with answering(lambda _: Reply(body=bomb, headers={"Content-Encoding": "gzip"})) as server:
            answer = client().send(get(server.url))
        assert answer.body == bomb
        assert answer.headers["content-encoding"] == "gzip"

    def test_of_fields_that_repeat_holds_them_all(self) -> None:
        with behaving(say(b"HTTP/1.1 204 X\r\nA: 1\r\na: 2\r\n\r\n")) as server:
            assert client().send(get(server.url)).headers["a"] == "1, 2"


def dripping(pieces: list[bytes]) -> Callable[[socket.socket], None]:
    """Say something every tenth of a second, and then nothing for longer than anybody waits."""

    def drip(connection: socket.socket) -> None:
        for piece in pieces:
            connection.sendall(piece)
            time.sleep(0.1)
        time.sleep(3)

    return after_the_request(drip)


class TestTheTimeout:
    @pytest.mark.parametrize(
        "pieces",
        [
            [],
            [b"HTTP/1.1 200 OK\r\n"],
            [b"HTTP/1.1 200 OK\r\nX: ", *[b"y"] * 50],
            [b"HTTP/1.1 200 OK\r\n\r\n", *[b"y"] * 50],
            [b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n", *[b"y"] * 50],
            [b"HTTP/1.1 100 Continue\r\n\r\n"] * 50,
        ],
    )
    def test_is_for_everything_together(self, pieces: list[bytes]) -> None:
        def ask() -> None:
            with pytest.raises(NoAnswerError, match=r"no whole answer within 0\.5 s"):
                client().send(get(server.url, timeout=0.5))

        with behaving(dripping(pieces)) as server:
            assert 0.4 < seconds_of(ask) < 2

    def test_is_for_a_server_that_does_not_read(self) -> None:
        def ask() -> None:
            with pytest.raises(NoAnswerError, match=r"within 0\.5 s"):
                client().send(HttpRequest("POST", server.url, {}, b"x" * 30_000_000, 0.5))

        with behaving(lambda _: time.sleep(3)) as server:
            assert seconds_of(ask) < 2

    def test_is_for_a_handshake_that_drips(self) -> None:
        def drip(connection: socket.socket) -> None:
            connection.recv(65536)
            for byte in b"\x16\x03\x03\x40\x00" + b"\x00" * 50:
                connection.sendall(bytes([byte]))
                time.sleep(0.1)

        def ask() -> None:
            with pytest.raises(UnreachableError):
                client().send(get(f"https://127.0.0.1:{server.port}", timeout=0.5))

        with behaving(drip) as server:
            assert seconds_of(ask) < 2

    def test_is_for_all_hops_of_a_redirect(self) -> None:
        def slowly(heard: Heard) -> Reply:
            time.sleep(0.2)
            return Reply(302, headers={"Location": f"{heard.path}x"})

        def ask() -> None:
            with pytest.raises(NoAnswerError):
                client().send(get(server.url, timeout=0.5, redirects=10))

        with answering(slowly) as server:
            assert seconds_of(ask) < 2

    @pytest.mark.parametrize("timeout", [0.0, -1.0])
    def test_that_is_over_lets_nothing_out(self, timeout: float) -> None:
        with behaving(lambda _: None) as server:
            with pytest.raises(UnreachableError, match="no time left"):
                client().send(get(server.url, timeout=timeout))
            assert server.connections == 0


class TestARedirect:
    def test_is_not_followed_unless_it_is_asked_for(self) -> None:
        with answering(lambda _: Reply(302, headers={"Location": "/there"})) as server:
            answer = client().send(get(server.url))
        assert (answer.status, len(server.heard)) == (302, 1)

    def test_is_followed_as_often_as_is_asked_for(self) -> None:
        with answering(lambda heard: Reply(302, headers={"Location": heard.path + "x"})) as server:
            answer = client().send(get(server.url, redirects=3))
        assert (answer.status, len(server.heard)) == (302, 4)

    @pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
    @pytest.mark.parametrize(
        "location",
        ["http://10.0.0.1/", "http://169.254.169.254/latest/meta-data/", "//[fd00:ec2::254]/",
         "http://0x7f.1/", "http://[::ffff:10.0.0.1]/", "file:///etc/passwd", "http://u@127.0.0.1/"],
    )  # fmt: skip
    def test_into_a_private_network_is_refused(self, status: int, location: str) -> None:
        with (
            answering(lambda _: Reply(status, headers={"Location": location})) as server,
            pytest.raises(RefusedRedirectError, match="redirects, but"),
        ):
            client().send(get(server.url, redirects=5))

    def test_to_a_name_that_is_private_is_refused(self) -> None:
        places = {"a.example": "127.0.0.1", "b.example": "192.168.0.1"}
        guarded = GuardedHttp(LOOPBACK, resolving=lambda host: [ip_address(places[host])])
        with (
            answering(lambda _: Reply(302, headers={"Location": "http://b.example/"})) as server,
            pytest.raises(RefusedRedirectError, match="its address is private"),
        ):
            guarded.send(get(f"http://a.example:{server.port}", redirects=1))

    def test_to_where_nobody_listens_leaves_the_outcome_open(self) -> None:
        with (
            answering(lambda _: Reply(302, headers={"Location": "http://127.0.0.1:1/"})) as server,
            pytest.raises(NoAnswerError, match=r"redirects, but http://127\.0\.0\.1:1: Conn"),
        ):
            client().send(get(server.url, redirects=1))

    def test_to_another_origin_takes_no_secret_along(self) -> None:
        with (
            answering(lambda _: Reply(body=b"x")) as other,
            answering(lambda _: Reply(302, headers={"Location": f"{other.url}/b"})) as server,
        ):
            assert client().send(get(server.url, redirects=1)).body == b"x"
        assert server.heard[0].headers["authorization"] == f"Bearer {SECRET}"
        assert SECRET not in f"{other.heard}"

    def test_keeps_a_body_only_where_it_should(self) -> None:
        for status, then in ((303, ("GET", b"")), (307, ("POST", b"body"))):
            replies = [Reply(status, headers={"Location": "/there"}), Reply(204)]
            with answering(_in_turn(replies)) as server:
                client().send(HttpRequest("POST", server.url, {}, b"body", redirects=1))
            assert (server.heard[1].method, server.heard[1].body) == then


def _in_turn(replies: list[Reply]) -> Callable[[Heard], Reply]:
    return lambda _: replies.pop(0)


class TestTls:
    def test_is_checked_by_the_name_that_was_asked_for(self, tmp_path: Path) -> None:
        made = certified(tmp_path, "good.example")
        guarded = GuardedHttp(LOOPBACK, authorities=made.authority, resolving=meaning("127.0.0.1"))
        with answering(lambda _: Reply(body=b"x"), tls=made.context) as server:
            good, bad = (f"https://{name}.example:{server.port}" for name in ("good", "bad"))
            assert guarded.send(get(good)).body == b"x"
            with pytest.raises(UnreachableError, match="certificate is not accepted: Hostname mis"):
                guarded.send(get(bad))
            with pytest.raises(UnreachableError, match="IP address mismatch"):
                guarded.send(get(server.url))
        assert len(server.heard) == 1

    def test_may_be_for_an_address(self, tmp_path: Path) -> None:
        made = certified(tmp_path, "127.0.0.1")
        with answering(lambda _: Reply(body=b"x"), tls=made.context) as server:
            assert GuardedHttp(LOOPBACK, authorities=made.authority).send(
                get(server.url)
            ).body == b"x"  # fmt: skip

    def test_by_an_unknown_authority_is_refused(self, tmp_path: Path) -> None:
        made = certified(tmp_path, "127.0.0.1")
        with (
            answering(lambda _: Reply(), tls=made.context) as server,
            pytest.raises(UnreachableError, match="certificate is not accepted"),
        ):
            client().send(get(server.url))
        assert server.heard == []

    def test_needs_authorities_that_can_be_read(self, tmp_path: Path) -> None:
        (tmp_path / "junk.pem").write_text("junk")
        for name in ("none.pem", "junk.pem"):
            guarded = GuardedHttp(LOOPBACK, authorities=tmp_path / name)
            with pytest.raises(RefusedError, match=rf"the certificates in .*{name} cannot be read"):
                guarded.send(get("https://127.0.0.1:1"))

    def test_that_is_none_is_unreachable(self) -> None:
        with (
            behaving(say(b"HTTP/1.1 400 Bad Request\r\n\r\n")) as server,
            pytest.raises(UnreachableError, match=r"TLS failed|it took too long"),
        ):
            client().send(get(f"https://127.0.0.1:{server.port}", timeout=1))


class TestSecrets:
    @pytest.mark.parametrize(
        "pieces",
        [
            [b"HTTP/1.1 200 OK\r\nBad header\r\nContent-Length: 9\r\n\r\n"],
            [b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n"],
            [b"junk\r\n\r\n"],
            [],
        ],
    )
    def test_are_in_no_error_and_no_log(
        self, pieces: list[bytes], caplog: pytest.LogCaptureFixture
    ) -> None:
        with caplog.at_level(logging.DEBUG), behaving(say(*pieces)) as server:
            told = _told(get(f"http://127.0.0.1:{server.port}"))
            told += _told(get("http://127.0.0.1:1"))
            told += _told(get(f"http://{SECRET}:{SECRET}@127.0.0.1"))
            told += _told(HttpRequest("GET", server.url, {"X": f"{SECRET}\r\n"}))
        assert SECRET not in told + caplog.text

    def test_are_in_no_log_of_an_answer_that_is_odd_but_whole(
        self, caplog: pytest.LogCaptureFixture
    ) -> None:
        odd = b"HTTP/1.1 200 OK\r\nA: b\r\nFrom x\r\nContent-Length: 5\r\n\r\nwhole"
        with caplog.at_level(logging.DEBUG), behaving(say(odd)) as server:
            assert client().send(get(server.url)).body == b"whole"
        assert SECRET not in caplog.text


def _told(request: HttpRequest) -> str:
    with pytest.raises((UnreachableError, NoAnswerError)) as caught:
        client().send(request)
    assert caught.value.__cause__ is None
    return f"{caught.value!r} {caught.value}"

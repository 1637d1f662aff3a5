"""No spelling of a URL reaches a private address."""

import socket
from collections.abc import Iterator, Sequence
from contextlib import suppress
from ipaddress import IPv4Address, IPv4Network, IPv6Address, ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from application.actions import HttpRequest, UnreachableError
from infrastructure.outgoing.addresses import Address, Network
from infrastructure.outgoing.client import GuardedHttp
from infrastructure.outgoing.names import permitted_addresses
from infrastructure.outgoing.refusals import RefusedError
from infrastructure.outgoing.target import parse_target
from tests.support.loopback_server import RawServer, behaving

PRIVATE = ["10.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16",
           "100.64.0.0/10", "0.0.0.0/8", "224.0.0.0/4", "240.0.0.0/4"]  # fmt: skip
LOOPBACK = IPv4Network("127.0.0.0/8")


def number(draw: st.DrawFn, value: int) -> str:
    return draw(
        st.sampled_from(
            [f"{value}", f"0x{value:x}", f"0X{value:X}", f"0{value:o}", f"0x00{value:x}"]
        )
    )


@st.composite
def inet_aton(draw: st.DrawFn, address: IPv4Address) -> str:
    """Spell an address as the C library's inet_aton reads it: one to four numbers of any base."""
    value, parts = int(address), draw(st.integers(1, 4))
    leading = [value >> 8 * (3 - at) & 255 for at in range(parts - 1)]
    last = value & (1 << 8 * (5 - parts)) - 1
    return ".".join(number(draw, each) for each in [*leading, last])


@st.composite
def ipv6(draw: st.DrawFn, address: IPv4Address) -> str:
    """Carry an IPv4 address in an IPv6 one, spelled short, long or with its dots."""
    value = int(address)
    carried = draw(
        st.sampled_from(
            [
                0xFFFF << 32 | value,
                value,
                0x64FF9B << 96 | value,
                0x2002 << 112 | value << 80,
                0x2600 << 112 | 0x5EFE << 32 | value,
                0x20010000 << 96 | value << 64 | value ^ 0xFFFFFFFF,
            ]
        )
    )
    wide = IPv6Address(carried)
    dotted = f"{wide.exploded[:30]}{IPv4Address(carried & 0xFFFFFFFF)}"
    return f"[{draw(st.sampled_from([str(wide), wide.exploded, wide.exploded.upper(), dotted]))}]"


@st.composite
def disguised(draw: st.DrawFn, host: str) -> str:
    """Write a host in a way that somebody's parser takes for something else."""
    encoded = "".join(f"%{ord(each):02x}" for each in host)
    fullwidth = "".join(chr(ord(each) + 0xFEE0) if each.isdigit() else each for each in host)
    return draw(
        st.sampled_from(
            [host, host, host, f"{host}.", encoded, fullwidth, host.replace(".", "\u3002"),
             f"a@{host}", f"a:b@{host}", f"example.com\\@{host}", f"example.com#@{host}",
             f"{host}#@example.com", f"{host}%00.example.com", f"\t{host}",
             f"{host}\\.example.com", f"/{host}"]
        )
    )  # fmt: skip


def urls(networks: Sequence[str], port: str) -> st.SearchStrategy[str]:
    addresses = st.sampled_from(networks).flatmap(
        lambda network: st.ip_addresses(network=network).map(lambda each: IPv4Address(int(each)))
    )
    hosts = addresses.flatmap(lambda each: st.one_of(inet_aton(each), ipv6(each)))
    return st.builds(
        lambda scheme, host, path: f"{scheme}{host}:{port}{path}",
        st.sampled_from(["http://", "HTTP://", "https://", "http:", "http:/", "http:///", "//"]),
        hosts.flatmap(disguised),
        st.sampled_from(["", "/", "/a?b", "?b", "#c"]),
    )


def by_number(host: str) -> list[Address]:
    """Look a host up as the system does, but in no directory: numbers in every spelling."""
    found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
    return [ip_address(place[0]) for *_, place in found]


@given(urls(PRIVATE, "80"))
def test_a_private_address_is_refused_however_it_is_written(url: str) -> None:
    try:
        origin = parse_target(url).origin
        found = permitted_addresses(origin, (), by_number, 5)
    except UnreachableError:
        return
    assert all(address.is_global for address in found), (url, found)


@pytest.fixture(scope="module")
def listener() -> Iterator[RawServer]:
    with behaving(lambda _: None, hosts=("127.0.0.1", "::1")) as server:
        yield server


def connections_made_by(urls_tried: Sequence[str], server: RawServer) -> int:
    client = GuardedHttp(resolving=by_number)
    for url in urls_tried:
        with pytest.raises(UnreachableError):
            client.send(HttpRequest("GET", url, timeout=2))
    return server.connections


@given(st.data())
def test_nothing_arrives_at_a_listener_on_loopback(
    listener: RawServer, data: st.DataObject
) -> None:
    url = data.draw(urls(["127.0.0.0/30"], str(listener.port)))
    assert connections_made_by([url], listener) == 0


def test_the_listener_would_have_noticed() -> None:
    with behaving(lambda _: None, hosts=("127.0.0.1", "::1")) as server:
        for host in ("127.0.0.1", "::1"):
            socket.create_connection((host, server.port)).close()
        with suppress(OSError), socket.create_connection(("0x7f.1", server.port)) as connection:
            connection.recv(1)
        assert server.connections == 3


@given(st.text(max_size=60) | st.text("htp:/@[].%0123x#?\\ ", max_size=60).map("http://".__add__))
def test_any_text_is_read_or_refused(text: str) -> None:
    with suppress(RefusedError):
        target = parse_target(text)
        assert target.path.isascii()
        assert parse_target(f"{target.origin}{target.path}") == target


@given(st.sampled_from(PRIVATE).flatmap(lambda network: st.ip_addresses(network=network)))
def test_a_name_that_means_a_private_address_is_refused(address: IPv4Address) -> None:
    networks: tuple[Network, ...] = ()
    origin = parse_target("http://looks-good.example/").origin
    for meant in (address, IPv6Address(f"::ffff:{address}"), IPv6Address(f"64:ff9b::{address}")):
        with pytest.raises(RefusedError, match="is not allowed: its address is"):
            permitted_addresses(origin, networks, lambda _, meant=meant: [meant], 5)  # type: ignore[misc] # a default binds the loop's value

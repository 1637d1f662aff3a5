"""Only public addresses may be connected to, and what the configuration allows."""

from ipaddress import ip_address, ip_network

import pytest

from infrastructure.outgoing.addresses import plain, why_refused


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        ("0.0.0.0", "this host"),
        ("10.1.2.3", "private"),
        ("100.64.0.1", "a carrier's private network"),
        ("100.100.100.200", "a carrier's private network"),
        ("127.0.0.1", "loopback"),
        ("127.255.255.254", "loopback"),
        ("168.63.129.16", "a cloud's own service"),
        ("169.254.169.254", "link-local"),
        ("172.16.0.1", "private"),
        ("172.31.255.255", "private"),
        ("192.0.0.192", "reserved"),
        ("192.0.2.1", "reserved"),
        ("192.88.99.1", "reserved"),
        ("192.168.0.1", "private"),
        ("198.19.255.255", "reserved"),
        ("198.51.100.7", "reserved"),
        ("203.0.113.7", "reserved"),
        ("224.0.0.251", "multicast"),
        ("255.255.255.255", "reserved"),
        ("::", "reserved"),
        ("::1", "loopback"),
        ("::127.0.0.1", "reserved"),
        ("::ffff:127.0.0.1", "loopback"),
        ("::ffff:0:127.0.0.1", "reserved"),
        ("64:ff9b::10.0.0.1", "private"),
        ("64:ff9b:1::10.0.0.1", "reserved"),
        ("2002:7f00:1::", "loopback"),
        ("2002:a9fe:a9fe::1", "link-local"),
        ("2001:0:53aa:64c:0:fff0:f5ff:fffe", "reserved"),
        ("2001:db8::1", "reserved"),
        ("2600:1f18::5efe:10.0.0.1", "private"),
        ("2600:1f18::200:5efe:192.168.1.1", "private"),
        ("3fff::1", "reserved"),
        ("5f00::1", "reserved"),
        ("100::1", "reserved"),
        ("fc00::1", "private"),
        ("fd00:ec2::254", "private"),
        ("fe80::1", "link-local"),
        ("fec0::1", "reserved"),
        ("ff02::1", "multicast"),
    ],
)
def test_an_address_that_is_not_public_is_refused(address: str, kind: str) -> None:
    assert why_refused(ip_address(address), ()) == kind


@pytest.mark.parametrize(
    "address",
    [
        "1.1.1.1",
        "8.8.8.8",
        "100.63.255.255",
        "172.32.0.1",
        "223.255.255.255",
        "::ffff:8.8.8.8",
        "64:ff9b::8.8.8.8",
        "2002:808:808::1",
        "2600:1f18::1",
        "2a00:1450:4001::200e",
    ],
)
def test_a_public_address_is_not(address: str) -> None:
    assert why_refused(ip_address(address), ()) is None


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("10.1.2.3", "10.1.0.0/16"),
        ("::ffff:10.1.2.3", "10.1.0.0/16"),
        ("64:ff9b::10.1.2.3", "10.1.0.0/16"),
        ("fd12::1", "fd12::/16"),
    ],
)
def test_an_allowed_network_may_be_reached_in_every_spelling(address: str, network: str) -> None:
    assert why_refused(ip_address(address), [ip_network(network)]) is None


def test_allowing_one_network_allows_no_other() -> None:
    assert why_refused(ip_address("10.2.0.1"), [ip_network("10.1.0.0/16")]) == "private"
    assert why_refused(ip_address("2002:a02:1::"), [ip_network("2002::/16")]) == "private"


def test_a_mapped_address_is_the_one_that_it_maps() -> None:
    assert str(plain(ip_address("::ffff:10.0.0.1"))) == "10.0.0.1"

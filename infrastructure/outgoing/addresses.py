"""Which addresses may be connected to: the public ones, and the networks that somebody allowed."""

from collections.abc import Iterable, Iterator
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_network,
)

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

# The IANA registries of special-purpose addresses (RFC 6890 and what came after), written down
# here because `ipaddress` judges some of them differently from one Python to the next.
_SPECIAL: tuple[tuple[str, str], ...] = (
    ("0.0.0.0/8", "this host"),
    ("10.0.0.0/8", "private"),
    ("100.64.0.0/10", "a carrier's private network"),
    ("127.0.0.0/8", "loopback"),
    ("169.254.0.0/16", "link-local"),
    ("172.16.0.0/12", "private"),
    ("192.0.0.0/24", "reserved"),
    ("192.0.2.0/24", "reserved"),
    ("192.88.99.0/24", "reserved"),
    ("192.168.0.0/16", "private"),
    ("198.18.0.0/15", "reserved"),
    ("198.51.100.0/24", "reserved"),
    ("203.0.113.0/24", "reserved"),
    ("224.0.0.0/4", "multicast"),
    ("240.0.0.0/4", "reserved"),
    # Public by its number, but answered by the machine that an Azure guest runs on.
    ("168.63.129.16/32", "a cloud's own service"),
    ("::1/128", "loopback"),
    ("fc00::/7", "private"),
    ("fe80::/10", "link-local"),
    ("ff00::/8", "multicast"),
    ("2001::/23", "reserved"),
    ("2001:db8::/32", "reserved"),
    ("3fff::/20", "reserved"),
)
_REFUSED = tuple((ip_network(network), kind) for network, kind in _SPECIAL)
_GLOBAL_UNICAST = IPv6Network("2000::/3")
_NAT64 = IPv6Network("64:ff9b::/96")
_ISATAP = (0x00005EFE, 0x02005EFE)


def plain(address: Address) -> Address:
    """Give the IPv4 address that an IPv4-mapped one is only another spelling of."""
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def why_refused(address: Address, allowed: Iterable[Network]) -> str | None:
    """Say what kind of address it is if it may not be connected to, and None if it may.

    An address that carries another one (NAT64, 6to4, Teredo, ISATAP) is judged by both.
    """
    networks = tuple(allowed)
    for each in _stands_for(plain(address)):
        if any(each in network for network in networks):
            continue
        if kind := _kind(each):
            return kind
    return None


def _kind(address: Address) -> str | None:
    special = next((kind for network, kind in _REFUSED if address in network), None)
    if special or isinstance(address, IPv4Address):
        return special
    return None if address in _GLOBAL_UNICAST or address in _NAT64 else "reserved"


def _stands_for(address: Address) -> Iterator[Address]:
    yield address
    if isinstance(address, IPv4Address):
        return
    if address in _NAT64:
        yield IPv4Address(int(address) & 0xFFFFFFFF)
    if address.sixtofour:
        yield address.sixtofour
    if address.teredo:
        yield from address.teredo
    if int(address) >> 32 & 0xFFFFFFFF in _ISATAP:
        yield IPv4Address(int(address) & 0xFFFFFFFF)

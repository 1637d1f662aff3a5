"""Where a request goes, read from a URL in the one strict way that leaves nothing to guess."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import AddressValueError, IPv4Address, IPv6Address
from types import MappingProxyType

from urllib3.exceptions import LocationParseError
from urllib3.util import parse_url

from infrastructure.outgoing.refusals import RefusedError

_PORTS: Mapping[str, int] = MappingProxyType({"http": 80, "https": 443})
_LAST_PORT = 65535
_WRITTEN = re.compile(r"(?i:(https?)://)([^/?#]*)")
# What browsers and libraries each drop, decode or turn round in a way of their own.
_AMBIGUOUS = re.compile(r"[\x00-\x20\x7f\\]")
_LABEL = r"[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?"
_NAME = re.compile(rf"(?=.{{1,253}}$){_LABEL}(?:\.{_LABEL})*\.?")
_NUMERIC = re.compile(r"(?i)(?:.*\.)?(?:0x[0-9a-f]*|[0-9]+)\.?")


@dataclass(frozen=True, slots=True)
class Origin:
    """Who is asked. A host is in lower case; an IPv6 address stands without its brackets."""

    scheme: str
    host: str
    port: int

    def __str__(self) -> str:
        return f"{self.scheme}://{self._bracketed}:{self.port}"

    @property
    def host_header(self) -> str:
        """Write it as the field Host wants it (RFC 9110, 7.2)."""
        host = self._bracketed.removesuffix(".")
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def _bracketed(self) -> str:
        return f"[{self.host}]" if ":" in self.host else self.host


@dataclass(frozen=True, slots=True)
class Target:
    """Who is asked, and for what: `path` has the query with it, and nothing is left to encode."""

    origin: Origin
    path: str


def parse_target(url: str) -> Target:
    """Read an absolute URL; raises RefusedError, whose text never repeats the URL."""
    if _AMBIGUOUS.search(url):
        raise RefusedError("the URL holds a blank, a control character or a backslash")
    written = _WRITTEN.match(url)
    if written is None:
        raise RefusedError("the URL does not begin with https:// or http://")
    scheme, authority = written[1].lower(), written[2]
    if "@" in authority:
        raise RefusedError("the URL holds a user or a password; write those into a header")
    if "%" in authority:
        raise RefusedError("the host in the URL holds a percent sign")
    if not authority.isascii():
        raise RefusedError("the host in the URL is not ASCII: write it in its form xn--…")
    try:
        parsed = parse_url(url)
    except LocationParseError:
        raise RefusedError("the URL cannot be read") from None
    port = _PORTS[scheme] if parsed.port is None else parsed.port
    if not 0 < port <= _LAST_PORT:
        raise RefusedError(f"there is no port {port}")
    return Target(Origin(scheme, _checked_host(parsed.host or ""), port), parsed.request_uri)


def parse_origin(written: str) -> Origin:
    """Read an origin as it stands in configuration: `host`, `host:port` or a URL without a path.

    Without a scheme it is https. Raises ValueError.
    """
    try:
        target = parse_target(written if "://" in written else f"https://{written}")
    except RefusedError as error:
        raise ValueError(str(error)) from None
    if target.path != "/":
        msg = "write a host, or https://host:port, without a path"
        raise ValueError(msg)
    return target.origin


def _checked_host(host: str) -> str:
    if host.startswith("["):
        return _ipv6(host)
    if _NUMERIC.fullmatch(host):
        return _ipv4(host)
    if not _NAME.fullmatch(host):
        raise RefusedError("the URL names no host, or one that cannot be")
    return host.lower()


def _ipv4(host: str) -> str:
    # 0x7f.1, 0177.0.0.1 and 2130706433 are the same to some systems and nonsense to others.
    try:
        return str(IPv4Address(host))
    except AddressValueError:
        raise RefusedError("an IPv4 address is written as four decimal numbers") from None


def _ipv6(host: str) -> str:
    try:
        return str(IPv6Address(host[1:-1]))
    except AddressValueError:
        raise RefusedError("the URL holds no IPv6 address between its brackets") from None

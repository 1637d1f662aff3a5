"""Addresses of mail, read so strictly that none can be anything else to a server."""

import re

_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_DOMAIN = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")
_NAMED = re.compile(r"(?P<name>[^<>]*[^<>\s])\s*<(?P<address>[^<>\s]+)>")
# RFC 5321, 4.5.3.1.
_LONGEST_LOCAL = 64
_LONGEST = 254


def mail_address(written: str) -> str:
    """Give an address as servers understand it; raises ValueError, which does not repeat it.

    A domain that is not ASCII is put into its form `xn--…`.
    """
    local, at, domain = written.rpartition("@")
    if not at or not _LOCAL.fullmatch(local) or len(local) > _LONGEST_LOCAL:
        msg = "no address that mail is sent to: write NAME@DOMAIN, the name in ASCII"
        raise ValueError(msg)
    address = f"{local}@{mail_domain(domain)}"
    if len(address) > _LONGEST:
        msg = f"an address is at most {_LONGEST} characters long"
        raise ValueError(msg)
    return address


def mail_domain(written: str) -> str:
    """Give a domain in ASCII; raises ValueError."""
    try:
        domain = written.encode("idna").decode()
    except UnicodeError:
        domain = ""
    if not _DOMAIN.fullmatch(domain):
        msg = "no domain: write it as example.com"
        raise ValueError(msg)
    return domain.lower()


def named_address(written: str) -> tuple[str, str]:
    """Read `Name <address>`, or an address alone; raises ValueError."""
    found = _NAMED.fullmatch(written.strip())
    if found is None:
        return "", mail_address(written.strip())
    name = found["name"].removeprefix('"').removesuffix('"').strip()
    if not name.isprintable():
        msg = "the name before <…> holds a control character"
        raise ValueError(msg)
    return name, mail_address(found["address"])

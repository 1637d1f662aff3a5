"""Fields of a mail's header, written so that they are read as what they say and nothing else.

The library's newer way would read foreign text that looks like an encoded word (RFC 2047) as what
it encodes, and puts blanks into long words that are not ASCII.
"""

from email.header import Header
from email.policy import EmailPolicy
from email.utils import formataddr
from typing import Any


class Encoded(str):
    """What a field holds, encoded and folded already."""

    __slots__ = ()


class WrittenPolicy(EmailPolicy):
    """Leaves alone what is encoded, and writes seven bits, because not every server takes eight."""

    cte_type = "7bit"
    linesep = "\r\n"
    refold_source = "none"

    def header_store_parse(self, name: str, value: Any) -> tuple[str, Any]:
        """Take a field as it is if it is encoded."""
        if isinstance(value, Encoded):
            return name, value
        return super().header_store_parse(name, value)


def encoded(field: str, text: str) -> Encoded:
    """Encode a text for a field, without blanks at its ends. It must hold no control characters."""
    text = text.strip()
    if text.isascii() and "=?" not in text:
        # Not folded, because that may change how many blanks there are.
        return Encoded(text)
    return Encoded(Header(text, "utf-8", header_name=field).encode())


def encoded_address(field: str, name: str, address: str) -> Encoded:
    """Encode an address, with the name before it if there is one."""
    if name.isascii() and "=?" not in name:
        return Encoded(formataddr((name, address)))
    return Encoded(f"{encoded(field, name)} <{address}>")

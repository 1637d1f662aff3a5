"""What `config` of a channel of type `email` may say."""

import re
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StrictInt, StrictStr
from pydantic import model_validator as validated

from infrastructure.channels.mail.addresses import mail_address, mail_domain, named_address

Tls = Literal["starttls", "tls", "none"]

_PORTS: dict[Tls, int] = {"starttls": 587, "tls": 465, "none": 25}
_REFERENCE = re.compile(r"\$\{[A-Za-z_][A-Za-z0-9_]*\}")
_LINK = re.compile(r"https?://[^\s{}\"'<>\\]*(\{incident\}[^\s{}\"'<>\\]*)+")


def _is_reference(written: str) -> str:
    if not _REFERENCE.fullmatch(written):
        msg = "must name the password as ${NAME}, not show it"
        raise ValueError(msg)
    return written


def _is_sender(written: str) -> str:
    named_address(written)
    return written


def _is_link(written: str) -> str:
    if not _LINK.fullmatch(written):
        msg = "must be an address such as https://tocsin.example.com/incidents/{incident}"
        raise ValueError(msg)
    return written


class EmailConfig(BaseModel):
    """Which server takes the mail, and whom it is from.

    `from` is an address or `Name <address>`. `authorities` is a file of certificates (PEM) that
    are trusted besides the system's. `domain` stands in every Message-ID. `link` is where an
    incident is looked at, with `{incident}` for its id.
    """

    # A password may have been written where a reference to one should stand.
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    host: Annotated[StrictStr, Field(pattern=r"^[A-Za-z0-9_.:-]{1,253}$")]
    port: Annotated[StrictInt, Field(ge=1, le=65_535)] | None = None
    tls: Tls = "starttls"
    username: Annotated[StrictStr, Field(min_length=1)] | None = None
    password: Annotated[StrictStr, AfterValidator(_is_reference)] | None = None
    sender: Annotated[StrictStr, AfterValidator(_is_sender), Field(alias="from")]
    reply_to: Annotated[StrictStr, AfterValidator(mail_address)] | None = None
    authorities: Path | None = None
    domain: Annotated[StrictStr, AfterValidator(mail_domain)] | None = None
    link: Annotated[StrictStr, AfterValidator(_is_link)] | None = None

    @validated(mode="after")
    def _credentials_are_whole_and_safe(self) -> Self:
        if (self.username is None) != (self.password is None):
            msg = "username and password are given both or not at all"
            raise ValueError(msg)
        if self.password is not None and self.tls == "none":
            msg = "tls: none would send the password in the clear; use starttls or tls"
            raise ValueError(msg)
        return self

    @property
    def connects_to(self) -> tuple[str, int]:
        """Host and port, the usual one if none is given."""
        return self.host, self.port or _PORTS[self.tls]

    @property
    def name_and_address(self) -> tuple[str, str]:
        """Whom mail is from."""
        return named_address(self.sender)

    @property
    def id_domain(self) -> str:
        """The right side of every Message-ID."""
        return self.domain or self.name_and_address[1].rpartition("@")[2]

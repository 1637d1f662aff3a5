"""A repository's address, apart from the credentials that are sent to it."""

import re
from base64 import b64encode
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit, urlunsplit

from application.actions import Secrets
from infrastructure.secrets import references

_WEB = ("http", "https")
_SCHEMES = (*_WEB, "ssh", "git", "file")
# [user@]host:path, as ssh and scp write it.
_SHORT = re.compile(r"(?:[A-Za-z0-9][\w.-]*@)?[A-Za-z0-9][\w.-]+:(?!//|:)[^\x00-\x1f]+")
_REFERENCE = re.compile(r"\$\{[A-Za-z_][A-Za-z0-9_]*\}")
_HIDDEN = "[hidden]"
# What is shorter would be found in texts that have nothing to do with it.
_SHORTEST = 4


@dataclass(frozen=True, slots=True)
class Address:
    """Where git connects to, and what it sends there to be let in.

    `header` goes to git by its environment, never by its arguments, which every user of the
    machine may list.
    """

    url: str
    header: str | None = field(default=None, repr=False)
    hidden: tuple[str, ...] = field(default=(), repr=False)

    @classmethod
    def of(cls, place: str, secrets: Secrets) -> "Address":
        """Look up the secrets of an address; raises ActionFailedError for an unknown one."""
        parts = urlsplit(place)
        if parts.scheme not in _WEB or parts.username is None:
            return cls(place)
        user = secrets.resolve(unquote(parts.username))
        password = secrets.resolve(unquote(parts.password or ""))
        basic = b64encode(f"{user}:{password}".encode()).decode()
        return cls(
            url=urlunsplit(parts._replace(netloc=_host(parts))),
            header=f"Authorization: Basic {basic}",
            hidden=(basic, password, *([user] if references(parts.username) else [])),
        )

    @property
    def environment(self) -> dict[str, str]:
        """Configuration for git that makes this address its remote `origin`."""
        settings = {"remote.origin.url": self.url}
        if self.header is not None:
            settings["http.extraHeader"] = self.header
        told = {"GIT_CONFIG_COUNT": str(len(settings))}
        for number, (key, value) in enumerate(settings.items()):
            told |= {f"GIT_CONFIG_KEY_{number}": key, f"GIT_CONFIG_VALUE_{number}": value}
        return told

    def redacted(self, text: str) -> str:
        """Take the credentials out of a text."""
        for value in sorted(self.hidden, key=len, reverse=True):
            if len(value) >= _SHORTEST:
                text = text.replace(value, _HIDDEN)
        return text


def checked_path(written: str) -> str:
    """Give a folder's path if it does not depend on where Tocsin was started."""
    if "\0" in written or not Path(written).expanduser().is_absolute():
        msg = "must be an absolute path"
        raise ValueError(msg)
    return written


def checked_url(written: str) -> str:
    """Give a repository's address if git may use it, and if it shows no password."""
    if _SHORT.fullmatch(written) and not references(written):
        return written
    parts = _split(written)
    if parts.scheme not in _SCHEMES or not (parts.hostname or parts.scheme == "file"):
        msg = f"must be an address with {', '.join(_SCHEMES)}, or USER@HOST:PATH"
        raise ValueError(msg)
    if parts.hostname and not parts.hostname[0].isalnum() and "[" not in parts.netloc:
        msg = "has no name of a host"
        raise ValueError(msg)
    _check_credentials(parts)
    return written


def _split(written: str) -> SplitResult:
    if not written.isprintable() or " " in written:
        msg = "must be an address without blanks"
        raise ValueError(msg)
    try:
        parts = urlsplit(written)
        _ = parts.port
    except ValueError:
        msg = "is no address"
        raise ValueError(msg) from None
    return parts


def _check_credentials(parts: SplitResult) -> None:
    if references(urlunsplit(parts._replace(netloc=_host(parts)))):
        msg = "may refer to secrets only as user name and password"
    elif parts.scheme in _WEB and not _is_named(parts.username, parts.password):
        msg = "must name credentials as in https://USER:${NAME}@HOST/PATH, not show them"
    elif parts.scheme not in _WEB and (parts.password or references(parts.username or "")):
        msg = f"may not hold credentials: {parts.scheme} does not use them"
    else:
        return
    raise ValueError(msg)


def _is_named(user: str | None, password: str | None) -> bool:
    if password:
        return _REFERENCE.fullmatch(unquote(password)) is not None
    return user is None or _REFERENCE.fullmatch(unquote(user)) is not None


def _host(parts: SplitResult) -> str:
    return parts.netloc.rpartition("@")[2]

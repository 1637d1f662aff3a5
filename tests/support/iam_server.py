"""A real server that speaks as much of the IAM Query API as revoking access keys needs."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import parse_qs

from tests.support.loopback_server import Heard, LoopbackServer, Reply, answering

_NAMESPACE = "https://iam.amazonaws.com/doc/2010-05-08/"


@dataclass
class AccessKeys:
    """Who has which key, and whether it is active; what is `failing` answers a status and code."""

    owners: dict[str, str]
    status: dict[str, str] = field(default_factory=dict)
    failing: dict[str, tuple[int, str]] = field(default_factory=dict)
    calls: list[dict[str, str]] = field(default_factory=list)

    def answer(self, heard: Heard) -> Reply:
        call = {name: values[0] for name, values in parse_qs(heard.body.decode()).items()}
        self.calls.append(call)
        action, key = call["Action"], call["AccessKeyId"]
        if failure := self.failing.get(action):
            return _error(*failure, f"it went wrong with {key}")
        owner = self.owners.get(key)
        if owner is None or call.get("UserName", owner) != owner:
            return _error(404, "NoSuchEntity", f"The Access Key with id {key} cannot be found.")
        return _done(action, self._perform(action, call, owner))

    def _perform(self, action: str, call: dict[str, str], owner: str) -> str:
        key = call["AccessKeyId"]
        if action == "GetAccessKeyLastUsed":
            used = "<Region>N/A</Region><ServiceName>N/A</ServiceName>"
            named = f"<UserName>{owner}</UserName>" if owner else ""
            return f"{named}<AccessKeyLastUsed>{used}</AccessKeyLastUsed>"
        if action == "UpdateAccessKey":
            self.status[key] = call["Status"]
        else:
            del self.owners[key]
        return ""


def _done(action: str, result: str) -> Reply:
    text = (
        f'<{action}Response xmlns="{_NAMESPACE}"><{action}Result>{result}</{action}Result>'
        f"<ResponseMetadata><RequestId>r-1</RequestId></ResponseMetadata></{action}Response>"
    )
    return Reply(200, text.encode(), {"content-type": "text/xml"})


def _error(status: int, code: str, message: str) -> Reply:
    text = (
        f'<ErrorResponse xmlns="{_NAMESPACE}"><Error><Type>Sender</Type><Code>{code}</Code>'
        f"<Message>{message}</Message></Error><RequestId>r-1</RequestId></ErrorResponse>"
    )
    return Reply(status, text.encode(), {"content-type": "text/xml"})


@contextlib.contextmanager
def serving(keys: AccessKeys) -> Iterator[LoopbackServer]:
    """Serve the keys until left."""
    with answering(keys.answer) as server:
        yield server

"""Surroundings for actions that talk to no network."""

from application.actions import HttpAnswer, HttpRequest, Surroundings
from infrastructure.secrets import EnvironmentSecrets
from tests.support.action_contract import SECRET


class NobodyThere:
    """Sends nothing: an action that needs the network brings its own."""

    def send(self, request: HttpRequest) -> HttpAnswer:
        """Refuse to send."""
        raise AssertionError(request.url)


def surroundings(**secrets: str) -> Surroundings:
    """Give surroundings that know some secrets; `TOKEN` is the one of the contract."""
    return Surroundings(EnvironmentSecrets({"TOKEN": SECRET, **secrets}), NobodyThere())

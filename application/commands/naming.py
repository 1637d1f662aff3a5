"""Naming incidents: short ids cut from what they are, longer only where two would be alike."""

from base64 import b32encode
from collections.abc import Iterator
from datetime import UTC

from application.journal import Journal
from domain.detection.diagnosing import identity_of
from domain.detection.rule import Rule
from domain.incident.incident import Incident
from domain.signal import Signal

_SHORTEST = 6
# Base32 writes the 256 bits of a SHA-256, five at a time, in 52 characters.
_LONGEST, _BITS_OF_CHARACTER = 52, 5


class IncidentNames:
    """Gives the ids of incidents, and knows which are taken."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._given: dict[str, str] = {}

    def __call__(self, rule: Rule, key: str, opening: Signal) -> str:
        """Give `INC-<date of detection>-<base32 of SHA-256(rule, key, opening signal)>`.

        Base32 is that of RFC 4648 section 6. Six of its characters are shown, and more only
        where another incident has the same six.
        """
        identity = identity_of(rule, key, opening)
        day = opening.timestamp.astimezone(UTC).date().isoformat().replace("-", "")
        for cut in _cuts(identity):
            incident_id = f"INC-{day}-{cut}"
            holder = self._holder(incident_id)
            if holder is None:
                self._given[incident_id] = identity
            if holder in {None, identity}:
                return incident_id
        msg = f"two incidents with one SHA-256: {identity}"
        raise AssertionError(msg)

    def is_new(self, incident_id: str) -> bool:
        """Say whether a name was given to an incident that the journal did not have then."""
        return incident_id in self._given

    def forget(self) -> None:
        """Forget the names given so far: look into the journal again."""
        self._given.clear()

    def _holder(self, incident_id: str) -> str | None:
        if incident_id in self._given:
            return self._given[incident_id]
        # Nearly every name is a new one.
        if not self._journal.has(incident_id):
            return None
        incident = self._journal.load(Incident, incident_id)
        return None if incident is None else incident.diagnosis.identity


def _cuts(identity: str) -> Iterator[str]:
    """Give ever longer beginnings of an identity's Base32, encoding no more than each takes."""
    digest = bytes.fromhex(identity)
    for length in range(_SHORTEST, _LONGEST + 1, 2):
        size = -(-length * _BITS_OF_CHARACTER // 8)
        yield b32encode(digest[:size])[:length].decode()

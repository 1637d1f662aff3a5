"""What the configuration may say about requests to the outside."""

from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict

from infrastructure.outgoing.addresses import Network
from infrastructure.outgoing.client import GuardedHttp


def _network(written: Any) -> Any:
    if isinstance(written, IPv4Network | IPv6Network):
        return written
    # ip_network would take a bare number for an address.
    return ip_network(str(written))


class OutgoingSettings(BaseModel):
    """Which networks besides the public ones may be reached, and who else is trusted for TLS.

    `allow` lists networks such as `10.20.0.0/16`, or single addresses. `authorities` is a file
    of certificates (PEM) that are trusted besides the system's.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    allow: tuple[Annotated[Network, BeforeValidator(_network)], ...] = ()
    authorities: Path | None = None

    def client(self) -> GuardedHttp:
        """Make the client that obeys them."""
        return GuardedHttp(self.allow, authorities=self.authorities)

"""Looking up a host, once, and judging every address that it is said to have."""

import socket
from collections.abc import Callable, Sequence
from ipaddress import ip_address

from application.actions import UnreachableError
from infrastructure.outgoing.addresses import Address, Network, plain, why_refused
from infrastructure.outgoing.deadline import within
from infrastructure.outgoing.refusals import RefusedError
from infrastructure.outgoing.target import Origin

Resolve = Callable[[str], Sequence[Address]]


def resolve(host: str) -> Sequence[Address]:
    """Ask the system for a host's addresses, in the system's order; raises OSError."""
    found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    addresses = (ip_address(str(place[0])) for *_, place in found)
    return list(dict.fromkeys(addresses))


def permitted_addresses(
    origin: Origin, allowed: Sequence[Network], resolving: Resolve, seconds: float
) -> list[Address]:
    """Give the addresses that may be connected to; raises UnreachableError if there is none."""
    found = [plain(address) for address in _looked_up(origin, resolving, seconds)]
    judged = [(address, why_refused(address, allowed)) for address in found]
    permitted = [address for address, why in judged if why is None]
    if permitted:
        return permitted
    if not judged:
        raise UnreachableError(f"{origin}: the host has no address")
    # The kind and not the address: what a name means inside is nobody's business outside.
    msg = f"{origin} is not allowed: its address is {judged[0][1]}"
    raise RefusedError(f"{msg}; the configuration can allow a network")


def _looked_up(origin: Origin, resolving: Resolve, seconds: float) -> Sequence[Address]:
    try:
        return [ip_address(origin.host)]
    except ValueError:
        pass
    try:
        return within(seconds, lambda: resolving(origin.host))
    except TimeoutError:
        raise UnreachableError(f"{origin}: looking up the host took too long") from None
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise UnreachableError(f"{origin}: the host is unknown ({why})") from None

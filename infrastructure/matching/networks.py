"""Many networks on one field, found by an address that lies in them."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import lru_cache, partial
from ipaddress import IPv4Address, IPv6Address, ip_address
from socket import AF_INET, inet_pton
from struct import unpack
from typing import Any, Generic, TypeVar

from domain.detection.condition import network
from infrastructure.matching.cells import Column, values_of

Held = TypeVar("Held")
Table = dict[int, list[Held]]

_BITS = {4: 32, 6: 128}
_LONGEST_KEPT = 64
_packed = partial(inet_pton, AF_INET)


class Networks(Generic[Held]):
    """What is held for networks: a table of network addresses for each prefix length in use."""

    def __init__(self, held: Sequence[tuple[str, Held]]) -> None:
        self._tables: dict[int, dict[int, Table[Held]]] = {version: {} for version in _BITS}
        for written, each in held:
            net = network(written)
            shift = _BITS[net.version] - net.prefixlen
            table = self._tables[net.version].setdefault(shift, defaultdict(list))
            table[int(net.network_address) >> shift].append(each)
        self._of_text = lru_cache(maxsize=65536)(self._search)

    def hits(self, column: Column) -> Iterator[tuple[int, Held]]:
        """Give (row, what is held) for the rows with an address in a network."""
        try:
            numbers = unpack(f">{len(column)}I", b"".join(map(_packed, column)))
        except (OSError, TypeError, ValueError):  # something else than plain IPv4 addresses
            yield from self._hits_of_any(column)
            return
        for shift, table in self._tables[4].items():
            for row in [row for row, number in enumerate(numbers) if number >> shift in table]:
                for each in table[numbers[row] >> shift]:
                    yield row, each

    def _hits_of_any(self, column: Column) -> Iterator[tuple[int, Held]]:
        for row, cell in enumerate(column):
            for value in values_of(cell):
                for each in self._around(value):
                    yield row, each

    def _around(self, value: Any) -> tuple[Held, ...]:
        if not isinstance(value, str):
            return ()
        # Longer ones, mostly white space, are not worth the memory.
        return self._of_text(value) if len(value) <= _LONGEST_KEPT else self._search(value)

    def _search(self, text: str) -> tuple[Held, ...]:
        address = _address(text)
        if address is None:
            return ()
        number = int(address)
        return tuple(
            each
            for shift, table in self._tables[address.version].items()
            for each in table.get(number >> shift, ())
        )


def _address(text: str) -> IPv4Address | IPv6Address | None:
    try:
        return IPv4Address(_packed(text))
    except (OSError, ValueError):
        pass
    try:
        address = ip_address(text.strip())
    except ValueError:
        return None
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        return address.ipv4_mapped
    return address

"""Who has got a message already, so that another try after half a success tells nobody twice."""

import threading
from collections import OrderedDict

_MOST = 10_000


class Told:
    """Remembers the addresses that took a message which still has to be tried for others.

    Of more than `most` messages the oldest are forgotten; their Message-ID still tells the
    receiver that a second copy is one.
    """

    def __init__(self, most: int = _MOST) -> None:
        self._most = most
        self._addresses: OrderedDict[str, frozenset[str]] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, message_id: str) -> frozenset[str]:
        """Give the addresses that took a message."""
        with self._lock:
            return self._addresses.get(message_id, frozenset())

    def remember(self, message_id: str, addresses: frozenset[str]) -> None:
        """Add addresses that took a message."""
        with self._lock:
            known = self._addresses.pop(message_id, frozenset())
            self._addresses[message_id] = known | addresses
            while len(self._addresses) > self._most:
                self._addresses.popitem(last=False)

    def forget(self, message_id: str) -> None:
        """Forget a message that is not tried again."""
        with self._lock:
            self._addresses.pop(message_id, None)

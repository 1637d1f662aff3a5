"""Remembers within the process whom a message has reached, where the service does not."""

import threading
from collections import OrderedDict

from application.channels import Delivered

MOST = 10_000


class ReachedMemory:
    """Who was reached, by message and address; of more than `most`, the oldest are forgotten.

    After a restart it is empty: then a message may come twice to some, rather than to others not
    at all.
    """

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._reached: OrderedDict[tuple[str, str], Delivered] = OrderedDict()
        self._lock = threading.Lock()

    def recall(self, message_id: str, address: str) -> Delivered | None:
        """Give the answer of when a message reached an address; None if it is not known to."""
        with self._lock:
            return self._reached.get((message_id, address))

    def remember(self, message_id: str, address: str, answer: Delivered) -> None:
        """Remember that a message reached an address."""
        with self._lock:
            self._reached[message_id, address] = answer
            while len(self._reached) > self._most:
                self._reached.popitem(last=False)

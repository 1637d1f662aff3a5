"""Remembers within the process what became of a message at each of its recipients."""

import threading
from collections import OrderedDict

from application.channels import Answer

MOST = 10_000


class OutcomeMemory:
    """Final answers by message and address; of more than `most`, the oldest are forgotten.

    After a restart it is empty: then a message may come twice to some, rather than to others not
    at all.
    """

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._known: OrderedDict[tuple[str, str], Answer] = OrderedDict()
        self._lock = threading.Lock()

    def recall(self, message_id: str, address: str) -> Answer | None:
        """Give what became of a message at an address; None if that is not known or not final."""
        with self._lock:
            return self._known.get((message_id, address))

    def settle(self, message_id: str, address: str, answer: Answer) -> None:
        """Remember a final answer."""
        with self._lock:
            self._known[message_id, address] = answer
            while len(self._known) > self._most:
                self._known.popitem(last=False)

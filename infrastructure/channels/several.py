"""A message to several at once: who has it already, and one answer for all of them."""

import threading
from collections import OrderedDict
from collections.abc import Iterable, Mapping

from application.channels import Answer, Delivered, Never, TryLater

_MOST = 10_000
# The answer is kept with the message for ever.
_SHOWN = 5


class Several:
    """Makes one answer of several, and remembers who need not be told again when it is tried again.

    A message is forgotten when it is not tried again, and the oldest one beyond `most`. `noun`
    says what there are several of.
    """

    def __init__(self, noun: str, most: int = _MOST) -> None:
        self._noun = noun
        self._most = most
        self._told: OrderedDict[str, frozenset[str]] = OrderedDict()
        self._lock = threading.Lock()

    def told(self, message_id: str) -> frozenset[str]:
        """Name those who have a message that others still wait for."""
        with self._lock:
            return self._told.get(message_id, frozenset())

    def answer(
        self, message_id: str, answers: Mapping[str, Answer], receipt: Mapping[str, str]
    ) -> Answer:
        """Give the answer for all, made of that for each by name.

        If one has to be tried again, the message is. If one got it and the others never will, it
        is delivered, and the receipt says who `refused` it.
        """
        told = frozenset(who for who, each in answers.items() if isinstance(each, Delivered))
        later = {who: each for who, each in answers.items() if isinstance(each, TryLater)}
        if later:
            self._remember(message_id, told)
            why = _told_of({who: each.why for who, each in later.items()}, len(answers))
            return TryLater(why + self._how_many(len(later), len(answers)), _wait(later.values()))
        with self._lock:
            self._told.pop(message_id, None)
        refused = {who: each.why for who, each in answers.items() if isinstance(each, Never)}
        if not told:
            return Never(_told_of(refused, len(answers)))
        noted = {"refused": _told_of(refused, len(answers))} if refused else {}
        return Delivered({**receipt, **noted})

    def _remember(self, message_id: str, told: frozenset[str]) -> None:
        if not told:
            return
        with self._lock:
            known = self._told.pop(message_id, frozenset())
            self._told[message_id] = known | told
            while len(self._told) > self._most:
                self._told.popitem(last=False)

    def _how_many(self, later: int, in_all: int) -> str:
        return f" ({later} of {in_all} {self._noun} have it not yet)" if in_all > 1 else ""


def _told_of(whys: Mapping[str, str], in_all: int) -> str:
    """Say why, and of whom it is said unless that is all of them alike."""
    different = dict.fromkeys(whys.values())
    if len(whys) == in_all and len(different) == 1:
        return next(iter(different))
    shown = [f"{who}: {why}" for who, why in list(whys.items())[:_SHOWN]]
    hidden = [f"and {len(whys) - _SHOWN} more"] if len(whys) > _SHOWN else []
    return "; ".join(shown + hidden)


def _wait(later: Iterable[TryLater]) -> float | None:
    said = [each.seconds for each in later if each.seconds is not None]
    return max(said, default=None)

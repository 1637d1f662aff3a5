"""Couriers: threads that send messages. How many go to one channel at a time its lane says."""

from application.alerting.shipping import Parcel
from application.channels import Answer, Sender, TryLater
from infrastructure.working.bell import Bell
from infrastructure.working.threads import Run, Threads


class ThreadCouriers:
    """Sends messages; one that does not return in its time is believed not to have got through."""

    def __init__(self, sender: Sender, bell: Bell) -> None:
        self._sender = sender
        self._threads: Threads[Parcel, Answer] = Threads(_overdue, bell.ring)

    @property
    def busy(self) -> bool:
        """Whether a message is being sent, or its answer waits to be taken."""
        return bool(self._threads)

    def begin(self, parcel: Parcel) -> None:
        """Begin to send a message."""

        def send(until: float) -> Answer:
            del until
            return self._sender.send(parcel.channel, parcel.message)

        name = f"{parcel.channel} {parcel.delivery_id}"
        self._threads.begin(Run(parcel, parcel.message.seconds, name, send))

    def ended(self) -> list[tuple[Parcel, Answer]]:
        """Give the tries that ended since the last time."""
        return self._threads.ended()


def _overdue(parcel: Parcel) -> Answer:
    return TryLater(f"{parcel.channel} did not return within {parcel.message.seconds:g} s")

"""Why a decision about telling people was refused."""

from collections.abc import Sequence


class AlertingError(Exception):
    """A decision about alerting that is refused; the message says why and what to do instead."""


class UnknownDeliveryError(AlertingError):
    """There is no such delivery."""


class UnusableChannelError(AlertingError):
    """The channel is not configured, or it is switched off."""


class DeliveryStateError(AlertingError):
    """The delivery's status does not allow it."""


class LostClaimError(AlertingError):
    """Somebody else has taken the delivery on in the meantime."""


class UnknownSilenceError(AlertingError):
    """There is no such silence."""


class ImpossibleSilenceError(AlertingError):
    """A silence that cannot be: `mistakes` are all that is wrong with it."""

    def __init__(self, mistakes: Sequence[str]) -> None:
        super().__init__("; ".join(mistakes))
        self.mistakes = tuple(mistakes)


class AlreadyEndedError(AlertingError):
    """Somebody has ended the silence before, or its time is over."""


class UnchangedSilenceError(AlertingError):
    """The command would leave the silence as it is."""

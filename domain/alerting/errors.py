"""Why a decision about telling people was refused."""


class AlertingError(Exception):
    """A decision that is refused; the message says why and what to do instead."""


class DeliveryStateError(AlertingError):
    """The delivery's status does not allow it."""


class LostClaimError(AlertingError):
    """Somebody else has taken the delivery on in the meantime."""

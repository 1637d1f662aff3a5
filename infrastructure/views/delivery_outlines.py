"""What views read of each event of a delivery, and no more."""

from msgspec import Raw, Struct

from infrastructure.views import outline


class Provenance(outline.Provenance, gc=False):
    """Who, and of which incident."""

    correlation: str


class Happened(outline.Outline, gc=False):
    """An event of a delivery."""

    provenance: Provenance


class Alert(Struct, gc=False):
    """The incident that a message tells of."""

    severity: str


class Content(Struct, gc=False):
    """What a message says."""

    occasion: str
    sentence: str
    alert: Alert | None


class Errand(Struct, gc=False):
    """What is to be delivered; what no view looks into stays the JSON that it is."""

    channel: str
    incident_id: str
    content: Content
    routes: Raw
    instead_of: str | None


class Planned(Happened, gc=False):
    """`delivery.planned`."""

    errand: Errand


class HeldBy(Struct, gc=False):
    """The silence that holds a message back."""

    silence_id: str
    kind: str
    until: str
    comment: str
    by: str


class Silenced(Happened, gc=False):
    """`delivery.silenced`."""

    held_by: HeldBy


class Attempted(Happened, gc=False):
    """`delivery.attempted`."""

    attempt: int
    recipients: Raw


class Deferred(Happened, gc=False):
    """`delivery.deferred`."""

    why: str
    not_before: str


class Failed(Happened, gc=False):
    """`delivery.failed`."""

    why: str
    fallback: str | None


class Cancelled(Happened, gc=False):
    """`delivery.cancelled`."""

    why: str


class Gathered(Happened, gc=False):
    """`delivery.gathered`."""

    into: str


DELIVERY_OUTLINES: dict[str, type[Struct]] = {
    "delivery.planned": Planned,
    "delivery.silenced": Silenced,
    "delivery.attempted": Attempted,
    "delivery.delivered": Happened,
    "delivery.deferred": Deferred,
    "delivery.failed": Failed,
    "delivery.cancelled": Cancelled,
    "delivery.gathered": Gathered,
    "delivery.requeued": Happened,
}

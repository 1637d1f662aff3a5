"""What views read of every event: when it was, and who acted."""

from msgspec import Struct

# The names are those of the stored events; what is not named here is skipped unread.


class Outline(Struct, gc=False):
    """An event of which only its time is read."""

    timestamp: str


class Actor(Struct, gc=False):
    """Who acted."""

    name: str


class Provenance(Struct, gc=False):
    """What of an event's provenance is read."""

    actor: Actor


class Acted(Outline, gc=False):
    """An event of which it is also read who acted."""

    provenance: Provenance

"""What views read of each event of a silence, and no more."""

from msgspec import Raw, Struct

from infrastructure.views.outline import Acted, Outline


class Schedule(Struct, gc=False):
    """From when until when a silence holds."""

    starts_at: str
    ends_at: str
    repeats: str | None
    timezone: str | None
    repeats_until: str | None


class Definition(Struct, gc=False):
    """What a silence holds back, when and why."""

    kind: str
    matchers: Raw
    everything: bool
    schedule: Schedule
    comment: str


class Created(Acted, gc=False):
    """`silence.created`."""

    definition: Definition


class Extended(Outline, gc=False):
    """`silence.extended`."""

    schedule: Schedule


SILENCE_OUTLINES: dict[str, type[Struct]] = {
    "silence.created": Created,
    "silence.extended": Extended,
    "silence.ended": Acted,
}
"""What is read of each type of event of a silence."""

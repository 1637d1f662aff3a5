"""Which types of channels there are: Tocsin's own and those of third parties, found in one way."""

from collections.abc import Mapping
from functools import cache
from importlib.metadata import EntryPoint

from application.channels import Channel
from infrastructure.entry_points import loaded, offered

GROUP = "tocsin.channels"


class UnknownChannelTypeError(LookupError):
    """No type of channel has that name."""


class BrokenChannelError(Exception):
    """An installed type of channel cannot be loaded; the message says whose and why."""


@cache
def installed() -> Mapping[str, EntryPoint]:
    """Give the entry points of all installed types by the name that `channels.yaml` calls."""
    return offered(GROUP)


def channel_class(name: str) -> type[Channel]:
    """Import a type's class; raises UnknownChannelTypeError or BrokenChannelError."""
    found = installed().get(name)
    if found is None:
        raise UnknownChannelTypeError(name)
    channel: type[Channel] = loaded(found, "channel", _REQUIRED, BrokenChannelError)
    return channel


_REQUIRED = ("Config", "reaches", "send")

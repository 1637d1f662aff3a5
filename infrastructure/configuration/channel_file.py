"""The channels from `channels.yaml`: each of a known type, with what that type needs to know."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from domain.alerting.channel import is_address
from domain.alerting.settings import AlertingSettings
from domain.responder.directory import Directory
from infrastructure.channels.catalogue import (
    BrokenChannelError,
    UnknownChannelTypeError,
    channel_class,
    installed,
)
from infrastructure.configuration.document import Document
from infrastructure.configuration.files import read_document
from infrastructure.configuration.flaws import with_all_others
from infrastructure.configuration.mistakes import (
    ConfigurationError,
    KeyPath,
    Mistake,
    in_reading_order,
    shorten,
)
from infrastructure.configuration.runbooks.texts import reference_troubles, texts_within
from infrastructure.configuration.validation import validate_value


def read_channels(path: Path, directory: Directory) -> tuple[AlertingSettings, list[Mistake]]:
    """Read the channels, and all that is wrong with them; no file means that there are none."""
    if not path.exists():
        return AlertingSettings(), []
    try:
        return channels_of(read_document(path), directory)
    except ConfigurationError as error:
        found = with_all_others(error, lambda document: channels_of(document, directory)[1])
        return AlertingSettings(), found


def channels_of(document: Document, directory: Directory) -> tuple[AlertingSettings, list[Mistake]]:
    """Read a document; one of comments alone says nothing."""
    if document.root.content is None:
        return AlertingSettings(), []
    settings, mistakes = validate_value(document, (), AlertingSettings)
    found = list(mistakes)
    found += [each for index in range(_count(document)) for each in _of_type(document, index)]
    found += _wrong_references(document)
    if settings is not None:
        found += [*_doubles(document, settings), *_strangers(document, settings, directory)]
    return settings or AlertingSettings(), list(in_reading_order(found))


def _count(document: Document) -> int:
    node = document.node(("channels",))
    return len(node.content) if node and isinstance(node.content, list) else 0


def _of_type(document: Document, index: int) -> Iterator[Mistake]:
    """Check a channel's `config` by what its type says of it."""
    path: KeyPath = ("channels", index)
    named = document.node((*path, "type"))
    if named is None or not isinstance(named.content, str):
        return
    try:
        model = channel_class(named.content).Config
    except UnknownChannelTypeError:
        known = ", ".join(sorted(installed()))
        yield document.mistake((*path, "type"), f"there is no type {shorten(named.content)}", known)
        return
    except BrokenChannelError as error:
        # Not the author's mistake, and no reason to stop detecting.
        yield document.mistake((*path, "type"), shorten(str(error), 300), severity="warning")
        return
    if document.node((*path, "config")) is not None:
        yield from validate_value(document, (*path, "config"), model)[1]
    elif any(field.is_required() for field in model.model_fields.values()):
        needed = [name for name, field in model.model_fields.items() if field.is_required()]
        yield document.mistake((*path, "config"), "missing", f"at least {', '.join(needed)}")


def _wrong_references(document: Document) -> Iterator[Mistake]:
    for path, text in texts_within(document.root, ()):
        yield from (document.mistake(path, *each) for each in reference_troubles(text))


def _doubles(document: Document, settings: AlertingSettings) -> Iterator[Mistake]:
    first: dict[str, int] = {}
    for index, channel in enumerate(settings.channels):
        if first.setdefault(channel.id, index) != index:
            line, _ = document.position(("channels", first[channel.id], "id"))
            problem = f"the id {channel.id} is used in line {line}"
            yield document.mistake(("channels", index, "id"), problem, "another id")


def _strangers(
    document: Document, settings: AlertingSettings, directory: Directory
) -> Iterator[Mistake]:
    """Say which names stand for no channel, and which for nobody."""
    known = {channel.id for channel in settings.channels}
    places: list[tuple[KeyPath, str]] = [
        *((("messages", index), name) for index, name in enumerate(settings.messages)),
        *(
            (("channels", index, "fallback"), channel.fallback)
            for index, channel in enumerate(settings.channels)
            if channel.fallback
        ),
        *(
            (("routing", "routes", at, "channels", index), name)
            for at, route in enumerate(settings.routing.routes)
            for index, name in enumerate(route.channels)
        ),
    ]
    for path, name in places:
        if name not in known:
            yield document.mistake(path, f"there is no channel {name}", _listed(known))
    for index, channel in enumerate(settings.channels):
        # Of one that is switched off nobody is told, whoever they are.
        for at, name in enumerate(channel.to if channel.enabled else ()):
            if not (directory.knows(name) or is_address(name)):
                problem = f"there is nobody called {name} in responders.yaml"
                expected = "a person, team, rotation or group, or an address"
                yield document.mistake(("channels", index, "to", at), problem, expected)


def _listed(names: Iterable[str]) -> str:
    return shorten(", ".join(sorted(names)) or "none is there", 200)

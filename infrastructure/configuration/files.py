"""Reading configuration files from disk, with every trouble as a mistake of the file."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from infrastructure.configuration.document import Document
from infrastructure.configuration.mistakes import ConfigurationError, Mistake
from infrastructure.configuration.yaml_document import parse_yaml


def read_document(path: Path) -> Document:
    """Read a YAML file; raises ConfigurationError if it is not there or is no safe YAML."""
    try:
        content = path.read_bytes()
    except OSError as error:
        reason = error.strerror or "it cannot be read"
        raise ConfigurationError([Mistake(str(path), 1, 1, "", reason.lower())]) from None
    return parse_yaml(content, str(path))


def yaml_files(folder: Path) -> list[Path]:
    """Give the YAML files of a folder, by name; none if there is no such folder."""
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if path.suffix in {".yaml", ".yml"})


def files_at(places: Iterable[Path]) -> Iterator[Path]:
    """Give files as they are, and of folders the YAML files in them."""
    for place in places:
        yield from yaml_files(place) if place.is_dir() else [place]

"""The directory of responders from `responders.yaml`."""

from pathlib import Path

from domain.responder.directory import Directory
from infrastructure.configuration.document import Document
from infrastructure.configuration.files import read_document
from infrastructure.configuration.mistakes import ConfigurationError, Mistake, shorten
from infrastructure.configuration.validation import validate_value


def read_directory(path: Path) -> tuple[Directory, list[Mistake]]:
    """Read the directory, and all that is wrong with it; no file means nobody is in it."""
    if not path.exists():
        return Directory(), []
    try:
        return directory_of(read_document(path))
    except ConfigurationError as error:
        return Directory(), list(error.mistakes)


def directory_of(document: Document) -> tuple[Directory, list[Mistake]]:
    """Read a document; one of comments alone says nothing."""
    if document.root.content is None:
        return Directory(), []
    directory, mistakes = validate_value(document, (), Directory)
    if directory is None:
        return Directory(), list(mistakes)
    return directory, [
        document.mistake(flaw.place, flaw.problem, shorten(flaw.expected))
        for flaw in directory.flaws()
    ]

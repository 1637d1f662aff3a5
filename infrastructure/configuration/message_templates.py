"""The templates of messages in the folder `templates`, checked as they stand."""

from collections.abc import Iterator
from pathlib import Path

from application.templates import TemplateError
from infrastructure.configuration.mistakes import Mistake
from infrastructure.templates.message import MessageTemplate

SUFFIXES = {".md", ".txt"}


def template_mistakes(folder: Path) -> list[Mistake]:
    """Say what is wrong with the templates of a folder; nothing if there is no such folder."""
    if not folder.is_dir():
        return []
    files = sorted(path for path in folder.iterdir() if path.suffix in SUFFIXES)
    return [mistake for path in files for mistake in _mistakes(path)]


def _mistakes(path: Path) -> Iterator[Mistake]:
    try:
        MessageTemplate(path.read_text("utf-8"))
    except TemplateError as error:
        yield Mistake(str(path), error.line or 1, 1, "", error.reason)
    except UnicodeDecodeError:
        yield Mistake(str(path), 1, 1, "", "not UTF-8")
    except OSError as error:
        reason = error.strerror or "it cannot be read"
        yield Mistake(str(path), 1, 1, "", reason.lower())

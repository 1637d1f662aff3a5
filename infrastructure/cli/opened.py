"""Tocsin opened for one command, with views that show everything that was written before."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from infrastructure.bootstrap import Tocsin
from infrastructure.cli.failures import BadInputError, RefusedError
from infrastructure.cli.output import counted
from infrastructure.cli.texts import safe
from infrastructure.settings import DATABASE, Settings

if TYPE_CHECKING:
    from application.views import Views

_KINDS = ("sqlite", "postgresql", "postgres")


@contextmanager
def opened(settings: Settings | None = None) -> Iterator[Tocsin]:
    """Give Tocsin, and close it afterwards; refuse a database of which there is no kind."""
    settings = settings or Settings.of()
    kind, _, _ = settings.database.partition("://")
    if kind not in _KINDS:
        msg = (
            f"{DATABASE} names a database of the kind {kind!r}; "
            "write sqlite:///PATH, the path of a file, or postgresql://USER@HOST/NAME."
        )
        raise BadInputError(msg)
    tocsin = Tocsin(settings)
    try:
        yield tocsin
    finally:
        tocsin.close()


@contextmanager
def current_views() -> Iterator["Views"]:
    """Give views that show the whole log; those of a log that does not exist show nothing."""
    with opened() as tocsin:
        yield views_of(tocsin)


def views_of(tocsin: Tocsin) -> "Views":
    """Give current views; what brings them up to date is loaded only if they are not."""
    if not log_exists(tocsin.settings):
        return NoViews()
    if not tocsin.views.is_current():
        tocsin.catch_up()
    return tocsin.views


def log_exists(settings: Settings) -> bool:
    """Say whether there is a log, as far as that can be told without opening it."""
    prefix = "sqlite:///"
    if not settings.database.startswith(prefix):
        return True
    return Path(unquote(settings.database.removeprefix(prefix))).exists()


def nothing_read() -> str:
    """Say that nothing has been read yet, if so."""
    if log_exists(Settings.of()):
        return ""
    return f"Nothing has been read yet into {safe(Settings.of().database)}."


def identified(views: "Views", part: str) -> str:
    """Find the incident of which a part of the id was typed; refuse if it is not exactly one."""
    found = views.find_incident(part)
    if len(found) == 1:
        return found[0]
    if not found:
        hint = nothing_read() or "See them: tocsin incidents --status all"
        msg = f"there is no incident {safe(part)}"
        raise RefusedError(msg, hint)
    msg = f"{safe(part)} could be any of {counted(len(found), 'incident')}; type more of its id"
    raise RefusedError(msg, *found)


class NoViews:
    """The views of a log that does not exist."""

    def board(self, wanted: Any) -> list[Any]:
        """Give nothing."""
        del wanted
        return []

    def incident(self, incident_id: str) -> None:
        """Know no incident."""
        del incident_id

    def find_incident(self, part: str) -> list[str]:
        """Find nothing."""
        del part
        return []

    def recent_incidents(self, rule_id: str, since: Any) -> list[Any]:
        """Give nothing."""
        del rule_id, since
        return []

    def timeline(self, incident_id: str) -> list[Any]:
        """Give nothing."""
        del incident_id
        return []

    def dead_letters(
        self, source: str | None = None, limit: int = 100, offset: int = 0
    ) -> list[Any]:
        """Give nothing."""
        del source, limit, offset
        return []

    def count_dead_letters(self, source: str | None = None) -> int:
        """Count nothing."""
        del source
        return 0

    def sources(self) -> list[Any]:
        """Give nothing."""
        return []

    def rules(self) -> list[Any]:
        """Give nothing."""
        return []

    def status(self) -> list[Any]:
        """Give nothing."""
        return []

    def is_current(self) -> bool:
        """Show all there is."""
        return True

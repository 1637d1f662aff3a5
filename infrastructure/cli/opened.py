"""Tocsin opened for one command, with views that show everything that was written before."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote

from infrastructure.bootstrap import Tocsin
from infrastructure.cli.failures import BadInputError, RefusedError
from infrastructure.cli.texts import safe
from infrastructure.settings import DATABASE, Settings

if TYPE_CHECKING:
    from application.journal import TAggregate
    from application.views import Views
    from domain.alerting.delivery import Delivery
    from domain.alerting.silence import Silence
    from domain.runbook.execution import RunbookExecution

_SQLITE = "sqlite:///"
_KINDS = ("sqlite", "postgresql", "postgres")
_SHOWN = 20


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
    if settings.database in {_SQLITE, f"{_SQLITE}:memory:"}:
        msg = f"{DATABASE} names a database that would be lost at once; write the path of a file."
        raise BadInputError(msg)
    tocsin = Tocsin(settings)
    try:
        yield tocsin
    finally:
        tocsin.close()


@contextmanager
def current_views() -> Iterator["Views | None"]:
    """Give views that show the whole log; none if there is no log yet."""
    with opened() as tocsin:
        yield views_of(tocsin)


def views_of(tocsin: Tocsin) -> "Views | None":
    """Give current views; what brings them up to date is loaded only if they are not."""
    if not log_exists(tocsin.settings):
        return None
    if not tocsin.views.is_current():
        tocsin.catch_up()
    return tocsin.views


def log_exists(settings: Settings) -> bool:
    """Say whether there is a log, as far as that can be told without opening it."""
    if not settings.database.startswith(_SQLITE):
        return True
    return Path(unquote(settings.database.removeprefix(_SQLITE))).exists()


def configured() -> Path:
    """Give the folder of the configuration in use; refuse one that is not there."""
    folder = Settings.of().config
    if not folder.is_dir():
        msg = f"{folder}: there is no such folder; TOCSIN_CONFIG names it"
        raise BadInputError(msg, "Make one: tocsin init DIR")
    return folder


def nothing_read() -> str:
    """Say that nothing has been read yet, if so."""
    if log_exists(Settings.of()):
        return ""
    return f"Nothing has been read yet into {safe(Settings.of().database)}."


def identified(views: "Views | None", part: str) -> str:
    """Find the incident of which a part of the id was typed; refuse if it is not exactly one."""
    found = views.find_incident(part, _SHOWN + 1) if views else []
    return _the_one(found, part, "incident", "tocsin incidents --status all")


def known_execution(tocsin: Tocsin, part: str) -> "RunbookExecution":
    """Give the execution of which a part of the id was typed; refuse if it is not exactly one."""
    from domain.runbook.execution import RunbookExecution

    views = views_of(tocsin)
    found = views.find_execution(part, _SHOWN + 1) if views else []
    of = _the_one(found, part, "execution", "tocsin executions --all")
    return _known(tocsin, RunbookExecution, of)


def known_silence(tocsin: Tocsin, part: str) -> "Silence":
    """Give the silence of which a part of the id was typed; refuse if it is not exactly one."""
    from domain.alerting.silence import Silence

    views = views_of(tocsin)
    found = views.find_silence(part, _SHOWN + 1) if views else []
    return _known(tocsin, Silence, _the_one(found, part, "silence", "tocsin silences list --all"))


def known_delivery(tocsin: Tocsin, part: str) -> "Delivery":
    """Give the delivery of which a part of the id was typed; refuse if it is not exactly one."""
    from domain.alerting.delivery import Delivery

    views = views_of(tocsin)
    found = views.find_delivery(part, _SHOWN + 1) if views else []
    of = _the_one(found, part, "delivery", "tocsin deliveries list --all")
    return _known(tocsin, Delivery, of)


def _known(tocsin: Tocsin, kind: type["TAggregate"], of: str) -> "TAggregate":
    known = tocsin.journal.load(kind, of)
    assert known is not None  # noqa: S101 - the views show nothing that is not in the log
    return known


def incident_or_delivery(views: "Views | None", part: str) -> str:
    """Find what is meant among incidents and deliveries; refuse if it is not exactly one."""
    incidents = views.find_incident(part, _SHOWN + 1) if views else []
    deliveries = views.find_delivery(part, _SHOWN + 1) if views else []
    found = [*incidents, *deliveries]
    return _the_one(found, part, "incident or delivery", "tocsin incidents --status all")


def _the_one(found: list[str], part: str, noun: str, listing: str) -> str:
    if len(found) == 1:
        return found[0]
    if not found:
        msg = f"there is no {noun} {safe(part)}"
        raise RefusedError(msg, nothing_read() or f"See them: {listing}")
    many = f"more than {_SHOWN}" if len(found) > _SHOWN else f"any of {len(found)}"
    msg = f"{safe(part)} could be {many} {_many(noun)}; type more of its id"
    raise RefusedError(msg, *found[:_SHOWN])


def _many(noun: str) -> str:
    return " or ".join(
        f"{word[:-1]}ies" if word.endswith("y") else f"{word}s" for word in noun.split(" or ")
    )

"""What went wrong, in one clear line, with the exit status that says whose turn it is."""

import re
from dataclasses import dataclass

from infrastructure.cli.texts import safe, safe_lines

FAILED = 1
BAD_INPUT = 2


class RefusedError(Exception):
    """Tocsin does not do what was asked; the message says why, the hints what to do instead."""

    def __init__(self, message: str, *hints: str) -> None:
        super().__init__(message)
        self.hints = hints


class BadInputError(RefusedError):
    """What was typed cannot be; every mistake is a message of its own."""


@dataclass(frozen=True)
class Failure:
    """How a command failed: what is said, and the exit status."""

    lines: tuple[str, ...]
    status: int = FAILED


# By name, so that telling the kind of an error imports nothing.
_OF_THE_DATABASE = (
    "eventsourcing.persistence.PersistenceError",
    "sqlite3.Error",
    "psycopg.Error",
    "psycopg_pool.PoolTimeout",
    "sqlalchemy.exc.SQLAlchemyError",
)
_BAD_INPUT = (
    "infrastructure.bootstrap.UnknownSourceError",
    "application.views.UnknownProjectionError",
    "infrastructure.sources.unreadable.SourceUnavailableError",
)
_REFUSED = (
    "application.views.ViewsError",
    "domain.alerting.errors.AlertingError",
    "domain.incident.errors.IncidentError",
)
_CONFIGURATION = "infrastructure.configuration.mistakes.ConfigurationError"
_CONFLICT = "application.journal.SourceConflictError"

_ADVICE = (
    ("locked", "another process is writing to it; try again in a moment"),
    ("readonly", "it may not be written to; see who owns the file and its folder"),
    ("read-only", "it may not be written to"),
    ("full", "make room on the disk; nothing that was saved before is lost"),
    ("No space", "make room on the disk; nothing that was saved before is lost"),
    ("unable to open", "see whether its folder exists and may be written to"),
    ("not a database", "TOCSIN_DATABASE must name a file that Tocsin has made, or a new one"),
    ("malformed", "the file is damaged: put it back from a backup"),
    ("password", "see the user and the password in TOCSIN_DATABASE"),
    ("does not exist", "create it, or see TOCSIN_DATABASE"),
    ("connect", "see whether the server runs, and TOCSIN_DATABASE"),
)


def failure(error: BaseException, database: str) -> Failure:
    """Say what an error means to who typed the command; `database` is what was worked on."""
    kinds = {f"{kind.__module__}.{kind.__qualname__}" for kind in type(error).__mro__}
    if isinstance(error, RefusedError):
        status = BAD_INPUT if isinstance(error, BadInputError) else FAILED
        return Failure((safe_lines(error), *map(safe, error.hints)), status)
    if kinds & {*_OF_THE_DATABASE}:
        return Failure((_of_database(error, database),))
    return _of_tocsin(error, kinds) or _of_system(error)


def without_password(url: str) -> str:
    """Write a database's URL for everybody to see."""
    url = re.sub(r"(://[^/@:]*):[^/@]*@", r"\1:***@", url)
    return re.sub(r"(?i)(password=)[^&]*", r"\1***", url)


def _of_tocsin(error: BaseException, kinds: set[str]) -> Failure | None:
    if _CONFIGURATION in kinds:
        return _misconfigured(error)
    if kinds & {*_BAD_INPUT}:
        return Failure((safe(error),), BAD_INPUT)
    if kinds & {*_REFUSED}:
        return Failure((safe(error),))
    if _CONFLICT in kinds:
        line = f"another process is reading the source {safe(error)}, and one has to stop"
        return Failure((f"{line}: this one did. Nothing is lost or doubled.",))
    return None


def _misconfigured(error: BaseException) -> Failure:
    mistakes = [each for each in getattr(error, "mistakes", ()) if each.severity == "error"]
    summary = "Nothing was changed. Correct this, then see: tocsin rules check"
    return Failure((*(safe(mistake) for mistake in mistakes), summary), BAD_INPUT)


def _of_database(error: BaseException, database: str) -> str:
    said = _said(error)
    advice = next((text for sign, text in _ADVICE if sign in said), "")
    line = f"the database {safe(without_password(database))}: {safe(said)}"
    return f"{line}; {advice}" if advice else line


def _said(error: BaseException) -> str:
    """Find what the driver said, at the bottom of what was made of it."""
    inner = error
    while (cause := inner.__cause__ or getattr(inner, "orig", None)) and cause is not inner:
        inner = cause
    kind = f"{type(inner).__module__}.{type(inner).__qualname__}"
    if kind == "psycopg.ProgrammingError" and not getattr(inner, "sqlstate", None):
        # No server said this: the driver quotes what it cannot read, which may be the password.
        return "its URL cannot be read; write postgresql://USER@HOST/NAME"
    return " ".join((str(inner) or str(error) or type(inner).__name__).split())


def _of_system(error: BaseException) -> Failure:
    if isinstance(error, OSError):
        named = f"{safe(error.filename)}: " if error.filename else ""
        return Failure((f"{named}{safe(error.strerror or error)}",))
    if isinstance(error, ImportError) and error.name and error.name.startswith("psycopg"):
        return Failure(("PostgreSQL needs a driver: pip install 'tocsin[postgres]'",))
    what = safe(" ".join(f"{type(error).__name__}: {error}".split()))[:500]
    return Failure((f"this should not happen: {what}", "TOCSIN_DEBUG=1 shows where."))

"""The database that holds the views: opened by URL, read and written in transactions."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import unquote

from sqlalchemy import Connection, make_url
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError, DBAPIError

from application.views import UnreadableViewsError, ViewsError
from infrastructure.views.technology import Technology

_SQLITE = "sqlite:///"


def views_url(events_url: str) -> str:
    """Say where the views of a log are: beside a SQLite file, inside a PostgreSQL database."""
    if not events_url.startswith(_SQLITE):
        return events_url
    folder, slash, name = events_url.rpartition("/")
    stem, dot, suffix = name.rpartition(".")
    return f"{folder}{slash}{stem}-views.{suffix}" if dot else f"{events_url}-views"


class ViewDatabase:
    """A database of views. Nothing is opened before it is first used."""

    def __init__(self, url: str) -> None:
        address = _address(url)
        self._name = address.render_as_string(hide_password=True)
        self.technology = _technology(address)
        self.schema = self.technology.schema

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Open a transaction that sees one state of all views."""
        with self._transaction(dict(self.technology.reading)) as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Open a transaction that writes."""
        with self._transaction(dict(self.technology.writing)) as connection:
            yield connection

    def prepare(self) -> None:
        """Make the place where the tables of views will be."""
        with self._telling():
            self.technology.prepare()

    def close(self) -> None:
        """Close all connections; the next use opens new ones."""
        self.technology.engine.dispose()

    @contextmanager
    def _transaction(self, options: dict[str, Any]) -> Iterator[Connection]:
        with self._telling(), self.technology.engine.connect() as connection:
            connection.execution_options(**options)
            with connection.begin():
                yield connection

    @contextmanager
    def _telling(self) -> Iterator[None]:
        try:
            yield
        except DBAPIError as error:
            raise self._told(error.orig) from error
        except self.technology.driver.Error as error:
            # Rows in bulk are written by the driver itself.
            raise self._told(error) from error

    def _told(self, error: BaseException | None) -> ViewsError:
        said = " ".join(str(error).split())
        if isinstance(error, self.technology.driver.OperationalError) and "no such" not in said:
            return ViewsError(f"the views at {self._name} cannot be reached: {said}")
        return unreadable(self._name, said)

    def unreadable(self, why: str) -> UnreadableViewsError:
        """Say that what is stored are not views that can be read."""
        return unreadable(self._name, why)


def unreadable(name: str, why: str) -> UnreadableViewsError:
    """Say why views cannot be read, and that nothing is lost by removing them."""
    return UnreadableViewsError(
        f"the views at {name} cannot be read: {why}; everything in them is also in the log: "
        "remove them, and the next command builds them again"
    )


def _address(url: str) -> URL:
    # A path is taken as the log takes it, whatever characters are in it.
    if url.startswith(_SQLITE):
        return URL.create("sqlite", database=unquote(url.removeprefix(_SQLITE)))
    try:
        return make_url(url)
    except (ArgumentError, ValueError):
        # What it says may hold a password.
        msg = "the database's URL cannot be read: write postgresql://USER@HOST/NAME"
        raise ViewsError(msg) from None


def _technology(url: URL) -> Technology:
    # Imported late: whoever keeps views in SQLite need not have a driver for PostgreSQL.
    kind = url.get_backend_name()
    if kind == "sqlite":
        from infrastructure.views.sqlite import SqliteTechnology  # noqa: PLC0415

        return SqliteTechnology(url)
    if kind in {"postgresql", "postgres"}:
        from infrastructure.views.postgres import PostgresTechnology  # noqa: PLC0415

        return PostgresTechnology(url)
    msg = f"views cannot be kept in {kind!r}: write sqlite:///PATH or postgresql://USER@HOST/NAME"
    raise ViewsError(msg)

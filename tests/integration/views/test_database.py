"""Where views are kept, and what is said when they cannot be read."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text

from application.views import UnreadableViewsError, ViewsError
from infrastructure.views.database import ViewDatabase, views_url
from infrastructure.views.follower import Follower
from infrastructure.views.queries import SqlViews
from tests.integration.views.lives import everything, small_log
from tests.unit.projections.histories import incident


@pytest.mark.parametrize(
    ("events", "views"),
    [
        ("sqlite:////var/lib/tocsin.db", "sqlite:////var/lib/tocsin-views.db"),
        ("sqlite:///tocsin.db", "sqlite:///tocsin-views.db"),
        ("sqlite:///a.d/tocsin", "sqlite:///a.d/tocsin-views"),
        ("postgresql://u:p@h/db?host=/tmp", "postgresql://u:p@h/db?host=/tmp"),
    ],
)
def test_views_are_beside_the_events(events: str, views: str) -> None:
    assert views_url(events) == views


def test_views_that_were_deleted_come_back(tmp_path: Path) -> None:
    log, path = small_log(), tmp_path / "views.db"
    with closing(ViewDatabase(f"sqlite:///{path}")) as database:
        Follower(database, log).catch_up()
        before = everything(SqlViews(database, log))
    for file in tmp_path.glob("views.db*"):
        file.unlink()
    with closing(ViewDatabase(f"sqlite:///{path}")) as database:
        Follower(database, log).catch_up()
        assert everything(SqlViews(database, log)) == before


def test_a_path_is_taken_as_the_log_takes_it(tmp_path: Path) -> None:
    folder = tmp_path / "odd name?#é"
    folder.mkdir()
    with closing(ViewDatabase(f"sqlite:///{folder}/a%20b-views.db")) as database:
        Follower(database, small_log()).catch_up()
    assert (folder / "a b-views.db").exists()


def test_a_file_that_is_no_database_is_told_from_views(tmp_path: Path) -> None:
    path = tmp_path / "views.db"
    path.write_bytes(b"these are not the views that you are looking for" * 100)
    with (
        closing(ViewDatabase(f"sqlite:///{path}")) as database,
        pytest.raises(UnreadableViewsError, match=r"views\.db cannot be read: .*remove them"),
    ):
        Follower(database, small_log()).catch_up()


def test_views_in_a_newer_format_are_not_touched(database: ViewDatabase) -> None:
    log = small_log()
    Follower(database, log).catch_up()
    schema = f"{database.schema}." if database.schema else ""
    with database.writing() as connection:
        connection.execute(text(f"UPDATE {schema}format SET number = 2"))
    with pytest.raises(UnreadableViewsError, match="format is 2, and 1 is known"):
        Follower(database, log).catch_up()
    with pytest.raises(UnreadableViewsError, match="format is 2"):
        SqlViews(database, log).status()


def test_tables_that_are_gone_are_told(database: ViewDatabase) -> None:
    log = small_log()
    Follower(database, log).catch_up()
    schema = f"{database.schema}." if database.schema else ""
    with database.writing() as connection:
        connection.execute(text(f"DROP TABLE {schema}timeline_g1"))
    with pytest.raises(UnreadableViewsError, match="timeline_g1"):
        SqlViews(database, log).timeline("INC-1")


@pytest.mark.parametrize("gone", ["incidents_g1", "timeline_g1"])
def test_tables_that_are_gone_are_told_by_who_writes_to_them(
    database: ViewDatabase, gone: str
) -> None:
    log = small_log()
    Follower(database, log).catch_up()
    schema = f"{database.schema}." if database.schema else ""
    with database.writing() as connection:
        connection.execute(text(f"DROP TABLE {schema}{gone}"))
    log.record(incident("INC-NEW"))
    with pytest.raises(UnreadableViewsError, match=gone):
        Follower(database, log).catch_up()


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with (
        closing(ViewDatabase(f"sqlite:///{tmp_path}/no/views.db")) as database,
        pytest.raises(ViewsError, match="cannot be reached: unable to open"),
    ):
        Follower(database, small_log()).catch_up()


def test_no_password_is_in_an_error() -> None:
    url = "postgresql://tocsin:s3cret@localhost:1/none?connect_timeout=1"
    with closing(ViewDatabase(url)) as database, pytest.raises(ViewsError) as refused:
        SqlViews(database, small_log()).status()
    assert "s3cret" not in str(refused.value)


def test_another_kind_of_database_is_refused() -> None:
    with pytest.raises(ViewsError, match="write sqlite:///PATH or"):
        ViewDatabase("mysql://localhost/db")


def test_readers_do_not_wait_for_a_writer(tmp_path: Path) -> None:
    log, path = small_log(), tmp_path / "views.db"
    with closing(ViewDatabase(f"sqlite:///{path}")) as database:
        Follower(database, log).catch_up()
        with closing(sqlite3.connect(path, isolation_level=None)) as writer:
            writer.execute("BEGIN IMMEDIATE")
            assert SqlViews(database, log).is_current()

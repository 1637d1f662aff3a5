"""Whatever process stores an event, who waits for the log wakes."""

import subprocess
import sys
import threading
from pathlib import Path

import psycopg
import pytest

from infrastructure.store.store import open_journal
from infrastructure.waking import server
from infrastructure.waking.log import ringing_with_the_log
from tests.support.runbooks import an_incident

LONG, SHORT = 10.0, 0.2
COMMIT = """
import sys
from infrastructure.store.store import open_journal
from tests.support.runbooks import an_incident
journal = open_journal(sys.argv[1])
journal.commit([an_incident()])
journal.close()
"""


def test_another_process_s_commit_rings(database_url: str) -> None:
    open_journal(database_url).close()
    rang = threading.Event()
    with ringing_with_the_log(database_url, rang.set):
        # PostgreSQL's rings once it listens.
        rang.wait(0 if database_url.startswith("sqlite") else LONG)
        rang.clear()
        subprocess.run([sys.executable, "-c", COMMIT, database_url], check=True)
        assert rang.wait(LONG)


def test_what_rang_is_there_to_be_read(database_url: str) -> None:
    writer, reader = open_journal(database_url), open_journal(database_url)
    rang = threading.Event()
    with ringing_with_the_log(database_url, rang.set):
        rang.wait(0 if database_url.startswith("sqlite") else LONG)
        for number in range(20):
            incident = an_incident(f"INC-20260301-AA{number:04}")
            rang.clear()
            threading.Thread(target=writer.commit, args=([incident],)).start()
            assert rang.wait(LONG)
            assert reader.has(incident.id)
    writer.close()
    reader.close()


def test_what_is_only_read_does_not_ring(sqlite_url: str) -> None:
    journal = open_journal(sqlite_url)
    rang = threading.Event()
    with ringing_with_the_log(sqlite_url, rang.set):
        assert not journal.has("INC-1")
        assert not rang.wait(SHORT)
    journal.close()


def test_a_server_that_went_away_is_listened_to_again(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "_PAUSE", 0.05)
    rang = threading.Event()
    with ringing_with_the_log(postgres_url, rang.set):
        assert rang.wait(LONG)
        rang.clear()
        with psycopg.connect(postgres_url, autocommit=True) as other:
            other.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        assert rang.wait(LONG)


def test_a_log_that_cannot_be_watched_is_polled(tmp_path: Path) -> None:
    rang = threading.Event()
    with ringing_with_the_log(f"sqlite:///{tmp_path}/missing/tocsin.db", rang.set):
        assert not rang.wait(SHORT)

"""Fixtures and switches that every test shares."""

import os
import signal
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.support.postgres import PostgresServer

SOAK = os.environ.get("TOCSIN_SOAK") == "1"
ROOT = Path(__file__).parents[1]
# Set by the session's own process, read by its workers.
POSTGRES_HOME = "TOCSIN_TEST_POSTGRES_HOME"

settings.register_profile("ci", deadline=None, max_examples=100)
settings.register_profile("soak", deadline=None, max_examples=1_000)
settings.load_profile("soak" if SOAK else "ci")


def pytest_configure(config: pytest.Config) -> None:
    """Choose a home for PostgreSQL; a test that needs the server starts it."""
    if not hasattr(config, "workerinput"):
        os.environ[POSTGRES_HOME] = str(PostgresServer.prepare().home)
        # Being told to end is like being interrupted: the server is stopped.
        signal.signal(signal.SIGTERM, signal.default_int_handler)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop PostgreSQL however the session ended."""
    if not hasattr(config, "workerinput"):
        PostgresServer(Path(os.environ.pop(POSTGRES_HOME))).stop()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the tests that run for minutes unless they were asked for."""
    if SOAK:
        return
    long = [item for item in items if item.get_closest_marker("soak")]
    if long:
        items[:] = [item for item in items if item not in long]
        config.hook.pytest_deselected(items=long)


@pytest.fixture(scope="session")
def postgres_server() -> PostgresServer:
    """The session's real PostgreSQL, running, one for all workers."""
    server = PostgresServer(Path(os.environ[POSTGRES_HOME]))
    server.start()
    return server


@pytest.fixture
def postgres_url(postgres_server: PostgresServer) -> Iterator[str]:
    """A fresh database in a real PostgreSQL, dropped after the test."""
    with postgres_server.fresh_database(f"test_{uuid.uuid4().hex}") as url:
        yield url


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """A SQLite file that does not exist yet."""
    return f"sqlite:///{tmp_path / 'tocsin.db'}"


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest) -> str:
    """An empty database of each kind in turn."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Real logs that are not part of the project; a test that needs them skips without them."""
    folder = (ROOT / "../shared/data").resolve()
    if not folder.is_dir():
        pytest.skip("the folder ../shared/data is absent")
    return folder

"""The databases of the test session are real, empty and separate."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.engine import make_url

ROOT = Path(__file__).parents[2]


def engine_for(url: str) -> Engine:
    address = make_url(url)
    if address.drivername == "postgresql":
        address = address.set(drivername="postgresql+psycopg")
    return create_engine(address)


@pytest.mark.parametrize("attempt", [1, 2])
def test_a_database_is_fresh_and_answers(database_url: str, attempt: int) -> None:
    engine = engine_for(database_url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE attempts (number INTEGER)"))
        connection.execute(text("INSERT INTO attempts VALUES (:number)"), {"number": attempt})
        assert connection.scalars(text("SELECT number FROM attempts")).all() == [attempt]
    engine.dispose()


def test_postgres_is_a_real_server(postgres_url: str) -> None:
    engine = engine_for(postgres_url)
    with engine.connect() as connection:
        assert str(connection.scalar(text("SELECT version()"))).startswith("PostgreSQL ")
    engine.dispose()


def test_the_server_stops_with_its_session_even_after_a_failure(tmp_path: Path) -> None:
    suite, noted = tmp_path / "test_failing.py", tmp_path / "home"
    suite.write_text(
        "import os, pathlib\n"
        "def test_failing(postgres_url):\n"
        f"    pathlib.Path({str(noted)!r}).write_text(os.environ['TOCSIN_TEST_POSTGRES_HOME'])\n"
        "    raise AssertionError\n"
    )
    command = [sys.executable, "-m", "pytest", "-p", "tests.conftest", "--rootdir", str(tmp_path)]
    outside = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
    # Its own server, not the one that this session's workers share.
    outside.pop("TOCSIN_TEST_POSTGRES_HOME", None)
    session = subprocess.run(
        [*command, str(suite)], cwd=ROOT, env=outside, capture_output=True, text=True, check=False
    )
    assert session.returncode == pytest.ExitCode.TESTS_FAILED, session.stdout + session.stderr
    home = noted.read_text()
    assert not Path(home).exists()
    processes = subprocess.run(["ps", "ax"], capture_output=True, text=True, check=True).stdout
    assert home not in processes

"""The same log gives the same incidents, however, whereby and in what pieces it is read."""

import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from domain.incident.incident import Incident
from tests.support.ingesting import (
    BRUTE_FORCE,
    Case,
    shipped_source,
    write_configuration,
)

LINES = 2500  # of the real log, which has two of its incidents in them


@pytest.fixture(scope="session")
def log(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("log") / "auth.log"
    whole = (shared_data / "auth/auth.log").read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(whole[1500 : 1500 + LINES]))
    return path


def _case(folder: Path, database: str) -> Case:
    sources = {"sshd": shipped_source("sshd", repeats="expand", time={"year": 2017})}
    return Case(write_configuration(folder, [BRUTE_FORCE], sources), database)


def _said(incidents: list[Incident]) -> list[tuple[object, ...]]:
    return [
        (each.id, each.diagnosis, each.tally, [s.id for s in each.signals], each.severity)
        for each in incidents
    ]


@pytest.fixture
def wanted(log: Path, tmp_path: Path) -> list[tuple[object, ...]]:
    case = _case(tmp_path / "wanted", f"sqlite:///{tmp_path / 'wanted.db'}")
    case.ingest(log, "sshd")
    said = _said(case.incidents())
    assert len(said) > 2
    return said


@pytest.mark.parametrize("batch", [1, 1000])
def test_in_batches_of_any_size_on_either_database(
    batch: int, wanted: object, log: Path, tmp_path: Path, database_url: str
) -> None:
    case = _case(tmp_path / "config", database_url)
    case.ingest(log, "sshd", batch)
    found = _said(case.incidents())
    assert [(each[0], each[2:]) for each in found] == [
        (each[0], each[2:])
        for each in wanted  # type: ignore[attr-defined]
    ]


def test_in_pieces_one_after_another(
    wanted: object, log: Path, tmp_path: Path, sqlite_url: str
) -> None:
    case = _case(tmp_path / "config", sqlite_url)
    lines = log.read_bytes().splitlines(keepends=True)
    for number, begin in enumerate(range(0, LINES, 700)):
        piece = tmp_path / f"piece-{number}.log"
        piece.write_bytes(b"".join(lines[begin : begin + 700]))
        case.ingest(piece, "sshd")
    assert [each[0] for each in _said(case.incidents())] == [each[0] for each in wanted]  # type: ignore[attr-defined]
    assert [each[2:] for each in _said(case.incidents())] == [each[2:] for each in wanted]  # type: ignore[attr-defined]


def test_from_standard_input(
    wanted: object, log: Path, tmp_path: Path, sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = _case(tmp_path / "config", sqlite_url)
    with log.open("rb") as opened:
        monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=opened))
        case.ingest("-", "sshd")
    assert _said(case.incidents()) == wanted


def test_read_again_it_gives_nothing_new(log: Path, tmp_path: Path, database_url: str) -> None:
    case = _case(tmp_path / "config", database_url)
    case.ingest(log, "sshd")
    before = _said(case.incidents())
    again = case.ingest(log, "sshd")
    assert (again.lines, again.opened) == (0, [])
    assert _said(case.incidents()) == before

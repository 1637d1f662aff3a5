"""What takes long to build is kept, and what is kept is never trusted blindly."""

from pathlib import Path

import pytest

from infrastructure.matching import RuleIndex
from infrastructure.matching.text_search import TextSearch
from tests.unit.matching.making import rule, signal

pattern_database = pytest.importorskip(
    "infrastructure.matching.pattern_database", exc_type=ModuleNotFoundError
)

EXPRESSIONS = [b"needle", rb"\x00start"]
COLUMN = ["a needle", "start", "nothing"]
HITS = [(0, 0), (1, 1)]


def test_the_second_time_nothing_is_built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert list(TextSearch(EXPRESSIONS, tmp_path).hits(COLUMN)) == HITS
    monkeypatch.setattr(pattern_database, "_build", None)
    assert list(TextSearch(EXPRESSIONS, tmp_path).hits(COLUMN)) == HITS


def test_other_expressions_are_kept_apart(tmp_path: Path) -> None:
    TextSearch(EXPRESSIONS, tmp_path)
    TextSearch([b"other"], tmp_path)
    assert len(list(tmp_path.glob("patterns-*.hs"))) == 2
    assert len(list(tmp_path.iterdir())) == 2


def test_only_so_many_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pattern_database, "_MOST_KEPT", 3)
    for number in range(5):
        TextSearch([b"needle%d" % number], tmp_path)
    assert len(list(tmp_path.iterdir())) == 3


@pytest.mark.parametrize(
    "spoil", [lambda kept: kept[:0], lambda kept: kept[:-9], lambda kept: kept[::-1]]
)
def test_what_was_damaged_is_built_again(tmp_path: Path, spoil: object) -> None:
    TextSearch(EXPRESSIONS, tmp_path)
    (kept,) = tmp_path.iterdir()
    intact = kept.read_bytes()
    assert callable(spoil)
    kept.write_bytes(spoil(intact))
    assert list(TextSearch(EXPRESSIONS, tmp_path).hits(COLUMN)) == HITS
    assert len(kept.read_bytes()) == len(intact)


def test_a_folder_that_cannot_be_made_is_done_without(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    index = RuleIndex([rule(("a", "contains", "needle"))], cache=blocked / "cache")
    assert index.match([signal(a="a needle")]) == [(0, 0)]

"""Tables that fit."""

from hypothesis import given
from hypothesis import strategies as st

from infrastructure.cli.tables import Column, fitted, table
from infrastructure.cli.texts import width

COLUMNS = (Column("N", right=True), Column("NAME", least=4), Column("WHO", least=3), Column("GONE"))


def test_a_table_is_aligned_and_leaves_empty_columns_out() -> None:
    rows = [("1", "brute force", "ana", ""), ("12", "東京", "", "")]
    assert list(table(COLUMNS, rows, 80)) == [
        " N  NAME         WHO",
        " 1  brute force  ana",
        "12  東京",
    ]


def test_what_is_too_long_is_cut_where_it_may_be() -> None:
    rows = [("1", "a rule with a long name", "somebody", "")]
    assert list(table(COLUMNS, rows, 20)) == ["N  NAME     WHO", "1  a rule…  somebody"]


def test_a_style_changes_no_width() -> None:
    columns = [Column("A", style=lambda value, text: f"<{value}:{text}>"), Column("B")]
    assert list(table(columns, [("x", "y")], 80)) == ["A  B", "<x:x>  y"]


@given(st.lists(st.tuples(st.text(max_size=50), st.text(max_size=50)), min_size=1, max_size=5))
def test_every_line_fits(rows: list[tuple[str, str]]) -> None:
    columns = (Column("ONE", least=5), Column("TWO", least=5))
    assert all(width(line) <= 40 for line in table(columns, rows, 40))


@given(st.lists(st.tuples(st.integers(1, 90), st.none() | st.integers(1, 9)), min_size=1))
def test_nothing_gets_narrower_than_it_may(asked: list[tuple[int, int | None]]) -> None:
    natural, least = [each[0] for each in asked], [each[1] for each in asked]
    for before, low, after in zip(natural, least, fitted(natural, least, 60), strict=True):
        assert after == before if low is None else min(before, low) <= after <= before

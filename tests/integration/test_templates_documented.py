"""The page about templates names every filter and method there is."""

from pathlib import Path

from infrastructure.templates.filters import FILTERS
from infrastructure.templates.sandbox import METHOD_NAMES

PAGE = (Path(__file__).parents[2] / "docs" / "templates.md").read_text("utf-8")


def test_every_filter_and_method_is_on_the_page_and_no_other() -> None:
    filters = PAGE.partition("\nFilters: ")[2].partition(". Tests")[0]
    methods = PAGE.partition("\nMethods: ")[2].partition("\n")[0]
    assert [name.strip("`") for name in filters.split(", ")] == sorted(
        name for name in FILTERS if " " not in name
    )
    assert all(f"`{name}`" in methods for name in METHOD_NAMES)
    assert methods.count("`") == 2 * len(METHOD_NAMES)

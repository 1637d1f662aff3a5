"""Views on each kind of database in turn."""

from collections.abc import Iterator

import pytest

from infrastructure.views.database import ViewDatabase, views_url


@pytest.fixture
def database(database_url: str) -> Iterator[ViewDatabase]:
    """An empty database for views."""
    views = ViewDatabase(views_url(database_url))
    yield views
    views.close()

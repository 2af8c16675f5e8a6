"""A database for the tests of what is kept in it: real, without a chain, each test's writing undone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from backend.store.database import Database
from tests.support.kept import Shelf, new_database, undone


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    made = new_database(tmp_path_factory.mktemp("kept"))
    yield made
    made.close()


@pytest.fixture
def shelf(database: Database) -> Iterator[Shelf]:
    with undone(database) as connection:
        yield Shelf(connection)

"""The migrations make exactly the tables that the code speaks of."""

from __future__ import annotations

from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from backend.store.database import Database
from backend.store.migrations import current_revision, migrate
from backend.store.tables import metadata


def test_a_new_database_has_the_layout_that_the_code_expects(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'guanlian.db'}"
    migrate(url)
    database = Database(url)
    with database.engine.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), metadata)
    database.close()
    assert differences == []


def test_bringing_a_database_up_to_date_twice_changes_nothing(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'guanlian.db'}"
    assert current_revision(url) is None
    migrate(url)
    first = current_revision(url)
    migrate(url)
    assert current_revision(url) == first is not None

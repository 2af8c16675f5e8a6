"""The database's layouts in order, applied by Alembic."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from backend.store.database import Database


def migrate(url: str) -> None:
    """Brings a database to the newest layout; on a new one, makes it. Interrupted, it can be run again."""
    if url.startswith("sqlite:///"):
        Path(url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
    database = Database(url)
    try:
        with database.write() as connection:
            config = _config(url)
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    finally:
        database.close()


def current_revision(url: str) -> str | None:
    """The layout a database has, or None."""
    database = Database(url)
    try:
        with database.engine.connect() as connection:
            if not sa.inspect(connection).has_table("alembic_version"):
                return None
            return connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()
    finally:
        database.close()


def _config(url: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    return config

"""API keys as the operator of a gateway manages them, by hand on the gateway's own machine."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from backend.domain.errors import NotFound
from backend.services import access
from backend.services.access import CreatedKey
from backend.services.gateway import unix_now
from backend.settings import Settings
from backend.store import keys
from backend.store.database import Database
from backend.store.migrations import migrate


@contextmanager
def opened(settings: Settings) -> Iterator[Database]:
    """The installation's database in its newest layout; needs no chain."""
    if settings.database.startswith("sqlite"):
        (settings.home / "store").mkdir(parents=True, exist_ok=True)
    migrate(settings.database)
    database = Database(settings.database)
    try:
        yield database
    finally:
        database.close()


def create(settings: Settings, participant_no: int | None, scopes: Sequence[str], label: str) -> CreatedKey:
    """A new key; its token is shown this once."""
    with opened(settings) as database, database.write() as connection:
        return access.create_key(connection, participant_no=participant_no, scopes=scopes, label=label, now=unix_now())


def every(settings: Settings) -> list[keys.KeptKey]:
    with opened(settings) as database, database.read() as connection:
        return keys.keys_of(connection, None, every=True)


def revoke(settings: Settings, key_id: int) -> None:
    """Ends a key from the next request on. Raises NotFound."""
    with opened(settings) as database, database.write() as connection:
        if keys.key_with_id(connection, key_id) is None:
            raise NotFound(what="key", value=key_id)
        keys.revoke(connection, key_id, unix_now())

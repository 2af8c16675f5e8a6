"""Opening a database so that writers queue instead of failing, on SQLite and on PostgreSQL."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.exc import DatabaseError, OperationalError

from backend.domain.errors import StoreUnavailable

Connection = sa.Connection

#: How long a writer waits for another to finish, in milliseconds.
BUSY_TIMEOUT_MS = 15_000

#: The advisory lock that PostgreSQL's writers queue for: "guanlian" in ASCII.
WRITERS_LOCK = int.from_bytes(b"guanlian", "big")


class Database:
    """One database: short read transactions, and write transactions that take their lock at the start.

    SQLite's default BEGIN takes the write lock at the first write, and two readers who then both want it lose
    at once whatever the time-out; BEGIN IMMEDIATE makes them wait for each other. On PostgreSQL writers take one
    advisory lock, so that what a writer has read is still true when it writes, as use cases rely on.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self.is_sqlite = url.startswith("sqlite")
        arguments: dict[str, Any] = {"check_same_thread": False} if self.is_sqlite else {}
        self.engine = sa.create_engine(
            url,
            connect_args=arguments,
            pool_size=24,
            max_overflow=24,
            pool_pre_ping=not self.is_sqlite,
            # What a statement carries may be personal; it must not reach an error's text and with it a log.
            hide_parameters=True,
            json_serializer=_json_of,
            # Exact whatever its width: the chain's sets and years are numbers of 256 bits.
            json_deserializer=json.loads,
        )
        # SQLite's own waiting is sleep and look again, up to a tenth of a second; this process's writers need not.
        self._writers = threading.Lock()
        if self.is_sqlite:
            sa.event.listen(self.engine, "connect", _prepare_sqlite)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One moment of the database, whatever others write meanwhile; nothing written in it is kept."""
        try:
            with self.engine.connect() as connection:
                if self.is_sqlite:
                    connection.exec_driver_sql("BEGIN")
                else:
                    # PostgreSQL's default shows each statement what was committed before it: not one moment.
                    connection.execution_options(isolation_level="REPEATABLE READ")
                yield connection
                connection.rollback()
        except OperationalError as fault:
            raise StoreUnavailable(reason=type(fault.orig).__name__) from fault

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """All or nothing. Raises StoreUnavailable when the lock or the disk cannot be had."""
        try:
            with self._turn(), self.engine.connect() as connection:
                if self.is_sqlite:
                    connection.exec_driver_sql("BEGIN IMMEDIATE")
                else:
                    connection.execute(sa.select(sa.func.pg_advisory_xact_lock(WRITERS_LOCK)))
                try:
                    yield connection
                except BaseException:
                    connection.rollback()
                    raise
                connection.commit()
        except OperationalError as fault:
            raise StoreUnavailable(reason=type(fault.orig).__name__) from fault

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """This process's turn to write to SQLite; on PostgreSQL the server keeps the queue."""
        if not self.is_sqlite:
            yield
            return
        if not self._writers.acquire(timeout=BUSY_TIMEOUT_MS / 1000):
            raise StoreUnavailable(reason="busy")
        try:
            yield
        finally:
            self._writers.release()

    def answers(self) -> bool:
        """Whether a read works now."""
        try:
            with self.engine.connect() as connection:
                connection.exec_driver_sql("SELECT 1")
            return True
        except DatabaseError:
            return False

    def close(self) -> None:
        self.engine.dispose()


def _json_of(value: Any) -> str:
    try:
        return orjson.dumps(value).decode()
    except TypeError:
        # It knows no number wider than 64 bits.
        return json.dumps(value, ensure_ascii=False)


def _prepare_sqlite(connection: Any, _: Any) -> None:
    # The driver must not open transactions by itself: read() and write() say which kind they want.
    connection.isolation_level = None
    run = connection.execute
    run(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
    run("PRAGMA journal_mode = WAL")
    # A submission that was answered must survive a power cut.
    run("PRAGMA synchronous = FULL")
    run("PRAGMA cache_size = -131072")
    run("PRAGMA mmap_size = 1073741824")
    run("PRAGMA wal_autocheckpoint = 20000")
    run("PRAGMA foreign_keys = ON")

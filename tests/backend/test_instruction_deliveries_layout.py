"""A database whose webhooks told of receipts only goes on where it stood, and can go back."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from backend.store import migrations
from backend.store.database import Connection, Database

DELIVERY = (
    "INSERT INTO deliveries"
    " (webhook_id, {columns}, lane, delivery_id, status, attempts, next_at, created_at, updated_at)"
    " VALUES (1, {values}, x'00', '{name}', 'waiting', 0, 1, 1, 1)"
)
FACT = (
    "INSERT INTO release_instruction_facts (instruction_id, name, participant_no, reason, operation_id, at)"
    " VALUES (1, :name, 5, '', '', 1)"
)


def config_on(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    config.attributes["connection"] = connection
    return config


def delivery(connection: Connection, columns: str, values: str, name: str) -> None:
    connection.execute(sa.text(DELIVERY.format(columns=columns, values=values, name=name)))


def test_webhooks_go_on_where_they_stood_and_a_delivery_has_one_subject(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'guanlian.db'}")
    with database.write() as connection:
        command.upgrade(config_on(connection), "0010")
        connection.execute(
            sa.text(
                "INSERT INTO webhooks (participant_no, url, secret, is_active, deaths, after_receipt, created_at)"
                " VALUES (5, 'https://erp.example.com/', x'00', true, 0, 7, 1)"
            )
        )
        delivery(connection, "receipt_id", "7", "old")
        for name in ("Issued", "Overdue"):
            connection.execute(sa.text(FACT), {"name": name})
    with database.write() as connection:
        command.upgrade(config_on(connection), "0011")
    with database.read() as connection:
        assert connection.execute(sa.text("SELECT after_receipt, after_fact FROM webhooks")).one() == (7, 2)
    with database.write() as connection:
        delivery(connection, "fact_id", "2", "new")
    for columns, values in (("receipt_id, fact_id", "7, 2"), ("answer", "''")):
        with pytest.raises(sa.exc.IntegrityError), database.write() as connection:
            delivery(connection, columns, values, "wrong")

    with database.write() as connection:
        command.downgrade(config_on(connection), "0010")
    with database.read() as connection:
        assert connection.execute(sa.text("SELECT delivery_id, receipt_id FROM deliveries")).all() == [("old", 7)]
        assert "after_fact" not in {column["name"] for column in sa.inspect(connection).get_columns("webhooks")}
    database.close()

"""A gateway that dies in the middle of closing a month, and a chain that forgets it: nothing or all, and once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import sqlalchemy as sa

from backend.services import month_closing
from backend.store import summaries as store
from backend.store.tables import anchors, outbox, summaries, summary_closings, summary_lists
from tests.integration.test_summaries_flow import CUSTOMS, DISTRICT, Month
from tests.support.plain_chain import read_plainly
from tests.support.running import running_ledger, until


class Died(BaseException):
    """The process ended here."""


@pytest.fixture(scope="module")
def month(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Month]:
    with running_ledger(tmp_path_factory.mktemp("month")) as ledger:
        made = Month(ledger)
        made.time.passes(days=32)
        ledger.record(CUSTOMS, "Release", [made.held])
        yield made


#: Where the process may end while a month is closed: the module, the name called there, before or after its work.
LINES: dict[str, tuple[Any, str, bool]] = {
    "before anything is stored": (store, "insert_closing", False),
    "after the closing, before its summaries": (store, "insert_closing", True),
    "after a summary, before its anchor is queued": (store, "insert_summary", True),
    "before the anchors are queued": (month_closing, "enqueue", False),
    "after the anchors are queued, before the commit": (month_closing, "enqueue", True),
}
_TABLES = (summary_closings, summaries, summary_lists, outbox)


def _counts(month: Month) -> list[int]:
    with month.ledger.gateway.database.read() as connection:
        return [int(connection.execute(sa.select(sa.func.count()).select_from(each)).scalar_one()) for each in _TABLES]


def _close(month: Month) -> int:
    gateway, declarant_no = month.ledger.gateway, month.ledger.numbers[month.declarant]
    return month_closing.close(gateway, declarant_no, district=int(DISTRICT), month=month.month)


def _dying(real: Callable[..., Any], after: bool) -> Callable[..., Any]:
    def dies(*arguments: Any, **named: Any) -> Any:
        if after:
            real(*arguments, **named)
        raise Died

    return dies


@pytest.mark.parametrize("line", LINES)
def test_a_closing_that_dies_there_leaves_nothing(month: Month, monkeypatch: pytest.MonkeyPatch, line: str) -> None:
    before = _counts(month)
    target, name, after = LINES[line]
    monkeypatch.setattr(target, name, _dying(getattr(target, name), after))
    with pytest.raises(Died):
        _close(month)
    assert _counts(month) == before


def test_summaries_that_a_reorganisation_took_away_are_anchored_again_and_once(month: Month) -> None:
    ledger, gateway = month.ledger, month.ledger.gateway
    view = ledger.get(month.declarant, f"/v1/summaries/closings/{_close(month)}")
    ledger.settled(month.declarant, view["operation_id"])
    wanted = {each["anchor"] for each in view["summaries"]}

    def blocks() -> dict[str, int]:
        with gateway.database.read() as connection:
            rows = connection.execute(sa.select(anchors.c.root, anchors.c.block))
            return {key: int(row.block) for row in rows if (key := "0x" + row.root.hex()) in wanted}

    def on_chain() -> dict[str, int]:
        seen = read_plainly(gateway.settings.rpc_url, gateway.deployment.contracts["ParcelLedger"])
        return {key: count for root, count in seen.anchors.items() if (key := "0x" + bytes(root).hex()) in wanted}

    first = blocks()
    assert first.keys() == wanted
    assert on_chain() == dict.fromkeys(wanted, 1)
    depth = gateway.client.head().number - min(first.values()) + 1
    gateway.client.request("anvil_reorg", depth, [])
    # Blocks that replace others have none of their transactions.
    until(lambda: blocks() != first and blocks().keys() == wanted, "the anchors are on the chain again")
    until(lambda: on_chain() == dict.fromkeys(wanted, 1), "each stands there once")

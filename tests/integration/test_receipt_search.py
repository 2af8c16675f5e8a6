"""Receipts looked for at a desk: the newest first, whole, nobody else's, and found however rare they are."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from backend.domain.errors import InvalidInput
from backend.services.gateway import Gateway
from backend.services.receipt_search import REFUSALS, ReceiptFilter, newest_receipts, receipts_since
from backend.store import receipts
from tests.support.standing import Conversation, parcel, standing_gateway


@pytest.fixture
def gateway(tmp_path: Path) -> Iterator[Gateway]:
    with standing_gateway(tmp_path) as made:
        yield made


@pytest.fixture
def talk(gateway: Gateway) -> Conversation:
    return Conversation(gateway)


def everything(gateway: Gateway, wanted: ReceiptFilter, limit: int, participant_no: int | None = 5) -> list[list[int]]:
    """The ids on each page until there is none."""
    pages: list[list[int]] = []
    cursor: str | None = None
    while True:
        found = newest_receipts(gateway, participant_no, wanted, cursor, limit)
        pages.append([item["id"] for item in found["items"]])
        cursor = found["next"]
        if cursor is None:
            return pages


def flat(pages: list[list[int]]) -> list[int]:
    return [one for page in pages for one in page]


def test_pages_hold_ones_own_receipts_newest_first_each_once(gateway: Gateway, talk: Conversation) -> None:
    own = [*talk.life(1), *talk.life(2)]
    foreign = talk.life(3, participant_no=6)

    for limit in (1, 2, 5, 6, 7):
        assert flat(everything(gateway, ReceiptFilter(), limit)) == own[::-1]
    assert flat(everything(gateway, ReceiptFilter(), 4, None)) == [*own, *foreign][::-1]
    assert flat(everything(gateway, ReceiptFilter(parcel_id=parcel(3).hex()), 4)) == []


def test_refusals_are_customs_no_and_every_error(gateway: Gateway, talk: Conversation) -> None:
    statuses = ("2", "100", "-301010", "1000", "120", "-1")
    ids = dict(zip(statuses, talk.life(1, statuses), strict=True))

    wanted = [ids["100"], ids["-301010"], ids["-1"]]
    assert flat(everything(gateway, ReceiptFilter(status=REFUSALS), 2)) == wanted[::-1]
    assert flat(everything(gateway, ReceiptFilter(status="100"), 2)) == [ids["100"]]
    since = receipts_since(gateway, 5, ReceiptFilter(status=REFUSALS), ids["100"], 1)
    assert [item["id"] for item in since["items"]] == [ids["-301010"]]
    assert since["next"] == ids["-301010"]
    assert receipts_since(gateway, 5, ReceiptFilter(status=REFUSALS), ids["-301010"], 1)["next"] is None


def test_what_is_rare_is_found_part_by_part(
    gateway: Gateway, talk: Conversation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(receipts, "MOST_LOOKED_AT", 4)
    (oldest,) = talk.life(1, ("100",))
    talk.life(2, ("2", "3", "120", "800", "899") * 2)
    (newest,) = talk.life(3, ("100",))

    pages = everything(gateway, ReceiptFilter(status=REFUSALS), 50)

    assert flat(pages) == [newest, oldest]
    assert len(pages) == 3


def test_a_type_that_is_no_receipts_is_refused(gateway: Gateway) -> None:
    for found in (newest_receipts, receipts_since):
        with pytest.raises(InvalidInput):
            found(gateway, 5, ReceiptFilter(receipt_type="621"), 0, 10)  # type: ignore[operator]

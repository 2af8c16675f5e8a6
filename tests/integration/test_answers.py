"""Receipts: one for every change of a document's standing, in order, never backwards, never twice."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from itertools import count, pairwise
from typing import Any

import pytest
from lxml import etree

from backend.domain.lifecycle import State, Step
from backend.formats.ceb.receipt_reading import inner_codes, read_receipt
from backend.services.intake import receive_message
from backend.services.receipt_feed import read_feed
from backend.services.simulation import simulate
from backend.services.simulation.model import SimulatedSet
from backend.settings import Settings
from backend.store import following_queries, progress, receipts
from backend.store.receipts import receipts_after
from tests.support.barring import bar
from tests.support.clerk import Clerk
from tests.support.workshop import installed_chain, small_set, workshop


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    with installed_chain(tmp_path_factory.mktemp("answers"), block_time=None) as settings:
        yield settings


@pytest.fixture
def clerk(chain: Settings) -> Iterator[Clerk]:
    with workshop(chain) as made:
        yield Clerk(made)


_seeds = count(8000)


def matched(parcels: int = 3, mode: Any = "import") -> SimulatedSet:
    return simulate(parcels, next(_seeds), mode, 0.0, barred=())


def all_receipts(clerk: Clerk) -> list[Any]:
    with clerk.shop.gateway.database.read() as connection:
        return receipts_after(connection, 0, 1_000_000)


def test_a_life_is_told_step_by_step_in_customs_own_statuses(clerk: Clerk) -> None:
    made = matched(2)
    one = made.parcels[0]
    clerk.send(*made.messages, *made.arrivals)
    clerk.shop.settle()
    for step in (Step.Acceptance, Step.ReviewOpened, Step.ReviewClosed, Step.InspectionOrdered, Step.InspectionPassed):
        clerk.take(step, one)
    clerk.take(Step.Detention, one, transferred_to="anti_smuggling")
    clerk.take(Step.DetentionLifted, one)
    clerk.take(Step.Release, one)
    clerk.take(Step.Closure, one)
    assert clerk.told(one, "622") == ["2", "3", "120", "300", "399", "500", "399", "502", "399", "800", "899"]
    codes = [inner_codes(row.info)[0].code for row in clerk.receipts(one, "622")]
    assert (codes[2], codes[3], codes[9]) == ("1800", "1200", "2600")
    rows = clerk.receipts(one, "622")
    assert all(earlier.at_ms < later.at_ms for earlier, later in pairwise(rows))


def test_a_list_has_its_number_from_its_acceptance_on(clerk: Clerk) -> None:
    made = matched(2)
    clerk.send(*made.messages)
    clerk.shop.settle()
    clerk.take(Step.Acceptance, *made.parcels)
    feed = read_feed(clerk.shop.gateway, clerk.shop.numbers["declarant"], 0, 500, receipt_type="622").as_json()["items"]
    mine = {clerk.id_of(parcel).hex() for parcel in made.parcels}
    by_status = {item["status"]: item["fields"].get("invtNo") for item in feed if item["parcel_id"] in mine}
    assert by_status["2"] is None
    assert by_status["3"] is None
    district = {parcel.customs_code for parcel in made.parcels}
    assert len(by_status["120"]) == 18
    assert by_status["120"][:4] in district
    assert by_status["120"][8] == "I"


def test_a_barred_seller_learns_in_words_that_the_chain_refused(clerk: Clerk) -> None:
    made = matched(1)
    one = made.parcels[0]
    seller = clerk.shop.numbers[str(one.seller)]
    lift = bar(clerk.shop, seller)
    try:
        clerk.send(*made.messages)
        clerk.shop.settle()
        assert clerk.told(one, "622") == ["2", "4"]
        info = clerk.receipts(one, "622")[-1].info
        assert "SellerBarred" in info
        assert "黑名单" in info
    finally:
        lift()


def test_a_refused_document_has_its_receipt_too_once_for_the_same_bytes(clerk: Clerk) -> None:
    made = matched(1)
    message = next(made.messages_of("311"))
    wrong = message.data.replace(b"<ceb:currency>142<", b"<ceb:currency>502<")
    before = len(all_receipts(clerk))
    for _ in range(2):
        outcome = receive_message(clerk.shop.gateway, clerk.shop.numbers["platform"], wrong)
        assert outcome.is_refused
    rows = all_receipts(clerk)[before:]
    assert [(row.receipt_type, row.status) for row in rows] == [("312", "-301008")]
    feed = read_feed(clerk.shop.gateway, clerk.shop.numbers["platform"], rows[0].id - 1, 10)
    (read,) = read_receipt_messages(feed.as_xml())
    assert read.rows[0].status == "-301008"
    assert read.rows[0].fields["orderNo"] == made.parcels[0].order_no


def read_receipt_messages(feed: bytes) -> list[Any]:
    return [read_receipt(etree.tostring(element)) for element in etree.fromstring(feed)]


@pytest.mark.parametrize("depth", [1, 4])
def test_a_reorganisation_answers_nobody_twice_and_takes_nothing_back(chain: Settings, depth: int) -> None:
    with workshop(chain, confirmations=1) as shop:
        clerk = Clerk(shop)
        made = matched(3)
        clerk.send(*made.messages, *made.arrivals)
        shop.settle()
        clerk.take(Step.Acceptance, *made.parcels)
        clerk.take(Step.Release, *made.parcels)
        before = {parcel.index: clerk.told(parcel, "622") for parcel in made.parcels}
        numbers = [clerk.list_no(parcel) for parcel in made.parcels]
        shop.reorganise(depth)
        shop.settle()
        assert {clerk.state(parcel) for parcel in made.parcels} == {State.Released}
        assert {parcel.index: clerk.told(parcel, "622") for parcel in made.parcels} == before
        assert [clerk.list_no(parcel) for parcel in made.parcels] == numbers
        assert [clerk.told(parcel, "816") for parcel in made.parcels] == [["1"]] * 3


#: Where the process may end while the chain's records are followed.
LINES = {
    "before the records are read": (following_queries, "records_between"),
    "before receipts are stored": (receipts, "insert_receipts"),
    "before it is noted how far was followed": (progress, "reach"),
}


@pytest.mark.parametrize("line", LINES)
def test_dying_while_following_loses_no_receipt_and_doubles_none(
    clerk: Clerk, monkeypatch: pytest.MonkeyPatch, line: str
) -> None:
    made = small_set(4, next(_seeds))
    clerk.send(*made.messages)
    module, name = LINES[line]
    real = getattr(module, name)

    def dies(*given: Any, **named: Any) -> Any:
        # Gateways of other tests may run beside this one: only the one at hand dies.
        if threading.current_thread() is not threading.main_thread():
            return real(*given, **named)
        raise KeyboardInterrupt

    clerk.shop.sender.tick()
    clerk.shop.mine()
    with monkeypatch.context() as patched:
        patched.setattr(module, name, dies)
        with pytest.raises(KeyboardInterrupt):
            clerk.shop.indexer.catch_up()
    assert getattr(module, name) is real
    clerk.shop.restart()
    clerk.shop.settle()
    assert {tuple(clerk.told(parcel, "622")) for parcel in made.parcels} == {("2", "3")}
    assert {tuple(clerk.told(parcel, "312")) for parcel in made.parcels} == {("2", "3", "120")}


def test_a_thousand_matched_parcels_go_from_xml_to_accepted_with_a_receipt_for_each_change(clerk: Clerk) -> None:
    clerk.automate()
    made = simulate(1000, next(_seeds), "import", 0.0, barred=())
    clerk.send(*made.messages)
    assert clerk.examine(40) >= 1000
    told = {"312": 3, "412": 3, "512": 3, "622": 3}
    rows = all_receipts(clerk)
    mine = {clerk.id_of(parcel) for parcel in made.parcels}
    found: dict[tuple[bytes, str], list[str]] = {}
    for row in rows:
        if row.parcel_id in mine:
            found.setdefault((row.parcel_id, row.receipt_type), []).append(row.status)
    assert {clerk.state(parcel) for parcel in made.parcels} == {State.Accepted}
    for parcel in mine:
        assert found[parcel, "622"] == ["2", "3", "120"]
        assert all(found[parcel, kind][-1] == "120" for kind in told)
    feed = read_feed(clerk.shop.gateway, clerk.shop.numbers["declarant"], 0, 500, receipt_type="622")
    messages = read_receipt_messages(feed.as_xml())
    assert sum(len(message.rows) for message in messages) == 500
    assert not [fault for message in messages for row in message.rows for fault in row.faults]


def test_replacing_a_document_starts_its_conversation_anew(clerk: Clerk) -> None:
    made = matched(1)
    order = next(made.messages_of("311"))
    changed = order.data.replace(b"<ceb:appType>1<", b"<ceb:appType>2<").replace(
        b"<ceb:consigneeAddress>", b"<ceb:consigneeAddress>2-"
    )
    clerk.send(order, replace(order, data=changed))
    clerk.shop.settle()
    assert clerk.told(made.parcels[0], "312") == ["2", "2", "3", "3"]

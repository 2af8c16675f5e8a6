"""Receipts read one after another: complete, in order, resumable, and nobody else's."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from lxml import etree

from backend.app import create_app
from backend.formats.ceb.fields import RECEIPTS
from backend.formats.ceb.receipt_reading import read_receipt
from backend.services.gateway import Gateway
from backend.services.receipt_feed import read_feed
from backend.store import receipts
from tests.backend.formats.ceb_reference import FOLDER, schema_accepts
from tests.support.asking import is_problem
from tests.support.running import NO_LIMITS, served
from tests.support.standing import (
    ANSWERING_TYPES,
    AT_MS,
    Conversation,
    bill,
    bill_status,
    key_for,
    parcel,
)

FRAME = "{urn:guanlian:receipts}Receipts"
CEB = "{http://www.chinaport.gov.cn/ceb}"


@pytest.fixture
def http(gateway: Gateway) -> Iterator[httpx.Client]:
    with served(create_app(gateway, None, NO_LIMITS)) as address, httpx.Client(base_url=address, trust_env=False) as it:
        it.headers.update(key_for(gateway, 5, "enterprise"))
        yield it


def messages_of(document: bytes) -> list[bytes]:
    """The messages that a feed holds, each cut out as a document of its own."""
    root = etree.fromstring(document)
    assert root.tag == FRAME
    return [etree.tostring(message) for message in root]


def every_type(talk: Conversation) -> list[int]:
    """One receipt of each type that answers a request, and the two kinds of tax bills."""
    ids = []
    for receipt_type in ANSWERING_TYPES:
        answers = RECEIPTS[receipt_type].answers
        assert answers is not None
        list_no = "22332026I000000007" if receipt_type in ("622", "604") else None
        document_id = talk.document(answers, list_no=list_no)
        ids.append(talk.receipt(document_id, receipt_type=receipt_type, info='验签 <失败> & "再来"'))
    document_id = talk.document("621", list_no="22332026I000000001")
    ids.append(talk.receipt(document_id, "1", receipt_type="816", content=bill(1), info=""))
    ids.append(talk.receipt(document_id, "2", receipt_type="818", content=bill_status(1), info=""))
    return ids


# ---------------------------------------------------------------------------------------------------
# What a receipt looks like


def test_every_type_of_receipt_is_rendered_as_customs_message(gateway: Gateway, talk: Conversation) -> None:
    every_type(talk)
    messages = [read_receipt(data) for data in messages_of(read_feed(gateway, 5, 0, 100).as_xml())]
    assert [message.type for message in messages] == [*ANSWERING_TYPES, "816", "818"]
    for message in messages:
        (row,) = message.rows
        assert row.faults == ()
        assert row.fields["guid"].startswith("4CDE1CFD-EDED-46B1-946")
        if message.answers is not None:
            assert (row.status, row.info) == ("120", '验签 <失败> & "再来"')
        if message.type in ("622", "604"):
            assert row.fields["invtNo"] == "22332026I000000007"
            assert row.fields["preNo"].startswith("B20260302")


@pytest.mark.skipif(not FOLDER.is_dir(), reason="customs' published schemas (../shared/data/ceb) are not here")
def test_every_message_of_a_feed_is_valid_for_the_official_schema_by_itself(
    gateway: Gateway, talk: Conversation
) -> None:
    every_type(talk)
    # What an old document lacks is filled so that the receipt is valid all the same.
    bare = [talk.document(RECEIPTS[kind].answers or "", answered=None, pre_no=None) for kind in ANSWERING_TYPES]
    for document_id, kind in zip(bare, ANSWERING_TYPES, strict=True):
        talk.receipt(document_id, "-301020", receipt_type=kind)
    messages = messages_of(read_feed(gateway, 5, 0, 500).as_xml())
    assert len(messages) == 2 * len(ANSWERING_TYPES) + 2
    for data in messages:
        assert schema_accepts(data, read_receipt(data).type), data.decode()


def test_a_receipt_reads_alike_in_json_and_in_xml(gateway: Gateway, talk: Conversation) -> None:
    every_type(talk)
    feed = read_feed(gateway, 5, 0, 100)
    rows = [row for data in messages_of(feed.as_xml()) for row in read_receipt(data).rows]
    items = feed.as_json()["items"]
    assert [item["fields"] for item in items] == [row.fields for row in rows]
    assert [item["lines"] for item in items] == [list(row.lines) for row in rows]
    assert items[-2]["lines"][0]["valueAddedTax"] == "37.31"


def test_a_receipt_in_json_says_what_it_is_in_both_languages(http: httpx.Client, talk: Conversation) -> None:
    document_id = talk.document(
        "621", list_no="22332026I000000001", business_key="3122600001|COP-7", parcel_id=parcel(7)
    )
    info = "[Code:1320;Desc:项数不一致],[InventoryHead.orderNo:1]"
    new = talk.receipt(document_id, "100", parcel_id=parcel(7), info=info)
    body = http.get("/v1/receipts").json()
    (item,) = body["items"]
    assert item | {"fields": None, "guid": None} == {
        "id": new,
        "participant_no": 5,
        "message_type": "621",
        "receipt_type": "622",
        "status": "100",
        "label_zh": "海关退单",
        "label_en": "rejected by customs",
        "info": info,
        "codes": [{"code": "1320", "description": "项数不一致", "details": ["InventoryHead.orderNo:1"]}],
        "return_time": "2026-03-02T01:02:03.458Z",
        "guid": None,
        "business_key": "3122600001|COP-7",
        "parcel_id": parcel(7).hex(),
        "list_no": "22332026I000000001",
        "pre_no": "B20260302000000001",
        "fields": None,
        "lines": [],
    }
    assert AT_MS % 1000 == 456
    assert item["fields"]["returnTime"] == "20260302090203458"
    assert (body["next"], body["more"], "complete_to_block" in body) == (new, False, True)


@pytest.mark.parametrize(
    ("receipt_type", "status", "label"),
    [("622", "800", "released"), ("622", "99", None), ("622", "-621005", "processing error"), ("816", "1", "made"),
     ("818", "2", "collected"), ("818", "3", "void")],
)  # fmt: skip
def test_a_status_is_named_as_its_type_of_receipt_means_it(
    gateway: Gateway, talk: Conversation, receipt_type: str, status: str, label: str | None
) -> None:
    content = {"816": bill(1), "818": bill_status(1)}.get(receipt_type)
    talk.receipt(talk.document(), status, receipt_type=receipt_type, content=content)
    assert read_feed(gateway, 5, 0, 10).as_json()["items"][0]["label_en"] == label


# ---------------------------------------------------------------------------------------------------
# Order and resuming


def followed(http: httpx.Client, limit: int, **query: Any) -> list[int]:
    """Every receipt's id, read in pages of this size to the end."""
    found, since = [], 0
    while True:
        page = http.get("/v1/receipts", params={"since": since, "limit": limit, **query}).json()
        found += [item["id"] for item in page["items"]]
        assert page["next"] == (found[-1] if found else since)
        since = page["next"]
        if not page["more"]:
            return found


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 11, 12, 500])
def test_pages_of_any_size_skip_and_double_nothing(http: httpx.Client, talk: Conversation, limit: int) -> None:
    ids = [new for number in range(4) for new in talk.life(number)]
    talk.life(99, participant_no=6)
    assert followed(http, limit) == ids == sorted(ids)


def test_the_same_since_gives_the_same_answer_and_later_receipts_follow(http: httpx.Client, talk: Conversation) -> None:
    talk.life(1)
    xml = {"Accept": "application/xml"}
    first = http.get("/v1/receipts", params={"limit": 2}, headers=xml)
    talk.life(2)
    again = http.get("/v1/receipts", params={"limit": 2}, headers=xml)
    assert first.content == again.content
    end = http.get("/v1/receipts", params={"since": 6}).json()
    assert (end["items"], end["next"], end["more"]) == ([], 6, False)
    (new, *_) = talk.life(3)
    assert http.get("/v1/receipts", params={"since": end["next"], "limit": 1}).json()["items"][0]["id"] == new


def test_xml_says_where_to_go_on_and_keeps_the_order(http: httpx.Client, talk: Conversation) -> None:
    order, listed = talk.document("311"), talk.document("621")
    for document_id, kind in ((order, "312"), (listed, "622"), (listed, "622"), (order, "312")):
        talk.receipt(document_id, receipt_type=kind)
    answer = http.get("/v1/receipts", params={"limit": 3}, headers={"Accept": "application/xml, */*;q=0.1"})
    assert answer.headers["content-type"] == "application/xml"
    root = etree.fromstring(answer.content)
    assert (root.get("next"), root.get("more")) == ("3", "true")
    assert [(etree.QName(each).localname, len(each)) for each in root] == [("CEB312Message", 1), ("CEB622Message", 2)]
    rest = etree.fromstring(http.get("/v1/receipts?since=3", headers={"Accept": "text/xml"}).content)
    assert (rest.get("next"), rest.get("more"), len(rest)) == ("4", "false", 1)
    nothing = etree.fromstring(http.get("/v1/receipts?since=4", headers={"Accept": "text/xml"}).content)
    assert (nothing.get("next"), len(nothing)) == ("4", 0)


def test_no_message_of_a_feed_has_more_rows_than_its_schema_allows(gateway: Gateway, talk: Conversation) -> None:
    document_id = talk.document()
    for _ in range(230):
        talk.receipt(document_id)
    root = etree.fromstring(read_feed(gateway, 5, 0, 500).as_xml())
    assert [len(message) for message in root] == [100, 100, 30]
    assert len({message.get("guid") for message in root}) == 3


def test_receipts_are_found_by_type_and_by_parcel(http: httpx.Client, talk: Conversation) -> None:
    first, second = talk.life(1), talk.life(2)
    other = talk.receipt(talk.document("311"), receipt_type="312")
    assert followed(http, 2, parcel_id=parcel(2).hex()) == second
    assert followed(http, 2, type="312") == [other]
    assert followed(http, 2, type="622") == first + second
    assert followed(http, 2, type="818") == []


# ---------------------------------------------------------------------------------------------------
# Whose


def test_each_participant_sees_its_own_and_governance_and_operators_see_all(
    http: httpx.Client, gateway: Gateway, talk: Conversation
) -> None:
    own, others = talk.life(1), talk.life(2, participant_no=6)

    def seen(*scopes: str, number: int | None = None) -> list[int]:
        http.headers.update(key_for(gateway, number, *scopes))
        return followed(http, 100)

    assert seen("enterprise", number=5) == own
    assert seen("authority", number=6) == others
    assert seen("enterprise", number=7) == []
    assert seen("governance") == seen("operator") == own + others
    http.headers.update(key_for(gateway, 7, "enterprise"))
    assert http.get("/v1/receipts", params={"parcel_id": parcel(1).hex()}).json()["items"] == []
    del http.headers["Authorization"]
    is_problem(http.get("/v1/receipts"), 401, "Unauthenticated")


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"since": "x"}, "since"),
        ({"since": "-1"}, "since"),
        ({"since": "1.5"}, "since"),
        ({"since": str(2**63)}, "since"),
        ({"since": "9" * 400}, "since"),
        ({"limit": "0"}, "limit"),
        ({"limit": "501"}, "limit"),
        ({"type": "999"}, "type"),
        ({"type": "62"}, "type"),
        ({"parcel_id": "xyz"}, "parcel_id"),
    ],
)
def test_what_is_asked_wrongly_is_named(http: httpx.Client, query: dict[str, str], field: str) -> None:
    for accept in ("application/json", "application/xml"):
        body = is_problem(http.get("/v1/receipts", params=query, headers={"Accept": accept}), 422, "InvalidInput")
        assert body["field"] == field


# ---------------------------------------------------------------------------------------------------
# Keeping


def test_a_receipt_about_the_same_subject_is_kept_once(gateway: Gateway, talk: Conversation) -> None:
    document_id = talk.document()
    row = {
        "participant_no": 5, "receipt_type": "622", "document_id": document_id, "status": "120", "info": "",
    }  # fmt: skip
    rows = [row | {"subject": bytes([n]) * 32, "at_ms": AT_MS + n} for n in (1, 2, 1)]
    with gateway.database.write() as connection:
        first = receipts.insert_receipts(connection, rows)
        again = receipts.insert_receipts(connection, [*rows, row | {"subject": bytes(32), "at_ms": AT_MS + 9}])
    with gateway.database.read() as connection:
        kept = receipts.receipts_of_document(connection, document_id)
        assert receipts.latest_at_ms(connection, [document_id, 999]) == {document_id: AT_MS + 9}
        assert receipts.receipts_of_parcel(connection, parcel(1)) == []
        assert receipts.newest_id(connection) == again[0]
    assert [found.id for found in kept] == [*first, *again]
    assert [found.at_ms - AT_MS for found in kept] == [1, 2, 9]

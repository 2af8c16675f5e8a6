"""A closed month's 701 over HTTP: what customs' schema wants, and the answers connected to their summaries."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from backend.formats.ceb import check_document, parse_message
from backend.formats.ceb.receipts import RowValues, write_rows
from tests.backend.formats.ceb_reference import FOLDER, schema_accepts
from tests.integration.test_summaries_flow import CUSTOMS, PATH, Month
from tests.support.asking import is_problem
from tests.support.running import running_ledger, until

DXP = {"dxp_id": "DXPENT0000000001"}
GUID = "74B1A1D5-31F1-4E43-88BA-F3B5963C7562"
XML = {"Content-Type": "application/xml"}


@pytest.fixture(scope="module")
def month(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Month]:
    with running_ledger(tmp_path_factory.mktemp("month")) as ledger:
        yield Month(ledger, "B")


@pytest.fixture(scope="module")
def closing(month: Month) -> dict[str, Any]:
    month.time.passes(days=32)
    # The clock of the read model follows the chain's next block.
    month.ledger.record(CUSTOMS, "Release", [month.held])
    return month.ledger.post(month.declarant, PATH, month.body(), confirm=False, status=201)


def _fetched(month: Month, closing: dict[str, Any]) -> Any:
    path = f"{PATH}/closings/{closing['closing_id']}/message"
    answer = month.ledger.client(month.declarant).get(path, params=DXP)
    assert answer.status_code == 200, answer.text
    return answer.content


def _answers(month: Month, closing: dict[str, Any]) -> list[dict[str, Any]]:
    return list(month.ledger.get(month.declarant, f"{PATH}/closings/{closing['closing_id']}/answers")["items"])


def _list_numbers(month: Month, parcels: list[str]) -> set[str]:
    found = set()
    for parcel in parcels:
        rows = month.ledger.get(month.declarant, "/v1/receipts", parcel_id=parcel, receipt_type="604")["items"]
        found |= {row["list_no"] for row in rows if row["list_no"]}
    return found


def test_the_request_names_every_list_once_and_is_what_customs_take(month: Month, closing: dict[str, Any]) -> None:
    data = _fetched(month, closing)
    assert data == _fetched(month, closing), "the same closing has the same message"
    message = parse_message(data)
    assert message.type == "701"
    assert message.transfer.dxp_id == DXP["dxp_id"]
    assert len(message.documents) == len(closing["summaries"])
    for document in message.documents:
        assert not [*document.faults, *check_document(document)]
        assert (document.head["appType"], document.head["summaryFlag"]) == ("1", "2")
    named = [line["invtNo"] for document in message.documents for line in document.lines]
    assert len(named) == len(set(named)) == len(month.released)
    assert set(named) == _list_numbers(month, month.released)
    path = f"{PATH}/closings/{closing['closing_id']}"
    is_problem(month.ledger.client(month.declarant).get(f"{path}/message", params=DXP | {"part": 2}), 404, "NotFound")
    for role in ("platform", "customs_suzhou"):
        is_problem(month.ledger.client(role).get(f"{path}/message", params=DXP), 404, "NotFound")
        is_problem(month.ledger.client(role).get(f"{path}/answers"), 404, "NotFound")


def test_the_request_is_valid_for_customs_schema(month: Month, closing: dict[str, Any]) -> None:
    if not FOLDER.is_dir():
        pytest.skip("customs' published schemas (../shared/data/ceb) are not here")
    assert schema_accepts(_fetched(month, closing), "701")


def test_receipts_and_results_are_connected_to_their_summaries(month: Month, closing: dict[str, Any]) -> None:
    ledger, documents = month.ledger, parse_message(_fetched(month, closing)).documents
    assert _answers(month, closing) == []
    # Handed in here, it is answered here; the national system's answers are relayed by whoever got them.
    answer = ledger.client(month.declarant).post("/v1/messages", content=_fetched(month, closing), headers=XML)
    assert answer.status_code == 202, answer.text
    until(lambda: _answers(month, closing), "the request is answered here")
    head = documents[0].head
    receipt = {name: head[name] for name in ("guid", "agentCode", "ebcCode", "copNo", "msgSeqNo")} | {
        "preNo": "B00000000000000001",
        "sumNo": "S22332026100000001",
        "returnStatus": "399",
        "returnTime": "20261201090000000",
        "returnInfo": "汇总完成",
    }
    result = {name: head[name] for name in ("customsCode", "agentCode", "agentName", "ebcCode", "ebcName")} | {
        "guid": GUID,
        "sumNo": receipt["sumNo"],
        "opDate": "20261202090000000",
        "declSeqNo": "D22332026100000001",
        "entryId": "223320260000000001",
        "decState": "9",
        "declAgentCode": head["declAgentCode"],
        "declAgentName": head["declAgentName"],
        "grossWeight": "1",
        "netWeight": "1",
        "msgCount": "1",
        "msgSeqNo": "1",
    }
    other = result | {"sumNo": "S99992026100000009", "entryId": "999920260000000009"}
    for kind, content in (("792", result), ("702", receipt), ("792", other)):
        sent = write_rows(kind, [RowValues(content)], GUID)
        relayed = ledger.client(month.declarant).post("/v1/receipts", content=sent, headers=XML)
        assert relayed.status_code == 200, relayed.text

    found = [each for each in _answers(month, closing) if each["from"] == "relayed"]
    assert {(each["receipt_type"], each["sum_no"], each["entry_id"]) for each in found} == {
        ("702", receipt["sumNo"], None),
        ("792", receipt["sumNo"], result["entryId"]),
    }
    (about,) = {each["summary_id"] for each in found}
    mine = ledger.get(CUSTOMS, f"{PATH}/{about}")
    assert mine["key"]["ebcCode"] == head["ebcCode"]
    assert {each["from"] for each in _answers(month, closing)} == {"here", "relayed"}


def test_a_correction_asks_for_the_change_under_the_same_number(month: Month, closing: dict[str, Any]) -> None:
    ledger, back = month.ledger, month.released[0]
    before = {line["invtNo"] for each in parse_message(_fetched(month, closing)).documents for line in each.lines}
    numbers = {each.head["copNo"] for each in parse_message(_fetched(month, closing)).documents}
    ledger.record(CUSTOMS, "Detention", [back], suspicion="a mark on the box")
    ledger.indexed(back, lambda view: "HeldDeclaring" in view["flags"])
    corrected = ledger.post(month.declarant, PATH, month.body(reason="customs hold one"), confirm=False, status=201)
    (document,) = parse_message(_fetched(month, corrected)).documents
    assert not check_document(document)
    assert document.head["copNo"] in numbers
    (of_back,) = _list_numbers(month, [back])
    named = {line["invtNo"] for line in document.lines}
    # A summary that lost its only list is taken back, by naming what it had.
    assert (document.head["appType"], named) == ("3", {of_back}) or (
        document.head["appType"] == "2" and of_back not in named and named < before
    )


def test_lists_that_no_declaration_follows_ask_for_nothing(tmp_path: Any) -> None:
    with running_ledger(tmp_path) as ledger:
        simplified = Month(ledger, "A")
        simplified.time.passes(days=32)
        ledger.record(CUSTOMS, "Release", [simplified.held])
        closing = ledger.post(simplified.declarant, PATH, simplified.body(), confirm=False, status=201)
        path = f"{PATH}/closings/{closing['closing_id']}"
        asked = ledger.client(simplified.declarant).get(f"{path}/message", params=DXP)
        is_problem(asked, 409, "NothingToDeclare")
        assert ledger.get(simplified.declarant, f"{path}/answers")["items"] == []

"""Receipts of customs' national system over HTTP: applied, late, repeated, unmatched, unknown, hostile."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from xml.sax.saxutils import escape

import httpx
import pytest

from backend.domain.roster import enterprise
from backend.services.simulation import SimulatedParcel, simulate
from tests.integration.test_api_messages import HOSTILE
from tests.support.asking import is_problem
from tests.support.running import Ledger

XML = {"Content-Type": "application/xml"}
CEB = "http://www.chinaport.gov.cn/ceb"

_seeds: Iterator[int] = iter(range(80_000, 90_000))

#: Receipt → its row's element, the fields that name the document, what it answers, and who sent that.
RECEIPTS = {
    "312": ("OrderReturn", ("guid", "ebpCode", "ebcCode", "orderNo"), "311", "platform"),
    "412": ("PaymentReturn", ("guid", "payCode", "payTransactionId"), "411", "payment"),
    "512": ("LogisticsReturn", ("guid", "logisticsCode", "logisticsNo"), "511", None),
    "622": ("InventoryReturn", ("guid", "customsCode", "agentCode", "copNo", "preNo"), "621", "declarant"),
    "604": ("InventoryReturn", ("guid", "agentCode", "copNo", "ebcCode", "ebpCode", "orderNo"), "603", "declarant"),
}


def sent(ledger: Ledger, direction: Any = "import") -> SimulatedParcel:
    """A parcel whose documents are all here."""
    made = simulate(1, next(_seeds), direction, barred=())
    for message in made.messages:
        answer = ledger.client(message.sender.key).post("/v1/messages", content=message.data, headers=XML)
        assert answer.status_code == 202, answer.text
    return made.parcels[0]


def row(receipt_type: str, parcel: SimulatedParcel, status: str, at: str, info: str = "", **changes: str) -> str:
    """One row about a parcel's document; `at` is hhmmss of one day, or a whole return time."""
    element, names, answers, _ = RECEIPTS[receipt_type]
    head = parcel.documents[answers].head
    values = {name: head[name] for name in names if name in head} | changes
    time = at if len(at) != 6 else f"20261122{at}000"
    values |= {"returnStatus": status, "returnTime": time, "returnInfo": info or "[Code:1800;Desc:逻辑校验通过]"}
    body = "".join(f"<{name}>{escape(value)}</{name}>" for name, value in values.items())
    return f"<{element}>{body}</{element}>"


def message(receipt_type: str, *rows: str) -> bytes:
    root = f"CEB{receipt_type}Message"
    start = f'<{root} xmlns="{CEB}" guid="11111111-2222-4333-8444-555555555555" version="1.0">'
    return f"{start}{''.join(rows)}</{root}>".encode()


def post(ledger: Ledger, role: str | None, body: bytes, headers: dict[str, str] = XML) -> httpx.Response:
    return ledger.client(role).post("/v1/receipts", content=body, headers=headers)


def relay(ledger: Ledger, role: str, receipt_type: str, *rows: str) -> list[dict[str, Any]]:
    answer = post(ledger, role, message(receipt_type, *rows))
    assert answer.status_code == 200, answer.text
    assert answer.json()["receipt_type"] == receipt_type
    return list(answer.json()["rows"])


def listed(ledger: Ledger, role: str, since: int = 0) -> list[dict[str, Any]]:
    """Everything after a row, page by page."""
    items: list[dict[str, Any]] = []
    while True:
        page = ledger.get(role, "/v1/receipts/relayed", since=since, limit=2)
        items += page["items"]
        if page["next"] is None:
            return items
        since = page["next"]


@pytest.mark.parametrize("receipt_type", RECEIPTS)
def test_each_receipt_finds_its_senders_own_document(ledger: Ledger, receipt_type: str) -> None:
    _, _, answers, _ = RECEIPTS[receipt_type]
    parcel = sent(ledger, "import" if answers in ("311", "411", "511", "621") else "export")
    (told,) = relay(ledger, parcel.senders[answers], receipt_type, row(receipt_type, parcel, "120", "171556"))
    assert (told["standing"], told["status"], told["status_zh"]) == ("applied", "120", "海关入库")
    assert told["at"] == "2026-11-22T09:15:56.000Z"
    assert told["codes"] == [{"code": "1800", "description": "逻辑校验通过"}]
    assert told["document"]["business_key"] == parcel.documents[answers].business_key
    assert told["document"]["message_type"] == answers


def test_a_receipt_that_is_not_later_than_the_last_applied_is_late(ledger: Ledger) -> None:
    parcel = sent(ledger)
    steps = [("2", "171550"), ("120", "171556"), ("100", "171551"), ("800", "171556"), ("800", "171557")]
    told = [relay(ledger, "declarant", "622", row("622", parcel, status, at))[0]["standing"] for status, at in steps]
    assert told == ["applied", "applied", "late", "late", "applied"]


def test_within_one_message_too_a_row_goes_only_forward(ledger: Ledger) -> None:
    parcel, other = sent(ledger), sent(ledger)
    told = relay(
        ledger,
        "declarant",
        "622",
        row("622", parcel, "120", "120000"),
        row("622", parcel, "2", "110000"),
        row("622", other, "2", "110000"),
        row("622", parcel, "120", "120000"),
        row("622", parcel, "800", "130000"),
    )
    assert [each["standing"] for each in told] == ["applied", "late", "applied", "repeated", "applied"]
    assert [each["index"] for each in told] == [0, 1, 2, 3, 4]


def test_the_same_row_again_is_answered_as_before_and_not_stored_twice(ledger: Ledger) -> None:
    parcel = sent(ledger)
    first = relay(ledger, "declarant", "622", row("622", parcel, "120", "171556"))[0]
    relay(ledger, "declarant", "622", row("622", parcel, "800", "171557"))
    again = relay(ledger, "declarant", "622", row("622", parcel, "120", "171556"))[0]
    assert (again["standing"], again["first"]) == ("repeated", "applied")
    assert {name: again[name] for name in ("relayed_id", "status", "document", "at")} == {
        name: first[name] for name in ("relayed_id", "status", "document", "at")
    }
    kept = [each for each in listed(ledger, "declarant") if each["document"] == first["document"]]
    assert [each["status"] for each in kept] == ["120", "800"]


@pytest.mark.parametrize("status", ["99", "4711", "-621018", "neu", "", "8" * 200])
def test_a_status_that_no_list_knows_is_kept_as_it_came(ledger: Ledger, status: str) -> None:
    parcel = sent(ledger)
    (told,) = relay(ledger, "declarant", "622", row("622", parcel, status, "171556"))
    assert (told["standing"], told["status"]) == ("applied", status)
    kept = listed(ledger, "declarant", told["relayed_id"] - 1)[0]
    assert kept["status"] == status[:40]


@pytest.mark.parametrize("at", ["", "yesterday", "20261322000000000", "00010101000000000", "99991231235959999"])
def test_a_row_without_a_time_that_one_can_read_is_kept_and_moves_nothing_that_has_one(ledger: Ledger, at: str) -> None:
    parcel = sent(ledger)
    told = relay(ledger, "declarant", "622", row("622", parcel, "120", "171556"), row("622", parcel, "800", at))
    expected = "applied" if at.startswith("9999") else "late"
    assert [each["standing"] for each in told] == ["applied", expected]
    assert listed(ledger, "declarant", told[1]["relayed_id"] - 1)[0]["status"] == "800"


def test_a_receipt_on_no_document_of_the_callers_is_kept_as_unmatched(ledger: Ledger) -> None:
    parcel = sent(ledger)
    told = relay(
        ledger,
        "platform",
        "622",
        row("622", parcel, "120", "171556"),
        row("622", parcel, "120", "171556", copNo="NOBODYS", guid="AAAAAAAA-2222-4333-8444-555555555555"),
    )
    assert [each["standing"] for each in told] == ["unmatched", "unmatched"], "the declarant's is not the platform's"
    assert all(each["document"] is None for each in told)
    kept = listed(ledger, "platform", told[0]["relayed_id"] - 1)
    assert [each["standing"] for each in kept] == ["unmatched", "unmatched"]
    assert told[0]["relayed_id"] not in [each["relayed_id"] for each in listed(ledger, "declarant")]


def test_what_was_unmatched_is_matched_once_its_document_is_here(ledger: Ledger) -> None:
    made = simulate(1, next(_seeds), "import", barred=())
    (parcel,) = made.parcels
    receipt = row("312", parcel, "120", "171556")
    assert [relay(ledger, "platform", "312", receipt)[0]["standing"] for _ in range(2)] == ["unmatched", "repeated"]
    order = next(made.messages_of("311"))
    assert ledger.client("platform").post("/v1/messages", content=order.data, headers=XML).status_code == 202
    told = [relay(ledger, "platform", "312", receipt)[0] for _ in range(2)]
    assert [each["standing"] for each in told] == ["applied", "repeated"]
    assert told[0]["document"]["business_key"] == parcel.documents["311"].business_key
    assert len({each["relayed_id"] for each in told}) == 1


def test_a_row_whose_key_is_wrong_finds_its_document_by_the_guid(ledger: Ledger) -> None:
    parcel = sent(ledger)
    (told,) = relay(ledger, "platform", "312", row("312", parcel, "120", "171556", orderNo="CUT O"))
    assert told["standing"] == "applied"
    assert told["document"]["business_key"] == parcel.documents["311"].business_key


def test_a_list_receipt_that_leaves_out_its_declarant_is_found_by_the_callers_code(ledger: Ledger) -> None:
    parcel = sent(ledger)
    without = row("622", parcel, "120", "171556", guid="BBBBBBBB-2222-4333-8444-555555555555")
    code = parcel.documents["621"].head["agentCode"]
    assert code in enterprise("declarant").codes
    (told,) = relay(ledger, "declarant", "622", without.replace(f"<agentCode>{code}</agentCode>", ""))
    assert told["standing"] == "applied"


def test_an_operator_relays_for_everybody_and_sees_no_text(ledger: Ledger, operator: str) -> None:
    parcel = sent(ledger)
    (told,) = relay(ledger, operator, "622", row("622", parcel, "300", "171556", "请联系张三 13800000000"))
    assert told["standing"] == "applied"
    own = listed(ledger, "declarant", told["relayed_id"] - 1)[0]
    assert own["relayed_id"] == told["relayed_id"]
    assert own["info"] == "请联系张三 13800000000"
    everybodys = listed(ledger, operator, told["relayed_id"] - 1)
    assert everybodys[0]["participant_no"] == ledger.numbers["declarant"]
    assert all("info" not in each for each in everybodys)
    again = relay(ledger, "declarant", "622", row("622", parcel, "300", "171556", "请联系张三 13800000000"))
    assert again[0]["standing"] == "repeated"


def test_what_an_operator_could_not_match_its_sender_can(ledger: Ledger, operator: str) -> None:
    made = simulate(1, next(_seeds), "import", barred=())
    receipt = row("312", made.parcels[0], "120", "171556")
    assert relay(ledger, operator, "312", receipt)[0]["standing"] == "unmatched"
    order = next(made.messages_of("311"))
    assert ledger.client("platform").post("/v1/messages", content=order.data, headers=XML).status_code == 202
    told = relay(ledger, "platform", "312", receipt)[0]
    assert told["standing"] == "applied"
    assert told["relayed_id"] in [each["relayed_id"] for each in listed(ledger, "platform")]


@pytest.fixture
def operator(ledger: Ledger) -> str:
    """The name of a client with an operator's key."""
    if "operator" not in ledger.keys:
        body = {"participant_no": None, "scopes": ["operator"], "label": "relays receipts"}
        ledger.keys["operator"] = ledger.post("governance", "/v1/keys", body, confirm=False, status=201)["token"]
    return "operator"


def test_nothing_follows_on_the_chain_and_the_parcel_stays_as_it_is(ledger: Ledger) -> None:
    parcel = sent(ledger)
    (told,) = relay(ledger, "declarant", "622", row("622", parcel, "120", "171556"))
    parcel_id = told["document"]["parcel_id"]
    declared = ledger.indexed(parcel_id, lambda view: {"Order", "Payment", "Waybill"} <= set(view["flags"]))
    before = ledger.get("declarant", "/v1/operations", limit=1)["items"]
    for status, at in (("800", "171557"), ("899", "171558"), ("100", "171559")):
        assert relay(ledger, "declarant", "622", row("622", parcel, status, at))[0]["standing"] == "applied"
    after = ledger.get(None, f"/v1/parcels/{parcel_id}")
    assert (after["state"], after["flags"], after["history"]) == (
        declared["state"], declared["flags"], declared["history"],
    )  # fmt: skip
    assert ledger.get("declarant", "/v1/operations", limit=1)["items"] == before


@pytest.mark.parametrize("what", HOSTILE)
def test_hostile_xml_is_refused_as_a_whole(ledger: Ledger, what: str) -> None:
    body, _ = HOSTILE[what]
    before = len(listed(ledger, "platform"))
    answer = post(ledger, "platform", body)
    assert answer.status_code in (400, 413, 422), answer.text
    is_problem(answer, answer.status_code, answer.json()["title"])
    assert "root:" not in answer.text
    assert len(listed(ledger, "platform")) == before


def test_a_request_is_no_receipt_and_a_receipt_without_rows_is_none(ledger: Ledger) -> None:
    order = next(simulate(1, next(_seeds), "import", barred=()).messages_of("311"))
    is_problem(post(ledger, "platform", order.data), 422, "MessageTypeUnknown")
    is_problem(post(ledger, "platform", message("312")), 422, "MessageStructureInvalid")


def test_more_rows_than_any_receipt_has_are_refused(ledger: Ledger) -> None:
    rows = ["<OrderReturn><returnStatus>2</returnStatus></OrderReturn>"] * 1_001
    is_problem(post(ledger, "platform", message("312", *rows)), 422, "DocumentsTooMany")


def test_a_row_that_breaks_its_table_is_kept_with_what_is_wrong_with_it(ledger: Ledger) -> None:
    rows = (
        "<OrderReturn/>",
        "<OrderReturn><strange xmlns='urn:x'>value</strange><orderNo>1</orderNo><orderNo>2</orderNo></OrderReturn>",
    )
    told = relay(ledger, "platform", "312", *rows)
    assert {each["standing"] for each in told} <= {"unmatched", "repeated"}
    assert all(each["faults"] for each in told)


def test_who_may_relay_and_read(ledger: Ledger) -> None:
    parcel = sent(ledger)
    body = message("622", row("622", parcel, "120", "171556"))
    for role in ("customs_pudong", "market_regulator"):
        is_problem(post(ledger, role, body), 403, "Forbidden")
    is_problem(post(ledger, None, body), 401, "Unauthenticated")
    is_problem(ledger.client().get("/v1/receipts/relayed"), 401, "Unauthenticated")
    for headers in ({}, {"Content-Type": "application/json"}):
        is_problem(post(ledger, "declarant", body, headers), 415, "MediaTypeUnsupported")


@pytest.mark.parametrize("since", ["-1", "x", str(2**70)])
def test_since_is_the_number_of_a_row(ledger: Ledger, since: str) -> None:
    answer = ledger.client("declarant").get("/v1/receipts/relayed", params={"since": since})
    is_problem(answer, 422, "InvalidInput")

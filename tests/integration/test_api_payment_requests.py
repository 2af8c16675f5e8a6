"""Original payment records over HTTP: asked for by customs, answered by the platform, compared, anchored."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import httpx
import pytest

from backend.domain.anchors import AnchorKind
from backend.domain.commitments import document_root, record_evidence
from backend.domain.documents import PERSONAL_FIELDS, Document
from backend.domain.instants import instant
from backend.services.desk import match_report
from backend.services.simulation import simulate
from backend.services.stored_documents import document_from
from backend.store.payment_requests import fields_behind, request_with_id
from tests.support.asking import customs_of, is_problem, newcomer, refuse
from tests.support.payment_records import ACCOUNT, body_of, changed, record_for
from tests.support.plain_chain import read_plainly
from tests.support.running import LOG, Ledger, until

PATH = "/v1/payment-requests"
HEAD, LIST = "payExchangeInfoHead", "payExchangeInfoLists.0"
REASON = "price far below the market's"


def documents_of(ledger: Ledger, parcel: str) -> dict[str, Document]:
    """A parcel's documents by message type, as its customs reads them."""
    view = ledger.get(customs_of(ledger, parcel), f"/v1/parcels/{parcel}")
    return {
        shown["message_type"]: document_from(
            shown["message_type"], [(field["path"], field["value"]) for field in shown["fields"]]
        )
        for shown in view["documents"]
        if shown["message_type"]
    }


def ask(ledger: Ledger, parcel: str, **more: Any) -> dict[str, Any]:
    """A request that stands on the chain."""
    body = {"parcel_id": parcel, "reason": REASON, **more}
    asked: dict[str, Any] = ledger.post(customs_of(ledger, parcel), PATH, body)["payment_request"]
    return asked


def good_record(ledger: Ledger, asked: dict[str, Any]) -> dict[str, Any]:
    documents = documents_of(ledger, asked["parcel_id"])
    return record_for(documents["311"], documents["411"], asked["session_id"])


def send(ledger: Ledger, asked: dict[str, Any], body: bytes, role: str = "platform", **query: Any) -> httpx.Response:
    return ledger.client(role).post(
        f"{PATH}/{asked['payment_request_id']}/answer",
        content=body,
        headers={"Content-Type": "application/json"},
        params=query,
    )


def answered(ledger: Ledger, asked: dict[str, Any], record: dict[str, Any]) -> dict[str, Any]:
    """The request once its answer stands on the chain, as the platform sees it."""
    answer = send(ledger, asked, body_of(record), confirm="true")
    assert answer.status_code == 200, answer.text
    view: dict[str, Any] = answer.json()["payment_request"]
    return view


def seen_by_customs(ledger: Ledger, asked: dict[str, Any]) -> dict[str, Any]:
    return ledger.get(customs_of(ledger, asked["parcel_id"]), f"{PATH}/{asked['payment_request_id']}")


def without_anchors(answer: httpx.Response) -> dict[str, Any]:
    """The request in an answer but for what the chain does to it meanwhile."""
    return {name: value for name, value in answer.json()["payment_request"].items() if name != "anchored"}


def at_hour(ledger: Ledger, monkeypatch: pytest.MonkeyPatch, hours: float) -> None:
    """Has the gateway's clock run ahead."""
    monkeypatch.setattr(ledger.gateway, "now", lambda: int(time.time() + hours * 3600))


# ---------------------------------------------------------------------------------------------------
# The whole way


def test_a_record_that_fits_is_asked_for_answered_compared_and_anchored(ledger: Ledger, fresh: list[str]) -> None:
    parcel = fresh[0]
    customs = customs_of(ledger, parcel)
    asked = ask(ledger, parcel)
    assert (asked["status"], asked["reason"], asked["outcome"]) == ("open", REASON, None)
    assert instant(asked["due_at"], "due_at") - instant(asked["requested_at"], "requested_at") == 24 * 3600
    assert asked["order_no"] == documents_of(ledger, parcel)["311"].order_no
    (waiting,) = [
        item
        for item in ledger.get("platform", PATH, status="open", limit=500)["items"]
        if item["payment_request_id"] == asked["payment_request_id"]
    ]
    assert (waiting["reason"], waiting["session_id"]) == (REASON, asked["session_id"])
    assert {"totalAmount", "gname", "recpAccount", "verDept"} <= set(waiting["asked"])

    view = answered(ledger, asked, good_record(ledger, asked))

    assert (view["status"], view["outcome"], view["is_late"]) == ("answered", "matched", False)
    assert (view["failures"], view["warnings"], view["not_judged"]) == ([], [], [])
    until(lambda: all(seen_by_customs(ledger, asked)["anchored"].values()), "all three are seen on the chain")
    for role in (customs, "platform"):
        in_parcel = ledger.get(role, f"/v1/parcels/{parcel}")["payment_requests"]
        assert in_parcel == [ledger.get(role, f"{PATH}/{asked['payment_request_id']}")]
        assert in_parcel[0]["evidence"] == view["evidence"]

    roles = {"request": customs, "answer": "platform", "result": customs}
    kinds = {
        "request": AnchorKind.PaymentRequest,
        "answer": AnchorKind.PaymentRecord,
        "result": AnchorKind.PaymentComparison,
    }
    roots = {part: bytes.fromhex(root[2:]) for part, root in view["evidence"].items()}
    assert len(set(roots.values())) == 3
    found = read_plainly(ledger.settings.rpc_url, ledger.gateway.deployment.contracts["ParcelLedger"]).anchored
    for part, root in roots.items():
        assert found[root] == (ledger.numbers[roles[part]], kinds[part], 1)


def test_what_is_anchored_commits_to_what_customs_reads(ledger: Ledger, fresh: list[str]) -> None:
    asked = ask(ledger, fresh[0])
    record = good_record(ledger, asked)
    view = answered(ledger, asked, record)
    documents = ledger.get(customs_of(ledger, fresh[0]), f"/v1/parcels/{fresh[0]}")["documents"]
    kept = {
        "0x" + record_evidence([bytes.fromhex(shown["root"][2:])]).hex(): shown
        for shown in documents
        if shown["kind"] == "Evidence"
    }
    assert set(view["evidence"].values()) == kept.keys()
    answer = {field["path"]: field["value"] for field in kept[view["evidence"]["answer"]]["fields"]}
    assert answer[f"{HEAD}.initalRequest"] == record[HEAD]["initalRequest"]
    assert answer["payExchangeInfoLists.1.recpAccount"] == ACCOUNT
    request = {field["path"]: field["value"] for field in kept[view["evidence"]["request"]]["fields"]}
    assert (request["reason"], request["orderNo"]) == (REASON, asked["order_no"])
    # The commitment is the document's own: it is made anew here from its secret and its fields.
    with ledger.gateway.database.read() as connection:
        row = request_with_id(connection, asked["payment_request_id"])
        fields = fields_behind(connection, row.answer_document) if row else None
        secret = connection.exec_driver_sql(
            "SELECT secret FROM documents WHERE id = ?", (row.answer_document if row else 0,)
        ).scalar_one()
    root = document_root(secret, [(path, value) for path, value in json.loads(fields or b"")])
    assert "0x" + record_evidence([root]).hex() == view["evidence"]["answer"]


def test_a_wrong_amount_is_found_and_shown_to_customs_with_both_values(ledger: Ledger, fresh: list[str]) -> None:
    asked = ask(ledger, fresh[0])
    documents = documents_of(ledger, fresh[0])
    record = changed(good_record(ledger, asked), f"{HEAD}.totalAmount", 0.5)
    record = changed(record, f"{LIST}.recpCode", "")
    own = answered(ledger, asked, record)
    assert own["outcome"] == "mismatch"
    assert [failure["rule"] for failure in own["failures"]] == ["P03", "P04"]
    assert [warning["rule"] for warning in own["warnings"]] == ["P11"]
    # What the payment enterprise told customs is not the platform's to read.
    assert documents["411"].head["amountPaid"] not in json.dumps(own)
    view = seen_by_customs(ledger, asked)
    paid = documents["411"].head["amountPaid"]
    assert view["failures"][0]["differences"] == [f"{HEAD}.totalAmount=0.5 / PaymentHead.amountPaid={paid}"]
    assert view["failures"][0]["zh"]
    assert view["failures"][0]["en"]


def test_a_parcel_whose_payment_is_not_here_leaves_the_comparison_incomplete(ledger: Ledger) -> None:
    simulated = simulate(1, 424_242, "import", 0.0, barred=())
    (lone,) = simulated.parcels
    unpaid = replace(simulated, messages=tuple(one for one in simulated.messages if one.type != "411"))
    (parcel,) = ledger.send(unpaid)
    ledger.indexed(parcel, lambda view: "Order" in view["flags"])
    asked = ask(ledger, parcel)
    order = lone.documents["311"]
    head = {"payCode": order.head["payCode"], "payTransactionId": order.head["payTransactionId"]}
    payment = document_from(
        "411",
        [
            (f"PaymentHead.{name}", value)
            for name, value in {
                **head,
                "amountPaid": order.head["acturalPaid"],
                "payTime": order.head["appTime"],
            }.items()
        ],
    )
    view = answered(ledger, asked, record_for(order, payment, asked["session_id"]))
    assert view["outcome"] == "incomplete"
    assert view["failures"] == []
    assert {each["rule"] for each in view["not_judged"]} == {"P01", "P02", "P03", "P06", "P07", "P10"}


def test_without_an_order_the_declaration_says_whose_platform_it_is(ledger: Ledger) -> None:
    simulated = simulate(1, 434_343, "import", 0.0, barred=())
    (lone,) = simulated.parcels
    orderless = replace(simulated, messages=tuple(one for one in simulated.messages if one.type != "311"))
    (parcel,) = ledger.send(orderless)
    ledger.indexed(parcel, lambda view: "Payment" in view["flags"])
    asked = ask(ledger, parcel)
    assert (asked["order_no"], asked["platform_no"]) == (lone.order_no, ledger.numbers["platform"])
    record = record_for(lone.documents["311"], lone.documents["411"], asked["session_id"])
    view = answered(ledger, asked, record)
    assert (view["outcome"], view["failures"]) == ("incomplete", [])
    assert {name for each in view["not_judged"] for name in each["lacks"]} == {"order"}


def test_the_desk_still_compares_the_parcels_own_documents(ledger: Ledger, fresh: list[str]) -> None:
    customs = customs_of(ledger, fresh[0])
    answered(ledger, asked := ask(ledger, fresh[0]), good_record(ledger, asked))
    view = ledger.get(customs, f"/v1/parcels/{fresh[0]}")
    assert "Evidence" in {document["kind"] for document in view["documents"]}
    report = match_report(ledger.gateway, view)
    assert report is not None
    assert report.outcome == "matched"


# ---------------------------------------------------------------------------------------------------
# Again, late, never


def test_one_request_of_a_parcel_is_open_at_a_time(ledger: Ledger, fresh: list[str]) -> None:
    customs = customs_of(ledger, fresh[0])
    body = {"parcel_id": fresh[0], "reason": REASON, "hours": 2}
    first, again = (ledger.client(customs).post(PATH, json=body) for _ in range(2))
    assert first.status_code == again.status_code == 202
    assert first.json()["operation_id"] == again.json()["operation_id"]
    assert without_anchors(first) == without_anchors(again)
    refuse(ledger, customs, PATH, {**body, "reason": "another"}, 409, "Conflict")
    refuse(ledger, customs, PATH, {**body, "hours": 3}, 409, "Conflict")
    asked = first.json()["payment_request"]
    answered(ledger, asked, good_record(ledger, asked))
    second = ask(ledger, fresh[0], reason="another")
    assert second["payment_request_id"] > asked["payment_request_id"]
    view = ledger.get(customs, f"/v1/parcels/{fresh[0]}")["payment_requests"]
    assert [(each["status"], each["reason"]) for each in view] == [("answered", REASON), ("open", "another")]


def test_the_same_answer_again_is_answered_as_before_and_another_is_a_conflict(
    ledger: Ledger, fresh: list[str]
) -> None:
    asked = ask(ledger, fresh[0])
    record = good_record(ledger, asked)
    first = send(ledger, asked, body_of(record))
    again = send(ledger, asked, json.dumps(record, indent=2).encode())
    transmitted = send(ledger, asked, body_of(changed(record, "serviceTime", "1772413999000")))
    assert first.status_code == again.status_code == transmitted.status_code == 202
    assert first.headers["location"] == f"/v1/operations/{first.json()['operation_id']}"
    assert {one.json()["operation_id"] for one in (first, again, transmitted)} == {first.json()["operation_id"]}
    assert without_anchors(again) == without_anchors(transmitted)
    other = send(ledger, asked, body_of(changed(record, f"{HEAD}.verDept", "1")))
    is_problem(other, 409, "Conflict")
    assert ledger.settled("platform", first.json()["operation_id"])["status"] == "confirmed"


def test_a_late_answer_is_taken_and_marked(ledger: Ledger, fresh: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    asked = ask(ledger, fresh[0], hours=1)
    number = asked["payment_request_id"]
    at_hour(ledger, monkeypatch, 1.01)

    def listed(role: str, status: str) -> bool:
        items = ledger.get(role, PATH, status=status, limit=500)["items"]
        return number in {item["payment_request_id"] for item in items}

    customs = customs_of(ledger, fresh[0])
    waiting = seen_by_customs(ledger, asked)
    assert (waiting["status"], waiting["is_late"]) == ("overdue", True)
    assert [listed("platform", status) for status in ("open", "overdue", "answered")] == [True, True, False]
    assert [listed(customs, status) for status in ("open", "overdue", "answered")] == [True, True, False]
    view = answered(ledger, asked, good_record(ledger, asked))
    assert (view["status"], view["is_late"], view["outcome"]) == ("answered", True, "matched")
    assert [listed(customs, status) for status in ("open", "overdue", "answered")] == [False, False, True]
    documents = ledger.get(customs, f"/v1/parcels/{fresh[0]}")["documents"]
    assert [field["value"] for shown in documents for field in shown["fields"] if field["path"] == "late"] == ["true"]


def test_an_answer_just_in_time_is_not_late(ledger: Ledger, fresh: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    asked = ask(ledger, fresh[0], hours=1)
    due = instant(asked["due_at"], "due_at")
    monkeypatch.setattr(ledger.gateway, "now", lambda: due)
    assert answered(ledger, asked, good_record(ledger, asked))["is_late"] is False


def test_lists_are_pages_newest_first(ledger: Ledger, fresh: list[str]) -> None:
    asked = [ask(ledger, parcel)["payment_request_id"] for parcel in fresh]
    found, cursor = [], None
    while True:
        page = ledger.get("platform", PATH, limit=1, **({"cursor": cursor} if cursor else {}))
        found += [item["payment_request_id"] for item in page["items"]]
        if (cursor := page["next"]) is None:
            break
    assert found == sorted(set(found), reverse=True)
    assert set(asked) <= set(found)
    for role in ("customs_pudong", "customs_suzhou", "customs_jiaxing"):
        own = ledger.get(role, "/v1/me")["district"]
        assert {item["district"] for item in ledger.get(role, PATH, limit=500)["items"]} <= {own}


# ---------------------------------------------------------------------------------------------------
# Who may


@pytest.fixture(scope="module")
def other_platform(ledger: Ledger) -> str:
    number = newcomer(ledger, roles=["Platform"], hosted=True)
    body = {"participant_no": number, "scopes": ["enterprise"], "label": "another platform"}
    ledger.keys["other_platform"] = ledger.client("governance").post("/v1/keys", json=body).json()["token"]
    return "other_platform"


def test_nobody_but_the_two_sides_learns_of_a_request(ledger: Ledger, fresh: list[str], other_platform: str) -> None:
    parcel = fresh[0]
    own = customs_of(ledger, parcel)
    asked = ask(ledger, parcel)
    record = good_record(ledger, asked)
    answered(ledger, asked, record)
    path = f"{PATH}/{asked['payment_request_id']}"
    others = {"customs_pudong", "customs_suzhou", "customs_jiaxing"} - {own}
    for role in (*sorted(others), other_platform, "payment", "declarant", "market_regulator", "rights_holder"):
        is_problem(ledger.client(role).get(path), 404, "NotFound")
        items = ledger.get(role, PATH, limit=500)["items"]
        assert asked["payment_request_id"] not in {item["payment_request_id"] for item in items}
        view = ledger.get(role, f"/v1/parcels/{parcel}")
        assert "payment_requests" not in view
        assert ACCOUNT not in json.dumps(view)
    # The buyer and the public have no key.
    view = ledger.get(None, f"/v1/parcels/{parcel}")
    assert "payment_requests" not in view
    assert ACCOUNT not in json.dumps(view)
    is_problem(ledger.client().get(path), 401, "Unauthenticated")
    for role in ("platform", own):
        shown = json.dumps([ledger.get(role, path), ledger.get(role, PATH, limit=500)], ensure_ascii=False)
        assert ACCOUNT not in shown
        assert record[HEAD]["initalResponse"] not in shown


def test_only_customs_of_the_parcels_districts_ask(ledger: Ledger, fresh: list[str], other_platform: str) -> None:
    body = {"parcel_id": fresh[0], "reason": REASON}
    own = customs_of(ledger, fresh[0])
    other = "customs_suzhou" if own != "customs_suzhou" else "customs_pudong"
    refuse(ledger, other, PATH, body, 403, "DistrictNotCompetent")
    refuse(ledger, "market_regulator", PATH, body, 403, "RoleMissing")
    refuse(ledger, "platform", PATH, body, 403, "Forbidden")
    refuse(ledger, "governance", PATH, body, 403, "Forbidden")
    is_problem(ledger.client().post(PATH, json=body), 401, "Unauthenticated")
    assert ledger.get(own, f"/v1/parcels/{fresh[0]}")["payment_requests"] == []


def test_only_the_platform_that_is_asked_answers(ledger: Ledger, fresh: list[str], other_platform: str) -> None:
    asked = ask(ledger, fresh[0])
    body = body_of(good_record(ledger, asked))
    for role in (other_platform, "payment", "declarant"):
        is_problem(send(ledger, asked, body, role), 404, "NotFound")
    is_problem(send(ledger, asked, body, customs_of(ledger, fresh[0])), 403, "Forbidden")
    is_problem(send(ledger, {"payment_request_id": 2**31 - 1}, body), 404, "NotFound")
    assert seen_by_customs(ledger, asked)["status"] == "open"


def test_customs_ask_about_imports_that_exist(ledger: Ledger, declared: Any) -> None:
    export = declared.exports[0]
    body = refuse(
        ledger, customs_of(ledger, export), PATH, {"parcel_id": export, "reason": REASON}, 422, "InvalidInput"
    )
    assert body["field"] == "parcel_id"
    refuse(ledger, "customs_pudong", PATH, {"parcel_id": "ab" * 32, "reason": REASON}, 404, "NotFound")


# ---------------------------------------------------------------------------------------------------
# Bad input


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"parcel_id": "xyz"}, "parcel_id"),
        ({"reason": ""}, "reason"),
        ({"reason": "   "}, "reason"),
        ({"reason": "x" * 501}, "reason"),
        ({"reason": "\ud800"}, "reason"),
        ({"hours": 0}, "hours"),
        ({"hours": 721}, "hours"),
        ({"hours": 1.5}, "hours"),
        ({"hours": "24"}, "hours"),
        ({"hours": True}, "hours"),
        ({"until": "tomorrow"}, "until"),
    ],
)
def test_a_request_that_breaks_a_rule_is_refused_by_field(
    ledger: Ledger, fresh: list[str], change: dict[str, Any], field: str
) -> None:
    body = json.dumps({"parcel_id": fresh[0], "reason": REASON} | change).encode()
    answer = ledger.client(customs_of(ledger, fresh[0])).post(
        PATH, content=body, headers={"Content-Type": "application/json"}
    )
    assert is_problem(answer, 422, "InvalidInput")["field"] == field


BAD: dict[str, tuple[Callable[[dict[str, Any]], bytes], int, str, str | None]] = {
    "no JSON": (lambda record: b"{", 422, "InvalidInput", "$"),
    "no UTF-8": (lambda record: b"\xff\xfe{", 422, "InvalidInput", "$"),
    "no object": (lambda record: b"[]", 422, "InvalidInput", "$"),
    "nothing": (lambda record: b"", 422, "InvalidInput", "$"),
    "nested": (lambda record: b"[" * 100_000, 422, "InvalidInput", "$"),
    "a field twice": (lambda record: b'{"certNo":"1",' + body_of(record)[1:], 422, "InvalidInput", "$"),
    "an object in place of a text": (
        lambda record: body_of(changed(record, f"{HEAD}.note", {"a": [1]})), 422, "InvalidInput", f"{HEAD}.note",
    ),
    "missing": (
        lambda record: body_of(changed(record, f"{HEAD}.payCode", ...)), 422, "InvalidInput", f"{HEAD}.payCode",
    ),
    "no list": (
        lambda record: body_of(changed(record, "payExchangeInfoLists", ...)),
        422, "InvalidInput", "payExchangeInfoLists",
    ),
    "not a number": (
        lambda record: body_of(changed(record, f"{HEAD}.totalAmount", float("nan"))),
        422, "InvalidInput", f"{HEAD}.totalAmount",
    ),
    "huge number": (
        lambda record: body_of(changed(record, f"{HEAD}.totalAmount", 10**300)),
        422, "InvalidInput", f"{HEAD}.totalAmount",
    ),
    "full-width digits": (
        lambda record: body_of(changed(record, f"{HEAD}.totalAmount", "１００")),
        422, "InvalidInput", f"{HEAD}.totalAmount",
    ),
    "half a surrogate pair": (
        lambda record: json.dumps(changed(record, f"{HEAD}.note", "\ud800")).encode(),
        422, "InvalidInput", f"{HEAD}.note",
    ),
    "unknown": (
        lambda record: body_of(record | {"buyer": "张三"}), 422, "InvalidInput", "buyer",
    ),
    "too large": (lambda record: body_of(record) + b" " * 600_000, 413, "MessageTooLarge", None),
}  # fmt: skip


def test_a_record_that_cannot_be_read_is_refused_whole(ledger: Ledger, fresh: list[str]) -> None:
    asked = ask(ledger, fresh[0])
    record = good_record(ledger, asked)
    for name, (spoil, status, title, field) in BAD.items():
        body = is_problem(send(ledger, asked, spoil(record)), status, title)
        assert body.get("field") == field, name
        assert ACCOUNT not in json.dumps(body), name
        assert "张三" not in json.dumps(body, ensure_ascii=False), name
    for given in ("application/xml", "text/plain", ""):
        answer = ledger.client("platform").post(
            f"{PATH}/{asked['payment_request_id']}/answer", content=body_of(record), headers={"Content-Type": given}
        )
        is_problem(answer, 415, "MediaTypeUnsupported")
    view = seen_by_customs(ledger, asked)
    assert (view["status"], view["evidence"]["answer"], view["outcome"]) == ("open", None, None)
    assert answered(ledger, asked, record)["outcome"] == "matched"


def test_every_fault_of_a_record_is_named_in_both_languages(ledger: Ledger, fresh: list[str]) -> None:
    asked = ask(ledger, fresh[0])
    record = changed(good_record(ledger, asked), f"{HEAD}.currency", "CNY")
    record = changed(changed(record, "certNo", 1), f"{LIST}.recpAccount", int(ACCOUNT))
    body = is_problem(send(ledger, asked, body_of(record)), 422, "InvalidInput")
    faults = {fault["field"]: fault for fault in body["faults"]}
    assert faults.keys() == {"certNo", f"{HEAD}.currency", "payExchangeInfoLists[0].recpAccount"}
    assert all(fault["zh"] and fault["en"] and fault["rule"] for fault in faults.values())
    assert faults["payExchangeInfoLists[0].recpAccount"]["value"] == "***"


@pytest.mark.parametrize("query", [{"status": "late"}, {"cursor": "nonsense!"}, {"limit": "0"}, {"cursor": "Li4"}])
def test_a_filter_that_makes_no_sense_is_refused(ledger: Ledger, query: dict[str, str]) -> None:
    is_problem(ledger.client("platform").get(PATH, params=query), 422, "InvalidInput")


def test_nothing_personal_reaches_the_log(ledger: Ledger, fresh: list[str]) -> None:
    asked = ask(ledger, fresh[0])
    record = good_record(ledger, asked)
    documents = documents_of(ledger, fresh[0])
    send(ledger, asked, body_of(changed(record, "certNo", 1)))
    answered(ledger, asked, changed(record, f"{HEAD}.totalAmount", 1))
    until(lambda: "payment_request_id}/answer" in LOG.getvalue(), "the request's line is written")
    personal = {
        value
        for document in documents.values()
        for name, value in document.head.items()
        if name in PERSONAL_FIELDS - {"consigneeDistrict"} and len(value) > 1
    }
    logged = LOG.getvalue()
    assert personal
    secrets = personal | {ACCOUNT, record[HEAD]["initalResponse"], asked["order_no"], REASON}
    assert not [value for value in secrets if value in logged]

"""The dry run over HTTP: whether a parcel's documents would agree, in every order in which they may come."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from itertools import permutations
from typing import Any

import pytest

from backend.domain.documents import Document
from backend.domain.roster import enterprise
from backend.formats.ceb.signature import SimulatorSigner
from backend.formats.ceb.writer import write_message
from backend.services.simulation import SimulatedParcel, simulate
from backend.services.simulation.posting import transfer_of
from tests.support.running import Ledger

XML = {"Content-Type": "application/xml"}
DRY = {"dry_run": "true"}

_seeds: Iterator[int] = iter(range(70_000, 80_000))


def parcel(direction: Any = "import", mode: str = "9610") -> SimulatedParcel:
    """A parcel that no other test has sent anything of; a direct import unless told otherwise."""
    while True:
        found = [each for each in simulate(8, next(_seeds), direction, barred=()).parcels if each.trade_mode == mode]
        for each in found:
            if direction == "import" or "403" in each.documents:
                return each


def send(ledger: Ledger, given: SimulatedParcel, *documents: Document, **query: str) -> dict[str, Any]:
    """Sends documents of one type in one message, as the parcel's own sender; the answer."""
    message_type = documents[0].type
    sender = enterprise(given.senders[message_type])
    signer = SimulatorSigner(b"dry") if message_type in ("621", "603") else None
    guid = "11111111-2222-4333-8444-555555555555"
    data = write_message(message_type, list(documents), transfer_of(sender), guid, signer=signer)
    answer = ledger.client(sender.key).post("/v1/messages", content=data, headers=XML, params=query or None)
    assert answer.status_code in (200, 202, 422), answer.text
    return dict(answer.json())


def report_on(ledger: Ledger, given: SimulatedParcel, document: Document) -> dict[str, Any]:
    (told,) = send(ledger, given, document, **DRY)["documents"]
    return dict(told["match"])


def with_head(document: Document, **values: str) -> Document:
    return replace(document, head={**document.head, **values})


def rules(failures: list[dict[str, Any]]) -> list[str]:
    return [failure["rule"] for failure in failures]


def lacks(report: dict[str, Any]) -> set[str]:
    return {name for each in report["not_judged"] for name in each["lacks"]}


DOCUMENTS = {"import": ("311", "411", "511", "621"), "export": ("303", "403", "505", "603")}


@pytest.mark.parametrize("direction", ["import", "export"])
def test_in_whatever_order_documents_come_the_last_one_completes_the_parcel(ledger: Ledger, direction: str) -> None:
    for order in permutations(DOCUMENTS[direction]):
        given = parcel(direction)
        for place, message_type in enumerate(order):
            report = report_on(ledger, given, given.documents[message_type])
            is_declared = order[-1] in order[: place + 1] or bool({"621", "603"} & set(order[: place + 1]))
            # An export needs no receipt of money under this mode.
            missing = set(order[place + 1 :]) - {"403"}
            assert report["outcome"] == ("incomplete" if missing else "matched"), (order, message_type)
            assert report["failures"] == [] or set(rules(report["failures"])) <= {"M01", "X01", "X02"}
            assert ("declaration" in lacks(report)) is not is_declared
            assert send(ledger, given, given.documents[message_type])["documents"][0]["standing"] == "stored"


def test_everything_fine_is_told_with_the_versions_it_was_judged_by(ledger: Ledger) -> None:
    given = parcel()
    for message_type in ("311", "411", "511"):
        send(ledger, given, given.documents[message_type])
    report = report_on(ledger, given, given.documents["621"])
    assert (report["outcome"], report["acceptable"], report["failures"]) == ("matched", True, [])
    assert rules(report["holds"]) == ["M23"], "no arrival lists it yet"
    assert report["rates_version"] == ledger.get("platform", "/v1/rates")["version"]
    district = ledger.get("platform", f"/v1/matching/{given.customs_code}")
    assert report["config_version"] == district["version"]
    assert float(report["tax_due"]) > 0


@pytest.mark.parametrize(
    ("message_type", "change", "code"),
    [
        ("411", {"amountPaid": "0.01"}, "1332"),
        ("411", {"payerName": "示例他人"}, None),
        ("311", {"acturalPaid": "0.01"}, "1332"),
        ("511", {"consigneeAddress": "另一地址"}, None),
        ("621", {"buyerName": "示例他人"}, "13127"),
        ("621", {"buyerTelephone": "000"}, "130126"),
    ],
)
def test_what_would_not_agree_is_told_before_it_is_sent_and_nothing_personal_with_it(
    ledger: Ledger, message_type: str, change: dict[str, str], code: str | None
) -> None:
    given = parcel()
    for each in ("311", "411", "511", "621"):
        if each != message_type:
            send(ledger, given, given.documents[each])
    wrong = with_head(given.documents[message_type], **change)
    report = report_on(ledger, given, wrong)
    assert (report["outcome"], report["acceptable"]) == ("mismatch", False)
    assert code in [failure["inner_code"] for failure in report["failures"]]
    assert all(failure["zh"] and failure["en"] and failure["fields"] for failure in report["failures"])
    text = json.dumps(report, ensure_ascii=False)
    head = given.documents["311"].head
    for name in ("buyerName", "buyerIdNumber", "buyerTelephone", "consignee", "consigneeAddress"):
        assert head[name] not in text
    assert "示例他人" not in text
    assert report_on(ledger, given, given.documents[message_type])["outcome"] == "matched"


def test_a_change_is_judged_in_place_of_what_is_stored(ledger: Ledger) -> None:
    given = parcel()
    for each in ("311", "411", "511", "621"):
        send(ledger, given, given.documents[each])
    changed = with_head(given.documents["411"], appType="2", amountPaid="0.01")
    assert report_on(ledger, given, changed)["outcome"] == "mismatch"
    send(ledger, given, changed)
    back = with_head(given.documents["411"], appType="2")
    assert report_on(ledger, given, back)["outcome"] == "matched"
    assert report_on(ledger, given, changed)["outcome"] == "mismatch", "known already, and still told"


def test_each_document_of_a_message_has_the_report_of_its_own_parcel(ledger: Ledger) -> None:
    first, second, third = (parcel() for _ in range(3))
    for given in (first, second):
        send(ledger, given, given.documents["311"])
    sent = (
        first.documents["411"],
        with_head(second.documents["411"], amountPaid="0.01"),
        third.documents["411"],
        with_head(first.documents["411"], payTransactionId="ANOTHER"),
    )
    told = send(ledger, first, *sent, **DRY)["documents"]
    assert [each["match"]["outcome"] for each in told] == ["incomplete", "mismatch", "incomplete", "mismatch"]
    assert rules(told[1]["match"]["failures"]) == ["M06"]
    assert rules(told[3]["match"]["failures"]) == ["M04"]
    assert "order" in lacks(told[2]["match"])


def test_what_is_refused_or_withdrawn_has_no_report(ledger: Ledger) -> None:
    given = parcel()
    send(ledger, given, given.documents["311"])
    duplicate = with_head(given.documents["311"], acturalPaid="1")
    (told,) = send(ledger, given, duplicate, **DRY)["documents"]
    assert told["standing"] == "refused"
    assert "match" not in told
    (told,) = send(ledger, given, with_head(given.documents["311"], appType="3"), **DRY)["documents"]
    assert told["standing"] == "acceptable"
    assert "match" not in told


def test_only_a_dry_run_tells_of_other_documents(ledger: Ledger) -> None:
    given = parcel()
    (told,) = send(ledger, given, given.documents["311"])["documents"]
    assert "match" not in told
    (again,) = send(ledger, given, given.documents["311"])["documents"]
    assert "match" not in again


def test_a_districts_own_settings_decide_and_stand_in_the_report(ledger: Ledger) -> None:
    given = parcel(mode="1210")
    while given.customs_code != "2303":
        given = parcel(mode="1210")
    for each in ("311", "511", "621"):
        send(ledger, given, given.documents[each])
    wrong = with_head(given.documents["411"], payerName="示例他人")
    assert rules(report_on(ledger, given, wrong)["failures"]) == ["M07"]

    def load(version: str, **settings: Any) -> None:
        body = {"version": version, **settings}
        answer = ledger.client("customs_suzhou").put("/v1/matching/2303", json=body)
        assert answer.status_code == 201, answer.text

    load("payer may differ", rules={"M07": {"level": "warn"}})
    report = report_on(ledger, given, wrong)
    assert (report["outcome"], report["config_version"]) == ("matched", "payer may differ")
    assert rules(report["warnings"]) == ["M07"]
    load("payer may not differ")
    report = report_on(ledger, given, wrong)
    assert (report["outcome"], report["config_version"]) == ("mismatch", "payer may not differ")


def test_an_arrival_on_the_chain_ends_the_hold(ledger: Ledger) -> None:
    given = parcel()
    for each in ("311", "411", "511", "621"):
        answer = send(ledger, given, given.documents[each])
    (told,) = answer["documents"]
    ledger.indexed(told["parcel_id"], lambda view: {"Order", "Payment", "Waybill"} <= set(view["flags"]))
    assert rules(report_on(ledger, given, given.documents["411"])["holds"]) == ["M23"]
    ledger.record("site_operator", "Arrival", [told["parcel_id"]])
    ledger.indexed(told["parcel_id"], lambda view: "Arrived" in view["flags"])
    assert report_on(ledger, given, given.documents["411"])["holds"] == []

"""Returns over HTTP on the real chain: findings line by line, what they free of tax and year, exchange and resale."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from tests.support.asking import is_problem
from tests.support.returning import DISTRICTS, Case
from tests.support.running import Ledger, running_ledger, until


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    home: Path = tmp_path_factory.mktemp("returns")
    with running_ledger(home) as made:
        yield made


def test_goods_as_they_left_free_tax_and_year_and_may_be_sold_again(ledger: Ledger) -> None:
    case = Case(ledger, "import", "9610")
    until(lambda: case.used() > 0, "the purchase counts")
    is_problem(case.finding("Unopened"), 409, "ReturnNotThere")
    case.come_back()
    seen = case.view()
    assert (seen["state"], seen["back"], seen["applications"][0]["message_type"]) == ("Returning", True, "625")
    assert seen["windows"]["apply_by"] < seen["windows"]["back_by"]
    assert seen["windows"]["relief_by"] is None
    # Who has no part in it: another district, since imports go back where they came from; a platform.
    other = "customs_suzhou" if case.customs != "customs_suzhou" else "customs_pudong"
    for stranger in (other, "platform"):
        is_problem(ledger.client(stranger).get(case.address), 404, "NotFound")
    is_problem(case.finding("Unopened", customs=other), 403, "DistrictNotCompetent")
    answer = ledger.client(case.customs).post(
        f"{case.address}/findings", json={"lines": [{"gnum": 99, "qty": "1", "condition": "Opened"}]}
    )
    is_problem(answer, 409, "ReturnRuleBroken")
    assert answer.json()["rule"] == "LineAsDeclared"
    too_much = {
        "gnum": int(case.lines[0]["gnum"]),
        "qty": str(Decimal(case.lines[0]["qty"]) + 1),
        "condition": "Opened",
    }
    answer = ledger.client(case.customs).post(f"{case.address}/findings", json={"lines": [too_much]})
    assert answer.json()["rule"] == "QuantityWithinRelease"

    assert case.finding("Unopened").status_code == 200
    is_problem(case.finding("Opened"), 422, "InvalidInput")
    assert case.finding("Opened", reason="unpacked, as the second look showed").status_code == 200
    found = case.view(case.customs)["findings"]
    assert [each["number"] for each in found] == [1, 2]
    assert found[-1]["freed"] == found[-1]["restocked"]
    assert found[-1]["broken"] == []
    assert len(found[-1]["freed"]) == len(case.lines)

    # Nobody sells it again before customs verified it; an exchange may go out at once.
    later, replacement = Case(ledger, "import", "9610"), Case(ledger, "import", "9610")
    line = {"gnum": int(case.lines[0]["gnum"]), "qty": "1"}
    sale = {"kind": "Resale", "parcel_id": later.parcel, "lines": [line]}
    sequels = f"{case.address}/sequels"
    answer = ledger.client("declarant").post(sequels, json=sale)
    is_problem(answer, 409, "ReturnRuleBroken")
    assert answer.json()["rule"] == "ResaleAfterVerification"
    ledger.post("declarant", sequels, {"kind": "Exchange", "parcel_id": replacement.parcel})
    ledger.record(case.customs, "ReturnVerified", [case.parcel])
    ledger.indexed(case.parcel, lambda view: view["state"] == "Returned")
    is_problem(case.finding("Opened", reason="too late"), 409, "ReturnNotThere")
    until(lambda: [bill["status"] for bill in case.bills()] == [3], "the bill is void")
    until(lambda: case.used() == 0, "the year has it back")
    ledger.post("declarant", sequels, sale)
    answer = ledger.client("declarant").post(sequels, json=sale)
    assert answer.json()["rule"] == "SequelIsAnother"
    too_many = {"kind": "Resale", "parcel_id": Case(ledger, "import", "9610").parcel, "lines": [line | {"qty": "9999"}]}
    answer = ledger.client("declarant").post(sequels, json=too_many)
    assert answer.json()["rule"] == "ResaleWithinStock"
    is_problem(ledger.client("platform").post(sequels, json=sale), 404, "NotFound")

    # Linked both ways.
    assert [(each["kind"], each["parcel_id"]) for each in case.view()["sequels"]] == [
        ("Exchange", replacement.parcel),
        ("Resale", later.parcel),
    ]
    assert later.view()["sequel_of"]["parcel_id"] == case.parcel
    shown = ledger.indexed(replacement.parcel, lambda _: True, "declarant")
    assert shown["sequel_of"] == {"kind": "Exchange", "parcel_id": case.parcel}
    assert "sequel_of" not in ledger.get(None, f"/v1/parcels/{replacement.parcel}")


def test_goods_that_are_no_longer_the_same_free_nothing(ledger: Ledger) -> None:
    case = Case(ledger, "import", "9610")
    case.come_back()
    assert case.finding("Altered").status_code == 200
    (found,) = case.view()["findings"]
    assert found["freed"] == []
    assert [each["rule"] for each in found["broken"]] == ["OriginalState"]
    assert all(each["zh"] and each["en"] for each in found["broken"])
    ledger.record(case.customs, "ReturnVerified", [case.parcel])
    ledger.indexed(case.parcel, lambda view: view["state"] == "Returned")
    # Its tax stays due, the year counts it, and nothing of it is stock.
    assert case.used() > 0
    assert [bill["status"] for bill in case.bills()] == [1]
    later = Case(ledger, "import", "9610")
    sale = {"kind": "Resale", "parcel_id": later.parcel, "lines": [{"gnum": 1, "qty": "1"}]}
    answer = ledger.client("declarant").post(f"{case.address}/sequels", json=sale)
    assert answer.json()["rule"] == "ResaleWithinStock"


def test_direct_exports_may_come_back_in_another_district(ledger: Ledger) -> None:
    case = Case(ledger, "export", "9610")
    if case.simulated.customs_code != case.simulated.port_code:
        ledger.record(case.customs, "TransitDeparture", [case.parcel])
        ledger.record("customs_pudong", "TransitArrival", [case.parcel])
    ledger.record(case.simulated.journey.carrier if case.simulated.journey else "", "Departure", [case.parcel])
    elsewhere = next(role for role in DISTRICTS.values() if role not in (case.customs, "customs_pudong"))
    is_problem(ledger.client(elsewhere).get(case.address), 404, "NotFound")
    case.come_back()
    assert case.view(elsewhere)["applications"][0]["message_type"] == "213"
    assert case.finding("Used", customs=elsewhere).status_code == 200
    (found,) = case.view()["findings"]
    assert found["district"] in DISTRICTS
    # An import would be freed; used exports are not.
    assert found["freed"] == []
    assert "OriginalState" in [each["rule"] for each in found["broken"]]

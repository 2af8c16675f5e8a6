"""Returns over HTTP on the real chain: findings line by line, what they free of tax and year, exchange and resale."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from backend.services.simulation import simulate
from backend.services.simulation.model import SimulatedMessage, SimulatedSet
from backend.services.simulation.requests import return_request
from tests.support.asking import is_problem
from tests.support.running import Ledger, running_ledger, until

DISTRICTS = {"2233": "customs_pudong", "2303": "customs_suzhou", "2908": "customs_jiaxing"}

_seeds = count(71_000)


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    home: Path = tmp_path_factory.mktemp("returns")
    with running_ledger(home) as made:
        yield made


class Case:
    """A released parcel of one kind, and what its parties do with it."""

    def __init__(self, ledger: Ledger, mode: str, trade_mode: str) -> None:
        self.ledger = ledger
        self.made: SimulatedSet = next(
            each
            for seed in _seeds
            if (each := simulate(1, seed, mode, 0.0, barred=())).parcels[0].trade_mode == trade_mode  # type: ignore[arg-type]
        )
        (self.simulated,) = self.made.parcels
        (self.parcel,) = ledger.send(self.made)
        wanted = {"Order", "Waybill"} | ({"Payment"} if mode == "import" else set())
        ledger.indexed(self.parcel, lambda view: wanted <= set(view["flags"]))
        self.customs = DISTRICTS[self.simulated.customs_code]
        if self.simulated.journey is not None:
            ledger.record("site_operator", "Arrival", [self.parcel])
        for step in ("Acceptance", "Release"):
            ledger.record(self.customs, step, [self.parcel])
        self.lines = self.simulated.declaration.lines if self.simulated.declaration else ()

    @property
    def address(self) -> str:
        return f"/v1/returns/{self.parcel}"

    def list_no(self) -> str:
        kind = "622" if self.made.mode == "import" else "604"

        def told() -> str | None:
            receipts = self.ledger.get("declarant", "/v1/receipts", type=kind, parcel_id=self.parcel)["items"]
            return next((one["list_no"] for one in receipts if one["list_no"]), None)

        return str(until(told, "the list has its number"))

    def post(self, message: SimulatedMessage) -> None:
        client = self.ledger.client(message.sender.key)
        sent = client.post("/v1/messages", content=message.data, headers={"Content-Type": "application/xml"})
        assert sent.status_code == 202, sent.text

    def come_back(self) -> None:
        """Applied for, granted, and back at the supervised place."""
        self.post(return_request(self.simulated, self.list_no(), seed=self.made.seed))
        self.ledger.indexed(self.parcel, lambda view: "ReturnPending" in view["flags"])
        self.ledger.record(self.customs, "ReturnApproved", [self.parcel])
        self.ledger.record("site_operator", "ReturnArrived", [self.parcel])

    def finding(self, *conditions: str, reason: str | None = None, customs: str | None = None) -> Any:
        lines = [
            {"gnum": int(line["gnum"]), "qty": line["qty"], "condition": condition}
            for line, condition in zip(self.lines, conditions * len(self.lines), strict=False)
        ]
        body = {"lines": lines} | ({"reason": reason} if reason else {})
        return self.ledger.client(customs or self.customs).post(
            f"{self.address}/findings", json=body, params={"confirm": "true"}
        )

    def view(self, role: str = "declarant") -> dict[str, Any]:
        return self.ledger.get(role, self.address)

    def used(self) -> Decimal:
        """What the buyer's year counts of this parcel, in CNY."""
        head = self.simulated.declaration.head if self.simulated.declaration else {}
        body = {"id_number": head["buyerIdNumber"]}
        entries = self.ledger.post(self.customs, "/v1/quota", body, confirm=False)["entries"]
        return sum((Decimal(each["counted"]) for each in entries if each["parcel_id"] == self.parcel), Decimal(0))

    def bills(self) -> list[dict[str, Any]]:
        return list(self.ledger.get("declarant", "/v1/tax-bills", parcel_id=self.parcel)["items"])


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

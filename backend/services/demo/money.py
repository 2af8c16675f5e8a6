"""Money: customs asks how an order was paid, releases make tax bills, a return takes one of them back."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from backend.services.demo.parcels import Traced
from backend.services.demo.stage import Stage
from backend.services.simulation import Expected
from backend.services.simulation.payment_records import payment_record

_TAXES = ("customsTax", "valueAddedTax", "consumptionTax")


def ask_for_payment(stage: Stage, parcels: Sequence[Traced]) -> None:
    """Customs asks a platform for the original record of one payment; the platform answers, the two are compared."""
    fitting = [
        parcel
        for parcel in parcels
        if parcel.is_import and parcel.state == "Accepted" and parcel.simulated.expected is Expected.Matched
    ]
    if not fitting:
        stage.skip("a request for a payment record: no import was accepted")
        return
    parcel = stage.random.choice(fitting)
    customs, documents = stage.customs_of(parcel), parcel.simulated.documents
    platform = stage.roles[parcel.simulated.senders["311"]]
    asked = customs.post(
        "/v1/payment-requests", {"parcel_id": parcel.parcel_id, "reason": "spot check of payments", "hours": 24}
    )
    stage.follow(customs.name, asked, "payment request")
    request = asked["payment_request"]
    record = payment_record(documents["311"], documents["411"], request["session_id"])
    path = f"/v1/payment-requests/{request['payment_request_id']}"
    stage.follow(platform.name, platform.post(f"{path}/answer", record), "payment record")
    told = customs.get(path)
    names = ("payment_request_id", "parcel_id", "order_no", "status", "outcome", "failures", "warnings")
    stage.told.payment_request = {name: told[name] for name in names}


def counted(stage: Stage, parcel: Traced) -> str:
    """What the buyer of an import has used of the year, as customs is told it; in yuan."""
    declaration = parcel.simulated.documents["621"]
    view = stage.customs_of(parcel).post("/v1/quota", {"id_number": declaration.head["buyerIdNumber"]})
    return str(view["counted"])


def tell_taxes(stage: Stage) -> None:
    """How many tax bills this run's releases made, for how much, and which a return made void."""
    own = {parcel.parcel_id for parcel in stage.told.parcels}
    bills = [bill for bill in stage.roles["declarant"].pages("/v1/tax-bills") if bill["parcel_id"] in own]
    void = [bill for bill in bills if int(bill["status"]) == _VOID]
    stage.told.tax |= {
        "bills": len(bills),
        "sum": str(sum(map(_sum, bills), Decimal(0))),
        "void": len(void),
        "void_sum": str(sum(map(_sum, void), Decimal(0))),
    }


_VOID = 3


def _sum(bill: dict[str, Any]) -> Decimal:
    return sum((Decimal(bill["head"].get(name) or "0") for name in _TAXES), Decimal(0))

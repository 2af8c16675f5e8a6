"""A parcel that comes back, and what its parties do with it."""

from __future__ import annotations

from decimal import Decimal
from itertools import count
from typing import Any

from backend.services.simulation import simulate
from backend.services.simulation.model import SimulatedMessage, SimulatedSet
from backend.services.simulation.requests import return_request
from tests.support.running import Ledger, until

DISTRICTS = {"2233": "customs_pudong", "2303": "customs_suzhou", "2908": "customs_jiaxing"}

_seeds = count(71_000)


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

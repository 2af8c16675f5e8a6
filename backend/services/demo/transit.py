"""Trucks under seal from the origin to the port, as their parties take them there over HTTP.

Each truck goes its own way; many go at once. What goes wrong is put on record and settled by whoever owns it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any

from backend.domain.errors import ConfirmationTimedOut
from backend.domain.roster import customs_of, enterprise
from backend.services.demo.client import Roles
from backend.services.processes import wait_until
from backend.services.simulation import Mishap, SimulatedLane, SimulatedTruck

OPENER, TERMINAL = "logistics_east", "site_operator"

AGREEMENT = (
    "属地海关审核、施封并放行转关车辆，口岸海关验核封志和件数并核销；场站在时限内确认放行指令。\n"
    "The origin checks, seals and lets trucks depart; the port verifies seal and count and writes off; "
    "the terminal acknowledges the release in time."
)

#: Trucks that their parties drive at the same time.
AT_ONCE = 6

#: Seconds that a record of the gateway's own is waited for.
PATIENCE = 300.0

CONSIGNMENTS = "/v1/consignments"

#: What the port sees before the truck is there, and so raises while it is under way.
_UNDER_WAY = frozenset({Mishap.Diverted, Mishap.RiskHit})


@dataclass(frozen=True, slots=True)
class Moving:
    """A truck under way, by parcel ids, and its consignment."""

    truck: SimulatedTruck[str]
    consignment: str


class Fleet:
    """The carriage of one ledger. Raises Refused, NotRunning or ConfirmationTimedOut."""

    def __init__(self, roles: Roles) -> None:
        self.roles = roles
        self._lanes: dict[tuple[str, str], int] = {}
        found = roles["governance"].get("/v1/participants", code=enterprise(TERMINAL).uscc)["items"]
        self._terminal_no = int(found[0]["participant_no"])

    def open_lanes(self, lanes: Iterable[SimulatedLane]) -> None:
        """Both districts sign; a lane that an earlier run signed stays."""
        in_force = {
            (lane["origin_district"], lane["port_district"]): lane["lane_id"]
            for lane in self.roles[customs_role("2233")].pages("/v1/lanes")
            if lane["status"] == "InForce"
        }
        for lane in lanes:
            way = (lane.origin, lane.port)
            self._lanes[way] = in_force.get(way) or self._sign(lane)

    def depart(self, trucks: Sequence[SimulatedTruck[str]]) -> list[Moving]:
        """Sealed, approved and under way."""
        return self._each(self._depart, trucks)

    def arrive(self, moving: Sequence[Moving]) -> None:
        """Arrived, verified, settled, written off, and acknowledged but where the terminal keeps silent."""
        self._each(self._arrive, moving)

    def answer_late(self, moving: Sequence[Moving]) -> None:
        """The terminals that kept silent answer once that is on record."""
        self._each(self._answer_late, [each for each in moving if each.truck.mishap is Mishap.Unacknowledged])

    # -----------------------------------------------------------------------------------------------

    def _each(self, work: Callable[[Any], Any], items: Sequence[Any]) -> list[Any]:
        with ThreadPoolExecutor(AT_ONCE) as pool:
            return list(pool.map(work, items))

    def _sign(self, lane: SimulatedLane) -> int:
        body = {
            "origin_district": lane.origin,
            "port_district": lane.port,
            "transit_hours": lane.transit_hours,
            "acknowledge_hours": lane.acknowledge_hours,
            "handled_by_port": [mishap.value for mishap in lane.handled_by_port],
            "agreement": AGREEMENT,
        }
        made = self.roles[customs_role(lane.origin)].post("/v1/lanes", body, confirm=True)
        number = int(made["made"]["lane_id"])
        acceptance = {"agreement": AGREEMENT}
        self.roles[customs_role(lane.port)].post(f"/v1/lanes/{number}/acceptance", acceptance, confirm=True)
        return number

    def _depart(self, truck: SimulatedTruck[str]) -> Moving:
        lane = truck.lane
        body = {
            "reference": f"truck-{truck.seal}",
            "kind": "Seal",
            "number": truck.seal,
            "origin_district": lane.origin,
            "port_district": lane.port,
            "lane_id": self._lanes[lane.origin, lane.port],
            "terminal_no": self._terminal_no,
        }
        consignment = str(self.roles[OPENER].post(CONSIGNMENTS, body, confirm=True)["consignment"])
        act = partial(self._act, consignment)
        self.roles[OPENER].post(f"{CONSIGNMENTS}/{consignment}/contents", {"parcels": [*truck.load]}, confirm=True)
        act(OPENER, "application", {"vehicle": "supervised truck"})
        act(customs_role(lane.origin), "approval", {"seal": truck.seal})
        act(customs_role(lane.origin), "departure", {"seal": truck.seal})
        return Moving(truck, consignment)

    def _arrive(self, moving: Moving) -> None:
        truck, act = moving.truck, partial(self._act, moving.consignment)
        origin, port = customs_role(truck.lane.origin), customs_role(truck.lane.port)
        if truck.mishap in _UNDER_WAY:
            named = {"parcels": [*truck.lost]} if truck.lost else {}
            act(port, "anomalies", {"told_by": "the driver"}, kind=truck.mishap.value, **named)
        if truck.mishap is Mishap.RiskHit:
            act(origin, "removals", {"decision": "to be inspected"}, parcels=[*truck.lost], reason="RiskHit")
        if truck.mishap is Mishap.Overdue:
            self._recorded(moving)
        act(port, "arrival", {"gate": "supervised place"})
        act(port, "verification", {"counted": truck.found}, seal_intact=truck.is_intact, found=truck.found)
        self._settle(moving)
        if truck.mishap is Mishap.Short:
            act(port, "removals", {"counted": truck.found}, parcels=[*truck.lost], reason="Short")
        act(port, "write-off", {"counted": truck.found})
        if truck.mishap is not Mishap.Unacknowledged:
            act(TERMINAL, "acknowledgement", {"loading_list": truck.found})

    def _answer_late(self, moving: Moving) -> None:
        self._recorded(moving)
        self._settle(moving)
        self._act(moving.consignment, TERMINAL, "acknowledgement", {"loading_list": moving.truck.found})

    def _settle(self, moving: Moving) -> None:
        """Each owner settles what is open."""
        for each in self._view(moving)["anomalies"]:
            if each["settled_at"] is None:
                path = f"/v1/anomalies/{each['anomaly_id']}/settlement"
                owner = self.roles[customs_role(each["owner_district"])]
                owner.post(path, {"evidence": {"explained": "looked into"}}, confirm=True)

    def _recorded(self, moving: Moving) -> None:
        """Waits until the gateway has put on record by itself that a limit has passed."""
        kind = moving.truck.mishap
        if not wait_until(lambda: any(each["kind"] == kind for each in self._view(moving)["anomalies"]), PATIENCE):
            raise ConfirmationTimedOut(operation_id=f"{kind} of {moving.consignment}", seconds=PATIENCE)

    def _view(self, moving: Moving) -> dict[str, Any]:
        return self.roles[customs_role(moving.truck.lane.port)].get(f"{CONSIGNMENTS}/{moving.consignment}")

    def _act(self, consignment: str, role: str, act: str, evidence: dict[str, Any], **more: Any) -> None:
        self.roles[role].post(f"{CONSIGNMENTS}/{consignment}/{act}", {"evidence": evidence, **more}, confirm=True)


def customs_role(district: str) -> str:
    """The role of a district's customs; KeyError where the cast has none."""
    office = customs_of(district)
    if office is None:
        raise KeyError(district)
    return office.key

"""What happens in the demo, in its order: each role does its part over HTTP and waits for the chain."""

from __future__ import annotations

import random
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from backend.domain.instants import iso
from backend.domain.matching import MatchOutcome
from backend.domain.roster import SELLER_TO_BAR, enterprise
from backend.services.comparing import evidence_of, judge
from backend.services.demo.client import Refused, Roles
from backend.services.demo.plan import Plan

#: Whose parcels of which declaring or port district.
CUSTOMS = {"2233": "customs_pudong", "2303": "customs_suzhou", "2908": "customs_jiaxing"}

LISTING_DAYS = 90

#: Flags under which no parcel is released.
BLOCKING = frozenset({"Review", "Inspection", "HeldDeclaring", "HeldPort"})

#: Parcels asked for in one request.
ASKED_AT_ONCE = 100

Report = Callable[[str, int, int], None]


@dataclass
class Traced:
    """A parcel as the story follows it; districts and state as the gateway last said."""

    parcel_id: str
    anomaly: str | None
    direction: str = ""
    mode: str = ""
    declaring: str = ""
    port: str = ""
    seller_no: int = 0
    state: str = ""
    flags: tuple[str, ...] = ()
    manifest: str = ""

    @property
    def is_declared(self) -> bool:
        return bool(self.manifest)

    @property
    def is_import(self) -> bool:
        return self.direction == "Import"

    @property
    def is_bonded(self) -> bool:
        return self.is_import and self.mode != "9610"

    @property
    def by_transit(self) -> bool:
        return not self.is_import and self.declaring != self.port


@dataclass
class Told:
    """What the story did, for whoever asks afterwards."""

    parcels: list[Traced] = field(default_factory=list)
    refused: list[dict[str, Any]] = field(default_factory=list)
    documents: int = 0
    steps: int = 0

    @property
    def declared(self) -> list[Traced]:
        return [parcel for parcel in self.parcels if parcel.is_declared]


class Story:
    """One run of the demo. Raises NotRunning, Refused or ConfirmationTimedOut."""

    def __init__(self, roles: Roles, plan: Plan, report: Report) -> None:
        self.roles = roles
        self.plan = plan
        self.random = random.Random(plan.seed)  # noqa: S311 - which parcels are inspected is no secret
        self.report = report
        self.told = Told()
        self._pending: list[tuple[str, str, str]] = []

    def run(self) -> Told:
        """The whole story; about fifteen waits for the chain."""
        seller = seller_to_bar(self.roles)
        first = self._documents(0)
        self._decide(first)
        self._control(first)
        kept_back = [p for p in first if p.seller_no == seller][:2]
        self._release([p for p in first if p not in kept_back])
        if not is_barred(self.roles):
            self._bar(seller)
        # The seller is barred now: what it has not got released stays where it is, what it declares is refused.
        self._release(kept_back)
        second = self._documents(1)
        self._decide(second)
        self._onward(first)
        self._arrive(second[: len(second) * 3 // 4])
        self._release(second[: len(second) // 2])
        self._end(first)
        self._refresh(self.told.parcels)
        return self.told

    # -----------------------------------------------------------------------------------------------
    # Documents

    def _documents(self, wave: int) -> list[Traced]:
        """Enterprises send their messages; the parcels whose declaration reached the chain."""
        sets = self.plan.waves[wave]
        anomaly_of = {(p.platform_code, p.order_no): p.anomaly for s in sets for p in s.parcels}
        messages = [message for simulated in sets for message in simulated.messages]
        parcels: dict[str, Traced] = {}
        self.report(f"documents of wave {wave + 1}", 0, len(messages))
        for sent, message in enumerate(messages, 1):
            what = f"message {message.type}"
            outcome = self.roles[message.sender.key].send_message(message.data)
            if operation := outcome.get("operation_id"):
                self._pending.append((message.sender.key, operation, what))
            for document in outcome["documents"]:
                self.told.documents += 1
                if document["standing"] == "refused":
                    fault = document["faults"][0]
                    key = document["business_key"]
                    self._refuse(what, fault["rule"], fault["zh"], fault["en"], document=key)
                elif document["kind"] == "Order":
                    _, platform, order = document["business_key"].split("|")
                    anomaly = anomaly_of.get((platform, order))
                    parcels[document["parcel_id"]] = Traced(document["parcel_id"], anomaly)
            self.report(f"documents of wave {wave + 1}", sent, len(messages))
        self.told.parcels.extend(parcels.values())
        self._settle("declarations")
        self._refresh(list(parcels.values()))
        return [parcel for parcel in parcels.values() if parcel.is_declared]

    def _refresh(self, parcels: Sequence[Traced]) -> None:
        """Brings parcels up to date with the gateway; those that were never declared stay as they are."""
        for start in range(0, len(parcels), ASKED_AT_ONCE):
            asked = {parcel.parcel_id: parcel for parcel in parcels[start : start + ASKED_AT_ONCE]}
            for view in self.roles["governance"].get("/v1/parcels", parcel_id=list(asked))["items"]:
                parcel = asked[view["parcel_id"]]
                parcel.direction = view["direction"]
                parcel.mode = view["supervision_mode"]
                parcel.declaring = view["declaring_district"]
                parcel.port = view["port_district"]
                parcel.seller_no = view["seller"]["participant_no"]
                parcel.state = view["state"]
                parcel.flags = tuple(view["flags"])
                parcel.manifest = view["manifest"]

    # -----------------------------------------------------------------------------------------------
    # Customs

    def _decide(self, parcels: Sequence[Traced]) -> None:
        """Each declaring district compares the documents and accepts, or rejects with its report."""
        for district, own in _by(parcels, lambda p: p.declaring).items():
            role = CUSTOMS[district]
            accepted: list[Traced] = []
            rejected: dict[str, dict[str, Any]] = {}
            version = ""
            self.report(f"documents compared in {district}", 0, len(own))
            for done, parcel in enumerate(own, 1):
                found = judge(self.roles[role].get(f"/v1/parcels/{parcel.parcel_id}"))
                version = found.config_version
                if found.outcome is MatchOutcome.Matched:
                    accepted.append(parcel)
                else:
                    rejected[parcel.parcel_id] = evidence_of(found)
                    why = found.failures[0]
                    self._refuse("Acceptance", why.rule, why.zh, why.en, parcel=parcel.parcel_id)
                self.report(f"documents compared in {district}", done, len(own))
            evidence = {"decision": "acceptance", "outcome": "matched", "config_version": version}
            self._take(role, "Acceptance", accepted, evidence)
            again = [p for p in own if p.parcel_id in rejected]
            self._take(role, "Rejection", again, evidence_of=rejected)
        self._settle("decisions")
        self._refresh(parcels)

    def _arrive(self, parcels: Sequence[Traced]) -> None:
        """Goods come into the supervised places; bonded imports are there already."""
        arrived = [p for p in parcels if p.state == "Accepted" and not p.is_bonded]
        for district, own in _by(arrived, lambda p: p.declaring).items():
            self._take("site_operator", "Arrival", own, {"place": f"supervised place of {district}"})
        self._settle("arrivals")

    def _control(self, parcels: Sequence[Traced]) -> None:
        """Arrivals; some reviews and inspections; two detentions, of which one is lifted."""
        accepted = [p for p in parcels if p.state == "Accepted"]
        chosen = self.random.sample(accepted, k=max(len(accepted) // 6, min(len(accepted), 5)))
        reviewed, inspected = chosen[: len(chosen) // 3], chosen[len(chosen) // 3 :]
        detained, passed = inspected[:2], inspected[2:]
        self._customs("ReviewOpened", reviewed, {"reason": "declared value"})
        self._customs("InspectionOrdered", inspected, {"reason": "selected at random", "kind": "opening"})
        self._arrive(parcels)
        self._customs("ReviewClosed", reviewed, {"result": "value accepted"})
        self._customs("InspectionPassed", passed, {"result": "goods as declared"})
        self._customs("Detention", detained, {"reason": "mark to be compared with its recordal"})
        self._settle("inspections")
        self._customs("DetentionLifted", detained[:1], {"result": "licensed goods"})
        self._settle("detention lifted")
        self._customs("InspectionPassed", detained[:1], {"result": "goods as declared"})
        self._settle("inspections")
        self._refresh(parcels)

    def _release(self, parcels: Sequence[Traced]) -> None:
        """Every accepted parcel that nothing holds."""
        self._refresh(parcels)
        ready = [
            p
            for p in parcels
            if p.state == "Accepted" and not BLOCKING.intersection(p.flags) and ("Arrived" in p.flags or p.is_bonded)
        ]
        # One seller at a time: a barred one is refused by itself.
        for own in _by(ready, lambda p: str(p.seller_no)).values():
            self._customs("Release", own, {"decision": "release"})
        self._settle("releases")
        self._refresh(ready)

    def _bar(self, seller_no: int) -> None:
        """Customs propose, the market regulator confirms: only the second authority puts it in force."""
        listing = {
            "participant_no": seller_no,
            "level": "Barred",
            "ground": "FalseDeclaration",
            "until": iso(int(time.time()) + LISTING_DAYS * 86_400),
            "evidence": {"finding": "declared goods were not in the parcels", "inspections": 3},
        }
        imposed = self.roles["customs_pudong"].post("/v1/blacklist/listings", listing)
        self._follow("customs_pudong", imposed, "Listing")
        self._settle("listing proposed")
        for item in self.roles["market_regulator"].pages("/v1/blacklist"):
            if item["participant"]["participant_no"] == seller_no and item["status"] == "proposed":
                path = f"/v1/blacklist/listings/{item['listing_id']}/confirmations"
                confirmed = self.roles["market_regulator"].post(path, {"evidence": {"review": "file complete"}})
                self._follow("market_regulator", confirmed, "Confirmation")
        self._settle("listing confirmed")

    # -----------------------------------------------------------------------------------------------
    # Onward

    def _onward(self, parcels: Sequence[Traced]) -> None:
        """Deliveries, departures at the port, and transit to it."""
        released = [p for p in parcels if p.state == "Released"]
        transit = [p for p in released if p.by_transit]
        imports = [p for p in released if p.is_import]
        delivered = self.random.sample(imports, k=len(imports) * 4 // 5)
        at_port = [p for p in released if not p.is_import and not p.by_transit]
        self._customs("TransitDeparture", transit, {"seal": self._seal(), "vehicle": "supervised truck"})
        self._take("logistics_east", "Delivery", delivered, {"received": "signed"})
        self._take("logistics_air", "Departure", at_port[: len(at_port) * 4 // 5], {"flight": self._flight()})
        self._settle("departures")
        arrived = transit[: max(1, len(transit) * 4 // 5)] if transit else []
        self._customs("TransitArrival", arrived, {"seal": "intact"}, at_port=True)
        self._settle("transit")
        self._take("logistics_air", "Departure", arrived[: len(arrived) * 3 // 4], {"flight": self._flight()})
        self._settle("departures")
        self._refresh(parcels)

    def _end(self, parcels: Sequence[Traced]) -> None:
        """Closures, and one import that its buyer sends back."""
        ended = [p for p in parcels if p.state in ("Departed", "Delivered")]
        returned = [p for p in ended if p.is_import][:1]
        closed = [p for p in ended if p not in returned]
        self._customs("Closure", closed[: len(closed) * 2 // 3], {"decision": "closure"})
        self._take("declarant", "ReturnRequested", returned, {"reason": "buyer withdrew within seven days"})
        self._settle("closures")
        self._customs("ReturnApproved", returned, {"decision": "return within 30 days of release"})
        self._settle("return approved")
        self._take("site_operator", "ReturnArrived", returned, {"place": "return warehouse"})
        self._settle("return arrived")
        self._customs("ReturnVerified", returned, {"result": "original goods, complete"})
        self._settle("return verified")
        self._refresh(self.told.parcels)

    # -----------------------------------------------------------------------------------------------
    # Steps and what became of them

    def _customs(
        self, step: str, parcels: Sequence[Traced], evidence: Mapping[str, Any], *, at_port: bool = False
    ) -> None:
        """A step that each competent district takes for its own parcels."""
        groups = _by(parcels, lambda p: p.port if at_port else p.declaring)
        for district, own in groups.items():
            self._take(CUSTOMS[district], step, own, evidence)

    def _take(
        self,
        role: str,
        step: str,
        parcels: Sequence[Traced],
        evidence: Mapping[str, Any] | None = None,
        evidence_of: Mapping[str, Mapping[str, Any]] | None = None,
    ) -> None:
        if not parcels:
            return
        ids = [parcel.parcel_id for parcel in parcels]
        try:
            operations = self.roles[role].record(step, ids, evidence, evidence_of)
        except Refused as refusal:
            self._refuse(step, refusal.title, refusal.details["detail_zh"], refusal.details["detail"], parcels=ids)
            return
        self.told.steps += len(parcels)
        self._pending.extend((role, operation, step) for operation in operations)

    def _settle(self, what: str) -> None:
        """Waits until the chain has decided about everything sent since the last time."""
        if not self._pending:
            return
        pending, self._pending = self._pending, []
        self.report(what, 0, len(pending))
        for done, (role, operation, step) in enumerate(pending, 1):
            for item in self.roles[role].wait(operation)["items"]:
                if refusal := item.get("refusal"):
                    self._refuse(
                        item.get("step") or step,
                        refusal["title"],
                        refusal["zh"],
                        refusal["en"],
                        transaction=item.get("transaction"),
                    )
            self.report(what, done, len(pending))

    def _follow(self, role: str, operation: Mapping[str, Any], what: str) -> None:
        self._pending.append((role, operation["operation_id"], what))

    def _refuse(self, what: str, title: str, zh: str, en: str, **more: Any) -> None:
        self.told.refused.append({"what": what, "title": title, "zh": zh, "en": en, **more})

    def _seal(self) -> str:
        return f"SH{self.random.randrange(10**7):07d}"

    def _flight(self) -> str:
        return f"GL{self.random.randrange(100, 999)}"


def seller_to_bar(roles: Roles) -> int:
    """The participant number of the seller that the demo bars."""
    uscc = enterprise(SELLER_TO_BAR).uscc
    found = roles["governance"].get("/v1/participants", code=uscc)["items"]
    return int(found[0]["participant_no"])


def is_barred(roles: Roles) -> bool:
    """Whether an earlier run has barred it already."""
    uscc = enterprise(SELLER_TO_BAR).uscc
    return any(
        item["participant"]["uscc"] == uscc and item["level"] == "Barred" and item["in_force"]
        for item in roles["governance"].pages("/v1/blacklist")
    )


def _by(parcels: Iterable[Traced], key: Callable[[Traced], str]) -> dict[str, list[Traced]]:
    groups: dict[str, list[Traced]] = defaultdict(list)
    for parcel in parcels:
        groups[key(parcel)].append(parcel)
    return dict(groups)

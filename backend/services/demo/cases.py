"""Two infringement cases, each role playing its part over HTTP: a counterfeit, and a parcel wrongly suspected.

The law's clocks are not shortened. On a chain that began in the past the days between two acts go by and the
counterfeit comes to its destruction and its seller to the list; elsewhere its case is told as far as it has come, and
what it waits for, and until when, is said.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any

from backend.domain.errors import ConfirmationTimedOut
from backend.domain.instants import iso
from backend.domain.roster import ROSTER, Roster
from backend.services.demo.client import ASK_EVERY, Roles, unix
from backend.services.demo.parcels import BLOCKING
from backend.services.simulation import SimulatedMessage, SimulatedSet, simulate

#: How long ago a chain begins on which both cases are told to their end.
DAYS_BEHIND = 80

#: The mark; no goods of the simulator bear it. As one seller disguises it, and as another declares it.
MARK, VARIANT = "霁禾跑者", "JIHERUNNER"
DISGUISED, DECLARED = "J1HE RUNNER", MARK
COUNTERFEITER, DISTRIBUTOR = "seller_12", "seller_04"

#: Running shoes, as the simulator declares them; their brand is what the story writes over.
HEADING, SHOES, THEIR_BRAND = "6404", "6404110000", "疾川"
GOODS_VALUE = "18000"

DAY = 86_400

#: The name of the bar, and how many acts both cases take.
_WHAT, _ACTS = "two infringement cases", 24
_RIGHT_YEARS, _HEARD_DAYS = 8, 5
_INVESTIGATOR, _DISTRICT = "customs_pudong", "2233"
_PATIENCE = 300.0
_SEEDS = count(10**9)

Passes = Callable[[int], None]
Report = Callable[[str, int, int], None]


@dataclass
class ToldCase:
    """One case as it was told: what happened in its order, by whom and when, and what it waits for now."""

    title: str
    parcel_id: str
    case_id: int = 0
    listing_id: int | None = None
    rows: list[dict[str, Any]] = field(default_factory=list)
    stage: str = ""
    outcome: str | None = None
    parcel_state: str = ""
    #: Whose turn it is and until when; None where nothing more is to come.
    waits_for: dict[str, Any] | None = None

    def as_json(self) -> dict[str, Any]:
        return dict(vars(self))


def tell_cases(roles: Roles, passes: Passes | None, report: Report) -> list[ToldCase]:
    """Both cases. `passes` lets so many seconds go by on the chain; None where it has no time but the present.

    An earlier run's cases are told again as they stand. Raises Refused, NotRunning or ConfirmationTimedOut.
    """
    scene = _Scene(roles, passes, report)
    right = scene.right_on_record()
    if right is None:
        report(_WHAT, 0, _ACTS)
        right = scene.record_right()
        fake = scene.declare(DISGUISED, COUNTERFEITER)
        genuine = scene.declare(DECLARED, DISTRIBUTOR)
        cases = {parcel: scene.open_case(right, parcel) for parcel in (fake, genuine)}
        scene.wait_days(1)
        for case in cases.values():
            scene.ask_detention(case)
        scene.wait_days(8)
        scene.clear(cases[genuine], genuine, right)
        scene.wait_days(2)
        scene.find_infringing(cases[fake])
        if passes is not None:
            scene.wait_days(61)
            scene.hear_for(_HEARD_DAYS)
            scene.destroy(cases[fake], fake)
            scene.list_seller(fake)
            scene.hear_for(0)
    return [scene.told(case, right) for case in scene.cases_of(right)]


class _Scene:
    """The roles of both cases, and how they wait for the chain and for days to go by."""

    def __init__(self, roles: Roles, passes: Passes | None, report: Report) -> None:
        self.roles = roles
        self.passes = passes
        self.report = report
        self._done = 0

    # -----------------------------------------------------------------------------------------------
    # The acts

    def right_on_record(self) -> int | None:
        """The right in the story's mark, applied for or in force."""
        for item in self.roles["rights_holder"].pages("/v1/rights"):
            marks = item["marks"] or (item["asked"] or {}).get("marks") or ()
            if any(mark["text"] == MARK for mark in marks) and not item["ended_at"]:
                return int(item["right_id"])
        return None

    def record_right(self) -> int:
        """The holder applies, headquarters approves."""
        until = iso(self.roles.now() + _RIGHT_YEARS * 365 * DAY)
        mark = {"text": MARK, "variants": [VARIANT]}
        self.act(
            "rights_holder",
            "/v1/rights",
            {
                "kind": "Trademark",
                "marks": [mark],
                "headings": [HEADING],
                "nice_classes": [25],
                "valid_until": until,
                "evidence": {"certificate": "trademark registration 99000001 (fictitious)"},
            },
        )
        right = int(self.once(self.right_on_record, "the application is indexed"))
        self.act(
            "customs_headquarters",
            f"/v1/rights/{right}/approval",
            {"evidence": {"examined": "certificate and mandate"}},
        )
        self.once(lambda: self.roles["rights_holder"].get(f"/v1/rights/{right}")["in_force"], "the right is in force")
        return right

    def declare(self, brand: str, seller: str) -> str:
        """A parcel of shoes under this brand, from its order to its acceptance and the order to inspect it."""
        made = _shoes(brand, seller)
        parcel = ""
        for message in (*made.messages, *made.masters, *made.arrivals):
            outcome = self.roles[message.sender.key].send_message(message.data)
            for document in outcome["documents"]:
                parcel = document["parcel_id"] or parcel
            self.follow(message.sender.key, outcome)
        self.once(lambda: self.flags(parcel) >= {"Inspection"}, "screening has the parcel inspected")
        return parcel

    def open_case(self, right: int, parcel: str) -> int:
        """Customs find the mark on the goods, stop them and tell the holder."""
        self.record("Detention", parcel, {"found": "the mark on shoe and box, as screening had suspected"})
        self.act(
            _INVESTIGATOR,
            "/v1/cases/notices",
            {
                "right_id": right,
                "heading": HEADING,
                "parcels": [parcel],
                "goods_value": GOODS_VALUE,
                "evidence": {"photographs": "6", "held": "60 pairs"},
            },
        )
        return int(self.once(lambda: self.case_of(parcel), "the case is indexed"))

    def ask_detention(self, case: int) -> None:
        needed = self.roles["rights_holder"].get(f"/v1/cases/{case}")["security_required"]
        body = {"security": needed, "evidence": {"guarantee": "bank guarantee (fictitious)"}}
        self.act("rights_holder", f"/v1/cases/{case}/detention-request", body)
        self.stands(case, "Detained")

    def clear(self, case: int, parcel: str, right: int) -> None:
        """Investigation shows genuine goods: the detention is lifted, the parcel released, the seller licensed."""
        finding = {"infringing": False, "evidence": {"invoices": "bought of the holder's own distributor"}}
        self.act(_INVESTIGATOR, f"/v1/cases/{case}/finding", finding)
        self.stands(case, "Closed")
        for step, evidence in (
            ("DetentionLifted", {"result": "genuine goods"}),
            ("InspectionPassed", {"result": "goods as declared"}),
            ("Release", {"decision": "release"}),
        ):
            self.record(step, parcel, evidence)
        seller = self.roles[_INVESTIGATOR].get(f"/v1/parcels/{parcel}")["seller"]["participant_no"]
        licence = {
            "seller": seller,
            "until": iso(self.roles.now() + 365 * DAY),
            "evidence": {"contract": "distribution contract (fictitious)"},
        }
        self.act("rights_holder", f"/v1/rights/{right}/licences", licence)

    def find_infringing(self, case: int) -> None:
        finding = {"infringing": True, "evidence": {"laboratory": "the stitching is that of no original"}}
        self.act(_INVESTIGATOR, f"/v1/cases/{case}/finding", finding)
        self.stands(case, "Found")

    def destroy(self, case: int, parcel: str) -> None:
        """Nobody appealed: confiscation, and of the ways to dispose of the goods the last."""
        self.act("rights_holder", f"/v1/cases/{case}/finality", {})
        self.stands(case, "Infringing")
        self.record("Confiscation", parcel, {"decision": "confiscation"})
        for passed in ("PublicWelfare", "SaleToHolder"):
            why = {"evidence": {"why": f"{passed}: the goods fall apart, and the holder does not want them"}}
            self.act(_INVESTIGATOR, f"/v1/cases/{case}/disposal/impossible", why)
            self.once(lambda: self.view(case)["disposal"] != passed, f"{passed} is passed over")  # noqa: B023
        self.act(_INVESTIGATOR, f"/v1/cases/{case}/disposal", {"evidence": {"decision": "destruction"}})
        self.once(lambda: self.view(case)["parcel_step"] == "Destruction", "destruction is ordered")
        self.record("Destruction", parcel, {"where": "incinerator (fictitious)", "witnessed": "two officers"})

    def hear_for(self, days: int) -> None:
        """How long listed parties are heard from now on; on a chain for trying, usually not at all."""
        self.act("governance", "/v1/blacklist/rules/hearing", {"hours": days * 24})

    def list_seller(self, parcel: str) -> None:
        """The finding has proposed a listing by its rule: the seller is heard, two other authorities confirm."""
        seller = int(self.roles[_INVESTIGATOR].get(f"/v1/parcels/{parcel}")["seller"]["participant_no"])
        listing = int(self.once(lambda: self.listing_of(seller), "the finding proposes a listing"))
        path = f"/v1/blacklist/listings/{listing}"
        # Governance registered this seller, which has no key: it speaks for it.
        statement = {"evidence": {"statement": "we bought the shoes of a trader whom we no longer know"}}
        self.act("governance", f"{path}/statements", statement)
        self.wait_days(_HEARD_DAYS)
        for authority in ("tax_authority", "market_regulator"):
            if self.roles[authority].get(path)["status"] == "in_force":
                break
            self.act(authority, f"{path}/confirmations", {"evidence": {"review": "file complete"}})
            self.once(
                lambda: self.roles["governance"].get(path)["confirmations"]["given"], "the confirmation is indexed"
            )
        self.once(lambda: self.roles["governance"].get(path)["status"] == "in_force", "the listing is in force")

    # -----------------------------------------------------------------------------------------------
    # What became of them

    def cases_of(self, right: int) -> list[Mapping[str, Any]]:
        found = self.roles[_INVESTIGATOR].get("/v1/cases", right_id=right)["items"]
        return sorted(found, key=lambda item: item["case_id"])

    def told(self, item: Mapping[str, Any], right: int) -> ToldCase:
        """A case in the order of what happened, as the gateway tells it now."""
        view = self.view(item["case_id"])
        parcel = view["goods"]["parcels"][0]["parcel_id"]
        lived = self.roles[_INVESTIGATOR].get(f"/v1/parcels/{parcel}")
        infringing = view["outcome"] != "NotInfringing"
        title = "a counterfeit" if infringing else "a parcel wrongly suspected"
        told = ToldCase(title, parcel, item["case_id"], stage=view["stage"], outcome=view["outcome"])
        told.parcel_state = lived["state"]
        rows = [_row("case", fact) for fact in view["facts"]]
        recorded = self.roles[_INVESTIGATOR].get(f"/v1/rights/{right}")["facts"]
        rows += [
            {"of": "right", "what": fact["fact"], "by": _name(fact["by"]), "at": fact["at"]}
            for fact in recorded
            if fact["fact"] != "GoodsListed"
        ]
        rows += [
            {"of": "parcel", "what": one["step"], "by": _name(one["participant"]), "at": one["at"]}
            for one in lived["history"]
        ]
        listing = self.listing_of(int(lived["seller"]["participant_no"])) if infringing else None
        if listing is not None:
            told.listing_id = listing
            rows += [
                _row("listing", fact)
                for fact in self.roles["governance"].get(f"/v1/blacklist/listings/{listing}")["facts"]
            ]
        order = {"parcel": 0, "right": -1}
        told.rows = sorted(rows, key=lambda row: (row["at"], order.get(row["of"], 1)))
        deadline = view.get("deadline")
        if view["turn"] != "Nobody" and deadline:
            told.waits_for = {"turn": view["turn"], "until": deadline["at"]}
        return told

    # -----------------------------------------------------------------------------------------------
    # Acting and waiting

    def act(self, role: str, path: str, body: Mapping[str, Any]) -> None:
        """Something done over HTTP, once the chain has it."""
        self.roles[role].post(path, body, confirm=True)
        self._tick()

    def record(self, step: str, parcel: str, evidence: Mapping[str, Any]) -> None:
        for operation in self.roles[_INVESTIGATOR].record(step, [parcel], evidence):
            self.roles[_INVESTIGATOR].wait(operation)
        self.once(lambda: step in self.steps(parcel), f"{step} is indexed")
        self._tick()

    def follow(self, role: str, outcome: Mapping[str, Any]) -> None:
        if operation := outcome.get("operation_id"):
            self.roles[role].wait(operation)

    def wait_days(self, days: int) -> None:
        """Lets days go by where the chain is behind the present; elsewhere nothing waits."""
        if self.passes is not None:
            self.passes(days * DAY)
            self.once(lambda: self.roles.now() - self.indexed_time() < 30, "the chain's time is read")

    def once(self, condition: Callable[[], Any], what: str) -> Any:
        """The condition's value once it holds. Raises ConfirmationTimedOut naming what was waited for."""
        deadline = time.monotonic() + _PATIENCE
        while not (found := condition()):
            if time.monotonic() > deadline:
                raise ConfirmationTimedOut(operation_id=what, seconds=_PATIENCE)
            time.sleep(ASK_EVERY)
        return found

    def stands(self, case: int, stage: str) -> None:
        self.once(lambda: self.view(case)["stage"] == stage, f"case {case} is {stage}")

    def view(self, case: int) -> dict[str, Any]:
        return self.roles[_INVESTIGATOR].get(f"/v1/cases/{case}")

    def flags(self, parcel: str) -> set[str]:
        found = self.roles[_INVESTIGATOR].get("/v1/parcels", parcel_id=[parcel])["items"]
        return set(found[0]["flags"]) & {*BLOCKING} if found else set()

    def steps(self, parcel: str) -> list[str]:
        return [one["step"] for one in self.roles[_INVESTIGATOR].get(f"/v1/parcels/{parcel}")["history"]]

    def case_of(self, parcel: str) -> int | None:
        found = self.roles[_INVESTIGATOR].get("/v1/cases", parcel_id=parcel)["items"]
        return int(found[0]["case_id"]) if found else None

    def listing_of(self, seller_no: int) -> int | None:
        """The newest listing that a rule on findings proposed."""
        found = self.roles["governance"].get("/v1/blacklist", participant_no=seller_no)["items"]
        return next((int(item["listing_id"]) for item in found if item.get("proposed_by_rule")), None)

    def indexed_time(self) -> int:
        return unix(self.roles["governance"].get("/v1/status")["cursor"]["time"])

    def _tick(self) -> None:
        self._done += 1
        self.report(_WHAT, self._done, max(self._done, _ACTS))


def _row(of: str, fact: Mapping[str, Any]) -> dict[str, Any]:
    return {"of": of, "what": fact["name"], "by": _name(fact["by"]), "at": fact["at"]}


def _name(participant: Mapping[str, Any] | None) -> str:
    if participant is None:
        return ""
    # Governance owns the registry and is no participant: it speaks as zero.
    return str(participant["name_zh"] or participant["participant_no"] or "governance")


def _shoes(brand: str, seller: str) -> SimulatedSet:
    """One import parcel of running shoes declared to the investigator's district, under a brand."""
    only: Roster = tuple(member for member in ROSTER if "Seller" not in member.roles or member.key == seller)
    for seed in _SEEDS:
        made = simulate(1, seed, "import", 0.0, only, barred=())
        (parcel,) = made.parcels
        if [line["gcode"] for line in parcel.documents["621"].lines] == [SHOES] and parcel.customs_code == _DISTRICT:
            return replace(made, messages=tuple(_rebranded(message, brand) for message in made.messages))
    raise AssertionError("count does not end")


def _rebranded(message: SimulatedMessage, brand: str) -> SimulatedMessage:
    old, new = f"品牌:{THEIR_BRAND}|", f"品牌:{brand}|"
    return replace(message, data=message.data.replace(old.encode(), new.encode()))

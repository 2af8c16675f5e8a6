"""Customs: the automatic accounts are switched on, and people decide what is left for people."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from backend.domain.errors import Conflict
from backend.domain.instants import iso
from backend.domain.roster import SELLER_TO_BAR, enterprise
from backend.services.demo.client import Refused, Roles
from backend.services.demo.parcels import Traced, grouped
from backend.services.demo.stage import CUSTOMS, Stage

LISTING_DAYS = 90

#: Versions of settings tried; each is another only where a district has loaded others in between.
_MOST_VERSIONS = 1000


def switch_on(roles: Roles) -> list[dict[str, Any]]:
    """Each district lets its account decide by itself; the settings that are in force are told.

    A version stays what it is, and the one loaded last is in force: where a district has switched its account off
    since an earlier run, the next version switches it on again.
    """
    told = []
    for district, role in CUSTOMS.items():
        path = f"/v1/matching/{district}"
        for number in range(1, _MOST_VERSIONS):
            try:
                roles[role].put(path, {"version": f"demo-{number}", "automatic": True})
            except Refused as refusal:
                if refusal.title != Conflict.__name__:
                    raise
            view = roles[role].get(path)
            if view["settings"]["automatic"]:
                break
        settings = {name: view["settings"][name] for name in ("automatic", "deadline_hours", "consumption_formula")}
        told.append({"district": district, "version": view["version"], **settings})
    return told


def control(stage: Stage, parcels: Sequence[Traced]) -> None:
    """Some reviews and inspections; two detentions, of which one is handed to the legal department, one lifted."""
    accepted = [parcel for parcel in parcels if parcel.state == "Accepted"]
    chosen = stage.random.sample(accepted, k=max(len(accepted) // 6, min(len(accepted), 5)))
    reviewed, inspected = chosen[: len(chosen) // 3], chosen[len(chosen) // 3 :]
    # An export that stays behind leaves its departure, which names it, unanswered: imports go first.
    inspected.sort(key=lambda parcel: not parcel.is_import)
    lifted, held, passed = inspected[:1], inspected[1:2], inspected[2:]
    stage.customs("ReviewOpened", reviewed, {"reason": "declared value"})
    stage.customs("InspectionOrdered", inspected, {"reason": "selected at random", "kind": "opening"})
    stage.customs("ReviewClosed", reviewed, {"result": "value accepted"})
    stage.customs("InspectionPassed", passed, {"result": "goods as declared"})
    stage.customs("Detention", lifted, {"reason": "mark to be compared with its recordal"})
    stage.customs("Detention", held, {"reason": "suspected counterfeit", "transferred_to": "legal"})
    stage.customs("DetentionLifted", lifted, {"result": "licensed goods"})
    stage.customs("InspectionPassed", lifted, {"result": "goods as declared"})
    if not held:
        stage.skip("a detention that is handed to the legal department: too few parcels were accepted")


def release(stage: Stage, parcels: Sequence[Traced]) -> None:
    """Every accepted parcel that nothing holds."""
    # One seller at a time: a barred one is refused by itself.
    for own in grouped([parcel for parcel in parcels if parcel.is_ready], lambda one: str(one.seller_no)).values():
        stage.customs("Release", own, {"decision": "release"})


def bar(stage: Stage, seller_no: int) -> None:
    """Customs propose, the market regulator confirms: only the second authority puts it in force."""
    listing = {
        "participant_no": seller_no,
        "level": "Barred",
        "ground": "FalseDeclaration",
        "until": iso(stage.roles.now() + LISTING_DAYS * 86_400),
        "evidence": {"finding": "declared goods were not in the parcels", "inspections": 3},
    }
    imposed = stage.roles["customs_pudong"].post("/v1/blacklist/listings", listing)
    stage.follow("customs_pudong", imposed, "Listing")
    stage.rest("listing proposed")
    for item in stage.roles["market_regulator"].pages("/v1/blacklist"):
        if item["participant"]["participant_no"] == seller_no and item["status"] == "proposed":
            path = f"/v1/blacklist/listings/{item['listing_id']}/confirmations"
            confirmed = stage.roles["market_regulator"].post(path, {"evidence": {"review": "file complete"}})
            stage.follow("market_regulator", confirmed, "Confirmation")
    stage.rest("listing confirmed")


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

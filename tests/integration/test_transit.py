"""From Suzhou to Pudong over HTTP on the real chain: a lane, a sealed consignment, its steps, and what goes wrong."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from backend.chain import carriage_calls
from backend.domain.consignments import Entry, pieces
from backend.services import parcels as parcel_views
from backend.services.lateness import Watch
from backend.services.simulation import simulate
from backend.store import consignments as store
from backend.store import readmodel
from tests.support.asking import is_problem
from tests.support.enforcing import Time, call, do
from tests.support.running import Ledger, running_ledger, until
from tests.support.transit import (
    AGREEMENT,
    ANOMALIES,
    CONSIGNMENTS,
    LANES,
    OPENER,
    PAPER,
    PUDONG,
    SUZHOU,
    TERMINAL,
    exports,
    lane,
    loaded,
    opened,
    opening,
    released,
    seen,
    staged,
    taken,
    under_way,
)


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    """Its own: the clock is moved on here."""
    home: Path = tmp_path_factory.mktemp("transit")
    with running_ledger(home) as made:
        yield made


@pytest.fixture(scope="module")
def lane_id(ledger: Ledger) -> int:
    return lane(ledger)


def test_a_lane_needs_both_districts_and_one_text(ledger: Ledger) -> None:
    suzhou, jiaxing = ledger.client(SUZHOU), ledger.client("customs_jiaxing")
    body = {
        "origin_district": "2303",
        "port_district": "2233",
        "transit_hours": 12,
        "acknowledge_hours": 2,
        "handled_by_port": ["SealBroken"],
        "agreement": AGREEMENT,
        "reference": "lane-of-two",
    }
    is_problem(jiaxing.post(LANES, json=body), 403, "LaneSignatoryUnfit")
    is_problem(suzhou.post(LANES, json=body | {"port_district": "2303"}), 422, "LaneTermsInvalid")
    made = ledger.post(SUZHOU, LANES, body)
    number = made["made"]["lane_id"]
    assert ledger.post(SUZHOU, LANES, body)["operation_id"] == made["operation_id"]
    is_problem(suzhou.post(LANES, json=body | {"transit_hours": 13}), 409, "Conflict")

    view = ledger.get(PUDONG, f"{LANES}/{number}")
    assert (view["status"], view["yours"], view["agreement"]) == ("Proposed", ["acceptance", "end"], AGREEMENT)
    assert ledger.get(OPENER, f"{LANES}/{number}")["agreement"] is None
    address = f"{LANES}/{number}/acceptance"
    is_problem(suzhou.post(address, json={"agreement": AGREEMENT}), 403, "LaneSignatoryUnfit")
    is_problem(ledger.client(PUDONG).post(address, json={"agreement": "another"}), 409, "LaneTextDiffers")
    is_problem(ledger.client(OPENER).post(CONSIGNMENTS, json=opening(ledger, number)), 409, "LaneUnfit")
    ledger.post(PUDONG, address, {"agreement": AGREEMENT})
    assert ledger.get(SUZHOU, f"{LANES}/{number}")["status"] == "InForce"
    is_problem(ledger.client(PUDONG).post(address, json={"agreement": AGREEMENT}), 409, "LaneStateUnfit")
    ledger.post(SUZHOU, f"{LANES}/{number}/end", {"evidence": PAPER})
    ended = ledger.get(SUZHOU, f"{LANES}/{number}")
    assert (ended["status"], ended["yours"]) == ("InForce", [])
    assert ended["ends_at"] > ended["accepted_at"]


def test_a_sealed_consignment_goes_from_suzhou_to_pudong(ledger: Ledger, lane_id: int) -> None:
    parcels, (undeclared,) = released(ledger, 4), exports(ledger, 1)
    opener, suzhou, pudong = ledger.client(OPENER), ledger.client(SUZHOU), ledger.client(PUDONG)
    form = opening(ledger, lane_id)
    is_problem(opener.post(CONSIGNMENTS, json=form | {"terminal_no": ledger.numbers["platform"]}), 422, "TerminalUnfit")
    is_problem(ledger.client("platform").post(CONSIGNMENTS, json=form), 403, "RoleMissing")
    made = ledger.post(OPENER, CONSIGNMENTS, form)
    consignment = made["consignment"]
    assert ledger.post(OPENER, CONSIGNMENTS, form)["operation_id"] == made["operation_id"]
    # A seal that is in use is nobody's a second time.
    is_problem(opener.post(CONSIGNMENTS, json=form | {"reference": "another"}), 409, "NumberInUse")
    assert seen(ledger, consignment, OPENER)["number"] == form["number"]

    # Released parcels go in, each into one consignment.
    contents = f"{CONSIGNMENTS}/{consignment}/contents"
    is_problem(opener.post(contents, json={"parcels": [*parcels, undeclared]}), 409, "StepNotAllowed")
    is_problem(opener.post(contents, json={"parcels": ["00" * 32]}), 404, "NotFound")
    is_problem(ledger.client("logistics_air").post(contents, json={"parcels": parcels}), 403, "OpenerOnly")
    ledger.post(OPENER, contents, {"parcels": parcels})
    other = opened(ledger, lane_id)
    second = f"{CONSIGNMENTS}/{other}/contents"
    is_problem(opener.post(second, json={"parcels": parcels[:1]}), 409, "FlagsBlocking")
    (inside,) = ledger.indexed(parcels[0], lambda view: bool(view["consignments"]))["consignments"]
    assert inside == {
        "consignment": consignment,
        "kind": "Seal",
        "stage": "Loading",
        "origin_district": "2303",
        "port_district": "2233",
        "inside": True,
    }
    view = seen(ledger, consignment)
    assert sorted(parcel for entry in view["contents"] for parcel in entry["parcels"]) == sorted(parcels)
    # Whom it does not concern reads nothing of it.
    is_problem(ledger.client("customs_jiaxing").get(f"{CONSIGNMENTS}/{consignment}"), 404, "ConsignmentUnknown")
    is_problem(ledger.client("logistics_air").get(f"{CONSIGNMENTS}/{consignment}"), 404, "ConsignmentUnknown")
    assert not ledger.get("logistics_air", CONSIGNMENTS)["items"]
    (found,) = ledger.get(PUDONG, CONSIGNMENTS, number=form["number"].lower())["items"]
    assert found["consignment"] == consignment
    is_problem(pudong.get(CONSIGNMENTS, params={"cursor": "MS4y"}), 422, "InvalidInput")

    # Nothing arrives that did not depart, and nothing departs that was not approved.
    address = f"{CONSIGNMENTS}/{consignment}"
    is_problem(pudong.post(f"{address}/arrival", json={"evidence": PAPER}), 409, "ConsignmentStageUnfit")
    is_problem(suzhou.post(f"{address}/departure", json={"evidence": PAPER}), 409, "ConsignmentStageUnfit")
    taken(ledger, OPENER, consignment, "application")
    assert {"approval", "refusal"} <= set(seen(ledger, consignment, SUZHOU)["yours"])
    is_problem(pudong.post(f"{address}/approval", json={"evidence": PAPER}), 403, "DistrictOfRouteOnly")
    taken(ledger, SUZHOU, consignment, "refusal")
    taken(ledger, OPENER, consignment, "application")
    taken(ledger, SUZHOU, consignment, "approval", head=view["head"])

    # A parcel that is detained holds the whole back until it is taken out, openly.
    ledger.record(SUZHOU, "Detention", parcels[:1], suspicion="a mark on the box")
    is_problem(suzhou.post(f"{address}/departure", json={"evidence": PAPER}), 409, "FlagsBlocking")
    is_problem(
        ledger.client("customs_jiaxing").post(
            f"{address}/removals", json={"parcels": parcels[:1], "reason": "RiskHit", "evidence": PAPER}
        ),
        403,
        "DistrictOfRouteOnly",
    )
    taken(ledger, SUZHOU, consignment, "removals", parcels=parcels[:1], reason="RiskHit")
    rest = seen(ledger, consignment)
    assert (rest["parcels"], rest["head"] != view["head"]) == (3, True)
    removal = {"parcels": parcels[:1], "reason": "RiskHit", "evidence": PAPER}
    is_problem(suzhou.post(f"{address}/removals", json=removal), 422, "ParcelsNotInside")
    # Who means the contents of before is told that they changed.
    old = {"evidence": PAPER, "head": view["head"]}
    is_problem(suzhou.post(f"{address}/departure", json=old), 409, "ContentsDiffer")

    taken(ledger, SUZHOU, consignment, "departure", head=rest["head"])
    moving = staged(ledger, consignment, "InTransit")
    assert moving["due_at"] > moving["departed_at"]
    ledger.indexed(parcels[1], lambda one: one["state"] == "InTransit")
    # What the contract itself is shown in place of the contents, it refuses.
    less = [Entry(bytes.fromhex(entry["manifest"][2:]), 1) for entry in moving["contents"][:1]]
    identity = bytes.fromhex(consignment[2:])
    wrong = carriage_calls.arrive(identity, identity, less, b"\x01" * 32)
    refused = ledger.settled(PUDONG, call(ledger.gateway, ledger.numbers[PUDONG], "Consignments", wrong))
    assert refused["items"][0]["refusal"]["title"] == "ContentsDiffer"

    taken(ledger, PUDONG, consignment, "arrival")
    ledger.post(PUDONG, f"{address}/verification", {"seal_intact": True, "found": 3, "evidence": PAPER})
    taken(ledger, PUDONG, consignment, "write-off")
    waiting = staged(ledger, consignment, "WrittenOff", TERMINAL)
    assert waiting["yours"] == ["acknowledgement"]
    body = {"evidence": PAPER}
    is_problem(opener.post(f"{address}/acknowledgement", json=body), 403, "TerminalOnly")
    taken(ledger, TERMINAL, consignment, "acknowledgement")
    over = seen(ledger, consignment, TERMINAL)
    assert over["acknowledged_at"] is not None
    assert [event["name"] for event in over["events"]][-3:] == [
        "ConsignmentMoved",
        "ConsignmentStaged",
        "ReleaseAcknowledged",
    ]
    assert consignment not in {one["consignment"] for one in ledger.get(PUDONG, CONSIGNMENTS, open="true")["items"]}

    # The seal is free again; parcels say where they were.
    ledger.post(OPENER, CONSIGNMENTS, form | {"reference": "after-all-that"})
    (left,) = ledger.indexed(parcels[0], lambda one: True)["consignments"]
    (carried,) = ledger.indexed(parcels[1], lambda one: one["state"] == "AtPort")["consignments"]
    assert (left["inside"], carried["inside"], carried["stage"]) == (False, False, "WrittenOff")
    assert ledger.get(None, f"/v1/parcels/{parcels[1]}")["history"][-1]["evidence"] == consignment


def test_a_step_that_stopped_half_way_goes_on_where_it_stopped(
    ledger: Ledger, lane_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(carriage_calls, "MOST_ENTRIES_IN_CALL", 1)
    parcels = released(ledger, 3)
    consignment = loaded(ledger, lane_id, parcels)
    taken(ledger, OPENER, consignment, "application")
    taken(ledger, SUZHOU, consignment, "approval")
    name = bytes.fromhex(consignment[2:])
    with ledger.gateway.database.read() as connection:
        entries = store.entries_of(connection, name)
    # The last piece reached the chain, and no other did.
    before, piece = next(iter(pieces(name, entries, 1)))
    do(ledger.gateway, ledger.numbers[SUZHOU], "Consignments", carriage_calls.depart(name, before, piece, b"\x01" * 32))
    assert seen(ledger, consignment)["half_presented"] is True
    made = taken(ledger, SUZHOU, consignment, "departure")
    assert len(made["items"]) == len(entries) - 1
    assert staged(ledger, consignment, "InTransit")["half_presented"] is False


def test_what_goes_wrong_under_way_has_an_owner_and_a_clock(ledger: Ledger, lane_id: int) -> None:
    parcels = released(ledger, 2)
    consignment = under_way(ledger, lane_id, parcels)
    address = f"{CONSIGNMENTS}/{consignment}"

    def unsettled(role: str = PUDONG) -> list[dict[str, Any]]:
        """The open anomalies of this consignment: others of this ledger grow late with it."""
        items = ledger.get(role, ANOMALIES, open="true")["items"]
        return [one for one in items if one["consignment"] == consignment]

    late = {"kind": "Overdue", "evidence": PAPER}
    is_problem(ledger.client(OPENER).post(f"{address}/anomalies", json=late), 409, "AnomalyUnfit")
    clock = Time(ledger.gateway)
    clock.passes(seconds=13 * 3600)
    assert seen(ledger, consignment)["overdue"] is True
    # Nobody has to say so: the gateway records it for the origin, once.
    overdue = until(lambda: seen(ledger, consignment)["anomalies"], "the consignment is overdue on record")
    first = overdue[0]["anomaly_id"]
    assert (len(overdue), overdue[0]["kind"]) == (1, "Overdue")
    assert overdue[0]["raised_by"]["participant_no"] == ledger.numbers[SUZHOU]
    is_problem(ledger.client(OPENER).post(f"{address}/anomalies", json=late), 409, "AnomalyOpen")

    taken(ledger, PUDONG, consignment, "arrival")
    ledger.post(PUDONG, f"{address}/verification", {"seal_intact": False, "found": 1, "evidence": PAPER})
    found = {one["kind"]: one for one in unsettled()}
    assert {kind: one["owner_district"] for kind, one in found.items()} == {
        "Overdue": "2303",
        "SealBroken": "2233",
        "Short": "2233",
    }
    assert found["SealBroken"]["yours"] is True
    assert found["Overdue"]["yours"] is False
    pudong = ledger.client(PUDONG)
    is_problem(pudong.post(f"{address}/write-off", json={"evidence": PAPER}), 409, "AnomaliesUnsettled")
    settlement = {"evidence": {"explained": "a flat tyre"}}
    is_problem(pudong.post(f"{ANOMALIES}/{first}/settlement", json=settlement), 403, "AnomalyOwnerOnly")
    is_problem(pudong.post(f"{ANOMALIES}/999999/settlement", json=settlement), 404, "AnomalyUnknown")
    ledger.post(SUZHOU, f"{ANOMALIES}/{first}/settlement", settlement)
    for kind in ("SealBroken", "Short"):
        ledger.post(PUDONG, f"{ANOMALIES}/{found[kind]['anomaly_id']}/settlement", settlement)
    is_problem(pudong.post(f"{address}/write-off", json={"evidence": PAPER}), 409, "ContentsShort")
    taken(ledger, PUDONG, consignment, "removals", parcels=parcels[:1], reason="Short")
    taken(ledger, PUDONG, consignment, "write-off")

    # Nobody acknowledges within two hours: an exception that anybody may put on record.
    clock.passes(seconds=3 * 3600)
    until(lambda: seen(ledger, consignment)["unacknowledged"], "the terminal is late")
    (open_now,) = until(lambda: unsettled(OPENER), "that is on record")
    last = open_now["anomaly_id"]
    assert (open_now["kind"], open_now["owner_district"]) == ("Unacknowledged", "2303")
    taken(ledger, TERMINAL, consignment, "acknowledgement")
    ledger.post(SUZHOU, f"{ANOMALIES}/{last}/settlement", settlement)
    assert unsettled(OPENER) == []
    # Who starts anew finds nothing more to say.
    assert Watch(ledger.gateway).tick() == 0


def test_an_empty_consignment_is_cancelled_and_its_number_is_free(ledger: Ledger, lane_id: int) -> None:
    parcels = released(ledger, 1)
    form = opening(ledger, lane_id)
    consignment = ledger.post(OPENER, CONSIGNMENTS, form)["consignment"]
    address = f"{CONSIGNMENTS}/{consignment}"
    ledger.post(OPENER, f"{address}/contents", {"parcels": parcels})
    is_problem(ledger.client(OPENER).post(f"{address}/cancellation", json={"evidence": PAPER}), 409, "ContentsInside")
    taken(ledger, OPENER, consignment, "removals", parcels=parcels, reason="Offloaded")
    taken(ledger, OPENER, consignment, "cancellation")
    assert seen(ledger, consignment)["stage"] == "Cancelled"
    again = ledger.post(OPENER, CONSIGNMENTS, form | {"reference": "anew"})["consignment"]
    ledger.post(OPENER, f"{CONSIGNMENTS}/{again}/contents", {"parcels": parcels})
    view = parcel_views.parcel_view(ledger.gateway, bytes.fromhex(parcels[0]))
    assert [(one["consignment"], one["inside"]) for one in view["consignments"]] == [
        (consignment, False),
        (again, True),
    ]


def test_a_port_opens_again_only_with_a_reason(ledger: Ledger, lane_id: int) -> None:
    inspected, plain = exports(ledger, 2)
    ledger.record(TERMINAL, "Arrival", [inspected, plain])
    ledger.record(SUZHOU, "Acceptance", [inspected, plain])
    ledger.record(SUZHOU, "InspectionOrdered", [inspected])
    ledger.record(SUZHOU, "InspectionPassed", [inspected])
    ledger.record(SUZHOU, "Release", [inspected, plain])
    consignment = under_way(ledger, lane_id, [inspected, plain])
    taken(ledger, PUDONG, consignment, "arrival")
    body = {"parcels": [inspected], "reason": "SealBroken", "evidence": PAPER}
    is_problem(ledger.client(PUDONG).post("/v1/reinspections", json=body | {"parcels": [plain]}), 409, "FlagsMissing")
    is_problem(ledger.client(SUZHOU).post("/v1/reinspections", json=body), 403, "DistrictNotCompetent")
    ledger.post(PUDONG, "/v1/reinspections", body)
    view = ledger.indexed(inspected, lambda one: "Inspection" in one["flags"])
    assert view["history"][-1]["step"] == "Reinspection"


def test_a_departure_that_was_reported_too_early_waits_for_the_write_off(ledger: Ledger, lane_id: int) -> None:
    made = next(
        each
        for seed in count(62_000)
        if (each := simulate(1, seed, "export", 0.0, barred=())).parcels[0].customs_code == "2303"
    )
    (parcel,) = ledger.send(made)
    ledger.indexed(parcel, lambda view: {"Order", "Waybill"} <= set(view["flags"]))
    ledger.record(TERMINAL, "Arrival", [parcel])
    for step in ("Acceptance", "Release"):
        ledger.record(SUZHOU, step, [parcel])
    consignment = under_way(ledger, lane_id, [parcel])
    (departure,) = made.departures
    headers = {"Content-Type": "application/xml", "Accept": "application/json"}
    told = ledger.client(departure.sender.key).post("/v1/messages", content=departure.data, headers=headers).json()
    assert [document["standing"] for document in told["documents"]] == ["stored"]
    taken(ledger, PUDONG, consignment, "arrival")
    ledger.indexed(parcel, lambda view: view["state"] == "AtPort")
    ledger.post(
        PUDONG, f"{CONSIGNMENTS}/{consignment}/verification", {"seal_intact": True, "found": 1, "evidence": PAPER}
    )
    taken(ledger, PUDONG, consignment, "write-off")
    view = ledger.indexed(parcel, lambda one: one["state"] == "Departed", SUZHOU)
    assert [entry["step"] for entry in view["history"]][-2:] == ["WrittenOff", "Departure"]
    assert view["refusals"] == []


def test_the_port_reads_a_list_of_the_origin_by_its_number(ledger: Ledger, lane_id: int) -> None:
    (parcel,) = released(ledger, 1)
    declarant = "declarant"

    def told() -> str | None:
        receipts = ledger.get(declarant, "/v1/receipts", type="604", parcel_id=parcel)["items"]
        return next((one["list_no"] for one in receipts if one["list_no"]), None)

    number = str(until(told, "the list has its number"))
    found = ledger.get(PUDONG, f"/v1/lists/{number.lower()}")
    assert (found["list_no"], found["parcel"]["parcel_id"]) == (number, parcel)
    assert found["parcel"]["state"] == "Released"
    assert (found["list"]["message_type"], found["list"]["kind"]) == ("603", "Declaration")
    assert found["list"]["fields"]
    for reader in (SUZHOU, declarant):
        assert ledger.get(reader, f"/v1/lists/{number}")["list"] == found["list"]
    # For a third district there is no such list, no more than one that does not exist.
    for stranger, wanted in (("customs_jiaxing", number), ("platform", number), (PUDONG, number[:-1] + "X")):
        is_problem(ledger.client(stranger).get(f"/v1/lists/{wanted}"), 404, "NotFound")
    is_problem(ledger.client(PUDONG).get("/v1/lists/2303-2026"), 422, "InvalidInput")


def test_the_read_model_of_all_this_is_the_same_when_read_anew(ledger: Ledger, lane_id: int) -> None:
    loaded(ledger, lane_id, released(ledger, 1))
    gateway = ledger.gateway
    with gateway.database.read() as connection:
        before = readmodel.digest(connection)
    with gateway.database.write() as connection:
        readmodel.clear(connection)

    def digest() -> dict[str, str]:
        with gateway.database.read() as connection:
            return readmodel.digest(connection)

    until(lambda: all(digest()[name] == before[name] for name in before), "the read model is what it was")

"""Where time is lost, over HTTP against the chain: what was planted is found, counts agree, nobody is named."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree

import pytest

from backend.services.simulation import simulate
from tests.support.asking import is_problem
from tests.support.event_logs import check_ocel, check_xes
from tests.support.running import Ledger, running_ledger

CUSTOMS = {"2233": "customs_pudong", "2303": "customs_suzhou", "2908": "customs_jiaxing"}
PORT = "customs_pudong"
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    """A ledger of this file's own: it counts everything that is on it."""
    with running_ledger(tmp_path_factory.mktemp("process")) as made:
        yield made


@pytest.fixture(scope="module")
def lives(ledger: Ledger) -> dict[str, list[str]]:
    """Transit exports by what they went through: clean, inspected at the origin alone, and with planted repeats."""
    sent = ledger.send(simulate(24, 72, "export", 0.0, barred=()))
    views = [ledger.indexed(one, lambda view: {"Order", "Waybill"} <= set(view["flags"])) for one in sent]
    transit = [view for view in views if view["declaring_district"] != view["port_district"]]
    plans = ("clean", "origin", "port", "review", "again")
    found: dict[str, list[str]] = {plan: [] for plan in plans}
    origins: dict[str, str] = {}
    for number, view in enumerate(transit):
        found[plans[number % len(plans)]].append(view["parcel_id"])
        origins[view["parcel_id"]] = CUSTOMS[view["declaring_district"]]
    assert all(found.values()), "enough transit exports for every plan"

    def at_origin(step: str, *plans: str) -> None:
        for role in sorted(set(origins.values())):
            mine = [one for plan in plans for one in found[plan] if origins[one] == role]
            if mine:
                ledger.record(role, step, mine)

    every = [one for parcels in found.values() for one in parcels]
    at_origin("Acceptance", *plans)
    ledger.record("site_operator", "Arrival", every)
    for step in ("ReviewOpened", "ReviewClosed") * 2:
        at_origin(step, "review")
    for step in ("InspectionOrdered", "InspectionPassed"):
        at_origin(step, "origin", "port", "again")
    for step in ("InspectionOrdered", "InspectionPassed"):
        at_origin(step, "again")
    at_origin("Release", *plans)
    at_origin("TransitDeparture", *plans)
    ledger.record(PORT, "TransitArrival", every)
    again = {"parcels": found["port"], "evidence": {"note": "what the origin passed, once more"}}
    # A released parcel is not opened twice without a reason on the record.
    plain = ledger.client(PORT).post("/v1/records", json=again | {"step": "InspectionOrdered"})
    is_problem(plain, 409, "FlagsBlocking")
    ledger.post(PORT, "/v1/reinspections", again | {"reason": "RiskHit"})
    ledger.record(PORT, "InspectionPassed", found["port"])
    ledger.record("logistics_air", "Departure", every)
    for parcels in found.values():
        ledger.indexed(parcels[-1], lambda view: view["state"] == "Departed")
    return found


def process(ledger: Ledger, role: str = "governance", **query: Any) -> dict[str, Any]:
    return ledger.get(role, "/v1/process", **query)


def test_every_planted_repeat_is_found_none_is_invented_and_every_life_fits(
    ledger: Ledger, lives: dict[str, list[str]]
) -> None:
    found = process(ledger)
    assert found["conformance"]["percent"] == "100.00"
    assert found["conformance"]["misfits"] == found["conformance"]["kinds"] == []
    kinds = {one["kind"]: one for one in found["redundancies"]["kinds"]}
    planted = {"InspectionAtPortAgain": "port", "ReviewAgain": "review", "InspectionAgain": "again"}
    expected = {kind: len(lives[plan]) for kind, plan in planted.items()} | {"DuplicateDeclaration": 0}
    assert {kind: one["parcels"] for kind, one in kinds.items()} == expected
    assert sum(one["parcels"] for one in found["redundancies"]["items"]) == sum(expected.values())
    assert {one["district"] for one in found["redundancies"]["items"] if one["kind"] == "InspectionAtPortAgain"} == {
        "2233"
    }


def test_what_repeats_cost_follows_from_what_one_costs(ledger: Ledger, lives: dict[str, list[str]]) -> None:
    usual = process(ledger)["redundancies"]
    inspections, reviews = len(lives["port"]) + len(lives["again"]), len(lives["review"])
    assert usual["minutes"] == inspections * 30 + reviews * 10
    assert usual["cny"] == f"{inspections * 60 + reviews * 15}.00"
    costs = {"inspection_minutes": 7, "inspection_cny": "0.35", "review_minutes": 0, "review_cny": "100"}
    set_ = process(ledger, **costs)["redundancies"]
    assert set_["minutes"] == inspections * 7
    assert set_["cny"] == f"{(inspections * 35 + reviews * 10_000) / 100:.2f}"
    for wrong in ({"review_cny": "1.234"}, {"review_cny": "-1"}, {"inspection_minutes": "-1"}):
        is_problem(ledger.client("governance").get("/v1/process", params=wrong), 422, "InvalidInput")


def test_figures_agree_with_a_count_over_every_parcels_own_history(ledger: Ledger, lives: dict[str, list[str]]) -> None:
    found = process(ledger)
    parcels = ledger.get("governance", "/v1/parcels", limit=200)["items"]
    histories = {one["parcel_id"]: ledger.get(None, f"/v1/parcels/{one['parcel_id']}")["history"] for one in parcels}
    assert found["parcels"] == len(parcels)
    assert found["steps"] == sum(len(history) for history in histories.values())
    steps = Counter(entry["step"] for history in histories.values() for entry in history)
    counted: Counter[str] = Counter()
    for one in found["model"]["activities"]:
        counted[one["activity"].removesuffix("AtPort")] += one["steps"]
    assert {step: counted[step] for step in steps} == dict(steps)
    waited: Counter[str] = Counter()
    for one in found["waits"]:
        waited[one["step"]] += one["parcels"]
        assert one["median_seconds"] <= one["p90_seconds"] <= one["p99_seconds"] <= one["total_seconds"]
    assert dict(waited) == {step: count for step, count in steps.items() if step != "Declaration"}
    cursor = ledger.get(None, "/v1/status")["cursor"]["block"]
    newest = max(entry["block"] for history in histories.values() for entry in history)
    assert newest <= found["complete_to_block"] <= cursor


def test_customs_sees_its_district_alone_and_a_period_without_parcels_is_empty(
    ledger: Ledger, lives: dict[str, list[str]]
) -> None:
    whole, suzhou = process(ledger), process(ledger, "customs_suzhou")
    narrowed = process(ledger, district="2303")
    assert 0 < suzhou["parcels"] < whole["parcels"]
    assert (suzhou["parcels"], suzhou["waits"]) == (narrowed["parcels"], narrowed["waits"])
    empty = process(ledger, since="2099-01-01T00:00:00Z")
    assert (empty["parcels"], empty["waits"], empty["conformance"]["percent"]) == (0, [], None)
    query = {"since": "2026-02-01T00:00:00Z", "until": "2026-01-01T00:00:00Z"}
    body = is_problem(ledger.client(PORT).get("/v1/process", params=query), 422, "InvalidInput")
    assert "不早于" in body["detail_zh"]


def test_the_picture_shows_the_model_and_is_the_same_twice(ledger: Ledger, lives: dict[str, list[str]]) -> None:
    answers = [ledger.client(PORT).get("/v1/process/model.svg", params={"share": 100}) for _ in range(2)]
    assert answers[0].headers["content-type"].startswith("image/svg+xml")
    assert answers[0].content == answers[1].content
    root = ElementTree.fromstring(answers[0].text)  # noqa: S314 - our own answer
    model = process(ledger, PORT)["model"]
    assert len(root.findall(f"{SVG}path")) == len(model["flows"])
    shown = {box.get("data-activity") for box in root.iter(f"{SVG}g")}
    assert shown == {one["activity"] for one in model["activities"]}
    assert "InspectionPassedAtPort" in shown


def test_event_logs_are_what_their_standards_ask_for_and_name_nobody(
    ledger: Ledger, lives: dict[str, list[str]]
) -> None:
    client = ledger.client("governance")
    ocel, xes = (client.get("/v1/process/log", params={"format": kind}) for kind in ("ocel", "xes"))
    check_ocel(ocel.json())
    root, found = check_xes(xes.content), process(ledger)
    assert len(root.findall("trace")) == found["parcels"]
    assert len(root.findall("trace/event")) == found["steps"]
    related = [each for one in ocel.json()["events"] for each in one["relationships"] if each["qualifier"] == "parcel"]
    assert len(related) == found["steps"]
    ids = [one for parcels in lives.values() for one in parcels]
    for answer in (ocel, xes):
        assert "attachment" in answer.headers["content-disposition"]
        assert not [one for one in ids if one in answer.text]
        assert answer.content == client.get(answer.request.url.raw_path.decode()).content
    is_problem(client.get("/v1/process/log", params={"format": "csv"}), 422, "InvalidInput")


def test_changes_are_tried_on_the_ledgers_own_times(ledger: Ledger, lives: dict[str, list[str]]) -> None:
    def trial(scenario: str, **more: Any) -> dict[str, Any]:
        plan = {"replications": 40, "parcels": 50, "seed": 7, **more}
        found = ledger.get(PORT, "/v1/process/simulation", scenario=scenario, **plan)
        # The chain goes on, with nothing in it.
        assert found.pop("complete_to_block") > 0
        return found

    names = [one["scenario"] for one in ledger.get(PORT, "/v1/process/scenarios")["items"]]
    assert {"recognise-origin-inspections", "risk-analysis-before-arrival"} <= set(names)
    nothing = trial("no-change")["difference"]
    assert all(part == {"estimate": 0.0, "low": 0.0, "high": 0.0} for part in nothing.values())
    found = trial("recognise-origin-inspections")
    assert found == trial("recognise-origin-inspections")
    saved, share = found["difference"]["inspections_saved_per_1000"], len(lives["port"]) * 1000
    departed = sum(len(parcels) for parcels in lives.values())
    assert found["ledger"]["parcels"] == departed
    assert saved["low"] <= share / departed <= saved["high"] or abs(saved["estimate"] - share / departed) < 60
    assert found["difference"]["mean_seconds"]["estimate"] <= 0
    early = trial("risk-analysis-before-arrival")
    assert early["difference"]["mean_seconds"]["high"] <= 0
    assert early["difference"]["inspections_saved_per_1000"]["estimate"] == 0
    assert len(found["assumptions"]) > 4

    client = ledger.client(PORT)
    path = "/v1/process/simulation"
    is_problem(client.get(path, params={"scenario": "abolish-customs"}), 404, "NotFound")
    for wrong in (
        {"replications": 5},
        {"parcels": 0},
        {"teams": 0},
        {"teams": 201},
        {"replications": 1000, "parcels": 2000},
    ):
        is_problem(client.get(path, params={"scenario": "no-change", **wrong}), 422, "InvalidInput")
    gone = {"scenario": "no-change", "since": "2099-01-01T00:00:00Z"}
    is_problem(client.get(path, params=gone), 404, "NotFound")
    is_problem(ledger.client("platform").get("/v1/process"), 403, "Forbidden")

"""Infringement cases over HTTP on a real chain: both routes, their clocks, who may do what, and who reads what."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from backend.domain.rights import RightKind
from tests.support.asking import is_problem, refuse
from tests.support.enforcing import CASES, SHOES, Time, held, hire, notified, opened, recorded, stage
from tests.support.running import Ledger, running_ledger

EVIDENCE = {"laboratory": "the stitching is that of no original"}


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    """A ledger of this file's own: its clock is moved."""
    with running_ledger(tmp_path_factory.mktemp("cases")) as made:
        hire(made, "appeal_body", "AppealBody")
        yield made


@pytest.fixture(scope="module")
def time(ledger: Ledger) -> Time:
    return Time(ledger.gateway)


@pytest.fixture(scope="module")
def right(ledger: Ledger) -> int:
    return recorded(ledger)


@pytest.fixture(scope="module")
def declared_loose(ledger: Ledger) -> str:
    """A parcel that nobody holds."""
    (parcel,) = held(ledger)
    ledger.record("customs_pudong", "DetentionLifted", [parcel])
    ledger.indexed(parcel, lambda view: "HeldDeclaring" not in view["flags"])
    return parcel


def test_a_wrongly_suspected_parcel_is_detained_investigated_and_released(ledger: Ledger, right: int) -> None:
    (parcel,) = held(ledger)
    case = notified(ledger, right, [parcel])
    view = stage(ledger, case, "Notified", "rights_holder")
    assert (view["turn"], view["yours"]) == ("Holder", ["RequestDetention", "WithdrawCase"])
    assert (view["goods_value"], view["security_required"]) == ("60000.00", "30000.00")
    assert view["deadline"]["working_days_left"] == 3
    assert not view["deadline"]["run_out"]
    assert [fact["name"] for fact in view["facts"]] == ["HolderNotified"]
    assert {"path": "photograph", "value": "a swoosh where none should be"} in view["facts"][0]["evidence_fields"]
    assert view["facts"][0]["evidence_kept"]
    assert view["goods"]["parcels"][0]["parcel_id"] == parcel
    assert "CaseOpen" in view["goods"]["parcels"][0]["flags"]

    lift = {"step": "DetentionLifted", "parcels": [parcel], "evidence": EVIDENCE}
    refuse(ledger, "customs_pudong", "/v1/records", lift, 409, "FlagsBlocking")
    path = f"{CASES}/{case}"
    security = {"security": "30000", "evidence": {"guarantee": "bank"}}
    refuse(
        ledger,
        "rights_holder",
        f"{path}/detention-request",
        security | {"security": "29999.99"},
        422,
        "SecurityInvalid",
    )
    refuse(
        ledger, "customs_pudong", f"{path}/finding", {"infringing": True, "evidence": EVIDENCE}, 409, "CaseStateUnfit"
    )
    ledger.post("rights_holder", f"{path}/detention-request", security)
    view = stage(ledger, case, "Detained")
    assert (view["turn"], view["security"]) == ("Investigator", "30000.00")
    assert view["deadline"]["working_days_left"] == 30
    assert set(view["yours"]) == {"RecordFinding", "RecordCourtNotice"}
    (item,) = [one for one in ledger.get("customs_pudong", CASES, queue="mine")["items"] if one["case_id"] == case]
    assert item["deadline"] == view["deadline"]

    ledger.post("customs_pudong", f"{path}/finding", {"infringing": False, "evidence": EVIDENCE})
    view = stage(ledger, case, "Closed")
    assert (view["outcome"], view["turn"], view["parcel_step"]) == ("NotInfringing", "Nobody", "DetentionLifted")
    ledger.post("customs_pudong", "/v1/records", lift)
    ledger.record("customs_pudong", "Acceptance", [parcel])
    ledger.record("site_operator", "Arrival", [parcel])
    ledger.record("customs_pudong", "Release", [parcel])
    assert ledger.indexed(parcel, lambda view: view["state"] == "Released")


def test_the_operation_that_opens_a_case_says_which(ledger: Ledger, right: int) -> None:
    notice = {
        "right_id": right,
        "heading": f"{SHOES:04d}",
        "parcels": held(ledger),
        "goods_value": "60000",
        "evidence": EVIDENCE,
    }
    done = ledger.post("customs_pudong", f"{CASES}/notices", notice)
    made = ledger.get("customs_pudong", f"/v1/operations/{done['operation_id']}")["made"]
    (newest, *_) = ledger.get("customs_pudong", CASES, right_id=right)["items"]
    assert made == {"case_id": newest["case_id"]}
    # An act in a case makes nothing new.
    path = f"{CASES}/{made['case_id']}/withdrawal"
    done = ledger.post("rights_holder", path, {"evidence": EVIDENCE})
    assert ledger.get("rights_holder", f"/v1/operations/{done['operation_id']}")["made"] == {}


def test_of_a_case_the_public_reads_number_right_stage_and_outcome(ledger: Ledger, right: int) -> None:
    case = notified(ledger, right, held(ledger))
    public = ledger.get(None, f"{CASES}/{case}")
    assert set(public) == {
        "case_id",
        "right_id",
        "kind",
        "route",
        "stage",
        "outcome",
        "opened_at",
        "decided_at",
        "complete_to_block",
        "complete_to_time",
    }
    for stranger in ("payment", "logistics_air"):
        assert ledger.get(stranger, f"{CASES}/{case}") | {"complete_to_block": 0, "complete_to_time": ""} == (
            public | {"complete_to_block": 0, "complete_to_time": ""}
        )
    for reader in ("rights_holder", "customs_pudong", "market_regulator", "appeal_body", "declarant"):
        assert ledger.get(reader, f"{CASES}/{case}")["facts"], reader
    is_problem(ledger.client().get(CASES, params={"queue": "mine"}), 403, "Forbidden")
    assert case in {item["case_id"] for item in ledger.get("declarant", CASES, queue="open")["items"]}
    assert case not in {item["case_id"] for item in ledger.get("customs_jiaxing", CASES, queue="open")["items"]}
    ledger.post("rights_holder", f"{CASES}/{case}/withdrawal", {"evidence": {"reason": "ours after all"}})
    assert stage(ledger, case, "Closed")["outcome"] == "Withdrawn"


def test_complainant_investigator_and_appeal_body_are_three(ledger: Ledger, right: int) -> None:
    parcels = held(ledger)
    case = notified(ledger, right, parcels)
    path = f"{CASES}/{case}"
    body = {"security": "60000", "evidence": {"guarantee": "bank"}}
    hire(ledger, "other_holder", "RightsHolder")
    refuse(ledger, "other_holder", f"{path}/detention-request", body, 403, "ComplainantOnly")
    refuse(ledger, "declarant", f"{path}/withdrawal", {"evidence": EVIDENCE}, 403, "ComplainantOnly")
    ledger.post("rights_holder", f"{path}/detention-request", body)
    stage(ledger, case, "Detained")
    finding = {"infringing": True, "evidence": EVIDENCE}
    refuse(ledger, "rights_holder", f"{path}/finding", finding, 403, "Forbidden")
    refuse(ledger, "customs_suzhou", f"{path}/finding", finding, 403, "InvestigatorOnly")
    refuse(ledger, "market_regulator", f"{path}/finding", finding, 403, "InvestigatorOnly")
    ledger.post("customs_pudong", f"{path}/finding", finding)
    assert stage(ledger, case, "Found")["turn"] == "Accused"
    appeal = {"evidence": {"invoice": "bought from the maker"}}
    refuse(ledger, "rights_holder", f"{path}/appeal", appeal, 403, "AppellantUnfit")
    refuse(ledger, "payment", f"{path}/appeal", appeal, 403, "AppellantUnfit")
    ledger.post("declarant", f"{path}/appeal", appeal)
    assert stage(ledger, case, "Appealed", "appeal_body")["yours"] == ["DecideFindingAppeal"]
    decision = {"upheld": False, "evidence": {"invoice": "genuine"}}
    refuse(ledger, "customs_pudong", f"{path}/appeal-decision", decision, 403, "RoleMissing")
    refuse(ledger, "market_regulator", f"{path}/appeal-decision", decision, 403, "RoleMissing")
    ledger.post("appeal_body", f"{path}/appeal-decision", decision)
    view = stage(ledger, case, "Closed")
    assert (view["outcome"], view["parcel_step"]) == ("NotInfringing", "DetentionLifted")
    assert [fact["by"]["participant_no"] for fact in view["facts"] if fact["by"]] == [
        ledger.numbers[who] for who in ("customs_pudong", "rights_holder", "customs_pudong", "declarant", "appeal_body")
    ]


def test_on_application_a_complaint_with_security_comes_first(ledger: Ledger, right: int) -> None:
    customs = ledger.numbers["customs_pudong"]
    complaint: dict[str, Any] = {
        "right_id": right,
        "customs_no": customs,
        "heading": f"{SHOES:04d}",
        "goods_value": "1000",
        "security": "1000.00",
        "evidence": {"order": "bought a sample"},
    }
    path = f"{CASES}/complaints"
    refuse(ledger, "rights_holder", path, complaint | {"security": "999.99"}, 422, "SecurityInvalid")
    refuse(ledger, "rights_holder", path, complaint | {"goods_value": "0", "security": "0"}, 422, "GoodsValueInvalid")
    refuse(ledger, "rights_holder", path, complaint | {"goods_value": "1e3"}, 422, "InvalidInput")
    refuse(ledger, "rights_holder", path, complaint | {"goods_value": "1.005"}, 422, "InvalidInput")
    refuse(ledger, "rights_holder", path, complaint | {"heading": "6405"}, 409, "GoodsNotCovered")
    refuse(ledger, "rights_holder", path, complaint | {"right_id": 9_999}, 404, "RightUnknown")
    refuse(
        ledger, "rights_holder", path, complaint | {"customs_no": ledger.numbers["payment"]}, 422, "InvestigatorUnfit"
    )
    refuse(ledger, "rights_holder", path, complaint | {"customs_no": 9_999}, 404, "ParticipantUnknown")
    refuse(ledger, "declarant", path, complaint, 403, "ComplainantOnly")
    case = opened(ledger, lambda: ledger.post("rights_holder", path, complaint), right_id=right)
    view = stage(ledger, case, "Lodged")
    assert (view["turn"], view["deadline"], view["seller"]) == ("Investigator", None, None)

    parcels = held(ledger)
    detention = {"parcels": parcels, "evidence": EVIDENCE}
    refuse(ledger, "customs_suzhou", f"{CASES}/{case}/detention", detention, 403, "InvestigatorOnly")
    refuse(ledger, "customs_pudong", f"{CASES}/{case}/detention", detention | {"parcels": ["00" * 32]}, 404, "NotFound")
    ledger.post("customs_pudong", f"{CASES}/{case}/detention", detention)
    view = stage(ledger, case, "Detained")
    assert (view["turn"], view["deadline"]["working_days_left"]) == ("Court", 20)
    finding = {"infringing": True, "evidence": EVIDENCE}
    refuse(ledger, "customs_pudong", f"{CASES}/{case}/finding", finding, 409, "RouteUnfit")
    refuse(
        ledger,
        "customs_pudong",
        f"{CASES}/{case}/counter-bond",
        {"bond": "1000", "evidence": EVIDENCE},
        409,
        "CounterBondNotAllowed",
    )
    ledger.post("customs_pudong", f"{CASES}/{case}/court-notice", {"evidence": {"court": "Shanghai IP Court"}})
    assert stage(ledger, case, "InCourt")["turn"] == "Court"
    ledger.post("customs_pudong", f"{CASES}/{case}/ruling", {"infringing": False, "evidence": {"judgment": "no"}})
    assert stage(ledger, case, "Closed")["outcome"] == "NotInfringing"

    declined = opened(ledger, lambda: ledger.post("rights_holder", path, complaint), right_id=right)
    ledger.post("customs_pudong", f"{CASES}/{declined}/refusal", {"evidence": {"why": "no such goods came"}})
    assert stage(ledger, declined, "Closed")["outcome"] == "Declined"


def test_what_no_case_can_be_about_is_refused_at_once(ledger: Ledger, right: int, declared_loose: str) -> None:
    body = {
        "right_id": right,
        "heading": f"{SHOES:04d}",
        "parcels": [declared_loose],
        "goods_value": "60000",
        "evidence": EVIDENCE,
    }
    refuse(ledger, "customs_pudong", f"{CASES}/notices", body, 409, "ParcelsNotHeld")
    refuse(ledger, "rights_holder", f"{CASES}/notices", body, 403, "Forbidden")
    refuse(ledger, "market_regulator", f"{CASES}/notices", body, 403, "RoleMissing")
    refuse(ledger, "customs_pudong", f"{CASES}/notices", body | {"evidence": {}}, 422, "InvalidInput")
    refuse(ledger, "customs_pudong", f"{CASES}/notices", body | {"parcels": []}, 422, "InvalidInput")
    parcels = held(ledger)
    two = body | {"parcels": [declared_loose, *parcels]}
    assert refuse(ledger, "customs_pudong", f"{CASES}/notices", two, 422, "InvalidInput")["field"] == "parcels"
    case = notified(ledger, right, parcels)
    refuse(ledger, "customs_pudong", f"{CASES}/notices", body | {"parcels": parcels}, 409, "FlagsBlocking")
    refuse(ledger, "payment", f"{CASES}/{case}/lapse", None, 409, "ClockRunning")
    refuse(ledger, "payment", f"{CASES}/99999/lapse", None, 404, "CaseUnknown")
    is_problem(ledger.client().get(f"{CASES}/99999"), 404, "CaseUnknown")
    security = ledger.get(None, f"{CASES}/security", route="ExOfficio", goods_value="250000")
    assert (security["required"], security["most"]) == ("100000.00", "250000.00")


def test_a_patents_accused_deposits_the_value_of_its_goods(ledger: Ledger) -> None:
    case = notified(ledger, recorded(ledger, kind=RightKind.Patent), held(ledger))
    path = f"{CASES}/{case}"
    ledger.post("rights_holder", f"{path}/detention-request", {"security": "30000", "evidence": EVIDENCE})
    assert "AcceptCounterBond" in stage(ledger, case, "Detained")["yours"]
    refuse(
        ledger, "customs_pudong", f"{path}/counter-bond", {"bond": "59999", "evidence": EVIDENCE}, 422, "BondTooSmall"
    )
    ledger.post("customs_pudong", f"{path}/counter-bond", {"bond": "60000", "evidence": EVIDENCE})
    view = stage(ledger, case, "Closed")
    assert (view["outcome"], view["bond"]) == ("CounterBonded", "60000.00")


def test_when_a_clock_has_run_out_anyone_says_so_and_the_goods_go(ledger: Ledger, right: int, time: Time) -> None:
    (parcel,) = held(ledger)
    case = notified(ledger, right, [parcel])
    time.passes(days=14)
    path = f"{CASES}/{case}"
    view = ledger.get("customs_pudong", path)
    assert (view["turn"], view["deadline"]["run_out"], view["deadline"]["working_days_left"]) == ("Anyone", True, 0)
    assert case in {item["case_id"] for item in ledger.get("customs_pudong", CASES, queue="overdue")["items"]}
    body = {"security": "30000", "evidence": EVIDENCE}
    late = refuse(ledger, "rights_holder", f"{path}/detention-request", body, 409, "ClockRunOut")
    assert late["deadline"].endswith("T16:00:00Z"), "a working day ends at midnight in China"
    ledger.post("logistics_east", f"{path}/lapse", None)
    assert stage(ledger, case, "Closed")["outcome"] == "Lapsed"
    ledger.record("customs_pudong", "DetentionLifted", [parcel])
    assert ledger.indexed(parcel, lambda view: view["flags"] and "HeldDeclaring" not in view["flags"])

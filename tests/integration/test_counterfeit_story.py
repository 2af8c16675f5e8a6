"""The story of one counterfeit over HTTP: to its destruction, and of its seller to the listing and its appeal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from backend.domain.proposing import USUAL_RULE
from backend.store import readmodel
from tests.support.asking import LISTINGS, is_problem, refuse, standing
from tests.support.enforcing import CASES, Time, held, hire, notified, recorded, stage
from tests.support.running import Ledger, running_ledger, until

EVIDENCE = {"laboratory": "the stitching is that of no original"}


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    """A ledger of this file's own: its clock is moved."""
    with running_ledger(tmp_path_factory.mktemp("counterfeit")) as made:
        hire(made, "appeal_body", "AppealBody")
        hire(made, "tax_authority", "TaxAuthority")
        made.post("governance", "/v1/blacklist/rules/hearing", {"hours": 72})
        made.post("governance", "/v1/blacklist/rules/confirmations", {"level": "Inspect", "confirmations": 2})
        yield made


@pytest.fixture(scope="module")
def time(ledger: Ledger) -> Time:
    return Time(ledger.gateway)


@pytest.fixture(scope="module")
def infringing(ledger: Ledger, time: Time) -> tuple[int, str]:
    """A case whose finding nobody appealed, and its parcel."""
    (parcel,) = held(ledger)
    case = notified(ledger, recorded(ledger), [parcel])
    path = f"{CASES}/{case}"
    ledger.post("rights_holder", f"{path}/detention-request", {"security": "30000", "evidence": EVIDENCE})
    stage(ledger, case, "Detained")
    ledger.post("customs_pudong", f"{path}/finding", {"infringing": True, "evidence": EVIDENCE})
    assert stage(ledger, case, "Found")["deadline"]["days_left"] in (59, 60)
    refuse(ledger, "payment", f"{path}/finality", None, 409, "ClockRunning")
    time.passes(days=60, seconds=60)
    ledger.post("rights_holder", f"{path}/finality", None)
    assert stage(ledger, case, "Infringing")["outcome"] == "Infringing"
    return case, parcel


def test_infringing_goods_are_confiscated_and_destroyed_in_the_laws_order(
    ledger: Ledger, infringing: tuple[int, str]
) -> None:
    case, parcel = infringing
    path, evidence = f"{CASES}/{case}", {"evidence": {"why": "nobody wants shoes that fall apart"}}
    view = ledger.get("customs_pudong", path)
    assert (view["turn"], view["parcel_step"], view["disposal"]) == ("Investigator", "Confiscation", "PublicWelfare")
    assert {each["act"]: each["waits_for"] for each in view["next"]}["ChooseDisposal"] == "Confiscation"
    refuse(ledger, "customs_pudong", f"{path}/disposal", evidence, 409, "StepNotAllowed")
    abroad = {"step": "ReturnAbroad", "parcels": [parcel], "evidence": EVIDENCE}
    refuse(ledger, "customs_pudong", "/v1/records", abroad, 409, "FlagsBlocking")

    ledger.record("customs_pudong", "Confiscation", [parcel])
    ledger.indexed(parcel, lambda view: view["state"] == "Confiscated")
    destruction = {"step": "Destruction", "parcels": [parcel], "evidence": EVIDENCE}
    refuse(ledger, "customs_pudong", "/v1/records", destruction, 409, "FlagsBlocking")
    for passed in ("PublicWelfare", "SaleToHolder"):
        assert ledger.get("customs_pudong", path)["disposal"] == passed
        ledger.post("customs_pudong", f"{path}/disposal/impossible", evidence)
        until(lambda: ledger.get("customs_pudong", path)["disposal"] != passed, f"{passed} is passed over")  # noqa: B023
    # An imported counterfeit mark is not auctioned.
    assert ledger.get("customs_pudong", path)["disposal"] == "Destruction"
    refuse(ledger, "customs_pudong", f"{path}/disposal/impossible", evidence, 409, "DisposalLast")
    refuse(ledger, "customs_suzhou", f"{path}/disposal", evidence, 403, "InvestigatorOnly")
    ledger.post("customs_pudong", f"{path}/disposal", evidence)
    until(lambda: ledger.get("customs_pudong", path)["parcel_step"] == "Destruction", "destruction is ordered")
    ledger.post("customs_pudong", "/v1/records", destruction)
    ledger.indexed(parcel, lambda view: view["state"] == "Destroyed")
    view = ledger.get("customs_pudong", path)
    assert (view["turn"], view["parcel_step"], view["disposed"]) == ("Nobody", None, True)
    assert [fact["name"] for fact in view["facts"]] == [
        "HolderNotified",
        "DetentionRequested",
        "FindingRecorded",
        "CaseDecided",
        "DisposalPassedOver",
        "DisposalPassedOver",
        "DisposalChosen",
    ]
    refuse(ledger, "customs_pudong", f"{path}/disposal", evidence, 409, "AlreadyDisposed")


def test_the_finding_proposes_a_listing_which_is_heard_confirmed_appealed_and_lifted(
    ledger: Ledger, infringing: tuple[int, str], time: Time
) -> None:
    case, parcel = infringing
    seller = ledger.get(None, f"/v1/parcels/{parcel}")["seller"]["participant_no"]

    def listed() -> dict[str, Any] | None:
        items = ledger.get(None, "/v1/blacklist", participant_no=seller)["items"]
        return dict(items[0]) if items else None

    view = until(listed, "the finding proposes a listing")
    path = f"{LISTINGS}/{view['listing_id']}"
    assert (view["level"], view["stage"], view["urgent"]) == ("Inspect", "Hearing", False)
    assert view["proposed_by_rule"] == {"version": USUAL_RULE.version, "findings": [case]}
    assert view["confirmations"] == {"given": 0, "needed": 2}
    assert view["imposed_by"]["participant_no"] == ledger.numbers["customs_pudong"]
    fields = {each["path"]: each["value"] for each in ledger.get("market_regulator", path)["evidence_fields"]}
    assert (fields["rule.version"], fields["findings.1.case_id"]) == (USUAL_RULE.version, str(case))
    assert ledger.get("platform", f"/v1/participants/{seller}")["standing"] == "clear", "a proposal bars nobody"

    early = refuse(ledger, "market_regulator", f"{path}/confirmations", {"evidence": EVIDENCE}, 409, "HearingOpen")
    assert early["until"] == view["hearing_until"]
    said = {"evidence": {"statement": "the goods were returned by a customer"}}
    refuse(ledger, "platform", f"{path}/statements", said, 403, "ListedPartyOnly")
    # Governance registered this seller, which has no key: it speaks for it.
    ledger.post("governance", f"{path}/statements", said)
    until(lambda: len(ledger.get(None, path)["facts"]) == 3, "the statement is read")
    assert "evidence_fields" not in ledger.get(None, path)["facts"][-1]
    read = ledger.get("tax_authority", path)["facts"][-1]
    assert (read["name"], read["evidence_fields"][-1]["value"]) == ("StatementMade", said["evidence"]["statement"])

    time.passes(days=3, seconds=60)
    assert ledger.get("market_regulator", path)["yours"] == ["ConfirmListing"]
    refuse(ledger, "customs_pudong", f"{path}/confirmations", {"evidence": EVIDENCE}, 409, "ConfirmationRepeated")
    refuse(ledger, "appeal_body", f"{path}/confirmations", {"evidence": EVIDENCE}, 403, "RoleMissing")
    ledger.post("tax_authority", f"{path}/confirmations", {"evidence": EVIDENCE})
    until(lambda: listed()["confirmations"]["given"] == 1, "the first of two is read")  # type: ignore[index]
    assert listed()["stage"] == "Confirming"  # type: ignore[index]
    refuse(ledger, "governance", f"{path}/appeal", said, 409, "ListingNotInForce")
    ledger.post("market_regulator", f"{path}/confirmations", {"evidence": EVIDENCE})
    view = standing(ledger, view["listing_id"], "in_force")
    assert view["confirmations"] == {"given": 2, "needed": 2}

    refuse(ledger, "market_regulator", f"{path}/appeal", said, 403, "ListedPartyOnly")
    refuse(ledger, "governance", f"{path}/repair", said, 409, "RepairTooEarly")
    decision = {"upheld": False, "evidence": {"reason": "one parcel in ten thousand"}}
    refuse(ledger, "appeal_body", f"{path}/appeal/decision", decision, 409, "AppealMissing")
    ledger.post("governance", f"{path}/appeal", said)
    until(lambda: listed()["stage"] == "Appealed", "the appeal is read")  # type: ignore[index]
    refuse(ledger, "governance", f"{path}/appeal", said, 409, "AppealRepeated")
    refuse(ledger, "customs_pudong", f"{path}/appeal/decision", decision, 403, "RoleMissing")
    ledger.post("appeal_body", f"{path}/appeal/decision", decision)
    view = standing(ledger, view["listing_id"], "lifted")
    assert (view["appeal_upheld"], view["lifted_by"]["participant_no"]) == (False, ledger.numbers["appeal_body"])


def test_an_upheld_listing_is_repaired_when_it_has_stood_long_enough(
    ledger: Ledger, infringing: tuple[int, str], time: Time
) -> None:
    platform, body = "platform", {"uscc": "9900000017", "name_zh": "无钥商家", "name_en": "Keyless Ltd"}
    seller = ledger.post(platform, "/v1/participants", body)["participant_no"]
    until(lambda: ledger.client(platform).get(f"/v1/participants/{seller}").status_code == 200, "it is indexed")
    ledger.post("governance", "/v1/blacklist/rules/urgency", {"ground": "UnsafeGoods", "urgent": True})
    until(lambda: ledger.get(None, "/v1/blacklist/rules")["urgent_grounds"] == ["UnsafeGoods"], "the rule is read")
    listing = {
        "participant_no": seller,
        "level": "Watch",
        "ground": "UnsafeGoods",
        "until": "2029-01-01T00:00:00Z",
        "evidence": EVIDENCE,
    }
    ledger.post("market_regulator", LISTINGS, listing)
    (view,) = until(lambda: ledger.get(platform, "/v1/blacklist/mine")["items"], "the platform sees it")
    path = f"{LISTINGS}/{view['listing_id']}"
    assert (view["urgent"], view["hearing_until"], view["stage"]) == (True, None, "Confirming")
    assert view["yours"] == ["MakeStatement"], "its registrar speaks for a seller without a key"
    assert ledger.get("payment", "/v1/blacklist/mine")["items"] == []
    ledger.post("customs_suzhou", f"{path}/confirmations", {"evidence": EVIDENCE})
    view = standing(ledger, view["listing_id"], "in_force")
    ledger.post(platform, f"{path}/appeal", {"evidence": {"test": "safe"}})
    until(lambda: ledger.get(None, path)["stage"] == "Appealed", "the appeal is read")
    ledger.post("appeal_body", f"{path}/appeal/decision", {"upheld": True, "evidence": EVIDENCE})
    until(lambda: ledger.get(None, path)["appeal_upheld"], "the decision is read")
    time.passes(days=91)
    assert "AskRepair" in ledger.get(platform, path)["yours"]
    ledger.post(platform, f"{path}/repair", {"evidence": {"recall": "done"}})
    until(lambda: ledger.get(None, path)["repair_asked_at"], "the request is read")
    granted = {"granted": True, "evidence": {"recall": "seen"}}
    refuse(ledger, "customs_pudong", f"{path}/repair/decision", granted, 403, "ImposingAuthorityOnly")
    ledger.post("market_regulator", f"{path}/repair/decision", granted)
    standing(ledger, view["listing_id"], "lifted")
    second = {"evidence": {"test": "again"}}
    refuse(ledger, platform, f"{path}/statements", second, 409, "ListingAlreadyLifted")


def test_the_rule_is_public_versioned_and_set_by_governance_alone(ledger: Ledger) -> None:
    path = "/v1/blacklist/proposal-rule"
    usual = ledger.get(None, path)
    assert [step["level"] for step in usual["steps"]] == ["Barred", "Inspect"]
    rule = {"version": "stricter", "steps": [{"level": "Barred", "findings": 2, "months": 6, "days": 365}]}
    is_problem(ledger.client("customs_pudong").put(path, json=rule), 403, "Forbidden")
    assert ledger.client("governance").put(path, json=rule).status_code == 201
    assert ledger.client("governance").put(path, json=rule).status_code == 200
    is_problem(ledger.client("governance").put(path, json=rule | {"steps": []}), 409, "Conflict")
    assert ledger.get(None, path)["version"] == "stricter"
    assert ledger.get(None, path, version=usual["version"])["steps"] == usual["steps"]
    is_problem(ledger.client().get(path, params={"version": "none"}), 404, "NotFound")


def test_the_read_model_read_anew_is_the_same(ledger: Ledger, infringing: tuple[int, str]) -> None:
    def block() -> int:
        with ledger.gateway.database.read() as connection:
            position = readmodel.get_cursor(connection)
        return -1 if position is None else position.block

    with ledger.gateway.database.write() as connection:
        before, newest = readmodel.digest(connection), readmodel.get_cursor(connection)
        readmodel.clear(connection)
    assert newest is not None
    until(lambda: block() >= newest.block, "everything is read anew")
    with ledger.gateway.database.read() as connection:
        after = readmodel.digest(connection)
    assert {"cases", "dated_facts", "listing_rules", "listings"} <= before.keys()
    assert after == before

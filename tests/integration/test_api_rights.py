"""Rights over HTTP on the real chain: applied for, decided, licensed, renewed too early, given up, read by all."""

from __future__ import annotations

from typing import Any

import pytest

from backend.domain.calendar import add_working_days, china_calendar
from backend.domain.commitments import document_root, record_evidence
from backend.domain.errors import CalendarYearUnknown
from backend.domain.instants import instant, iso
from tests.support.asking import is_problem, newcomer, refuse
from tests.support.rights import (
    EVIDENCE,
    LATER,
    RIGHTS,
    applied,
    licensed,
    publish_years_ahead,
    recordal,
    recorded,
    right_as,
)
from tests.support.running import Ledger

HEADQUARTERS = "customs_headquarters"


@pytest.fixture(scope="module", autouse=True)
def years(ledger: Ledger) -> None:
    publish_years_ahead(ledger)


def test_deployment_publishes_the_years_of_the_calendar(ledger: Ledger) -> None:
    found = {each["year"]: each for each in ledger.get(None, "/v1/working-days")["years"]}
    calendar = china_calendar()
    assert set(found) >= set(calendar.notices)
    assert (found[2026]["working_days"], len(found[2024]["days"])) == (248, 366)
    assert found[2026]["days"].startswith("0001111")


def test_a_year_that_has_begun_is_corrected_by_nobody_and_only_governance_publishes(ledger: Ledger) -> None:
    body = {"version": "x", "source": "x", "years": [{**_year(2025), "holidays": []}]}
    is_problem(ledger.client("governance").put("/v1/working-days", json=body), 409, "CalendarPast")
    is_problem(ledger.client(HEADQUARTERS).put("/v1/working-days", json=body), 403, "Forbidden")
    nothing = {**body, "years": []}
    is_problem(ledger.client("governance").put("/v1/working-days", json=nothing), 422, "InvalidInput")


def _year(year: int) -> dict[str, Any]:
    return {"year": year, "notice": "x", "published": "2024-11-01", "holidays": [], "working": []}


def test_a_recordal_is_applied_for_decided_and_open_to_everyone(ledger: Ledger) -> None:
    right = applied(ledger, recordal("云渡", "6404", "4202", variants=["YUNDU"]))
    pending = ledger.get(None, f"{RIGHTS}/{right}")
    # A mark that is not recorded yet is nobody's business but its holder's and headquarters'.
    assert (pending["status"], pending["marks"], pending["openings"], "asked" in pending) == (
        "pending",
        None,
        [],
        False,
    )
    for role in ("rights_holder", HEADQUARTERS):
        asked = ledger.get(role, f"{RIGHTS}/{right}")["asked"]
        assert asked["marks"][0]["text"] == "云渡"
        assert asked["headings"] == ["4202", "6404"]
    try:
        due = iso(add_working_days(instant(pending["applied_at"], ""), 30))
        assert pending["decide_by"] == due
    except CalendarYearUnknown:
        assert pending["decide_by"] > pending["applied_at"]

    refuse(ledger, "customs_pudong", f"{RIGHTS}/{right}/approval", {"evidence": EVIDENCE}, 403, "HeadquartersOnly")
    ledger.post(HEADQUARTERS, f"{RIGHTS}/{right}/approval", {"evidence": EVIDENCE})
    view = right_as(ledger, right, lambda found: found["in_force"])
    assert view["until"] == iso(instant(LATER, ""))
    assert view["marks"] == [{"text": "云渡", "variants": ["YUNDU"], "kind": "word", "well_known": False}]
    assert (view["headings"], view["nice_classes"], view["pending"]) == (["4202", "6404"], [25], None)
    assert [fact["fact"] for fact in view["facts"]] == ["RecordalAppliedFor", "GoodsListed", "ApplicationApproved"]
    assert view["facts"][2]["by"]["participant_no"] == ledger.numbers[HEADQUARTERS]
    assert all("documents" not in fact for fact in view["facts"])
    refuse(ledger, HEADQUARTERS, f"{RIGHTS}/{right}/approval", {"evidence": EVIDENCE}, 409, "ApplicationMissing")


def test_anybody_can_reckon_the_chains_commitments_anew(ledger: Ledger) -> None:
    right = recorded(ledger, "穹野", "6404")
    view = ledger.get(None, f"{RIGHTS}/{right}")
    on_chain = {fact["details"].get("marks") for fact in view["facts"]} | {
        fact["details"].get("goods") for fact in view["facts"]
    }
    for opening in view["openings"]:
        fields = [(field["path"], field["value"]) for field in opening["fields"]]
        root = document_root(bytes.fromhex(opening["secret"][2:]), fields)
        assert opening["commitment"] == "0x" + record_evidence([root]).hex()
        assert opening["commitment"] in on_chain
    assert {opening["of"] for opening in view["openings"]} == {"marks", "goods"}


def test_headquarters_refuses_with_grounds_that_the_holder_reads(ledger: Ledger) -> None:
    right = applied(ledger, recordal("岚屿", "6404"))
    path = f"{RIGHTS}/{right}/refusal"
    refuse(ledger, HEADQUARTERS, path, {"grounds": " ", "evidence": EVIDENCE}, 422, "GroundsMissing")
    refuse(ledger, HEADQUARTERS, path, {"evidence": EVIDENCE}, 422, "InvalidInput")
    ledger.post(HEADQUARTERS, path, {"grounds": "the certificate names another holder", "evidence": EVIDENCE})
    view = right_as(ledger, right, lambda found: found["status"] == "refused", "rights_holder")
    said = [field["value"] for document in view["facts"][-1]["documents"] for field in document]
    assert "the certificate names another holder" in said
    assert "documents" not in ledger.get("platform", f"{RIGHTS}/{right}")["facts"][-1]
    refuse(ledger, "rights_holder", f"{RIGHTS}/{right}/withdrawal", {"evidence": EVIDENCE}, 409, "RightNotInForce")


def test_headquarters_is_warned_of_somebody_elses_mark_and_of_marks_that_say_little(ledger: Ledger) -> None:
    recorded_first = recorded(ledger, "QUVELLO", "6404")
    other = _other_holder(ledger)
    copied = applied(ledger, recordal("QUVEL1O", "6404", variants=["麓"]), other)
    warnings = ledger.get(HEADQUARTERS, f"{RIGHTS}/{copied}")["warnings"]
    (overlap,) = warnings["overlaps"]
    assert (overlap["right_id"], overlap["mark"], overlap["same_goods"]) == (recorded_first, "QUVELLO", True)
    assert overlap["same_holder"] is False
    assert warnings["flags"] == [{"mark": "麓", "flag": "one_character"}]
    for role in (None, "rights_holder", other):
        assert "warnings" not in ledger.get(role, f"{RIGHTS}/{copied}")
    common = applied(ledger, recordal("Apple", "6404"))
    assert ledger.get(HEADQUARTERS, f"{RIGHTS}/{common}")["warnings"]["flags"] == [
        {"mark": "Apple", "flag": "ordinary_word"}
    ]
    desk = ledger.get(HEADQUARTERS, RIGHTS, undecided="true", limit=500)["items"]
    assert {copied, common} <= {each["right_id"] for each in desk}
    assert all(each["asked"]["marks"] for each in desk)


def _other_holder(ledger: Ledger) -> str:
    number = newcomer(ledger, roles=["RightsHolder"], hosted=True)
    body = {"participant_no": number, "scopes": ["enterprise"], "label": "another holder"}
    ledger.keys["other_holder"] = ledger.post("governance", "/v1/keys", body, confirm=False, status=201)["token"]
    return "other_holder"


def test_a_seller_is_licensed_for_some_goods_and_no_longer(ledger: Ledger) -> None:
    right = recorded(ledger, "汐禾", "6404", "4202")
    seller = ledger.numbers["seller_02"]
    path = f"{RIGHTS}/{right}/licences"
    licence = {"seller": seller, "headings": ["6404"], "until": LATER, "evidence": EVIDENCE}
    refuse(ledger, "rights_holder", path, licence | {"headings": ["9102"]}, 422, "InvalidInput")
    refuse(ledger, "rights_holder", path, licence | {"until": "2020-01-01T00:00:00Z"}, 422, "LicenceTermInvalid")
    refuse(ledger, "rights_holder", path, licence | {"seller": ledger.numbers["platform"]}, 409, "LicenseeInvalid")
    refuse(ledger, "rights_holder", path, licence | {"seller": 99_999}, 404, "ParticipantUnknown")
    refuse(ledger, "platform", path, licence, 403, "HolderOnly")
    licensed(ledger, right, "9901960014", headings=["6404"])
    (granted,) = ledger.get(None, f"{RIGHTS}/{right}")["licences"]
    assert (granted["seller"]["participant_no"], granted["headings"]) == (seller, ["6404"])

    ledger.post("rights_holder", f"{path}/{seller}/end", {"evidence": EVIDENCE})
    view = right_as(ledger, right, lambda found: not found["licences"][0]["in_force"])
    assert view["licences"][0]["revoked_at"]
    assert [fact["fact"] for fact in view["facts"]][-2:] == ["LicenceGranted", "LicenceRevoked"]
    refuse(ledger, "rights_holder", f"{path}/{seller}/end", {"evidence": EVIDENCE}, 409, "LicenceMissing")


def test_changed_marks_hold_once_they_are_approved(ledger: Ledger) -> None:
    right = recorded(ledger, "初白", "6404")
    asked = recordal("初白", "6404", variants=["CHUBAI"])
    change = {name: asked[name] for name in ("marks", "headings", "nice_classes", "evidence")}
    ledger.post("rights_holder", f"{RIGHTS}/{right}/changes", change)
    view = right_as(ledger, right, lambda found: found["pending"] == "Change")
    assert view["marks"][0]["variants"] == []
    refuse(ledger, "rights_holder", f"{RIGHTS}/{right}/changes", change, 409, "ApplicationPending")
    ledger.post(HEADQUARTERS, f"{RIGHTS}/{right}/approval", {"evidence": EVIDENCE})
    view = right_as(ledger, right, lambda found: found["pending"] is None)
    assert view["marks"][0]["variants"] == ["CHUBAI"]


def test_a_right_is_given_up_by_its_holder_or_revoked_by_headquarters(ledger: Ledger) -> None:
    given_up, revoked = recorded(ledger, "沐石", "6404"), recorded(ledger, "沐木", "6404")
    refuse(ledger, "platform", f"{RIGHTS}/{given_up}/withdrawal", {"evidence": EVIDENCE}, 403, "HolderOnly")
    ledger.post("rights_holder", f"{RIGHTS}/{given_up}/withdrawal", {"evidence": EVIDENCE})
    right_as(ledger, given_up, lambda found: found["status"] == "withdrawn")
    ledger.post(HEADQUARTERS, f"{RIGHTS}/{revoked}/revocation", {"grounds": "obtained by fraud", "evidence": EVIDENCE})
    view = right_as(ledger, revoked, lambda found: found["status"] == "revoked")
    assert view["ended_at"]
    renewal = {"valid_until": LATER, "evidence": EVIDENCE}
    refuse(ledger, "rights_holder", f"{RIGHTS}/{revoked}/renewals", renewal, 409, "RightNotInForce")


def test_a_renewal_comes_in_the_last_six_months(ledger: Ledger) -> None:
    right = recorded(ledger, "远汀", "6404")
    renewal = {"valid_until": "2044-01-01T00:00:00Z", "evidence": EVIDENCE}
    refuse(ledger, "rights_holder", f"{RIGHTS}/{right}/renewals", renewal, 409, "RenewalTooEarly")


@pytest.mark.parametrize(
    ("more", "title"),
    [
        ({"valid_until": "2020-01-01T00:00:00Z"}, "UnderlyingRightEnds"),
        ({"valid_until": "soon"}, "InvalidInput"),
        ({"headings": ["0100"]}, "HeadingInvalid"),
        ({"headings": ["9801"]}, "HeadingInvalid"),
        ({"headings": ["640"]}, "InvalidInput"),
        ({"headings": []}, "InvalidInput"),
        ({"nice_classes": [46]}, "InvalidInput"),
        ({"marks": []}, "InvalidInput"),
        ({"marks": [{"text": "……"}]}, "InvalidInput"),
        ({"marks": [{"text": "a\u0000b"}]}, "InvalidInput"),
        ({"kind": "Fame"}, "InvalidInput"),
        ({"evidence": {}}, "InvalidInput"),
    ],
)
def test_a_recordal_that_makes_no_sense_is_refused(ledger: Ledger, more: dict[str, Any], title: str) -> None:
    refuse(ledger, "rights_holder", RIGHTS, recordal("澄野") | more, 422, title)


def test_who_holds_no_rights_records_none(ledger: Ledger) -> None:
    refuse(ledger, "platform", RIGHTS, recordal("澄野"), 403, "RoleMissing")
    refuse(ledger, HEADQUARTERS, RIGHTS, recordal("澄野"), 403, "Forbidden")
    is_problem(ledger.client().get(f"{RIGHTS}/999999"), 404, "RightUnknown")


def test_every_wrong_form_is_named(ledger: Ledger) -> None:
    marks = [{"text": "澄野"}, {"text": "!!", "variants": ["ok", "??"]}]
    body = refuse(ledger, "rights_holder", RIGHTS, recordal("澄野") | {"marks": marks}, 422, "InvalidInput")
    assert [fault["field"] for fault in body["faults"]] == ["marks[1].text", "marks[1].variants[1]"]


def test_the_register_is_searched_by_mark_holder_and_standing(ledger: Ledger) -> None:
    right = recorded(ledger, "Tarnwick", "6404")
    for search in ("tarnw", "霁禾", "Jihe"):
        found = ledger.get(None, RIGHTS, search=search, status="in_force", limit=500)["items"]
        assert right in {each["right_id"] for each in found}
    assert ledger.get(None, RIGHTS, search="no such mark")["items"] == []
    assert right not in {each["right_id"] for each in ledger.get(None, RIGHTS, kind="Patent", limit=500)["items"]}
    first = ledger.get(None, RIGHTS, limit=1)
    second = ledger.get(None, RIGHTS, limit=1, cursor=first["next"])
    assert first["items"][0]["right_id"] > second["items"][0]["right_id"]


def test_a_recordal_with_many_chapters_has_the_gas_that_it_needs(ledger: Ledger) -> None:
    headings = [f"{chapter:02d}01" for chapter in range(1, 65)]
    right = recorded(ledger, "万物集", *headings)
    assert ledger.get(None, f"{RIGHTS}/{right}")["headings"] == headings


def test_headquarters_is_named_by_governance_and_is_customs(ledger: Ledger) -> None:
    assert ledger.get(None, RIGHTS)["headquarters_no"] == ledger.numbers[HEADQUARTERS]
    body = {"participant_no": ledger.numbers["platform"]}
    is_problem(ledger.client("governance").put("/v1/headquarters", json=body), 403, "RoleMissing")
    is_problem(ledger.client("platform").put("/v1/headquarters", json=body), 403, "Forbidden")


def test_suspicions_are_for_customs_and_holders(ledger: Ledger) -> None:
    for role in ("customs_pudong", "rights_holder"):
        assert ledger.get(role, "/v1/suspicions").keys() >= {"items", "next", "complete_to_block"}
    is_problem(ledger.client("platform").get("/v1/suspicions"), 403, "Forbidden")
    is_problem(ledger.client().get("/v1/suspicions"), 401, "Unauthenticated")

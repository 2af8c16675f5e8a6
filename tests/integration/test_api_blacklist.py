"""The blacklist over HTTP: proposed, confirmed by another, in force, lifted; and what it bars."""

from __future__ import annotations

from typing import Any

import pytest

from backend.services.simulation import simulate
from tests.support.asking import (
    EVIDENCE,
    LISTINGS,
    barred,
    customs_of,
    imposed,
    is_problem,
    lifted,
    listing,
    newcomer,
    refuse,
    standing,
    step,
)
from tests.support.running import Ledger, until


@pytest.fixture
def seller(ledger: Ledger) -> int:
    return newcomer(ledger)


def test_a_listing_takes_effect_when_a_second_authority_confirms_it(ledger: Ledger, seller: int) -> None:
    listing_id = imposed(ledger, seller)
    assert standing(ledger, listing_id, "proposed")["in_force"] is False
    assert not ledger.gateway.views.is_barred(seller)

    ledger.post("market_regulator", f"{LISTINGS}/{listing_id}/confirmations", {"evidence": EVIDENCE})
    view = standing(ledger, listing_id, "in_force")
    assert ledger.gateway.views.is_barred(seller)
    assert view["imposed_by"]["participant_no"] == ledger.numbers["customs_pudong"]
    assert [one["participant_no"] for one in view["confirmed_by"]] == [ledger.numbers["market_regulator"]]
    assert view["ground_zh"] == "侵犯知识产权"
    assert ledger.get("platform", f"/v1/participants/{seller}")["barred"]

    ledger.post("customs_pudong", f"{LISTINGS}/{listing_id}/lift", {"evidence": {"appeal": "granted"}})
    standing(ledger, listing_id, "lifted")
    assert not ledger.gateway.views.is_barred(seller)
    refuse(
        ledger, "customs_pudong", f"{LISTINGS}/{listing_id}/lift", {"evidence": EVIDENCE}, 409, "ListingAlreadyLifted"
    )


def test_the_imposing_authority_does_not_confirm_itself(ledger: Ledger, seller: int) -> None:
    path = f"{LISTINGS}/{imposed(ledger, seller)}/confirmations"
    refuse(ledger, "customs_pudong", path, {"evidence": EVIDENCE}, 409, "ConfirmationRepeated")


def test_a_listing_in_force_is_not_confirmed_again(ledger: Ledger, seller: int) -> None:
    listing_id = imposed(ledger, seller, level="Watch")
    path = f"{LISTINGS}/{listing_id}/confirmations"
    ledger.post("market_regulator", path, {"evidence": EVIDENCE})
    standing(ledger, listing_id, "in_force")
    refuse(ledger, "customs_suzhou", path, {"evidence": EVIDENCE}, 409, "ListingNotOpen")
    assert ledger.get("platform", f"/v1/participants/{seller}")["standing"] == "watched"


def test_only_the_imposing_authority_or_an_appeal_body_lifts(ledger: Ledger, seller: int) -> None:
    path = f"{LISTINGS}/{imposed(ledger, seller)}/lift"
    refuse(ledger, "customs_suzhou", path, {"evidence": EVIDENCE}, 403, "RoleMissing")
    refuse(ledger, "market_regulator", path, {"evidence": EVIDENCE}, 403, "RoleMissing")


@pytest.mark.parametrize("role", ["platform", "rights_holder", "governance"])
def test_who_is_no_authority_lists_nobody(ledger: Ledger, role: str) -> None:
    refuse(ledger, role, LISTINGS, listing(1), 403, "Forbidden")


def test_an_unknown_participant_or_listing_is_said_to_be_unknown(ledger: Ledger) -> None:
    refuse(ledger, "customs_pudong", LISTINGS, listing(99_999), 404, "ParticipantUnknown")
    refuse(ledger, "customs_pudong", f"{LISTINGS}/99999/lift", {"evidence": EVIDENCE}, 404, "ListingUnknown")
    is_problem(ledger.client().get(f"{LISTINGS}/99999"), 404, "ListingUnknown")


def test_an_authority_does_not_list_itself(ledger: Ledger) -> None:
    body = listing(ledger.numbers["customs_pudong"])
    refuse(ledger, "customs_pudong", LISTINGS, body, 409, "SelfListing")


@pytest.mark.parametrize(
    ("more", "title"),
    [
        ({"until": "2020-01-01T00:00:00Z"}, "ListingTermInvalid"),
        ({"until": "2099-01-01T00:00:00Z"}, "ListingTermInvalid"),
        ({"until": "tomorrow, perhaps"}, "InvalidInput"),
        ({"until": "2027-06-01T00:00:00"}, "InvalidInput"),
        ({"until": 1_800_000_000}, "InvalidInput"),
        ({"level": "Execution"}, "InvalidInput"),
        ({"level": 2}, "InvalidInput"),
        ({"ground": "Dislike"}, "InvalidInput"),
        ({"evidence": {}}, "InvalidInput"),
        ({"participant_no": True}, "InvalidInput"),
        ({"participant_no": "1"}, "InvalidInput"),
        ({"participant_no": 0}, "InvalidInput"),
        ({"participant_no": 2**40}, "InvalidInput"),
        ({"extra": 1}, "InvalidInput"),
    ],
)
def test_a_listing_that_makes_no_sense_is_refused(ledger: Ledger, more: dict[str, Any], title: str) -> None:
    refuse(ledger, "customs_pudong", LISTINGS, listing(ledger.numbers["platform"], **more), 422, title)


def test_evidence_is_read_by_authorities_and_by_whom_it_names_and_by_no_other(ledger: Ledger, seller: int) -> None:
    path = f"{LISTINGS}/{imposed(ledger, seller)}"
    for role in (None, "platform", "governance", "rights_holder"):
        assert "evidence_fields" not in ledger.get(role, path)
    for role in ("customs_jiaxing", "market_regulator"):
        fields = {field["path"]: field["value"] for field in ledger.get(role, path)["evidence_fields"]}
        assert fields["finding"] == EVIDENCE["finding"]
    body = {"participant_no": seller, "scopes": ["enterprise"], "label": "the seller's own"}
    ledger.keys[f"seller {seller}"] = ledger.post("governance", "/v1/keys", body, confirm=False, status=201)["token"]
    assert ledger.get(f"seller {seller}", path)["evidence_fields"]


def test_the_list_is_searched_by_name_code_number_status_and_level_and_paged(ledger: Ledger, seller: int) -> None:
    listing_id = imposed(ledger, seller, level="Inspect")
    known = ledger.get("platform", f"/v1/participants/{seller}")

    def ids(**query: Any) -> list[int]:
        return [item["listing_id"] for item in ledger.get(None, "/v1/blacklist", **query)["items"]]

    for text in (known["name_zh"], known["name_en"].upper(), known["uscc"], str(seller)):
        assert listing_id in ids(search=text), text
    assert ids(search="%") == ids(search="no such name") == []
    assert listing_id in ids(status="proposed", level="Inspect")
    assert listing_id not in ids(status="in_force")
    assert listing_id not in ids(level="Barred")
    imposed(ledger, seller, level="Watch")
    until(lambda: len(ids(participant_no=seller)) == 2, "both are indexed")
    paged, cursor = [], None
    while True:
        page = ledger.get(None, "/v1/blacklist", limit=1, **({"cursor": cursor} if cursor else {}))
        paged += [item["listing_id"] for item in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert paged == ids(limit=500)
    for query in ({"status": "gone"}, {"level": "x"}, {"cursor": "x"}, {"limit": 0}):
        assert ledger.client().get("/v1/blacklist", params=query).status_code == 422


def test_a_barred_seller_declares_nothing_and_gets_nothing_released(ledger: Ledger) -> None:
    simulated = simulate(4, 777, "import", 0.0, barred=())
    parcels = list(ledger.send(simulated))
    view = ledger.indexed(parcels[0], lambda view: {"Order", "Payment", "Waybill"} <= set(view["flags"]))
    seller, customs = view["seller"]["participant_no"], customs_of(ledger, parcels[0])
    ledger.record(customs, "Acceptance", parcels[:1])
    ledger.record("site_operator", "Arrival", parcels[:1])
    listing_id = barred(ledger, seller)
    try:
        refuse(ledger, customs, "/v1/records", step("Release", parcels[0]), 409, "SellerBarred")
        assert ledger.get(None, f"/v1/parcels/{parcels[0]}")["seller"]["barred"]
        sets = (simulate(1, seed, "import", 0.0, barred=()) for seed in range(800, 900))
        lists = (next(one.messages_of("621")) for one in sets)
        message = next(one for one in lists if ledger.seller_in(one) == seller)
        answer = ledger.client("declarant").post(
            "/v1/messages", content=message.data, headers={"Content-Type": "application/xml"}
        )
        assert answer.status_code == 202
        (item,) = ledger.settled("declarant", answer.json()["operation_id"])["items"]
        assert (item["status"], item["refusal"]["title"]) == ("quarantined", "SellerBarred")
        assert item["refusal"]["zh"]
        assert item["transaction"]
    finally:
        lifted(ledger, listing_id)

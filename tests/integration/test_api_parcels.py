"""Reading parcels: the public's view, the permission matrix of documents, lists by set and by page."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from backend.domain.commitments import RevealedField, next_head
from backend.domain.documents import PERSONAL_FIELDS
from backend.domain.instants import instant
from backend.domain.lifecycle import Step
from tests.support.running import Declared, Ledger

#: Whose documents each role reads of an import parcel declared in Pudong: the sender's own, and customs' all.
DOCUMENTS_OF = {
    "customs_pudong": {"Order", "Payment", "Waybill", "Declaration"},
    "platform": {"Order"},
    "payment": {"Payment"},
    "declarant": {"Declaration"},
    "logistics_east": {"Waybill"},
    "governance": set(),
    "market_regulator": set(),
    "rights_holder": set(),
    "site_operator": set(),
    "customs_suzhou": set(),
    "customs_jiaxing": set(),
    "logistics_air": set(),
}


def test_the_public_sees_every_step_with_its_place_on_the_chain(ledger: Ledger, declared: Declared) -> None:
    view = ledger.get(None, f"/v1/parcels/{declared.imports[0]}")

    assert view["state"] == "Declared"
    assert {"Order", "Payment", "Waybill"} <= set(view["flags"])
    assert view["history"][0]["step"] == "Declaration"
    assert Counter(entry["step"] for entry in view["history"]) == {
        "Declaration": 1,
        "OrderAttested": 1,
        "PaymentAttested": 1,
        "WaybillAttested": 1,
    }
    for entry in view["history"]:
        assert entry.keys() >= {"step", "participant_no", "at", "block", "transaction", "evidence", "head"}
        assert entry["participant"]["name_zh"]
        assert entry["block"] <= view["complete_to_block"]


def test_the_history_folds_to_the_heads_that_the_chain_has(ledger: Ledger, declared: Declared) -> None:
    manifest = ledger.get(None, f"/v1/parcels/{declared.imports[0]}")["manifest"]
    view = ledger.get(None, f"/v1/manifests/{manifest}")

    head = bytes.fromhex(view["root"][2:])
    for record in view["records"]:
        head = next_head(
            head,
            Step[record["step"]],
            record["participant_no"],
            int(record["parcels"]["word"], 16),
            bytes.fromhex(record["evidence"][2:]),
            instant(record["at"], "at"),
        )
        assert "0x" + head.hex() == record["head"]
    assert view["head"] == record["head"] == "0x" + ledger.gateway.views.head_of(bytes.fromhex(manifest[2:])).hex()


def test_nothing_personal_is_in_what_the_public_sees(ledger: Ledger, declared: Declared) -> None:
    parcel = declared.imports[0]
    whole = ledger.get("customs_pudong", f"/v1/parcels/{parcel}")
    personal = {
        field["value"]
        for document in whole["documents"]
        for field in document["fields"]
        if field["path"].rpartition(".")[2] in PERSONAL_FIELDS - {"consigneeDistrict"} and len(field["value"]) > 1
    }
    manifest = whole["manifest"]

    assert personal
    for path in (f"/v1/parcels/{parcel}", f"/v1/manifests/{manifest}", "/v1/blacklist", "/v1/status"):
        text = ledger.client().get(path).text
        assert not [value for value in personal if value in text], path


def test_what_is_revealed_proves_itself_against_the_declaration(ledger: Ledger, declared: Declared) -> None:
    shown = ledger.get(None, f"/v1/parcels/{declared.imports[0]}")["revealed"]

    names = {field["path"].split(".", 2)[2] for field in shown["fields"]}
    assert names >= {"country", "gcode.heading"}
    assert not any("price" in name.lower() or name == "gname" for name in names)
    root = bytes.fromhex(shown["root"][2:])
    for field in shown["fields"]:
        revealed = RevealedField(
            field["path"],
            field["value"],
            bytes.fromhex(field["salt"][2:]),
            field["position"],
            field["size"],
            tuple(bytes.fromhex(sister[2:]) for sister in field["proof"]),
        )
        assert revealed.is_part_of(root)


@pytest.mark.parametrize("role", DOCUMENTS_OF)
def test_each_role_reads_the_documents_that_the_matrix_gives_it(ledger: Ledger, declared: Declared, role: str) -> None:
    for parcel in declared.imports:
        whole = ledger.get("customs_pudong", f"/v1/parcels/{parcel}")
        if whole["declaring_district"] != "2233":
            continue
        senders = {document["kind"]: document["participant_no"] for document in whole["documents"]}
        view = ledger.get(role, f"/v1/parcels/{parcel}")
        seen = {document["kind"] for document in view.get("documents", [])}
        if role.startswith("logistics"):
            expected = {"Waybill"} if senders["Waybill"] == ledger.numbers[role] else set()
        else:
            expected = DOCUMENTS_OF[role]
        assert seen == expected
        if role != "customs_pudong":
            own = ledger.numbers.get(role)
            assert all(document["participant_no"] == own for document in view.get("documents", []))


def test_customs_of_both_districts_read_an_exports_documents_and_no_third(ledger: Ledger, declared: Declared) -> None:
    customs = {"2233": "customs_pudong", "2303": "customs_suzhou", "2908": "customs_jiaxing"}
    for parcel in declared.exports:
        view = ledger.get(None, f"/v1/parcels/{parcel}")
        competent = {customs[view["declaring_district"]], customs[view["port_district"]]}
        for role in customs.values():
            seen = {document["kind"] for document in ledger.get(role, f"/v1/parcels/{parcel}").get("documents", [])}
            assert (seen >= {"Order", "Waybill", "Declaration"}) is (role in competent)
            assert bool(seen) is (role in competent)


def test_a_parcel_without_a_key_has_neither_documents_nor_refusals(ledger: Ledger, declared: Declared) -> None:
    assert not {"documents", "refusals"} & ledger.get(None, f"/v1/parcels/{declared.imports[0]}").keys()


def test_a_wrong_key_is_refused_even_where_none_is_needed(ledger: Ledger, declared: Declared) -> None:
    answer = ledger.client().get(
        f"/v1/parcels/{declared.imports[0]}", headers={"Authorization": "Bearer gl_" + "x" * 43}
    )
    assert answer.status_code == 401


def test_an_unknown_parcel_is_not_found_and_says_up_to_which_block(ledger: Ledger) -> None:
    answer = ledger.client().get("/v1/parcels/" + "ab" * 32)
    assert (answer.status_code, answer.json()["title"]) == (404, "NotFound")
    assert answer.json()["complete_to_block"] > 0


@pytest.mark.parametrize("code", ["xyz", "AB" * 32, "ab" * 31, "ab" * 33, "0x" + "ab" * 32, "%00" * 64])
def test_what_is_no_parcel_id_is_said_to_be_none(ledger: Ledger, code: str) -> None:
    assert ledger.client().get(f"/v1/parcels/{code}").status_code == 422


def test_neighbours_in_a_manifest_show_as_bits_only(ledger: Ledger, declared: Declared) -> None:
    manifest = ledger.get(None, f"/v1/parcels/{declared.imports[0]}")["manifest"]
    assert "parcels" not in ledger.get(None, f"/v1/manifests/{manifest}")
    assert "parcels" not in ledger.get("rights_holder", f"/v1/manifests/{manifest}")
    assert declared.imports[0] in ledger.get("declarant", f"/v1/manifests/{manifest}")["parcels"]


def test_an_unknown_manifest_is_not_found(ledger: Ledger) -> None:
    assert ledger.client().get("/v1/manifests/0x" + "ab" * 32).status_code == 404


# ---------------------------------------------------------------------------------------------------
# Lists


def everything(ledger: Ledger, role: str, **query: Any) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = []
    cursor: str | None = None
    while True:
        page = ledger.get(role, "/v1/parcels", **query, **({"cursor": cursor} if cursor else {}))
        assert page["complete_to_block"] > 0
        items += page["items"]
        cursor = page["next"]
        if cursor is None:
            return items


@pytest.mark.parametrize("limit", [1, 3, 500])
def test_pages_together_are_the_whole_list_without_repeats(ledger: Ledger, declared: Declared, limit: int) -> None:
    found = [item["parcel_id"] for item in everything(ledger, "governance", limit=limit)]
    assert len(found) == len(set(found))
    assert set(found) >= {*declared.imports, *declared.exports}


def test_customs_list_the_parcels_of_their_own_district_only(ledger: Ledger, declared: Declared) -> None:
    for role, district in (("customs_pudong", "2233"), ("customs_suzhou", "2303"), ("customs_jiaxing", "2908")):
        for item in everything(ledger, role):
            assert district in (item["declaring_district"], item["port_district"])


def test_enterprises_list_what_they_take_part_in(ledger: Ledger, declared: Declared) -> None:
    every = {item["parcel_id"] for item in everything(ledger, "governance")}
    assert {item["parcel_id"] for item in everything(ledger, "declarant")} == every
    assert set(declared.imports) <= {item["parcel_id"] for item in everything(ledger, "payment")} < every
    assert everything(ledger, "rights_holder") == []


def test_lists_are_narrowed_by_state_flag_seller_district_manifest_time_and_id(
    ledger: Ledger, declared: Declared
) -> None:
    one = ledger.get(None, f"/v1/parcels/{declared.imports[0]}")
    other = declared.imports[1]

    def ids(**query: Any) -> set[str]:
        return {item["parcel_id"] for item in everything(ledger, "governance", **query)}

    every = ids()
    assert set(declared.imports) <= ids(state="Declared", flag=["Order", "Payment", "Waybill"])
    assert ids(state=["Declared", "Accepted"]) >= set(declared.imports)
    assert ids(state="Destroyed") == set()
    assert not set(declared.imports) & ids(without_flag="Payment")
    assert ids(seller=one["seller"]["participant_no"]) >= {one["parcel_id"]}
    assert all(
        item["seller"]["participant_no"] == one["seller"]["participant_no"]
        for item in everything(ledger, "governance", seller=one["seller"]["participant_no"])
    )
    assert ids(manifest=one["manifest"]) >= {one["parcel_id"]}
    assert ids(district="2908") | ids(district="2303") | ids(district="2233") == every
    assert ids(district="9999") == set()
    assert ids(declarant=one["declarant"]["participant_no"]) == every
    assert ids(since="2100-01-01T00:00:00Z") == set()
    assert ids(until="2100-01-01T00:00:00Z") == every
    assert ids(parcel_id=[one["parcel_id"], other, "00" * 32]) == {one["parcel_id"], other}
    assert ids(parcel_id=[one["parcel_id"]], state="Destroyed") == set()


@pytest.mark.parametrize(
    "query",
    [
        {"state": "Lost"},
        {"state": "3"},
        {"flag": "order"},
        {"district": "223"},
        {"limit": "0"},
        {"limit": "501"},
        {"cursor": "nonsense!"},
        {"cursor": "OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5LjE"},
        {"seller": "0"},
        {"seller": "99999999999999999999"},
        {"since": "yesterday"},
        {"since": "2026-01-01T00:00:00"},
        {"manifest": "0x12"},
        {"parcel_id": "zz"},
    ],
)
def test_a_filter_that_makes_no_sense_is_refused(ledger: Ledger, query: dict[str, str]) -> None:
    answer = ledger.client("governance").get("/v1/parcels", params=query)
    assert (answer.status_code, answer.json()["title"]) == (422, "InvalidInput")


def test_a_list_needs_a_key(ledger: Ledger) -> None:
    assert ledger.client().get("/v1/parcels").status_code == 401

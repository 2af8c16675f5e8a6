"""Marks met in declared goods, from recordal to inspection: licensed, not licensed, disguised, out of time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest

from backend.domain.draw import Tier
from backend.domain.errors import FlagsBlocking
from backend.domain.lifecycle import State, Step
from backend.domain.participants import Role
from backend.services import rights
from backend.services.access import Caller, Scope
from backend.services.parcels import parcel_view
from backend.services.rights_reading import right_view
from backend.services.simulation.model import SimulatedParcel
from backend.services.steps import submit_steps
from backend.services.suspicions import suspicions, suspicions_view
from backend.settings import Settings
from backend.store import readmodel, screenings
from tests.support.clerk import Clerk
from tests.support.recordals import (
    EVIDENCE,
    SHOES,
    YEAR,
    changed,
    license_seller,
    publish_years,
    record,
    shoes,
    withdraw,
)
from tests.support.workshop import installed_chain, workshop


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    with installed_chain(tmp_path_factory.mktemp("screening"), block_time=None) as settings:
        yield settings


@pytest.fixture
def clerk(chain: Settings) -> Iterator[Clerk]:
    with workshop(chain) as made:
        clerk = Clerk(made)
        publish_years(clerk)
        clerk.automate()
        yield clerk


@pytest.fixture
def right(clerk: Clerk) -> Iterator[int]:
    """A right in the mark of the simulator's shoes, as long as the test runs."""
    made = record(clerk, SHOES, "6404", variants=("JICHUAN",))
    yield made
    if right_view(clerk.shop.gateway, made)["in_force"]:
        withdraw(clerk, made)


def screened(clerk: Clerk, parcel: SimulatedParcel) -> Any:
    with clerk.shop.gateway.database.read() as connection:
        place = readmodel.places_of(connection, [clerk.id_of(parcel)])[clerk.id_of(parcel)][0]
        return screenings.of_parcel(connection, clerk.id_of(parcel), place.manifest)


def suspected(clerk: Clerk, parcel: SimulatedParcel) -> dict[str, Any]:
    """The suspicion about a parcel, as customs of its district has it."""
    with clerk.shop.gateway.database.read() as connection:
        found = suspicions(connection, int(parcel.customs_code), 0, 500)
    (one,) = [each for each in found if each["parcel_id"] == clerk.id_of(parcel).hex()]
    return one


@pytest.mark.parametrize(
    ("brand", "disguise"),
    [(SHOES, "exact"), ("疾 川", "spacing"), ("J1CHUAN", "digit"), ("ＪＩＣＨＵＡＮ", "width"), ("急川", "sound")],
)
def test_an_unlicensed_mark_is_accepted_and_sent_to_inspection(
    clerk: Clerk, right: int, brand: str, disguise: str
) -> None:
    made, parcel = shoes(brand)
    clerk.send(*made.messages)
    clerk.examine()
    state, flags = clerk.place(parcel)
    assert (state, "Inspection" in flags) == (State.Accepted, True)
    found = suspected(clerk, parcel)
    (hit,) = found["hits"]
    assert (hit["right_id"], hit["declared"], hit["field"], hit["reason"]) == (right, brand, "brand", "no_licence")
    assert disguise in hit["disguises"]
    assert (found["inspection"], found["district"]) == ("ordered", parcel.customs_code)
    clerk.take(Step.Arrival, parcel, who="site_operator")
    with pytest.raises(FlagsBlocking):
        clerk.take(Step.Release, parcel)


def test_the_order_of_inspection_says_which_right_and_which_text(clerk: Clerk, right: int) -> None:
    made, parcel = shoes("J1CHUAN")
    clerk.send(*made.messages)
    clerk.examine()
    with clerk.shop.gateway.database.read() as connection:
        rows = connection.exec_driver_sql(
            "SELECT d.fields FROM records r JOIN evidence_documents e ON e.evidence = r.evidence"
            " JOIN documents d ON d.id = e.document_id WHERE r.step = ? AND d.parcel_id = ?",
            (int(Step.InspectionOrdered), clerk.id_of(parcel)),
        ).all()
    ((fields,),) = rows
    said = dict(orjson.loads(fields))
    assert said["rights.1"] == said["hits.1.right"] == str(right)
    assert "“J1CHUAN”" in said["hits.1.zh"]
    assert "the holder has given the seller no licence" in said["hits.1.en"]
    personal = parcel.documents["621"].head
    kept = fields.decode() + str(suspected(clerk, parcel))
    assert not any(personal[name] in kept for name in ("buyerName", "buyerIdNumber", "buyerTelephone"))


def test_a_licensed_seller_passes_and_the_buyer_reads_so(clerk: Clerk, right: int) -> None:
    made, parcel = shoes()
    license_seller(clerk, right, parcel)
    clerk.send(*made.messages)
    clerk.examine()
    assert clerk.place(parcel) == (State.Accepted, {"Order", "Payment", "Waybill"})
    assert screened(clerk, parcel).finding == "licensed"
    (mark,) = parcel_view(clerk.shop.gateway, clerk.id_of(parcel))["recorded_marks"]
    assert (mark["right_id"], mark["mark"], mark["licensed"]) == (right, SHOES, True)
    assert mark["until"].startswith(str(datetime.fromtimestamp(clerk.shop.gateway.now() + YEAR, UTC).year))
    holder, seller = clerk.shop.numbers["rights_holder"], clerk.shop.numbers[parcel.seller]
    rights.end_licence(clerk.shop.gateway, holder, right, seller, EVIDENCE)
    clerk.shop.settle()
    (mark,) = parcel_view(clerk.shop.gateway, clerk.id_of(parcel))["recorded_marks"]
    assert (mark["licensed"], mark["until"]) == (False, None)


def test_goods_without_a_recorded_mark_are_clear(clerk: Clerk, right: int) -> None:
    made, parcel = shoes("远汀")
    clerk.send(*made.messages)
    clerk.examine()
    assert clerk.place(parcel) == (State.Accepted, {"Order", "Payment", "Waybill"})
    assert screened(clerk, parcel).finding == "clear"
    assert parcel_view(clerk.shop.gateway, clerk.id_of(parcel))["recorded_marks"] == []


def test_a_mark_that_only_the_order_names_is_met(clerk: Clerk, right: int) -> None:
    made, parcel = shoes("远汀")
    clerk.send(*(each for each in made.messages if each.type != "311"))
    clerk.examine()
    assert screened(clerk, parcel).finding == "clear"
    # What was screened without its order is screened again, before it can be accepted.
    clerk.send(*(changed(each, "Name>运动鞋", f"Name>{SHOES}运动鞋") for each in made.messages if each.type == "311"))
    clerk.examine()
    assert screened(clerk, parcel).finding == "suspected"
    (hit,) = suspected(clerk, parcel)["hits"]
    assert (hit["field"], hit["declared"], hit["right_id"]) == ("itemName", SHOES, right)


def test_a_mark_recorded_while_customs_hold_the_goods_is_met_in_them(clerk: Clerk) -> None:
    made, parcel = shoes()
    clerk.send(*made.messages)
    clerk.examine()
    assert screened(clerk, parcel).finding == "clear"
    assert clerk.place(parcel) == (State.Accepted, {"Order", "Payment", "Waybill"})
    right = record(clerk, SHOES, "6404")
    clerk.examine()
    assert (screened(clerk, parcel).finding, suspected(clerk, parcel)["inspection"]) == ("suspected", "ordered")
    assert "Inspection" in clerk.place(parcel)[1]
    withdraw(clerk, right)


def test_a_suspicion_weighs_in_the_risk_and_is_inspected_once(clerk: Clerk, right: int) -> None:
    made, parcel = shoes("J1CHUAN")
    clerk.send(*made.messages)
    clerk.examine()
    with clerk.shop.gateway.database.read() as connection:
        (assessed,) = connection.exec_driver_sql(
            "SELECT factors, tier FROM risk_assessments WHERE parcel_id = ?", (clerk.id_of(parcel),)
        ).all()
        orders = connection.exec_driver_sql(
            "SELECT count(*) FROM records r JOIN evidence_documents e ON e.evidence = r.evidence"
            " JOIN documents d ON d.id = e.document_id WHERE r.step = ? AND d.parcel_id = ?",
            (int(Step.InspectionOrdered), clerk.id_of(parcel)),
        ).scalar_one()
    parts = {each["factor"]: each for each in orjson.loads(assessed.factors)["contributions"]}
    assert (parts["screening"]["points"], assessed.tier, orders) == (60, int(Tier.Inspect), 1)


def test_a_right_that_has_ended_stops_nobody(clerk: Clerk) -> None:
    right = record(clerk, SHOES, "6404")
    withdraw(clerk, right)
    made, parcel = shoes()
    clerk.send(*made.messages)
    clerk.examine()
    assert screened(clerk, parcel).finding == "clear"


def test_a_mark_for_other_goods_is_no_suspicion(clerk: Clerk) -> None:
    right = record(clerk, SHOES, "3303")
    made, parcel = shoes()
    clerk.send(*made.messages)
    clerk.examine()
    assert screened(clerk, parcel).finding == "outside_goods"
    assert clerk.place(parcel) == (State.Accepted, {"Order", "Payment", "Waybill"})
    withdraw(clerk, right)


def test_a_licence_that_ended_since_the_declaration_is_a_warning_at_release(clerk: Clerk, right: int) -> None:
    made, parcel = shoes()
    license_seller(clerk, right, parcel)
    clerk.send(*made.messages)
    clerk.examine()
    clerk.take(Step.Arrival, parcel, who="site_operator")
    holder, seller = clerk.shop.numbers["rights_holder"], clerk.shop.numbers[parcel.seller]
    rights.end_licence(clerk.shop.gateway, holder, right, seller, EVIDENCE)
    clerk.shop.settle()
    gateway, customs = clerk.shop.gateway, clerk.customs(parcel.customs_code)
    operation = submit_steps(gateway, customs.acting_no, Step.Release, [clerk.id_of(parcel)], {"note": "seen"})
    with gateway.database.read() as connection:
        summary = connection.exec_driver_sql("SELECT summary FROM operations WHERE id = ?", (operation,)).scalar()
    (warning,) = orjson.loads(summary)["warnings"]
    assert (warning["right_id"], warning["reason"]) == (right, "licence_ended")
    clerk.shop.settle()
    assert clerk.state(parcel) is State.Released


def test_whom_a_person_accepted_in_an_automatic_district_is_inspected_all_the_same(clerk: Clerk, right: int) -> None:
    for district in ("2233", "2303", "2908"):
        clerk.automate(district, automatic=False)
    made, parcel = shoes()
    clerk.send(*made.messages)
    clerk.examine()
    clerk.take(Step.Acceptance, parcel)
    clerk.examine()
    # Where people decide, the suspicion waits at their desk.
    assert "Inspection" not in clerk.place(parcel)[1]
    assert suspected(clerk, parcel)["inspection"] is None
    clerk.automate()
    clerk.examine()
    assert "Inspection" in clerk.place(parcel)[1]


def test_what_is_rejected_is_not_inspected(clerk: Clerk, right: int) -> None:
    for district in ("2233", "2303", "2908"):
        clerk.automate(district, automatic=False)
    made, parcel = shoes()
    clerk.send(*made.messages)
    clerk.examine()
    clerk.take(Step.Rejection, parcel, reason="papers")
    clerk.automate()
    before = clerk.shop.statuses().get("quarantined", 0)
    clerk.examine()
    assert suspected(clerk, parcel)["inspection"] == "over"
    assert clerk.shop.statuses().get("quarantined", 0) == before


def test_the_holder_reads_of_its_own_rights_and_no_text_of_the_declaration(clerk: Clerk, right: int) -> None:
    made, parcel = shoes("J1CHUAN")
    clerk.send(*made.messages)
    clerk.examine()
    gateway, numbers = clerk.shop.gateway, clerk.shop.numbers
    holder = Caller(1, numbers["rights_holder"], frozenset({Scope.enterprise}), "t", 1 << Role.RightsHolder)
    found = [
        each
        for each in suspicions_view(gateway, holder, limit=500)["items"]
        if each["parcel_id"] == clerk.id_of(parcel).hex()
    ]
    ((hit,),) = [each["hits"] for each in found]
    assert (hit["right_id"], hit["mark"], "declared" in hit, "zh" in hit) == (right, SHOES, False, False)
    stranger = Caller(1, numbers["platform"], frozenset({Scope.enterprise}), "t", 1 << Role.RightsHolder)
    assert suspicions_view(gateway, stranger)["items"] == []


def test_rights_and_licences_are_the_same_after_a_reorganisation_and_a_rebuild(clerk: Clerk, right: int) -> None:
    _, parcel = shoes()
    license_seller(clerk, right, parcel)
    clerk.shop.reorganise(3)
    clerk.shop.settle()
    with clerk.shop.gateway.database.read() as connection:
        before = readmodel.digest(connection)
    with clerk.shop.gateway.database.write() as connection:
        readmodel.clear(connection)
    clerk.shop.indexer.catch_up()
    with clerk.shop.gateway.database.read() as connection:
        assert readmodel.digest(connection) == before
    assert {"rights", "licences"} <= before.keys()
    assert right_view(clerk.shop.gateway, right)["licences"][0]["in_force"]

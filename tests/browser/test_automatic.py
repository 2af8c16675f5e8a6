"""A district that decides by itself: what its officers and the declarant see of it on a parcel's page."""

from __future__ import annotations

from itertools import count

from playwright.sync_api import expect

from backend.services.simulation import simulate
from backend.services.simulation.model import SimulatedSet
from tests.browser.conftest import DESK, Reader
from tests.browser.desk import reloaded, sign_in
from tests.browser.talk import parcel_of, post
from tests.browser.world import World


def put_rules(world: World, version: str, *, automatic: bool) -> None:
    body = {"version": version, "automatic": automatic}
    answer = world.ledger.client("customs_suzhou").put("/v1/matching/2303", json=body)
    assert answer.status_code in (200, 201), answer.text


def bonded_import(seed: int) -> SimulatedSet:
    """One parcel of a bonded import through Suzhou, matched; the first such one from a seed on."""
    for one in count(seed):
        made = simulate(1, one, "import", 0.0, barred=())
        if made.parcels[0].customs_code == "2303":
            return made
    raise AssertionError("count does not end")


def test_it_is_seen_what_waits_for_a_document_and_what_was_decided_when_it_came(reader: Reader, world: World) -> None:
    put_rules(world, "suzhou-automatic", automatic=True)
    try:
        made = bonded_import(5000)
        for kind in ("311", "511", "621"):
            for message in made.messages_of(kind):
                post(world, message)
        code = parcel_of(world, made)
        world.ledger.indexed(code, lambda view: "Waybill" in view["flags"])
        customs, declarant = reader("en-GB", DESK), reader("en-GB", DESK)
        sign_in(customs, world, "customs_suzhou")
        sign_in(declarant, world, "declarant")
        for page in (customs, declarant):
            page.goto(f"/console/parcels/{code}")
            reloaded(page, page.locator("[data-examination=waiting]", has_text="M01"))
            expect(page.locator("[data-examination]")).to_contain_text("Not all documents are here")
            expect(page.locator("[data-examination]")).to_contain_text("at the latest until")

        (payment,) = made.messages_of("411")
        post(world, payment)
        world.ledger.indexed(code, lambda view: view["state"] == "Accepted")
        for page in (customs, declarant):
            reloaded(page, page.locator("[data-examination=decided]"))
            expect(page.locator("[data-examination]")).to_contain_text("Rules, version suzhou-automatic")
            expect(page.locator("[data-tone=good]", has_text="622")).to_contain_text("120 accepted by customs")
        platform = reader("en-GB", DESK)
        sign_in(platform, world, "platform")
        platform.goto(f"/console/parcels/{code}")
        expect(platform.locator("[data-examination]")).to_have_count(0)
    finally:
        put_rules(world, "suzhou-by-hand", automatic=False)

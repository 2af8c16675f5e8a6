"""The conversation with customs at the console: what was answered, what is asked, and what an officer decides."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from backend.services.simulation.requests import cancellation_request, return_request
from tests.browser.conftest import DESK, PHONE, Reader
from tests.browser.desk import confirmed, reloaded, sign_in
from tests.browser.talk import altered, declare, list_no_of, parcel_of, post
from tests.browser.test_safety import PAYLOADS, check_names
from tests.browser.world import World, direct_import


def receipts(page: Page, tone: str = "") -> int:
    return page.locator(f".said [data-tone='{tone}']" if tone else ".said [data-receipt]").count()


# ---------------------------------------------------------------------------------------------------
# Receipts


def test_a_refusal_stands_out_among_the_receipts_with_its_reason(reader: Reader, world: World) -> None:
    made, code = declare(world, 2000)
    (order,) = made.messages_of("311")
    refused = post(world, order, altered(order.data, consigneeAddress="elsewhere"))
    assert refused["documents"][0]["return_status"] == "-301010"
    page = reader("en-GB", DESK)
    sign_in(page, world, "platform")
    page.get_by_role("navigation", name="Console").get_by_role("link", name="Receipts").click()
    newest = page.locator(".said [data-receipt]").first
    expect(newest).to_have_attribute("data-tone", "refused")
    expect(newest).to_contain_text("-301010 processing error")
    expect(newest).to_contain_text("312 order (import)")

    page.get_by_label("Status").select_option(label="all refusals (100 and below zero)")
    page.get_by_role("button", name="Show").click()
    assert receipts(page) == receipts(page, "refused") > 0
    page.goto(f"/console/receipts?parcel={code}&type=312")
    expect(page.locator(".said code", has_text="1800")).to_have_count(1)
    accepted = page.locator(".said [data-tone=good]")
    expect(accepted).to_contain_text("120 accepted by customs")
    accepted.get_by_role("link", name="parcel").click()
    expect(page).to_have_url(re.compile(code))


def test_receipts_are_read_on_from_one_and_page_by_page(reader: Reader, world: World) -> None:
    given = world.ledger.get("declarant", "/v1/receipts", limit=500)["items"]
    assert len(given) > 55
    page = reader("en-GB", DESK)
    sign_in(page, world, "declarant")
    page.goto("/console/receipts")
    seen = []
    for _ in range(2):
        rows = page.locator(".said [data-receipt]")
        seen += rows.evaluate_all("rows => rows.map(row => Number(row.dataset.receipt))")
        page.goto(str(page.get_by_role("link", name="Next page").get_attribute("href")))
    assert len(seen) == 100
    assert seen == sorted(seen, reverse=True)
    page.get_by_label("Only those after receipt number").fill(str(given[2]["id"]))
    page.get_by_role("button", name="Show").click()
    rows = page.locator(".said [data-receipt]")
    ids = rows.evaluate_all("rows => rows.map(row => Number(row.dataset.receipt))")
    assert ids == [one["id"] for one in given[3:53]]


def test_what_was_typed_wrong_is_said_and_finds_nothing(reader: Reader, world: World) -> None:
    page = reader("en-GB", DESK)
    sign_in(page, world, "platform")
    page.goto("/console/receipts?parcel=nonsense")
    expect(page.get_by_role("alert")).to_contain_text("nonsense")
    assert receipts(page) == 0
    for query in ("since=soon", "type=999"):
        page.goto(f"/console/receipts?{query}")
        expect(page.locator("[data-answer=error]")).to_contain_text(query.partition("=")[2])


def test_a_parcels_page_has_the_readers_own_receipts_and_all_for_its_customs(reader: Reader, world: World) -> None:
    _, code = declare(world, 2020)
    list_types = {}
    for role in ("platform", "declarant", "customs_pudong", "customs_suzhou"):
        page = reader("en-GB", DESK)
        sign_in(page, world, role)
        page.goto(f"/console/parcels/{code}")
        list_types[role] = {text[:3] for text in page.locator(".said .said-what > :last-child").all_inner_texts()}
    assert list_types["platform"] == {"312"}
    assert list_types["declarant"] == {"622"}
    assert list_types["customs_pudong"] == {"312", "412", "512", "622"}
    assert list_types["customs_suzhou"] == set()


def test_what_was_answered_about_a_parcel_is_there_before_it_is_declared(reader: Reader, world: World) -> None:
    made = direct_import(2040)
    (order,) = made.messages_of("311")
    code = post(world, order)["documents"][0]["parcel_id"]
    page = reader("en-GB", DESK)
    sign_in(page, world, "platform")
    page.goto(f"/console/parcels/{code}")
    expect(page.locator("h1")).to_have_text("This parcel is not declared")
    reloaded(page, page.locator(".said [data-receipt]"))
    expect(page.locator(".said").first).to_contain_text("order (import)")


# ---------------------------------------------------------------------------------------------------
# Requests


def test_customs_grants_a_cancellation_and_refuses_another_with_a_reason(reader: Reader, world: World) -> None:
    customs = reader("en-GB", DESK)
    sign_in(customs, world, "customs_pudong")
    outcomes = {}
    for seed, button, reason in ((2060, "Grant", "nothing was shipped"), (2080, "Refuse", "goods are on the belt")):
        made, code = declare(world, seed)
        world.ledger.record("customs_pudong", "Acceptance", [code])
        post(world, cancellation_request(made.parcels[0], list_no_of(world, code), reason="the buyer changed his mind"))
        customs.goto("/console/requests?kind=CancellationRequest")
        card = customs.locator(".card", has=customs.locator(f"a[href$='{code}']"))
        reloaded(customs, card)
        expect(card).to_contain_text("the buyer changed his mind")
        expect(card).to_contain_text("Asked by")
        card.get_by_label("Reason for the decision").fill(reason)
        card.get_by_role("button", name=button).click()
        # The desk stays at its queue; what was decided cannot be decided again.
        expect(customs.get_by_label("Kind")).to_have_value("CancellationRequest")
        expect(card.get_by_role("button")).to_have_count(0)
        customs.get_by_role("link", name="Follow it to the chain").click()
        confirmed(customs)
        customs.goto("/console/requests")
        expect(card).to_have_count(0)
        outcomes[button] = code

    world.ledger.indexed(outcomes["Grant"], lambda view: view["state"] == "Cancelled")
    declarant = reader("en-GB", DESK)
    sign_in(declarant, world, "declarant")
    declarant.goto(f"/console/parcels/{outcomes['Refuse']}")
    refusal = declarant.locator(".said [data-tone=refused]", has_text="624")
    reloaded(declarant, refusal)
    expect(refusal).to_contain_text("goods are on the belt")
    expect(declarant.locator("[data-notice=CancellationRequest]")).to_have_attribute("data-status", "refused")
    assert world.ledger.get(None, f"/v1/parcels/{outcomes['Refuse']}")["state"] == "Accepted"


def test_a_return_shows_its_goods_to_the_customs_that_decides(reader: Reader, world: World) -> None:
    made, code = declare(world, 2100, ("311", "411", "511", "621", "711"))
    world.ledger.indexed(code, lambda view: "Arrived" in view["flags"])
    world.ledger.record("customs_pudong", "Acceptance", [code])
    world.ledger.record("customs_pudong", "Release", [code])
    post(world, return_request(made.parcels[0], list_no_of(world, code), reason="does not fit"))
    world.ledger.indexed(code, lambda view: "ReturnPending" in view["flags"])
    customs = reader("zh-CN", PHONE)
    sign_in(customs, world, "customs_pudong")
    customs.goto("/console/requests")
    card = customs.locator(".card", has=customs.locator(f"a[href$='{code}']"))
    expect(card).to_contain_text(made.parcels[0].documents["621"].lines[0]["gname"])
    check_names(customs)
    card.get_by_label("决定的理由").fill("符合条件")
    card.get_by_role("button", name="同意", exact=True).click()
    customs.get_by_role("link", name="跟踪上链").click()
    confirmed(customs)
    world.ledger.indexed(code, lambda view: view["state"] == "Returning")

    elsewhere = reader("en-GB", DESK)
    sign_in(elsewhere, world, "customs_suzhou")
    elsewhere.goto("/console/requests")
    assert elsewhere.locator(f"a[href$='{code}']").count() == 0


# ---------------------------------------------------------------------------------------------------
# Notices and bills


def test_a_notice_that_comes_too_early_is_seen_to_wait_and_then_to_be_done(reader: Reader, world: World) -> None:
    made = direct_import(2120)
    (arrival,) = made.messages_of("711")
    operation = post(world, arrival)["operation_id"]
    page = reader("en-GB", DESK)
    sign_in(page, world, arrival.sender.key)
    page.goto(f"/console/operations/{operation}")
    expect(page.locator("[data-subject=waiting]")).to_contain_text("no such parcel yet")
    expect(page.locator("[data-waiting]")).to_contain_text("Waiting: 1")
    expect(page.locator("#status")).to_have_text("waits for its parcels")

    declare(world, 2120)
    world.ledger.indexed(parcel_of(world, made), lambda view: "Arrived" in view["flags"])
    reloaded(page, page.locator("[data-subject=done]"))
    expect(page.locator("[data-subject]")).to_contain_text("Arrived at the supervised site")
    page.goto(f"/console/parcels/{parcel_of(world, made)}")
    expect(page.locator("[data-notice=Arrival]")).to_have_attribute("data-status", "done")


def test_the_tax_bill_of_a_release_is_shown_to_the_declarant_and_to_customs_alone(reader: Reader, world: World) -> None:
    _, code = declare(world, 2140, ("311", "411", "511", "621", "711"))
    world.ledger.indexed(code, lambda view: "Arrived" in view["flags"])
    world.ledger.record("customs_pudong", "Acceptance", [code])
    world.ledger.record("customs_pudong", "Release", [code])
    page = reader("en-GB", DESK)
    sign_in(page, world, "declarant")
    page.goto(f"/console/parcels/{code}")
    bill = page.locator("[data-bill]")
    reloaded(page, bill)
    (kept,) = world.ledger.get("declarant", "/v1/tax-bills", parcel_id=code)["items"]
    for name in ("customsTax", "valueAddedTax", "consumptionTax"):
        expect(bill.locator("tfoot")).to_contain_text(kept["head"][name])
    assert bill.locator("tbody tr").count() == len(kept["lines"])
    expect(page.locator(".said", has_text="electronic tax bill")).to_be_visible()
    for role, count in (("customs_pudong", 1), ("platform", 0)):
        other = reader("en-GB", PHONE)
        sign_in(other, world, role)
        other.goto(f"/console/parcels/{code}")
        expect(other.locator("[data-bill]")).to_have_count(count)


# ---------------------------------------------------------------------------------------------------
# What others wrote


def test_what_enterprises_and_officers_write_to_one_another_stays_text(reader: Reader, world: World) -> None:
    made, code = declare(world, 2160)
    world.ledger.record("customs_pudong", "Acceptance", [code])
    post(world, cancellation_request(made.parcels[0], list_no_of(world, code), reason=PAYLOADS[0]))
    customs, declarant = reader("en-GB", PHONE), reader("zh-CN", PHONE)
    sign_in(customs, world, "customs_pudong")
    customs.goto("/console/requests")
    card = customs.locator(".card", has=customs.locator(f"a[href$='{code}']"))
    reloaded(customs, card)
    expect(card).to_contain_text(PAYLOADS[0])
    card.get_by_label("Reason for the decision").fill(PAYLOADS[1])
    card.get_by_role("button", name="Refuse").click()
    customs.get_by_role("link", name="Follow it to the chain").click()
    confirmed(customs)
    sign_in(declarant, world, "declarant")
    for path in (f"/console/receipts?parcel={code}", f"/console/parcels/{code}"):
        declarant.goto(path)
        reloaded(declarant, declarant.locator(".said", has_text=PAYLOADS[1]))
        assert declarant.locator("main script, main svg, main img").count() == 0
        assert declarant.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
    declarant.goto(f"/console/receipts?parcel={PAYLOADS[1]}&since={PAYLOADS[2]}")
    expect(declarant.get_by_label("包裹编码")).to_have_value(PAYLOADS[1])

"""Consignments at the console: a lane of two districts, a seal from Suzhou to Pudong, what went wrong, the terminal."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESK, PHONE, Reader
from tests.browser.desk import confirmed, pictured, reloaded, sign_in
from tests.browser.talk import list_no_of
from tests.browser.test_safety import check_names
from tests.browser.world import World
from tests.support import transit


def act(page: Page, address: str, name: str, note: str = "on file", **fields: str) -> None:
    """Does one act on the consignment's page and waits until the chain has decided."""
    page.goto(address)
    form = page.locator(f"[data-act='{name}']")
    reloaded(page, form)
    for field, value in fields.items():
        form.locator(f"[name={field}]").fill(value)
    if form.locator("[name=note]").count():
        form.locator("[name=note]").fill(note)
    form.get_by_role("button").click()
    confirmed(page)


def stage(page: Page, address: str, wanted: str) -> None:
    page.goto(address)
    reloaded(page, page.locator(f"#stage [data-stage={wanted}]"))


def test_a_seal_goes_from_suzhou_to_pudong_on_the_pages(reader: Reader, world: World) -> None:
    ledger = world.ledger
    parcels = transit.released(ledger, 2)
    suzhou, pudong = reader("en-GB", DESK), reader("en-GB", DESK)
    opener, terminal = reader("en-GB", DESK), reader("zh-CN", PHONE)
    pages = {"customs_suzhou": suzhou, "customs_pudong": pudong, "logistics_east": opener, "site_operator": terminal}
    for role, page in pages.items():
        sign_in(page, world, role)

    suzhou.get_by_role("navigation", name="Console").get_by_role("link", name="Consignments").click()
    suzhou.get_by_role("link", name="Lanes between districts").click()
    form = suzhou.locator("#propose")
    form.get_by_label("Origin").fill("2303")
    form.get_by_label("Port (customs").fill("2303")
    form.get_by_label("seal broken").check()
    form.get_by_label("The agreement").fill("One seal, <b>one</b> count.\nPudong writes off.")
    form.get_by_role("button").click()
    expect(form.get_by_role("alert")).to_contain_text("2303")
    expect(form.get_by_label("seal broken")).to_be_checked()
    form.get_by_label("Port (customs").fill("2233")
    form.get_by_role("button").click()
    confirmed(suzhou)
    reloaded(suzhou, suzhou.locator("#made"))
    suzhou.locator("#made").click()
    address = suzhou.url
    number = address.rsplit("/", 1)[1]
    check_names(suzhou)
    pudong.goto(address)
    expect(pudong.locator("main")).to_contain_text("<b>one</b>")
    pictured(pudong, "lane-en-1280")
    pudong.locator("[data-act=acceptance]").get_by_role("button").click()
    confirmed(pudong)
    pudong.goto(address)
    reloaded(pudong, pudong.locator("#status [data-status=InForce]"))

    opener.goto("/console/consignments")
    form = opener.locator("#open")
    for field, value in {
        "reference": f"page-{number}",
        "number": f"PAGE-{number}",
        "origin_district": "2303",
        "port_district": "2233",
        "lane_id": number,
        "terminal_no": "999999",
    }.items():
        form.locator(f"[name={field}]").fill(value)
    form.get_by_role("button").click()
    expect(opener.get_by_role("alert")).to_contain_text("999999")
    expect(form.locator("[name=number]")).to_have_value(f"PAGE-{number}")
    form.locator("[name=terminal_no]").fill(str(ledger.numbers["site_operator"]))
    form.get_by_role("button").click()
    confirmed(opener)
    opener.locator("#about").click()
    address = opener.url
    act(opener, address, "contents", parcels="\n".join(parcels))
    act(opener, address, "application")
    act(suzhou, address, "approval")
    act(suzhou, address, "departure")
    stage(pudong, address, "InTransit")
    pictured(pudong, "consignment-en-1280")
    act(pudong, address, "arrival")
    act(pudong, address, "verification", found="3")
    stage(pudong, address, "Verified")
    settle = pudong.locator("[data-settle]")
    expect(pudong.locator("[data-anomaly=Over]")).to_have_count(1)
    # More than was sealed: the origin settles that, as the lane says, and nothing is written off before.
    expect(settle).to_have_count(0)
    expect(pudong.locator("[data-act='write-off']")).to_have_count(0)
    suzhou.goto("/console/consignments")
    pictured(suzhou, "consignments-en-1280")
    check_names(suzhou)
    suzhou.locator("[data-settle]").locator("[name=note]").fill("a pallet of another seal")
    suzhou.locator("[data-settle]").get_by_role("button").click()
    confirmed(suzhou)
    act(pudong, address, "write-off")
    terminal.goto("/console/consignments")
    reloaded(terminal, terminal.locator("[data-stage=WrittenOff]"))
    check_names(terminal)
    pictured(terminal, "consignments-zh-390")
    act(terminal, address, "acknowledgement")
    terminal.goto(address)
    reloaded(terminal, terminal.locator("[data-event=ReleaseAcknowledged]"))
    check_names(terminal)
    pictured(terminal, "consignment-zh-390")


def test_the_port_finds_a_list_of_the_origin_and_what_its_parcel_travels_with(reader: Reader, world: World) -> None:
    ledger = world.ledger
    parcels = transit.released(ledger, 1)
    consignment = transit.under_way(ledger, transit.lane(ledger), parcels)
    number = list_no_of(world, parcels[0], "604")
    pudong, buyer = reader("en-GB", DESK), reader("zh-CN", PHONE)
    sign_in(pudong, world, transit.PUDONG)
    pudong.goto("/console/parcels")
    search = pudong.locator("#find-list")
    search.get_by_label("Number of a list").fill("2303<b>")
    search.get_by_role("button").click()
    expect(pudong.get_by_role("alert")).to_contain_text("2303<B>")
    expect(search.get_by_label("Number of a list")).to_have_value("2303<B>")
    check_names(pudong)
    search.get_by_label("Number of a list").fill(f" {number.lower()} ")
    search.get_by_role("button").click()
    expect(pudong).to_have_url(re.compile(parcels[0]))
    pudong.goto(pudong.url)
    reloaded(pudong, pudong.locator(f"[data-carried='{consignment}']"))
    pictured(pudong, "carried-en-1280")
    pudong.locator(f"[data-carried='{consignment}']").get_by_role("link").click()
    expect(pudong.locator("#stage [data-stage=InTransit]")).to_have_count(1)

    buyer.goto(f"/p/{parcels[0]}")
    reloaded(buyer, buyer.locator("[data-carried]"))
    expect(buyer.locator("[data-carried]").get_by_role("link")).to_have_count(0)
    check_names(buyer)
    pictured(buyer, "carried-zh-390")


def test_the_map_shows_what_is_under_way_and_each_consignments_steps(reader: Reader, world: World) -> None:
    ledger = world.ledger
    parcels = transit.released(ledger, 2)
    lane_id = transit.lane(ledger)
    moving = transit.under_way(ledger, lane_id, parcels[:1])
    transit.loaded(ledger, lane_id, parcels[1:])
    suzhou, opener = reader("en-GB", DESK), reader("zh-CN", PHONE)
    for page, role in ((suzhou, transit.SUZHOU), (opener, transit.OPENER)):
        sign_in(page, world, role)
        page.goto("/console")
        page.locator(".bar").get_by_role("link", name=re.compile("^(Routes|线路)$")).click()
        reloaded(page, page.locator(f"[data-truck='{moving}']"))
        expect(page.locator("[data-town='2303']")).to_have_count(1)
        expect(page.locator("[data-town='2233'] rect")).to_have_count(1)
        route = page.locator("[data-route='2303-2233']")
        # Other tests of this world have trucks under way too.
        under_way = transit.shown_flow(ledger, role)["2303-2233"]["stages"]["InTransit"]
        expect(route.locator("[data-stage=InTransit]")).to_contain_text(str(under_way["parcels"]))
        story = page.locator(f"[data-story='{moving}']")
        expect(story.locator("li")).to_have_count(4)
        check_names(page)
    pictured(suzhou, "flow-en-1280")
    pictured(opener, "flow-zh-390")
    counted = transit.shown_flow(ledger, transit.SUZHOU)["2303-2233"]
    assert counted["stages"]["Loading"]["parcels"] >= 1
    (truck,) = [each for each in counted["moving"] if each["consignment"] == moving]
    assert (truck["parcels"], truck["overdue"]) == (1, False)
    assert 0 <= truck["share"] < 0.5
    assert transit.shown_flow(ledger, "customs_jiaxing") == {}
    suzhou.locator(f"[data-story='{moving}']").get_by_role("link").click()
    expect(suzhou.locator("#stage [data-stage=InTransit]")).to_have_count(1)


@pytest.mark.parametrize("role", ["platform", "rights_holder"])
def test_whom_no_consignment_concerns_reads_none(reader: Reader, world: World, role: str) -> None:
    page = reader("en-GB", DESK)
    sign_in(page, world, role)
    expect(page.get_by_role("link", name="Consignments")).to_have_count(0)
    page.goto("/console/consignments?all=true")
    expect(page.get_by_role("status")).to_contain_text("No consignment is under way")
    page.goto("/console/consignments/0x" + "0" * 64)
    expect(page.locator("h1")).to_be_visible()


def test_the_port_orders_a_second_inspection_with_its_reason(reader: Reader, world: World) -> None:
    ledger = world.ledger
    inspected, plain = transit.exports(ledger, 2)
    ledger.record(transit.TERMINAL, "Arrival", [inspected, plain])
    ledger.record(transit.SUZHOU, "Acceptance", [inspected, plain])
    for step in ("InspectionOrdered", "InspectionPassed"):
        ledger.record(transit.SUZHOU, step, [inspected])
    for step in ("Release", "TransitDeparture"):
        ledger.record(transit.SUZHOU, step, [inspected, plain])
    ledger.record(transit.PUDONG, "TransitArrival", [inspected, plain])
    ledger.indexed(plain, lambda view: view["state"] == "AtPort")
    pudong = reader("en-GB", DESK)
    sign_in(pudong, world, transit.PUDONG)
    pudong.goto(f"/console/parcels/{plain}")
    expect(pudong.get_by_label("Inspection ordered", exact=True)).to_have_count(1)
    expect(pudong.get_by_role("heading", name="Open again")).to_have_count(0)

    pudong.goto(f"/console/parcels/{inspected}")
    expect(pudong.get_by_label("Inspection ordered", exact=True)).to_have_count(0)
    form = pudong.locator("form[action$='/reinspection']")
    form.get_by_label("Seal broken").check()
    form.get_by_label("Reason or note").fill("the seal <b>hung</b> open")
    check_names(pudong)
    pictured(pudong, "reinspection-en-1200")
    form.get_by_role("button").click()
    confirmed(pudong)
    view = ledger.indexed(inspected, lambda one: "Inspection" in one["flags"])
    assert view["history"][-1]["step"] == "Reinspection"

"""Returns at the console: examined line by line, refused in words, and linked to what follows them."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.browser.conftest import DESK, PHONE, Reader
from tests.browser.desk import confirmed, pictured, reloaded, sign_in
from tests.browser.test_safety import check_names
from tests.browser.world import World
from tests.support.returning import Case


def test_customs_examine_a_return_and_the_declarant_links_what_follows(reader: Reader, world: World) -> None:
    ledger = world.ledger
    case, later = Case(ledger, "import", "9610"), Case(ledger, "import", "9610")
    case.come_back()
    customs, declarant = reader("en-GB", DESK), reader("zh-CN", PHONE)
    sign_in(customs, world, case.customs)
    sign_in(declarant, world, "declarant")

    customs.get_by_role("navigation", name="Console").get_by_role("link", name="Returns").click()
    reloaded(customs, customs.locator(f"[data-parcel='{case.parcel}']"))
    check_names(customs)
    customs.locator(f"[data-parcel='{case.parcel}']").get_by_role("link").click()
    address = customs.url
    reloaded(customs, customs.locator("#find"))
    form = customs.locator("#find")
    quantity = form.locator("[name=qty]").first
    quantity.fill("9999")
    form.get_by_role("button").click()
    expect(customs.get_by_role("alert")).to_contain_text("QuantityWithinRelease")
    customs.goto(address)
    for place in range(form.locator("[name=condition]").count()):
        form.locator("[name=condition]").nth(place).select_option("Opened")
    check_names(customs)
    pictured(customs, "return-form-en-1280")
    form.get_by_role("button").click()
    confirmed(customs)
    customs.goto(address)
    expect(customs.locator("[data-finding='1']")).to_contain_text("opened or tested")
    # A correction says why.
    form.locator("[name=reason]").fill("<b>second</b> look")
    form.get_by_role("button").click()
    confirmed(customs)
    customs.goto(address)
    expect(customs.locator("[data-finding='2']")).to_contain_text("<b>second</b> look")
    pictured(customs, "return-en-1280")

    declarant.goto(f"/console/parcels/{case.parcel}")
    reloaded(declarant, declarant.get_by_role("link", name=re.compile("本包裹的退货")))
    declarant.get_by_role("link", name=re.compile("本包裹的退货")).click()
    link = declarant.locator("#link")
    link.get_by_label("再次销售").check()
    link.locator("[name=successor]").fill(later.parcel)
    link.get_by_role("button").click()
    expect(declarant.get_by_role("alert")).to_contain_text("ResaleAfterVerification")
    link.get_by_label("换货").check()
    link.locator("[name=successor]").fill(later.parcel)
    link.get_by_role("button").click()
    confirmed(declarant)
    declarant.goto(f"/console/returns/{case.parcel}")
    expect(declarant.locator("[data-sequel=Exchange]")).to_have_count(1)
    check_names(declarant)
    pictured(declarant, "return-zh-390")
    declarant.goto(f"/console/returns/{later.parcel}")
    expect(declarant.locator(f"[data-sequel-of='{case.parcel}']")).to_have_count(1)

"""Rights on the pages: recorded by their holder, decided by headquarters, licensed, read by everyone."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import DESK, PHONE, Reader
from tests.browser.desk import confirmed, reloaded, sign_in
from tests.browser.test_safety import check_names
from tests.browser.world import World
from tests.support.recordals import SHOES, shoes
from tests.support.rights import licensed, publish_years_ahead, recorded

MARK = "Orvessa"


def _apply(page: Page, mark: str, headings: str) -> None:
    page.goto("/console/rights")
    page.get_by_label("Mark (of a patent").fill(mark)
    page.get_by_label("Other forms").fill("奥薇莎, ORVESA")
    page.get_by_label("HS headings").fill(headings)
    page.get_by_label("Nice classes").fill("25")
    page.get_by_label("The right itself ends on").fill("2034-01-01")
    page.get_by_label("Evidence of the right").fill("certificate 4711")
    page.get_by_role("button", name="Apply for a recordal").click()


def test_a_holder_records_a_right_and_licenses_a_seller(reader: Reader, world: World) -> None:
    publish_years_ahead(world.ledger)
    near = recorded(world.ledger, "Orvesta", "6404")
    holder, headquarters, anyone = reader("en-GB", DESK), reader("en-GB", DESK), reader("en-GB", PHONE)
    sign_in(holder, world, "rights_holder")
    _apply(holder, MARK, "6404, 99")
    expect(holder.get_by_role("alert").or_(holder.locator("main"))).to_contain_text("99")
    _apply(holder, MARK, "6404, 4202")
    confirmed(holder)

    sign_in(headquarters, world, "customs_headquarters")
    headquarters.get_by_role("navigation", name="Console").get_by_role("link", name="Rights").click()
    card = headquarters.locator("li.card", has_text=MARK)
    reloaded(headquarters, card)
    expect(card).to_contain_text("To be decided by")
    card.get_by_role("link").click()
    expect(headquarters.locator(f"[data-overlap='{near}']")).to_contain_text("same goods")
    check_names(headquarters)
    # Nobody else reads a mark that is not recorded.
    anyone.goto("/rights")
    expect(anyone.locator("main")).not_to_contain_text(MARK)
    headquarters.get_by_label("Basis of the decision").fill("certificate checked")
    headquarters.get_by_role("button", name="Approve").click()
    confirmed(headquarters)

    anyone.goto(f"/rights?q={MARK}")
    found = anyone.locator("li.card[data-status=in_force]", has_text=MARK)
    reloaded(anyone, found)
    expect(found).to_contain_text("4202, 6404")
    assert anyone.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
    right = (found.get_attribute("id") or "").removeprefix("right-")

    holder.goto(f"/console/rights/{right}")
    check_names(holder)
    holder.get_by_label("Seller's number or code").fill("9901960013")
    holder.get_by_label("Licensed until").fill("2033-01-01")
    holder.get_by_label("Licence contract").fill("contract 1")
    holder.get_by_role("button", name="License a seller").click()
    confirmed(holder)
    holder.goto(f"/console/rights/{right}")
    licence = holder.locator("[data-licence][data-in-force=yes]")
    reloaded(holder, licence)
    licence.get_by_label("Reason").fill("contract ended")
    licence.get_by_role("button", name="End the licence").click()
    confirmed(holder)
    holder.goto(f"/console/rights/{right}")
    reloaded(holder, holder.locator("[data-licence][data-in-force=no]"))
    facts = [each.get_attribute("data-fact") for each in holder.locator("[data-fact]").all()]
    assert facts[-2:] == ["LicenceGranted", "LicenceRevoked"]
    expect(holder.locator("[data-fact=ApplicationApproved]")).to_contain_text("certificate checked")


def test_a_buyer_reads_whether_the_seller_is_licensed_for_the_mark(reader: Reader, world: World) -> None:
    ledger = world.ledger
    publish_years_ahead(ledger)
    right = recorded(ledger, SHOES, "6404")
    made, _ = shoes()
    (code,) = ledger.send(made)
    # Screened as soon as it is declared.
    ledger.indexed(code, lambda view: bool(view["recorded_marks"]))
    buyer = reader("en-GB", PHONE)
    buyer.goto(f"/p/{code}")
    expect(buyer.locator("[data-licensed=no]")).to_contain_text(f"“{SHOES}” (right {right}): no licence")
    licensed(ledger, right, ledger.seller_in(made.messages[0]))
    buyer.reload()
    expect(buyer.locator("[data-licensed=yes]")).to_contain_text("licensed this seller until 2034-01-01")
    assert buyer.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0


def test_suspicions_are_for_customs_and_holders_in_both_languages(reader: Reader, world: World) -> None:
    customs, holder = reader("zh-CN", PHONE), reader("en-GB", PHONE)
    sign_in(customs, world, "customs_pudong")
    customs.goto("/console/suspicions")
    expect(customs.get_by_role("heading", level=1)).to_have_text("涉嫌侵权")
    sign_in(holder, world, "rights_holder")
    holder.get_by_role("navigation", name="Console").get_by_role("link", name="Suspicions").click()
    expect(holder.get_by_role("heading", level=1)).to_have_text(re.compile("Suspicions"))
    for page in (customs, holder):
        check_names(page)
        assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0

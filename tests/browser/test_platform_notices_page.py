"""Notices to platforms on the pages: given by a holder, acted on, answered, and read by whom they concern."""

from __future__ import annotations

import os
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.conftest import DESK, PHONE, Reader
from tests.browser.desk import sign_in
from tests.browser.test_safety import check_names
from tests.browser.world import World

GOODS = "three offers of running shoes <b>cheap</b>"


def _bring(page: Page, act: str, note: str) -> None:
    form = page.locator(f"[data-act={act}]")
    form.get_by_label("Evidence and reasons").fill(note)
    form.get_by_role("button").click()


def _stage(page: Page, stage: str) -> None:
    expect(page.locator("#stage [data-stage]")).to_have_attribute("data-stage", stage)


def test_a_notice_goes_from_the_holder_to_the_platform_and_back(reader: Reader, world: World) -> None:
    holder, platform, other = reader("en-GB", DESK), reader("en-GB", PHONE), reader("en-GB", DESK)
    numbers = world.ledger.numbers
    sign_in(holder, world, "rights_holder")
    holder.get_by_role("navigation", name="Console").get_by_role("link", name="Platform notices").click()
    form = holder.locator("#give")
    form.get_by_label("Platform (participant number)").fill(str(numbers["platform"]))
    form.get_by_label("Seller (participant number)").fill("none")
    form.get_by_label("Right", exact=True).fill("JIHE, trademark 1234567")
    form.get_by_label("Goods, and where they are offered").fill(GOODS)
    form.get_by_label("Evidence and reasons").fill("the label differs from the original's")
    form.get_by_role("button").click()
    # What was typed stays beside what is wrong with it.
    expect(form.get_by_role("alert")).to_contain_text("seller_no")
    expect(form.get_by_label("Goods, and where they are offered")).to_have_value(GOODS)
    form.get_by_label("Seller (participant number)").fill(str(numbers["seller_05"]))
    form.get_by_role("button").click()
    _stage(holder, "Noticed")
    expect(holder.locator("dl.facts").first).to_contain_text(GOODS)
    check_names(holder)
    address = holder.url

    sign_in(platform, world, "platform")
    platform.goto("/console/notices")
    row = platform.locator("tr[data-notice]").first
    expect(row).to_contain_text("your turn")
    check_names(platform)
    platform.goto(address)
    expect(platform.locator("[data-act]")).to_have_count(1)
    _bring(platform, "MeasuresTaken", "offers taken down")
    _stage(platform, "Measures")
    _bring(platform, "StatementMade", "the seller says: bought of the holder's distributor")
    _stage(platform, "Answered")
    _bring(platform, "StatementForwarded", "sent on the same day")
    _stage(platform, "Forwarded")
    expect(platform.locator("#deadline")).to_be_visible()
    assert platform.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0

    holder.goto(address)
    expect(holder.locator("[data-fact=StatementMade]")).to_contain_text("distributor")
    _bring(holder, "ActionTold", "complaint lodged with the market regulator")
    _stage(holder, "Contested")

    sign_in(other, world, "payment")
    expect(other.get_by_role("link", name="Platform notices")).to_have_count(0)
    other.goto(address)
    # Article 44: that there was a notice is public, what was said is not.
    expect(other.locator("[data-fact=StatementMade]")).to_be_visible()
    expect(other.locator("main")).not_to_contain_text("distributor")
    expect(other.locator("[data-act]")).to_have_count(0)
    if folder := os.environ.get("SCREENSHOTS"):
        holder.screenshot(path=Path(folder, "notice-desk.png"), full_page=True)
        platform.screenshot(path=Path(folder, "notice-phone.png"), full_page=True)
        holder.goto("/console/notices")
        holder.screenshot(path=Path(folder, "notices-desk.png"), full_page=True)

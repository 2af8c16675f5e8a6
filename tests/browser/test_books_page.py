"""Account books at the console: opened by customs, moved by their keeper, transferred, refused in words."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.conftest import DESK, PHONE, Reader
from tests.browser.desk import confirmed, pictured, sign_in
from tests.browser.test_safety import check_names
from tests.browser.world import World


def moved(page: Page, address: str, kind: str, document: str, lines: str, **fields: str) -> None:
    page.goto(address)
    form = page.locator("#move")
    form.locator(f"[name=kind][value={kind}]").check()
    form.locator("[name=document]").fill(document)
    form.locator("[name=lines]").fill(lines)
    for name, value in fields.items():
        form.locator(f"[name={name}]").fill(value)
    form.get_by_role("button").click()


def test_a_book_is_opened_filled_counted_and_transferred_on_the_pages(reader: Reader, world: World) -> None:
    ledger = world.ledger
    customs, keeper = reader("en-GB", DESK), reader("zh-CN", PHONE)
    sign_in(customs, world, "customs_pudong")
    sign_in(keeper, world, "site_operator")
    for number in ("P223326A00001", "P223326A00002"):
        customs.get_by_role("navigation", name="Console").get_by_role("link", name="Account books").click()
        form = customs.locator("#open")
        form.locator("[name=number]").fill(number)
        form.locator("[name=keeper_no]").fill("999999")
        form.get_by_role("button").click()
        expect(customs.get_by_role("alert")).to_contain_text("999999")
        expect(form.locator("[name=number]")).to_have_value(number)
        form.locator("[name=keeper_no]").fill(str(ledger.numbers["site_operator"]))
        form.get_by_role("button").click()
        confirmed(customs)
    address = "/console/books/P223326A00001"
    moved(keeper, address, "StockIn", "ENTRY-1", "R1 10.5\n\nR2 3")
    confirmed(keeper)
    moved(keeper, address, "StockIn", "ENTRY-2", "R1 many")
    expect(keeper.get_by_role("alert")).to_contain_text("R1 many")
    expect(keeper.locator("#move [name=document]")).to_have_value("ENTRY-2")
    check_names(keeper)
    moved(customs, address, "Shortage", "COUNT-1", "R1 11", reason="<b>a broken box</b>")
    expect(customs.get_by_role("alert")).to_contain_text("10.5")
    moved(customs, address, "Shortage", "COUNT-1", "R1 0.5", reason="<b>a broken box</b>")
    confirmed(customs)

    keeper.goto(address)
    form = keeper.locator("#transfer")
    form.locator("[name=to]").fill("P223326A00002")
    form.locator("[name=document]").fill("TR-1")
    form.locator("[name=lines]").fill("R1 4")
    form.get_by_role("button").click()
    confirmed(keeper)
    customs.goto(address)
    expect(customs.locator("[data-record=R1] td").first).to_have_text("6")
    expect(customs.locator("[data-movement=Shortage]")).to_contain_text("<b>a broken box</b>")
    check_names(customs)
    pictured(customs, "book-en-1280")
    keeper.goto("/console/books/P223326A00002")
    keeper.locator("[data-end=acceptance]").click()
    confirmed(keeper)
    keeper.goto("/console/books/P223326A00002")
    expect(keeper.locator("[data-record=R1] td").first).to_have_text("4")
    pictured(keeper, "book-zh-390")
    keeper.goto("/console/books")
    check_names(keeper)


def test_whom_no_book_concerns_reads_none(reader: Reader, world: World) -> None:
    page = reader("en-GB", DESK)
    sign_in(page, world, "platform")
    expect(page.get_by_role("link", name="Account books")).to_have_count(0)
    page.goto("/console/books")
    expect(page.get_by_role("status")).to_contain_text("No account book concerns you")

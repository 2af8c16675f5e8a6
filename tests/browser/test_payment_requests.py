"""Original payment records at the console: customs asks, the platform answers, both see what came of it."""

from __future__ import annotations

import json
import re
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from backend.domain.verdict import Finding
from tests.browser.conftest import DESK, PHONE, Reader
from tests.browser.desk import sign_in
from tests.browser.talk import declare
from tests.browser.test_safety import PAYLOADS, check_names
from tests.browser.world import World
from tests.support.payment_records import body_of, changed, record_for


def ask(page: Page, code: str, reason: str) -> str:
    """Asks on the parcel's own page; the address of the request."""
    page.goto(f"/console/parcels/{code}")
    page.get_by_label("Reason for asking").fill(reason)
    page.get_by_role("button", name="Ask").click()
    expect(page).to_have_url(re.compile(r"/console/payment-requests/\d+$"))
    expect(page.locator("[data-payment=open]")).to_be_visible()
    return page.url


def paste(page: Page, text: str) -> None:
    page.get_by_label("Or paste the JSON").fill(text)
    page.get_by_role("button", name="Send the answer").click()


def faulty(page: Page) -> Locator:
    return page.locator("#refused [data-faults] li")


def test_customs_asks_and_the_platform_answers_after_it_was_told_what_is_wrong(
    reader: Reader, world: World, tmp_path: Path
) -> None:
    made, code = declare(world, 3000)
    customs, platform = reader("en-GB", DESK), reader("en-GB", PHONE)
    sign_in(customs, world, "customs_pudong")
    address = ask(customs, code, "price far below the market's")
    sign_in(platform, world, "platform")
    platform.get_by_role("navigation", name="Console").get_by_role("link", name="Payment data").click()
    platform.locator(f"tr:has(a[href$='{code}'])").get_by_role("link").first.click()
    expect(platform).to_have_url(address)
    expect(platform.locator("main")).to_contain_text("price far below the market's")
    check_names(platform)

    platform.get_by_role("button", name="Send the answer").click()
    expect(platform.get_by_role("alert")).to_contain_text("Choose a file or paste")
    session = platform.locator("dl.facts code", has_text=re.compile("^[0-9A-F]{8}-")).inner_text()
    documents = made.parcels[0].documents
    record = record_for(documents["311"], documents["411"], session)
    wrong = changed(changed(record, "payExchangeInfoHead.currency", "CNY"), "payExchangeInfoLists.0.orderNo", ...)
    paste(platform, json.dumps(wrong, ensure_ascii=False))
    expect(faulty(platform)).to_have_count(2)
    expect(faulty(platform).filter(has_text="payExchangeInfoHead.currency")).to_contain_text("digits")
    expect(faulty(platform).filter(has_text="payExchangeInfoLists[0].orderNo")).to_contain_text("required")
    # What was pasted is there to be corrected.
    expect(platform.get_by_label("Or paste the JSON")).to_have_value(re.compile('"CNY"'))
    assert platform.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0

    cheaper = tmp_path / "record.json"
    cheaper.write_bytes(body_of(changed(record, "payExchangeInfoHead.totalAmount", 1)))
    platform.get_by_label("File").set_input_files(cheaper)
    platform.get_by_role("button", name="Send the answer").click()
    expect(platform.locator("[data-payment=answered]")).to_be_visible()
    expect(platform.locator("[data-payment-outcome=mismatch]")).to_be_visible()
    expect(platform.locator("[data-found=failures] tbody tr")).to_have_count(2)
    expect(platform.get_by_role("button", name="Send the answer")).to_have_count(0)
    customs.goto(f"/console/parcels/{code}")
    failures = customs.locator("#payment-data [data-found=failures]")
    expect(failures).to_contain_text("P03")
    # The payment is customs' to read, and not the platform's.
    expect(failures).to_contain_text("PaymentHead.amountPaid")
    expect(platform.locator("[data-found=failures]")).not_to_contain_text("PaymentHead.amountPaid")
    expect(customs.get_by_role("button", name="Ask")).to_be_visible()


def test_a_request_is_nobody_elses_and_is_asked_by_the_parcels_customs_alone(reader: Reader, world: World) -> None:
    _, code = declare(world, 3020)
    customs = reader("en-GB", DESK)
    sign_in(customs, world, "customs_pudong")
    address = ask(customs, code, PAYLOADS[0])
    expect(customs.locator("main")).to_contain_text(PAYLOADS[0])
    assert customs.locator("main script").count() == 0
    # One is open: another cannot be asked.
    customs.goto(f"/console/parcels/{code}")
    expect(customs.locator("#payment-data")).to_contain_text(PAYLOADS[0])
    expect(customs.get_by_role("button", name="Ask")).to_have_count(0)
    for role in ("payment", "declarant", "customs_suzhou", "market_regulator"):
        other = reader("en-GB", DESK)
        sign_in(other, world, role)
        response = other.goto(address)
        assert response is not None
        assert response.status in (403, 404)
        other.goto(f"/console/parcels/{code}")
        expect(other.locator("#payment-data")).to_have_count(0)
    customs.goto(f"/console/parcels/{world.parcels[Finding.ReleasedExport]}")
    expect(customs.locator("#payment-data")).to_have_count(0)


def test_an_answer_with_markup_for_values_is_shown_as_text(reader: Reader, world: World) -> None:
    _, code = declare(world, 3040)
    customs, platform = reader("en-GB", DESK), reader("en-GB", DESK)
    sign_in(customs, world, "customs_pudong")
    address = ask(customs, code, "spot check")
    sign_in(platform, world, "platform")
    platform.goto(address)
    paste(platform, json.dumps({PAYLOADS[0]: 1, "serviceTime": PAYLOADS[1], "payExchangeInfoHead": PAYLOADS[2]}))
    expect(platform.locator("#refused")).to_contain_text(PAYLOADS[1][:8])
    expect(platform.get_by_label("Or paste the JSON")).to_have_value(re.compile("onerror"))
    assert platform.locator("main script, main svg, main img").count() == 0
    paste(platform, "{" * 3000)
    expect(platform.locator("#refused")).to_contain_text("JSON text")

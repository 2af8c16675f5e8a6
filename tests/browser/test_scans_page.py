"""A buyer scans: the code is read from the page's picture, leads to the page, and the page says how often that was."""

from __future__ import annotations

from dataclasses import replace

import httpx
import pytest
from playwright.sync_api import expect

from backend.app import create_app
from backend.domain.scans import scan_link, short_code
from backend.domain.verdict import Finding
from backend.services.gateway import open_gateway
from tests.browser.conftest import DESK, PHONE, Reader
from tests.browser.world import World
from tests.support.pictures import qr_texts
from tests.support.running import NO_LIMITS, served


@pytest.mark.parametrize("viewport", [PHONE, DESK])
def test_another_programs_decoder_reads_the_short_link_from_the_pages_picture(
    reader: Reader, world: World, viewport: dict[str, int]
) -> None:
    page = reader("zh-CN", viewport)
    page.goto(world.path(Finding.Delivered))
    page.get_by_alt_text("此包裹的二维码").scroll_into_view_if_needed()
    (read,) = qr_texts(page.screenshot(full_page=True))

    parcel = world.parcels[Finding.Delivered]
    assert read == scan_link(world.ledger.settings.public, bytes.fromhex(parcel))
    page.goto(read.replace(world.ledger.settings.public, world.ledger.address))
    assert page.url.endswith(world.path(Finding.Delivered))
    expect(page.locator("[data-answer=verdict]")).to_be_visible()
    assert page.locator("[data-visits]").get_attribute("data-visits") == "1"


@pytest.mark.parametrize("language", ["zh-CN", "en-GB"])
def test_the_warning_stands_above_the_history_and_its_rules_open_on_the_page(
    reader: Reader, world: World, language: str
) -> None:
    settings = replace(world.ledger.settings, scans_one_day=3, scans_many_days=2)
    parcel = world.parcels[Finding.Closed]
    gateway = open_gateway(settings)
    with served(create_app(gateway, None, NO_LIMITS)) as address:
        for third in range(4):
            headers = {"X-Forwarded-For": f"203.0.{third}.9"}
            httpx.get(f"{address}/s/{short_code(bytes.fromhex(parcel))}", headers=headers, trust_env=False)
        page = reader(language, address=address)
        page.goto(f"/p/{parcel}")

        warning = page.locator("[data-scans=unusual]")
        expect(warning).to_contain_text("异常偏多" if language == "zh-CN" else "scanned unusually often")
        assert warning.locator("[data-rule]").count() == 2
        rules = page.locator("section[aria-labelledby=scans] details")
        rules.locator("summary").click()
        expect(rules.locator("li").first).to_contain_text("3")
        assert rules.locator("li").count() == 3
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    gateway.close()

"""Summaries on the pages: closed by the declarant, read by customs, proven by a file that is kept."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from backend.domain.summaries import check_file
from tests.browser.conftest import DESK, PHONE, Reader
from tests.browser.desk import pictured, sign_in
from tests.browser.test_safety import check_names
from tests.integration.test_summaries_flow import CUSTOMS, DISTRICT, Month
from tests.support.running import running_ledger


@pytest.fixture(scope="module")
def month(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Month]:
    """Of an installation of its own: its clock goes on by a month."""
    with running_ledger(tmp_path_factory.mktemp("summaries")) as ledger:
        yield Month(ledger)


def _signed_in(reader: Reader, month: Month, role: str, language: str, size: dict[str, int]) -> Page:
    page = reader(language, size, address=month.ledger.address)
    sign_in(page, month, role)
    return page


def test_a_declarant_closes_a_month_and_customs_read_what_it_proves(reader: Reader, month: Month) -> None:
    declarant = _signed_in(reader, month, month.declarant, "zh-CN", PHONE)
    declarant.goto("/console/summaries")
    check_names(declarant)
    form = declarant.locator("#close")
    form.get_by_label("月份").fill("<b>2026</b>")
    form.get_by_label("关区").fill(DISTRICT)
    form.get_by_role("button").click()
    expect(form.get_by_role("alert")).to_contain_text("month")
    expect(form.get_by_label("月份")).to_have_value("<b>2026</b>")
    form.get_by_label("月份").fill(month.month)
    form.get_by_role("button").click()
    expect(form.get_by_role("alert")).to_contain_text("尚未结束")
    month.time.passes(days=32)
    form.get_by_role("button").click()
    expect(declarant.locator("#lists")).to_have_text(str(len(month.released)))
    check_names(declarant)
    pictured(declarant, "closing-zh-390")
    declarant.goto("/console/summaries")
    pictured(declarant, "summaries-zh-390")

    customs = _signed_in(reader, month, CUSTOMS, "en-GB", DESK)
    customs.get_by_role("navigation", name="Console").get_by_role("link", name="Summaries").click()
    expect(customs.locator("#close")).to_have_count(0)
    pictured(customs, "summaries-en-1200")
    customs.locator("[data-summary] a").first.click()
    check_names(customs)
    pictured(customs, "summary-en-1200")
    anchor = customs.locator("#anchor").inner_text()
    with customs.expect_download() as kept:
        customs.locator("[data-parcel] a[download]").first.click()
    found, _, proven = check_file(Path(kept.value.path()).read_bytes())
    assert proven
    assert "0x" + found.hex() == anchor


def test_whom_summaries_do_not_concern_finds_none(reader: Reader, month: Month) -> None:
    page = _signed_in(reader, month, "logistics_east", "en-GB", DESK)
    expect(page.get_by_role("navigation", name="Console").get_by_role("link", name="Summaries")).to_have_count(0)
    page.goto("/console/summaries")
    expect(page.locator("[data-summary]")).to_have_count(0)
    assert page.goto("/console/summaries/1").status == 404  # type: ignore[union-attr]

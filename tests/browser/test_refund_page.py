"""A closing's message and a parcel's refund evidence on the pages, kept by whoever may."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from backend.certificate.refund import check_refund
from backend.formats.ceb import parse_message
from tests.browser.conftest import DESK, PHONE, Reader
from tests.browser.desk import pictured, sign_in
from tests.browser.test_safety import check_names
from tests.integration.test_refund_evidence import Gone
from tests.integration.test_summaries_flow import CUSTOMS, PATH, Month
from tests.support.running import running_ledger


@pytest.fixture(scope="module")
def gone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gone]:
    with running_ledger(tmp_path_factory.mktemp("refund")) as ledger:
        yield Gone(Month(ledger, "B"))


def test_the_declarant_keeps_the_message_and_is_told_of_a_wrong_address(reader: Reader, gone: Gone) -> None:
    month = gone.month
    page = reader("zh-CN", PHONE, address=month.ledger.address)
    sign_in(page, month, month.declarant)
    closing = month.ledger.get(month.declarant, PATH)["items"][0]["closing_id"]
    page.goto(f"/console/summaries/closings/{closing}")
    form = page.locator("#message")
    form.get_by_label("报文传输编号").fill("<b>")
    form.get_by_role("button").click()
    expect(form.get_by_role("alert")).to_contain_text("1 至 30 位字母和数字")
    check_names(page)
    pictured(page, "closing-message-zh-390")
    form.get_by_label("报文传输编号").fill("DXPENT0000000001")
    with page.expect_download() as kept:
        form.get_by_role("button").click()
    message = parse_message(Path(kept.value.path()).read_bytes())
    assert sum(len(each.lines) for each in message.documents) == len(month.released)


def test_customs_keep_the_evidence_of_goods_that_left(reader: Reader, gone: Gone) -> None:
    month = gone.month
    page = reader("en-GB", DESK, address=month.ledger.address)
    sign_in(page, month, CUSTOMS)
    page.goto(f"/console/parcels/{gone.staying}")
    expect(page.get_by_role("link", name="Keep the evidence")).to_have_count(0)
    page.goto(f"/console/parcels/{gone.parcel}")
    check_names(page)
    pictured(page, "refund-en-1200")
    with page.expect_download() as kept:
        page.get_by_role("link", name="Keep the evidence").click()
    found = check_refund(Path(kept.value.path()).read_bytes(), None, 0)
    assert {each.question: each.code for each in found.findings}["documents"] == "opened"

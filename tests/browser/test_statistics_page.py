"""Statistics on the page: the API's figures, a chart of each table, a file with its block, and one's own sight."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESK, PHONE, Reader
from tests.browser.desk import pictured, sign_in
from tests.browser.test_safety import check_names
from tests.browser.world import World


def drawn(page: Page, table: str) -> int:
    """How many bars a table's chart has, once it has painted something."""
    canvas = page.locator(f"canvas[data-of={table}]")
    expect(canvas).to_be_visible()
    painted = canvas.evaluate(
        "one => one.getContext('2d').getImageData(0, 0, one.width, one.height).data.some(byte => byte > 0)"
    )
    assert painted
    return int(canvas.get_attribute("data-bars") or 0)


def test_customs_reads_figures_with_their_charts_and_takes_them_along(reader: Reader, world: World) -> None:
    page = reader("en-GB", DESK)
    sign_in(page, world, "customs_pudong")
    page.get_by_role("navigation", name="Console").get_by_role("link", name="Statistics").click()
    page.get_by_label("By", exact=True).select_option("chapter")
    page.get_by_role("button", name="Show").click()
    found = world.ledger.get("customs_pudong", "/v1/statistics", by="chapter")
    whole = world.ledger.get("customs_pudong", "/v1/statistics")
    expect(page.locator("[data-parcels]")).to_have_text(f"{whole['groups'][0]['parcels']:,}")
    assert page.locator("#groups tbody tr").count() == len(found["groups"]) > 1
    for one in found["groups"]:
        row = page.locator(f"#groups [data-group='{one['group']['chapter']}'] [data-value]")
        shown = [int(row.nth(place).get_attribute("data-value") or -1) for place in range(4)]
        assert shown == [one[name] for name in ("parcels", "inspected", "detained", "returned")]
    assert drawn(page, "groups") == len(found["groups"])
    assert drawn(page, "times") == page.locator("#times tbody tr").count() > 0
    expect(page.locator("[data-oddity=never_arrived] summary")).to_contain_text(
        f"{whole['oddities']['never_arrived']['count']:,}"
    )
    check_names(page)
    pictured(page, "statistics-en-1280")

    with page.expect_download() as download:
        page.get_by_role("link", name="CSV").click()
    rows = list(csv.DictReader(io.StringIO(Path(download.value.path()).read_text("utf-8"))))
    assert sum(int(row["parcels"]) for row in rows) == sum(one["parcels"] for one in found["groups"])
    # The chain may have gone on since; the rows are all of one block.
    (block,) = {(int(row["block"]), row["block_hash"]) for row in rows}
    assert block[0] > found["block"]["number"] or block[1] == found["block"]["hash"]

    page.get_by_label("Declared from").fill("2099-01-01")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_role("status")).to_contain_text("No parcels were declared")
    page.goto("/console/statistics?by=<b>")
    expect(page.get_by_role("main")).to_contain_text("<b>")


@pytest.mark.parametrize("by", ["month", "direction", "port"])
def test_on_a_phone_in_chinese_the_page_is_no_wider_than_the_screen(reader: Reader, world: World, by: str) -> None:
    page = reader("zh-CN", PHONE)
    sign_in(page, world, "customs_pudong")
    page.goto(f"/console/statistics?by={by}")
    expect(page.get_by_role("heading", level=1)).to_have_text("统计")
    assert drawn(page, "groups") >= 1
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    check_names(page)
    pictured(page, f"statistics-{by}-zh-390")


def test_an_enterprise_reads_figures_of_its_own_parcels_only(reader: Reader, world: World) -> None:
    page = reader("en-GB", DESK)
    sign_in(page, world, "declarant")
    page.goto("/console/statistics")
    own = world.ledger.get("declarant", "/v1/statistics")
    expect(page.locator("[data-parcels]")).to_have_text(f"{own['groups'][0]['parcels']:,}")

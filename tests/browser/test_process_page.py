"""Where time is lost, as customs sees it: figures, a picture, a change tried, files; and nobody else sees it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import DESK, PHONE, Reader
from tests.browser.desk import sign_in
from tests.browser.world import World
from tests.support.event_logs import check_ocel


def test_customs_sees_where_time_is_lost_tries_a_change_and_takes_the_log_along(reader: Reader, world: World) -> None:
    page = reader("en-GB", DESK)
    sign_in(page, world, "customs_pudong")
    page.get_by_role("navigation", name="Console").get_by_role("link", name="Lost time").click()
    expect(page.get_by_role("heading", name="Where time is lost", level=1)).to_be_visible()
    found = world.ledger.get("customs_pudong", "/v1/process")
    expect(page.locator("[data-parcels]")).to_have_text(f"{found['parcels']:,}")
    expect(page.locator("[data-fits]")).to_have_text("100.00 %")
    first = found["waits"][0]
    row = page.locator(f"[data-wait={first['activity']}][data-district='{first['district']}']")
    expect(row.locator("meter")).to_have_attribute("value", str(first["total_seconds"]))
    expect(page.locator("svg [data-activity=Release] text").first).to_have_text("Release")
    expect(page.locator("svg [data-activity=TransitArrival] text").first).to_have_text("Transit arrival")
    shown = page.locator("svg path[data-flow]").count()
    assert 0 < shown <= len(found["model"]["flows"])

    page.get_by_label("Change", exact=True).select_option("no-change")
    page.get_by_label("Seed").fill("9")
    page.get_by_role("button", name="Simulate").click()
    expect(page.locator("[data-trial=no-change] [data-figure=mean_seconds] strong")).to_have_text("0.0 s")
    expect(page.locator("[data-trial=no-change]")).to_contain_text("seed 9")
    page.get_by_text("What this takes for granted").click()
    expect(page.get_by_text("Student's t")).to_be_visible()

    with page.expect_download() as download:
        page.get_by_role("link", name="OCEL 2.0").click()
    check_ocel(json.loads(Path(download.value.path()).read_text("utf-8")))

    page.get_by_label("Declared from").fill("2099-01-01")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_text("No parcels were declared in this period.")).to_be_visible()


@pytest.mark.parametrize("language", ["zh-CN", "en-GB"])
def test_on_a_phone_the_page_is_no_wider_than_the_screen_and_the_picture_moves(
    reader: Reader, world: World, language: str
) -> None:
    page = reader(language, PHONE)
    sign_in(page, world, "customs_pudong")
    page.goto("/console/process?scenario=recognise-origin-inspections")
    title = "时间花在哪里" if language == "zh-CN" else "Where time is lost"
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    picture = page.locator(".process-picture")
    assert picture.evaluate("one => one.scrollWidth > one.clientWidth")
    name = "海关受理" if language == "zh-CN" else "Acceptance"
    expect(picture.locator("[data-activity=Acceptance] text").first).to_have_text(name)
    expect(page.locator("[data-trial] [data-figure=saved]")).to_be_visible()


def test_what_was_typed_wrong_is_refused_in_words_and_others_do_not_see_the_page(reader: Reader, world: World) -> None:
    page = reader("en-GB", DESK)
    sign_in(page, world, "customs_pudong")
    for query in (
        "inspection_cny=1.999",
        "since=1999-99-99",
        "scenario=no-change&teams=0",
        "seed=x&scenario=no-change",
    ):
        answer = page.goto(f"/console/process?{query}")
        assert answer is not None
        assert answer.status == 422, query
    other = reader("en-GB", DESK)
    sign_in(other, world, "platform")
    expect(other.get_by_role("link", name=re.compile("^Lost time$"))).to_have_count(0)
    answer = other.goto("/console/process")
    assert answer is not None
    assert answer.status == 403

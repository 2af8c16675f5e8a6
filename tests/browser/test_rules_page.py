"""The rules at the console: read by all, set by the district's customs."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import expect

from backend.domain.matching import RULES
from tests.browser.conftest import DESK, PHONE, Reader
from tests.browser.desk import sign_in
from tests.browser.test_safety import PAYLOADS, check_names
from tests.browser.world import World


def test_a_district_puts_a_version_in_force_after_its_faults_were_named(reader: Reader, world: World) -> None:
    page = reader("en-GB", DESK)
    sign_in(page, world, "customs_suzhou")
    page.get_by_role("navigation", name="Console").get_by_role("link", name="Rules").click()
    assert page.locator("tr[data-rule]").count() == len(RULES)
    expect(page.locator("[data-automatic=no]")).to_be_visible()
    text = page.get_by_label("Settings (JSON)")
    settings = json.loads(text.input_value())
    settings |= {"version": "suzhou-1", "deadline_hours": 0, "rules": {"M07": {"level": "strict"}}}
    text.fill(json.dumps(settings))
    page.get_by_role("button", name="Put in force").click()
    faults = page.locator("#refused [data-faults] li")
    expect(faults).to_have_count(2)
    expect(faults.filter(has_text="deadline_hours")).to_contain_text("1 to")
    expect(faults.filter(has_text="rules.M07.level")).to_be_visible()
    assert json.loads(text.input_value()) == settings

    settings |= {
        "deadline_hours": 48,
        "rules": {"M07": {"level": "warn"}, "M21": {"enabled": False}, "M05": {"absolute": "0.05"}},
    }
    text.fill(json.dumps(settings))
    page.get_by_role("button", name="Put in force").click()
    expect(page.locator("[data-version=suzhou-1]")).to_contain_text("48 hours")
    expect(page.locator("[data-rule=M07] [data-here]").first).to_have_text("warns")
    expect(page.locator("[data-rule=M21] [data-here]").first).to_have_text("switched off")
    expect(page.locator("[data-rule=M05] [data-here]").first).to_contain_text("0.05")

    settings["deadline_hours"] = 72
    text.fill(json.dumps(settings))
    page.get_by_role("button", name="Put in force").click()
    expect(page.get_by_role("alert")).to_contain_text("suzhou-1")
    page.get_by_role("button", name="Show").click()
    expect(page.locator("[data-version=suzhou-1]")).to_contain_text("48 hours")


@pytest.mark.parametrize("role", ["customs_pudong", "platform", "declarant"])
def test_others_read_a_districts_rules_and_cannot_set_them(reader: Reader, world: World, role: str) -> None:
    page = reader("zh-CN", PHONE)
    sign_in(page, world, role)
    page.goto("/console/rules?district=2303")
    expect(page.get_by_role("heading", level=1)).to_have_text("单证比对规则")
    expect(page.locator("textarea")).to_have_count(0)
    check_names(page)
    assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0


def test_settings_with_markup_are_refused_as_text(reader: Reader, world: World) -> None:
    page = reader("en-GB", DESK)
    sign_in(page, world, "customs_suzhou")
    page.goto("/console/rules")
    page.get_by_label("Settings (JSON)").fill(json.dumps({"version": "x" * 61, PAYLOADS[1]: PAYLOADS[0]}))
    page.get_by_role("button", name="Put in force").click()
    expect(page.locator("#refused")).to_contain_text(PAYLOADS[1])
    assert page.locator("main script, main img").count() == 0
    for query in (f"version={PAYLOADS[0]}", f"district={PAYLOADS[0][:4]}"):
        page.goto(f"/console/rules?{query}")
        expect(page.locator("[data-answer=error]")).to_be_visible()

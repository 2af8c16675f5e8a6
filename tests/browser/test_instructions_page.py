"""Release instructions on the pages: given by customs, answered by the terminal, settled where nobody answered."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from playwright.sync_api import Page, expect

from backend.store.tables import release_instructions
from tests.browser.conftest import DESK, PHONE, Reader
from tests.browser.desk import pictured, sign_in
from tests.browser.test_safety import check_names
from tests.browser.world import World
from tests.integration.test_release_instructions_flow import released


def stage(page: Page, wanted: str) -> None:
    expect(page.locator("#stage [data-stage]")).to_have_attribute("data-stage", wanted)


def test_customs_tell_a_terminal_which_answers_and_settle_what_nobody_answers(reader: Reader, world: World) -> None:
    role, parcels = released(world.ledger, 2)
    customs, terminal = reader("en-GB", DESK), reader("zh-CN", PHONE)
    sign_in(customs, world, role)
    customs.get_by_role("navigation", name="Console").get_by_role("link", name="Release instructions").click()
    form = customs.locator("#issue")
    form.get_by_label("Terminal (participant number)").fill(str(world.ledger.numbers["site_operator"]))
    form.get_by_label("Parcel ids").fill("<b>none</b>")
    form.get_by_role("button").click()
    # What was typed stays beside what is wrong with it.
    expect(form.get_by_role("alert")).to_contain_text("parcels")
    expect(form.get_by_label("Parcel ids")).to_have_value("<b>none</b>")
    form.get_by_label("Parcel ids").fill("\n".join(parcels[:1]))
    form.get_by_role("button").click()
    stage(customs, "Waiting")
    check_names(customs)
    address = customs.url

    sign_in(terminal, world, "site_operator")
    terminal.goto("/console/instructions")
    check_names(terminal)
    pictured(terminal, "instructions-zh-390")
    terminal.goto(address)
    answer = terminal.locator("[data-act=Acknowledged]")
    answer.locator("input[name=parcels]").fill("7")
    answer.get_by_role("button").click()
    expect(terminal.get_by_role("alert")).to_contain_text("7 件")
    stage(terminal, "Waiting")
    pictured(terminal, "instruction-zh-390")
    answer.locator("input[name=parcels]").fill("1")
    answer.get_by_role("button").click()
    stage(terminal, "Acknowledged")
    check_names(terminal)

    customs.goto("/console/instructions")
    form.get_by_label("Terminal (participant number)").fill(str(world.ledger.numbers["site_operator"]))
    form.get_by_label("Parcel ids").fill(parcels[1])
    form.get_by_role("button").click()
    stage(customs, "Waiting")
    number = int(customs.url.rsplit("/", 1)[1])
    with world.ledger.gateway.database.write() as connection:
        table = release_instructions.c
        change = sa.update(release_instructions).where(table.id == number)
        connection.execute(change.values(due_at=table.issued_at - 1))
    customs.reload()
    stage(customs, "Overdue")
    pictured(customs, "instruction-en-1280")
    settle = customs.locator("[data-act=Settled]")
    settle.get_by_label("Reason").fill("the terminal's line was down; <i>told</i> by phone")
    settle.get_by_role("button").click()
    stage(customs, "Settled")
    expect(customs.locator("[data-fact=Settled]")).to_contain_text("<i>told</i>")
    customs.goto("/console/instructions?all=true")
    pictured(customs, "instructions-en-1280")


@pytest.mark.parametrize("role", ["logistics_east", "platform"])
def test_whom_instructions_do_not_concern_reads_none(reader: Reader, world: World, role: str) -> None:
    page = reader("en-GB", DESK)
    sign_in(page, world, role)
    expect(page.get_by_role("link", name="Release instructions")).to_have_count(0)
    page.goto("/console/instructions?all=true")
    expect(page.get_by_role("status")).to_contain_text("No instruction waits")

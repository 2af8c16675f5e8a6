"""Cases and listings at the console: a suspicion from notice to finding by hand, and a seller that is heard."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import DESK, PHONE, Reader
from tests.browser.desk import confirmed, reloaded, sign_in
from tests.browser.world import World
from tests.support.asking import LISTINGS, listing
from tests.support.enforcing import SHOES, held, recorded
from tests.support.running import until


def act(page: Page, name: str, note: str = "", *, decision: str = "", amount: str = "") -> None:
    """Does something on a case's own page and waits until the chain has decided."""
    form = page.locator(f"form[data-act={name}]")
    reloaded(page, form)
    if amount:
        form.locator("input[name=amount]").fill(amount)
    if decision:
        form.get_by_label(decision).check()
    if note:
        form.locator("textarea[name=note]").fill(note)
    form.locator("button").click()
    confirmed(page)


def test_a_case_goes_from_notice_to_finding_by_hand(reader: Reader, world: World) -> None:
    right, parcels = recorded(world.ledger), held(world.ledger)
    customs, holder = reader("en-GB", DESK), reader("zh-CN", DESK)
    sign_in(customs, world, "customs_pudong")
    sign_in(holder, world, "rights_holder")

    customs.goto("/console/cases")
    customs.get_by_label("Right", exact=True).fill(str(right))
    customs.get_by_label("HS heading").fill(f"{SHOES:04d}")
    customs.get_by_label("Parcel codes, one a line").fill("\n".join(parcels))
    customs.get_by_label("Value of the goods, yuan").fill("60000")
    customs.get_by_label("Reasons and evidence").fill("a <b>swoosh</b> where none should be")
    customs.get_by_role("button", name="Open the case").click()
    confirmed(customs)
    reloaded(customs, customs.locator("#made"))
    customs.locator("#made").click()
    expect(customs).to_have_url(re.compile("/console/cases/[0-9]+$"))

    holder.goto("/console/cases")
    row = holder.locator("tr[data-case]").first
    reloaded(holder, row)
    expect(row).to_contain_text("已通知权利人")
    expect(row).to_contain_text(re.compile("还剩 3 个工作日"))
    case = holder.locator("tr[data-case] a").first.get_attribute("href")
    holder.goto(str(case))
    # What was written is text, whatever it looks like.
    expect(holder.locator("[data-fact=HolderNotified]")).to_contain_text("a <b>swoosh</b> where none should be")
    expect(holder.locator("#turn")).to_have_attribute("data-turn", "Holder")
    act(holder, "RequestDetention", "银行保函", amount="30000")

    customs.goto(str(case))
    reloaded(customs, customs.locator("[data-stage=Detained]"))
    expect(customs.locator("#deadline")).to_contain_text("30 working days left")
    act(customs, "RecordFinding", "the stitching is the maker's own", decision="the goods do not infringe")
    customs.goto(str(case))
    reloaded(customs, customs.locator("[data-stage=Closed]"))
    expect(customs.locator("#stage")).to_contain_text("not infringing")
    expect(customs.locator("form[data-act]")).to_have_count(0)
    expect(customs.get_by_role("status")).to_contain_text("Now for the parcels")

    # Who has no part in it reads the outcome and nothing else.
    stranger = reader("en-GB", DESK)
    sign_in(stranger, world, "payment")
    stranger.goto(str(case))
    expect(stranger.locator("#stage")).to_contain_text("not infringing")
    expect(stranger.locator("main")).not_to_contain_text("swoosh")


def test_a_listed_seller_is_heard_through_its_platform_and_the_public_reads_on(reader: Reader, world: World) -> None:
    ledger = world.ledger
    body = {"uscc": "9900000091", "name_zh": "待申辩商家", "name_en": "To be heard Ltd"}
    seller = ledger.post("platform", "/v1/participants", body)["participant_no"]
    until(lambda: ledger.client("platform").get(f"/v1/participants/{seller}").status_code == 200, "it is indexed")
    ledger.post("governance", "/v1/blacklist/rules/hearing", {"hours": 48})
    try:
        ledger.post("customs_pudong", LISTINGS, listing(seller, until="2028-06-01T00:00:00Z"))
    finally:
        ledger.post("governance", "/v1/blacklist/rules/hearing", {"hours": 0})
    platform = reader("en-GB", DESK)
    sign_in(platform, world, "platform")
    platform.goto("/console/held")
    card = platform.locator("li.card", has_text="To be heard Ltd")
    reloaded(platform, card)
    expect(card).to_have_attribute("data-stage", "Hearing")
    form = card.locator("form[data-act=MakeStatement]")
    form.get_by_label("What you have to say").fill("the goods were a gift")
    form.get_by_role("button", name="Be heard").click()
    confirmed(platform)

    public = reader("zh-CN", PHONE)
    public.goto("/blacklist?q=待申辩商家")
    shown = public.locator("li.card")
    expect(shown).to_contain_text("侵犯知识产权")
    expect(shown).to_contain_text("被列入方可陈述申辩至")
    expect(shown).to_contain_text("0 / 1")
    expect(shown).not_to_contain_text("gift")

"""The console: each role does its part by hand, from the first message to the buyer's answer."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

from playwright.sync_api import Page, expect

from backend.domain.verdict import Finding
from tests.browser.conftest import DESK, PHONE, Reader
from tests.browser.desk import PATIENCE, confirmed, messages, record, reloaded, send_file, sign_in
from tests.browser.world import World, direct_import
from tests.support.running import member


def test_a_parcel_goes_from_four_messages_to_delivery_by_hand(reader: Reader, world: World, tmp_path: Path) -> None:
    made = direct_import(900)
    files = messages(made, tmp_path)
    carrier = made.parcels[0].senders["511"]
    desks = {}
    for role in ("platform", "payment", carrier, "declarant", "customs_pudong", "site_operator"):
        desks[role] = reader("en-GB", DESK)
        sign_in(desks[role], world, role)

    for role, kind in (("platform", "311"), ("payment", "411"), (carrier, "511"), ("declarant", "621")):
        send_file(desks[role], files[kind])
        expect(desks[role].locator("#receipt .badge")).to_have_text("stored, goes to the chain")
        desks[role].get_by_role("link", name="Follow this submission").click()
        confirmed(desks[role])
    href = desks["declarant"].locator("a[href*='/console/parcels/']").first.get_attribute("href")
    parcel = str(href).rpartition("/")[2]
    world.ledger.indexed(parcel, lambda view: {"Order", "Payment", "Waybill"} <= set(view["flags"]))

    customs = desks["customs_pudong"]
    customs.goto(f"/console/parcels/{parcel}")
    expect(customs.locator("[data-outcome]")).to_have_attribute("data-outcome", "matched")
    expect(customs.locator("[data-found='holds']")).to_contain_text("M23")
    record(customs, parcel, "Accepted by customs", "the documents agree")
    record(desks["site_operator"], parcel, "Arrived at the supervised site", "shelf 4")
    world.ledger.indexed(parcel, lambda view: "Arrived" in view["flags"])
    customs.goto(f"/console/parcels/{parcel}")
    expect(customs.locator("[data-found='holds']")).to_have_count(0)
    record(customs, parcel, "Released", "nothing to object")
    record(desks[carrier], parcel, "Delivered", "handed over")

    buyer = reader("zh-CN", PHONE)
    buyer.goto(f"/p/{parcel}")
    reloaded(buyer, buyer.get_by_role("heading", name="妥投", exact=True))
    expect(buyer.locator("h1")).to_have_text("已通关并妥投")
    expect(buyer.locator(".timeline li")).to_have_count(8)


def test_the_declarant_asks_for_a_return_and_customs_refuses_it(reader: Reader, world: World) -> None:
    made = direct_import(930)
    ledger = world.ledger
    parcel = next(iter(ledger.send(made)))
    ledger.indexed(parcel, lambda view: {"Order", "Payment", "Waybill"} <= set(view["flags"]))
    ledger.record("customs_pudong", "Acceptance", [parcel])
    ledger.record("site_operator", "Arrival", [parcel])
    ledger.record("customs_pudong", "Release", [parcel])
    declarant, customs = reader("en-GB", DESK), reader("en-GB", DESK)
    sign_in(declarant, world, "declarant")
    sign_in(customs, world, "customs_pudong")

    record(declarant, parcel, "Return requested", "the buyer changed his mind")
    customs.goto(f"/p/{parcel}")
    reloaded(customs, customs.locator("[data-caution=ReturnPending]"))
    record(customs, parcel, "Return refused", "out of time")
    customs.goto(f"/p/{parcel}")
    reloaded(customs, customs.get_by_role("heading", name="Return refused"))
    expect(customs.locator("[data-caution]")).to_have_count(0)


def test_customs_finds_its_parcels_by_state_and_moves_several_at_once(reader: Reader, world: World) -> None:
    ledger = world.ledger
    parcels = []
    for seed in (960, 970):
        parcel = next(iter(ledger.send(direct_import(seed))))
        ledger.indexed(parcel, lambda view: {"Order", "Payment", "Waybill"} <= set(view["flags"]))
        parcels.append(parcel)
    page = reader("en-GB", DESK)
    sign_in(page, world, "customs_pudong")
    page.goto("/console/parcels")
    page.get_by_label("State").select_option("Declared")
    page.get_by_role("button", name="Show").click()
    for parcel in parcels:
        page.get_by_label(f"Select parcel {parcel[:10]}").check()
    page.get_by_label("Step").select_option("Acceptance")
    page.get_by_label("Reason or note").fill("compared by hand")
    page.get_by_role("button", name="Record").click()
    confirmed(page)

    for parcel in parcels:
        ledger.indexed(parcel, lambda view: view["state"] == "Accepted")


def test_a_step_that_cannot_be_is_refused_in_words_and_nothing_is_recorded(reader: Reader, world: World) -> None:
    page = reader("zh-CN", DESK)
    sign_in(page, world, "customs_pudong")
    page.goto("/console/parcels")
    page.get_by_label("步骤").select_option("Release")
    page.get_by_label("包裹编码").fill(world.parcels[Finding.Confiscated])
    page.get_by_label("理由或说明").fill("试一试")
    page.get_by_role("button", name="记录").click()

    expect(page.locator("[data-answer=error]")).to_contain_text("不能用于处于当前状态的包裹")
    expect(page.locator("[data-answer=error]")).to_contain_text("StepNotAllowed")


def test_a_forgotten_reason_or_a_wrong_code_keeps_what_was_typed(reader: Reader, world: World) -> None:
    page = reader("en-GB", DESK)
    sign_in(page, world, "customs_pudong")
    page.goto("/console/parcels")
    page.locator("form.panel").evaluate("form => { form.noValidate = true; }")
    page.get_by_label("Step").select_option("Release")
    page.get_by_label("Parcel codes").fill("abc")
    page.get_by_label("Reason or note").fill("kept")
    page.get_by_role("button", name="Record").click()

    expect(page.get_by_role("alert")).to_contain_text("These are not parcel codes: abc")
    expect(page.get_by_label("Reason or note")).to_have_value("kept")
    expect(page.get_by_label("Parcel codes")).to_have_value("abc")


def test_a_faulty_message_is_told_field_by_field_in_the_readers_language(
    reader: Reader, world: World, tmp_path: Path
) -> None:
    file = messages(direct_import(1000), tmp_path)["311"]
    faulty = re.sub(
        rb"<ceb:currency>[^<]*</ceb:currency>", b"<ceb:currency>1</ceb:currency>", file.read_bytes(), count=1
    )
    assert faulty != file.read_bytes()
    page = reader("zh-CN", DESK)
    sign_in(page, world, "platform")
    page.goto("/console/message")
    page.get_by_label("或粘贴 XML").fill(faulty.decode())
    page.get_by_role("button", name="发送").click()

    receipt = page.locator("#receipt")
    expect(receipt.locator(".badge")).to_have_text("不予接收")
    expect(receipt).to_contain_text("OrderHead.currency")
    assert re.search("[\u4e00-\u9fff]", receipt.locator("td").nth(2).inner_text())


def test_a_message_is_only_checked_where_that_is_asked(reader: Reader, world: World, tmp_path: Path) -> None:
    file = messages(direct_import(1010), tmp_path)["311"]
    page = reader("en-GB", DESK)
    sign_in(page, world, "platform")
    for _ in range(2):
        page.goto("/console/message")
        page.get_by_label("File").set_input_files(file)
        page.get_by_label("Check only").check()
        page.get_by_role("button", name="Send").click()
        expect(page.locator("#receipt .badge")).to_have_text("would be accepted")
    # The same file in earnest twice: stored once, and answered the second time as the first.
    send_file(page, file)
    link = page.get_by_role("link", name="Follow this submission")
    followed = link.get_attribute("href")
    send_file(page, file)
    assert link.get_attribute("href") == followed


def test_someone_elses_message_and_no_message_at_all_are_refused(reader: Reader, world: World, tmp_path: Path) -> None:
    file = messages(direct_import(1020), tmp_path)["411"]
    page = reader("en-GB", DESK)
    sign_in(page, world, "platform")
    send_file(page, file)
    expect(page.locator("[data-answer=error]")).to_contain_text("ParticipantNotYours")

    page.goto("/console/message")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("alert")).to_contain_text("Choose a file or paste the message first")

    page.get_by_label("Or paste the XML").fill("<!DOCTYPE x><x/>")
    page.get_by_role("button", name="Send").click()
    expect(page.locator("[data-answer=error]")).to_contain_text("DtdForbidden")


def test_what_the_chain_refused_is_told_in_words_and_can_be_tried_again_or_given_up(
    reader: Reader, world: World, tmp_path: Path
) -> None:
    made = direct_import(1100)
    ledger, seller = world.ledger, made.parcels[0].seller or ""
    listing = {
        "participant_no": ledger.numbers[seller],
        "level": "Barred",
        "ground": "FalseTransaction",
        "until": f"{datetime.now(UTC) + timedelta(days=30):%Y-%m-%dT00:00:00Z}",
        "evidence": {"note": "orders without buyers"},
    }
    ledger.post("customs_pudong", "/v1/blacklist/listings", listing)
    proposed = ledger.get(None, "/v1/blacklist", participant_no=ledger.numbers[seller], status="proposed")
    path = f"/v1/blacklist/listings/{proposed['items'][0]['listing_id']}"
    ledger.post("market_regulator", f"{path}/confirmations", {"evidence": {"note": "agreed"}})
    page = reader("zh-CN", DESK)
    sign_in(page, world, "declarant")
    page.goto("/console/message")
    page.get_by_label("文件").set_input_files(messages(made, tmp_path)["621"])
    page.get_by_role("button", name="发送").click()
    page.get_by_role("link", name="跟踪本次提交").click()

    expect(page.locator("#status[data-status=quarantined]")).to_be_visible(timeout=PATIENCE)
    expect(page.locator(".refusal")).to_contain_text("已被列入黑名单")
    page.get_by_role("button", name="重试").click()
    expect(page.locator("#status[data-status=quarantined]")).to_be_visible(timeout=PATIENCE)
    page.get_by_role("button", name="放弃").click()
    expect(page.locator("#status[data-status=cancelled]")).to_be_visible(timeout=PATIENCE)
    ledger.post("customs_pudong", f"{path}/lift", {"evidence": {"note": "the test is over"}})


def test_two_authorities_bar_a_seller_and_the_first_lifts_it_again(reader: Reader, world: World) -> None:
    listed = member("seller_09")
    customs, regulator, buyer = reader("en-GB", DESK), reader("en-GB", DESK), reader("en-GB", PHONE)
    sign_in(customs, world, "customs_suzhou")
    sign_in(regulator, world, "market_regulator")

    customs.goto("/console/listings")
    customs.get_by_label("Participant number").fill(str(world.ledger.numbers["seller_09"]))
    customs.get_by_label("Ground").select_option("FalseDeclaration")
    until = datetime.now(UTC) + timedelta(days=60)
    customs.get_by_label("Until (date)").fill(f"{until:%Y-%m-%d}")
    customs.get_by_label("Reasons").fill("three false declarations in one week")
    customs.get_by_role("button", name="Impose").click()
    confirmed(customs)
    customs.goto("/console/listings")
    mine = customs.locator(".card", has_text=listed.name_en).first
    reloaded(customs, mine)
    expect(mine).to_contain_text("proposed, not in force")
    assert mine.get_by_role("button", name="Confirm").count() == 0

    regulator.goto("/console/listings")
    card = regulator.locator(".card", has_text=listed.name_en).first
    reloaded(regulator, card)
    card.get_by_label("Reason").fill("seen and agreed")
    card.get_by_role("button", name="Confirm").click()
    confirmed(regulator)
    buyer.goto("/blacklist?status=in_force")
    public = buyer.locator(".card", has_text=listed.name_en).first
    reloaded(buyer, public)
    expect(public).to_contain_text("false declaration")
    expect(public).to_contain_text(member("market_regulator").name_en)
    expect(public).not_to_contain_text("three false declarations")

    customs.goto("/console/listings")
    mine.get_by_label("Reason").fill("it was another company")
    mine.get_by_role("button", name="Lift").click()
    confirmed(customs)
    buyer.goto("/blacklist")
    reloaded(buyer, public.get_by_text("Lifted by"))
    expect(public).to_contain_text("lifted")


def test_a_platform_registers_a_seller_and_governance_a_participant(reader: Reader, world: World) -> None:
    platform, governance = reader("en-GB", DESK), reader("en-GB", DESK)
    sign_in(platform, world, "platform")
    platform.goto("/console/participants")
    assert platform.get_by_label("Customs", exact=True).count() == 0
    fill_registration(platform, "9999000001", "试验商家一号", "Trial Seller One")
    confirmed(platform)
    # The same legal entity again is the same participant, not a second one.
    platform.goto("/console/participants?q=Trial Seller One")
    reloaded(platform, platform.get_by_role("cell", name="Trial Seller One"))
    fill_registration(platform, "9999000001", "改名商家", "Renamed Seller")
    expect(platform.get_by_role("status")).to_contain_text("already registered as participant")

    sign_in(governance, world, "governance")
    governance.goto("/console/participants")
    governance.get_by_label("Customs", exact=True).check()
    governance.get_by_label("Customs district").fill("3105")
    fill_registration(governance, "9999000002", "宁波试验海关", "Ningbo Trial Customs")
    confirmed(governance)
    governance.goto("/console/participants?q=Ningbo Trial")
    row = governance.locator("tbody tr", has_text="Ningbo Trial Customs")
    reloaded(governance, row)
    expect(row).to_contain_text("3105")
    row.get_by_text("Change").click()
    row.get_by_role("button", name="Suspend").click()
    confirmed(governance)
    governance.goto("/console/participants?q=Ningbo Trial")
    reloaded(governance, row.get_by_text("Registration suspended"))
    row.get_by_text("Change").click()
    expect(row.get_by_role("button", name="Reinstate")).to_be_visible()


def fill_registration(page: Page, code: str, name_zh: str, name_en: str) -> None:
    page.get_by_label("Unified social credit code").fill(code)
    page.get_by_label("Name in Chinese").fill(name_zh)
    page.get_by_label("Name in English").fill(name_en)
    page.get_by_role("button", name="Register").click()

"""A buyer with a parcel in hand: the verdict, in words, and never one that nobody has given."""

from __future__ import annotations

import re
import socket
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from backend.app import create_app
from backend.chain.node import free_port
from backend.domain.verdict import Finding, tone_of
from backend.services.gateway import open_gateway
from backend.web.texts import Language, text
from tests.browser.conftest import DESK, Reader
from tests.browser.world import World
from tests.support.running import NO_LIMITS, served

UNKNOWN = "0" * 64


def answer(page: Page) -> str | None:
    return page.locator("[data-answer]").get_attribute("data-answer")


@pytest.mark.parametrize(("tag", "language"), [("zh-CN", Language.Chinese), ("en-GB", Language.English)])
def test_each_state_has_its_sentence_in_the_readers_language(
    reader: Reader, world: World, tag: str, language: Language
) -> None:
    page = reader(tag)
    for finding in Finding:
        response = page.goto(world.path(finding))

        assert response is not None
        assert response.status == 200
        expect(page.locator("h1")).to_have_text(text(language, f"verdict.{finding}"))
        card = page.locator("[data-answer=verdict]")
        expect(card).to_have_class(f"answer {tone_of(finding)}")
        expect(card).to_contain_text(text(language, f"tone.{tone_of(finding)}"))
        assert page.locator("html").get_attribute("lang") == language.tag


def test_the_history_says_what_who_where_and_when(buyer: Page, world: World) -> None:
    buyer.goto(world.path(Finding.Departed))

    steps = buyer.locator(".timeline h3").all_inner_texts()
    assert steps[0] == "离境"
    assert steps[-1] == "向海关申报"
    assert {"海关受理", "运抵监管场所", "放行", "施封转往口岸", "口岸接收，封志核对"} <= set(steps)
    newest = buyer.locator(".timeline li").first
    expect(newest).to_contain_text("浦东机场海关（2233）")
    expect(newest).to_contain_text("岚羽航空货运有限公司")
    expect(newest.locator("time")).to_have_attribute("datetime", re.compile(r"^20\d\d-.*Z$"))
    newest.get_by_text("技术细节").click()
    expect(newest.locator("code").first).to_be_visible()


def test_the_page_says_up_to_where_it_was_checked(buyer: Page, world: World) -> None:
    view = world.ledger.get(None, f"/v1/parcels/{world.parcels[Finding.Accepted]}")
    buyer.goto(world.path(Finding.Accepted))

    checked = buyer.locator(".checked").inner_text()
    block = int(checked.split("区块 ")[1].split("，")[0])
    assert block >= view["complete_to_block"]
    assert "北京时间" in checked


def test_an_import_shows_its_origin_and_an_export_its_destination_and_neither_name_nor_price(
    reader: Reader, world: World
) -> None:
    shown = {}
    for finding in (Finding.ReleasedImport, Finding.ReleasedExport):
        page = reader("zh-CN")
        page.goto(world.path(finding))
        shown[finding] = page.locator("main").inner_text()

    assert "原产国（地区）" in shown[Finding.ReleasedImport]
    assert "最终目的国（地区）" in shown[Finding.ReleasedExport]
    declarant = world.ledger.get("customs_pudong", f"/v1/parcels/{world.parcels[Finding.ReleasedImport]}")
    fields = {
        field["path"].rpartition(".")[2]: field["value"]
        for document in declarant["documents"]
        for field in document["fields"]
    }
    for name in ("buyerName", "consigneeAddress", "gname", "buyerIdNumber"):
        assert fields[name] not in shown[Finding.ReleasedImport]


def test_a_page_works_without_script_from_typing_to_verdict(reader: Reader, world: World) -> None:
    page = reader("en-GB", script=False)
    page.goto("/")
    page.get_by_label("Parcel code").fill(world.parcels[Finding.Closed])
    page.get_by_role("button", name="Check").click()

    assert page.url.endswith(world.path(Finding.Closed))
    assert answer(page) == "verdict"


@pytest.mark.parametrize("shape", ["{}", "0x{}", "  {} ", "https://anywhere.example/p/{}?lang=zh"])
def test_a_code_is_understood_however_it_was_scanned_or_typed(buyer: Page, world: World, shape: str) -> None:
    buyer.goto("/")
    buyer.get_by_label("包裹编码").fill(shape.format(world.parcels[Finding.Closed]))
    buyer.get_by_label("包裹编码").press("Enter")

    assert answer(buyer) == "verdict"


def test_an_unknown_code_is_not_called_invalid_nor_a_malformed_one_unknown(buyer: Page) -> None:
    unknown = buyer.goto(f"/p/{UNKNOWN}")
    assert unknown is not None
    assert (unknown.status, answer(buyer)) == (404, "unknown")
    expect(buyer.locator("h1")).to_have_text("账本上没有这个编码的包裹")

    for malformed in ("/p/123", f"/p/{UNKNOWN[:-1]}", f"/p/{UNKNOWN}0", "/lookup?code=订单-1", "/lookup"):
        invalid = buyer.goto(malformed)
        assert invalid is not None
        assert (invalid.status, answer(buyer)) == (400, "invalid")
        expect(buyer.locator("h1")).to_have_text("这不是包裹编码")


def test_with_the_chain_down_no_verdict_is_given_and_nothing_is_called_invalid(reader: Reader, world: World) -> None:
    nowhere = f"http://127.0.0.1:{free_port()}"
    gateway = open_gateway(replace(world.ledger.settings, rpc_url=nowhere))
    with served(create_app(gateway, None, NO_LIMITS)) as address:
        page = reader("en-GB", address=address)
        for code in (world.parcels[Finding.ReleasedImport], UNKNOWN):
            response = page.goto(f"/p/{code}")
            assert response is not None
            assert (response.status, answer(page)) == (503, "unavailable")
            assert response.headers["retry-after"]
            expect(page.locator("h1")).to_have_text("We cannot check this now")
            expect(page.locator("main")).not_to_contain_text("not a parcel code")
        page.goto(world.path(Finding.ReleasedImport))
        # What was read last is shown as that, with its block, and under no verdict's colours.
        expect(page.locator(".old")).to_contain_text("It may have changed since")
        assert page.locator(".answer.clear").count() == 0
        assert page.goto("/p/123").status == 400  # type: ignore[union-attr]
        assert page.goto("/").status == 200  # type: ignore[union-attr]
        page.goto("/blacklist")
        expect(page.get_by_role("status").first).to_contain_text("cannot be checked against the chain now")
    gateway.close()


def test_a_node_that_hangs_does_not_hang_the_page(reader: Reader, world: World) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        rpc_url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        gateway = open_gateway(replace(world.ledger.settings, rpc_url=rpc_url))
        with served(create_app(gateway, None, NO_LIMITS)) as address:
            page = reader("en-GB", address=address)
            page.set_default_navigation_timeout(10_000)
            response = page.goto(world.path(Finding.ReleasedImport))
            assert response is not None
            assert (response.status, answer(page)) == (503, "unavailable")
            expect(page.locator("main")).to_contain_text("node does not answer")
        gateway.close()


def test_a_gateway_that_has_read_nothing_yet_does_not_call_a_parcel_unknown(
    reader: Reader, world: World, tmp_path: Path
) -> None:
    settings = replace(world.ledger.settings, database_url=f"sqlite:///{tmp_path / 'empty.db'}")
    gateway = open_gateway(settings)
    with served(create_app(gateway, None, NO_LIMITS)) as address:
        page = reader("en-GB", address=address)
        response = page.goto(world.path(Finding.ReleasedImport))
        assert response is not None
        assert (response.status, answer(page)) == (503, "unavailable")
        expect(page.locator("main")).to_contain_text("Nothing has been read from the chain yet")
    gateway.close()


def test_the_qr_code_shows_and_leads_to_this_page(reader: Reader, world: World) -> None:
    page = reader("zh-CN", DESK)
    page.goto(world.path(Finding.Closed))
    image = page.get_by_alt_text("此包裹的二维码")

    expect(image).to_be_visible()
    assert image.evaluate("image => image.complete && image.naturalWidth > 100")
    source = page.request.get(str(image.get_attribute("src")))
    assert source.headers["content-type"] == "image/svg+xml"


def test_a_reader_changes_the_language_and_it_stays(reader: Reader, world: World) -> None:
    page = reader("zh-CN")
    page.goto(world.path(Finding.Closed))
    page.get_by_role("link", name="English").click()
    expect(page.locator("h1")).to_have_text("Cleared by customs, file closed")
    page.goto("/")
    expect(page.locator("h1")).to_have_text("Check a cross-border parcel")
    page.get_by_role("link", name="中文").click()
    expect(page.locator("h1")).to_have_text("查询跨境包裹")

"""Pages that show what others wrote: inert, readable on a phone, usable from the keyboard."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from backend.domain.verdict import Finding
from tests.browser.conftest import DESK, PHONE, Reader
from tests.browser.world import World, direct_import
from tests.support.running import Ledger, member

PAYLOADS = (
    "<script>alert('name')</script>",
    '"><img src=x onerror=alert(1)>',
    "{{7*7}}<svg/onload=alert(2)>",
)
ALWAYS = ("/", "/blacklist", "/p/123", f"/p/{'0' * 64}", "/console/sign-in")


def rename(ledger: Ledger, key: str, name_zh: str, name_en: str) -> None:
    """Governance renews the names under which a seller is kept."""
    seller = member(key)
    body = {
        "uscc": seller.uscc,
        "customs_code": seller.customs_code,
        "name_zh": name_zh,
        "name_en": name_en,
        "roles": ["Seller"],
    }
    ledger.post("governance", "/v1/participants", body)


@pytest.fixture
def hostile_parcel(world: World) -> Iterator[str]:
    """A parcel whose seller's name is a script, and which is listed under that name."""
    ledger = world.ledger
    made = direct_import(500)
    key = made.parcels[0].seller or ""
    parcel = next(iter(ledger.send(made)))
    ledger.indexed(parcel, lambda view: "Waybill" in view["flags"])
    rename(ledger, key, PAYLOADS[0], PAYLOADS[1])
    listing = {
        "participant_no": ledger.numbers[key],
        "level": "Watch",
        "ground": "OtherViolation",
        "until": "2027-01-01T00:00:00Z",
        "evidence": {"note": PAYLOADS[2]},
    }
    ledger.post("customs_pudong", "/v1/blacklist/listings", listing)
    yield parcel
    rename(ledger, key, member(key).name_zh, member(key).name_en)


@pytest.mark.parametrize(("tag", "payload"), [("zh-CN", PAYLOADS[0]), ("en-GB", PAYLOADS[1])])
def test_a_script_stored_as_a_name_is_shown_as_text_wherever_it_stands(
    reader: Reader, world: World, hostile_parcel: str, tag: str, payload: str
) -> None:
    page = reader(tag)
    for path in (f"/p/{hostile_parcel}", "/blacklist"):
        page.goto(path)
        expect(page.get_by_text(payload).first).to_be_visible()
        assert page.locator("main script, main svg, main img:not([src^='/p/'])").count() == 0


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_script_in_an_address_or_a_form_is_given_back_as_text(reader: Reader, payload: str) -> None:
    page = reader("en-GB")
    page.goto("/")
    page.get_by_label("Parcel code").fill(payload)
    page.get_by_role("button", name="Check").click()
    expect(page.locator(".answer code")).to_have_text(payload)
    expect(page.get_by_label("Parcel code")).to_have_value(payload)

    page.goto("/blacklist")
    page.get_by_role("searchbox").fill(payload)
    page.get_by_role("searchbox").press("Enter")
    expect(page.get_by_role("searchbox")).to_have_value(payload)
    expect(page.locator("main")).to_contain_text("No listing matches")


def test_the_policy_lets_no_inline_script_run(reader: Reader, world: World) -> None:
    page = reader("zh-CN")
    response = page.goto(world.path(Finding.Closed))
    assert response is not None
    policy = response.headers["content-security-policy"]

    assert "'unsafe-inline'" not in policy
    assert "'unsafe-eval'" not in policy
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert response.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("path", ALWAYS)
@pytest.mark.parametrize("tag", ["zh-CN", "en-GB"])
def test_nothing_is_loaded_from_elsewhere(reader: Reader, world: World, path: str, tag: str) -> None:
    page = reader(tag)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(path, wait_until="networkidle")

    assert asked
    assert all(url.startswith(world.ledger.address + "/") for url in asked)


def test_pages_fit_a_phone_and_a_desk(reader: Reader, world: World) -> None:
    for viewport in (PHONE, DESK, {"width": 320, "height": 640}):
        for tag in ("zh-CN", "en-GB"):
            page = reader(tag, viewport)
            for path in (*ALWAYS, world.path(Finding.Departed), world.path(Finding.Destroyed)):
                page.goto(path)
                wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
                assert wide <= 0, f"{path} is {wide} pixels wider than {viewport['width']}"


def test_every_field_has_a_name_every_picture_a_text_and_every_page_one_heading(reader: Reader, world: World) -> None:
    page = reader("en-GB")
    for path in (*ALWAYS, world.path(Finding.Departed)):
        page.goto(path)
        check_names(page)


def check_names(page: Page) -> None:
    nameless = page.evaluate(
        """() => [...document.querySelectorAll("input:not([type=hidden]), select, textarea, video")]
          .filter(field => !(field.labels?.length || field.getAttribute("aria-label")))
          .map(field => field.outerHTML)"""
    )
    assert nameless == [], page.url
    assert page.locator("img:not([alt])").count() == 0
    assert page.locator("h1").count() == 1
    assert page.title()
    assert page.locator("html[lang]").count() == 1


def test_a_keyboard_alone_goes_past_the_menu_and_checks_a_parcel(reader: Reader, world: World) -> None:
    page = reader("en-GB", DESK)
    page.goto("/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to content"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "code"
    page.keyboard.type(world.parcels[Finding.Detained])
    page.keyboard.press("Enter")

    expect(page.locator("h1")).to_have_text("Detained by customs")


def test_colours_of_every_verdict_can_be_read(reader: Reader, world: World) -> None:
    """Contrast of text on its card at least 4.5 to 1 (WCAG 2.2, AA), and a sign beside the colour."""
    page = reader("en-GB")
    for finding in (Finding.Closed, Finding.Accepted, Finding.Detained, Finding.Returned):
        page.goto(world.path(finding))
        for selector in (".answer .tone", ".answer h1", ".answer .checked", ".badge"):
            ratio = page.evaluate(CONTRAST, selector)
            assert ratio >= 4.5, f"{selector} on {finding}: {ratio:.1f}"
        assert page.evaluate("getComputedStyle(document.querySelector('.sign'), '::before').content") != "none"


CONTRAST = """selector => {
  const parts = colour => colour.match(/[\\d.]+/g).map(Number);
  const light = colour => {
    const [r, g, b] = parts(colour).map(v => v / 255).map(v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const element = document.querySelector(selector);
  let behind = element;
  while (parts(getComputedStyle(behind).backgroundColor)[3] === 0) behind = behind.parentElement;
  const [one, other] = [light(getComputedStyle(element).color), light(getComputedStyle(behind).backgroundColor)];
  return (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
}"""


def test_the_blacklist_is_found_by_name_by_code_and_by_number(reader: Reader, world: World) -> None:
    ledger, listed = world.ledger, member("seller_05")
    number = ledger.numbers["seller_05"]
    body = {
        "participant_no": number,
        "level": "Barred",
        "ground": "Smuggling",
        "until": "2027-06-01T00:00:00Z",
        "evidence": {"note": "a hidden compartment"},
    }
    ledger.post("customs_pudong", "/v1/blacklist/listings", body)
    page = reader("en-GB", DESK)
    for sought in (listed.name_en[:9], listed.name_zh[:3], listed.uscc, listed.customs_code, str(number)):
        page.goto("/blacklist")
        page.get_by_label("Name, registration code").fill(sought)
        page.get_by_role("button", name="Search").click()
        card = page.locator(".card", has_text=listed.name_en)
        expect(card).to_contain_text("proposed, not in force")
        expect(card).to_contain_text("smuggling")
    page.goto("/blacklist?status=in_force")
    assert page.locator(".card", has_text=listed.name_en).count() == 0
    # The evidence's text is not public.
    page.goto("/blacklist")
    expect(page.locator("main")).not_to_contain_text("hidden compartment")

    listing_id = next(item["listing_id"] for item in ledger.get(None, "/v1/blacklist", search=listed.uscc)["items"])
    ledger.post("market_regulator", f"/v1/blacklist/listings/{listing_id}/confirmations", {"evidence": {"note": "so"}})
    page.goto("/blacklist?status=in_force")
    expect(page.locator(".card", has_text=listed.name_en)).to_contain_text("barred")
    # Other tests trade with this seller.
    ledger.post("customs_pudong", f"/v1/blacklist/listings/{listing_id}/lift", {"evidence": {"note": "shown"}})

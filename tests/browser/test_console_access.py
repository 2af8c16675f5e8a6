"""The console's door: who gets in, what each desk is shown, and forms that nobody here gave out."""

from __future__ import annotations

import re

import httpx
import pytest
from playwright.sync_api import expect

from backend.domain.verdict import Finding
from tests.browser.conftest import DESK, PHONE, Reader
from tests.browser.desk import sign_in
from tests.browser.test_safety import check_names
from tests.browser.world import World


def test_personal_data_is_shown_to_competent_customs_and_to_no_other_desk(reader: Reader, world: World) -> None:
    parcel = world.parcels[Finding.ReleasedImport]
    view = world.ledger.get("customs_pudong", f"/v1/parcels/{parcel}")
    order = next(document for document in view["documents"] if document["kind"] == "Order")
    name = next(field["value"] for field in order["fields"] if field["path"].endswith("buyerName"))
    for role, sees in (("customs_pudong", True), ("customs_jiaxing", False), ("market_regulator", False)):
        page = reader("en-GB", DESK)
        sign_in(page, world, role)
        page.goto(f"/console/parcels/{parcel}")
        for details in page.locator("details").all():
            details.evaluate("element => { element.open = true; }")
        assert (name in page.locator("main").inner_text()) is sees


@pytest.mark.parametrize("role", ["customs_pudong", "platform", "declarant", "governance", "rights_holder"])
def test_every_console_page_is_named_labelled_and_fits(reader: Reader, world: World, role: str) -> None:
    page = reader("en-GB", PHONE)
    sign_in(page, world, role)
    paths = page.locator(".bar nav a").evaluate_all("links => links.map(link => new URL(link.href).pathname)")
    assert "/console/operations" in paths
    for path in (*paths, f"/console/parcels/{world.parcels[Finding.Accepted]}"):
        response = page.goto(path)
        assert response is not None
        assert response.status == 200
        check_names(page)
        assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0, path


@pytest.mark.parametrize(
    ("role", "open_to_it", "closed_to_it"),
    [
        ("customs_pudong", {"requests", "payment-requests", "rules"}, {"message", "receipts", "webhooks"}),
        ("platform", {"message", "receipts", "payment-requests", "rules", "webhooks"}, {"requests"}),
        ("declarant", {"message", "receipts", "rules", "webhooks"}, {"requests", "payment-requests"}),
        ("site_operator", {"message", "receipts", "rules", "webhooks"}, {"requests", "payment-requests"}),
        ("governance", {"receipts", "requests", "rules"}, {"message", "payment-requests", "webhooks"}),
        ("rights_holder", set(), {"message", "receipts", "requests", "payment-requests", "rules", "webhooks"}),
    ],
)
def test_each_desk_is_led_to_what_its_role_can_use(
    reader: Reader, world: World, role: str, open_to_it: set[str], closed_to_it: set[str]
) -> None:
    page = reader("en-GB", DESK)
    sign_in(page, world, role)
    paths = page.locator(".bar nav a").evaluate_all("links => links.map(link => new URL(link.href).pathname)")
    led = {path.removeprefix("/console/") for path in paths}
    assert open_to_it <= led
    assert not closed_to_it & led
    if "requests" in closed_to_it:
        response = page.goto("/console/requests")
        assert response is not None
        assert response.status == 403


def test_a_wrong_key_opens_nothing_and_signing_out_closes(reader: Reader, world: World) -> None:
    page = reader("en-GB", DESK)
    page.goto("/console/operations")
    expect(page).to_have_url(re.compile("/console/sign-in$"))
    page.get_by_label("API key").fill("gl_" + "x" * 43)
    page.locator("main button").click()
    expect(page.get_by_role("alert")).to_contain_text("not known, or it was revoked")

    sign_in(page, world, "platform")
    cookie = next(one for one in page.context.cookies() if one["name"] == "guanlian_session")
    assert cookie["httpOnly"]
    assert cookie["sameSite"] == "Strict"
    assert cookie["path"] == "/console"
    assert world.ledger.keys["platform"] not in cookie["value"]
    page.get_by_role("button", name="Sign out").click()
    page.context.add_cookies([cookie])
    page.goto("/console")
    expect(page).to_have_url(re.compile("/console/sign-in$"))


def test_a_revoked_key_ends_its_session_at_once(reader: Reader, world: World) -> None:
    made = world.ledger.post(
        "platform",
        "/v1/keys",
        {"scopes": ["enterprise"], "label": "short-lived", "participant_no": world.ledger.numbers["platform"]},
        confirm=False,
        status=201,
    )
    page = reader("en-GB", DESK)
    page.goto("/console")
    page.get_by_label("API key").fill(made["token"])
    page.locator("main button").click()
    expect(page).to_have_url(f"{world.ledger.address}/console")
    assert world.ledger.client("platform").delete(f"/v1/keys/{made['key_id']}").status_code in (200, 204)
    page.goto("/console/parcels")
    expect(page).to_have_url(re.compile("/console/sign-in$"))


def test_a_form_without_this_sessions_token_or_from_another_site_does_nothing(world: World) -> None:
    ledger = world.ledger
    with httpx.Client(base_url=ledger.address, trust_env=False) as client:
        assert client.post("/console/sign-in", data={"key": ledger.keys["customs_pudong"]}).status_code == 303
        page = client.get("/console/parcels").text
        token = re.search(r'name="csrf" value="([^"]+)"', page)
        assert token is not None
        form = {"step": "Detention", "parcels": world.parcels[Finding.ReleasedImport], "note": "forged"}
        for data, headers in (
            (form, {}),
            (form | {"csrf": "x" * 43}, {}),
            (form | {"csrf": token[1]}, {"Sec-Fetch-Site": "cross-site"}),
        ):
            answer = client.post("/console/steps", data=data, headers=headers)
            assert answer.status_code == 403
            assert "FormNotOurs" in answer.text
    state = ledger.get(None, f"/v1/parcels/{world.parcels[Finding.ReleasedImport]}")
    assert state["flags"] == [flag for flag in state["flags"] if not flag.startswith("Held")]


def test_another_participants_operation_is_not_found(reader: Reader, world: World) -> None:
    foreign = world.ledger.get("customs_pudong", "/v1/operations")["items"][0]["operation_id"]
    page = reader("en-GB", DESK)
    sign_in(page, world, "platform")
    response = page.goto(f"/console/operations/{foreign}")

    assert response is not None
    assert response.status == 404
    expect(page.locator("h1")).to_have_text("There is nothing here")

"""Webhooks at the console: made, tried out, switched off, played again, removed; what never arrived is sent again."""

from __future__ import annotations

import re

import sqlalchemy as sa
from playwright.sync_api import Page, expect

from backend.domain.webhooks import WAITS
from backend.store.tables import deliveries
from tests.browser.conftest import DESK, PHONE, Reader
from tests.browser.desk import reloaded, sign_in
from tests.browser.talk import altered, declare, post
from tests.browser.test_safety import PAYLOADS, check_names
from tests.browser.world import World
from tests.support.receivers import Received, receiver
from tests.support.running import until


def make(page: Page, url: str) -> None:
    page.goto("/console/webhooks")
    page.get_by_label("Address (https://…)").fill(url)
    page.get_by_role("button", name="Add", exact=True).click()


def test_an_enterprise_has_its_receipts_sent_and_sees_why_they_stopped(reader: Reader, world: World) -> None:
    made, _ = declare(world, 4000)
    (order,) = made.messages_of("311")
    gone: list[Received] = []

    def behaviour(one: Received, _: object) -> int:
        gone.append(one)
        return 204 if one.json.get("type") == "ping" else 410

    page = reader("en-GB", DESK)
    with receiver(behaviour) as to:
        sign_in(page, world, "platform")
        make(page, to.url)
        secret = page.locator("#secret code")
        expect(secret).to_have_text(re.compile("^whsec_[A-Za-z0-9+/=]{40,}$"))
        told = secret.inner_text()
        page.reload()
        expect(page.locator("#secret")).to_have_count(0)
        expect(page.locator("main")).not_to_contain_text(told)
        card = page.locator(".card", has_text=to.url)
        card.get_by_role("button", name="Send a test").click()
        expect(page.locator("[data-ping=taken]")).to_be_visible()

        post(world, order, altered(order.data, consigneeAddress="elsewhere"))
        page.goto("/console/webhooks")
        reloaded(page, page.locator("[data-active=no]", has_text=to.url))
        expect(card).to_contain_text("the receiver answered 410")

        to.behaviour = lambda _, __: 204
        count = len(to.received)
        card.get_by_text("Replay").first.click()
        card.get_by_label("Send again what comes after").fill("0")
        card.get_by_role("button", name="Replay").click()
        expect(card).to_have_attribute("data-active", "yes")
        until(lambda: len(to.received) > count, "what was given before is sent again")
        card.get_by_text("Remove", exact=True).click()
        card.get_by_role("button", name="Remove it").click()
        expect(card).to_have_count(0)


def test_what_was_given_up_is_listed_with_its_reason_and_sent_again_by_hand(reader: Reader, world: World) -> None:
    made, _ = declare(world, 4020)
    (order,) = made.messages_of("311")
    page = reader("en-GB", DESK)
    sign_in(page, world, "platform")
    with receiver(lambda _, __: 503) as to:
        make(page, to.url)
        post(world, order, altered(order.data, consigneeAddress="elsewhere"))
        until(lambda: to.received, "the receiver is tried")
        tried_for_days(world, to.received[0].headers["webhook-id"])
        page.goto("/console/webhooks")
        card = page.locator(".card", has_text=to.url)
        reloaded(page, card.get_by_role("link", name="see them"))
        card.get_by_role("link", name="see them").click()
        dead = page.locator("tr[data-delivery]")
        expect(dead).to_have_count(1)
        expect(dead).to_contain_text("503")
        expect(dead).to_contain_text("312 order (import)")

        to.behaviour = lambda _, __: 204
        dead.get_by_role("button", name="Try again").click()
        expect(dead).to_have_count(0)
        page.get_by_role("link", name="Back to the webhooks").click()
        until(lambda: len(to.received) > 2, "it is sent again")
        card.get_by_text("Remove", exact=True).click()
        card.get_by_role("button", name="Remove it").click()
        expect(card).to_have_count(0)


def tried_for_days(world: World, delivery_id: str) -> None:
    """Lets a delivery have all its attempts behind it but the last, which is due now."""

    def is_failed() -> bool:
        with world.ledger.gateway.database.write() as connection:
            mine = sa.and_(deliveries.c.delivery_id == delivery_id, deliveries.c.attempts > 0)
            changed = connection.execute(sa.update(deliveries).where(mine).values(attempts=len(WAITS), next_at=0))
            return bool(changed.rowcount)

    until(is_failed, "the first attempt is noted")


def test_an_address_that_may_not_be_is_refused_with_its_rule_and_kept_in_the_form(reader: Reader, world: World) -> None:
    page = reader("en-GB", PHONE)
    sign_in(page, world, "declarant")
    for url, says in (("ftp://example.org/", "begins with https://"), ("https://u:p@example.org/", "password")):
        make(page, url)
        expect(page.get_by_role("alert")).to_contain_text(says)
        expect(page.get_by_label("Address (https://…)")).to_have_value(url)
    page.get_by_label("Begin after receipt number").fill("soon")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("digits")
    hostile = f"https://receiver.invalid/{PAYLOADS[0]}".replace("'", "%27")
    make(page, hostile)
    card = page.locator(".card", has_text="receiver.invalid")
    expect(card.locator("code").first).to_have_text(hostile)
    assert page.locator("main script").count() == 0
    check_names(page)
    assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
    card.get_by_text("Remove", exact=True).click()
    card.get_by_role("button", name="Remove it").click()


def test_webhooks_are_their_owners_alone(reader: Reader, world: World) -> None:
    page, other = reader("en-GB", DESK), reader("en-GB", DESK)
    sign_in(page, world, "platform")
    make(page, "https://receiver.invalid/own")
    number = str(page.locator(".card", has_text="receiver.invalid/own").get_attribute("id")).partition("-")[2]
    sign_in(other, world, "declarant")
    other.goto("/console/webhooks")
    expect(other.locator("main")).not_to_contain_text("receiver.invalid/own")
    for path in (f"/console/webhooks/{number}/dead", "/console/webhooks/99999999999999999999/dead"):
        response = other.goto(path)
        assert response is not None
        assert response.status == 404
    card = page.locator(".card", has_text="receiver.invalid/own")
    card.get_by_text("Remove", exact=True).click()
    card.get_by_role("button", name="Remove it").click()

"""Webhooks as participants manage them over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families
from standardwebhooks import Webhook

from backend.app import create_app
from backend.domain.webhooks import MOST_WEBHOOKS, WAITS
from backend.services.gateway import Gateway
from backend.services.runner import Runner
from tests.support.asking import is_problem
from tests.support.receivers import Receiver, receiver
from tests.support.running import NO_LIMITS, served, until
from tests.support.standing import Conversation, clock_of, key_for

HOOKS = "/v1/webhooks"


@pytest.fixture
def http(gateway: Gateway) -> Iterator[httpx.Client]:
    """A client of participant 5, of a gateway whose loops run."""
    app = create_app(gateway, Runner(gateway), NO_LIMITS)
    with served(app) as address, httpx.Client(base_url=address, trust_env=False) as made:
        made.headers.update(key_for(gateway, 5, "enterprise"))
        yield made


def created(http: httpx.Client, url: str, **more: Any) -> dict[str, Any]:
    answer = http.post(HOOKS, json={"url": url, **more})
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def outcomes(http: httpx.Client) -> dict[str, float]:
    """Attempts to deliver, by outcome, as the metrics count them."""
    return {
        sample.labels["outcome"]: sample.value
        for family in text_string_to_metric_families(http.get("/metrics").text)
        for sample in family.samples
        if sample.name == "guanlian_deliveries_total"
    }


def listed(http: httpx.Client) -> list[dict[str, Any]]:
    return list(http.get(HOOKS).json()["items"])


def test_a_webhook_lives_from_its_creation_to_its_end(http: httpx.Client, talk: Conversation, there: Receiver) -> None:
    made = created(http, there.url)
    assert made["secret"].startswith("whsec_")
    shown = {name: value for name, value in made.items() if name != "secret"}
    assert listed(http) == [shown]
    assert (shown["is_active"], shown["reason"], shown["waiting"], shown["dead"]) == (True, None, 0, 0)
    ids = talk.life(1)
    until(lambda: there.ids == ids, "the receipts arrive")
    for one in there.received:
        assert Webhook(made["secret"]).verify(one.body, one.headers)["id"] == one.receipt_id
    path = f"{HOOKS}/{made['webhook_id']}"
    assert http.delete(path).status_code == 204
    assert listed(http) == []
    is_problem(http.delete(path), 404, "NotFound")


def test_a_participant_manages_its_own_webhooks_only(http: httpx.Client, gateway: Gateway, there: Receiver) -> None:
    number = created(http, there.url)["webhook_id"]
    http.headers.update(key_for(gateway, 6, "authority"))
    assert listed(http) == []
    path = f"{HOOKS}/{number}"
    is_problem(http.delete(path), 404, "NotFound")
    is_problem(http.post(f"{path}/replay", json={"since": 0}), 404, "NotFound")
    is_problem(http.post(f"{path}/ping"), 404, "NotFound")
    is_problem(http.get(f"{path}/dead"), 404, "NotFound")
    is_problem(http.post(f"{path}/dead/{'0' * 8}-0000-0000-0000-{'0' * 12}/retry"), 404, "NotFound")
    for scope in ("governance", "operator"):
        http.headers.update(key_for(gateway, None, scope))
        is_problem(http.get(HOOKS), 403, "Forbidden")
        is_problem(http.post(HOOKS, json={"url": there.url}), 403, "Forbidden")
    assert there.received == []


def test_a_participant_has_so_many_webhooks_and_no_more(http: httpx.Client, gateway: Gateway, there: Receiver) -> None:
    numbers = [created(http, there.url)["webhook_id"] for _ in range(MOST_WEBHOOKS)]
    body = is_problem(http.post(HOOKS, json={"url": there.url}), 409, "WebhooksTooMany")
    assert body["most"] == MOST_WEBHOOKS
    http.delete(f"{HOOKS}/{numbers[3]}")
    created(http, there.url)
    http.headers.update(key_for(gateway, 6, "enterprise"))
    created(http, there.url)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "url"),
        ({"url": 7}, "url"),
        ({"url": "ftp://erp.example.com/"}, "url"),
        ({"url": "https://user:pass@erp.example.com/"}, "url"),
        ({"url": "https://erp.example.com/#x"}, "url"),
        ({"url": "https://erp.example.com/" + "x" * 500}, "url"),
        ({"url": "https://erp.example.com/", "since": -1}, "since"),
        ({"url": "https://erp.example.com/", "since": "1"}, "since"),
        ({"url": "https://erp.example.com/", "since": 1}, "since"),
        ({"url": "https://erp.example.com/", "secret": "mine"}, "secret"),
    ],
)
def test_what_is_no_webhook_is_refused_and_nothing_is_kept(http: httpx.Client, body: Any, field: str) -> None:
    refused = is_problem(http.post(HOOKS, json=body), 422, "InvalidInput")
    assert refused["field"] == field
    assert listed(http) == []


@pytest.mark.parametrize("host", ["127.0.0.1", "10.1.2.3", "[::1]", "169.254.169.254", "[::ffff:192.168.0.1]"])
def test_a_private_address_is_refused_where_the_settings_do_not_allow_it(
    http: httpx.Client, gateway: Gateway, host: str
) -> None:
    gateway.settings = replace(gateway.settings, webhooks_to_private="false")
    body = is_problem(http.post(HOOKS, json={"url": f"http://{host}:8545/"}), 422, "InvalidInput")
    assert body["rule"] == "an address of the open internet"


def test_a_name_that_leads_to_a_private_address_is_found_out_when_it_is_sent_to(
    http: httpx.Client, gateway: Gateway, there: Receiver
) -> None:
    number = created(http, there.url.replace("127.0.0.1", "localhost"))["webhook_id"]
    gateway.settings = replace(gateway.settings, webhooks_to_private="false")
    said = http.post(f"{HOOKS}/{number}/ping").json()
    assert said == {"delivered": False, "answer": "not sent: localhost is no address of the open internet"}
    assert there.received == []


def test_a_ping_is_signed_and_says_what_the_receiver_answered(http: httpx.Client, there: Receiver) -> None:
    made = created(http, there.url)
    path = f"{HOOKS}/{made['webhook_id']}/ping"
    assert http.post(path).json() == {"delivered": True, "answer": "HTTP 204"}
    (one,) = there.received
    assert Webhook(made["secret"]).verify(one.body, one.headers) == {"type": "ping", "webhook_id": made["webhook_id"]}
    there.behaviour = lambda _, __: 403
    assert http.post(path).json() == {"delivered": False, "answer": "HTTP 403"}


def test_what_is_replayed_arrives_again_and_the_future_is_refused(
    http: httpx.Client, talk: Conversation, there: Receiver
) -> None:
    number = created(http, there.url)["webhook_id"]
    ids = talk.life(1)
    until(lambda: there.ids == ids, "the receipts arrive")
    again = http.post(f"{HOOKS}/{number}/replay", json={"since": ids[0]})
    assert (again.status_code, again.json()["after_receipt"]) == (200, ids[0])
    until(lambda: there.ids == [*ids, *ids[1:]], "they arrive again")
    for since in (ids[-1] + 1, -1, None):
        body = is_problem(http.post(f"{HOOKS}/{number}/replay", json={"since": since}), 422, "InvalidInput")
        assert body["field"] == "since"


def test_what_never_arrived_is_listed_by_pages_and_tried_again(
    http: httpx.Client, gateway: Gateway, talk: Conversation
) -> None:
    with receiver(lambda _, __: 500) as there:
        number = created(http, there.url)["webhook_id"]
        ids = [new for each in range(3) for new in talk.life(each, ("2",))]
        for attempts, seconds in enumerate((*WAITS, 0), 1):
            until(lambda: sum(outcomes(http).values()) == 3 * attempts, f"attempt {attempts}")  # noqa: B023
            clock_of(gateway).now += 2 * seconds
        until(lambda: listed(http)[0]["dead"] == 3, "all three are given up")
        assert listed(http)[0]["waiting"] == 0
        found, cursor = [], None
        while True:
            query = {"limit": 2} | ({"cursor": cursor} if cursor else {})
            page = http.get(f"{HOOKS}/{number}/dead", params=query).json()
            found += page["items"]
            cursor = page["next"]
            if cursor is None:
                break
        assert sorted(item["receipt_id"] for item in found) == ids
        assert {(item["attempts"], item["answer"], item["status"]) for item in found} == {(9, "HTTP 500", "2")}

        there.behaviour = lambda _, __: 204
        there.received.clear()
        path = f"{HOOKS}/{number}/dead/{found[0]['delivery_id']}/retry"
        assert http.post(path).status_code == 202
        until(lambda: there.ids == [found[0]["receipt_id"]], "the one tried again arrives")
        assert there.received[0].headers["webhook-id"] == found[0]["delivery_id"]
        until(lambda: listed(http)[0]["waiting"] == 0, "its arrival is noted")
        is_problem(http.post(path), 404, "NotFound")
        is_problem(http.post(f"{HOOKS}/{number}/dead/x/retry"), 422, "InvalidInput")
        is_problem(http.get(f"{HOOKS}/{number}/dead", params={"cursor": "x"}), 422, "InvalidInput")
        assert listed(http)[0]["dead"] == 2

        assert outcomes(http) == {"delivered": 1, "failed": 24, "dead": 3}
        assert http.get("/v1/status").json()["runner"]["deliverer"]["trouble"] is None

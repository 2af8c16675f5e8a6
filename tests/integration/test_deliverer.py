"""Receipts on their way to real receivers that fail, hang, redirect and talk too much."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterator

import pytest
from standardwebhooks import Webhook

from backend.domain.webhooks import MOST_DEATHS, WAITS
from backend.services import webhooks as managing
from backend.services.deliverer import Deliverer
from backend.services.gateway import Gateway
from backend.services.receipt_feed import read_feed
from backend.services.runner import Runner
from tests.support.receivers import Receiver, hooked, in_order, later, receiver, settle, statuses, webhook_of
from tests.support.running import until
from tests.support.standing import Conversation, clock_of


@pytest.fixture
def deliverer(gateway: Gateway) -> Iterator[Deliverer]:
    made = Deliverer(gateway, seconds=1.0)
    yield made
    made.finish()


# ---------------------------------------------------------------------------------------------------
# What arrives


def test_receipts_arrive_as_the_feed_has_them_and_signed(
    gateway: Gateway, talk: Conversation, deliverer: Deliverer, there: Receiver
) -> None:
    webhook = hooked(gateway, there)
    ids = talk.life(1)
    talk.life(2, participant_no=6)
    settle(deliverer)
    assert [one.json for one in there.received] == read_feed(gateway, 5, 0, 10).as_json()["items"]
    assert there.ids == ids
    secret = base64.b64decode(webhook["secret"].removeprefix("whsec_"))
    assert len(secret) == 32
    for one in there.received:
        assert one.headers["Content-Type"] == "application/json"
        assert Webhook(webhook["secret"]).verify(one.body, one.headers) == one.json
        signed = f"{one.headers['webhook-id']}.{one.headers['webhook-timestamp']}.".encode() + one.body
        expected = base64.b64encode(hmac.new(secret, signed, hashlib.sha256).digest()).decode()
        assert one.headers["webhook-signature"] == f"v1,{expected}"
    assert len({one.headers["webhook-id"] for one in there.received}) == 3
    assert deliverer.outcomes == {"delivered": 3}


def test_a_webhook_without_since_gets_what_is_still_to_come(
    gateway: Gateway, talk: Conversation, deliverer: Deliverer, there: Receiver
) -> None:
    talk.life(1)
    hooked(gateway, there, since=None)
    new = talk.life(2)
    settle(deliverer)
    assert there.ids == new


def test_every_webhook_of_a_participant_gets_every_receipt_once(
    gateway: Gateway, talk: Conversation, deliverer: Deliverer, there: Receiver
) -> None:
    with receiver() as other:
        hooked(gateway, there)
        hooked(gateway, other)
        ids = [new for number in range(30) for new in talk.life(number)]
        settle(deliverer)
        settle(deliverer)
        assert sorted(there.ids) == sorted(other.ids) == ids
        assert in_order(there)
        assert in_order(other)


def test_receipts_on_a_document_without_parcel_keep_their_order(
    gateway: Gateway, talk: Conversation, deliverer: Deliverer
) -> None:
    with receiver(statuses(500, 204)) as there:
        hooked(gateway, there)
        document_id = talk.document("607", parcel_id=None)
        first = talk.receipt(document_id, receipt_type="608")
        settle(deliverer)
        second = talk.receipt(document_id, "399", receipt_type="608")
        settle(deliverer)
        assert there.ids == [first]
        later(gateway, deliverer, WAITS[0])
        assert there.ids == [first, first, second]


# ---------------------------------------------------------------------------------------------------
# Receivers that fail


def test_a_parcel_that_fails_keeps_its_order_and_holds_up_no_other(
    gateway: Gateway, talk: Conversation, deliverer: Deliverer
) -> None:
    (first, *rest), other = talk.life(1), talk.life(2)
    answers = statuses(500, 503, 200)
    with receiver(lambda one, to: answers(one, to) if one.receipt_id == first else 204) as there:
        hooked(gateway, there)
        settle(deliverer)
        assert [new for new in there.ids if new in other] == other
        assert [new for new in there.ids if new not in other] == [first]
        newer = talk.receipt(talk.document(), "899", parcel_id=bytes.fromhex(there.received[0].json["parcel_id"]))
        settle(deliverer)
        later(gateway, deliverer, WAITS[0])
        assert [new for new in there.ids if new not in other] == [first, first]
        later(gateway, deliverer, WAITS[1])
        found = [new for new in there.ids if new not in other and new != newer]
        assert found == [first, first, first, *rest]
        same = {one.headers["webhook-id"] for one in there.received if one.receipt_id == first}
        assert len(same) == 1


def test_it_is_tried_by_the_schedule_and_then_given_up_and_the_lane_goes_on(
    gateway: Gateway, talk: Conversation, deliverer: Deliverer
) -> None:
    first, second = talk.life(1, ("2", "120"))
    with receiver(lambda one, _: 500 if one.receipt_id == first else 204) as there:
        webhook = hooked(gateway, there)
        settle(deliverer)
        for attempts, seconds in enumerate(WAITS, 1):
            assert there.ids == [first] * attempts
            clock_of(gateway).now += seconds - 1
            settle(deliverer)
            assert len(there.received) == attempts, "not before its time"
            clock_of(gateway).now += 1 + seconds // 5
            settle(deliverer)
        assert there.ids == [first] * (len(WAITS) + 1) + [second]
        assert webhook_of(gateway)["dead"] == 1
        (dead,) = managing.dead(gateway, 5, webhook["webhook_id"], None, 10)["items"]
        assert (dead["receipt_id"], dead["attempts"], dead["answer"]) == (first, len(WAITS) + 1, "HTTP 500")

        there.behaviour = lambda _, __: 204
        managing.retry(gateway, 5, webhook["webhook_id"], dead["delivery_id"])
        settle(deliverer)
        assert there.received[-1].headers["webhook-id"] == dead["delivery_id"]
        assert there.ids[-1] == first
        assert (webhook_of(gateway)["dead"], webhook_of(gateway)["waiting"]) == (0, 0)
        assert deliverer.outcomes == {"failed": len(WAITS), "dead": 1, "delivered": 2}


def test_a_receiver_that_is_gone_is_left_alone_until_it_is_started_again(
    gateway: Gateway, talk: Conversation, deliverer: Deliverer
) -> None:
    with receiver(statuses(204, 410)) as there:
        webhook = hooked(gateway, there)
        ids = talk.life(1)
        settle(deliverer)
        talk.life(2)
        later(gateway, deliverer, WAITS[-1])
        assert there.ids == ids[:2]
        seen = webhook_of(gateway)
        assert (seen["is_active"], seen["reason"]) == (False, "Gone")
        assert "410" in seen["reason_zh"]
        assert "410" in seen["reason_en"]

        there.behaviour = lambda _, __: 204
        managing.replay(gateway, 5, webhook["webhook_id"], ids[0])
        settle(deliverer)
        assert sorted(there.ids[2:]) == [ids[1], ids[2], *range(ids[2] + 1, ids[2] + 4)]
        assert in_order(there)
        assert webhook_of(gateway)["is_active"]


def test_too_many_dead_in_a_row_switch_a_webhook_off(
    gateway: Gateway, talk: Conversation, deliverer: Deliverer
) -> None:
    with receiver(lambda _, __: 500) as there:
        hooked(gateway, there)
        for number in range(MOST_DEATHS - 1):
            talk.life(number, ("2",))
        settle(deliverer)
        for seconds in WAITS:
            later(gateway, deliverer, seconds)
        seen = webhook_of(gateway)
        assert (seen["is_active"], seen["dead"]) == (True, MOST_DEATHS - 1)
        talk.life(100, ("2",))
        settle(deliverer)
        for seconds in WAITS:
            later(gateway, deliverer, seconds)
        seen = webhook_of(gateway)
        assert (seen["is_active"], seen["reason"], seen["dead"]) == (False, "TooManyDead", MOST_DEATHS)


def test_one_that_arrives_starts_the_count_of_deaths_anew(
    gateway: Gateway, talk: Conversation, deliverer: Deliverer
) -> None:
    with receiver(lambda _, __: 500) as there:
        hooked(gateway, there)
        for number in range(MOST_DEATHS):
            if number == MOST_DEATHS // 2:
                there.behaviour = lambda _, __: 204
                talk.life(1000, ("2",))
                settle(deliverer)
                there.behaviour = lambda _, __: 500
            talk.life(number, ("2",))
            if number in (MOST_DEATHS // 2 - 1, MOST_DEATHS - 1):
                settle(deliverer)
                for seconds in WAITS:
                    later(gateway, deliverer, seconds)
        seen = webhook_of(gateway)
        assert (seen["is_active"], seen["dead"]) == (True, MOST_DEATHS)


# ---------------------------------------------------------------------------------------------------
# In the gateway's own process


def test_the_runner_delivers_beside_a_chain_that_is_down_and_says_how_it_does(
    gateway: Gateway, talk: Conversation, there: Receiver
) -> None:
    runner = Runner(gateway)
    hooked(gateway, there)
    runner.start()
    try:
        ids = talk.life(1)
        until(lambda: there.ids == ids, "the receipts arrive")
        until(lambda: runner.health()["indexer"]["trouble"] == "ChainUnavailable", "the node is missed")
        assert runner.health()["deliverer"]["trouble"] is None
        assert runner.health()["deliverer"]["rounds"] > 0
    finally:
        runner.stop()
    assert webhook_of(gateway)["waiting"] == 0

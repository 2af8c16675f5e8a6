"""From receipts and release instructions to webhooks: at least once, in order for each parcel, nobody held up.

The thread that ticks alone reads and writes the database; a few others do nothing but post and wait for the answer.
A delivery is noted after it was answered: killed in between, the gateway sends it again under the same id.
"""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import Any

import orjson
import structlog

from backend.domain.errors import StoreUnavailable
from backend.domain.webhooks import MOST_DEATHS, wait_after
from backend.services.gateway import Gateway
from backend.services.posting import LONGEST, Answer, post_signed
from backend.services.receipt_feed import receipt_json
from backend.services.release_instructions import facts_json
from backend.store import deliveries, receipts, webhooks
from backend.store.database import Connection

log = structlog.get_logger("deliverer")

#: Posts at once.
MOST_UNDER_WAY = 16
#: Of these to one webhook that answers, whatever it says; to any other one at a time.
MOST_TO_ONE = 4
#: And to all those together that did not answer last time: the silent never take every thread.
MOST_TO_SILENT = MOST_UNDER_WAY // 2
#: Deliveries made out at once, and how many that are due are enough for now.
BATCH = 500
#: Seconds that posts under way are waited for at the end.
GRACE = 5.0


@dataclass(slots=True)
class _Flight:
    """A delivery under way."""

    webhook_id: int
    delivery_id: str
    answer: Future[Answer]


class Deliverer:
    """Sends every participant's receipts and news of instructions to its webhooks. One at a time per database."""

    def __init__(self, gateway: Gateway, seconds: float = LONGEST) -> None:
        """`seconds`: how long one attempt may take."""
        self.gateway = gateway
        self._seconds = seconds
        #: Attempts since the start, by outcome.
        self.outcomes: Counter[str] = Counter()
        self._to_private = gateway.settings.sends_to_private
        self._pool: ThreadPoolExecutor | None = None
        self._under_way: dict[tuple[int, bytes], _Flight] = {}
        #: Whether a webhook answered the last time; a new one is not here.
        self._answered: dict[int, bool] = {}
        #: When a webhook was last sent to, by turns.
        self._served: dict[int, int] = {}
        self._turn = 0

    def tick(self) -> int:
        """Notes what was answered, makes out deliveries and sends what is due; how many deliveries that moved.

        With posts under way and nothing else to do it waits for the first answer, for a moment. Raises
        StoreUnavailable.
        """
        moved = self._note() + self._make_out() + self._send()
        if not moved and self._under_way:
            wait(self._futures(), timeout=self.gateway.settings.poll_seconds, return_when=FIRST_COMPLETED)
            moved = self._note()
        return moved

    @property
    def is_idle(self) -> bool:
        """Whether no post is under way."""
        return not self._under_way

    def finish(self) -> None:
        """Waits a little for what is under way and notes it; the rest is sent again after the next start."""
        wait(self._futures(), timeout=GRACE)
        try:
            self._note()
        except StoreUnavailable as fault:
            log.warning("not noted", reason=fault.details["reason"])
        self._under_way.clear()
        if self._pool is not None:
            self._pool.shutdown(wait=False, cancel_futures=True)
            self._pool = None

    # -----------------------------------------------------------------------------------------------
    # What came back

    def _note(self) -> int:
        done = {lane: flight for lane, flight in self._under_way.items() if flight.answer.done()}
        if not done:
            return 0
        outcomes: Counter[str] = Counter()
        with self.gateway.database.write() as connection:
            for flight in done.values():
                outcomes[self._note_one(connection, flight)] += 1
        self.outcomes.update(outcomes)
        for lane, flight in done.items():
            del self._under_way[lane]
            self._answered[flight.webhook_id] = flight.answer.result().status is not None
        return len(done)

    def _note_one(self, connection: Connection, flight: _Flight) -> str:
        answer, now = flight.answer.result(), self.gateway.now()
        delivery = deliveries.waiting_delivery(connection, flight.delivery_id)
        if delivery is None:
            return "withdrawn"
        if answer.is_taken:
            deliveries.note_delivered(connection, delivery, answer.text, now)
            webhooks.clear_deaths(connection, [flight.webhook_id])
            return "delivered"
        seconds = wait_after(delivery.attempts + 1)
        log.info(
            "not delivered",
            webhook=flight.webhook_id,
            delivery=delivery.delivery_id,
            attempts=delivery.attempts + 1,
            status=answer.status,
        )
        if answer.status == 410:
            self._switch_off(connection, flight.webhook_id, "Gone")
        if seconds is not None:
            # Up to a fifth more, so that what failed together does not come back together.
            later = now + seconds + secrets.randbelow(seconds // 5 + 1)
            deliveries.note_failed(connection, delivery, answer.text, later, now)
            return "failed"
        deliveries.note_dead(connection, delivery, answer.text, now)
        if webhooks.count_death(connection, flight.webhook_id) >= MOST_DEATHS:
            self._switch_off(connection, flight.webhook_id, "TooManyDead")
        return "dead"

    def _switch_off(self, connection: Connection, webhook_id: int, reason: str) -> None:
        webhooks.switch_off(connection, webhook_id, reason)
        log.warning("switched off", webhook=webhook_id, reason=reason)

    # -----------------------------------------------------------------------------------------------
    # What is to be sent

    def _make_out(self) -> int:
        now = self.gateway.now()
        with self.gateway.database.read() as connection:
            hungry = [
                webhook_id
                for webhook_id in webhooks.webhooks_behind(connection)
                if deliveries.count_due(connection, webhook_id, now, BATCH) < BATCH
            ]
        made = 0
        for webhook_id in hungry:
            with self.gateway.database.write() as connection:
                made += deliveries.make_out(connection, webhook_id, BATCH, now)
                deliveries.forget_delivered(connection, webhook_id, now)
        return made

    def _send(self) -> int:
        """Posts what is due, the webhook first that has waited longest for its turn."""
        now = self.gateway.now()
        with self.gateway.database.read() as connection:
            due: list[tuple[Any, Any]] = []
            active = webhooks.active_webhooks(connection)
            for webhook in sorted(active, key=lambda each: self._served.get(each.id, 0)):
                due += [(webhook, delivery) for delivery in self._due_of(connection, webhook.id, now, due)]
            given = receipts.receipts_by_id(connection, [each.receipt_id for _, each in due if each.receipt_id])
            facts = facts_json(connection, [each.fact_id for _, each in due if each.fact_id])
        for webhook, delivery in due:
            told = facts[delivery.fact_id] if delivery.fact_id else receipt_json(given[delivery.receipt_id])
            self._post(webhook, delivery, orjson.dumps(told), now)
        return len(due)

    def _due_of(
        self, connection: Connection, webhook_id: int, now: int, chosen: Sequence[tuple[Any, Any]]
    ) -> list[Any]:
        """As many deliveries to one webhook as it and the threads have room for."""
        under_way = [flight.webhook_id for flight in self._under_way.values()]
        under_way += [webhook.id for webhook, _ in chosen]
        room = MOST_UNDER_WAY - len(under_way)
        answered = self._answered.get(webhook_id)
        room = min(room, (MOST_TO_ONE if answered else 1) - under_way.count(webhook_id))
        if answered is False:
            room = min(room, MOST_TO_SILENT - sum(self._answered.get(each) is False for each in under_way))
        if room <= 0:
            return []
        # The lanes under way stand among the first: their deliveries still wait, as far as the database knows.
        first = deliveries.first_due(connection, webhook_id, now, MOST_UNDER_WAY + room)
        return [each for each in first if (webhook_id, each.lane) not in self._under_way][:room]

    def _post(self, webhook: Any, delivery: Any, body: bytes, now: int) -> None:
        if self._pool is None:
            self._pool = ThreadPoolExecutor(MOST_UNDER_WAY, thread_name_prefix="deliver")
        answer = self._pool.submit(
            post_signed,
            webhook.url,
            webhook.secret,
            delivery.delivery_id,
            body,
            now,
            to_private=self._to_private,
            seconds=self._seconds,
        )
        self._under_way[webhook.id, delivery.lane] = _Flight(webhook.id, delivery.delivery_id, answer)
        self._turn += 1
        self._served[webhook.id] = self._turn

    def _futures(self) -> list[Future[Answer]]:
        return [flight.answer for flight in self._under_way.values()]

"""What each stage costs: the same code in this process, one thing after the other, with a clock around each."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest.mock import patch

from backend.chain.client import ChainClient
from backend.domain.lifecycle import Step
from backend.domain.participants import legal_identity
from backend.domain.roster import enterprise
from backend.services import comparing, steps
from backend.services.gateway import Gateway
from backend.services.indexer import Indexer
from backend.services.intake import prepared, receiving
from backend.services.sender import Sender
from backend.store.participant_queries import number_of_identity
from scripts.bench.load import EVIDENCE, LIFE, Load

Report = Callable[[str, int, int], None]

STAGES = ("parse and check", "commit", "database", "compare", "sign and send", "mine", "index")

#: What is timed within other stages: where it is looked up, its name there, and the stage that it belongs to.
TIMED: tuple[tuple[Any, str, str], ...] = (
    (receiving, "parse_message", "parse and check"),
    (prepared, "check_document", "parse and check"),
    (receiving, "prepare", "commit"),
    (ChainClient, "send_raw", "sign and send"),
)

#: Parcels compared at once, as the automatic account of a district does.
ROUND = 400


class Clock:
    """Seconds by stage; a stage inside another is taken out of it."""

    def __init__(self) -> None:
        self.seconds: Counter[str] = Counter()
        self._open: list[list[float]] = []

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        self._open.append([0.0])
        started = time.perf_counter()
        try:
            yield
        finally:
            spent = time.perf_counter() - started
            inner = self._open.pop()[0]
            self.seconds[name] += spent - inner
            if self._open:
                self._open[-1][0] += spent

    def around(self, work: Callable[..., Any], name: str) -> Callable[..., Any]:
        def timed(*arguments: Any, **named: Any) -> Any:
            with self.stage(name):
                return work(*arguments, **named)

        return timed


def stages(gateway: Gateway, work: Load, report: Report) -> dict[str, Any]:
    """Seconds and share of each stage over the whole life of the load's parcels; mining on demand."""
    clock = Clock()
    with ExitStack() as stack:
        for owner, name, stage in TIMED:
            stack.enter_context(patch.object(owner, name, clock.around(getattr(owner, name), stage)))
        _run(gateway, work, clock, report)
    total = sum(clock.seconds.values())
    return {name: {"seconds": clock.seconds[name], "share": clock.seconds[name] / total} for name in STAGES} | {
        "all": {"seconds": total, "share": 1.0}
    }


def _run(gateway: Gateway, work: Load, clock: Clock, report: Report) -> None:
    sender, indexer = Sender(gateway), Indexer(gateway)

    def through() -> None:
        """Sends what waits, mines, indexes, until nothing is left."""
        while True:
            with clock.stage("sign and send"):
                signed = sender.tick()
            with clock.stage("mine"):
                gateway.client.request("evm_mine")
            with clock.stage("index"):
                indexer.catch_up()
            if signed == 0:
                return

    number = _numbers(gateway)
    offices: dict[str, list[bytes]] = {}
    report("stages", 0, len(work.messages) + len(LIFE))
    for done, message in enumerate(work.messages, 1):
        with clock.stage("database"):
            outcome = receiving.receive_message(gateway, number(message.sender.key), message.data)
        for document in outcome.documents:
            if document.kind == "Order" and document.parcel_id:
                _, platform, order = document.business_key.split("|")
                offices.setdefault(work.customs[platform, order], []).append(bytes.fromhex(document.parcel_id))
        report("stages", done, len(work.messages) + len(LIFE))
    # Lists wait a moment for company.
    time.sleep(gateway.settings.group_seconds)
    through()
    through()
    _compare(gateway, [parcel for parcels in offices.values() for parcel in parcels], clock)
    for done, (step, who) in enumerate(LIFE, len(work.messages) + 1):
        for office, parcels in offices.items():
            actor = number(office if who == "customs" else who)
            with clock.stage("database"):
                steps.submit_steps(gateway, actor, Step[step], parcels, EVIDENCE)
        through()
        report("stages", done, len(work.messages) + len(LIFE))


def _compare(gateway: Gateway, parcels: Sequence[bytes], clock: Clock) -> None:
    """Compares the documents of every parcel, as a district does that decides by itself."""
    for start in range(0, len(parcels), ROUND):
        with clock.stage("compare"), gateway.database.read() as connection:
            reports = comparing.compare(connection, parcels[start : start + ROUND])
        if not all(report.is_acceptable for report in reports.values()):
            raise RuntimeError("the load's documents do not agree")


def _numbers(gateway: Gateway) -> Callable[[str], int]:
    def number(key: str) -> int:
        identity = legal_identity(gateway.consortium_key, enterprise(key).uscc)
        with gateway.database.read() as connection:
            found = number_of_identity(connection, identity)
        if found is None:
            raise RuntimeError(f"{key} is not registered")
        return found

    return number

"""From HTTP in to indexed out, against a gateway in a process of its own and a node that mines by the clock.

Everything overlaps, as in a real day: while early parcels are inspected and released, later ones send documents.
"""

from __future__ import annotations

import itertools
import os
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

from backend.services import processes
from backend.services.demo.client import Roles
from backend.services.installation import Running
from scripts.bench.load import DOCUMENTS_A_PARCEL, EVIDENCE, LIFE, RECORDS_A_PARCEL, Load

#: Connections that send messages at the same time.
SENDERS = 4
#: Parcels of one district that take a step together.
CHUNK = 400
#: Chunks under way at the same time: while one waits for its block, others work.
CHUNKS_AT_ONCE = 12
#: Seconds between questions while something is waited for.
ASK_EVERY = 0.5

ATTESTED = {"Order", "Payment", "Waybill"}

Report = Callable[[str, int, int], None]


def end_to_end(running: Running, work: Load, report: Report) -> dict[str, Any]:
    """Rates of the whole way. Seconds count from the first byte sent to the last record indexed."""
    gateway, node = _cpu(running, "gateway"), _cpu(running, "node")
    started = time.perf_counter()
    with _Lives(running, work, report) as lives:
        _send_messages(running, work, lives, report)
        accepted = time.perf_counter() - started
        lives.finish()
    _until_idle(running, work.parcels)
    seconds = time.perf_counter() - started
    documents = work.parcels * DOCUMENTS_A_PARCEL
    return {
        "parcels": work.parcels,
        "seconds": seconds,
        "seconds_accepting": accepted,
        "documents_accepted_per_second": documents / accepted,
        "documents_per_second": documents / seconds,
        "parcels_per_second": work.parcels / seconds,
        "records_per_second": work.parcels * RECORDS_A_PARCEL / seconds,
        # Free of what else the machine does meanwhile; absent where the system does not tell.
        "gateway_cpu_ms_per_parcel": _spent(gateway, _cpu(running, "gateway"), work.parcels),
        "node_cpu_ms_per_parcel": _spent(node, _cpu(running, "node"), work.parcels),
    }


def _send_messages(running: Running, work: Load, lives: _Lives, report: Report) -> None:
    """Every message, in order by several connections."""
    queue = iter(work.messages)
    lock = threading.Lock()
    done = itertools.count(1)
    report("messages", 0, len(work.messages))

    def send() -> None:
        with Roles(running.api_url, running.keys) as roles:
            while True:
                with lock:
                    message = next(queue, None)
                if message is None:
                    return
                outcome = roles[message.sender.key].send_message(message.data)
                for document in outcome["documents"]:
                    if document["standing"] != "stored":
                        raise RuntimeError(f"not stored: {document}")
                    if document["kind"] == "Order":
                        _, platform, order = document["business_key"].split("|")
                        lives.begin(work.customs[platform, order], document["parcel_id"])
                report("messages", next(done), len(work.messages))

    with ThreadPoolExecutor(SENDERS) as pool:
        for future in [pool.submit(send) for _ in range(SENDERS)]:
            future.result()


class _Lives:
    """Parcels gather by district; a full chunk takes every step, waiting for the chain in between."""

    def __init__(self, running: Running, work: Load, report: Report) -> None:
        self.running, self.report, self.parcels = running, report, work.parcels
        self.pool = ThreadPoolExecutor(CHUNKS_AT_ONCE)
        self._lock = threading.Lock()
        self._gathered: dict[str, list[str]] = defaultdict(list)
        self._futures: list[Future[None]] = []
        self._closed = 0
        report("closed", 0, work.parcels)

    def __enter__(self) -> _Lives:
        return self

    def __exit__(self, *_: object) -> None:
        self.pool.shutdown(cancel_futures=True)

    def begin(self, office: str, parcel: str) -> None:
        with self._lock:
            gathered = self._gathered[office]
            gathered.append(parcel)
            if len(gathered) == CHUNK:
                self._submit(office)

    def finish(self) -> None:
        """Starts what has gathered and waits for every parcel's last step."""
        with self._lock:
            for office in list(self._gathered):
                self._submit(office)
        for future in self._futures:
            future.result()

    def _submit(self, office: str) -> None:
        if parcels := self._gathered.pop(office, None):
            self._futures.append(self.pool.submit(self._live, office, parcels))

    def _live(self, office: str, parcels: list[str]) -> None:
        with Roles(self.running.api_url, self.running.keys) as roles:
            self._until_attested(roles, parcels)
            for step, who in LIFE:
                role = roles[office if who == "customs" else who]
                for operation in role.record(step, parcels, EVIDENCE):
                    view = role.wait(operation, 300)
                    if view["status"] != "confirmed":
                        raise RuntimeError(f"{step} is {view['status']}: {view['items'][:1]}")
        with self._lock:
            self._closed += len(parcels)
            self.report("closed", self._closed, self.parcels)

    def _until_attested(self, roles: Roles, parcels: list[str]) -> None:
        """Waits until every parcel is declared and all three documents are vouched for."""
        waiting = list(parcels)
        while waiting:
            time.sleep(ASK_EVERY)
            # The last ones come last: most questions need no more than these.
            found = roles["governance"].get("/v1/parcels", parcel_id=waiting[-50:])["items"]
            ready = {item["parcel_id"] for item in found if set(item["flags"]) >= ATTESTED}
            waiting = [parcel for parcel in waiting if parcel not in ready]


def _until_idle(running: Running, parcels: int) -> None:
    """Waits until nothing waits and every parcel is declared and readable."""
    with Roles(running.api_url, running.keys) as roles:
        while True:
            state = roles["governance"].get("/v1/status")
            moving = state["outbox"]["waiting"] + state["outbox"]["sent"] + state["transactions"]["pending"]
            if moving == 0 and state["read_model"]["parcels"] >= parcels:
                return
            time.sleep(0.1)


def _cpu(running: Running, which: str) -> float | None:
    """Seconds of processor time that a process of the installation has used; None where not told."""
    places = {"gateway": processes.gateway_pid(running.home), "node": running.home / "chain" / "node.pid"}
    try:
        words = Path(f"/proc/{processes.read_pid(places[which])}/stat").read_text().rsplit(")", 1)[1].split()
    except OSError:
        return None
    return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")


def _spent(before: float | None, after: float | None, parcels: int) -> float | None:
    return None if before is None or after is None else (after - before) / parcels * 1000

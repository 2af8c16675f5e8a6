"""From HTTP in to indexed out, against a gateway in a process of its own and a node that mines by the clock."""

from __future__ import annotations

import itertools
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from backend.services.demo.client import Roles
from backend.services.installation import Running
from scripts.bench.load import DOCUMENTS_A_PARCEL, EVIDENCE, LIFE, RECORDS_A_PARCEL, Load

#: Connections that send at the same time.
SENDERS = 4
#: Parcels that take a step together.
CHUNK = 500
#: Chunks under way at the same time: while one waits for its block, others work.
CHUNKS_AT_ONCE = 8

Report = Callable[[str, int, int], None]


def end_to_end(running: Running, work: Load, report: Report) -> dict[str, Any]:
    """Rates of the whole way. Seconds count from the first byte sent to the last record indexed."""
    started = time.perf_counter()
    parcels = _send_documents(running, work, report)
    sent = time.perf_counter()
    _until_idle(running, len(parcels), report)
    documented = time.perf_counter()
    _live(running, _chunks(parcels, work), report)
    _until_idle(running, len(parcels), report)
    ended = time.perf_counter()
    documents = work.parcels * DOCUMENTS_A_PARCEL
    first, later = documented - started, ended - documented
    return {
        "parcels": work.parcels,
        "seconds": {"accepting": sent - started, "documents": first, "steps": later, "all": ended - started},
        "documents_accepted_per_second": documents / (sent - started),
        "documents_per_second": documents / first,
        "declared_parcels_per_second": work.parcels / first,
        "records_per_second_with_documents": work.parcels * 4 / first,
        "records_per_second_of_steps": work.parcels * len(LIFE) / later,
        "parcels_per_second": work.parcels / (ended - started),
        "records_per_second": work.parcels * RECORDS_A_PARCEL / (ended - started),
    }


def _send_documents(running: Running, work: Load, report: Report) -> dict[str, tuple[str, str]]:
    """Every message, in order by several connections; parcel id → (platform code, order number)."""
    found: dict[str, tuple[str, str]] = {}
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
                        found[document["parcel_id"]] = platform, order
                report("messages", next(done), len(work.messages))

    _together(send for _ in range(SENDERS))
    return found


def _chunks(parcels: dict[str, tuple[str, str]], work: Load) -> list[tuple[str, list[str]]]:
    """(customs role, parcels) of one district each."""
    by_office: dict[str, list[str]] = defaultdict(list)
    for parcel, order in parcels.items():
        by_office[work.customs[order]].append(parcel)
    return [
        (office, own[start : start + CHUNK]) for office, own in by_office.items() for start in range(0, len(own), CHUNK)
    ]


def _live(running: Running, chunks: Sequence[tuple[str, list[str]]], report: Report) -> None:
    """Every chunk takes every step, waiting for the chain in between."""
    total = len(chunks) * len(LIFE)
    done = itertools.count(1)
    report("steps", 0, total)

    def live(office: str, parcels: list[str]) -> None:
        with Roles(running.api_url, running.keys) as roles:
            for step, who in LIFE:
                role = roles[office if who == "customs" else who]
                for operation in role.record(step, parcels, EVIDENCE):
                    view = role.wait(operation, 300)
                    if view["status"] != "confirmed":
                        raise RuntimeError(f"{step} is {view['status']}: {view['items'][:1]}")
                report("steps", next(done), total)

    with ThreadPoolExecutor(CHUNKS_AT_ONCE) as pool:
        for future in [pool.submit(live, *chunk) for chunk in chunks]:
            future.result()


def _until_idle(running: Running, parcels: int, report: Report) -> None:
    """Waits until nothing waits and every parcel is declared and readable."""
    report("indexed", 0, parcels)
    with Roles(running.api_url, running.keys) as roles:
        while True:
            state = roles["governance"].get("/v1/status")
            report("indexed", min(parcels, state["read_model"]["parcels"]), parcels)
            moving = state["outbox"]["waiting"] + state["outbox"]["sent"] + state["transactions"]["pending"]
            if moving == 0 and state["read_model"]["parcels"] >= parcels:
                return
            time.sleep(0.1)


def _together(work: Iterable[Callable[[], None]]) -> None:
    jobs = list(work)
    with ThreadPoolExecutor(len(jobs)) as pool:
        for future in [pool.submit(job) for job in jobs]:
            future.result()

"""The statistics once more, by a second path: the chain's own logs and the document store, without the read model.

Logs are asked of the node up to the block that the first path was complete to; the block's hash must be the same.
Each list counts only if its fields and secret give the root that its manifest's evidence on the chain commits to.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import orjson

from backend.chain.events import decode
from backend.domain.commitments import document_root, record_evidence
from backend.domain.errors import ChainUnavailable
from backend.domain.events import ManifestDeclared, Recorded
from backend.domain.lifecycle import Step, profile_of
from backend.domain.notices import subjects_of
from backend.domain.process import Header, Recording
from backend.domain.statistics import (
    ListFacts,
    Lived,
    Oddities,
    list_facts,
    never_arrived,
    repeated,
    straight_count,
)
from backend.services.gateway import Gateway
from backend.services.statistics import Counted, Question, count, figures_json
from backend.services.stored_documents import document_from, stored_notice
from backend.store import documents
from backend.store import statistics as store

_RANGE = 5_000


@dataclass(frozen=True, slots=True)
class Recount:
    """Both counts, and every difference: what differs, by the first path, by the second."""

    first: Counted
    differences: tuple[tuple[str, Any, Any], ...]


def recompute(gateway: Gateway, question: Question) -> Recount:
    """Counts everything twice and compares. Raises ChainUnavailable where the chain no longer has the block."""
    first = count(gateway, question)
    (block,) = gateway.client.blocks([first.at.block])
    if block is None or block.hash != first.at.hash:
        raise ChainUnavailable(reason=f"block {first.at.block} is no longer the one that was read")
    ledger, faults = _from_chain(gateway, question, first.at.block)
    figures = straight_count(ledger, question.by)
    late = never_arrived(ledger, block.timestamp, question.overdue_days * 86_400)
    oddities = Oddities(repeated(ledger), late, _undeclared(gateway))
    differences: list[tuple[str, Any, Any]] = list(faults)
    for key in sorted(first.figures.keys() | figures.keys()):
        ours, theirs = (figures_json(found[key]) if key in found else {} for found in (first.figures, figures))
        differences += [
            (f"{'/'.join(key) or 'all'}: {name}", ours.get(name), theirs.get(name))
            for name in ours | theirs
            if ours.get(name) != theirs.get(name)
        ]
    for name in ("duplicates", "never_arrived", "never_declared"):
        here, there = set(getattr(first.oddities, name)), set(getattr(oddities, name))
        differences += [(f"{name}: {each}", each in here, each in there) for each in sorted(here ^ there)]
    return Recount(first, tuple(differences))


def _from_chain(gateway: Gateway, question: Question, up_to: int) -> tuple[list[Lived], list[tuple[str, Any, Any]]]:
    declared: dict[bytes, ManifestDeclared] = {}
    records: dict[bytes, list[tuple[Recording, int]]] = {}
    address = [gateway.deployment.contracts["ParcelLedger"]]
    for start in range(gateway.deployment.block, up_to + 1, _RANGE):
        for raw in gateway.client.logs(start, min(up_to, start + _RANGE - 1), address):
            logged = decode(raw)
            if logged is None:
                continue
            match logged.event:
                case ManifestDeclared() as event:
                    declared[event.manifest] = event
                    step, parcels = Step.Declaration, (1 << len(event.parcel_ids)) - 1
                case Recorded() as event:
                    step, parcels = event.step, event.parcels
                case _:
                    continue
            by = event.declarant_no if isinstance(event, ManifestDeclared) else event.participant_no
            recording = Recording(step, event.at, by, logged.block, logged.log_index)
            records.setdefault(event.manifest, []).append((recording, parcels))
    wanted = {manifest: event for manifest, event in declared.items() if _is_asked(event, question)}
    lists, faults = _lists(gateway, wanted)
    ledger = [
        Lived(
            _header(event),
            (1 << len(event.parcel_ids)) - 1,
            tuple(records[manifest]),
            event.parcel_ids,
            lists.get(manifest, {}),
        )
        for manifest, event in wanted.items()
    ]
    return ledger, faults


def _is_asked(event: ManifestDeclared, question: Question) -> bool:
    return (
        (question.first is None or event.at >= question.first)
        and (question.last is None or event.at <= question.last)
        and question.district in (None, event.declaring_district, event.port_district)
    )


def _header(event: ManifestDeclared) -> Header:
    districts = (event.declaring_district, event.port_district)
    return Header(
        event.manifest,
        len(event.parcel_ids),
        profile_of(event.direction, event.supervision_mode, *districts),
        event.direction,
        event.supervision_mode,
        *districts,
        event.declarant_no,
        event.seller_no,
    )


def _lists(
    gateway: Gateway, declared: dict[bytes, ManifestDeclared]
) -> tuple[dict[bytes, dict[int, ListFacts]], list[tuple[str, Any, Any]]]:
    """The lists of manifests by index, and those that are not what the chain's evidence commits to."""
    with gateway.database.read() as connection:
        held = documents.committed_by(connection, [event.evidence for event in declared.values()])
    found: dict[bytes, dict[int, ListFacts]] = {}
    faults: list[tuple[str, Any, Any]] = []
    for manifest, event in declared.items():
        rows = held.get(event.evidence, [])
        if rows and record_evidence([row.root for row in rows]) != event.evidence:
            faults.append((f"evidence of manifest 0x{manifest.hex()}", "as stored", "another on the chain"))
            continue
        for index, row in enumerate(rows):
            if row.fields is None or row.secret is None:
                continue
            fields = [(path, value) for path, value in orjson.loads(row.fields)]
            if document_root(row.secret, fields) != row.root:
                faults.append((f"list of parcel {event.parcel_ids[index].hex()}", "as stored", "another on the chain"))
                continue
            message_type = "621" if event.direction == 0 else "603"
            found.setdefault(manifest, {})[index] = list_facts(document_from(message_type, fields))
    return found, faults


def _undeclared(gateway: Gateway) -> tuple[str, ...]:
    with gateway.database.read() as connection:
        notices, listed = store.arrival_notices(connection), store.current_list_waybills(connection)
    named: set[str] = set()
    for row in notices:
        notice = stored_notice(row.message_type, row.fields)
        if not notice.is_withdrawal:
            named |= {"|".join(each.waybill) for each in subjects_of(notice) if each.waybill}
    return tuple(sorted(named - listed))

"""One write to the consignment contract: rehearsed, its evidence kept, its calls queued, in one transaction.

The same content again while the chain has not decided gives the operation that is under way; under the same
`reference` it does so for ever, and another content under that reference is refused.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

import orjson

from backend.chain.carriage_calls import CONTRACT
from backend.domain.errors import CommitmentMissing
from backend.services.carriage_rehearsal import CarriageStage
from backend.services.evidence import commit_alone
from backend.services.gateway import Gateway
from backend.services.outbox import Entry, account_of, enqueue, new_operation, submitted_before
from backend.store import consignments as store
from backend.store.database import Connection

Evidence = Mapping[str, Any]
#: Calldata by the commitment to the evidence; zeros where an act has none.
Call = Callable[[bytes], bytes]
Facts = dict[str, Any]


def write(
    gateway: Gateway,
    participant_no: int,
    kind: str,
    asked: Mapping[str, Any],
    prepare: Callable[[CarriageStage], tuple[Mapping[str, Any], Sequence[Call]]],
    *,
    evidence: Evidence | None,
    reference: str | None = None,
    numbers: Collection[int] = (),
    has_evidence: bool = True,
) -> str:
    """Queues what `prepare` answers after it rehearsed the act: facts for the evidence, and the calls in their order.

    `asked` is what the write says, JSON-able: it tells a repetition from another write. `numbers`: participants that
    the rehearsal needs besides the caller. Raises Conflict, CommitmentMissing without evidence, NotHosted and what the
    contract would refuse with.
    """
    content = orjson.dumps([kind, asked, evidence], option=orjson.OPT_SORT_KEYS)
    digest = hashlib.sha256(content).digest()
    with gateway.database.write() as connection:
        known = _known(connection, participant_no, kind, digest, reference)
        if known is not None:
            return known
        if has_evidence and not evidence:
            raise CommitmentMissing()
        account = account_of(connection, participant_no)
        stage = CarriageStage(connection, gateway, account, {participant_no, *numbers})
        facts, calls = prepare(stage)
        now = gateway.now()
        operation_id = new_operation(connection, kind, participant_no, facts, now, reference=reference, digest=digest)
        committed = bytes(32)
        if has_evidence:
            content_of = {**(evidence or {}), "act": kind, **facts}
            committed = commit_alone(
                connection, gateway, operation_id=operation_id, participant_no=participant_no, content=content_of
            )
        entry = Entry(operation_id, account, participant_no, now)
        enqueue(connection, [entry.call(CONTRACT, call(committed)) for call in calls])
        return operation_id


def calling(call: Callable[..., bytes], *arguments: Any) -> Call:
    """A call that carries no evidence."""
    return lambda _: call(*arguments)


def with_evidence(call: Callable[..., bytes], *arguments: Any) -> Call:
    """A call that ends with the commitment to its evidence."""
    return lambda committed: call(*arguments, committed)


def _known(connection: Connection, participant_no: int, kind: str, digest: bytes, reference: str | None) -> str | None:
    if reference is None:
        return store.under_way(connection, participant_no, kind, digest)
    return submitted_before(connection, participant_no, reference, digest)

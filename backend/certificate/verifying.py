"""The three questions, asked one after the other. What each check is for stands in `docs/certificate.md`."""

from __future__ import annotations

import datetime
from typing import Any

from backend.certificate.answers import Answer, Answers, Status
from backend.certificate.headers import Header, HeaderMalformed, read_header
from backend.certificate.model import Certificate, Trust
from backend.certificate.reading import MOST_BYTES, Malformed, VersionUnknown, read_certificate
from backend.certificate.replay import Contradiction, StepUnknown, agrees, is_of_parcel, replay
from backend.certificate.seals import ENGINES, SealMalformed
from backend.certificate.state import AccountMissing, State, StorageMissing, read_state
from backend.certificate.tries import Nodes
from backend.certificate.wording import STATES, age_in_words
from backend.domain.commitments import next_head, verify_membership
from backend.domain.lifecycle import Direction, Step


def verify(data: bytes, trust: Trust | None, now: int) -> Answers:
    """What a file says, and how far to believe it. Never raises, whatever the file holds.

    `trust` is the reader's own list of validators, None where there is none; `now` (Unix seconds) gives the age.
    """
    if len(data) > MOST_BYTES:
        return _unread(_unchanged(Status.Invalid, "too-large"))
    try:
        certificate = read_certificate(data)
    except Malformed as fault:
        return _unread(_unchanged(Status.Invalid, "malformed", field=fault.field or "JSON", rule=fault.rule))
    except VersionUnknown as unknown:
        return _unread(_unchanged(Status.CannotTell, "version-unknown", version=unknown.version))

    try:
        headers, state = _authenticated(certificate)
    except _Refused as refused:
        return Answers(
            _unchanged(Status.Invalid, refused.code),
            Answer("final", Status.CannotTell, "not-unchanged", facts=_NOBODY),
            Answer("says", Status.CannotTell, "not-unchanged"),
        )
    unchanged = _unchanged(Status.Valid, "complete", records=len(certificate.records), block=headers[0].number)
    return Answers(unchanged, _final(certificate, headers, trust), _says(certificate, headers[0], state, now))


class _Refused(Exception):
    """A check failed, or cannot be made."""

    def __init__(self, code: str, status: Status = Status.Invalid, **words: Any) -> None:
        self.code = code
        self.status = status
        self.words = words
        super().__init__(code)


def _unchanged(status: Status, code: str, **words: Any) -> Answer:
    return Answer("unchanged", status, code, words)


#: What is said of seals where none counts.
_NOBODY: dict[str, Any] = {"sealed_by": [], "needed": None}


def _unread(unchanged: Answer) -> Answers:
    return Answers(
        unchanged,
        Answer("final", Status.CannotTell, "not-read", facts=_NOBODY),
        Answer("says", Status.CannotTell, "not-read"),
    )


# ---------------------------------------------------------------------------------------------------
# Unchanged?


def _authenticated(certificate: Certificate) -> tuple[list[Header], State]:
    """The headers and what the first one's state holds, with which the records agree. Raises _Refused."""
    headers = _linked_headers(certificate)
    nodes = Nodes(certificate.nodes)
    try:
        state = read_state(certificate, headers[0].state_root, nodes)
    except AccountMissing:
        raise _Refused("account-proof-invalid") from None
    except StorageMissing:
        raise _Refused("storage-proof-invalid") from None
    if state.header.declared_at == 0:
        raise _Refused("manifest-unknown")
    within = certificate.index <= state.header.last_index
    if not within or not verify_membership(state.root, certificate.index, certificate.parcel_id, certificate.proof):
        raise _Refused("membership-proof-invalid")
    if _folded(certificate, state.root) != state.head:
        raise _Refused("records-do-not-fold")
    if nodes.has_idle:
        raise _Refused("node-unused")
    return headers, state


def _linked_headers(certificate: Certificate) -> list[Header]:
    engine = ENGINES[certificate.engine]
    try:
        headers = [read_header(header) for header in certificate.headers]
        hashes = [engine.hash_of(header) for header in headers]
    except HeaderMalformed:
        raise _Refused("header-malformed") from None
    if hashes[0] != certificate.block_hash:
        raise _Refused("block-hash-mismatch")
    for before, its_hash, header in zip(headers, hashes, headers[1:], strict=False):
        if (header.parent_hash, header.number) != (its_hash, before.number + 1):
            raise _Refused("headers-not-linked")
    return headers


def _folded(certificate: Certificate, root: bytes) -> bytes:
    head = root
    for record in certificate.records:
        head = next_head(head, record.step, record.participant_no, record.parcels, record.evidence, record.at)
    return head


# ---------------------------------------------------------------------------------------------------
# Final, and on whose word?


def _final(certificate: Certificate, headers: list[Header], trust: Trust | None) -> Answer:
    try:
        return _sealed(certificate, headers, trust)
    except _Refused as refused:
        facts = {"sealed_by": refused.words.pop("sealed_by", []), "needed": refused.words.get("needed")}
        return Answer("final", refused.status, refused.code, refused.words, facts)


def _sealed(certificate: Certificate, headers: list[Header], trust: Trust | None) -> Answer:
    if certificate.engine == "none":
        raise _Refused("no-validators-vouch", Status.CannotTell)
    if trust is None:
        raise _Refused("no-trust-list", Status.CannotTell)
    if trust.chain_id != certificate.chain_id:
        raise _Refused("other-chain", found=certificate.chain_id, expected=trust.chain_id)
    for name, address in certificate.contracts.items():
        if trust.contracts[name] != address:
            raise _Refused("other-contract", contract=name)
    if trust.engine != certificate.engine:
        raise _Refused("other-engine", found=certificate.engine, expected=trust.engine)
    block = headers[0].number
    validators = trust.validators_at(block)
    if not validators:
        raise _Refused("no-validators-for-block", Status.CannotTell, block=block)

    engine = ENGINES[certificate.engine]
    sealed: set[bytes] = set()
    found = []
    for header in engine.sealing(headers):
        try:
            found.append((header.number, engine.signers_of(header)))
        except (SealMalformed, HeaderMalformed):
            raise _Refused("seal-malformed", block=header.number) from None
    for number, signers in found:
        for signer in signers:
            if signer not in trust.validators_at(number):
                raise _Refused("seal-not-trusted", block=number, signer="0x" + signer.hex())
            sealed.add(signer)
    vouching, needed = sealed & validators, engine.needed(len(validators))
    sealed_by = ["0x" + signer.hex() for signer in sorted(vouching)]
    if len(vouching) < needed:
        raise _Refused("too-few-seals", Status.CannotTell, sealed=len(vouching), needed=needed, sealed_by=sealed_by)
    words = {"sealed": len(vouching), "validators": len(validators), "needed": needed, "block": block}
    return Answer("final", Status.Valid, "sealed", words, {"sealed_by": sealed_by, "needed": needed})


# ---------------------------------------------------------------------------------------------------
# What does it say?


def _says(certificate: Certificate, block: Header, state: State, now: int) -> Answer:
    records = certificate.records
    try:
        sets = replay(state.header, records, block.time)
        if not agrees(sets, state.header):
            raise _Refused("sets-contradict")
        _check_revealed(certificate)
    except Contradiction as fault:
        return Answer("says", Status.Invalid, "replay-contradicts", {"record": fault.place + 1})
    except StepUnknown as fault:
        step = records[fault.place].step
        return Answer("says", Status.Invalid, "step-unknown", {"record": fault.place + 1, "step": step})
    except _Refused as refused:
        return Answer("says", Status.Invalid, refused.code, refused.words)
    name = sets.state_of(certificate.index).name
    header, age = state.header, max(0, now - block.time)
    facts = {
        "parcel_id": "0x" + certificate.parcel_id.hex(),
        "manifest": "0x" + certificate.manifest.hex(),
        "index": certificate.index,
        "state": name,
        "flags": [flag.name for flag in sets.flags_of(certificate.index)],
        "seller": {"participant_no": header.seller_no, "standing": _standing(state, block.time)},
        "declarant_no": header.declarant_no,
        "direction": Direction(header.direction).name,
        "supervision_mode": header.supervision_mode,
        "declaring_district": header.declaring_district,
        "port_district": header.port_district,
        "rights": _rights(state, block.time),
        "history": [
            {"step": Step(record.step).name, "participant_no": record.participant_no, "at": record.at}
            for record in records
            if record.parcels >> certificate.index & 1
        ],
        "revealed": [
            {"step": Step(records[document.record].step).name, "path": field.path, "value": field.value}
            for document in certificate.revealed
            for field in document.fields
        ],
        "block": block.number,
        "as_of": block.time,
        "age": age,
    }
    words: dict[str, Any] = {
        "parcel_id": facts["parcel_id"],
        "state": (STATES[name], name),
        "as_of": _instant(block.time),
        "age": age_in_words(age),
    }
    return Answer("says", Status.Valid, "states", words, facts)


def _check_revealed(certificate: Certificate) -> None:
    for number, document in enumerate(certificate.revealed, 1):
        if not is_of_parcel(document, certificate.records, certificate.index):
            raise _Refused("document-invalid", document=number)
        for field in document.fields:
            if not field.is_part_of(document.root):
                raise _Refused("field-invalid", path=field.path)


def _standing(state: State, at: int) -> str:
    if state.seller.registered_at == 0:
        return "unregistered"
    if state.ends.barred > at:
        return "barred"
    if state.seller.suspended:
        return "suspended"
    if state.ends.inspect > at:
        return "inspected"
    return "watched" if state.ends.watch > at else "clear"


def _rights(state: State, at: int) -> list[dict[str, Any]]:
    found = []
    for right_id, (right, licence) in state.rights.items():
        in_force = right.is_in_force(at)
        usable = in_force and (right.holder_no == state.header.seller_no or licence.stands(at))
        found.append({"right_id": right_id, "in_force": in_force, "usable": usable})
    return found


def _instant(at: int) -> str:
    """As `2026-11-26 09:30:00`; the bare number beyond the calendar."""
    try:
        return datetime.datetime.fromtimestamp(at, datetime.UTC).strftime("%Y-%m-%d %H:%M:%S")
    except (ValueError, OverflowError, OSError):
        return str(at)

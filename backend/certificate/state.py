"""What the contracts hold, read out of storage proofs. A test compares slots and widths with the compiler's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from backend.certificate.model import Certificate
from backend.certificate.tries import Nodes, ProofInvalid, decode
from backend.domain.commitments import keccak

_MANIFESTS_SLOT = 0
_PARTICIPANTS_SLOT = 2
_UNTIL_SLOT = 7
_RIGHTS_SLOT = 2
_LICENCES_SLOT = 4


class AccountMissing(Exception):
    """A contract's account is not proved, or is proved not to be there."""


class StorageMissing(Exception):
    """What a contract holds in a slot is not proved."""


class ManifestHeader(NamedTuple):
    """The one packed slot of a manifest."""

    declarant_no: int
    seller_no: int
    declaring_district: int
    port_district: int
    supervision_mode: int
    direction: int
    last_index: int
    declared_at: int
    full_sets: int
    partial_sets: int


class Participant(NamedTuple):
    roles: int
    district: int
    credit_grade: int
    suspended: int
    registered_at: int
    registrar_no: int
    accounts: int


class Ends(NamedTuple):
    """Until when a participant is listed, by level; Unix seconds."""

    watch: int
    inspect: int
    barred: int


class Right(NamedTuple):
    holder_no: int
    kind: int
    applied_at: int
    recorded_at: int
    until: int
    ended_at: int
    pending: int

    def is_in_force(self, at: int) -> bool:
        return 0 < self.recorded_at <= at < self.until and (self.ended_at == 0 or at < self.ended_at)


class Licence(NamedTuple):
    granted_at: int
    until: int
    revoked_at: int

    def stands(self, at: int) -> bool:
        return self.granted_at > 0 and self.revoked_at == 0 and at < self.until


_HEADER_BITS = (32, 32, 16, 16, 16, 8, 8, 48, 32, 32)
_PARTICIPANT_BITS = (32, 16, 8, 8, 48, 32, 16)
_ENDS_BITS = (48, 48, 48)
_RIGHT_BITS = (32, 8, 48, 48, 48, 48, 8)
_LICENCE_BITS = (48, 48, 48)


@dataclass(frozen=True, slots=True)
class State:
    """All that a certificate proves of the contracts at its block."""

    header: ManifestHeader
    root: bytes
    head: bytes
    seller: Participant
    ends: Ends
    rights: dict[int, tuple[Right, Licence]]


def read_state(certificate: Certificate, state_root: bytes, nodes: Nodes) -> State:
    """What the contracts held under a state root. Raises AccountMissing, StorageMissing."""
    roots = {name: _storage_root(nodes, state_root, address) for name, address in certificate.contracts.items()}
    manifest = manifest_slot(certificate.manifest)

    def read(contract: str, slot: int) -> int:
        return _slot(nodes, roots[contract], slot)

    header = ManifestHeader(*unpacked(read("ledger", manifest), _HEADER_BITS))
    root, head = read("ledger", manifest + 1), read("ledger", manifest + 2)
    seller = Participant(*unpacked(read("registry", participant_slot(header.seller_no)), _PARTICIPANT_BITS))
    ends = Ends(*unpacked(read("blacklist", ends_slot(header.seller_no)), _ENDS_BITS))
    rights = {
        right_id: (
            Right(*unpacked(read("rights", right_slot(right_id)), _RIGHT_BITS)),
            Licence(*unpacked(read("rights", licence_slot(right_id, header.seller_no)), _LICENCE_BITS)),
        )
        for right_id in certificate.rights
    }
    return State(header, root.to_bytes(32, "big"), head.to_bytes(32, "big"), seller, ends, rights)


# ---------------------------------------------------------------------------------------------------
# Where things stand: slot numbers


def manifest_slot(manifest: bytes) -> int:
    """The header's slot; root and head are the two after it."""
    return _entry(int.from_bytes(manifest, "big"), _MANIFESTS_SLOT)


def participant_slot(participant_no: int) -> int:
    return _entry(participant_no, _PARTICIPANTS_SLOT)


def ends_slot(participant_no: int) -> int:
    return _entry(participant_no, _UNTIL_SLOT)


def right_slot(right_id: int) -> int:
    return _entry(right_id, _RIGHTS_SLOT)


def licence_slot(right_id: int, seller_no: int) -> int:
    return _entry(seller_no, _entry(right_id, _LICENCES_SLOT))


def slots_needed(manifest: bytes, seller_no: int, rights: tuple[int, ...]) -> dict[str, list[int]]:
    """The slots whose proofs a certificate holds, by contract."""
    first = manifest_slot(manifest)
    of_rights = [(right_slot(each), licence_slot(each, seller_no)) for each in rights]
    return {
        "ledger": [first, first + 1, first + 2],
        "registry": [participant_slot(seller_no)],
        "blacklist": [ends_slot(seller_no)],
        "rights": [slot for pair in of_rights for slot in pair],
    }


def _entry(key: int, slot: int) -> int:
    """The slot of a mapping's entry (Solidity's storage layout)."""
    return int.from_bytes(keccak(key.to_bytes(32, "big") + slot.to_bytes(32, "big")), "big")


# ---------------------------------------------------------------------------------------------------
# Proofs and words


def _storage_root(nodes: Nodes, state_root: bytes, address: bytes) -> bytes:
    try:
        account = nodes.value_at(state_root, address)
        fields: Any = None if account is None else decode(account)
    except ProofInvalid:
        raise AccountMissing from None
    if not isinstance(fields, list) or len(fields) != 4 or not isinstance(fields[2], bytes) or len(fields[2]) != 32:
        raise AccountMissing
    return fields[2]


def _slot(nodes: Nodes, storage_root: bytes, slot: int) -> int:
    try:
        # Slot numbers wrap around, as the machine's words do.
        value = nodes.value_at(storage_root, (slot % 2**256).to_bytes(32, "big"))
        word: Any = b"" if value is None else decode(value)
    except ProofInvalid:
        raise StorageMissing from None
    if not isinstance(word, bytes) or len(word) > 32:
        raise StorageMissing
    return int.from_bytes(word, "big")


def unpacked(word: int, widths: tuple[int, ...]) -> list[int]:
    """The values that a packed slot holds, from the low end."""
    found = []
    for width in widths:
        found.append(word & ((1 << width) - 1))
        word >>= width
    return found

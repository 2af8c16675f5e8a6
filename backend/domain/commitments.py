"""Commitments: parcel ids, document evidence, manifest roots and the head of a history.

Two hash families, each where its readers are: SHA-256 for documents (every platform, browser and chain has
it; tree and domain separation of RFC 9162), keccak-256 for what a contract recomputes.
"""

from __future__ import annotations

import functools
import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from json.encoder import encode_basestring as _string

import sha3

from backend.domain.lifecycle import MOST_PARCELS

Hash = bytes


def keccak(data: bytes) -> Hash:
    return bytes(sha3.keccak_256(data).digest())


# ---------------------------------------------------------------------------------------------------
# Ids


def parcel_id(consortium_key: bytes, platform_code: str, order_no: str) -> Hash:
    """HMAC-SHA256(consortium key, platform code ‖ 0x1F ‖ order number): 32 bytes.

    Everyone who holds the order number and the consortium key computes it alone; nobody else can test a
    guessed order number.
    """
    return hmac.new(consortium_key, f"{platform_code}\x1f{order_no}".encode(), hashlib.sha256).digest()


def manifest_id(declarant_no: int, reference: Hash) -> Hash:
    """keccak256(abi.encode(declarant number, reference)): declaring the same reference again is refused."""
    return keccak(declarant_no.to_bytes(32, "big") + reference)


# ---------------------------------------------------------------------------------------------------
# Manifest roots (OpenZeppelin MerkleProof: sorted pairs, an odd node rises unpaired)


def manifest_leaf(index: int, parcel: Hash) -> Hash:
    """keccak256(abi.encodePacked(uint8 index, parcel id)).

    33 bytes where a branch has 64: no parcel id can be chosen so that its leaf passes for a branch, which
    would hide a parcel in a manifest that does not list it.
    """
    return keccak(index.to_bytes(1, "big") + parcel)


def manifest_root(parcels: Sequence[Hash]) -> Hash:
    """The Merkle root over (index, parcel id), as the contract computes it from calldata."""
    return _levels(parcels)[-1][0]


def membership_proof(parcels: Sequence[Hash], index: int) -> tuple[Hash, ...]:
    """The sister nodes from leaf to root; OpenZeppelin's `MerkleProof.verify` accepts them."""
    proof = []
    for level in _levels(parcels)[:-1]:
        sister = index ^ 1
        if sister < len(level):
            proof.append(level[sister])
        index >>= 1
    return tuple(proof)


def verify_membership(root: Hash, index: int, parcel: Hash, proof: Sequence[Hash]) -> bool:
    """Whether a parcel stands at an index of the manifest with that root. False for any index there cannot be."""
    if not 0 <= index < MOST_PARCELS:
        return False
    node = manifest_leaf(index, parcel)
    for sister in proof:
        node = _pair(node, sister)
    return node == root


def _levels(parcels: Sequence[Hash]) -> list[list[Hash]]:
    if not parcels:
        raise ValueError("a manifest holds at least one parcel")
    level = [manifest_leaf(index, parcel) for index, parcel in enumerate(parcels)]
    levels = [level]
    while len(level) > 1:
        paired = [_pair(level[i], level[i + 1]) for i in range(0, len(level) - 1, 2)]
        if len(level) % 2:
            paired.append(level[-1])
        level = paired
        levels.append(level)
    return levels


def _pair(a: Hash, b: Hash) -> Hash:
    return keccak(a + b if a < b else b + a)


# ---------------------------------------------------------------------------------------------------
# The head of a manifest's history


def next_head(head: Hash, step: int, participant_no: int, parcels: int, evidence: Hash, at: int) -> Hash:
    """keccak256(abi.encode(head, step, participant number, parcels, evidence, block timestamp)).

    The first record (the declaration) takes the manifest's root as its `head`.
    """
    return keccak(
        head
        + step.to_bytes(32, "big")
        + participant_no.to_bytes(32, "big")
        + parcels.to_bytes(32, "big")
        + evidence
        + at.to_bytes(32, "big")
    )


# ---------------------------------------------------------------------------------------------------
# Evidence: a document as a tree of salted fields

Fields = Sequence[tuple[str, str]]

SECRET_BYTES = 32


def new_secret() -> bytes:
    """The one random secret of a document. Deleting it makes the document's commitment meaningless."""
    return secrets.token_bytes(SECRET_BYTES)


def field_salt(secret: bytes, path: str) -> bytes:
    """SHA-256(secret ‖ SHA-256(path)): the salt of one field, derived so that revealing it tells of no other.

    Both parts have a fixed length, so that no salt can be extended to another one.
    """
    return hashlib.sha256(secret + _of_path(path)[0]).digest()


def field_leaf(salt: bytes, path: str, value: str) -> Hash:
    """SHA-256(0x00 ‖ salt ‖ canonical JSON of [path, value]).

    RFC 8785 prescribes for a string exactly what the standard library's encoder writes without ASCII escapes.
    """
    return hashlib.sha256(b"\x00%b%b%b]" % (salt, _of_path(path)[1], _string(value).encode())).digest()


@functools.lru_cache(maxsize=4096)
def _of_path(path: str) -> tuple[bytes, bytes]:
    """A path's digest and how its leaf begins: the same few hundred paths come in every document."""
    return hashlib.sha256(path.encode()).digest(), f"[{_string(path)},".encode()


def document_root(secret: bytes, fields: Fields) -> Hash:
    """The evidence of one document: RFC 9162 tree head over its fields in their order."""
    return tree_head([field_leaf(field_salt(secret, path), path, value) for path, value in fields])


@dataclass(frozen=True, slots=True)
class RevealedField:
    """One field with what a stranger needs to check it against the document's evidence."""

    path: str
    value: str
    salt: bytes
    position: int
    size: int
    proof: tuple[Hash, ...]

    def is_part_of(self, root: Hash) -> bool:
        leaf = field_leaf(self.salt, self.path, self.value)
        return verify_inclusion(leaf, self.position, self.size, self.proof, root)


def reveal(secret: bytes, fields: Fields, paths: set[str]) -> tuple[RevealedField, ...]:
    """The named fields with salts and inclusion proofs; every other field stays closed."""
    leaves = [field_leaf(field_salt(secret, path), path, value) for path, value in fields]
    return tuple(
        RevealedField(path, value, field_salt(secret, path), n, len(leaves), inclusion_proof(leaves, n))
        for n, (path, value) in enumerate(fields)
        if path in paths
    )


def record_evidence(roots: Sequence[Hash]) -> Hash:
    """The evidence of a record: RFC 9162 tree head over its documents, one per parcel in index order.

    A single document that speaks for all parcels of the record (one inspection order, say) is the only leaf.
    """
    return tree_head([evidence_leaf(root) for root in roots])


def evidence_leaf(document_root: Hash) -> Hash:
    """The leaf of a document in the evidence of a record."""
    return hashlib.sha256(b"\x00" + document_root).digest()


# ---------------------------------------------------------------------------------------------------
# RFC 9162 trees over hashed leaves


def tree_head(leaves: Sequence[Hash]) -> Hash:
    """Merkle Tree Hash of RFC 9162 §2.1.1 over leaves that are hashed already."""
    if not leaves:
        return hashlib.sha256().digest()
    # Bottom-up with the odd node rising unchanged gives RFC 9162's left-heavy tree.
    level = list(leaves)
    while len(level) > 1:
        paired = [hashlib.sha256(b"\x01" + level[i] + level[i + 1]).digest() for i in range(0, len(level) - 1, 2)]
        if len(level) % 2:
            paired.append(level[-1])
        level = paired
    return level[0]


def inclusion_proof(leaves: Sequence[Hash], position: int) -> tuple[Hash, ...]:
    """The inclusion proof of RFC 9162 §2.1.3.1."""
    if not 0 <= position < len(leaves):
        raise IndexError(position)
    proof: list[Hash] = []
    level = list(leaves)
    while len(level) > 1:
        sister = position ^ 1
        if sister < len(level):
            proof.append(level[sister])
        paired = [hashlib.sha256(b"\x01" + level[i] + level[i + 1]).digest() for i in range(0, len(level) - 1, 2)]
        if len(level) % 2:
            paired.append(level[-1])
        level = paired
        position >>= 1
    return tuple(proof)


def verify_inclusion(leaf: Hash, position: int, size: int, proof: Sequence[Hash], root: Hash) -> bool:
    """The check of RFC 9162 §2.1.3.2."""
    if not 0 <= position < size:
        return False
    node, last = leaf, size - 1
    for sister in proof:
        if last == 0:
            return False
        if position & 1 or position == last:
            node = hashlib.sha256(b"\x01" + sister + node).digest()
            while not position & 1 and position:
                position >>= 1
                last >>= 1
        else:
            node = hashlib.sha256(b"\x01" + node + sister).digest()
        position >>= 1
        last >>= 1
    return last == 0 and node == root

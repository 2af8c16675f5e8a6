"""Merkle-Patricia proofs: what stands under a key of a trie whose root is known, or that nothing does.

Source: the Ethereum yellow paper, appendix D. Keys are hashed before they are looked up (the "secure" trie that holds
accounts and storage), so every path has 64 nibbles.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import rlp

from backend.domain.commitments import keccak

#: The root of a trie that holds nothing: the hash of the empty string's RLP.
EMPTY_ROOT = keccak(b"\x80")

#: Lists within lists: more than any header, vote or node needs, and less than any reader falls over.
_DEEPEST = 16

_BRANCH = 17
_HASH = 32


class ProofInvalid(Exception):
    """The nodes at hand do not lead from the root to an answer."""


def decode(data: bytes) -> Any:
    """Strict RLP: byte strings and lists of them, _DEEPEST deep. Raises ProofInvalid."""
    try:
        value = rlp.decode(data, strict=True)
    except (rlp.exceptions.RLPException, RecursionError, ValueError, IndexError):
        raise ProofInvalid("no RLP") from None
    if not _is_shallow(value, _DEEPEST):
        raise ProofInvalid("lists too deep")
    return value


def _is_shallow(value: Any, levels: int) -> bool:
    return not isinstance(value, list) or (levels > 0 and all(_is_shallow(each, levels - 1) for each in value))


class Nodes:
    """The nodes of several proofs together, found by their hash."""

    def __init__(self, nodes: Iterable[bytes]) -> None:
        given = list(nodes)
        self._by_hash = {keccak(node): node for node in given}
        self._repeated = len(self._by_hash) != len(given)
        self._served: set[bytes] = set()

    @property
    def has_idle(self) -> bool:
        """Whether a node stands there that no proof needed, or one stands there twice."""
        return self._repeated or len(self._served) != len(self._by_hash)

    def value_at(self, root: bytes, key: bytes) -> bytes | None:
        """What a trie holds under a key, None where it provably holds nothing. Raises ProofInvalid."""
        if root == EMPTY_ROOT:
            return None
        path = keccak(key).hex()
        reference: Any = root
        while True:
            node = self._open(reference)
            if len(node) == _BRANCH:
                if not path:
                    return _value(node[16])
                reference, path = node[int(path[0], 16)], path[1:]
                if reference == b"":
                    return None
            else:
                shared, is_leaf = _shared_path(node[0])
                if is_leaf:
                    return _value(node[1]) if shared == path else None
                if not path.startswith(shared):
                    return None
                reference, path = node[1], path[len(shared) :]

    def _open(self, reference: Any) -> list[Any]:
        """The node that a reference means: by its hash, or itself where it is shorter than one."""
        if isinstance(reference, bytes):
            if len(reference) != _HASH or reference not in self._by_hash:
                raise ProofInvalid("a node is missing")
            self._served.add(reference)
            node = decode(self._by_hash[reference])
        else:
            node = reference
            if len(rlp.encode(node)) >= _HASH:
                raise ProofInvalid("a long node inside another")
        if not isinstance(node, list) or len(node) not in (2, _BRANCH) or (len(node) == 2 and node[1] == b""):
            raise ProofInvalid("a node of no shape")
        return node


def _value(value: Any) -> bytes | None:
    if not isinstance(value, bytes):
        raise ProofInvalid("a value that is no bytes")
    return value or None


def _shared_path(coded: Any) -> tuple[str, bool]:
    """The nibbles that a short node stands for, and whether it is a leaf (hex-prefix encoding, appendix C)."""
    if not isinstance(coded, bytes) or not coded or coded[0] >> 4 > 3:
        raise ProofInvalid("a path of no shape")
    kind, odd = coded[0] >> 5, coded[0] >> 4 & 1
    if not odd and coded[0] & 0x0F:
        raise ProofInvalid("a path of no shape")
    shared = coded.hex()[1 if odd else 2 :]
    if not kind and not shared:
        raise ProofInvalid("a path of no length")
    return shared, bool(kind)

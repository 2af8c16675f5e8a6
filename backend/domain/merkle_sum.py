"""Merkle-sum trees: a commitment to many figures whose root carries their sum.

Every node is a hash with the sum of what stands below it, and an inner hash binds both children's hashes *and*
figures (Chalkias, Chatzigiannis, Ji: Generalized Proof of Liabilities, 2021, against the older trees whose inner
nodes bound the sum only, in which a child's figures could be shifted to its sister). Figures are unsigned and
bounded, and a sum that passes the bound is refused wherever it is formed, in building and in checking: neither a
negative figure nor one that wraps around can hide another.

The shape is RFC 9162's, an odd node rising unchanged, so that position and size fix a proof's length and sides.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from backend.domain.commitments import Hash

#: Every figure and every sum is below this: eight bytes hold it as signed and as unsigned.
MOST = 1 << 63
#: 2^32 leaves of one byte each would be no summary any more; it bounds the length of a proof.
MOST_LEAVES = 1 << 32

_EMPTY = hashlib.sha256(b"\x02guanlian merkle-sum empty").digest()


class FiguresRefused(ValueError):
    """A figure that is negative, no integer, or past the bound."""


@dataclass(frozen=True, slots=True)
class Figures:
    """What is summed: lists, gross and net weight in grams, value in hundredths of the currency's unit."""

    count: int = 0
    gross_g: int = 0
    net_g: int = 0
    value: int = 0

    def __post_init__(self) -> None:
        for figure in (self.count, self.gross_g, self.net_g, self.value):
            # bool is an int to Python; no figure is one.
            if type(figure) is not int or not 0 <= figure < MOST:
                raise FiguresRefused(f"{figure!r} is not a whole number from 0 to 2^63-1")

    def __add__(self, other: Figures) -> Figures:
        """The sum. Raises FiguresRefused where it passes the bound."""
        return Figures(
            self.count + other.count, self.gross_g + other.gross_g, self.net_g + other.net_g, self.value + other.value
        )

    def to_bytes(self) -> bytes:
        """Four times eight bytes, big-endian."""
        return b"".join(each.to_bytes(8, "big") for each in (self.count, self.gross_g, self.net_g, self.value))


@dataclass(frozen=True, slots=True)
class Node:
    """A hash and the sum of all figures below it."""

    hash: Hash
    figures: Figures

    def __post_init__(self) -> None:
        if len(self.hash) != 32:
            raise FiguresRefused("a node's hash has 32 bytes")

    def to_bytes(self) -> bytes:
        return self.hash + self.figures.to_bytes()


EMPTY = Node(_EMPTY, Figures())


def leaf(commitment: Hash, figures: Figures) -> Node:
    """SHA-256(0x00 ‖ commitment ‖ figures): 32 bytes of a salted commitment with what it contributes."""
    if len(commitment) != 32:
        raise FiguresRefused("a commitment has 32 bytes")
    return Node(hashlib.sha256(b"\x00" + commitment + figures.to_bytes()).digest(), figures)


def joined(left: Node, right: Node) -> Node:
    """SHA-256(0x01 ‖ left hash ‖ left figures ‖ right hash ‖ right figures), and the sum of both."""
    return Node(
        hashlib.sha256(b"\x01" + left.to_bytes() + right.to_bytes()).digest(),
        left.figures + right.figures,
    )


def levels_of(leaves: Sequence[Node]) -> list[list[Node]]:
    """All levels from the leaves up to the root. Raises FiguresRefused where a sum passes the bound."""
    if not leaves:
        return [[EMPTY]]
    levels = [list(leaves)]
    while len(levels[-1]) > 1:
        level = levels[-1]
        paired = [joined(level[i], level[i + 1]) for i in range(0, len(level) - 1, 2)]
        if len(level) % 2:
            paired.append(level[-1])
        levels.append(paired)
    return levels


def root_of(leaves: Sequence[Node]) -> Node:
    """The root; `EMPTY` over no leaves."""
    return levels_of(leaves)[-1][0]


def proof_of(levels: Sequence[Sequence[Node]], position: int) -> tuple[Node, ...]:
    """The sister nodes from a leaf up. Of other leaves they tell the sums of sisters and nothing more; where a
    sister is itself a leaf, that is one leaf's figures, without its commitment. Raises IndexError.
    """
    if not 0 <= position < len(levels[0]):
        raise IndexError(position)
    proof = []
    for level in levels[:-1]:
        sister = position ^ 1
        if sister < len(level):
            proof.append(level[sister])
        position >>= 1
    return tuple(proof)


def verify_membership(node: Node, position: int, size: int, proof: Sequence[Node], root: Node) -> bool:
    """Whether a leaf stands at a position of a tree of this size and root, and its figures are in the root's sum.

    Every sum on the way is formed anew and bounded. False for whatever does not fit, never an exception.
    """
    if not 0 <= position < size <= MOST_LEAVES:
        return False
    last, sisters = size - 1, list(proof)
    try:
        while last:
            if position & 1 or position < last:
                if not sisters:
                    return False
                sister = sisters.pop(0)
                node = joined(sister, node) if position & 1 else joined(node, sister)
            position >>= 1
            last >>= 1
    except FiguresRefused:
        return False
    return not sisters and node == root

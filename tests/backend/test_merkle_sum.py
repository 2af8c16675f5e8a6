"""Merkle-sum trees: the root's sum is the straight sum, and nothing in a tree or a proof can be changed unseen."""

from __future__ import annotations

import hashlib
from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domain.merkle_sum import (
    EMPTY,
    MOST,
    Figures,
    FiguresRefused,
    Node,
    joined,
    leaf,
    levels_of,
    proof_of,
    root_of,
    verify_membership,
)

NAMES = [field.name for field in fields(Figures)]
small = st.integers(0, 10**12)
figures = st.builds(Figures, small, small, small, small)
commitments = st.integers(0, 2**32 - 1).map(lambda n: hashlib.sha256(n.to_bytes(4, "big")).digest())
trees = st.lists(st.tuples(commitments, figures), min_size=1, max_size=20)


def nodes(tree: list[tuple[bytes, Figures]]) -> list[Node]:
    return [leaf(commitment, each) for commitment, each in tree]


@given(trees)
def test_the_roots_figures_are_the_straight_sum(tree: list[tuple[bytes, Figures]]) -> None:
    root = root_of(nodes(tree))
    for name in NAMES:
        assert getattr(root.figures, name) == sum(getattr(each, name) for _, each in tree)


@given(trees)
def test_every_leaf_is_proven_with_its_own_place_only(tree: list[tuple[bytes, Figures]]) -> None:
    leaves = nodes(tree)
    levels = levels_of(leaves)
    root, size = levels[-1][0], len(leaves)
    for position, node in enumerate(leaves):
        proof = proof_of(levels, position)
        assert verify_membership(node, position, size, proof, root)
        # A tree of equal leaves has equal proofs at some places: only those that differ are no proof elsewhere.
        for other in (position ^ 1, position + 1, size, -1):
            if not 0 <= other < size or leaves[other] != node:
                assert not verify_membership(node, other, size, proof, root)


@given(trees, st.data())
def test_a_leaf_a_sum_or_a_proof_that_was_touched_is_refused(
    tree: list[tuple[bytes, Figures]], data: st.DataObject
) -> None:
    levels = levels_of(nodes(tree))
    root, size = levels[-1][0], len(tree)
    position = data.draw(st.integers(0, size - 1))
    name = data.draw(st.sampled_from(NAMES))
    by = data.draw(st.sampled_from([1, 7, 10**9]))
    node, proof = levels[0][position], proof_of(levels, position)
    commitment, own = tree[position]

    more = replace(own, **{name: getattr(own, name) + by})
    assert not verify_membership(leaf(commitment, more), position, size, proof, root)
    assert not verify_membership(Node(node.hash, more), position, size, proof, root)
    assert not verify_membership(leaf(hashlib.sha256(commitment).digest(), own), position, size, proof, root)
    raised = replace(root.figures, **{name: getattr(root.figures, name) + by})
    assert not verify_membership(node, position, size, proof, Node(root.hash, raised))
    assert not verify_membership(node, position, size, (*proof, root), root)
    if proof:
        place = data.draw(st.integers(0, len(proof) - 1))
        sister = proof[place]
        swollen = replace(sister.figures, **{name: getattr(sister.figures, name) + by})
        for forged in (Node(sister.hash, swollen), Node(hashlib.sha256(sister.hash).digest(), sister.figures)):
            assert not verify_membership(node, position, size, (*proof[:place], forged, *proof[place + 1 :]), root)
        assert not verify_membership(node, position, size, proof[:-1], root)
        assert not verify_membership(node, position, size, proof[1:], root)


@given(trees, st.data())
def test_figures_cannot_be_shifted_between_sisters(tree: list[tuple[bytes, Figures]], data: st.DataObject) -> None:
    """The flaw of trees whose inner hashes bind the sum only: a child small here, its sister larger by as much."""
    levels = levels_of(nodes(tree))
    position = data.draw(st.integers(0, len(tree) - 1))
    proof = proof_of(levels, position)
    node = levels[0][position]
    if proof and node.figures.value:
        lighter = Node(node.hash, replace(node.figures, value=node.figures.value - 1))
        heavier = Node(proof[0].hash, replace(proof[0].figures, value=proof[0].figures.value + 1))
        assert not verify_membership(lighter, position, len(tree), (heavier, *proof[1:]), levels[-1][0])


@given(trees, st.data())
def test_a_proof_holds_sums_of_sisters_and_no_other_lists_commitment(
    tree: list[tuple[bytes, Figures]], data: st.DataObject
) -> None:
    levels = levels_of(nodes(tree))
    position = data.draw(st.integers(0, len(tree) - 1))
    proof = proof_of(levels, position)
    assert len(proof) <= (len(tree) - 1).bit_length()
    inner = {node for level in levels for node in level}
    others = {commitment for place, (commitment, _) in enumerate(tree) if place != position}
    assert set(proof) <= inner
    assert not others & {node.hash for node in proof}
    # What the sisters hold and the leaf's own is the whole: nothing is left for a list outside the proof.
    total = tree[position][1]
    for node in proof:
        total = total + node.figures
    assert total == levels[-1][0].figures


@pytest.mark.parametrize("bad", [-1, MOST, 1 << 64, 1.0, "1", None, True])
@pytest.mark.parametrize("name", NAMES)
def test_a_figure_that_is_no_bounded_natural_number_is_refused(name: str, bad: object) -> None:
    with pytest.raises(FiguresRefused):
        Figures(**{name: bad})  # type: ignore[arg-type]


@pytest.mark.parametrize("name", NAMES)
def test_a_sum_that_passes_the_bound_is_refused_in_building_and_in_checking(name: str) -> None:
    high = Figures(**{name: MOST - 1})
    low = Figures(**{name: 1})
    pair = leaf(b"a" * 32, high), leaf(b"b" * 32, low)
    with pytest.raises(FiguresRefused):
        root_of(pair)
    with pytest.raises(FiguresRefused):
        joined(*pair)
    assert not verify_membership(pair[1], 1, 2, (pair[0],), pair[0])
    assert root_of([pair[0]]).figures == high


def test_no_leaves_have_one_root_that_sums_to_nothing() -> None:
    assert root_of([]) == EMPTY
    assert EMPTY.figures == Figures()
    assert not verify_membership(EMPTY, 0, 0, (), EMPTY)


def test_no_inner_node_passes_for_a_leaf() -> None:
    """An inner node is 0x01 before 128 bytes, a leaf 0x00 before 64."""
    a, b = leaf(b"a" * 32, Figures(1, 2, 2, 3)), leaf(b"b" * 32, Figures(1, 5, 4, 6))
    top = joined(a, b)
    assert top.hash == hashlib.sha256(b"\x01" + a.to_bytes() + b.to_bytes()).digest()
    assert (
        a.hash
        == hashlib.sha256(
            b"\x00" + b"a" * 32 + bytes(7) + b"\x01" + bytes(7) + b"\x02" + bytes(7) + b"\x02" + bytes(7) + b"\x03"
        ).digest()
    )
    assert top != leaf(a.hash, top.figures)


@pytest.mark.parametrize("size", [0, 31, 33])
def test_a_commitment_and_a_hash_have_32_bytes(size: int) -> None:
    with pytest.raises(FiguresRefused):
        leaf(bytes(size), Figures())
    with pytest.raises(FiguresRefused):
        Node(bytes(size), Figures())

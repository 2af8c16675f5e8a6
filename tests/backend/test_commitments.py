"""Commitments: fixed vectors, so that no byte moves, and the properties that make them worth anything."""

from __future__ import annotations

import hashlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domain import commitments as c

KEY = bytes(range(32))
hashes = st.binary(min_size=32, max_size=32)
many_hashes = st.lists(hashes, min_size=1, max_size=40)
fields = st.lists(st.tuples(st.text(max_size=8), st.text(max_size=12)), min_size=1, max_size=12)


def test_keccak_is_the_one_that_ethereum_uses() -> None:
    empty = "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"
    assert c.keccak(b"").hex() == empty


# ---------------------------------------------------------------------------------------------------
# Ids


def test_a_parcel_id_depends_on_key_platform_and_order_number() -> None:
    base = c.parcel_id(KEY, "310066K001", "ORDER-1")
    assert len(base) == 32
    others = {
        c.parcel_id(KEY, "310066K001", "ORDER-2"),
        c.parcel_id(KEY, "310066K002", "ORDER-1"),
        c.parcel_id(KEY[::-1], "310066K001", "ORDER-1"),
        c.parcel_id(KEY, "310066K0011", "ORDER-"),
    }
    assert base not in others
    assert len(others) == 4
    assert base == c.parcel_id(KEY, "310066K001", "ORDER-1")


def test_a_manifest_id_is_solidity_s_encoding_of_number_and_reference() -> None:
    reference = bytes(range(32))
    assert c.manifest_id(7, reference) == c.keccak((7).to_bytes(32, "big") + reference)


# ---------------------------------------------------------------------------------------------------
# Manifest roots


def test_the_root_of_one_parcel_is_its_leaf() -> None:
    assert c.manifest_root([KEY]) == c.manifest_leaf(0, KEY) == c.keccak(b"\0" + KEY)


def test_a_root_of_three_lets_the_odd_leaf_rise() -> None:
    a, b, d = (c.manifest_leaf(n, bytes([n]) * 32) for n in range(3))
    pair = c.keccak(min(a, b) + max(a, b))
    assert c.manifest_root([bytes([n]) * 32 for n in range(3)]) == c.keccak(min(pair, d) + max(pair, d))


@given(many_hashes, st.data())
def test_every_parcel_is_proved_at_its_index_and_at_no_other(parcels: list[bytes], data) -> None:
    index = data.draw(st.integers(0, len(parcels) - 1))
    root, proof = c.manifest_root(parcels), c.membership_proof(parcels, index)
    assert c.verify_membership(root, index, parcels[index], proof)
    assert not c.verify_membership(root, index ^ 1, parcels[index], proof)
    assert not c.verify_membership(root, index, c.keccak(parcels[index]), proof)
    assert not c.verify_membership(root, index, parcels[index], (*proof, KEY))


@pytest.mark.parametrize("index", [-1, 256, 1 << 64])
def test_no_proof_holds_for_an_index_that_cannot_be(index: int) -> None:
    assert not c.verify_membership(c.manifest_root([KEY]), index, KEY, ())


def test_no_parcel_id_passes_for_a_branch() -> None:
    hidden = c.keccak(b"hidden")
    disguised = c.manifest_leaf(0, hidden)
    root = c.manifest_root([disguised])
    assert not c.verify_membership(root, 0, hidden, [(0).to_bytes(32, "big")])


def test_no_root_over_nothing() -> None:
    with pytest.raises(ValueError, match="at least one parcel"):
        c.manifest_root([])


# ---------------------------------------------------------------------------------------------------
# Heads


def test_a_head_depends_on_each_of_its_parts() -> None:
    base = {"head": KEY, "step": 1, "participant_no": 2, "parcels": 3, "evidence": KEY, "at": 4}
    others = {c.next_head(**(base | {name: KEY[::-1] if value is KEY else 9})) for name, value in base.items()}
    assert len(others | {c.next_head(**base)}) == len(base) + 1


def test_a_head_is_solidity_s_encoding_of_six_words() -> None:
    numbers = [number.to_bytes(32, "big") for number in (13, 5, (1 << 256) - 1, 1_790_000_000)]
    data = KEY + numbers[0] + numbers[1] + numbers[2] + KEY + numbers[3]
    assert c.next_head(KEY, 13, 5, (1 << 256) - 1, KEY, 1_790_000_000) == c.keccak(data)


# ---------------------------------------------------------------------------------------------------
# Documents


def test_a_leaf_is_the_hash_of_salt_and_canonical_json() -> None:
    salt = c.field_salt(KEY, "/order/buyerName")
    text = '["/order/buyerName","王\\"小明\\"\\n"]'
    assert json.loads(text) == ["/order/buyerName", '王"小明"\n']
    expected = hashlib.sha256(b"\0" + salt + text.encode()).digest()
    assert c.field_leaf(salt, "/order/buyerName", '王"小明"\n') == expected


def test_equal_values_at_two_places_have_unequal_leaves() -> None:
    one, other = (c.field_leaf(c.field_salt(KEY, path), path, "x") for path in ("/a", "/b"))
    assert one != other
    assert c.field_salt(KEY, "/a") != c.field_salt(KEY[::-1], "/a")


@given(fields, st.data())
def test_revealed_fields_are_checked_alone(document: list[tuple[str, str]], data) -> None:
    shown = data.draw(st.sets(st.sampled_from([path for path, _ in document])))
    root = c.document_root(KEY, document)
    revealed = c.reveal(KEY, document, shown)
    assert {field.path for field in revealed} == shown
    for field in revealed:
        assert field.is_part_of(root)
        assert not field.is_part_of(c.keccak(root))


def test_a_revealed_field_cannot_be_given_another_value_or_place() -> None:
    document = [("/brand", "A"), ("/price", "9.99"), ("/origin", "CN")]
    root = c.document_root(KEY, document)
    (brand,) = c.reveal(KEY, document, {"/brand"})
    for change in ({"value": "B"}, {"path": "/price"}, {"position": 1}, {"salt": KEY}, {"proof": ()}):
        parts = {name: getattr(brand, name) for name in brand.__slots__}
        assert not c.RevealedField(**(parts | change)).is_part_of(root)


def test_secrets_are_never_the_same() -> None:
    made = {c.new_secret() for _ in range(100)}
    assert len(made) == 100
    assert all(len(secret) == c.SECRET_BYTES for secret in made)


# ---------------------------------------------------------------------------------------------------
# RFC 9162 trees

#: The test vectors of Certificate Transparency: entries, then the tree heads of the first 1, 2, … of them.
ENTRIES = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
HEADS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def leaves(count: int) -> list[bytes]:
    return [hashlib.sha256(b"\0" + entry).digest() for entry in ENTRIES[:count]]


@pytest.mark.parametrize("count", range(1, 9))
def test_tree_heads_are_those_of_certificate_transparency(count: int) -> None:
    assert c.tree_head(leaves(count)).hex() == HEADS[count - 1]


def test_the_head_of_an_empty_tree_is_the_hash_of_nothing() -> None:
    assert c.tree_head([]) == hashlib.sha256().digest()


@given(many_hashes, st.data())
def test_inclusion_proofs_hold_for_their_leaf_place_and_size_alone(entries: list[bytes], data) -> None:
    position = data.draw(st.integers(0, len(entries) - 1))
    size, root = len(entries), c.tree_head(entries)
    proof = c.inclusion_proof(entries, position)
    assert c.verify_inclusion(entries[position], position, size, proof, root)
    assert not c.verify_inclusion(hashlib.sha256(entries[position]).digest(), position, size, proof, root)
    assert not c.verify_inclusion(entries[position], size, size, proof, root)
    assert not c.verify_inclusion(entries[position], -1, size, proof, root)
    assert not c.verify_inclusion(entries[position], position, size, (*proof, KEY), root)


@pytest.mark.parametrize("position", [-1, 3])
def test_no_proof_for_a_leaf_that_is_not_there(position: int) -> None:
    with pytest.raises(IndexError):
        c.inclusion_proof(leaves(3), position)


def test_the_evidence_of_one_document_is_a_tree_of_one_leaf() -> None:
    assert c.record_evidence([KEY]) == hashlib.sha256(b"\0" + KEY).digest()
    assert c.record_evidence([KEY, KEY]) != c.record_evidence([KEY])

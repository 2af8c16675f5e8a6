"""The browser's walk through tries finds what another implementation put there, and falls over nothing."""

from __future__ import annotations

import random
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import rlp
from trie import HexaryTrie

from backend.certificate.tries import Nodes, ProofInvalid
from backend.domain.commitments import keccak
from tests.support.certificates import hexed
from tests.support.scripts import told_by

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Look:
    """A key to look up under a root, with nodes to do it by."""

    root: bytes
    key: bytes
    nodes: list[bytes]


def looked_up_by_script(looks: list[Look]) -> list[dict[str, Any]]:
    def line(look: Look) -> dict[str, Any]:
        return {"root": hexed(look.root), "key": hexed(look.key), "nodes": [hexed(node) for node in look.nodes]}

    return told_by("prove_tries.mjs", map(line, looks))


def looked_up_in_python(look: Look) -> dict[str, Any]:
    nodes = Nodes(look.nodes)
    try:
        value = nodes.value_at(look.root, look.key)
    except ProofInvalid:
        return {"invalid": True}
    return {"value": None if value is None else hexed(value), "idle": nodes.has_idle}


def test_what_another_implementation_put_into_a_trie_is_found_and_nothing_else() -> None:
    chance = random.Random(31)
    looks, expected = [], []
    for _ in range(60):
        # Short values make nodes that stand inside others.
        held = {
            chance.randbytes(4): chance.randbytes(chance.choice((1, 2, 8, 40))) for _ in range(chance.randint(1, 80))
        }
        trie = HexaryTrie({})
        for key, value in held.items():
            trie[keccak(key)] = value
        for key in [*list(held)[:8], *(chance.randbytes(4) for _ in range(8))]:
            proof = [rlp.encode(node) for node in trie.get_proof(keccak(key))]
            nodes = list({keccak(node): node for node in proof if len(node) >= 32 or node == proof[0]}.values())
            chance.shuffle(nodes)
            value = held.get(key)
            looks.append(Look(trie.root_hash, key, nodes))
            expected.append({"value": None if value is None else hexed(value), "idle": False})
            looks.append(Look(trie.root_hash, key, [node for node in nodes if node != chance.choice(nodes)] or []))
            expected.append({})
    found = looked_up_by_script(looks)
    assert found[::2] == expected[::2]
    assert found[1::2] == [looked_up_in_python(look) for look in looks[1::2]]
    assert any("invalid" in each for each in found[1::2])


def test_both_walks_agree_on_nodes_of_every_shape() -> None:
    chance = random.Random(32)
    looks = [_strange(chance) for _ in range(6000)]
    found = looked_up_by_script(looks)
    for look, said in zip(looks, found, strict=True):
        assert said == looked_up_in_python(look), look
    assert {"invalid", "value"} <= {name for each in found for name in each}
    assert sum(1 for each in found if each.get("value")) > 50


def _strange(chance: random.Random) -> Look:
    key = chance.randbytes(4)
    below: list[bytes] = []
    top = rlp.encode(_item(chance, keccak(key).hex(), 0, below))
    if chance.random() < 0.2:
        # A node that is nearly RLP.
        at = chance.randrange(len(top))
        top = top[:at] + chance.choice((b"", chance.randbytes(1), b"\x81", b"\xb8", b"\xf8\x00")) + top[at + 1 :]
    return Look(keccak(top), key, [top, *below])


def _item(chance: random.Random, path: str, depth: int, below: list[bytes]) -> Any:
    """Something like a node below which a path may go on: of the right shape mostly."""
    kind = chance.random()
    if depth < 4 and kind < 0.35:
        branch: list[Any] = [b""] * chance.choice((17, 17, 17, 17, 16, 18))
        branch[int(path[0], 16) if path else 16] = _reference(chance, path[1:], depth, below)
        return branch
    if depth < 4 and kind < 0.6:
        shared = path[: chance.choice((0, 1, 2, 3))]
        return [_coded(chance, shared, leaf=False), _reference(chance, path[len(shared) :], depth, below)]
    if kind < 0.9:
        rest = path if chance.random() < 0.8 else path[:-1] + "0"
        return [_coded(chance, rest, leaf=True), chance.choice((b"", b"\x01", b"\x80", [b""], chance.randbytes(40)))]
    return chance.choice((b"", b"\x01", [], [b""], [b"", b""], [[b""], b"\x01"], [b"\x00"] * 3, chance.randbytes(32)))


def _reference(chance: random.Random, path: str, depth: int, below: list[bytes]) -> Any:
    node = _item(chance, path, depth + 1, below)
    encoded = rlp.encode(node)
    if isinstance(node, list) and (len(encoded) < 32) is (chance.random() < 0.95):
        return node
    if chance.random() < 0.95:
        below.append(encoded)
    return keccak(encoded)


def _coded(chance: random.Random, nibbles: str, *, leaf: bool) -> bytes:
    kind = chance.choice((4, 8, 12)) if chance.random() < 0.05 else 2 * leaf
    if len(nibbles) % 2:
        return bytes.fromhex(f"{kind + 1:x}{nibbles}")
    return bytes.fromhex(f"{kind:x}{'1' if chance.random() < 0.05 else '0'}{nibbles}")

"""What proves a contract's storage at a block: headers and trie nodes, as a node hands them out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import rlp

from backend.chain.client import ChainClient
from backend.domain.commitments import keccak
from backend.domain.errors import ChainUnavailable

#: A header's fields in the order in which they are hashed: the fifteen of every chain, then what each fork added.
_FIELDS = (
    "parentHash",
    "sha3Uncles",
    "miner",
    "stateRoot",
    "transactionsRoot",
    "receiptsRoot",
    "logsBloom",
    "difficulty",
    "number",
    "gasLimit",
    "gasUsed",
    "timestamp",
    "extraData",
    "mixHash",
    "nonce",
    "baseFeePerGas",
    "withdrawalsRoot",
    "blobGasUsed",
    "excessBlobGas",
    "parentBeaconBlockRoot",
    "requestsHash",
)
_EVERY_CHAIN = 15
_INTEGERS = frozenset(
    {"difficulty", "number", "gasLimit", "gasUsed", "timestamp", "baseFeePerGas", "blobGasUsed", "excessBlobGas"}
)


def headers(client: ChainClient, first: int, count: int) -> list[tuple[bytes, bytes]]:
    """The RLP and the hash of each of `count` headers from `first` on, in order.

    Raises ChainUnavailable where a block is not there. Whether a header gives its hash is the engine's to say.
    """
    numbers = range(first, first + count)
    found = []
    for number, block in zip(
        numbers, client.ask_many([("eth_getBlockByNumber", [hex(number), False]) for number in numbers]), strict=True
    ):
        if block is None:
            raise ChainUnavailable(reason=f"block {number} is not there")
        found.append((header_rlp(block), _bytes(block["hash"])))
    return found


def header_rlp(block: Mapping[str, Any]) -> bytes:
    """A block's header from the fields of `eth_getBlockByNumber`."""
    names = _FIELDS[:_EVERY_CHAIN]
    for name in _FIELDS[_EVERY_CHAIN:]:
        if block.get(name) is None:
            break
        names = (*names, name)
    return bytes(rlp.encode([_integer(block[name]) if name in _INTEGERS else _bytes(block[name]) for name in names]))


def storage_nodes(client: ChainClient, block: int, slots: Mapping[str, Sequence[int]]) -> list[bytes]:
    """The trie nodes that prove the accounts and the slots (by address) at a block, each once.

    Raises ChainUnavailable where the node no longer has that block's state.
    """
    found: dict[bytes, bytes] = {}
    calls = [
        ("eth_getProof", [address, [f"0x{slot % 2**256:064x}" for slot in wanted], hex(block)])
        for address, wanted in slots.items()
    ]
    for answer in client.ask_many(calls):
        proofs = [answer["accountProof"], *(each["proof"] for each in answer["storageProof"])]
        for proof in proofs:
            for node in map(_bytes, proof):
                found[keccak(node)] = node
    # What is shorter than a hash stands inside its parent as well; no trie of the ledger's is a root as short.
    return [node for node in found.values() if len(node) >= 32]


def _bytes(text: str) -> bytes:
    return bytes.fromhex(text.removeprefix("0x"))


def _integer(text: str) -> bytes:
    value = int(text, 16)
    return value.to_bytes((value.bit_length() + 7) // 8, "big")

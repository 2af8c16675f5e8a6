"""Certificates made from nothing: tries by another library, blocks that test keys seal, and what breaks them."""

from __future__ import annotations

import copy
import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import rlp
from coincurve import PrivateKey
from trie import HexaryTrie

from backend.certificate.state import slots_needed
from backend.domain import commitments
from backend.domain.commitments import keccak
from backend.domain.lifecycle import RULES, Direction, Sets, Step, divide, profile_of

CHAIN_ID = 7_000_123
NOW = 1_790_100_000
DECLARED_AT = 1_790_000_000

SELLER, DECLARANT, CUSTOMS, HOLDER = 12, 5, 2, 40
RIGHT, FREE_RIGHT, NO_RIGHT = 3, 4, 9

ADDRESSES = {name: keccak(name.encode())[-20:] for name in ("ledger", "registry", "blacklist", "rights")}

#: A whole life of an import: eleven records, and the same again and again where a test wants many.
LIFE = (
    Step.OrderAttested,
    Step.PaymentAttested,
    Step.WaybillAttested,
    Step.Arrival,
    Step.Acceptance,
    Step.InspectionOrdered,
    Step.InspectionPassed,
    Step.Release,
    Step.Delivery,
    Step.Closure,
)

FIELDS = [
    ("InventoryHead.buyerName", "张三"),
    ("InventoryList.1.country", "305"),
    ("InventoryList.1.gmodel.brand", 'JIHERUNNER "<b>" \\ / 🚀'),
    ("InventoryList.1.price", "88.50"),
]


def hexed(data: bytes) -> str:
    return "0x" + data.hex()


def validator_keys(count: int) -> list[PrivateKey]:
    return [PrivateKey(hashlib.sha256(f"validator {n}".encode()).digest()) for n in range(count)]


def address_of(key: PrivateKey) -> bytes:
    return keccak(key.public_key.format(compressed=False)[1:])[-20:]


def packed(*values: tuple[int, int]) -> int:
    """(value, width) pairs in one word, from the low end."""
    word, shift = 0, 0
    for value, width in values:
        assert value < 1 << width
        word |= value << shift
        shift += width
    return word


@dataclass
class World:
    """A manifest with its life, a chain that holds it, and validators that seal the chain."""

    parcels: int = 5
    index: int = 2
    records: int = 11
    engine: str = "clique"
    validators: int = 4
    headers: int = 3
    barred_until: int = 0
    suspended: bool = False
    #: Further entries of each storage and of the state, so that proofs are as long as a used ledger's.
    neighbours: int = 300
    keys: list[PrivateKey] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.keys = self.keys or validator_keys(self.validators)
        self.ids = [hashlib.sha256(f"parcel {n}".encode()).digest() for n in range(self.parcels)]
        self.manifest = commitments.manifest_id(DECLARANT, hashlib.sha256(b"reference").digest())
        self._secrets = [hashlib.sha256(f"secret {n}".encode()).digest() for n in range(self.parcels)]
        self.roots = [commitments.document_root(secret, FIELDS) for secret in self._secrets]
        self._live()

    def _live(self) -> None:
        sets, every = Sets.declared(self.parcels), (1 << self.parcels) - 1
        profile = profile_of(Direction.Import, 9610, 2233, 2233)
        root = commitments.manifest_root(self.ids)
        self.records_json: list[dict[str, Any]] = []
        head, at = root, DECLARED_AT

        def add(step: Step, who: int, parcels: int, evidence: bytes) -> None:
            nonlocal head
            head = commitments.next_head(head, step, who, parcels, evidence, at)
            row = {"step": int(step), "participant_no": who, "parcels": hexed(parcels.to_bytes(32, "big"))}
            self.records_json.append(row | {"evidence": hexed(evidence), "at": at})

        add(Step.Declaration, DECLARANT, every, commitments.record_evidence(self.roots))
        # Attestations may come again and again, as amendments do: they make a long history.
        again = max(0, self.records - 1 - len(LIFE))
        for step in (*[Step.OrderAttested] * again, *LIFE[: self.records - 1]):
            at += 600
            parcels = every
            if step is Step.InspectionOrdered and self.parcels > 1:
                parcels = 1 << self.index
            if step is Step.InspectionPassed:
                parcels = 1 << self.index
            rule = next(rule for rule in RULES[step] if rule.profiles >> profile & 1)
            assert divide(sets, rule, parcels).eligible == parcels, step
            sets.apply(rule, parcels)
            add(step, CUSTOMS, parcels, hashlib.sha256(f"evidence {at}".encode()).digest())
        self.sets, self.root, self.head = sets, root, head

    # -- the chain

    def _header_word(self) -> int:
        full = sum(1 << n for n, word in enumerate(self.sets.words) if word == self.sets.every)
        partial = sum(1 << n for n, word in enumerate(self.sets.words) if word not in (0, self.sets.every))
        return packed(
            (DECLARANT, 32), (SELLER, 32), (2233, 16), (2233, 16), (9610, 16), (int(Direction.Import), 8),
            (self.parcels - 1, 8), (DECLARED_AT, 48), (full, 32), (partial, 32),
        )  # fmt: skip

    def _storages(self) -> dict[str, dict[int, int]]:
        slots = slots_needed(self.manifest, SELLER, (RIGHT, FREE_RIGHT, NO_RIGHT))
        header, root, head = slots["ledger"]
        right, licence, free, *_ = slots["rights"]
        facts = ((0, 8), (DECLARED_AT - 9, 48), (DECLARED_AT - 5, 48), (DECLARED_AT + 10**8, 48), (0, 48), (0, 8))
        return {
            "ledger": {
                header: self._header_word(),
                root: int.from_bytes(self.root, "big"),
                head: int.from_bytes(self.head, "big"),
            },
            "registry": {
                slots["registry"][0]: packed(
                    (1 << 8, 32), (0, 16), (1, 8), (int(self.suspended), 8), (DECLARED_AT - 1000, 48), (1, 32), (0, 16)
                )
            },
            "blacklist": {slots["blacklist"][0]: packed((0, 48), (0, 48), (self.barred_until, 48))},
            "rights": {
                right: packed((HOLDER, 32), *facts),
                licence: packed((DECLARED_AT - 4, 48), (DECLARED_AT + 10**7, 48), (0, 48)),
                free: packed((HOLDER, 32), *facts),
            },
        }

    def _proofs(self, rights: Sequence[int]) -> tuple[bytes, list[bytes]]:
        """The state root, and the nodes of all proofs."""
        wanted = slots_needed(self.manifest, SELLER, tuple(rights))
        nodes: dict[bytes, bytes] = {}
        accounts = HexaryTrie({})
        for n in range(self.neighbours):
            accounts[keccak(b"account %d" % n)] = rlp.encode([b"", b"\x01", keccak(b"\x80"), keccak(b"")])
        for name, storage in self._storages().items():
            trie = HexaryTrie({})
            for n in range(self.neighbours):
                trie[keccak(b"%s %d" % (name.encode(), n))] = rlp.encode(b"\x07")
            for slot, word in storage.items():
                if word:
                    value = word.to_bytes((word.bit_length() + 7) // 8, "big")
                    trie[keccak(slot.to_bytes(32, "big"))] = rlp.encode(value)
            accounts[keccak(ADDRESSES[name])] = rlp.encode([b"\x01", b"", trie.root_hash, keccak(name.encode())])
            for slot in wanted[name]:
                _collect(nodes, trie, keccak(slot.to_bytes(32, "big")))
        for address in ADDRESSES.values():
            _collect(nodes, accounts, keccak(address))
        return accounts.root_hash, list(nodes.values())

    def _blocks(self, state_root: bytes) -> tuple[bytes, list[bytes]]:
        """The first block's hash, and the headers."""
        found, parent, first = [], hashlib.sha256(b"parent").digest(), b""
        for n in range(self.headers):
            root = state_root if n == 0 else hashlib.sha256(b"state %d" % n).digest()
            fields = [
                parent, keccak(rlp.encode([])), bytes(20), root,
                keccak(b"\x80"), keccak(b"\x80"), bytes(256), b"\x02", (1000 + n).to_bytes(2, "big"),
                (30_000_000).to_bytes(4, "big"), b"", (NOW - 60 + n).to_bytes(4, "big"), b"", bytes(32), bytes(8),
            ]  # fmt: skip
            header, parent = self._sealed(fields, n)
            first = first or parent
            found.append(rlp.encode(header))
        return first, found

    def _sealed(self, fields: list[Any], n: int) -> tuple[list[Any], bytes]:
        """The header with its extra data, and its hash."""

        def with_extra(extra: bytes) -> list[Any]:
            return [*fields[:12], extra, *fields[13:]]

        if self.engine == "none":
            return fields, keccak(rlp.encode(fields))
        if self.engine == "clique":
            vanity = bytes(32)
            signed = keccak(rlp.encode(with_extra(vanity)))
            header = with_extra(vanity + self.keys[n % len(self.keys)].sign_recoverable(signed, hasher=None))
            return header, keccak(rlp.encode(header))
        body = [bytes(32), [address_of(key) for key in self.keys], []]
        signed = keccak(rlp.encode(with_extra(rlp.encode([*body, b"\x01", []]))))
        seals = [key.sign_recoverable(signed, hasher=None) for key in self.keys[: -(-2 * len(self.keys) // 3)]]
        hashed = keccak(rlp.encode(with_extra(rlp.encode([*body, b"", []]))))
        return with_extra(rlp.encode([*body, b"\x01", seals])), hashed

    # -- the files

    def certificate(self, rights: Sequence[int] = (RIGHT, FREE_RIGHT, NO_RIGHT)) -> dict[str, Any]:
        state_root, nodes = self._proofs(rights)
        first, headers = self._blocks(state_root)
        return {
            "format": "guanlian-certificate",
            "version": 1,
            "made_at": NOW - 30,
            "chain": {"chain_id": CHAIN_ID, "engine": self.engine},
            "contracts": {name: hexed(address) for name, address in ADDRESSES.items()},
            "parcel": {
                "parcel_id": hexed(self.ids[self.index]),
                "manifest": hexed(self.manifest),
                "index": self.index,
                "proof": [hexed(each) for each in commitments.membership_proof(self.ids, self.index)],
            },
            "records": copy.deepcopy(self.records_json),
            "rights": list(rights),
            "block": {"hash": hexed(first), "headers": [hexed(header) for header in headers]},
            "nodes": [hexed(node) for node in nodes],
            "revealed": [self.revealed(self.index)],
        }

    def revealed(self, index: int) -> dict[str, Any]:
        """What FIELDS has of the goods but their price, out of the declaration of the parcel at an index."""
        leaves = [commitments.evidence_leaf(root) for root in self.roots]
        paths = {path for path, _ in FIELDS} - {"InventoryHead.buyerName", "InventoryList.1.price"}
        return {
            "record": 0,
            "document": {
                "root": hexed(self.roots[index]),
                "position": index,
                "size": self.parcels,
                "proof": [hexed(each) for each in commitments.inclusion_proof(leaves, index)],
            },
            "fields": [
                {
                    "path": each.path,
                    "value": each.value,
                    "salt": hexed(each.salt),
                    "position": each.position,
                    "size": each.size,
                    "proof": [hexed(sister) for sister in each.proof],
                }
                for each in commitments.reveal(self._secrets[index], FIELDS, paths)
            ],
        }

    def trust(self, **changed: Any) -> dict[str, Any]:
        return {
            "format": "guanlian-trust",
            "version": 1,
            "chain_id": CHAIN_ID,
            "engine": self.engine,
            "contracts": {name: hexed(address) for name, address in ADDRESSES.items()},
            "validator_sets": [{"from_block": 0, "validators": [hexed(address_of(key)) for key in self.keys]}],
        } | changed


def _collect(nodes: dict[bytes, bytes], trie: HexaryTrie, key: bytes) -> None:
    for node in trie.get_proof(key):
        encoded = rlp.encode(node)
        if len(encoded) >= 32:
            nodes[keccak(encoded)] = encoded


def written(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


# ---------------------------------------------------------------------------------------------------
# What breaks them

Codes = tuple[str, str, str]
_GONE = ("not-unchanged", "not-unchanged")
_UNREAD = ("not-read", "not-read")
FINE: Codes = ("complete", "sealed", "states")


@dataclass(frozen=True)
class Case:
    """A file, the list it is checked with, and the codes of the three answers."""

    name: str
    certificate: bytes
    trust: bytes | None
    codes: Codes
    now: int = NOW


def cases() -> Iterator[Case]:
    """One case for each attack of `docs/certificate.md`, and the honest certificates beside them."""
    world = World()
    good, trust = world.certificate(), world.trust()

    def changed(name: str, change: Callable[[dict[str, Any]], None], *codes: str, trusted: Any = trust) -> Case:
        made = copy.deepcopy(good)
        change(made)
        return Case(name, written(made), written(trusted), _codes(codes))

    def trusted(name: str, list_: Any, *codes: str, certificate: Any = good) -> Case:
        return Case(name, written(certificate), None if list_ is None else written(list_), _codes(codes))

    yield trusted("an honest certificate", trust, *FINE)
    yield replace(trusted("an old but honest certificate", trust, *FINE), now=NOW + 10**9)
    yield trusted("a lone parcel", trust, *FINE, certificate=World(parcels=1, index=0).certificate())
    yield trusted("a barred seller", trust, *FINE, certificate=World(barred_until=NOW + 5).certificate())
    yield trusted("a suspended seller", trust, *FINE, certificate=World(suspended=True).certificate())
    qbft = World(engine="qbft", headers=1)
    yield trusted("an honest certificate under QBFT", qbft.trust(), *FINE, certificate=qbft.certificate())
    embedded = World(engine="none", headers=1)
    yield trusted(
        "of the embedded chain", None, "complete", "no-validators-vouch", "states", certificate=embedded.certificate()
    )
    yield trusted("no list of validators", None, "complete", "no-trust-list", "states")

    yield from _broken_files(good, trust)

    def swap(made: dict[str, Any]) -> None:
        records = made["records"]
        records[2], records[3] = records[3], records[2]

    flip = _flip
    yield changed("two records exchanged", swap, "records-do-not-fold")
    yield changed("the last record left out", lambda c: c["records"].pop(), "records-do-not-fold")
    yield changed("a record added", lambda c: c["records"].append(c["records"][-1]), "records-do-not-fold")
    yield changed("a record's time changed", lambda c: c["records"][4].update(at=NOW), "records-do-not-fold")
    yield changed(
        "a record's author changed", lambda c: c["records"][4].update(participant_no=9), "records-do-not-fold"
    )
    yield changed("a record's parcels changed", lambda c: flip(c["records"][4], "parcels"), "records-do-not-fold")
    yield changed("a record's evidence changed", lambda c: flip(c["records"][4], "evidence"), "records-do-not-fold")
    yield changed("another parcel's name", lambda c: flip(c["parcel"], "parcel_id"), "membership-proof-invalid")
    yield changed("a neighbour's place", lambda c: c["parcel"].update(index=1), "membership-proof-invalid")
    yield changed("a place beyond the manifest", lambda c: c["parcel"].update(index=200), "membership-proof-invalid")
    yield changed("a changed membership proof", lambda c: flip(c["parcel"]["proof"], 0), "membership-proof-invalid")
    yield changed("proofs of another manifest", lambda c: flip(c["parcel"], "manifest"), "storage-proof-invalid")
    yield changed("proofs of another contract", lambda c: flip(c["contracts"], "ledger"), "account-proof-invalid")
    yield changed("one trie node changed", lambda c: flip(c["nodes"], 3), "storage-proof-invalid")
    yield changed("one trie node left out", lambda c: c["nodes"].pop(), "account-proof-invalid")
    yield changed("a trie node that proves nothing", lambda c: c["nodes"].append("0xc20102"), "node-unused")
    yield changed("a right that was not proved", lambda c: c["rights"].append(77), "storage-proof-invalid")
    yield changed("a right kept quiet", lambda c: c["rights"].pop(0), "node-unused")
    yield changed("a header field changed", lambda c: _flip_at(c["block"]["headers"], 0, 600), "block-hash-mismatch")
    yield changed("a later header changed", lambda c: _flip_at(c["block"]["headers"], 1, 600), "headers-not-linked")
    yield changed("the state root changed", lambda c: _flip_at(c["block"]["headers"], 0, 200), "block-hash-mismatch")
    yield changed("a header cut short", lambda c: _cut(c["block"]["headers"], 0), "header-malformed")
    yield changed("a header left out", lambda c: c["block"]["headers"].pop(1), "headers-not-linked")
    yield changed("the block's hash changed", lambda c: flip(c["block"], "hash"), "block-hash-mismatch")
    yield changed(
        "the engine changed", lambda c: c["chain"].update(engine="none"), "complete", "no-validators-vouch", "states"
    )

    yield changed(
        "the last seal changed", lambda c: flip(c["block"]["headers"], 2, 500), "complete", "seal-not-trusted", "states"
    )
    yield from _distrusted(world, good, trust)
    yield from _told_wrong(world, trust)

    yield changed(
        "a revealed value changed", lambda c: _field(c).update(value="NIKE"), "complete", "sealed", "field-invalid"
    )
    yield changed(
        "a revealed path changed",
        lambda c: _field(c).update(path="InventoryList.1.code"),
        "complete",
        "sealed",
        "field-invalid",
    )
    yield changed("a salt changed", lambda c: flip(_field(c), "salt"), "complete", "sealed", "field-invalid")
    yield changed(
        "a revealed document changed",
        lambda c: flip(c["revealed"][0]["document"], "root"),
        "complete",
        "sealed",
        "document-invalid",
    )
    yield changed(
        "a neighbour's document",
        lambda c: c.update(revealed=[world.revealed(1)]),
        "complete",
        "sealed",
        "document-invalid",
    )
    yield changed(
        "a document of another record",
        lambda c: c["revealed"][0].update(record=1),
        "complete",
        "sealed",
        "document-invalid",
    )
    yield changed(
        "a document of no record",
        lambda c: c["revealed"][0].update(record=999),
        "complete",
        "sealed",
        "document-invalid",
    )


def _broken_files(good: dict[str, Any], trust: dict[str, Any]) -> Iterator[Case]:
    text = written(good).decode()
    of_file = {
        "an empty file": b"",
        "a truncated file": text.encode()[: len(text) // 2],
        "no UTF-8": b"\xff\xfe" + text.encode(),
        "a byte order mark": b"\xef\xbb\xbf" + text.encode(),
        "a name twice": text.replace('"version": 1,', '"version": 1, "version": 1,').encode(),
        "a name twice in a record": text.replace('"step": 0,', '"step": 0, "step": 0,').encode(),
        "nested without end": b"[" * 100_000,
        "objects without end": b'{"format":' * 100_000,
        "a list": b"[]",
        "null": b"null",
        "NaN": text.replace('"version": 1', '"version": NaN').encode(),
        "a fraction": text.replace('"version": 1', '"version": 1.0').encode(),
        "an exponent": text.replace('"version": 1', '"version": 1e0').encode(),
        "minus zero": text.replace('"index": 2', '"index": -0').encode(),
        "a number without end": text.replace('"index": 2', '"index": ' + "9" * 5000).encode(),
        "a truth for a number": text.replace('"index": 2', '"index": true').encode(),
        "a text for a number": text.replace('"index": 2', '"index": "2"').encode(),
        "an unknown name": text.replace('"version": 1', '"version": 1, "note": "genuine"').encode(),
        "capital hexadecimal": text.replace('"manifest": "0x', '"manifest": "0X').encode(),
        "half a byte": text.replace('"salt": "0x', '"salt": "0x0').encode(),
        "half a character": text.replace('"path": "Inv', '"path": "\\ud800Inv').encode(),
        "another format": text.replace("guanlian-certificate", "guanlian-trust").encode(),
        "no engine that is known": text.replace('"engine": "clique"', '"engine": "raft"').encode(),
        "no records": written(good | {"records": []}),
        "records without end": written(good | {"records": good["records"] * 500}),
        "rights in no order": written(good | {"rights": [4, 3]}),
        "text after the end": text.encode() + b"{}",
    }
    for name, data in of_file.items():
        yield Case(name, data, written(trust), ("malformed", *_UNREAD))
    yield Case("an oversized file", written(good) + b" " * 2 * 1024 * 1024, written(trust), ("too-large", *_UNREAD))
    newer = text.replace('"version": 1', '"version": 2').encode()
    yield Case("a newer format", newer, written(trust), ("version-unknown", *_UNREAD))


def _distrusted(world: World, good: dict[str, Any], trust: dict[str, Any]) -> Iterator[Case]:
    def with_trust(name: str, list_: dict[str, Any], code: str, certificate: Any = good) -> Case:
        return Case(name, written(certificate), written(list_), ("complete", code, "states"))

    mine = [hexed(address_of(key)) for key in world.keys]
    forger = World(keys=[PrivateKey(hashlib.sha256(b"forger %d" % n).digest()) for n in range(4)])
    yield with_trust("a chain of the forger's own", trust, "seal-not-trusted", forger.certificate())
    yield with_trust("another chain's list", world.trust(chain_id=1), "other-chain")
    others = trust["contracts"] | {"blacklist": hexed(bytes(20))}
    yield with_trust("another ledger's list", world.trust(contracts=others), "other-contract")
    yield with_trust("another engine's list", world.trust(engine="qbft"), "other-engine")
    later = [{"from_block": 5000, "validators": mine}]
    yield with_trust("a list that begins later", world.trust(validator_sets=later), "no-validators-for-block")
    two = [{"from_block": 0, "validators": mine[2:]}]
    yield with_trust("validators that left since", world.trust(validator_sets=two), "seal-not-trusted")
    grown = [
        *trust["validator_sets"],
        {"from_block": 1000, "validators": [*mine, *[hexed(bytes([n] * 20)) for n in (1, 2)]]},
    ]
    yield with_trust("more validators since, too few seals", world.trust(validator_sets=grown), "too-few-seals")
    history = [*trust["validator_sets"], {"from_block": 2000, "validators": [hexed(bytes(20))]}]
    yield with_trust("validators that changed afterwards", world.trust(validator_sets=history), "sealed")
    yield with_trust("two headers of four validators", trust, "too-few-seals", World(headers=2).certificate())
    once = World(headers=3, validators=4)
    once.keys = [once.keys[0]] * 4
    yield with_trust("one validator that seals all", trust, "too-few-seals", once.certificate())
    short = World(engine="qbft", headers=1)
    with_five = short.trust()
    with_five["validator_sets"][0]["validators"] += [hexed(bytes([n] * 20)) for n in (1, 2)]
    yield with_trust("too few seals under QBFT", with_five, "too-few-seals", short.certificate())


def _told_wrong(world: World, trust: dict[str, Any]) -> Iterator[Case]:
    """Ledgers that hold what no ledger of ours could: sealed, unchanged, and refused for what they say."""

    def told(name: str, made: World, code: str) -> Case:
        return Case(name, written(made.certificate()), written(trust), ("complete", "sealed", code))

    def relive(change: Callable[[list[dict[str, Any]]], None]) -> World:
        made = World()
        change(made.records_json)
        made.head = made.root
        for record in made.records_json:
            parcels, evidence = int(record["parcels"], 16), bytes.fromhex(record["evidence"][2:])
            made.head = commitments.next_head(
                made.head, record["step"], record["participant_no"], parcels, evidence, record["at"]
            )
        return made

    yield told("a release before its acceptance", relive(lambda r: r[5].update(step=13)), "replay-contradicts")
    yield told("a step of tomorrow's", relive(lambda r: r[-1].update(step=200)), "step-unknown")
    yield told("a second declaration", relive(lambda r: r[-1].update(step=0)), "replay-contradicts")
    yield told("times that run backwards", relive(lambda r: r[5].update(at=DECLARED_AT)), "replay-contradicts")
    yield told("a record from the future", relive(lambda r: r[-1].update(at=NOW + 999)), "replay-contradicts")
    yield told("a life that ends otherwise", relive(lambda r: r.pop()), "sets-contradict")
    yield told("declared by somebody else", relive(lambda r: r[0].update(participant_no=6)), "replay-contradicts")


def _codes(codes: Sequence[str]) -> Codes:
    """One code alone is that of a certificate which was changed."""
    unchanged, final, says = codes if len(codes) == 3 else (codes[0], *_GONE)
    return unchanged, final, says


def _flip(holder: Any, name: Any, at: int = 10) -> None:
    _flip_at(holder, name, at)


def _flip_at(holder: Any, name: Any, at: int) -> None:
    """Changes one hexadecimal digit; `at` counts from the end where a list's entry is long and `at` is 500."""
    text = holder[name]
    place = len(text) - 100 if at == 500 else min(at, len(text) - 1)
    digit = "1" if text[place] == "0" else "0"
    holder[name] = text[:place] + digit + text[place + 1 :]


def _cut(holder: list[str], place: int) -> None:
    holder[place] = holder[place][:-2]


def _field(made: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = made["revealed"][0]["fields"][1]
    return found

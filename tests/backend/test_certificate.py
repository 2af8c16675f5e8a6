"""A verifier believes what is proved, and nothing else."""

from __future__ import annotations

import copy
import json
import random
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import rlp
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from trie import HexaryTrie

from backend.certificate import Status, Trust, read_trust, verify
from backend.certificate import state as held
from backend.certificate.tries import Nodes, ProofInvalid
from backend.certificate.wording import SENTENCES, STATES
from backend.domain.commitments import keccak
from backend.domain.lifecycle import State
from tests.support.certificates import FREE_RIGHT, NO_RIGHT, NOW, RIGHT, Case, World, cases, written

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs" / "certificate.md"
SCHEMA = json.loads((ROOT / "docs" / "certificate.schema.json").read_text())
EVERY_CASE = list(cases())

#: A busy machine draws examples slowly; that says nothing about the verifier.
NOISE = settings(max_examples=200, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


def trust_of(data: bytes | None) -> Trust | None:
    return None if data is None else read_trust(data)


@pytest.fixture(scope="module")
def good() -> dict[str, Any]:
    return World().certificate()


@pytest.fixture(scope="module")
def trust() -> Trust:
    return read_trust(written(World().trust()))


@pytest.mark.parametrize("case", EVERY_CASE, ids=lambda case: case.name)
def test_each_attack_is_caught_by_its_check(case: Case) -> None:
    found = verify(case.certificate, trust_of(case.trust), case.now)
    assert tuple(answer.code for answer in found.all) == case.codes
    for answer in found.as_json().values():
        assert answer["zh"]
        assert answer["en"]
        assert "{" not in answer["zh"] + answer["en"]


def test_every_code_has_a_case_and_a_line_in_the_docs() -> None:
    reached = {
        f"{question}.{code}" for case in EVERY_CASE for question, code in zip(QUESTIONS, case.codes, strict=True)
    }
    # No certificate of a ledger of ours lacks its manifest's declaration: shown below on a chain of its own.
    reached |= {"unchanged.manifest-unknown", "final.seal-malformed"}
    assert reached == set(SENTENCES)
    text = DOCS.read_text()
    assert {code for code in (key.partition(".")[2] for key in SENTENCES) if f"`{code}`" not in text} == set()


QUESTIONS = ("unchanged", "final", "says")


def test_the_table_of_attacks_in_the_docs_is_what_happens() -> None:
    rows = re.findall(r"^\| ([^|]+) \| `([^`]+)`", DOCS.read_text().partition("## Attacks")[2], re.MULTILINE)
    caught = {case.name: set(case.codes) for case in EVERY_CASE}
    assert len(rows) > 25
    for name, code in rows:
        assert code in caught[name.strip()], name


def test_what_an_honest_certificate_says(good: dict[str, Any], trust: Trust) -> None:
    says = verify(written(good), trust, NOW).as_json()["says"]
    assert says["state"] == "Closed"
    assert says["seller"] == {"participant_no": 12, "standing": "clear"}
    assert says["rights"] == [
        {"right_id": RIGHT, "in_force": True, "usable": True},
        {"right_id": FREE_RIGHT, "in_force": True, "usable": False},
        {"right_id": NO_RIGHT, "in_force": False, "usable": False},
    ]
    assert [entry["step"] for entry in says["history"]][:3] == ["Declaration", "OrderAttested", "PaymentAttested"]
    assert {field["path"]: field["value"] for field in says["revealed"]}["InventoryList.1.country"] == "305"
    assert says["age"] == 60


@pytest.mark.parametrize(("world", "standing"), [
    (World(barred_until=NOW - 59), "barred"),
    (World(barred_until=NOW - 60), "clear"),
    (World(suspended=True), "suspended"),
])  # fmt: skip
def test_the_sellers_standing_is_that_of_the_block(world: World, standing: str, trust: Trust) -> None:
    says = verify(written(world.certificate()), trust, NOW).as_json()["says"]
    assert says["seller"]["standing"] == standing


def test_neighbours_show_as_bits_only(good: dict[str, Any]) -> None:
    world = World()
    text = written(good).decode()
    assert all(parcel.hex() not in text for n, parcel in enumerate(world.ids) if n != world.index)


def test_a_manifest_that_was_never_declared_is_unknown(trust: Trust) -> None:
    world = World()
    world._header_word = lambda: 12 << 32  # type: ignore[method-assign]
    found = verify(written(world.certificate()), trust, NOW)
    assert found.unchanged.code == "manifest-unknown"


def test_a_seal_that_no_key_can_have_made_is_malformed(trust: Trust) -> None:
    world = World()
    made = world.certificate()
    header = rlp.decode(bytes.fromhex(made["block"]["headers"][-1][2:]))
    for seal in (b"", bytes(65), b"\xff" * 64 + b"\x00", header[12][-65:-1] + b"\x1b"):
        header[12] = header[12][:32] + seal
        made["block"]["headers"][-1] = "0x" + rlp.encode(header).hex()
        assert verify(written(made), trust, NOW).final.code == "seal-malformed"


# ---------------------------------------------------------------------------------------------------
# Everything that can be changed


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if isinstance(value, dict):
        for name, each in value.items():
            yield from places(each, (*path, name))
    elif isinstance(value, list):
        for place, each in enumerate(value):
            yield from places(each, (*path, place))
    else:
        yield path


def changed_at(good: dict[str, Any], path: tuple[Any, ...], chance: random.Random) -> dict[str, Any]:
    made = copy.deepcopy(good)
    holder = made
    for name in path[:-1]:
        holder = holder[name]
    value = holder[path[-1]]
    if isinstance(value, int):
        holder[path[-1]] = value + 1
    else:
        at = chance.randrange(2 if value.startswith("0x") else 0, len(value))
        others = [digit for digit in "0123456789abcdef" if digit != value[at]]
        holder[path[-1]] = value[:at] + chance.choice(others) + value[at + 1 :]
    return made


def test_no_value_can_be_changed_unnoticed(good: dict[str, Any], trust: Trust) -> None:
    chance = random.Random(20_261_126)
    every = [path for path in places(good) if path != ("made_at",)]
    assert len(every) > 100
    for path in every:
        for _ in range(3):
            found = verify(written(changed_at(good, path, chance)), trust, NOW)
            assert found.status is not Status.Valid, path


def test_nothing_can_be_left_out_or_said_twice_unnoticed(good: dict[str, Any], trust: Trust) -> None:
    for name in ("records", "rights", "nodes"):
        for place in range(len(good[name])):
            without, twice = copy.deepcopy(good), copy.deepcopy(good)
            without[name].pop(place)
            twice[name].insert(place, twice[name][place])
            assert verify(written(without), trust, NOW).status is not Status.Valid, (name, place)
            assert verify(written(twice), trust, NOW).status is not Status.Valid, (name, place)


@NOISE
@given(st.binary(max_size=300), st.integers(0, 10**9), st.integers(0, 300))
def test_the_verifier_never_fails_and_never_says_valid_by_default(noise: bytes, at: int, cut: int) -> None:
    data = written(GOOD)
    at %= len(data)
    found = verify(data[:at] + noise + data[at + cut :], TRUST, NOW)
    if found.status is Status.Valid:
        assert is_honest(json.loads(data[:at] + noise + data[at + cut :]))
    verify(noise, TRUST, NOW)


def is_honest(made: dict[str, Any]) -> bool:
    """Whether a certificate says what the good one says: when it was made and what it reveals are its holder's."""
    shown = made["revealed"]
    fewer = all(any(_shows(document, whole) for whole in GOOD["revealed"]) for document in shown)
    return fewer and made | {"made_at": 0, "revealed": []} == GOOD | {"made_at": 0, "revealed": []}


def _shows(document: dict[str, Any], whole: dict[str, Any]) -> bool:
    fields = all(field in whole["fields"] for field in document["fields"])
    return fields and document | {"fields": []} == whole | {"fields": []}


GOOD = World().certificate()
TRUST = read_trust(written(World().trust()))

_scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20)
_values = st.recursive(
    _scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner)
)


@NOISE
@given(st.data())
def test_no_shape_of_value_in_any_place_makes_the_verifier_fail(data: st.DataObject) -> None:
    made = copy.deepcopy(GOOD)
    path = data.draw(st.sampled_from(list(places(GOOD))))
    path = path[: data.draw(st.integers(1, len(path)))]
    holder: Any = made
    for name in path[:-1]:
        holder = holder[name]
    holder[path[-1]] = data.draw(_values)
    assert verify(written(made), TRUST, NOW).status is not Status.Valid or is_honest(made)


@NOISE
@given(st.lists(st.binary(min_size=1, max_size=600), max_size=5), st.binary(min_size=32, max_size=32))
def test_nodes_of_noise_prove_nothing(noise: list[bytes], key: bytes) -> None:
    for node in noise:
        try:
            Nodes(noise).value_at(keccak(node), key)
        except ProofInvalid:
            continue


# ---------------------------------------------------------------------------------------------------
# Others' words


@settings(NOISE, max_examples=60)
@given(
    st.dictionaries(st.binary(min_size=1, max_size=4), st.binary(min_size=1, max_size=40), min_size=1, max_size=60),
    st.lists(st.binary(min_size=1, max_size=4), max_size=10),
)
def test_another_implementation_of_tries_agrees(held: dict[bytes, bytes], asked: list[bytes]) -> None:
    trie = HexaryTrie({})
    for key, value in held.items():
        trie[keccak(key)] = value
    for key in [*held, *asked]:
        proof = [rlp.encode(node) for node in trie.get_proof(keccak(key))]
        nodes = Nodes({keccak(node): node for node in proof if len(node) >= 32 or node == proof[0]}.values())
        assert nodes.value_at(trie.root_hash, key) == held.get(key)
        assert not nodes.has_idle
        for left_out in range(len(proof)):
            if len(proof[left_out]) >= 32 or left_out == 0:
                rest = Nodes(proof[:left_out] + proof[left_out + 1 :])
                with pytest.raises(ProofInvalid):
                    rest.value_at(trie.root_hash, key)


def test_an_honest_certificate_is_what_the_schema_says(good: dict[str, Any]) -> None:
    check = jsonschema.Draft202012Validator(SCHEMA)
    check.check_schema(SCHEMA)
    check.validate(good)
    assert not check.is_valid(good | {"note": "genuine"})
    assert not check.is_valid({name: value for name, value in good.items() if name != "nodes"})


@pytest.mark.parametrize("contract", ["ParcelLedger", "ParticipantRegistry", "Blacklist", "RightsRegistry"])
def test_slots_and_widths_are_the_compilers(contract: str) -> None:
    told = subprocess.run(
        ["forge", "inspect", f"contracts/{contract}.sol:{contract}", "storageLayout", "--json"],
        cwd=ROOT, capture_output=True, text=True, check=True, timeout=900,
    )  # fmt: skip
    layout = json.loads(told.stdout)
    slots = {each["label"]: int(each["slot"]) for each in layout["storage"]}
    for label, (slot, struct, widths) in LAYOUT[contract].items():
        assert slots[label] == slot
        if struct is not None:
            (found,) = (kind for name, kind in layout["types"].items() if name.startswith(f"t_struct({struct})"))
            members = found["members"][: len(widths)]
            sizes = [int(layout["types"][each["type"]]["numberOfBytes"]) * 8 for each in members]
            assert tuple(sizes) == widths
            assert all(each["slot"] == "0" for each in members)


LAYOUT: dict[str, dict[str, tuple[int, str | None, tuple[int, ...]]]] = {
    "ParcelLedger": {"_manifests": (held._MANIFESTS_SLOT, "Header", held._HEADER_BITS)},
    "ParticipantRegistry": {"_participants": (held._PARTICIPANTS_SLOT, "Participant", held._PARTICIPANT_BITS)},
    "Blacklist": {"_until": (held._UNTIL_SLOT, None, ())},
    "RightsRegistry": {
        "_rights": (held._RIGHTS_SLOT, "Right", held._RIGHT_BITS),
        "_licences": (held._LICENCES_SLOT, "Licence", held._LICENCE_BITS),
    },
}


def test_every_state_has_its_chinese() -> None:
    assert set(STATES) == {state.name for state in State}


ALONE = """
import sys
ALLOWED = {"rlp", "eth_utils", "eth_typing", "eth_hash", "coincurve", "_cffi_backend", "sha3", "hexbytes", "toolz",
           "cytoolz", "typing_extensions", "cffi", "backend", "pydantic", "annotated_types", "pydantic_core",
           "typing_inspection", "_pysha3", "Crypto", "asn1crypto"}
class Guard:
    def find_spec(self, name, path=None, target=None):
        top = name.partition(".")[0]
        if top in {"web3", "sqlalchemy", "fastapi", "lxml", "typer", "eth_account", "httpx", "requests"}:
            raise AssertionError(f"the verifier imports {name}")
sys.meta_path.insert(0, Guard())
import socket
def refuse(*_, **__): raise AssertionError("the verifier opens a connection")
socket.socket.connect = refuse
import runpy
sys.argv = ["verify", *sys.argv[1:]]
runpy.run_module("backend.certificate", run_name="__main__")
"""


def test_the_verifier_works_alone(tmp_path: Path, good: dict[str, Any]) -> None:
    for name in ("certificate", "domain"):
        shutil.copytree(ROOT / "backend" / name, tmp_path / "backend" / name)
    (tmp_path / "backend" / "__init__.py").touch()
    (tmp_path / "good.json").write_bytes(written(good))
    (tmp_path / "list.json").write_bytes(written(World().trust()))
    (tmp_path / "bad.json").write_bytes(written(good | {"rights": []}))

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-c", ALONE, *words], cwd=tmp_path, capture_output=True, text=True, timeout=300
        )

    found = run("good.json", "--trust", "list.json")
    assert (found.returncode, found.stderr) == (0, "")
    assert json.loads(found.stdout)["final"]["code"] == "sealed"
    assert run("good.json").returncode == 5
    assert run("bad.json", "--trust", "list.json").returncode == 1
    assert run("none.json").returncode == 2

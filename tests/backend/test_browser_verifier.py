"""The browser's verifier and the Python one say the same of the same file."""

from __future__ import annotations

import base64
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import rlp

from backend.certificate import read_trust, verify
from backend.certificate.wording import STATES, age_in_words
from backend.domain.commitments import keccak
from scripts.verifier_tables import TABLES, tables
from tests.backend.test_certificate import changed_at, places
from tests.support.certificates import ADDRESSES, NOW, Case, World, cases, hexed, written
from tests.support.scripts import told_by

ROOT = Path(__file__).resolve().parents[2]


def said_by_script(all_cases: Sequence[Case]) -> list[dict[str, Any]]:
    def line(case: Case) -> dict[str, Any]:
        trust = None if case.trust is None else base64.b64encode(case.trust).decode()
        return {"certificate": base64.b64encode(case.certificate).decode(), "trust": trust, "now": case.now}

    return told_by("verify_certificates.mjs", map(line, all_cases))


def assert_agreed(all_cases: Sequence[Case]) -> None:
    answers = said_by_script(all_cases)
    assert len(answers) == len(all_cases)
    for case, said in zip(all_cases, answers, strict=True):
        own = verify(case.certificate, None if case.trust is None else read_trust(case.trust), case.now).as_json()
        if own["unchanged"]["code"] == "malformed":
            # Each names the field that it came upon first.
            own["unchanged"] = {"code": "malformed", "status": "invalid"}
            said["unchanged"] = {name: said["unchanged"][name] for name in ("code", "status")}
        assert said == own, case.name


def test_both_verifiers_agree_on_every_attack() -> None:
    assert_agreed(list(cases()))


def test_both_verifiers_agree_on_every_changed_value() -> None:
    chance = random.Random(7)
    for world in (World(), World(engine="qbft", headers=1), World(parcels=100, index=77, barred_until=NOW)):
        good, trust = world.certificate(), written(world.trust())
        assert_agreed(
            [Case(str(path), written(changed_at(good, path, chance)), trust, ("", "", "")) for path in places(good)]
        )


def test_both_verifiers_agree_on_noise() -> None:
    chance, good, found = random.Random(8), written(World().certificate()), []
    for n in range(400):
        at, cut = chance.randrange(len(good)), chance.choice((0, 1, 2, 50))
        noise = chance.choice((b"", b'"', b",", b"0", b"{", b"}", b"\\", b"\xf0", b"\n", b"null", chance.randbytes(3)))
        data = good[:at] + noise + good[at + cut :]
        found.append(Case(f"noise {n} at {at}", data, written(World().trust()), ("", "", "")))
    assert_agreed(found)


def nested(levels: int) -> Any:
    """Empty lists within lists, so many levels of them."""
    value: list[Any] = []
    for _ in range(levels - 1):
        value = [value]
    return value


def rlp_of(value: Any) -> bytes:
    """RLP without rlp's own limit of depth."""
    heads, size = [], 0
    while True:
        heads.append(bytes([0xC0 + size]) if size < 56 else _long_head(size))
        size += len(heads[-1])
        if not value:
            return b"".join(reversed(heads))
        (value,) = value


def _long_head(size: int) -> bytes:
    written = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([0xF7 + len(written)]) + written


def test_both_verifiers_refuse_lists_that_are_nested_without_end() -> None:
    world = World(engine="none", headers=1, neighbours=5)
    found = []
    for levels in (15, 16, 17, 200, 330, 400, 900, 3000, 9000, 20_000):
        made = world.certificate()
        made["block"]["headers"] = [hexed(rlp_of(nested(levels)))]
        found.append(Case(f"a header {levels} deep", written(made), None, ("", "", "")))
    for levels in (14, 15, 16, 100, 330):
        # The node that the state root names, with lists in the place of the ledger's account.
        made, branch = world.certificate(), [b""] * 17
        branch[int(keccak(ADDRESSES["ledger"]).hex()[0], 16)] = nested(levels)
        node = _branch(branch)
        header = rlp.decode(bytes.fromhex(made["block"]["headers"][0][2:]))
        header[3] = keccak(node)
        made["block"] = {"hash": hexed(keccak(rlp.encode(header))), "headers": [hexed(rlp.encode(header))]}
        made["nodes"] = [hexed(node)]
        found.append(Case(f"a node {levels} deep", written(made), None, ("", "", "")))
    found.extend(map(_nested_vote, (14, 15, 16, 100, 400, 900, 3000, 7000)))
    assert_agreed(found)
    codes = [verify(case.certificate, None, NOW).unchanged.code for case in found[-8:]]
    assert codes == ["complete"] * 2 + ["header-malformed"] * 6


def _branch(items: list[Any]) -> bytes:
    body = b"".join(rlp_of(item) if isinstance(item, list) else rlp.encode(item) for item in items)
    return (bytes([0xC0 + len(body)]) if len(body) < 56 else _long_head(len(body))) + body


def _nested_vote(levels: int) -> Case:
    """A QBFT block whose vote is lists within lists: the list of the extra data itself is one more."""
    made = World(engine="qbft", headers=1).certificate()
    fields = rlp.decode(bytes.fromhex(made["block"]["headers"][0][2:]))
    vanity, validators, _, round_, seals = rlp.decode(fields[12])

    def block(round_: bytes, seals: list[bytes]) -> bytes:
        parts = [rlp.encode(vanity), rlp.encode(validators), rlp_of(nested(levels)), rlp.encode(round_)]
        body = b"".join([*parts, rlp.encode(seals)])
        return bytes(rlp.encode([*fields[:12], _long_head(len(body)) + body, *fields[13:]]))

    made["block"] = {"hash": hexed(keccak(block(b"", []))), "headers": [hexed(block(round_, seals))]}
    return Case(f"a vote {levels} deep", written(made), None, ("", "", ""))


@pytest.mark.parametrize("place", [8, 11])
def test_both_verifiers_refuse_numbers_and_times_that_json_does_not_hold(place: int) -> None:
    found = []
    for value in (2**53 - 1, 2**53, 2**64 - 1):
        made = World(engine="none", headers=1, neighbours=5).certificate()
        header = rlp.decode(bytes.fromhex(made["block"]["headers"][0][2:]))
        header[place] = value.to_bytes(8, "big")
        made["block"] = {"hash": hexed(keccak(rlp.encode(header))), "headers": [hexed(rlp.encode(header))]}
        found.append(Case(f"{value} at {place}", written(made), None, ("", "", "")))
    assert_agreed(found)
    codes = [verify(case.certificate, None, NOW).unchanged.code for case in found]
    assert codes == ["complete", "header-malformed", "header-malformed"]


def test_the_tables_of_the_script_are_those_of_python() -> None:
    assert TABLES.read_text(encoding="utf-8") == tables(), "run python -m scripts.verifier_tables"


def test_ages_have_words() -> None:
    assert [age_in_words(seconds)[1] for seconds in (0, 59, 60, 7200, 200_000)] == [
        "less than 1 minute", "less than 1 minute", "1 minute", "2 hours", "2 days",
    ]  # fmt: skip
    assert all(STATES.values())

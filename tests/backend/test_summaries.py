"""Summary declarations: months of China, keys, figures, and files that are checked with no network."""

from __future__ import annotations

import copy
import hashlib
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from backend.cli import app
from backend.commands.summing import MOST_BYTES
from backend.domain.documents import Document, DocumentKind
from backend.domain.errors import InvalidInput
from backend.domain.lifecycle import Direction, Flag, State
from backend.domain.merkle_sum import Figures, levels_of, proof_of
from backend.domain.summaries import (
    LeftOut,
    Listed,
    anchored_hash,
    check_file,
    key_commitment,
    listed,
    membership_json,
    merged,
    month_bounds,
    month_of,
    reason_left_out,
    statement,
)


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


@pytest.mark.parametrize(
    ("instant", "month"),
    [
        ("2026-10-31T15:59:59", "2026-10"),
        ("2026-10-31T16:00:00", "2026-11"),
        ("2026-12-31T15:59:59", "2026-12"),
        ("2026-12-31T16:00:00", "2027-01"),
        ("2028-02-29T15:59:59", "2028-02"),
        ("2028-02-29T16:00:00", "2028-03"),
    ],
)
def test_a_month_begins_at_midnight_in_china(instant: str, month: str) -> None:
    assert month_of(at(instant)) == month
    first, after = month_bounds(month)
    assert first <= at(instant) < after


@given(st.integers(at("2020-01-01T00:00:00"), at("2090-01-01T00:00:00")))
def test_every_instant_lies_in_one_month(instant: int) -> None:
    first, after = month_bounds(month_of(instant))
    assert first <= instant < after
    assert month_of(after) != month_of(first) == month_of(after - 1)


@pytest.mark.parametrize(
    "month", ["", "2026", "2026-13", "2026-00", "2026-1", "26-01", "2026-01-01", "２０２６-01", "1999-01"]
)
def test_what_is_no_month_is_refused(month: str) -> None:
    with pytest.raises(InvalidInput):
        month_bounds(month)


@pytest.mark.parametrize(
    ("state", "flags", "reason"),
    [
        (State.Released, [], None),
        (State.Departed, [Flag.Inspected], None),
        (State.Closed, [], None),
        (State.Released, [Flag.HeldDeclaring], LeftOut.Detained),
        (State.AtPort, [Flag.HeldPort], LeftOut.Detained),
        (State.Returning, [], LeftOut.Returned),
        (State.Returned, [], LeftOut.Returned),
        (State.ReturnedAbroad, [], LeftOut.Returned),
        (State.Destroyed, [], LeftOut.Seized),
    ],
)
def test_detained_and_returned_parcels_are_left_out(state: State, flags: list[Flag], reason: LeftOut | None) -> None:
    assert reason_left_out(state, flags) is reason


def list_of(*lines: tuple[str, str], **head: str) -> Document:
    usual = {"ebcCode": "A", "ownerCode": "B", "trafMode": "5", "country": "502", "portCode": "2233"}
    usual |= {"tradeMode": "9610", "statisticsFlag": "B", "grossWeight": "1.2345", "netWeight": "1"}
    rows = tuple({"totalPrice": price, "currency": currency} for price, currency in lines)
    return Document(DocumentKind.Declaration, Direction.Export, "603", usual | head, rows)


def test_a_list_adds_itself_its_weights_and_the_sum_of_its_lines() -> None:
    found = listed(list_of(("10.005", "502"), ("0.1", "502")), bytes(32))
    assert isinstance(found, Listed)
    # 1.2345 kg and 10.105 are halves: both are rounded up, for the list alone.
    assert found.figures == Figures(1, 1235, 1000, 1011)
    assert found.key == ("A", "B", "5", "502", "2233", "9610", "B", "502")


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        (list_of(("1", "502"), ("1", "142")), LeftOut.ManyCurrencies),
        (list_of(), LeftOut.Figures),
        (list_of(("x", "502")), LeftOut.Figures),
        (list_of(("-1", "502")), LeftOut.Figures),
        (list_of(("1", "502"), grossWeight=""), LeftOut.Figures),
        (list_of(("1", "502"), netWeight="-0.001"), LeftOut.Figures),
        (list_of(("1", "502"), netWeight="-0.00001"), LeftOut.Figures),
        (list_of(("9" * 30, "502")), LeftOut.Figures),
        (list_of(("9" * 60, "502")), LeftOut.Figures),
    ],
)
def test_a_list_that_cannot_be_summed_is_left_out_with_its_reason(document: Document, reason: LeftOut) -> None:
    assert listed(document, bytes(32)) is reason


@given(st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from("xy"), st.integers(0, 10**6)), max_size=30))
def test_merging_puts_each_list_into_exactly_one_summary_of_its_key(rows: list[tuple[str, str, int]]) -> None:
    lists = [
        Listed((one, two), Figures(1, figure, figure, figure), hashlib.sha256(bytes([place])).digest())
        for place, (one, two, figure) in enumerate(rows)
    ]
    groups = merged(lists)
    assert sorted(place for _, places in groups for place in places) == list(range(len(lists)))
    assert all(lists[place].key == key for key, places in groups for place in places)
    assert len({key for key, _ in groups}) == len(groups)


# ---------------------------------------------------------------------------------------------------
# Files


def file_of(size: int = 5, position: int = 3) -> dict[str, Any]:
    lists = [
        Listed(("k",), Figures(1, 10 + n, 9 + n, 100 * n), hashlib.sha256(bytes([n])).digest()) for n in range(size)
    ]
    levels = levels_of([one.node for one in lists])
    key = key_commitment(b"s" * 32, ("k",))
    said = statement(month="2026-10", district="2233", currency="502", key=key, root=levels[-1][0])
    member = membership_json(lists[position], position, proof_of(levels, position))
    return {"statement": said, "anchor": "0x" + anchored_hash(said).hex(), "membership": member}


def checked(content: Any) -> tuple[bytes, dict[str, Any], bool]:
    return check_file(json.dumps(content).encode())


@pytest.mark.parametrize(("size", "position"), [(1, 0), (2, 1), (5, 3), (5, 4), (8, 0)])
def test_a_file_proves_its_list_and_tells_the_anchor_to_look_for(size: int, position: int) -> None:
    content = file_of(size, position)
    anchor, said, proven = checked(content)
    assert proven
    assert ("0x" + anchor.hex(), said["figures"]["count"]) == (content["anchor"], size)
    assert checked(content | {"membership": None})[2] is False


def resealed(content: dict[str, Any]) -> str:
    """Makes the anchor fit again, as a forger would."""
    content["anchor"] = "0x" + anchored_hash(content["statement"]).hex()
    return str(content["anchor"])


_TAMPERED: list[tuple[str, Callable[[dict[str, Any]], Any]]] = [
    ("month", lambda c: c["statement"].update(month="2026-11")),
    ("sum", lambda c: c["statement"]["figures"].update(value=1)),
    ("sum, resealed", lambda c: (c["statement"]["figures"].update(value=1), resealed(c))),
    ("count, resealed", lambda c: (c["statement"]["figures"].update(count=6), resealed(c))),
    ("negative sum", lambda c: (c["statement"]["figures"].update(value=-1), resealed(c))),
    ("a sum that is no integer", lambda c: (c["statement"]["figures"].update(value=1.0), resealed(c))),
    ("a further figure", lambda c: (c["statement"]["figures"].update(more=1), resealed(c))),
    ("a further name", lambda c: (c["statement"].update(more=1), resealed(c))),
    ("supersedes", lambda c: c["statement"].update(supersedes="0x" + "00" * 32)),
    ("supersedes nothing", lambda c: (c["statement"].update(supersedes=""), resealed(c))),
    ("root", lambda c: (c["statement"].update(root="0x" + "00" * 32), resealed(c))),
    ("anchor", lambda c: c.update(anchor="0x" + "00" * 32)),
    ("list", lambda c: c["membership"].update(list="0x" + "00" * 32)),
    ("the list's value", lambda c: c["membership"]["figures"].update(value=299)),
    ("the list's count", lambda c: c["membership"]["figures"].update(count=2)),
    ("position", lambda c: c["membership"].update(position=2)),
    ("position of another type", lambda c: c["membership"].update(position=True)),
    ("a sister's value", lambda c: c["membership"]["proof"][0]["figures"].update(value=0)),
    ("a sister too few", lambda c: c["membership"]["proof"].pop()),
    ("a sister too many", lambda c: c["membership"]["proof"].append(c["membership"]["proof"][0])),
    ("too many sisters", lambda c: c["membership"].update(proof=c["membership"]["proof"] * 20)),
    ("no proof", lambda c: c["membership"].update(proof=None)),
    ("no membership", lambda c: c.update(membership=[])),
    ("no statement", lambda c: c.pop("statement")),
]


@pytest.mark.parametrize(("what", "tamper"), _TAMPERED, ids=[what for what, _ in _TAMPERED])
def test_a_file_that_was_touched_is_refused(what: str, tamper: Callable[[dict[str, Any]], Any]) -> None:
    content = copy.deepcopy(file_of())
    tamper(content)
    with pytest.raises(InvalidInput):
        checked(content)


@pytest.mark.parametrize("text", [b"", b"{", b"[]", b"null", b"1", b"\xff", b"[" * 100_000])
def test_what_is_no_file_is_refused(text: bytes) -> None:
    with pytest.raises(InvalidInput):
        check_file(text)


def test_a_file_holds_no_other_lists_commitment_and_no_key() -> None:
    text = json.dumps(file_of())
    assert "ebcCode" not in text
    for other in (0, 1, 2, 4):
        assert hashlib.sha256(bytes([other])).hexdigest() not in text


def test_the_command_checks_a_file_and_names_what_does_not_fit(tmp_path: Path) -> None:
    one = Listed(("A",) * 8, Figures(1, 13, 12, 300), b"\x07" * 32)
    said = statement(month="2026-10", district="2233", currency="502", key=b"\x01" * 32, root=one.node)
    file = tmp_path / "proof.json"
    content = {"statement": said, "anchor": "0x" + anchored_hash(said).hex(), "membership": membership_json(one, 0, ())}
    file.write_text(json.dumps(content))
    run = CliRunner()
    shown = run.invoke(app, ["check-summary", str(file), "--json"])
    assert shown.exit_code == 0
    assert json.loads(shown.stdout) == {"anchor": content["anchor"], "statement": said, "list_proven": True}
    assert "one list is proven" in run.invoke(app, ["check-summary", str(file)]).stdout
    said["figures"]["value"] += 1
    file.write_text(json.dumps(content))
    assert run.invoke(app, ["check-summary", str(file)]).exit_code == 1
    file.write_bytes(b" " * (MOST_BYTES + 1))
    assert run.invoke(app, ["check-summary", str(file)]).exit_code == 1
    assert run.invoke(app, ["check-summary", str(tmp_path / "none.json")]).exit_code == 1

"""Refund evidence over HTTP and offline: who may have it, what it shows, and that nothing in it can be changed."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest
from typer.testing import CliRunner

from backend.certificate import Status
from backend.certificate.refund import Refund, check_refund
from backend.cli import app
from tests.integration.test_summaries_flow import CUSTOMS, PATH, Month
from tests.support.asking import is_problem
from tests.support.running import running_ledger, until

#: What nothing hangs on: when the file was made, which chain an embedded one calls itself (no validators vouch for it
#: either way), and of a Merkle proof the size of the tree, where another has the same path from this leaf.
FREE = frozenset({"made_at", "chain_id", "size"})


class Gone:
    """A month of exports of which one has left the country, and the evidence of that one."""

    def __init__(self, month: Month) -> None:
        self.month, ledger = month, month.ledger
        views = {one: ledger.get(CUSTOMS, f"/v1/parcels/{one}") for one in month.released}
        self.parcel = next(one for one, view in views.items() if view["port_district"] == view["declaring_district"])
        self.staying = next(one for one in month.released if one != self.parcel)
        self.before = ledger.client(CUSTOMS).get(self.path(self.parcel))
        carrier = "logistics_air"
        ledger.record(carrier, "Departure", [self.parcel])
        ledger.indexed(self.parcel, lambda view: view["state"] == "Departed")
        self.unsummed = self.fetched()
        month.time.passes(days=32)
        ledger.record(CUSTOMS, "Release", [month.held])
        ledger.post(month.declarant, PATH, month.body(), confirm=False, status=201)
        self.data = self.fetched()

    def path(self, parcel_id: str) -> str:
        return f"/v1/parcels/{parcel_id}/refund-evidence"

    def fetched(self) -> bytes:
        def final() -> bytes | None:
            answer = self.month.ledger.client(CUSTOMS).get(self.path(self.parcel))
            return answer.content if answer.status_code == 200 else None

        return bytes(until(final, "the departure is final"))


@pytest.fixture(scope="module")
def gone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gone]:
    with running_ledger(tmp_path_factory.mktemp("refund")) as ledger:
        yield Gone(Month(ledger, "B"))


def _codes(found: Refund) -> dict[str, str]:
    return {each.question: each.code for each in found.findings}


def test_customs_of_the_district_get_what_a_tax_office_checks_alone(gone: Gone) -> None:
    found = check_refund(gone.data, None, gone.month.ledger.gateway.now())
    assert _codes(found) == {
        "unchanged": "complete",
        "final": "no-validators-vouch",
        "says": "states",
        "documents": "opened",
        "departed": "gone",
        "summary": "in-sums",
    }
    assert found.status is Status.CannotTell, "the embedded chain has nobody who vouches for it"
    sent = gone.month.lists[gone.parcel]["head"]
    assert found.documents["list"]["InventoryHead.copNo"] == sent["copNo"]
    assert found.documents["receipt"]["Receipts.orderNo"] == sent["orderNo"]
    assert not [each.zh for each in found.findings if not each.zh.strip() or not each.en.strip()]
    assert _codes(check_refund(gone.unsummed, None, 0))["summary"] == "none"


def test_nobody_else_gets_it_and_goods_that_stay_have_none(gone: Gone) -> None:
    ledger = gone.month.ledger
    for role in ("platform", "payment", "customs_suzhou", gone.month.declarant):
        is_problem(ledger.client(role).get(gone.path(gone.parcel)), 403, "Forbidden")
    is_problem(ledger.client(CUSTOMS).get(gone.path("00" * 32)), 404, "NotFound")
    is_problem(gone.before, 409, "RefundRefused")
    is_problem(ledger.client(CUSTOMS).get(gone.path(gone.staying)), 409, "RefundRefused")


def test_every_single_value_counts(gone: Gone) -> None:
    """Each value is changed in turn; what then still passes says so here."""
    content, now = json.loads(gone.data), gone.month.ledger.gateway.now()
    unnoticed: list[tuple[Any, ...]] = []
    for path, value in _values(content, ()):
        changed = copy.deepcopy(content)
        holder: Any = changed
        for name in path[:-1]:
            holder = holder[name]
        holder[path[-1]] = _other(value)
        if check_refund(json.dumps(changed).encode(), None, now).status is not Status.Invalid:
            unnoticed.append(path)
    # Of another version of the format it cannot be told whether it holds: neither passes for valid.
    assert {path for path in unnoticed if path[-1] not in FREE} == {("version",), ("certificate", "version")}
    assert len([path for path in unnoticed if path[-1] == "version"]) == 2


def test_parts_of_another_file_do_not_fit(gone: Gone) -> None:
    content, now = json.loads(gone.data), gone.month.ledger.gateway.now()
    for document in range(len(content["certificate"]["revealed"])):
        fewer = copy.deepcopy(content)
        del fewer["certificate"]["revealed"][document]
        found = check_refund(json.dumps(fewer).encode(), None, now)
        assert found.status is Status.Invalid
        assert _codes(found)["documents"] == "missing"
    alone = copy.deepcopy(content)
    alone["summary"]["membership"] = None
    assert _codes(check_refund(json.dumps(alone).encode(), None, now))["summary"] == "other-list"
    for bad in (b"", b"[]", b"{}", b'{"format":"guanlian-refund","version":1}', gone.data[:-9], b"[" * 100_000):
        assert check_refund(bad, None, now).status is Status.Invalid
    lone = gone.data.replace(b'"currency":"502","key"', b'"currency":"\\ud800","key"')
    assert lone != gone.data
    assert _codes(check_refund(lone, None, now)) == {"read": "malformed"}


def test_the_command_says_it_in_both_languages(gone: Gone, tmp_path: Any) -> None:
    file = tmp_path / "refund.json"
    file.write_bytes(gone.data)
    told = CliRunner().invoke(app, ["check-refund", str(file)])
    assert told.exit_code == 5, told.output
    assert "未退回" in told.output
    assert "not come back" in told.output
    file.write_bytes(
        gone.data.replace(b'"statisticsFlag"', b'"statisticsflag"').replace(b'Head.orderNo"', b'Head.orderNO"')
    )
    assert CliRunner().invoke(app, ["check-refund", str(file), "--json"]).exit_code == 1


def test_simplified_lists_take_part_in_no_refund(tmp_path: Any) -> None:
    with running_ledger(tmp_path) as ledger:
        simplified = Month(ledger, "A")
        refused = ledger.client(CUSTOMS).get(f"/v1/parcels/{simplified.released[0]}/refund-evidence")
        assert "statisticsFlag" in is_problem(refused, 409, "RefundRefused")["rule"]


def _values(part: Any, path: tuple[Any, ...]) -> Iterator[tuple[tuple[Any, ...], Any]]:
    if isinstance(part, dict | list):
        for name, value in part.items() if isinstance(part, dict) else enumerate(part):
            yield from _values(value, (*path, name))
    else:
        yield path, part


def _other(value: Any) -> Any:
    if isinstance(value, bool) or value is None:
        return "0x" + "11" * 32
    if isinstance(value, int):
        return value + 1
    if value.startswith("0x") and len(value) > 2:
        return value[:-1] + ("0" if value[-1] != "0" else "1")
    return value + "x"

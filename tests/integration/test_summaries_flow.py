"""Closing a month over HTTP on the real chain: sums that are proven, nobody else's to read, corrected openly."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest
import sqlalchemy as sa

from backend.domain.anchors import AnchorKind
from backend.domain.summaries import check_file, month_of
from backend.services import month_closing
from backend.services.simulation import simulate
from backend.store.tables import anchors
from tests.support.asking import is_problem
from tests.support.enforcing import Time
from tests.support.running import Ledger, running_ledger, until

PATH = "/v1/summaries"
CUSTOMS, DISTRICT = "customs_pudong", "2233"
GRAMS, FEN = 1000, 100


class Month:
    """Exports of one declarant that customs in Pudong released, and the month in which they did."""

    def __init__(self, ledger: Ledger, flag: str | None = None) -> None:
        """`flag`: only lists with this `statisticsFlag`."""
        self.ledger = ledger
        self.time = Time(ledger.gateway)
        self.lists: dict[str, dict[str, Any]] = {}
        self.declarant = ""
        for seed in range(8200, 8300):
            made = simulate(1, seed, "export", 0.0, barred=())
            (parcel,) = made.parcels
            role = parcel.senders["603"]
            if flag is not None and parcel.documents["603"].head["statisticsFlag"] != flag:
                continue
            if parcel.customs_code != DISTRICT or (self.declarant and role != self.declarant):
                continue
            self.declarant = role
            (parcel_id,) = ledger.send(made)
            ledger.indexed(parcel_id, lambda view: {"Order", "Waybill"} <= set(view["flags"]))
            document = parcel.documents["603"]
            self.lists[parcel_id] = {"head": document.head, "lines": document.lines}
            if len(self.lists) == 6:
                break
        self.held, *self.released = self.lists
        ledger.record("site_operator", "Arrival", list(self.lists))
        ledger.record(CUSTOMS, "Acceptance", list(self.lists))
        ledger.record(CUSTOMS, "Release", self.released)
        self.month = month_of(ledger.gateway.now())

    def body(self, **more: Any) -> dict[str, Any]:
        return {"month": self.month, "district": DISTRICT} | more

    def straight_sum(self, parcels: list[str]) -> tuple[int, int, int, int]:
        """Count, grams gross and net, hundredths of the currency, summed from the documents as they were sent."""
        heads = [self.lists[parcel]["head"] for parcel in parcels]
        lines = [line for parcel in parcels for line in self.lists[parcel]["lines"]]
        return (
            len(parcels),
            sum(round(float(head["grossWeight"]) * GRAMS) for head in heads),
            sum(round(float(head["netWeight"]) * GRAMS) for head in heads),
            sum(round(float(line["totalPrice"]) * FEN) for line in lines),
        )


@pytest.fixture(scope="module")
def month(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Month]:
    with running_ledger(tmp_path_factory.mktemp("month")) as ledger:
        yield Month(ledger)


def _sums(summaries: list[dict[str, Any]]) -> tuple[int, ...]:
    return tuple(sum(each["figures"][name] for each in summaries) for name in ("count", "gross_g", "net_g", "value"))


def _anchored(ledger: Ledger, anchor: str) -> bool:
    with ledger.gateway.database.read() as connection:
        query = sa.select(anchors.c.kind).where(anchors.c.root == bytes.fromhex(anchor[2:]))
        return connection.execute(query).scalar() == AnchorKind.Summary


def test_a_month_is_closed_once_over_proven_and_corrected(month: Month) -> None:
    ledger = month.ledger
    client = ledger.client(month.declarant)
    is_problem(client.post(PATH, json=month.body()), 409, "MonthOpen")
    month.time.passes(days=32)
    # What customs let go in another month is not of this one.
    ledger.record(CUSTOMS, "Release", [month.held])
    later = month_of(ledger.gateway.now())
    is_problem(client.post(PATH, json=month.body(month="2026-13")), 422, "InvalidInput")
    is_problem(client.post(PATH, json=month.body(reason="too early")), 409, "MonthNotClosed")
    is_problem(client.post(PATH, json=month.body(district="2303")), 409, "NothingToSum")
    is_problem(ledger.client("platform").post(PATH, json=month.body()), 403, "RoleMissing")
    is_problem(client.post(PATH, json=month.body(month=later)), 409, "MonthOpen")

    closing = ledger.post(month.declarant, PATH, month.body(), confirm=False, status=201)
    summaries = closing["summaries"]
    assert closing["lists"] == len(month.released)
    assert closing["left_out"] == []
    assert _sums(summaries) == month.straight_sum(month.released)
    is_problem(client.post(PATH, json=month.body()), 409, "MonthClosed")
    is_problem(client.post(PATH, json=month.body(reason="nothing has changed")), 409, "NothingToSum")
    until(lambda: all(_anchored(ledger, each["anchor"]) for each in summaries), "the summaries are on the chain")

    # Each list proves that it is in the sums, to somebody with no network; a changed figure proves nothing.
    proven = set()
    for summary in summaries:
        path = f"{PATH}/{summary['summary_id']}"
        for one in ledger.get(CUSTOMS, path)["lists"]:
            file = ledger.get(month.declarant, f"{path}/proof", parcel_id=one["parcel_id"])
            anchor, said, found = check_file(orjson.dumps(file))
            assert found
            assert "0x" + anchor.hex() == summary["anchor"]
            assert said["figures"] == summary["figures"]
            proven.add(one["parcel_id"])
            others = [each["list"] for each in ledger.get(CUSTOMS, path)["lists"] if each != one]
            assert not [root for root in others if root[2:] in orjson.dumps(file).decode()]
    assert proven == set(month.released)

    # Goods that come back are taken out of the sums openly.
    back = month.released[0]
    held_before = next(each for each in summaries if back in _parcels(ledger, each))
    ledger.record(CUSTOMS, "Detention", [back], suspicion="a mark on the box")
    ledger.indexed(back, lambda view: "HeldDeclaring" in view["flags"])
    corrected = ledger.post(month.declarant, PATH, month.body(reason="customs hold one"), confirm=False, status=201)
    assert corrected["left_out"] == [{"parcel_id": back, "why": "detained"}]
    (changed,) = corrected["summaries"]
    assert changed["statement"]["supersedes"] == held_before["anchor"]
    assert back not in _parcels(ledger, changed)
    in_force = [
        each for each in ledger.get(month.declarant, PATH, month=month.month)["items"] if not each["superseded"]
    ]
    assert _sums(in_force) == month.straight_sum(month.released[1:])
    assert ledger.get(CUSTOMS, f"{PATH}/{held_before['summary_id']}")["superseded"]


def test_a_correction_that_another_overtook_reads_the_month_anew(month: Month, monkeypatch: pytest.MonkeyPatch) -> None:
    """It read goods that were held; by the time it writes, another correction knows that customs let them go."""
    ledger, back, read = month.ledger, month.released[0], month_closing._lists
    overtaken: list[dict[str, Any]] = []

    def read_and_wait(*arguments: Any) -> Any:
        found = read(*arguments)
        if not overtaken:
            overtaken.append({})
            ledger.record(CUSTOMS, "DetentionLifted", [back])
            ledger.indexed(back, lambda view: "HeldDeclaring" not in view["flags"])
            body = month.body(reason="customs let it go")
            overtaken[0] |= ledger.post(month.declarant, PATH, body, confirm=False, status=201)
        return found

    monkeypatch.setattr(month_closing, "_lists", read_and_wait)
    late = ledger.client(month.declarant).post(PATH, json=month.body(reason="customs hold one, written down late"))
    is_problem(late, 409, "NothingToSum")
    assert overtaken[0]["left_out"] == []
    of_month = ledger.get(month.declarant, PATH, month=month.month)["items"]
    assert _sums([each for each in of_month if not each["superseded"]]) == month.straight_sum(month.released)


def test_summaries_are_their_declarants_and_their_customs(month: Month) -> None:
    ledger = month.ledger
    (summary, *_) = ledger.get(CUSTOMS, PATH)["items"]
    path = f"{PATH}/{summary['summary_id']}"
    for role in ("platform", "customs_suzhou"):
        for tail in ("", "/proof"):
            is_problem(ledger.client(role).get(path + tail), 404, "NotFound")
        is_problem(ledger.client(role).get(f"{PATH}/closings/{summary['closing_id']}"), 404, "NotFound")
        assert ledger.get(role, PATH)["items"] == []
    is_problem(ledger.client(CUSTOMS).get(f"{path}/proof", params={"parcel_id": "00" * 32}), 404, "NotFound")
    assert ledger.get(CUSTOMS, f"{path}/proof")["membership"] is None


def test_a_month_across_midnight_belongs_to_chinas_calendar(month: Month) -> None:
    """The instant of release decides in China's time, not in the server's."""
    first = datetime(2026, 12, 31, 16, 0, tzinfo=UTC)
    assert month_of(int(first.timestamp())) == "2027-01"
    assert month_of(int((first - timedelta(seconds=1)).timestamp())) == "2026-12"


def _parcels(ledger: Ledger, summary: dict[str, Any]) -> set[str]:
    view = ledger.get(CUSTOMS, f"{PATH}/{summary['summary_id']}")
    return {each["parcel_id"] for each in view["lists"]}

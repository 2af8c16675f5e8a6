"""Statistics on the real chain: both paths agree, files say the same, and what is changed by hand is found."""

from __future__ import annotations

import io
from collections.abc import Iterator

import polars as pl
import pytest
import sqlalchemy as sa

from backend.domain.lifecycle import Step
from backend.domain.statistics import Dimension
from backend.services.recounting import recompute
from backend.services.simulation import simulate
from backend.services.statistics import Question
from backend.store.tables import documents, records
from tests.support.asking import is_problem
from tests.support.running import Ledger, running_ledger

BY = [each.value for each in (Dimension.day, Dimension.district, Dimension.chapter, Dimension.origin)]


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    """A ledger of this file's own: it counts everything that is on it."""
    with running_ledger(tmp_path_factory.mktemp("statistics")) as made:
        yield made


def test_figures_can_be_recomputed_and_a_change_by_hand_is_found(ledger: Ledger) -> None:
    imports = list(ledger.send(simulate(8, 31, "import", 0.0, barred=())))
    ledger.send(simulate(6, 32, "export", 0.0, barred=()))
    views = [ledger.indexed(one, lambda v: {"Order", "Payment", "Waybill"} <= set(v["flags"])) for one in imports]
    pudong = [view["parcel_id"] for view in views if view["declaring_district"] == "2233"]
    assert pudong
    ledger.record("customs_pudong", "Detention", pudong[:1])
    ledger.indexed(pudong[0], lambda view: "HeldDeclaring" in view["flags"])

    found = ledger.get("governance", "/v1/statistics")
    (whole,) = found["groups"]
    assert whole["parcels"] == sum(whole["states"].values()) >= len(imports)
    assert (whole["detained"], whole["lists_unknown"], found["oddities"]["duplicates"]["count"]) == (1, 0, 0)
    assert whole["values"]
    assert recompute(ledger.gateway, Question()).differences == ()
    for by in [(each,) for each in Dimension] + [tuple(map(Dimension, BY))]:
        assert recompute(ledger.gateway, Question(by=by)).differences == ()

    # a district sees what it declares or lets out, a participant its own, both the same figures as the whole
    own = ledger.get("customs_pudong", "/v1/statistics", by="district")["groups"]
    all_of_it = ledger.get("governance", "/v1/statistics", by="district", district="2233")["groups"]
    assert [(g["group"], g["parcels"]) for g in own] == [(g["group"], g["parcels"]) for g in all_of_it]
    assert ledger.get("rights_holder", "/v1/statistics")["groups"] == []
    assert ledger.get("declarant", "/v1/statistics")["groups"][0]["parcels"] <= whole["parcels"]

    table = ledger.client("governance").get("/v1/statistics", params={"by": BY, "format": "parquet"}).content
    groups = ledger.get("governance", "/v1/statistics", by=BY)["groups"]
    assert pl.read_parquet(io.BytesIO(table))["parcels"].to_list() == [group["parcels"] for group in groups]
    text = ledger.client("governance").get("/v1/statistics", params={"by": BY, "format": "csv"}).text
    assert len(text.splitlines()) == len(groups) + 1
    assert is_problem(
        ledger.client("governance").get("/v1/statistics", params={"by": ["day", "day"]}), 422, "InvalidInput"
    )
    assert ledger.client("governance").get("/v1/statistics?by=nothing").status_code == 422

    # planted: a record that the read model lost, then a list whose stored content is another
    with ledger.gateway.database.write() as connection:
        connection.execute(sa.delete(records).where(records.c.step == int(Step.Detention)))
    assert ("all: detained", 0, 1) in recompute(ledger.gateway, Question()).differences
    with ledger.gateway.database.write() as connection:
        row = connection.execute(
            sa.select(documents.c.id, documents.c.fields).where(
                documents.c.kind == "Declaration", documents.c.parcel_id == bytes.fromhex(pudong[0])
            )
        ).one()
        changed = row.fields.replace(b"grossWeight", b"grossWeighs")
        connection.execute(sa.update(documents).where(documents.c.id == row.id).values(fields=changed))
    differences = {what for what, _, _ in recompute(ledger.gateway, Question()).differences}
    assert f"list of parcel {pudong[0]}" in differences

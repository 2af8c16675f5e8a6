"""Comparing what is stored: which documents belong together, with which facts, for many parcels at once."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from backend.domain.documents import Document
from backend.domain.lifecycle import Flag
from backend.domain.matching import MatchOutcome, MatchReport, Tolerance
from backend.domain.quota import Route
from backend.domain.rates import example_rates
from backend.domain.tax import TaxTreatment, tax_bill
from backend.services.comparing import compare, compare_each
from backend.services.rulebook import config_of, rates_of
from backend.services.simulation import SimulatedParcel, simulate
from backend.services.stored_documents import document_from
from backend.store import rulebook
from backend.store.database import Connection, Database
from backend.store.tables import documents as documents_table
from tests.support.cast import declare_on_chain, keep, make_database, opened, parcel_of, report_goods

Documents = dict[str, Document]

PARCELS = simulate(60, 11, barred=()).parcels
DIRECT = next(parcel for parcel in PARCELS if parcel.trade_mode == "9610" and len(parcel.documents["621"].lines) > 1)
BONDED = next(parcel for parcel in PARCELS if parcel.trade_mode == "1210")
EXPORTED = next(p for p in simulate(40, 11, "export", barred=()).parcels if "403" in p.documents)


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("kept") / "empty.db"
    make_database(path)
    return path


@pytest.fixture
def database(tmp_path: Path, empty: Path) -> Iterator[Database]:
    with opened(Path(shutil.copy(empty, tmp_path))) as made:
        yield made


@pytest.fixture
def connection(database: Database) -> Iterator[Connection]:
    with database.write() as writing:
        yield writing


def with_head(document: Document, **values: str) -> Document:
    return replace(document, head={**document.head, **values})


def waybill_key(declaration: Document) -> str:
    return f"{declaration.head['logisticsCode']}|{declaration.head['logisticsNo']}"


def stored(connection: Connection, parcel: SimulatedParcel, *left_out: str) -> bytes:
    """Keeps a parcel's documents, without some."""
    found = parcel_of(parcel.documents["621" if "621" in parcel.documents else "603"])
    keep(connection, found, *(each for kind, each in parcel.documents.items() if kind not in left_out))
    return found


def report_of(connection: Connection, parcel: bytes, **options: Any) -> MatchReport:
    return compare(connection, [parcel], **options)[parcel]


def failed(report: MatchReport) -> list[str]:
    return [failure.rule for failure in report.failures]


def held(report: MatchReport) -> list[str]:
    return [hold.rule for hold in report.holds]


@pytest.mark.parametrize("parcel", [DIRECT, BONDED, EXPORTED], ids=["direct", "bonded", "export"])
def test_a_document_is_read_back_as_it_was_written(parcel: SimulatedParcel) -> None:
    for message_type, document in parcel.documents.items():
        assert document_from(message_type, document.to_fields()) == document


@pytest.mark.parametrize(("parcel", "lacking"), [
    (DIRECT, {"M09", "M17", "M20"}), (BONDED, {"M09", "M17", "M20", "M22"}), (EXPORTED, set()),
])  # fmt: skip
def test_clean_parcels_match_and_only_what_nobody_here_can_know_is_not_judged(
    connection: Connection, parcel: SimulatedParcel, lacking: set[str]
) -> None:
    report = report_of(connection, stored(connection, parcel))
    assert report.outcome is MatchOutcome.Matched
    assert report.failures == ()
    assert {each.rule for each in report.unjudged} == lacking
    assert "T01" not in [warning.rule for warning in report.warnings]


def test_a_parcel_of_which_nothing_is_here_has_no_report(connection: Connection) -> None:
    assert compare(connection, [b"\1" * 32]) == {}
    assert compare(connection, []) == {}


def test_documents_that_are_no_longer_current_or_were_erased_are_not_there(connection: Connection) -> None:
    parcel = stored(connection, DIRECT, "311", "411")
    keep(connection, parcel, DIRECT.documents["311"], current=False)
    keep(connection, parcel, DIRECT.documents["411"], fields=None, secret=None)
    report = report_of(connection, parcel)
    assert report.outcome is MatchOutcome.Incomplete
    assert failed(report) == ["M01", "M01"]


# ---------------------------------------------------------------------------------------------------
# Which documents belong together


def test_the_waybill_that_the_declaration_names_is_found_before_it_is_linked(connection: Connection) -> None:
    parcel = stored(connection, DIRECT, "511")
    assert failed(report_of(connection, parcel)) == ["M01"]
    keep(connection, None, DIRECT.documents["511"])
    assert report_of(connection, parcel).outcome is MatchOutcome.Matched


def test_a_waybill_that_only_an_earlier_declaration_named_is_not_this_ones(connection: Connection) -> None:
    parcel = stored(connection, DIRECT, "511")
    keep(connection, parcel, with_head(DIRECT.documents["511"], logisticsNo="EARLIER"))
    assert failed(report_of(connection, parcel)) == ["M01"]
    keep(connection, None, DIRECT.documents["511"])
    assert report_of(connection, parcel).outcome is MatchOutcome.Matched


def test_of_several_payments_the_one_counts_that_the_order_names(connection: Connection) -> None:
    parcel = stored(connection, DIRECT)
    keep(connection, parcel, with_head(DIRECT.documents["411"], payTransactionId="OTHER", amountPaid="1"))
    assert report_of(connection, parcel).outcome is MatchOutcome.Matched
    keep(connection, parcel, with_head(DIRECT.documents["311"], payTransactionId="OTHER"))
    assert failed(report_of(connection, parcel)) == ["M06"]


def test_of_several_payments_without_a_name_in_the_order_the_newest_counts(connection: Connection) -> None:
    head = {name: value for name, value in DIRECT.documents["311"].head.items() if name != "payTransactionId"}
    parcel = stored(connection, DIRECT, "311")
    keep(connection, parcel, replace(DIRECT.documents["311"], head=head))
    keep(connection, parcel, with_head(DIRECT.documents["411"], payTransactionId="OTHER", amountPaid="1"))
    assert failed(report_of(connection, parcel)) == ["M06"]


def test_documents_of_the_other_direction_under_the_same_order_are_not_mixed_in(connection: Connection) -> None:
    parcel = stored(connection, DIRECT, "411")
    keep(connection, parcel, EXPORTED.documents["303"], EXPORTED.documents["403"])
    report = report_of(connection, parcel)
    assert failed(report) == ["M01"]
    keep(connection, parcel, DIRECT.documents["411"])
    assert report_of(connection, parcel).outcome is MatchOutcome.Matched


@pytest.mark.parametrize("parcel", [DIRECT, EXPORTED], ids=["import", "export"])
def test_one_document_is_put_in_place_of_the_stored_one(connection: Connection, parcel: SimulatedParcel) -> None:
    order_type, rule = ("311", "M02") if parcel is DIRECT else ("303", "X04")
    found = stored(connection, parcel)
    other = with_head(parcel.documents[order_type], ebcCode="9999999999")
    assert rule in failed(report_of(connection, found, replacing={found: other}))
    assert report_of(connection, found).outcome is MatchOutcome.Matched
    keep(connection, found, other)
    right = parcel.documents[order_type]
    assert report_of(connection, found, replacing={found: right}).outcome is MatchOutcome.Matched


def test_a_payment_put_in_place_counts_whichever_the_order_names(connection: Connection) -> None:
    parcel = stored(connection, DIRECT)
    other = with_head(DIRECT.documents["411"], payTransactionId="OTHER")
    assert failed(report_of(connection, parcel, replacing={parcel: other})) == ["M04"]


def test_a_declaration_put_in_place_brings_the_waybill_that_it_names(connection: Connection) -> None:
    parcel = stored(connection, DIRECT)
    other = with_head(DIRECT.documents["621"], logisticsNo="ANOTHER")
    assert failed(report_of(connection, parcel, replacing={parcel: other})) == ["M01"]
    keep(connection, None, with_head(DIRECT.documents["511"], logisticsNo="ANOTHER"))
    assert report_of(connection, parcel, replacing={parcel: other}).outcome is MatchOutcome.Matched


def test_a_waybill_put_in_place_is_the_one_that_counts(connection: Connection) -> None:
    parcel = stored(connection, DIRECT)
    other = with_head(DIRECT.documents["511"], logisticsNo="ANOTHER")
    assert failed(report_of(connection, parcel, replacing={parcel: other})) == ["M11"]


def test_several_documents_of_one_parcel_are_each_judged_alone(connection: Connection) -> None:
    parcel = stored(connection, DIRECT)
    wrong, right = with_head(DIRECT.documents["411"], amountPaid="1"), DIRECT.documents["411"]
    reports = compare_each(connection, [(parcel, wrong), (parcel, right), (None, DIRECT.documents["511"])])
    assert [report.outcome.value for report in reports] == ["mismatch", "matched", "incomplete"]


# ---------------------------------------------------------------------------------------------------
# Facts


def test_what_was_found_of_signatures_counts_and_what_was_not_stays_in_doubt(connection: Connection) -> None:
    signer = DIRECT.documents["621"].sender_code
    parcel = stored(connection, DIRECT, "621")
    ids = keep(connection, parcel, DIRECT.documents["621"], signature_valid=True, signer=signer)
    report = report_of(connection, parcel)
    doubts = {each.rule: set(each.lacks) for each in report.unjudged}
    assert doubts["M20"] == {"signature of 311", "signature of 411", "signature of 511"}
    for columns in ({"signature_valid": False}, {"signature_valid": True, "signer": "9900000000"}):
        change = sa.update(documents_table).where(documents_table.c.id == ids[0])
        connection.execute(change.values(**columns))
        assert failed(report_of(connection, parcel)) == ["M20"]


def test_an_enterprise_that_is_not_registered_for_its_part_is_named(connection: Connection) -> None:
    parcel = stored(connection, DIRECT)
    for code in ("9999999999", DIRECT.documents["621"].head["ebpCode"]):
        other = with_head(DIRECT.documents["621"], agentCode=code, assureCode=code)
        assert failed(report_of(connection, parcel, replacing={parcel: other})) == ["M19"]


@pytest.mark.parametrize(("parcel", "rule"), [(DIRECT, "M23"), (EXPORTED, "X07")], ids=["import", "export"])
def test_a_parcel_is_held_until_notices_list_it_under_its_bill(
    connection: Connection, parcel: SimulatedParcel, rule: str
) -> None:
    found = stored(connection, parcel)
    declaration = parcel.documents["621" if parcel is DIRECT else "603"]
    key, bill = waybill_key(declaration), declaration.head["billNo"]
    report_goods(connection, "MasterWaybill", key, bill)
    assert held(report_of(connection, found)) == [rule]
    report_goods(connection, "Arrival", key, "ANOTHER BILL")
    assert held(report_of(connection, found)) == [rule]
    report_goods(connection, "Arrival", key, bill, status="withdrawn")
    assert held(report_of(connection, found)) == [rule]
    report_goods(connection, "Arrival", key, bill, status="waiting")
    assert held(report_of(connection, found)) == []
    assert report_of(connection, found).outcome is MatchOutcome.Matched


def test_an_export_is_held_until_the_master_waybill_lists_it(connection: Connection) -> None:
    found = stored(connection, EXPORTED)
    key, bill = waybill_key(EXPORTED.documents["603"]), EXPORTED.documents["603"].head["billNo"]
    report_goods(connection, "Arrival", key, bill)
    assert held(report_of(connection, found)) == ["X07"]
    report_goods(connection, "MasterWaybill", key, bill)
    assert held(report_of(connection, found)) == []


def test_a_whole_bill_that_arrived_brings_each_of_its_parcels(connection: Connection) -> None:
    found = stored(connection, EXPORTED)
    key, bill = waybill_key(EXPORTED.documents["603"]), EXPORTED.documents["603"].head["billNo"]
    report_goods(connection, "MasterWaybill", key, bill)
    report_goods(connection, "Arrival", None, "ANOTHER BILL")
    assert held(report_of(connection, found)) == ["X07"]
    report_goods(connection, "Arrival", None, bill)
    assert held(report_of(connection, found)) == []


def test_goods_by_post_arrive_without_a_bill(connection: Connection) -> None:
    found = stored(connection, EXPORTED)
    key, bill = waybill_key(EXPORTED.documents["603"]), EXPORTED.documents["603"].head["billNo"]
    report_goods(connection, "MasterWaybill", key, bill)
    report_goods(connection, "Arrival", key, "")
    assert held(report_of(connection, found)) == []


def test_an_arrival_that_stands_on_the_chain_counts_unless_a_notice_here_says_otherwise(
    connection: Connection,
) -> None:
    found = stored(connection, DIRECT)
    declare_on_chain(connection, found)
    assert held(report_of(connection, found)) == ["M23"]
    declare_on_chain(connection, found, Flag.Arrived)
    assert held(report_of(connection, found)) == []
    report_goods(connection, "Arrival", waybill_key(DIRECT.documents["621"]), "ANOTHER BILL")
    assert held(report_of(connection, found)) == ["M23"]


def test_what_the_buyer_used_of_the_year_is_asked_for_each_declared_import(connection: Connection) -> None:
    imported, exported = stored(connection, DIRECT), stored(connection, EXPORTED)
    undeclared = stored(connection, BONDED, "621")
    asked: list[tuple[bytes, Document]] = []

    def used(parcel: bytes, declaration: Document) -> Decimal:
        asked.append((parcel, declaration))
        return Decimal(26000)

    reports = compare(connection, [imported, exported, undeclared], used=used)
    assert asked == [(imported, DIRECT.documents["621"])]
    assert reports[imported].route is Route.GeneralTrade
    assert reports[imported].tax_due is None
    assert [failure.inner_code for failure in reports[imported].failures] == ["1313"]
    assert reports[exported].outcome is MatchOutcome.Matched


def test_tax_is_due_by_the_rates_in_force_and_in_full_above_the_limit(connection: Connection) -> None:
    found = stored(connection, DIRECT)
    report = report_of(connection, found)
    assert report.rates_version == example_rates().version
    assert report.tax_due == tax_bill(DIRECT.documents["621"], example_rates()).totals.total
    line = {**DIRECT.documents["621"].lines[0], "qty": "1", "price": "6000", "totalPrice": "6000"}
    dear = replace(DIRECT.documents["621"], lines=(line,))
    report = report_of(connection, found, replacing={found: dear})
    assert report.route is Route.FullTax
    assert report.tax_due == tax_bill(dear, example_rates(), TaxTreatment.Full).totals.total


# ---------------------------------------------------------------------------------------------------
# Versions


def load(connection: Connection, district: int, text: str) -> None:
    version = text.split('"')[3]
    rulebook.add_config(connection, district=district, version=version, text=text.encode(), participant_no=0, now=0)


def test_each_parcel_is_judged_by_the_settings_of_its_district(connection: Connection) -> None:
    found = stored(connection, DIRECT, "411")
    keep(connection, found, with_head(DIRECT.documents["411"], payerName="示例他人"))
    district = int(DIRECT.customs_code)
    versions = []
    for place, text in (
        (None, ""),
        (0, '{"version": "of every"}'),
        (district + 1, '{"version": "of another"}'),
        (district, '{"version": "own", "rules": {"M07": {"level": "warn"}}}'),
        (0, '{"version": "of every, later"}'),
        (district, '{"version": "own, later"}'),
    ):
        if place is not None:
            load(connection, place, text)
        report = report_of(connection, found)
        versions.append((report.config_version, report.outcome.value))
    assert versions == [
        ("1", "mismatch"),
        ("of every", "mismatch"),
        ("of every", "mismatch"),
        ("own", "matched"),
        ("own", "matched"),
        ("own, later", "mismatch"),
    ]


def test_before_the_declaration_is_there_the_settings_of_every_district_count(connection: Connection) -> None:
    found = stored(connection, DIRECT, "621")
    load(connection, int(DIRECT.customs_code), '{"version": "own"}')
    assert report_of(connection, found).config_version == "1"


def test_settings_and_rates_of_two_databases_are_never_mixed_up(
    connection: Connection, tmp_path: Path, empty: Path
) -> None:
    load(connection, 2233, '{"version": "a", "rules": {"M05": {"absolute": "1"}}}')
    assert config_of(connection, 2233).of("M05").tolerance == Tolerance(Decimal(1))
    with opened(Path(shutil.copy(empty, tmp_path / "other.db"))) as other, other.write() as there:
        load(there, 2233, '{"version": "b"}')
        assert config_of(there, 2233).version == "b"
        assert rates_of(there) == example_rates()
    assert config_of(connection, 2233).version == "a"


def test_many_parcels_take_no_more_queries_than_few(database: Database) -> None:
    many = simulate(80, 5, barred=()).parcels
    with database.write() as connection:
        found = [stored(connection, parcel) for parcel in many]
    counts = []
    with database.read() as connection:
        compare(connection, found[:1])
        for some in (found[:2], found):
            statements: list[str] = []

            def note(_c: Any, _u: Any, statement: str, *_: Any, into: list[str] = statements) -> None:
                into.append(statement)

            sa.event.listen(database.engine, "before_cursor_execute", note)
            reports = compare(connection, some)
            sa.event.remove(database.engine, "before_cursor_execute", note)
            counts.append(len(statements))
            assert {report.outcome for report in reports.values()} == {MatchOutcome.Matched}
            assert len(reports) == len(some)
    assert counts[0] == counts[1]

"""The same gateway on PostgreSQL: the whole way, a reorganisation, and many writers at once."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sa

from backend.chain.node import free_port
from backend.domain.lifecycle import Direction, State, Step
from backend.domain.rates import example_rates
from backend.services import webhooks as managing
from backend.services.access import Caller, Scope
from backend.services.comparing import compare
from backend.services.deliverer import Deliverer
from backend.services.intake import receive_message
from backend.services.list_numbers import allot
from backend.services.quota import account_of, held_declarations, reserve_for_acceptance
from backend.services.quota_following import follow_newest
from backend.services.rehearsal import case_of_row, listing_of_row
from backend.services.relayed_receipts import relay, relayed
from backend.services.rights_reading import right_view, search_rights
from backend.services.rulebook import load_matching
from backend.services.simulation import simulate
from backend.services.simulation.requests import cancellation_request, return_request
from backend.services.suspicions import suspicions
from backend.services.tax_bills import Released, make_bills
from backend.services.tax_settling import settle_bills
from backend.store import listing_queries, readmodel, receipts
from backend.store import proceeding_queries as queries
from backend.store.database import Database
from backend.store.migrations import current_revision, migrate
from backend.store.tables.kept import documents
from backend.store.tax_bills import BillFilter, BillSight, find_bills
from tests.support.clerk import Clerk
from tests.support.kept import DAY, DECLARANT, DISTRICT, KEY, NOON, Shelf, import_list, parcel
from tests.support.proceedings import read, walked
from tests.support.receivers import receiver
from tests.support.recordals import SHOES, license_seller, publish_years, record, shoes
from tests.support.running import until
from tests.support.standing import AT_MS, Conversation
from tests.support.workshop import Workshop, installed_chain, small_set, workshop


def _programs() -> Path | None:
    """The folder of the newest PostgreSQL server on this machine."""
    on_path = shutil.which("initdb")
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    path = Path(on_path) if on_path else found[-1] if found else None
    return path.parent if path else None


@pytest.fixture(scope="module")
def database_url() -> Iterator[str]:
    programs = _programs()
    if programs is None:
        pytest.skip("no PostgreSQL server on this machine")
    # Not below pytest's folders, which only root may enter.
    with tempfile.TemporaryDirectory(prefix="guanlian-postgresql-") as folder:
        yield from _served(programs, Path(folder))


def _served(programs: Path, folder: Path) -> Iterator[str]:
    """The address of a database on a server of our own, for as long as it is needed."""
    # The server refuses to run as root.
    run_as: list[str] = []
    if os.geteuid() == 0:
        if shutil.which("setpriv") is None or subprocess.run(["id", "postgres"], capture_output=True).returncode:
            pytest.skip("PostgreSQL does not run as root, and there is no user postgres here")
        shutil.chown(folder, "postgres")
        run_as = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
    data, port = folder / "data", free_port()
    initdb = [*run_as, str(programs / "initdb"), "-D", str(data), "-U", "guanlian", "-A", "trust", "-E", "UTF8"]
    subprocess.run(initdb, check=True, capture_output=True, cwd=folder)
    control = [*run_as, str(programs / "pg_ctl"), "-D", str(data), "-w", "-l", str(folder / "log")]
    options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1"
    subprocess.run([*control, "-o", options, "start"], check=True, capture_output=True, cwd=folder)
    try:
        yield f"postgresql+psycopg://guanlian@127.0.0.1:{port}/postgres"
    finally:
        subprocess.run([*control, "-m", "immediate", "stop"], check=False, capture_output=True, cwd=folder)


@pytest.fixture(scope="module")
def shop(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workshop]:
    with (
        installed_chain(tmp_path_factory.mktemp("chain"), block_time=None) as settings,
        workshop(settings, database_url=database_url, confirmations=3) as made,
    ):
        yield made


def test_a_database_is_brought_to_the_newest_layout_once(shop: Workshop, database_url: str) -> None:
    before = current_revision(database_url)
    migrate(database_url)
    assert current_revision(database_url) == before is not None


def test_a_reader_sees_one_moment(shop: Workshop) -> None:
    count = sa.select(sa.func.count()).select_from(documents)
    with shop.gateway.database.read() as connection:
        before = connection.scalar(count)
        shop.receive(small_set(1, 71))
        assert connection.scalar(count) == before
    with shop.gateway.database.read() as connection:
        assert connection.scalar(count) > before


def test_messages_go_the_whole_way_and_survive_a_reorganisation(shop: Workshop) -> None:
    shop.receive(small_set(12, 3))
    shop.turn()
    shop.turn()
    shop.reorganise(2)
    shop.settle()
    assert shop.statuses().keys() == {"confirmed"}
    with shop.gateway.database.read() as connection:
        followed = readmodel.digest(connection)
    with shop.gateway.database.write() as connection:
        readmodel.clear(connection)
    shop.indexer.catch_up()
    with shop.gateway.database.read() as connection:
        assert readmodel.digest(connection) == followed


def test_the_same_message_from_many_connections_at_once_is_stored_once(shop: Workshop) -> None:
    message = next(small_set(5, 4).messages_of("311"))
    number = shop.numbers[message.sender.key]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: receive_message(shop.gateway, number, message.data), range(16)))
    assert len({answer.operation_id for answer in answers}) == 1
    shop.settle()


def test_numbers_years_and_tax_bills_are_kept_here_as_well(shop: Workshop) -> None:
    with shop.gateway.database.write() as connection:
        shelf = Shelf(connection)
        parcels = [parcel(number) for number in range(3)]
        declared = {one: import_list("410", buyer="990000198001010012") for one in parcels}
        ids = {one: shelf.keep(one, declaration) for one, declaration in declared.items()}
        manifests = {one: shelf.declare(one) for one in parcels}
        numbers = allot(connection, [(ids[one], "2233", Direction.Import, NOON) for one in parcels])
        for _ in range(2):
            reserve_for_acceptance(connection, KEY, held_declarations(connection, parcels), NOON)
        for one in parcels:
            shelf.steps(one, (Step.Acceptance, NOON), (Step.Release, NOON))
        follow_newest(connection, KEY, parcels, NOON)
        view = account_of(connection, KEY, "990000198001010012", 2026)
        released = [Released(one, manifests[one], ids[one], declared[one], numbers[ids[one]], NOON) for one in parcels]
        for _ in range(2):
            made = make_bills(connection, released, example_rates(), NOON)
        told = settle_bills(connection, NOON + 31 * DAY)
        found = find_bills(connection, BillFilter(status=2), BillSight(DECLARANT, DISTRICT), None, 10)
        connection.rollback()
    assert sorted(numbers.values()) == [f"22332026I{number:09d}" for number in (1, 2, 3)]
    assert (view["committed"], view["counted"]) == ("1230.00", "1230.00")
    assert [one.is_new for one in made] == [False] * 3
    assert len(told) == len(found) == 3


class Undone(Exception):
    """Takes back what a transaction has written."""


def fold_and_look(database: Database) -> None:
    """Reads a case and a listing in and looks for them; nothing of it stays."""
    world = walked(3)
    with database.write() as connection:
        readmodel.clear(connection)
        read(connection, world)
        for by_deadline in (True, False):
            (row,) = queries.find_cases(connection, queries.CaseFilter(), by_deadline=by_deadline, after=None, limit=10)
            assert case_of_row(row) == world.case
        accused = queries.CaseFilter(of_accused=world.numbers["declarant"], overdue_at=queries.NEVER)
        assert queries.find_cases(connection, accused, by_deadline=True, after=(0, 0), limit=10)
        assert queries.facts_of(connection, "case", 1)
        (entry,) = listing_queries.listings_of(connection, world.seller)
        assert listing_of_row(entry) == world.model.listings[1]
        raise Undone


def test_cases_and_listings_are_folded_and_found_here_as_well(shop: Workshop) -> None:
    with pytest.raises(Undone):
        fold_and_look(shop.gateway.database)


def test_receipts_are_kept_once_and_delivered_in_order(shop: Workshop) -> None:
    talk = Conversation(shop.gateway)
    row = {
        "participant_no": 5,
        "receipt_type": "622",
        "document_id": talk.document(),
        "status": "2",
        "info": "",
        "at_ms": AT_MS,
        "subject": b"s" * 32,
    }
    with shop.gateway.database.write() as connection:
        since = receipts.newest_id(connection)
        ids = receipts.insert_receipts(connection, [row, row])
        assert receipts.insert_receipts(connection, [row]) == []
    with receiver() as there:
        managing.create(shop.gateway, 5, there.url, since)
        writers = [Conversation(shop.gateway, 1000 * number) for number in range(1, 9)]
        with ThreadPoolExecutor(4) as pool:
            ids += [new for life in pool.map(lambda writer: writer.life(writer._count), writers) for new in life]
        deliverer = Deliverer(shop.gateway)
        until(lambda: deliverer.tick() == 0 and deliverer.is_idle, "everything is delivered")
        deliverer.finish()
    assert sorted(there.ids) == sorted(ids)
    lanes: dict[str, list[int]] = {}
    for one in there.received:
        lanes.setdefault(one.json["parcel_id"], []).append(one.receipt_id)
    assert [lane for lane in lanes.values() if lane != sorted(lane)] == []
    with shop.gateway.database.read() as connection:
        found = [row.id for row in receipts.receipts_after(connection, since, 500, participant_no=5)]
    assert found == sorted(ids)


def test_parcels_are_compared_under_loaded_rules_and_receipts_relayed(shop: Workshop) -> None:
    governance = Caller(0, None, frozenset({Scope.governance, Scope.operator}), "")
    _, is_new = load_matching(shop.gateway, governance, 0, b'{"version": "on this server"}')
    assert is_new
    made = small_set(3, 5)
    outcomes = shop.receive(made)
    found = {bytes.fromhex(each.parcel_id) for outcome in outcomes for each in outcome.documents if each.parcel_id}
    with shop.gateway.database.read() as connection:
        reports = compare(connection, sorted(found))
    assert {(report.outcome.value, report.config_version) for report in reports.values()} == {
        ("matched", "on this server")
    }
    head = made.parcels[0].documents["311"].head
    fields = "".join(f"<{name}>{head[name]}</{name}>" for name in ("guid", "ebpCode", "ebcCode", "orderNo"))
    answer = "<returnStatus>120</returnStatus><returnTime>20261122171556605</returnTime><returnInfo>x</returnInfo>"
    row = f"<OrderReturn>{fields}{answer}</OrderReturn>"
    body = f'<CEB312Message xmlns="http://www.chinaport.gov.cn/ceb" guid="x" version="1.0">{row}</CEB312Message>'
    told = [relay(shop.gateway, governance, body.encode())["rows"][0]["standing"] for _ in range(2)]
    assert told == ["applied", "repeated"]
    items = relayed(shop.gateway, governance, 0, 10)["items"]
    assert [each["at"] for each in items] == ["2026-11-22T09:15:56.605Z"]
    shop.settle()


def test_the_conversation_with_customs_goes_the_whole_way_here_as_well(shop: Workshop) -> None:
    clerk = Clerk(shop)
    clerk.automate()
    made = next(
        each
        for each in (simulate(3, seed, "import", 0.0, barred=()) for seed in range(9100, 9200))
        if {parcel.trade_mode for parcel in each.parcels} == {"9610"}
    )
    clerk.send(*made.arrivals, *made.messages)
    clerk.examine()
    one, two, three = made.parcels
    clerk.send(cancellation_request(two, clerk.list_no(two), seed=made.seed))
    clerk.decide(two, grant=True)
    clerk.take(Step.Release, one, three)
    clerk.send(return_request(one, clerk.list_no(one), seed=made.seed))
    shop.settle()
    clerk.decide(one, grant=True)
    clerk.take(Step.ReturnArrived, one, who="site_operator")
    clerk.take(Step.ReturnVerified, one)
    assert [clerk.state(parcel) for parcel in made.parcels] == [State.Returned, State.Cancelled, State.Released]
    assert clerk.told(one, "622") == ["2", "3", "120", "800"]
    assert clerk.told(two, "624") == ["2", "120", "399"]
    assert clerk.told(one, "626") == ["2", "120", "399", "800"]
    assert [clerk.told(one, kind) for kind in ("816", "818")] == [["1"], ["3"]]


def test_rights_are_read_and_goods_are_screened_here_as_well(shop: Workshop) -> None:
    clerk = Clerk(shop)
    publish_years(clerk)
    clerk.automate()
    right = record(clerk, SHOES, "6404", variants=("JICHUAN",))
    made, one = shoes("J1CHUAN")
    clerk.send(*made.messages)
    clerk.examine()
    assert "Inspection" in clerk.place(one)[1]
    license_seller(clerk, right, one)
    view = right_view(shop.gateway, right)
    assert [fact["fact"] for fact in view["facts"]][-1] == "LicenceGranted"
    (found,) = search_rights(shop.gateway, text="jichuan", status="in_force")["items"]
    assert found["right_id"] == right
    with shop.gateway.database.read() as connection:
        (suspicion,) = suspicions(connection, int(one.customs_code))
    assert suspicion["hits"][0]["right_id"] == right

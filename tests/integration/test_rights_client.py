"""A case from recordal to finding through the gateway's own chain code: calls out, views and logs back in."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from backend.chain import calls, events, rights_calls
from backend.chain.calls import DeclarationCall, RecordCall
from backend.chain.client import ChainClient
from backend.chain.rights_views import Licence, RightsViews
from backend.chain.views import Views
from backend.domain import commitments
from backend.domain.errors import CaseUnknown, FlagsBlocking, HeadquartersOnly, RightUnknown
from backend.domain.lifecycle import Direction, Flag, Step
from backend.domain.participants import Role, role_set
from backend.domain.rights import Application, CaseState, Disposal, Outcome, RightKind, Route
from backend.domain.rights_events import CaseDecided, FindingRecorded, GoodsListed, HolderNotified
from backend.domain.working_days import year_number
from tests.support.chain import Account, deploy, node_at

PUDONG, SHOES, VALUE = 2233, 6404, 1_000_000
OWNER, DECLARANT, CUSTOMS, HOLDER, HEADQUARTERS = range(5)
FILE, SELLER = b"\x0f" * 32, b"\x63" * 32


class Chain:
    """A node with the contracts on it, a right on record and a manifest whose parcels customs hold."""

    def __init__(self, rpc_url: str, folder: Path) -> None:
        self.client = ChainClient(rpc_url)
        self.deployment = deploy(rpc_url, folder)
        self.views = Views(self.client, self.deployment)
        self.rights_views = RightsViews(self.client, self.deployment)
        self.numbers: dict[int, int] = {}
        for index, role, district in (
            (DECLARANT, Role.Declarant, 0),
            (CUSTOMS, Role.Customs, PUDONG),
            (HOLDER, Role.RightsHolder, 0),
            (HEADQUARTERS, Role.Customs, 100),
        ):
            identity = bytes([100 + index]) * 32
            account = Account(self.client, index).address
            self.do(OWNER, "ParticipantRegistry", calls.register(identity, role_set([role]), district, account))
            self.numbers[index] = self.views.participant_of(identity) or 0
        self.do(OWNER, "ParticipantRegistry", calls.register(SELLER, role_set([Role.Seller])))
        self.seller = self.views.participant_of(SELLER) or 0
        self.do(OWNER, "RightsRegistry", rights_calls.set_headquarters(self.numbers[HEADQUARTERS]))
        # A case reaches into next year, which need not be arranged yet.
        for year in {self.now.year, (self.now + timedelta(days=120)).year} - {2025, 2026}:
            call = rights_calls.publish_year(year, year_number(year, (), ()))
            self.do(OWNER, "WorkingCalendar", call)

    @property
    def now(self) -> datetime:
        return datetime.fromtimestamp(self.client.head().timestamp, UTC)

    def do(self, who: int, contract: str, data: bytes) -> None:
        Account(self.client, who).do(self.deployment.contracts[contract], data, gas=1_000_000)

    def recorded(self) -> int:
        ends = int(self.now.timestamp()) + 400 * 86_400
        application = rights_calls.apply_for_recordal(RightKind.Trademark, FILE, FILE, (SHOES, 4202), ends, FILE)
        self.do(HOLDER, "RightsRegistry", application)
        right = self.rights_views.right_count()
        self.do(HEADQUARTERS, "RightsRegistry", rights_calls.approve_application(right, FILE))
        return right

    def held(self) -> bytes:
        reference = bytes(31) + bytes([1])
        parcels = tuple(bytes([n]) * 32 for n in (1, 2, 3))
        places = (PUDONG, PUDONG, 9610, Direction.Export)
        declaration = DeclarationCall(reference, self.seller, *places, FILE, parcels)
        self.do(DECLARANT, "ParcelLedger", calls.declare([declaration]))
        manifest = commitments.manifest_id(self.numbers[DECLARANT], reference)
        self.do(CUSTOMS, "ParcelLedger", calls.record([RecordCall(manifest, Step.Detention, 0b011, FILE)]))
        return manifest


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chain]:
    home = tmp_path_factory.mktemp("rights")
    with node_at(home) as node:
        yield Chain(node.rpc_url, home)


def test_a_case_goes_out_and_comes_back_in(chain: Chain) -> None:
    right, manifest, views = chain.recorded(), chain.held(), chain.rights_views
    kept = views.right(right)
    assert (kept.holder_no, kept.kind, kept.pending) == (chain.numbers[HOLDER], RightKind.Trademark, Application.Zero)
    assert kept.until == kept.underlying_until
    assert views.is_in_force(right, kept.recorded_at)
    assert not views.is_in_force(right, kept.recorded_at - 1)
    assert (views.covers(right, SHOES), views.covers(right, 6405)) == (True, False)

    notice = rights_calls.notify_holder(right, SHOES, manifest, 0b011, VALUE, FILE)
    chain.do(CUSTOMS, "InfringementCases", notice)
    case = views.case(views.case_count())
    assert (case.manifest, case.parcels, case.route, case.state) == (
        manifest,
        0b011,
        Route.ExOfficio,
        CaseState.Notified,
    )
    assert (case.right_id, case.goods_value, case.heading) == (right, VALUE, SHOES)
    assert views.add_working_days(chain.client.head().timestamp, 3) == case.lapses_at
    assert chain.views.parcel_at(manifest, 0)[1] == (Flag.HeldDeclaring, Flag.CaseOpen)
    lift = calls.record([RecordCall(manifest, Step.DetentionLifted, 0b001, FILE)])
    with pytest.raises(FlagsBlocking):
        chain.do(CUSTOMS, "ParcelLedger", lift)

    chain.do(HOLDER, "InfringementCases", rights_calls.request_detention(case.id, VALUE, FILE))
    chain.do(CUSTOMS, "InfringementCases", rights_calls.record_finding(case.id, False, FILE))
    case = views.case(case.id)
    assert (case.state, case.outcome, case.lapses_at) == (CaseState.Closed, Outcome.NotInfringing, 0)
    assert (case.disposal, case.disposed) == (Disposal.PublicWelfare, False)
    chain.do(CUSTOMS, "ParcelLedger", lift)

    raw = chain.client.logs(0, chain.client.head().number, chain.deployment.addresses)
    found = [logged.event for logged in map(events.decode, raw) if logged is not None]
    assert GoodsListed(right, 1, FILE, (SHOES, 4202)) in found
    (notified,) = [event for event in found if isinstance(event, HolderNotified)]
    assert (notified.case_id, notified.customs_no) == (case.id, chain.numbers[CUSTOMS])
    assert FindingRecorded(case.id, False, FILE, 0) in found
    assert CaseDecided(case.id, Outcome.NotInfringing, FILE) in found


def test_a_licence_and_who_speaks_are_read(chain: Chain) -> None:
    right, views = chain.recorded(), chain.rights_views
    assert views.headquarters_no() == chain.numbers[HEADQUARTERS]
    assert views.licence(right, chain.seller) == Licence(0, 0, 0)
    until = int(chain.now.timestamp()) + 3_600
    chain.do(HOLDER, "RightsRegistry", rights_calls.grant_licence(right, chain.seller, FILE, until, FILE))
    assert views.is_licensed(right, chain.seller)
    chain.do(HOLDER, "RightsRegistry", rights_calls.revoke_licence(right, chain.seller, FILE))
    assert not views.is_licensed(right, chain.seller)
    assert views.licence(right, chain.seller).revoked_at
    owner, customs = (Account(chain.client, who).address for who in (OWNER, CUSTOMS))
    assert views.speaks_for(owner, chain.seller) == (True, 0)
    assert views.speaks_for(customs, chain.seller) == (False, chain.numbers[CUSTOMS])


def test_refusals_come_typed(chain: Chain) -> None:
    with pytest.raises(RightUnknown):
        chain.rights_views.right(999)
    with pytest.raises(CaseUnknown):
        chain.rights_views.case(999)
    with pytest.raises(HeadquartersOnly) as refused:
        chain.do(CUSTOMS, "RightsRegistry", rights_calls.approve_application(1, FILE))
    assert refused.value.details["headquarters_no"] == chain.numbers[HEADQUARTERS]

"""The reference model with a cast, a right and held parcels on it, and how every act of a case is tried."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

from backend.domain.case_standing import Act, Party
from backend.domain.errors import GuanlianError
from backend.domain.events import Event
from backend.domain.ledger import Record
from backend.domain.lifecycle import Direction, Sets, Step
from backend.domain.participants import Role, role_set
from backend.domain.reference.case_book import Case
from backend.domain.reference.cases import ReferenceCases
from backend.domain.reference.manifests import Declaration
from backend.domain.reference.registry import ZERO_ACCOUNT
from backend.domain.rights import RightKind, Route
from backend.domain.working_days import arranged_years, working_days_of, year_number

FILE = b"\x07" * 32
DAY = 86_400
SHOES, VALUE = 6404, 1_000_000
#: A Tuesday after all holidays, ten in the morning in China.
START = 1_792_548_000

CAST = {
    "holder": (Role.RightsHolder, 0),
    "customs": (Role.Customs, 2233),
    "headquarters": (Role.Customs, 100),
    "declarant": (Role.Declarant, 0),
    "market": (Role.MarketRegulator, 0),
    "tax": (Role.TaxAuthority, 0),
    "appeal_body": (Role.AppealBody, 0),
}


def account(name: str) -> str:
    return "0x" + name.encode().hex().ljust(40, "0")


class World:
    """The reference model with a cast, a right, held parcels, and its own clock."""

    def __init__(self, kind: RightKind) -> None:
        self.now = START
        self.model = ReferenceCases(account("owner"))
        self.numbers: dict[str, int] = {}
        #: Everything that happened, each event with its time.
        self.events: list[tuple[int, Event]] = []
        for number, (name, (role, district)) in enumerate(CAST.items(), 1):
            self.do("owner", "register", bytes([number]) * 32, role_set([role]), district, account(name))
            self.numbers[name] = number
        self.do("owner", "register", b"\x51" * 32, role_set([Role.Seller]), 0, ZERO_ACCOUNT)
        self.seller = len(CAST) + 1
        self.do("owner", "register", b"\x52" * 32, role_set([Role.CaseRegister]), 0, account("register"))
        self.model.case_account = account("register")
        for year, number in {
            **arranged_years(),
            2027: year_number(2027, (), ()),
            2028: year_number(2028, (), ()),
        }.items():
            self.model.years[year] = working_days_of(year, number)
        self.do("owner", "set_headquarters", self.numbers["headquarters"])
        self.do("holder", "apply_for_recordal", kind, FILE, FILE, (SHOES,), self.now + 9_000 * DAY, FILE)
        self.do("headquarters", "approve_application", 1, FILE)
        declaration = Declaration(
            FILE, self.seller, 2233, 2233, 9610, Direction.Import, FILE, (b"\x01" * 32, b"\x02" * 32)
        )
        self.do("declarant", "declare", [declaration])
        (self.manifest,) = self.model.manifests
        self.record("customs", Step.Detention)

    def do(self, who: str, act: str, *arguments: Any) -> None:
        found = getattr(self.model, act)(account(who), self.now, *arguments)
        self.events += [(self.now, event) for event in found]

    def record(self, who: str, step: Step) -> None:
        self.do(who, "record", [Record(self.manifest, step, 0b01, FILE)])

    @property
    def case(self) -> Case:
        return self.model.cases[1]

    @property
    def sets(self) -> Sets:
        return self.model.manifests[self.manifest].sets

    def lets(self, who: str, act: str, *arguments: Any) -> bool:
        # Years do not change and are large: the copy shares them.
        model = copy.deepcopy(self.model, {id(self.model.years): self.model.years})
        try:
            getattr(model, act)(account(who), self.now, *arguments)
        except GuanlianError:
            return False
        return True


#: How each act is tried: by whom, and with what.
TRIED: dict[Act, tuple[str, str, Callable[[World], tuple[Any, ...]]]] = {
    Act.RequestDetention: ("holder", "request_detention", lambda _: (1, VALUE, FILE)),
    Act.DetainGoods: ("customs", "detain_goods", lambda world: (1, world.manifest, 0b01, FILE)),
    Act.DeclineComplaint: ("customs", "decline_complaint", lambda _: (1, FILE)),
    Act.RecordFinding: ("customs", "record_finding", lambda _: (1, True, FILE)),
    Act.AppealFinding: ("declarant", "appeal_finding", lambda _: (1, FILE)),
    Act.DecideFindingAppeal: ("appeal_body", "decide_finding_appeal", lambda _: (1, True, FILE)),
    Act.ConfirmFinding: ("market", "confirm_finding", lambda _: (1,)),
    Act.RecordCourtNotice: ("customs", "record_court_notice", lambda _: (1, FILE)),
    Act.RecordRuling: ("customs", "record_ruling", lambda _: (1, True, FILE)),
    Act.AcceptCounterBond: ("customs", "accept_counter_bond", lambda _: (1, VALUE, FILE)),
    Act.WithdrawCase: ("holder", "withdraw_case", lambda _: (1, FILE)),
    Act.DeclareLapsed: ("market", "declare_lapsed", lambda _: (1,)),
    Act.ChooseDisposal: ("customs", "choose_disposal", lambda _: (1, FILE)),
    Act.PassOverDisposal: ("customs", "pass_over_disposal", lambda _: (1, FILE)),
}

PLAYED_BY = {
    Party.Holder: "holder",
    Party.Investigator: "customs",
    Party.Accused: "declarant",
    Party.AppealBody: "appeal_body",
    Party.Anyone: "market",
}


def open_case(world: World, route: Route) -> None:
    if route is Route.ExOfficio:
        world.do("customs", "notify_holder", 1, SHOES, world.manifest, 0b01, VALUE, FILE)
    else:
        world.do("holder", "lodge_complaint", 1, world.numbers["customs"], SHOES, VALUE, VALUE, FILE)

"""The contracts on brownie's chain and the reference model, side by side.

Every act is done on both at the same instant and must come out alike: the same events in the same order, or
the same error with the same details. A test that states what should happen so checks both at once.
"""

from __future__ import annotations

import copy
import itertools
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import astuple, dataclass, field, is_dataclass
from datetime import UTC, datetime
from typing import Any

import requests
from brownie import web3

from backend.chain import events as chain_events
from backend.chain.refusals import decode_refusal
from backend.domain import commitments
from backend.domain.consignments import Anomaly, ConsignmentKind, Entry, Lane, Opening
from backend.domain.errors import GuanlianError
from backend.domain.events import Event, Level, ManifestDeclared, Recorded
from backend.domain.ledger import ZERO_ACCOUNT, Declaration, Membership, Record
from backend.domain.lifecycle import Direction, State, Step
from backend.domain.participants import Role, role_set
from backend.domain.reference.cases import Case
from backend.domain.reference.consignment_book import Consignment
from backend.domain.reference.consignments import ReferenceConsignments
from backend.domain.reference.draw import ReferenceDraw
from backend.domain.rights import RightKind
from backend.domain.working_days import arranged_years, words_of, year_number
from scripts.deploy import CARRIAGE_CONTRACT, CASE_CONTRACT

PUDONG, SUZHOU, JIAXING = 2233, 2303, 2908
#: The general administration's own number.
HEADQUARTERS = 100

#: HS headings: shoes, handbags.
SHOES, BAGS = 6404, 4202
YEAR = 365 * 86_400

GAS_LIMIT = 30_000_000

#: Years that the calendar covers for the tests, made up where no year is arranged yet: a right runs ten.
YEARS_AHEAD = 22

#: Who plays: name, roles, district. Sellers have no account.
CAST: dict[str, tuple[tuple[Role, ...], int]] = {
    "platform": ((Role.Platform,), 0),
    "payment": ((Role.Payment,), 0),
    "logistics": ((Role.Logistics,), 0),
    "declarant": ((Role.Declarant,), 0),
    "other_declarant": ((Role.Declarant,), 0),
    "site_operator": ((Role.SiteOperator,), 0),
    "customs_pudong": ((Role.Customs,), PUDONG),
    "customs_suzhou": ((Role.Customs,), SUZHOU),
    "customs_jiaxing": ((Role.Customs,), JIAXING),
    "market_regulator": ((Role.MarketRegulator,), 0),
    "other_regulator": ((Role.MarketRegulator,), 0),
    "rights_holder": ((Role.RightsHolder,), 0),
    "other_holder": ((Role.RightsHolder,), 0),
    "appeal_body": ((Role.AppealBody,), 0),
    "tax_authority": ((Role.TaxAuthority,), 0),
    "foreign_exchange": ((Role.ForeignExchangeAuthority,), 0),
    "headquarters": ((Role.Customs,), HEADQUARTERS),
    # An account beside the case contract, for the ledger's rows alone.
    "case_register": ((Role.CaseRegister,), 0),
    # And one beside the consignment contract; its district is there for the rows that ask for one.
    "carriage": ((Role.Carriage,), PUDONG),
    "suspended": (tuple(role for role in Role), PUDONG),
    "seller": ((Role.Seller,), 0),
    "other_seller": ((Role.Seller,), 0),
}
WITHOUT_ACCOUNT = frozenset({"seller", "other_seller"})
#: Everyone with a key, by name; "revoked" was the platform's second key, "outsider" never acted for anybody.
CALLERS = ("owner", *(name for name in CAST if name not in WITHOUT_ACCOUNT), "revoked", "outsider")


def a_hash(*of: Any) -> bytes:
    """32 bytes that depend on what is given."""
    return commitments.keccak(repr(of).encode())


def rpc(method: str, *params: Any) -> Any:
    """One call to brownie's node. Raises RuntimeError with the node's reason."""
    answer = web3.provider.make_request(method, list(params))
    if "error" in answer:
        raise RuntimeError(f"{method}: {answer['error']}")
    return answer["result"]


def block_number() -> int:
    """The newest block: the one that a call just made is in, also where it was refused."""
    return int(rpc("eth_blockNumber"), 16)


def block_hash(number: int) -> bytes:
    return bytes.fromhex(rpc("eth_getBlockByNumber", hex(number), False)["hash"][2:])


def mine(blocks: int) -> None:
    """Adds empty blocks, a second apart."""
    rpc("anvil_mine", hex(blocks))


class ReferenceContracts(ReferenceDraw, ReferenceConsignments):
    """All contracts in one model."""


@dataclass
class World:
    """Contracts, model and cast. `accounts` and `numbers` are by the names of `CAST`."""

    contracts: dict[str, Any]
    model: ReferenceContracts
    accounts: dict[str, str]
    numbers: dict[str, int] = field(default_factory=dict)
    gas_used: int = 0
    _fresh: Iterator[int] = field(default_factory=itertools.count)

    def fresh(self) -> bytes:
        """32 bytes that were not there before; the same ones in each world, so that gas figures repeat."""
        return a_hash("fresh", next(self._fresh))

    @property
    def ledger(self) -> Any:
        return self.contracts["ParcelLedger"]

    @property
    def registry(self) -> Any:
        return self.contracts["ParticipantRegistry"]

    @property
    def blacklist(self) -> Any:
        return self.contracts["Blacklist"]

    @property
    def calendar(self) -> Any:
        return self.contracts["WorkingCalendar"]

    @property
    def rights(self) -> Any:
        return self.contracts["RightsRegistry"]

    @property
    def cases(self) -> Any:
        return self.contracts["InfringementCases"]

    @property
    def draw(self) -> Any:
        return self.contracts["SelectionDraw"]

    @property
    def consignments(self) -> Any:
        return self.contracts["Consignments"]

    # -- acting on both

    def act(self, who: str, function: str, *args: Any, after: int = 1) -> list[Event]:
        """Does one thing on the chain and in the model, `after` seconds after the last block.

        `function` is the Solidity name. Returns the events; raises the refusal. AssertionError where chain
        and model disagree.
        """
        account = self.accounts[who]
        now = self.now + after
        on_chain = self._outcome(lambda: self.send(account, function, *args, at=now))
        in_model = self._outcome(lambda: self._model_call(account, now, function, args))
        assert on_chain == in_model, f"{who} {function}: chain {on_chain}, model {in_model}"
        if on_chain and isinstance(on_chain[0], type):
            raise self._last
        return list(on_chain)

    def attempt(self, who: str, function: str, *args: Any, after: int = 1) -> list[Event]:
        """As `act`, for whoever takes a refusal for an outcome like another: it has no events."""
        try:
            return self.act(who, function, *args, after=after)
        except GuanlianError:
            return []

    def _outcome(self, call: Any) -> tuple[Any, ...]:
        try:
            return tuple(call())
        except GuanlianError as error:
            self._last = error
            return (type(error), error.details)

    def _model_call(self, account: str, now: int, function: str, args: tuple[Any, ...]) -> list[Event]:
        method = getattr(self.model, _snake(function))
        return list(method(account, now, *args))

    # -- acting on the chain alone

    def send(self, account: str, function: str, *args: Any, at: int | None = None) -> list[Event]:
        """One transaction. Returns its events in the domain's words; raises the decoded refusal."""
        contract = self.contract_of(function)
        if at is not None:
            rpc("evm_setNextBlockTimestamp", at)
        data = getattr(contract, function).encode_input(*(_for_abi(arg) for arg in args))
        call = {"from": account, "to": contract.address, "data": data}
        call |= {"gas": hex(GAS_LIMIT), "gasPrice": "0x0"}
        transaction = rpc("eth_sendTransaction", call)
        # The node mines a moment after it answers.
        web3.eth.wait_for_transaction_receipt(transaction, timeout=30, poll_latency=0.002)
        receipt = rpc("eth_getTransactionReceipt", transaction)
        self.gas_used = int(receipt["gasUsed"], 16)
        if receipt["status"] != "0x1":
            trace = rpc("debug_traceTransaction", transaction, {"tracer": "callTracer"})
            raise decode_refusal(bytes.fromhex(trace.get("output", "0x")[2:]))
        decoded = (chain_events.decode(log) for log in receipt["logs"])
        return [logged.event for logged in decoded if logged is not None]

    def refusal_of_view(self, function: str, *args: Any) -> GuanlianError:
        """What a view reverts with, decoded. KeyError where it answers."""
        contract = self.contract_of(function)
        data = getattr(contract, function).encode_input(*args)
        answer = web3.provider.make_request("eth_call", [{"to": contract.address, "data": data}, "latest"])
        return decode_refusal(bytes.fromhex(answer["error"]["data"][2:]))

    def contract_of(self, function: str) -> Any:
        """The contract that has a function of that name."""
        return next(c for c in self.contracts.values() if _has(c, function))

    @property
    def now(self) -> int:
        """The last block's time."""
        return int(rpc("eth_getBlockByNumber", "latest", False)["timestamp"], 16)

    def read(self, calls: Sequence[tuple[Any, ...]]) -> list[list[int]]:
        """What views answer, each as its 32-byte words, in one request. A call is a name and its arguments."""
        batch = []
        for number, (function, *args) in enumerate(calls):
            contract = self.contract_of(function)
            data = getattr(contract, function).encode_input(*args)
            params = [{"to": contract.address, "data": data}, "latest"]
            batch.append({"jsonrpc": "2.0", "id": number, "method": "eth_call", "params": params})
        answers = requests.post(web3.provider.endpoint_uri, json=batch, timeout=30).json()
        results = {answer["id"]: bytes.fromhex(answer["result"][2:]) for answer in answers}
        return [_words(results[number]) for number in range(len(calls))]

    # -- what tests start from

    def declaration(self, count: int = 3, **changes: Any) -> Declaration:
        """An export by air straight from Pudong unless told otherwise; reference and parcels are fresh."""
        values = {
            "ref": self.fresh(),
            "seller_no": self.numbers["seller"],
            "declaring_district": PUDONG,
            "port_district": PUDONG,
            "supervision_mode": 9610,
            "direction": Direction.Export,
            "evidence": a_hash("list"),
            "parcel_ids": tuple(self.fresh() for _ in range(count)),
        }
        return Declaration(**(values | changes))

    def declared(self, count: int = 3, by: str = "declarant", **changes: Any) -> bytes:
        """The id of a manifest that was just declared."""
        (event,) = self.act(by, "declare", [self.declaration(count, **changes)])
        return bytes(event.manifest)

    def take(self, who: str, step: Step, manifest: bytes, parcels: int | None = None) -> list[Event]:
        """One step of one manifest, of all its parcels where none are named."""
        every = self.model.manifests[manifest].sets.every
        entry = Record(manifest, step, every if parcels is None else parcels, a_hash(step))
        return self.act(who, "record", [entry])

    def accepted(self, count: int = 3, **changes: Any) -> bytes:
        """A manifest whose documents came and which customs accepted; its parcels have arrived."""
        manifest = self.declared(count, **changes)
        self.take("platform", Step.OrderAttested, manifest)
        self.take("payment", Step.PaymentAttested, manifest)
        self.take("logistics", Step.WaybillAttested, manifest)
        self.take("site_operator", Step.Arrival, manifest)
        declaring = self.model.manifests[manifest].declaration.declaring_district
        self.take(customs_of(declaring), Step.Acceptance, manifest)
        return manifest

    def barred(self, who: str = "seller", days: int = 30) -> int:
        """Bars a participant in full process; the number of the listing."""
        until = self.now + days * 86_400
        (event,) = self.act(
            "market_regulator", "impose", self.numbers[who], 2, a_hash("grounds"), a_hash("file"), until
        )
        self.act("customs_pudong", "confirm", event.listing_id, a_hash("file"))
        return int(event.listing_id)

    def recorded(self, kind: RightKind = RightKind.Trademark, who: str = "rights_holder", **changes: Any) -> int:
        """A right in force that covers shoes and handbags."""
        values = {"headings": (SHOES, BAGS), "underlying_until": self.now + 20 * YEAR} | changes
        commitments_ = (a_hash("marks"), a_hash("goods"))
        application = (kind, *commitments_, values["headings"], values["underlying_until"], a_hash("certificate"))
        applied, _ = self.act(who, "applyForRecordal", *application)
        self.act("headquarters", "approveApplication", applied.right_id, a_hash("file"))
        return int(applied.right_id)

    def held(self, parcels: int = 0b011, **changes: Any) -> bytes:
        """An accepted manifest of three parcels, some of which its declaring district holds."""
        manifest = self.accepted(**changes)
        declaring = self.model.manifests[manifest].declaration.declaring_district
        self.take(customs_of(declaring), Step.Detention, manifest, parcels)
        return manifest

    def released(self, count: int = 3, **changes: Any) -> bytes:
        """A manifest that its declaring district released; from Suzhou through Pudong unless told otherwise."""
        manifest = self.accepted(count, **({"declaring_district": SUZHOU} | changes))
        declaring = self.model.manifests[manifest].declaration.declaring_district
        self.take(customs_of(declaring), Step.Release, manifest)
        return manifest

    def lane(self, handled_by_port: int = 0b0000111, **changes: Any) -> int:
        """A lane in force from Suzhou to Pudong; the port handles broken seals, what is short and what is over."""
        terms = {"transit_hours": 24, "acknowledge_hours": 2, "notice_days": 30} | changes
        text = a_hash("agreement")
        (proposed,) = self.act("customs_suzhou", "proposeLane", SUZHOU, PUDONG, *terms.values(), handled_by_port, text)
        self.act("customs_pudong", "acceptLane", proposed.lane_id, text)
        return int(proposed.lane_id)

    def opened(self, kind: ConsignmentKind = ConsignmentKind.Seal, by: str = "logistics", **changes: Any) -> bytes:
        """A consignment just opened: a transit on a lane of its own, or a master waybill at Pudong."""
        values = {"ref": self.fresh(), "kind": kind, "number": self.fresh(), "port_district": PUDONG}
        if kind is ConsignmentKind.Seal:
            values |= {"origin_district": SUZHOU, "terminal_no": self.numbers["site_operator"]}
            values |= {} if "lane_id" in changes else {"lane_id": self.lane()}
        else:
            values |= {"origin_district": PUDONG}
        (event,) = self.act(by, "openConsignment", Opening(**(values | changes)))
        return bytes(event.consignment)

    def loaded(self, manifests: Sequence[bytes], **changes: Any) -> tuple[bytes, list[Entry]]:
        """A consignment with all parcels of some manifests inside, and its list."""
        consignment = self.opened(**changes)
        entries = [Entry(manifest, self.model.manifests[manifest].sets.every) for manifest in manifests]
        self.act("logistics", "load", consignment, entries)
        return consignment, entries

    def membership(self, manifest: bytes, index: int) -> Membership:
        ids = self.model.manifests[manifest].declaration.parcel_ids
        return Membership(manifest, index, commitments.membership_proof(ids, index))

    def until_over(self, instant: int) -> int:
        """The seconds from the last block to an instant."""
        return instant - self.now

    # -- comparing

    def assert_same_state(self) -> None:
        """All that is kept of manifests and standings is the same on chain and in the model, and lawful."""
        sellers = [self.numbers[name] for name in sorted(WITHOUT_ACCOUNT)]
        standings = [(number, level) for number in sellers for level in Level]
        names = list(self.model.manifests)
        on_chain = self.read(
            [("setsOf", name) for name in names]
            + [(view, name) for view in ("headOf", "rootOf") for name in names]
            + [("inForceUntil", *standing) for standing in standings]
            + [("isBarred", number) for number in sellers]
            + [("participantCount",), ("rightCount",), ("caseCount",)]
            + [("isInForce", number, self.now) for number in self.model.rights]
            + [("isLicensed", number, seller) for number in self.model.rights for seller in sellers]
            + [("covers", number, BAGS) for number in self.model.rights]
            + [("caseOf", number) for number in self.model.cases]
            + [("consignmentOf", name) for name in self.model.consignments]
            + [("consignmentWith", kept.opening.number) for kept in self.model.consignments.values()]
            + [("laneOf", number) for number in self.model.lanes]
            + [("isLaneInForce", number, self.now) for number in self.model.lanes]
            + [("anomalyOf", number) for number in self.model.anomalies]
            + [("laneCount",), ("anomalyCount",)]
        )
        manifests, now = self.model.manifests.values(), self.now
        for words, manifest in zip(on_chain, manifests, strict=False):
            assert sum(words[: len(State)]) == manifest.sets.every, "each parcel is in exactly one state"
        in_model = (
            [manifest.sets.words for manifest in manifests]
            + [[int.from_bytes(manifest.head)] for manifest in manifests]
            + [[int.from_bytes(manifest.root)] for manifest in manifests]
            + [[self.model.in_force_until(*standing, now)] for standing in standings]
            + [[int(self.model.is_barred(number, now))] for number in sellers]
            + [[len(self.model.participants)], [len(self.model.rights)], [len(self.model.cases)]]
            + [[int(self.model.is_in_force(number, now))] for number in self.model.rights]
            + [[int(self.model.is_licensed(number, seller, now))] for number in self.model.rights for seller in sellers]
            + [[int(self.model.covers(number, BAGS))] for number in self.model.rights]
            + [_case_words(entry) for entry in self.model.cases.values()]
            + [_consignment_words(kept) for kept in self.model.consignments.values()]
            + [
                [int.from_bytes(self.model.consignment_numbers.get(kept.opening.number, b""))]
                for kept in self.model.consignments.values()
            ]
            + [_flat(lane) for lane in self.model.lanes.values()]
            + [[int(lane.is_in_force(now))] for lane in self.model.lanes.values()]
            + [_flat(anomaly) for anomaly in self.model.anomalies.values()]
            + [[len(self.model.lanes)], [len(self.model.anomalies)]]
        )
        assert on_chain == in_model


def fold(heads: dict[bytes, bytes], event: Event) -> None:
    """Follows the heads of histories by their events alone."""
    if isinstance(event, ManifestDeclared):
        every = (1 << len(event.parcel_ids)) - 1
        start = (event.root, Step.Declaration, event.declarant_no, every)
        heads[event.manifest] = commitments.next_head(*start, event.evidence, event.at)
    elif isinstance(event, Recorded):
        link = (event.step, event.participant_no, event.parcels, event.evidence, event.at)
        heads[event.manifest] = commitments.next_head(heads[event.manifest], *link)


def customs_of(district: int) -> str:
    """The name of the customs office of a district."""
    return next(name for name, (roles, at) in CAST.items() if roles == (Role.Customs,) and at == district)


def build(contracts: dict[str, Any], accounts: Sequence[str]) -> World:
    """Registers the cast, on the chain and in the model. `accounts[0]` owns the registry."""
    spare = iter(accounts)
    world = World(contracts, ReferenceContracts(accounts[0], block_number, block_hash), {"owner": next(spare)})
    _take_over_deployment(world)
    for name, (roles, district) in CAST.items():
        account = ZERO_ACCOUNT if name in WITHOUT_ACCOUNT else next(spare)
        registered = world.act("owner", "register", a_hash(name), role_set(roles), district, account)[0]
        world.accounts[name] = account
        world.numbers[name] = registered.participant_no
    world.accounts["revoked"] = next(spare)
    world.act("owner", "addAccount", world.numbers["platform"], world.accounts["revoked"])
    world.act("owner", "revokeAccount", world.numbers["platform"], world.accounts["revoked"])
    world.act("owner", "suspend", world.numbers["suspended"])
    world.accounts["outsider"] = next(spare)
    for n, account in enumerate(spare):
        world.accounts[f"spare_{n}"] = account
    world.act("owner", "setHeadquarters", world.numbers["headquarters"])
    this_year = datetime.fromtimestamp(world.now, UTC).year
    for year in range(this_year, this_year + YEARS_AHEAD):
        if year not in world.model.years:
            world.act("owner", "publishYear", year, *words_of(year_number(year, (), ())))
    return world


def _take_over_deployment(world: World) -> None:
    """Does in the model what the deployment script did on the chain."""
    owner, model = world.accounts["owner"], world.model
    model.case_account = world.cases.address
    model.register(owner, 0, CASE_CONTRACT, role_set([Role.CaseRegister]), 0, model.case_account)
    model.carriage_account = world.consignments.address
    model.register(owner, 0, CARRIAGE_CONTRACT, role_set([Role.Carriage]), 0, model.carriage_account)
    for year, number in arranged_years().items():
        model.publish_year(owner, 0, year, *words_of(number))
    model.set_hearing_window(owner, 0, 0)


@contextmanager
def isolated(world: World) -> Iterator[World]:
    """The world for a while: chain and model are as before when it ends."""
    snapshot = rpc("evm_snapshot")
    try:
        yield World(world.contracts, copy.deepcopy(world.model), dict(world.accounts), dict(world.numbers))
    finally:
        rpc("evm_revert", snapshot)


def _case_words(entry: Case) -> list[int]:
    """A case as the contract answers it."""
    manifest = int.from_bytes(entry.manifest)
    parties = (entry.holder_no, entry.customs_no, entry.heading, entry.route, entry.kind)
    standing = (entry.state, entry.outcome, entry.disposal, entry.disposed, entry.find_by, entry.lapses_at)
    return [int(value) for value in (manifest, entry.parcels, *parties, *standing, entry.right_id, entry.goods_value)]


def _consignment_words(kept: Consignment) -> list[int]:
    """A consignment as the contract answers it."""
    opening = kept.opening
    route = (opening.lane_id, opening.terminal_no, opening.origin_district, opening.port_district)
    contents = (kept.count, kept.entries, kept.found, kept.open_anomalies, kept.open_kinds)
    times = (kept.opened_at, kept.departed_at, kept.due_at, kept.arrived_at, kept.acknowledge_by, kept.acknowledged_at)
    words = [int(n) for n in (kept.opener_no, *route, kept.kind, kept.stage, *contents, *times)]
    return words + [int.from_bytes(word) for word in (opening.number, kept.head, kept.pending)]


def _flat(of: Lane | Anomaly) -> list[int]:
    """The words of a struct whose fields are in the contract's order."""
    return [int.from_bytes(value) if isinstance(value, bytes) else int(value) for value in astuple(of)]


def _for_abi(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return tuple(_for_abi(item) for item in astuple(value))
    if isinstance(value, (list, tuple)):
        return [_for_abi(item) for item in value]
    return value


def _has(contract: Any, function: str) -> bool:
    return any(entry.get("name") == function and entry["type"] == "function" for entry in contract.abi)


def _words(data: bytes) -> list[int]:
    return [int.from_bytes(data[at : at + 32]) for at in range(0, len(data), 32)]


def _snake(name: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)

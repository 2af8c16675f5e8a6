"""The client against a real node: what it reads, and what it makes of every refusal and fault."""

from __future__ import annotations

import itertools
import json
import socket
import subprocess
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import pytest
import requests

from backend.chain import calls, events
from backend.chain import client as chain_client
from backend.chain.calls import DeclarationCall, RecordCall
from backend.chain.client import ChainClient, SendOutcome
from backend.chain.deployment import Deployment
from backend.chain.node import anvil_executable, free_port
from backend.chain.views import Authority, Views
from backend.domain import commitments
from backend.domain.errors import (
    AccountUnknown,
    ChainUnavailable,
    ContractsMissing,
    LegalIdentityTaken,
    ListingUnknown,
    ManifestUnknown,
    ParticipantUnknown,
    StepNotAllowed,
    WrongChain,
)
from backend.domain.events import DeclarationRefused, Level, ManifestDeclared, Recorded, RecordRefused
from backend.domain.lifecycle import RULES, Direction, Flag, State, Step
from backend.domain.participants import CreditGrade, Role, role_set
from tests.support.chain import Account, deploy, drop_transaction, mine, node_at, reorg, set_block_time, until

PUDONG = 2233
OWNER, PLATFORM, LOGISTICS, DECLARANT, CUSTOMS, REGULATOR, OUTSIDER = range(7)


class Chain:
    """A node with the contracts on it, a few participants and one declared manifest of three parcels."""

    def __init__(self, rpc_url: str, folder: Path) -> None:
        self.client = ChainClient(rpc_url)
        self.deployment = deploy(rpc_url, folder)
        self.views = Views(self.client, self.deployment)
        self.registry, self.blacklist, self.ledger = self.deployment.addresses[:3]
        self.numbers: dict[int, int] = {}
        for index, role, district in (
            (PLATFORM, Role.Platform, 0),
            (LOGISTICS, Role.Logistics, 0),
            (DECLARANT, Role.Declarant, 0),
            (CUSTOMS, Role.Customs, PUDONG),
            (REGULATOR, Role.MarketRegulator, 0),
        ):
            self.register(index, role, district)
        seller = bytes([99]) * 32
        self.account(PLATFORM).do(self.registry, calls.register(seller, role_set([Role.Seller])))
        self.seller = self.views.participant_of(seller) or 0
        self.parcels = tuple(bytes([n]) * 32 for n in (1, 2, 3))
        self.manifest = self.declare(b"\x01" * 32)

    def account(self, index: int) -> Account:
        return Account(self.client, index)

    def register(self, index: int, role: Role, district: int) -> None:
        identity = bytes([100 + index]) * 32
        call = calls.register(identity, role_set([role]), district, self.account(index).address)
        self.account(OWNER).do(self.registry, call)
        self.numbers[index] = self.views.participant_of(identity) or 0

    def declaration(self, ref: bytes, parcels: tuple[bytes, ...] | None = None) -> DeclarationCall:
        return DeclarationCall(
            ref, self.seller, PUDONG, PUDONG, 9610, Direction.Export, b"\x0e" * 32, parcels or self.parcels
        )

    def declare(self, ref: bytes) -> bytes:
        call = calls.declare([self.declaration(ref)])
        self.account(DECLARANT).do(self.ledger, call, gas=1_000_000)
        return commitments.manifest_id(self.numbers[DECLARANT], ref)


def answers(client: ChainClient) -> bool:
    try:
        return client.chain_id() > 0
    except ChainUnavailable:
        return False


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chain]:
    home = tmp_path_factory.mktemp("client")
    with node_at(home) as node:
        yield Chain(node.rpc_url, home)


@pytest.fixture
def stopped(tmp_path: Path) -> Iterator[ChainClient]:
    """A fresh node that makes blocks only when asked to."""
    with node_at(tmp_path) as node:
        client = ChainClient(node.rpc_url)
        set_block_time(client, 0)
        yield client
        client.close()


# ---------------------------------------------------------------------------------------------------
# Reading


def test_blocks_link_to_one_another_and_end_with_the_head(chain: Chain) -> None:
    head = chain.client.head()
    found = chain.client.blocks([*range(head.number + 1), head.number + 100_000])
    assert found.pop() is None
    blocks = [block for block in found if block is not None]
    assert [block.number for block in blocks] == list(range(head.number + 1))
    assert all(after.parent_hash == before.hash for before, after in itertools.pairwise(blocks))
    assert blocks[-1] == head


def test_logs_are_the_history_in_its_order(chain: Chain) -> None:
    head = chain.client.head().number
    raw = chain.client.logs(0, head, chain.deployment.addresses)
    found = [one for one in map(events.decode, raw) if one is not None]
    assert [(one.block, one.log_index) for one in found] == sorted((one.block, one.log_index) for one in found)
    declared = next(one for one in found if isinstance(one.event, ManifestDeclared))
    block = chain.client.blocks([declared.block])[0]
    assert block is not None
    assert declared.block_hash == block.hash
    assert declared.event.manifest == chain.manifest
    assert declared.event.parcel_ids == chain.parcels
    assert declared.event.root == commitments.manifest_root(chain.parcels)
    assert declared.event.at == block.timestamp
    assert chain.client.logs(0, head, [chain.account(OUTSIDER).address]) == []
    assert chain.client.logs(5, 4, chain.deployment.addresses) == []


def test_a_refused_call_raises_the_contracts_own_error(chain: Chain) -> None:
    again = calls.register(bytes([99]) * 32, role_set([Role.Seller]))
    with pytest.raises(LegalIdentityTaken) as taken:
        chain.client.call(chain.registry, again, chain.account(OWNER).address)
    assert taken.value.details["participant_no"] == chain.seller
    early = calls.record([RecordCall(chain.manifest, Step.Release, 0b101, b"\x02" * 32)])
    with pytest.raises(StepNotAllowed) as refused:
        chain.client.call(chain.ledger, early, chain.account(CUSTOMS).address)
    assert refused.value.details == {
        "index": 0,
        "manifest": "0x" + chain.manifest.hex(),
        "step": "Release",
        "parcels": "0x5",
        "parcel_indices": [0, 2],
    }


def test_views_answer_typed_and_refuse_what_is_unknown(chain: Chain) -> None:
    views = chain.views
    customs = views.participant(chain.numbers[CUSTOMS])
    assert (customs.roles, customs.district) == (role_set([Role.Customs]), PUDONG)
    assert (customs.credit_grade, customs.suspended) == (CreditGrade.Regular, False)
    assert customs.registered_at > 0
    authority = views.authority_of(chain.account(CUSTOMS).address)
    assert authority == Authority(chain.numbers[CUSTOMS], role_set([Role.Customs]), PUDONG)
    assert views.participant_of(b"\xfe" * 32) is None
    assert views.participant_count() == 8, "the six of this file and the two contracts"
    assert views.is_active_seller(chain.seller)
    assert not views.is_active_seller(chain.numbers[CUSTOMS])
    with pytest.raises(ParticipantUnknown):
        views.participant(9999)
    with pytest.raises(AccountUnknown):
        views.authority_of(chain.account(OUTSIDER).address)
    with pytest.raises(ListingUnknown):
        views.listing(views.listing_count() + 1)
    with pytest.raises(ListingUnknown):
        views.listing(0)
    for unknown in (views.header, views.head_of, views.root_of):
        with pytest.raises(ManifestUnknown):
            unknown(b"\xfe" * 32)


def test_views_show_a_manifest_as_it_stands(chain: Chain) -> None:
    chain.account(PLATFORM).do(
        chain.ledger, calls.record([RecordCall(chain.manifest, Step.OrderAttested, 0b110, b"\x03" * 32)])
    )
    header = chain.views.header(chain.manifest)
    assert (header.declarant_no, header.seller_no) == (chain.numbers[DECLARANT], chain.seller)
    assert (header.declaring_district, header.port_district, header.supervision_mode) == (PUDONG, PUDONG, 9610)
    assert (header.direction, header.count) == (Direction.Export, 3)
    sets = chain.views.sets_of(chain.manifest)
    assert len(sets) == 32
    assert (sets[State.Declared], sets[16 + Flag.Order], sum(sets)) == (0b111, 0b110, 0b111 + 0b110)
    assert chain.views.parcel_at(chain.manifest, 0) == (State.Declared, ())
    assert chain.views.parcel_at(chain.manifest, 2) == (State.Declared, (Flag.Order,))
    assert chain.views.root_of(chain.manifest) == commitments.manifest_root(chain.parcels)
    raw = chain.client.logs(0, chain.client.head().number, [chain.ledger])
    heads = [one.event.head for one in map(events.decode, raw) if one and isinstance(one.event, Recorded)]
    assert chain.views.head_of(chain.manifest) == heads[-1]


def test_views_show_a_listing_as_it_stands(chain: Chain) -> None:
    until_then = chain.client.head().timestamp + 86_400
    impose = calls.impose(chain.numbers[OUTSIDER - 5], Level.Barred, b"\x04" * 32, b"\x05" * 32, until_then)
    chain.account(CUSTOMS).do(chain.blacklist, impose)
    number = chain.views.listing_count()
    listing = chain.views.listing(number)
    assert (listing.id, listing.level, listing.until) == (number, Level.Barred, until_then)
    assert (listing.imposed_by, listing.confirmations, listing.in_force_at) == (chain.numbers[CUSTOMS], 0, 0)
    assert not chain.views.is_barred(listing.participant_no)
    chain.account(REGULATOR).do(chain.blacklist, calls.confirm(number, b"\x06" * 32))
    assert chain.views.is_barred(listing.participant_no)
    assert chain.views.in_force_until(listing.participant_no, Level.Barred) == until_then
    chain.account(CUSTOMS).do(chain.blacklist, calls.lift(number, b"\x07" * 32))
    assert not chain.views.is_barred(listing.participant_no)
    assert chain.views.listing(number).lifted_at > 0
    assert chain.views.confirmations_of(Level.Barred) == 1


@pytest.mark.parametrize("step", Step, ids=lambda step: step.name)
def test_the_contracts_lifecycle_is_read_as_ours(chain: Chain, step: Step) -> None:
    rows = RULES.get(step, ())
    for row in range(2):
        assert chain.views.rule_of(step, row) == (rows[row] if row < len(rows) else None)


# ---------------------------------------------------------------------------------------------------
# Gas


@pytest.mark.parametrize(("manifests", "parcels"), [(1, 1), (3, 1), (10, 100), (12, 256)])
def test_declarations_and_records_stay_within_their_bound(chain: Chain, manifests: int, parcels: int) -> None:
    declarant, platform, logistics, customs = map(chain.account, (DECLARANT, PLATFORM, LOGISTICS, CUSTOMS))
    refs = [bytes([parcels % 256, manifests, n]) * 10 + b"\x00\x01" for n in range(manifests)]
    ids = tuple(bytes([n, parcels % 256]) * 16 for n in range(parcels))
    declarations = [chain.declaration(ref, ids) for ref in refs]
    bound = calls.gas_of_declarations(declarations)
    assert bound <= calls.MOST_GAS
    receipt = declarant.do(chain.ledger, calls.try_declare(declarations), gas=bound)
    assert receipt.gas_used <= bound
    every = (1 << parcels) - 1
    for actor, step in ((platform, Step.OrderAttested), (logistics, Step.WaybillAttested), (customs, Step.Acceptance)):
        records = [
            RecordCall(commitments.manifest_id(chain.numbers[DECLARANT], ref), step, part, b"\x08" * 32)
            for ref in refs
            for part in ({every & 0x5555 or 1, every & ~0x5555 or 1} if step != Step.Acceptance else {every})
        ]
        bound = calls.gas_of_records(records)
        receipt = actor.do(chain.ledger, calls.try_record(records), gas=bound)
        assert receipt.gas_used <= bound


def test_refused_declarations_and_records_stay_within_their_bound_too(chain: Chain) -> None:
    declarations = [chain.declaration(b"\x01" * 32), chain.declaration(b"\x01" * 32)]
    refused = calls.try_declare(declarations)
    first = chain.client.head().number + 1
    chain.account(DECLARANT).do(chain.ledger, refused, gas=calls.gas_of_declarations(declarations))
    records = [RecordCall(chain.manifest, Step.Release, 0b111, b"\x09" * 32)]
    chain.account(CUSTOMS).do(chain.ledger, calls.try_record(records), gas=calls.gas_of_records(records))
    raw = chain.client.logs(first, chain.client.head().number, [chain.ledger])
    found = [type(one.event) for one in map(events.decode, raw) if one is not None]
    assert found == [DeclarationRefused, DeclarationRefused, RecordRefused]


# ---------------------------------------------------------------------------------------------------
# Sending


def test_the_same_bytes_sent_again_are_known_and_later_too_low(stopped: ChainClient) -> None:
    sender = Account(stopped, 0)
    transaction = sender.signed(sender.address)
    assert stopped.receipts([transaction.hash]) == {transaction.hash: None}
    assert stopped.send_raw(transaction.raw).outcome is SendOutcome.Accepted
    assert stopped.send_raw(transaction.raw).outcome is SendOutcome.AlreadyKnown
    assert (stopped.transaction_count(sender.address), stopped.transaction_count(sender.address, True)) == (0, 1)
    mine(stopped)
    receipt = stopped.receipts([transaction.hash])[transaction.hash]
    assert receipt is not None
    assert (receipt.succeeded, receipt.block, receipt.gas_used) == (True, stopped.head().number, 21_000)
    assert receipt.block_hash == stopped.head().hash
    assert stopped.send_raw(transaction.raw).outcome is SendOutcome.NonceTooLow
    assert stopped.send_raw(sender.signed(sender.address, gas=99_000).raw).outcome is SendOutcome.NonceTooLow


def test_refusals_of_a_node_are_told_apart(stopped: ChainClient) -> None:
    sender = Account(stopped, 0)
    assert stopped.send_raw(sender.signed(sender.address).raw).outcome is SendOutcome.Accepted
    same_nonce = sender.signed(sender.address, gas=200_000)
    assert stopped.send_raw(same_nonce.raw).outcome is SendOutcome.Underpriced
    dear = sender.signed(sender.address, value=10**30, nonce=1)
    assert stopped.send_raw(dear.raw).outcome is SendOutcome.InsufficientFunds
    hungry = sender.signed(sender.address, gas=1_000, nonce=1)
    answer = stopped.send_raw(hungry.raw)
    assert answer.outcome is SendOutcome.Rejected
    assert "gas" in answer.text
    assert stopped.send_raw(b"\x02no transaction").outcome is SendOutcome.Rejected


def test_a_transaction_above_the_gas_of_eip_7825_is_rejected(stopped: ChainClient) -> None:
    sender = Account(stopped, 0)
    assert stopped.send_raw(sender.signed(sender.address, gas=16_777_217).raw).outcome is SendOutcome.Rejected
    assert stopped.send_raw(sender.signed(sender.address, gas=calls.MOST_GAS).raw).outcome is SendOutcome.Accepted


def test_what_a_node_dropped_is_sent_again_under_the_same_hash(stopped: ChainClient) -> None:
    sender = Account(stopped, 0)
    transaction = sender.signed(sender.address)
    stopped.send_raw(transaction.raw)
    drop_transaction(stopped, transaction.hash)
    mine(stopped)
    assert stopped.receipts([transaction.hash])[transaction.hash] is None
    assert stopped.send_raw(transaction.raw).outcome is SendOutcome.Accepted
    mine(stopped)
    assert stopped.receipts([transaction.hash])[transaction.hash] is not None


def test_after_a_reorg_other_blocks_stand_at_the_same_numbers(stopped: ChainClient) -> None:
    sender = Account(stopped, 0)
    mine(stopped, 2)
    transaction = sender.signed(sender.address)
    stopped.send_raw(transaction.raw)
    mine(stopped)
    before = stopped.blocks(range(stopped.head().number + 1))
    reorg(stopped, 1)
    after = stopped.blocks(range(stopped.head().number + 1))
    assert len(after) == len(before)
    assert after[:-1] == before[:-1]
    assert after[-1] != before[-1]
    assert stopped.receipts([transaction.hash])[transaction.hash] is None


def test_fees_are_zero_on_the_embedded_chain(stopped: ChainClient) -> None:
    assert stopped.fees() == (0, 0)


@pytest.mark.parametrize("rules", ["london", "berlin"])
def test_fees_follow_the_rules_of_the_chain(rules: str) -> None:
    """London's fees cover a rising base fee; before London a legacy transaction pays the gas price."""
    port = free_port()
    command = [str(anvil_executable()), "--port", str(port), "--quiet", "--hardfork", rules]
    with subprocess.Popen(command) as node:
        client = ChainClient(f"http://127.0.0.1:{port}")
        try:
            until(lambda: answers(client))
            fees = client.fees()
            assert (fees.priority is None) is (rules == "berlin")
            assert fees.max_fee > 0
            sender = Account(client, 0)
            sender.do(sender.address)
        finally:
            client.close()
            node.kill()


# ---------------------------------------------------------------------------------------------------
# Several nodes


def test_where_one_node_is_silent_the_next_is_asked(stopped: ChainClient) -> None:
    client = ChainClient(f"http://127.0.0.1:{free_port()},{stopped.rpc_url}", timeout=2)
    try:
        assert client.chain_id() == stopped.chain_id()
        assert client.blocks([0]) == stopped.blocks([0])
    finally:
        client.close()


def test_where_no_node_answers_the_chain_is_unavailable() -> None:
    client = ChainClient(f"http://127.0.0.1:{free_port()},http://127.0.0.1:{free_port()}", timeout=2)
    try:
        with pytest.raises(ChainUnavailable):
            client.head()
    finally:
        client.close()


def test_a_node_that_stands_still_is_given_up_for_one_that_is_further(
    stopped: ChainClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two chains of one kind: the first makes no blocks, as a node that lost its peers."""
    monkeypatch.setattr(chain_client, "STANDSTILL", 0.2)
    port = free_port()
    command = [str(anvil_executable()), "--port", str(port), "--quiet", "--no-mining"]
    with subprocess.Popen(command) as node:
        first = ChainClient(f"http://127.0.0.1:{port}")
        client = ChainClient(f"{first.rpc_url},{stopped.rpc_url}")
        try:
            until(lambda: answers(first))
            while stopped.head().number < 1:
                mine(stopped)
            assert client.head().number == 0
            until(lambda: client.head().number == stopped.head().number)
            assert client.blocks([1]) == stopped.blocks([1])
        finally:
            first.close()
            client.close()
            node.kill()


# ---------------------------------------------------------------------------------------------------
# Faults


class NarrowNode(BaseHTTPRequestHandler):
    """Passes requests on to the real node, but refuses logs of more than seven blocks as go-ethereum would."""

    node: str
    asked: ClassVar[list[int]] = []

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        request = json.loads(body)
        answer = {}
        if request["method"] == "eth_getLogs":
            query = request["params"][0]
            blocks = int(query["toBlock"], 16) - int(query["fromBlock"], 16) + 1
            self.asked.append(blocks)
            if blocks > 7:
                error = {"code": -32000, "message": "exceed maximum block range: 7"}
                answer = {"jsonrpc": "2.0", "id": request["id"], "error": error}
        if not answer:
            passed_on = requests.post(self.node, data=body, headers={"Content-Type": "application/json"}, timeout=10)
            answer = passed_on.json()
        content = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Says nothing."""


def test_a_range_too_large_for_the_node_is_halved_until_it_fits(chain: Chain) -> None:
    head = chain.client.head().number
    NarrowNode.node = chain.client.rpc_url
    NarrowNode.asked.clear()
    with ThreadingHTTPServer(("127.0.0.1", 0), NarrowNode) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        narrow = ChainClient(f"http://127.0.0.1:{server.server_port}")
        found = narrow.logs(0, head, chain.deployment.addresses)
        narrow.close()
        server.shutdown()
        thread.join()
    assert found == chain.client.logs(0, head, chain.deployment.addresses)
    assert max(NarrowNode.asked) == head + 1
    assert sum(blocks for blocks in NarrowNode.asked if blocks <= 7) == head + 1


def test_many_threads_may_use_one_client(chain: Chain) -> None:
    head = chain.client.head().number
    expected = chain.client.blocks(range(head))
    with ThreadPoolExecutor(6) as threads:
        answers = list(threads.map(lambda _: chain.client.blocks(range(head)), range(60)))
    assert all(answer == expected for answer in answers)


def test_a_node_that_is_not_there_is_unavailable() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        client = ChainClient(f"http://127.0.0.1:{probe.getsockname()[1]}", timeout=2)
        for question in (client.head, client.chain_id, client.fees, lambda: client.blocks([1])):
            with pytest.raises(ChainUnavailable):
                question()
        with pytest.raises(ChainUnavailable):
            client.send_raw(b"\x01")


def test_a_node_that_does_not_answer_is_given_up_in_time() -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        client = ChainClient(f"http://127.0.0.1:{silent.getsockname()[1]}", timeout=0.5)
        with pytest.raises(ChainUnavailable) as fault:
            client.head()
        assert fault.value.details["reason"] == "ReadTimeout"


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]",
        b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{",
        b"no http at all\r\n\r\n",
        b"",
    ],
    ids=["no json", "no object", "bad gateway", "cut off", "no http", "closed"],
)
def test_an_answer_that_is_none_is_a_fault_of_the_node(answer: bytes) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(65_536)
                connection.sendall(answer)

        thread = threading.Thread(target=serve)
        thread.start()
        client = ChainClient(f"http://127.0.0.1:{server.getsockname()[1]}", timeout=2)
        with pytest.raises(ChainUnavailable):
            client.chain_id()
        client.close()
        thread.join()


def test_a_gateway_notices_a_strange_chain(chain: Chain, tmp_path: Path) -> None:
    chain.deployment.verify(chain.client)
    other = Deployment(1, chain.deployment.contracts, 0, chain.deployment.deployer)
    with pytest.raises(WrongChain) as wrong:
        other.verify(chain.client)
    assert wrong.value.details == {"found": 31337, "expected": 1}
    moved = {**chain.deployment.contracts, "Blacklist": chain.account(OUTSIDER).address}
    with pytest.raises(ContractsMissing, match="Blacklist"):
        Deployment(31337, moved, 0, chain.deployment.deployer).verify(chain.client)

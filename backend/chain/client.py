"""A node over JSON-RPC: the few methods a gateway needs, bounded in time, with errors it can act on.

Everything goes through web3's HTTP provider with one keep-alive session; web3's per-object formatting is left
out, because an indexer reads tens of thousands of rows a second.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, NamedTuple, cast

import orjson
import requests
from requests.adapters import HTTPAdapter
from web3 import HTTPProvider
from web3.types import RPCEndpoint, RPCResponse

from backend.chain.events import RawLog
from backend.chain.refusals import decode_refusal
from backend.domain.errors import ChainUnavailable

#: Seconds without a new block after which the other nodes are asked whether they are further.
STANDSTILL = 10

#: Requests in one JSON-RPC batch: nodes refuse more than a thousand, and an answer should stay small.
MOST_IN_BATCH = 100


@dataclass(frozen=True, slots=True)
class BlockRef:
    """A block by number and hash, with what links it to the one before."""

    number: int
    hash: bytes
    parent_hash: bytes
    timestamp: int


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a mined transaction. `succeeded` False means that it reverted as a whole."""

    succeeded: bool
    block: int
    block_hash: bytes
    gas_used: int
    contract: str | None


class Fees(NamedTuple):
    """Wei per gas. `priority` None means a chain without base fee: a legacy transaction at `max_fee`."""

    max_fee: int
    priority: int | None


class SendOutcome(Enum):
    """What a node said to a raw transaction."""

    Accepted = "accepted"
    #: The node has this very transaction, pending or mined.
    AlreadyKnown = "already known"
    #: The nonce is used: by this transaction or by another one; its receipt tells which.
    NonceTooLow = "nonce too low"
    #: The fee is too low for the node, or for replacing the one that is pending under the same nonce.
    Underpriced = "underpriced"
    InsufficientFunds = "insufficient funds"
    #: Any other refusal: sending the same bytes again is pointless.
    Rejected = "rejected"


@dataclass(frozen=True, slots=True)
class Sent:
    """The outcome of a broadcast with the node's own words, empty where it was accepted."""

    outcome: SendOutcome
    text: str = ""


#: Texts of anvil, go-ethereum, Besu and Nethermind, in lower case; the first that occurs counts. None is a
#: state of the node that passes by itself: the transaction is to be sent again as it is.
_ANSWERS: tuple[tuple[str, SendOutcome | None], ...] = (
    ("already known", SendOutcome.AlreadyKnown),
    ("alreadyknown", SendOutcome.AlreadyKnown),
    ("known transaction", SendOutcome.AlreadyKnown),
    ("transaction already imported", SendOutcome.AlreadyKnown),
    ("nonce too low", SendOutcome.NonceTooLow),
    ("oldnonce", SendOutcome.NonceTooLow),
    ("nonce below", SendOutcome.NonceTooLow),
    ("underpriced", SendOutcome.Underpriced),
    ("less than block base fee", SendOutcome.Underpriced),
    ("gas price below", SendOutcome.Underpriced),
    ("gas price less than", SendOutcome.Underpriced),
    ("feetoolow", SendOutcome.Underpriced),
    ("insufficient funds", SendOutcome.InsufficientFunds),
    ("insufficientfunds", SendOutcome.InsufficientFunds),
    ("upfront cost exceeds", SendOutcome.InsufficientFunds),
    ("txpool is full", None),
    ("transaction pool", None),
    ("pool limit", None),
    ("nonce too high", None),
    ("nonce too distant", None),
    ("nonce is too distant", None),
    ("account limit exceeded", None),
)


def outcome_of(text: str) -> SendOutcome | None:
    """What a node's refusal of a transaction means; None where it passes by itself."""
    text = text.lower()
    return next((outcome for words, outcome in _ANSWERS if words in text), SendOutcome.Rejected)


#: How a request fails that no node answered, or answered with something else than JSON.
_NO_ANSWER = (requests.RequestException, OSError, orjson.JSONDecodeError)

_RANGE_TOO_LARGE = re.compile(r"too (large|many)|more than \d+|exceed|limit|max(imum)? range", re.I)


class _Provider(HTTPProvider):
    """web3's provider with orjson in place of the standard library's json: faster on large answers."""

    def encode_rpc_request(self, method: RPCEndpoint, params: Any) -> bytes:
        number = next(self.request_counter)
        return orjson.dumps({"jsonrpc": "2.0", "method": method, "params": params or [], "id": number})

    @staticmethod
    def decode_rpc_response(raw_response: bytes) -> RPCResponse:
        return cast(RPCResponse, orjson.loads(raw_response))


class NodeError(Exception):
    """The node answered a request with an error: its code, its words and the data beside them."""

    def __init__(self, code: int, text: str, data: Any) -> None:
        self.code = code
        self.text = text
        self.data = data
        super().__init__(f"{code}: {text}")


class ChainClient:
    """A chain's node, or several of which one is asked. Safe for use by several threads.

    `rpc_url` names them, with commas between. Where the one that is asked does not answer, the next is, and stays;
    so one that is ahead may be followed by one that is behind. One whose newest block has not changed for STANDSTILL
    seconds is given up for one that is further. No method takes longer than `timeout` a request and
    node. Every method raises ChainUnavailable where no node answers, or one answers what it should not.
    """

    def __init__(self, rpc_url: str, timeout: float = 10) -> None:
        self.rpc_url = rpc_url
        session = requests.Session()
        # A proxy set for the desktop must not come between a gateway and its node, nor a stray .netrc.
        session.trust_env = False
        session.mount("http://", HTTPAdapter(pool_maxsize=16))
        session.mount("https://", HTTPAdapter(pool_maxsize=16))
        self._session = session
        self._providers = [
            _Provider(url.strip(), {"timeout": timeout}, session=session, exception_retry_configuration=None)
            for url in rpc_url.split(",")
        ]
        self._asked = 0
        #: The newest block that the asked node told of, and when it first did.
        self._newest = (-1, 0.0)

    def close(self) -> None:
        """Closes the connections; the client may not be used afterwards."""
        self._session.close()

    # -----------------------------------------------------------------------------------------------
    # Reading

    def chain_id(self) -> int:
        """The chain's number, asked anew each time: the node behind an address may have been replaced."""
        return int(self.ask("eth_chainId"), 16)

    def client_version(self) -> str:
        return str(self.ask("web3_clientVersion"))

    def head(self) -> BlockRef:
        """The newest block."""
        head = _block(self.ask("eth_getBlockByNumber", "latest", False))
        if head is None:
            raise ChainUnavailable(reason="the node has no block")
        now = time.monotonic()
        if head.number != self._newest[0]:
            self._newest = (head.number, now)
        elif len(self._providers) > 1 and now - self._newest[1] > STANDSTILL:
            self._newest = (head.number, now)
            return self._ask_the_furthest(head)
        return head

    def _ask_the_furthest(self, head: BlockRef) -> BlockRef:
        """The newest block of the node that is ahead of the others, which is asked from now on.

        A node that lost its peers, or does not get on, answers as well as ever.
        """
        for place, provider in enumerate(self._providers):
            try:
                answer = provider.make_request(RPCEndpoint("eth_getBlockByNumber"), ["latest", False])
            except _NO_ANSWER:
                continue
            found = _block(answer.get("result"))
            if found is not None and found.number > head.number:
                head, self._asked = found, place
        return head

    def blocks(self, numbers: Sequence[int]) -> list[BlockRef | None]:
        """The blocks of these numbers in the same order, None where the chain is not that long."""
        answers = self.ask_many([("eth_getBlockByNumber", [hex(number), False]) for number in numbers])
        return [_block(answer) for answer in answers]

    def logs(self, first: int, last: int, addresses: Sequence[str], topics: Sequence[str | None] = ()) -> list[RawLog]:
        """All logs of these contracts in blocks `first` to `last`, in the chain's order.

        `topics` keeps those with these topics in their places, None for any. A range whose answer is too large for
        the node is halved until it fits.
        """
        if first > last:
            return []
        query = {"fromBlock": hex(first), "toBlock": hex(last), "address": list(addresses), "topics": list(topics)}
        try:
            return cast(list[RawLog], self._request("eth_getLogs", [query]))
        except NodeError as refused:
            if first == last or not (refused.code == -32005 or _RANGE_TOO_LARGE.search(refused.text)):
                raise ChainUnavailable(reason=refused.text) from refused
        middle = (first + last) // 2
        return self.logs(first, middle, addresses, topics) + self.logs(middle + 1, last, addresses, topics)

    def receipts(self, hashes: Sequence[bytes]) -> dict[bytes, Receipt | None]:
        """The receipt of each transaction, None while it is not mined."""
        answers = self.ask_many([("eth_getTransactionReceipt", [_hex(h)]) for h in hashes])
        return {h: _receipt(answer) for h, answer in zip(hashes, answers, strict=True)}

    def transaction_count(self, address: str, pending: bool = False) -> int:
        """The next nonce of an account by the chain, or with what waits in the node's pool."""
        return int(self.ask("eth_getTransactionCount", address, "pending" if pending else "latest"), 16)

    def balance(self, address: str) -> int:
        """In wei."""
        return int(self.ask("eth_getBalance", address, "latest"), 16)

    def code(self, address: str) -> bytes:
        """The contract's code, empty where there is none."""
        return _bytes(self.ask("eth_getCode", address, "latest"))

    def call(self, to: str, data: bytes, sender: str | None = None, block: int | None = None) -> bytes:
        """What a call would return, at the newest block or the one named.

        Raises the decoded refusal (a GuanlianError) where the contract reverts.
        """
        message = {"to": to, "data": _hex(data)}
        if sender is not None:
            message["from"] = sender
        try:
            return _bytes(self._request("eth_call", [message, "latest" if block is None else hex(block)]))
        except NodeError as refused:
            revert = _revert_data(refused)
            if revert is None:
                raise ChainUnavailable(reason=refused.text) from refused
            raise decode_refusal(revert) from None

    def fees(self) -> Fees:
        """Fees that get a transaction into the next blocks: zero on a chain that asks for none.

        Twice the base fee, so that a transaction stands six full blocks of rising fees.
        """
        head, tip = self.ask_many(
            [("eth_getBlockByNumber", ["latest", False]), ("eth_maxPriorityFeePerGas", [])], lenient=True
        )
        base = None if head is None else head.get("baseFeePerGas")
        if base is None:
            return Fees(int(self.ask("eth_gasPrice"), 16), None)
        if int(base, 16) == 0:
            return Fees(0, 0)
        priority = 0 if tip is None else int(tip, 16)
        return Fees(2 * int(base, 16) + priority, priority)

    # -----------------------------------------------------------------------------------------------
    # Sending

    def send_raw(self, raw: bytes) -> Sent:
        """Broadcasts a signed transaction. The same bytes may be sent any number of times.

        Raises ChainUnavailable where the node cannot take it now: it is to be sent again as it is.
        """
        try:
            self._request("eth_sendRawTransaction", [_hex(raw)])
        except NodeError as refused:
            outcome = outcome_of(refused.text)
            if outcome is None:
                raise ChainUnavailable(reason=refused.text) from refused
            return Sent(outcome, refused.text)
        return Sent(SendOutcome.Accepted)

    # -----------------------------------------------------------------------------------------------
    # JSON-RPC

    def request(self, method: str, *params: Any) -> Any:
        """Any other method's result; raises NodeError where the node answers with an error."""
        return self._request(method, list(params))

    def ask(self, method: str, *params: Any) -> Any:
        """Any other method's result; raises ChainUnavailable where the node answers with an error."""
        try:
            return self._request(method, list(params))
        except NodeError as refused:
            raise ChainUnavailable(reason=refused.text) from refused

    def _request(self, method: str, params: list[Any]) -> Any:
        return _result(self._of_any(lambda provider: provider.make_request(RPCEndpoint(method), params)))

    def _of_any(self, ask: Callable[[_Provider], Any]) -> Any:
        """What the node that was asked last answers, or else the next one that answers at all."""
        first = self._asked
        for turn in range(len(self._providers)):
            place = (first + turn) % len(self._providers)
            try:
                answer = ask(self._providers[place])
            except _NO_ANSWER as fault:
                failed = fault
            else:
                self._asked = place
                return answer
        raise ChainUnavailable(reason=type(failed).__name__) from failed

    def ask_many(self, calls: Sequence[tuple[str, list[Any]]], lenient: bool = False) -> list[Any]:
        """The results of many requests in their order; `lenient` gives None for one that the node refuses."""
        results: list[Any] = []
        for first in range(0, len(calls), MOST_IN_BATCH):
            some = [(RPCEndpoint(method), params) for method, params in calls[first : first + MOST_IN_BATCH]]
            results.extend(self._batch(some, lenient))
        return results

    def _batch(self, calls: list[tuple[RPCEndpoint, Any]], lenient: bool) -> Iterable[Any]:
        answers = self._of_any(lambda provider: provider.make_batch_request(calls))
        if not isinstance(answers, list) or len(answers) != len(calls):
            raise ChainUnavailable(reason="the node does not answer batches")
        for answer in answers:
            try:
                yield _result(answer)
            except NodeError as refused:
                if not lenient:
                    raise ChainUnavailable(reason=refused.text) from refused
                yield None


def _result(answer: Any) -> Any:
    if not isinstance(answer, dict):
        raise ChainUnavailable(reason="the node's answer is no JSON-RPC")
    error = answer.get("error")
    if error is not None:
        if not isinstance(error, dict):
            raise NodeError(0, str(error), None)
        raise NodeError(int(error.get("code", 0)), str(error.get("message", "")), error.get("data"))
    return answer.get("result")


def _revert_data(refused: NodeError) -> bytes | None:
    """The revert data of a failed call, or None where the node failed for another reason."""
    data = refused.data.get("data") if isinstance(refused.data, dict) else refused.data
    if isinstance(data, str) and re.fullmatch(r"0x([0-9a-fA-F]{2})*", data):
        return _bytes(data)
    return b"" if "revert" in refused.text.lower() else None


def _block(answer: Any) -> BlockRef | None:
    if answer is None:
        return None
    return BlockRef(
        int(answer["number"], 16),
        _bytes(answer["hash"]),
        _bytes(answer["parentHash"]),
        int(answer["timestamp"], 16),
    )


def _receipt(answer: Any) -> Receipt | None:
    if answer is None or answer.get("blockHash") is None:
        return None
    return Receipt(
        int(answer["status"], 16) == 1,
        int(answer["blockNumber"], 16),
        _bytes(answer["blockHash"]),
        int(answer["gasUsed"], 16),
        answer.get("contractAddress"),
    )


def _bytes(text: str) -> bytes:
    return bytes.fromhex(text[2:])


def _hex(data: bytes) -> str:
    return "0x" + data.hex()

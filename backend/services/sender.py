"""From the outbox to the chain: sign, store, then send, so that being killed loses nothing and doubles nothing.

Everything that is ever broadcast was stored first, with its nonce and hash, in the transaction that binds the
rows it carries. After a crash the same bytes are sent again; a node that has them already says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import structlog

from backend.chain import rights_calls
from backend.chain.calls import MOST_GAS
from backend.chain.client import Fees, SendOutcome
from backend.chain.signers import UnsignedTransaction
from backend.domain.errors import ChainUnavailable, ContractRefused, GuanlianError, NotHosted
from backend.services import settling
from backend.services.gateway import Gateway
from backend.services.planning import (
    MOST_PARCELS_IN_CALL,
    MOST_RECORDS_IN_CALL,
    Group,
    ListDocument,
    Plan,
    plan_declarations,
    plan_records,
)
from backend.store import documents, outbox
from backend.store.database import Connection

log = structlog.get_logger("sender")

#: Transactions of one account on their way at once; nodes keep few of an account beyond that.
MOST_IN_FLIGHT = 16
#: Rows looked at for one plan.
WINDOW = 4_000
#: Seconds after which a transaction that is not mined is broadcast again.
RESEND_AFTER = 5


class Sender:
    """Drains the outbox of every account this gateway signs for. One at a time per database."""

    def __init__(self, gateway: Gateway) -> None:
        self.gateway = gateway
        self._verified = False
        #: What stops an account, by account: its error and since when.
        self.blocked: dict[str, tuple[str, int]] = {}

    def tick(self) -> int:
        """Sends what is ready and looks after what is under way; how many transactions were signed.

        Raises ChainUnavailable, WrongChain, ContractsMissing or StoreUnavailable.
        """
        if not self._verified:
            self.gateway.deployment.verify(self.gateway.client)
            self._verified = True
        try:
            self._follow()
            return self._drain()
        except GuanlianError:
            # After any trouble the node may be another one: look again before the next transaction.
            self._verified = False
            raise

    # -----------------------------------------------------------------------------------------------
    # New transactions

    def _drain(self) -> int:
        with self.gateway.database.read() as connection:
            accounts = outbox.accounts_waiting(connection)
        if not accounts:
            return 0
        fees = self.gateway.fees()
        signed = 0
        for account in accounts:
            try:
                on_chain = self.gateway.client.transaction_count(account)
                while self._send_next(account, fees, on_chain):
                    signed += 1
                self.blocked.pop(account, None)
            except NotHosted as fault:
                self._block(account, fault.title)
        return signed

    def _send_next(self, account: str, fees: Fees, on_chain: int) -> bool:
        """Signs and stores one transaction, then broadcasts it; False where nothing is ready."""
        signer = self.gateway.signer(account)
        now = self.gateway.now()
        with self.gateway.database.write() as connection:
            if len(outbox.in_flight(connection, account)) >= MOST_IN_FLIGHT:
                return False
            plan = self._plan(connection, account, now)
            if plan is None:
                return False
            # A restored database may be behind what its account has sent: never reuse a nonce.
            nonce = max(outbox.next_nonce(connection, account) or 0, on_chain)
            transaction = UnsignedTransaction(
                chain_id=self.gateway.deployment.chain_id,
                nonce=nonce,
                to=self.gateway.deployment.contracts[plan.contract],
                data=plan.calldata,
                gas=min(plan.gas, MOST_GAS),
                max_fee=fees.max_fee,
                priority=fees.priority,
            )
            signed = signer.sign(transaction)
            transaction_id = outbox.insert_transaction(
                connection,
                {
                    "account": account,
                    "nonce": nonce,
                    "hash": signed.hash,
                    "raw": signed.raw,
                    "status": "signed",
                    "replays": 0,
                    "created_at": now,
                },
            )
            outbox.place(connection, plan.placed)
            documents.keep_evidence(connection, plan.evidence)
            outbox.bind(connection, plan.rows, transaction_id, now)
        self._broadcast(account, [(transaction_id, signed.raw)])
        return True

    def _plan(self, connection: Connection, account: str, now: int) -> Plan | None:
        for row in outbox.waiting_rows(connection, account, "call", 1):
            gas = rights_calls.gas_of_call(row.contract, row.calldata)
            return Plan(row.contract, row.calldata, gas, [row.id])
        if records := outbox.waiting_rows(connection, account, "record", WINDOW):
            return plan_records(records, _smaller(records[0].attempts) or MOST_RECORDS_IN_CALL)
        if lists := outbox.waiting_rows(connection, account, "declare", WINDOW):
            return self._plan_declarations(connection, lists, now, _smaller(lists[0].attempts) or MOST_PARCELS_IN_CALL)
        return None

    def _plan_declarations(self, connection: Connection, rows: Sequence[Any], now: int, most: int) -> Plan | None:
        """Manifests out of the lists that have waited long enough for company."""
        grouped: dict[str, list[Any]] = {}
        for row in rows:
            grouped.setdefault(row.group_key, []).append(row)
        patience = self.gateway.settings.group_seconds
        full = len(rows) >= MOST_PARCELS_IN_CALL
        ready = {
            key: members
            for key, members in grouped.items()
            if full or len(members) >= 256 or members[0].created_at + patience <= now
        }
        if not ready:
            return None
        lists = documents.lists_by_id(connection, [row.document_id for part in ready.values() for row in part])
        groups = [
            (
                Group.of(key),
                [
                    ListDocument(row.id, row.document_id, lists[row.document_id].parcel_id, lists[row.document_id].root)
                    for row in members
                ],
            )
            for key, members in ready.items()
        ]
        return plan_declarations(rows[0].participant_no, groups, most)

    # -----------------------------------------------------------------------------------------------
    # Transactions under way

    def _follow(self) -> None:
        """Notes which transactions are mined, sends the forgotten again, takes failed ones apart."""
        with self.gateway.database.read() as connection:
            under_way = outbox.in_flight(connection)
        if not under_way:
            return
        receipts = self.gateway.client.receipts([row.hash for row in under_way])
        now = self.gateway.now()
        mined = [(row, receipts[row.hash]) for row in under_way if receipts[row.hash] is not None]
        if mined:
            with self.gateway.database.write() as connection:
                for row, receipt in mined:
                    if receipt is None:
                        continue
                    status = "mined" if receipt.succeeded else "failed"
                    outbox.set_transaction(connection, row.id, status, receipt.block)
                    if not receipt.succeeded:
                        self._take_apart(connection, row, receipt.block, now)
        forgotten: dict[str, list[tuple[int, bytes]]] = {}
        for row in under_way:
            if receipts[row.hash] is None and (row.sent_at is None or row.sent_at + RESEND_AFTER <= now):
                forgotten.setdefault(row.account, []).append((row.id, row.raw))
        for account, transactions in forgotten.items():
            self._broadcast(account, transactions)

    def _take_apart(self, connection: Connection, transaction: Any, block: int, now: int) -> None:
        """A transaction that failed as a whole is never sent again unchanged: smaller, or not at all."""
        rows = [row for row in outbox.rows_of_transactions(connection, [transaction.id]) if row.status == "sent"]
        log.warning("transaction failed", hash="0x" + transaction.hash.hex(), rows=len(rows))
        if len(rows) > 1 and rows[0].attempts < _MOST_ATTEMPTS:
            outbox.send_again(connection, [row.id for row in rows], now, smaller=True)
            return
        refusal = self._reason(rows[0], transaction.account, block) if rows else None
        settling.quarantine(connection, rows, refusal, now)

    def _reason(self, row: Any, account: str, block: int) -> dict[str, Any]:
        """Why a lone call failed, asked of the chain as it stood before."""
        if row.action == "call":
            plan = Plan(row.contract, row.calldata, 0, [row.id])
        else:
            plan = plan_records([row], 1) or Plan("ParcelLedger", b"", 0, [])
        contract = self.gateway.deployment.contracts[plan.contract]
        try:
            self.gateway.client.call(contract, plan.calldata, account, block - 1)
        except ChainUnavailable:
            # The node no longer has the state of that block: nothing can be said for sure.
            return settling.refusal_json(ContractRefused(reason="unknown", data="0x"))
        except GuanlianError as fault:
            return settling.refusal_json(fault)
        return settling.refusal_json(ContractRefused(reason="the transaction ran out of gas", data="0x"))

    def _broadcast(self, account: str, transactions: Sequence[tuple[int, bytes]]) -> None:
        """Sends stored bytes. What the node refuses for good stays signed and shows as blocked."""
        sent = []
        for transaction_id, raw in transactions:
            answer = self.gateway.client.send_raw(raw)
            match answer.outcome:
                case SendOutcome.Accepted | SendOutcome.AlreadyKnown:
                    sent.append(transaction_id)
                case SendOutcome.NonceTooLow:
                    self._check_lost(transaction_id)
                    sent.append(transaction_id)
                case _:
                    log.error("transaction refused", account=account, answer=answer.text)
                    self._block(account, answer.outcome.value)
                    sent.append(transaction_id)
        if sent:
            with self.gateway.database.write() as connection:
                outbox.mark_sent(connection, sent, self.gateway.now())

    def _check_lost(self, transaction_id: int) -> None:
        """A nonce that is used without our transaction being mined was used by somebody else with our key."""
        now = self.gateway.now()
        with self.gateway.database.read() as connection:
            row = next((row for row in outbox.in_flight(connection) if row.id == transaction_id), None)
        if row is None or self.gateway.client.receipts([row.hash])[row.hash] is not None:
            return
        if self.gateway.client.transaction_count(row.account) <= row.nonce:
            return
        log.error("nonce used by a stranger", account=row.account, nonce=row.nonce)
        with self.gateway.database.write() as connection:
            outbox.set_transaction(connection, row.id, "lost")
            rows = [r for r in outbox.rows_of_transactions(connection, [row.id]) if r.status == "sent"]
            outbox.send_again(connection, [r.id for r in rows], now, smaller=False)

    def _block(self, account: str, why: str) -> None:
        since = self.blocked.get(account, (why, self.gateway.now()))[1]
        self.blocked[account] = (why, since)


#: After that many failures of a call, what it carried goes one by one.
_MOST_ATTEMPTS = 5


def _smaller(attempts: int) -> int | None:
    """How many rows go into a call after so many failures; None for no bound of that kind."""
    return None if attempts == 0 else max(1, 64 >> (2 * (attempts - 1)))

"""One write to the rights registry: everything that it keeps, and the call, in one transaction; and its checks."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from types import TracebackType
from typing import Any, Self

from backend.domain.commitments import new_secret
from backend.domain.errors import (
    ApplicationMissing,
    ApplicationPending,
    GroundsMissing,
    HeadquartersOnly,
    HolderOnly,
    InvalidInput,
    LicenseeInvalid,
    ParticipantUnknown,
    RightNotInForce,
    RightUnknown,
    SelfApproval,
    UnderlyingRightEnds,
)
from backend.domain.instants import iso
from backend.domain.participants import Role, has_role
from backend.domain.recordals import Asked, Goods, commitment_of, goods_fields, marks_fields
from backend.domain.rights import Application
from backend.services import evidence as evidences
from backend.services.gateway import Gateway
from backend.services.membership import require_role
from backend.services.outbox import account_of, enqueue_call, new_operation
from backend.store import right_queries as queries
from backend.store.database import Connection
from backend.store.participant_queries import participant_row
from backend.store.profiles import numbers_of_codes

LONGEST_GROUNDS = 1_000
#: Latest instant that is written as a year of four digits.
LATEST = 253_402_300_799

Evidence = Mapping[str, Any]


class Writing:
    """A participant's write, within one transaction that is stored whole or not at all."""

    def __init__(self, gateway: Gateway, participant_no: int) -> None:
        self._gateway = gateway
        self._participant_no = participant_no
        self.now = gateway.now()
        self.operation_id = ""
        self._kept = 0

    def __enter__(self) -> Self:
        self._transaction: AbstractContextManager[Connection] = self._gateway.database.write()
        self.connection = self._transaction.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._transaction.__exit__(kind, fault, trace)

    def begin(self, kind: str, summary: Mapping[str, Any]) -> None:
        """Opens the operation; after the checks, before anything is kept."""
        self._account = account_of(self.connection, self._participant_no)
        self.operation_id = new_operation(self.connection, kind, self._participant_no, summary, self.now)

    def keep(self, asked: Asked) -> tuple[bytes, bytes]:
        """Keeps marks and goods; their commitments."""
        content = {"marks": [mark.as_json() for mark in asked.marks]}
        return self._keep("marks", marks_fields(asked.marks), content), self.keep_goods(asked.goods)

    def keep_goods(self, goods: Goods) -> bytes:
        return self._keep("goods", goods_fields(goods), goods.as_json())

    def evidence(self, given: Evidence, **facts: Any) -> bytes:
        """Keeps the evidence of the write with what it is about. Raises GroundsMissing for none."""
        if not given:
            raise GroundsMissing()
        return self._document({**given, **facts})

    def grounds(self, text: str, right_id: int) -> bytes:
        """Keeps the grounds of a decision. Raises GroundsMissing, InvalidInput."""
        if not text.strip():
            raise GroundsMissing()
        if len(text) > LONGEST_GROUNDS:
            rule = f"at most {LONGEST_GROUNDS} characters"
            raise InvalidInput(field="grounds", value=text[:20] + "…", rule=rule)
        return self._document({"grounds": text.strip(), "right_id": right_id})

    def queue(self, calldata: bytes) -> None:
        enqueue_call(
            self.connection,
            operation_id=self.operation_id,
            account=self._account,
            participant_no=self._participant_no,
            contract="RightsRegistry",
            calldata=calldata,
            now=self.now,
        )

    def _document(self, content: Evidence) -> bytes:
        self._kept += 1
        return evidences.keep(
            self.connection,
            operation_id=self.operation_id,
            participant_no=self._participant_no,
            contents=[content],
            first=self._kept,
            now=self.now,
        )

    def _keep(self, kind: str, fields: list[tuple[str, str]], content: Mapping[str, Any]) -> bytes:
        secret = new_secret()
        commitment = commitment_of(secret, fields)
        row = {
            "commitment": commitment,
            "kind": kind,
            "secret": secret,
            "content": dict(content),
            "participant_no": self._participant_no,
            "operation_id": self.operation_id,
            "created_at": self.now,
        }
        queries.keep_commitment(self.connection, row)
        return commitment


# ---------------------------------------------------------------------------------------------------
# What the contract would refuse


def known(writing: Writing, right_id: int) -> Any:
    row = queries.right_row(writing.connection, right_id)
    if row is None:
        raise RightUnknown(right_id=right_id)
    return row


def own(writing: Writing, participant_no: int, right_id: int) -> Any:
    row = known(writing, right_id)
    if row.holder_no != participant_no:
        raise HolderOnly(right_id=right_id, participant_no=participant_no)
    return row


def own_in_force(writing: Writing, participant_no: int, right_id: int) -> Any:
    row = own(writing, participant_no, right_id)
    if queries.status_of(row, writing.now) != "in_force":
        raise RightNotInForce(right_id=right_id)
    return row


def by_headquarters(writing: Writing, participant_no: int, right_id: int) -> Any:
    headquarters = queries.headquarters_no(writing.connection)
    if participant_no != headquarters:
        raise HeadquartersOnly(participant_no=participant_no, headquarters_no=headquarters)
    require_role(writing.connection, participant_no, Role.Customs)
    row = known(writing, right_id)
    if row.holder_no == participant_no:
        raise SelfApproval(right_id=right_id, participant_no=participant_no)
    return row


def to_decide(writing: Writing, participant_no: int, right_id: int) -> Any:
    row = by_headquarters(writing, participant_no, right_id)
    if row.pending == Application.Zero:
        raise ApplicationMissing(right_id=right_id)
    return row


def require_nothing_pending(row: Any) -> None:
    if row.pending != Application.Zero:
        raise ApplicationPending(right_id=row.right_id, application=Application(row.pending).name)


def require_alive(writing: Writing, row: Any) -> None:
    """A right in force, or one that is still to be decided on."""
    if queries.status_of(row, writing.now) not in ("pending", "in_force"):
        raise RightNotInForce(right_id=row.right_id)


def require_later(underlying_until: int, earliest: int) -> None:
    """The underlying right must last beyond an instant."""
    if not earliest < underlying_until <= LATEST:
        ends = min(max(underlying_until, 0), LATEST)
        raise UnderlyingRightEnds(underlying_until=iso(ends), earliest=iso(earliest))


def seller_of(writing: Writing, seller: int | str) -> int:
    """The number of an active seller, by its number or a code of it. Raises ParticipantUnknown, LicenseeInvalid."""
    number = seller if isinstance(seller, int) else numbers_of_codes(writing.connection, [seller]).get(seller)
    row = None if number is None else participant_row(writing.connection, number)
    if row is None or number is None:
        raise ParticipantUnknown(participant_no=seller)
    if row.suspended or not has_role(row.roles, Role.Seller):
        raise LicenseeInvalid(participant_no=number)
    return number

"""What follows from the chain's final records: receipts, list numbers, quota and tax; from its findings, proposals.

Each record is followed once it has its confirmations, in the chain's order, in the transaction that moves the read
model. Everything here may be done again without harm: a record that comes back after a reorganisation answers nobody
twice, numbers and bills stay, quota is brought to where the parcel's state has it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import orjson

from backend.domain.lifecycle import Direction, Step, indices
from backend.domain.notices import NoticeKind
from backend.domain.quota import QUOTA_MOVES
from backend.formats.ceb import standings
from backend.formats.ceb.standings import Standing
from backend.services import billing, list_numbers, notices, proposals, screening, stock
from backend.services.answers import Answers, receipt_type_of
from backend.services.gateway import Gateway
from backend.services.quota_following import follow_newest
from backend.store import following_queries as queries
from backend.store import notice_queries, progress, readmodel, receipts
from backend.store.database import Connection

_FOLLOWED = "followed_block"

#: Documents of which a record vouches, or notices whose report it is: they are answered by the record.
_ATTESTED = frozenset({Step.OrderAttested, Step.PaymentAttested, Step.WaybillAttested})

#: What a document has been told before it is on record.
_BEFORE = frozenset({None, standings.TAKEN.status})

#: Steps whose evidence says something that the receipt repeats.
_EXPLAINED = frozenset({Step.Rejection, Step.Detention, Step.PortDetention, Step.ReturnRefused})

#: Steps after which requests that wait can no longer be granted, which ones, and why.
_ENDS_REQUESTS = {
    Step.Rejection: ((NoticeKind.CancellationRequest,), "清单已退单"),
    Step.Release: ((NoticeKind.CancellationRequest,), "货物已放行"),
    Step.ReturnAbroad: ((NoticeKind.CancellationRequest, NoticeKind.ReturnRequest), "货物已退运"),
    Step.Confiscation: ((NoticeKind.CancellationRequest, NoticeKind.ReturnRequest), "货物已没收"),
}

#: In a rejection's text, the names of a document's blocks: its sender is told as well.
_BLOCKS = {
    "Order": ("OrderHead", "OrderList"),
    "Payment": ("PaymentHead", "Receipts."),
    "Waybill": ("LogisticsHead", "Logistics."),
}


def follow(connection: Connection, gateway: Gateway, up_to: int, now: int) -> None:
    """Follows what is final up to a block; the read model must be complete up to it."""
    reached = progress.reached(connection, _FOLLOWED)
    after = gateway.deployment.block - 1 if reached is None else reached
    if up_to <= after:
        return
    rows = queries.records_between(connection, after, up_to)
    anchored = queries.anchored_between(connection, after, up_to)
    if rows or anchored:
        _Following(connection, gateway, now).run(rows, anchored)
    proposals.follow(connection, gateway, after, up_to)
    screening.rights_moved(connection, after, up_to)
    progress.reach(connection, _FOLLOWED, up_to)


def unfollow(connection: Connection, ancestor: int) -> None:
    """What came after a block is to be followed anew."""
    reached = progress.reached(connection, _FOLLOWED)
    if reached is not None and reached > ancestor:
        progress.reach(connection, _FOLLOWED, ancestor)


class _Following:
    """One range of records."""

    def __init__(self, connection: Connection, gateway: Gateway, now: int) -> None:
        self.connection = connection
        self.gateway = gateway
        self.now = now
        self.answers = Answers(connection, now)

    def run(self, rows: Sequence[Any], anchored: Sequence[Any]) -> None:
        self.lists = queries.lists_of_manifests(self.connection, {int(row.manifest_row) for row in rows})
        self.evidence = queries.evidence_of(self.connection, [bytes(row.evidence) for row in rows])
        self._number(rows)
        self._anchored(anchored)
        for row in rows:
            self._record(row)
        self._count_quota(rows)
        billing.follow(self.connection, self.gateway, self._lists_by_step(rows), self.answers, self.now)
        self.answers.store()

    # -----------------------------------------------------------------------------------------------
    # Receipts

    def _anchored(self, documents: Sequence[Any]) -> None:
        """Tells that documents are on record; what customs has answered since is not taken back."""
        answered = [document for document in documents if document.is_answered]
        latest = receipts.latest_statuses(self.connection, [document.id for document in answered])
        for document in answered:
            if latest.get(document.id) in _BEFORE:
                kind = receipt_type_of(document.message_type)
                self._answer(document, standings.ACCEPTED if kind in ("608", "624") else standings.SENT, "anchored")

    def _record(self, row: Any) -> None:
        step = Step(row.step)
        if step in _ATTESTED:
            for document in self.evidence.get(bytes(row.evidence), ()):
                if document.is_answered:
                    standing = standings.accepted_on(receipt_type_of(document.message_type))
                    self._answer(document, standing, *self._about(row))
        elif step in standings.LIST_STANDINGS:
            self._lists(row, step)
        if step in _ENDS_REQUESTS:
            self._end_requests(row, step)
        if step is Step.Cancellation:
            self._requests(row, NoticeKind.CancellationRequest, lambda _: standings.CANCELLED)
        elif step in standings.RETURN_STANDINGS:
            self._requests(row, NoticeKind.ReturnRequest, self._return_standing(row, step))

    def _lists(self, row: Any, step: Step) -> None:
        texts = dict(self._explanations(row)) if step in _EXPLAINED else {}
        told: dict[bytes, Standing] = {}
        for position in indices(readmodel.number(row.parcels)):
            document = self.lists.get(int(row.manifest_row), {}).get(position)
            if document is None or not document.is_answered:
                continue
            standing = _explained(step, texts.get(position, {}))
            self._answer(document, standing, *self._about(row))
            if step is Step.Rejection and document.parcel_id:
                told[bytes(document.parcel_id)] = standing
        if told:
            self._tell_others(row, told)

    def _tell_others(self, row: Any, told: Mapping[bytes, Standing]) -> None:
        """A rejection that names fields of an order, payment or waybill is told to its sender too."""
        for parcel, documents in queries.documents_of_parcels(self.connection, list(told), list(_BLOCKS)).items():
            for document in documents:
                if document.is_answered and any(block in told[parcel].info for block in _BLOCKS[document.kind]):
                    self._answer(document, told[parcel], *self._about(row))

    def _requests(self, row: Any, kind: NoticeKind, standing: Callable[[int], Standing | None]) -> None:
        """Answers the requests that a step decides, and notes that they are over."""
        lists = self.lists.get(int(row.manifest_row), {})
        parcel_of = {
            bytes(lists[position].parcel_id): position
            for position in indices(readmodel.number(row.parcels))
            if position in lists and lists[position].parcel_id
        }
        found = notice_queries.newest_requests(self.connection, str(kind), list(parcel_of))
        for parcel, request in found.items():
            said = standing(parcel_of[parcel])
            if said is not None:
                self.answers.add(
                    request.document_id, request.participant_no, parcel, request.message_type, said, *self._about(row)
                )
        if kind is NoticeKind.CancellationRequest:
            ids = [request.id for request in found.values() if request.status != "done"]
            notice_queries.change(self.connection, ids, self.now, status="done")
        elif row.step == Step.ReturnRefused:
            # The next request of the parcel is another one, and customs decides about that alone.
            ids = [request.id for request in found.values() if request.status == "done"]
            notice_queries.change(self.connection, ids, self.now, status="refused")

    def _end_requests(self, row: Any, step: Step) -> None:
        """What was asked about parcels, and not decided until the step, cannot be granted after it."""
        kinds, reason = _ENDS_REQUESTS[step]
        parcels = [bytes(document.parcel_id) for document in self._lists_in(row) if document.parcel_id]
        places = readmodel.places_of(self.connection, parcels)
        # Declared anew already, a parcel's requests are about its new list.
        newest = [parcel for parcel in parcels if parcel in places and places[parcel][0].manifest == row.manifest]
        notices.end_requests(self.connection, self.answers, newest, kinds, reason, self.now)

    def _return_standing(self, row: Any, step: Step) -> Callable[[int], Standing | None]:
        is_import = row.direction == int(Direction.Import)
        table = standings.RETURN_STANDINGS if is_import else standings.EXPORT_RETURN_STANDINGS
        texts = dict(self._explanations(row)) if step in _EXPLAINED else {}

        def said(position: int) -> Standing | None:
            reason = texts.get(position, {}).get("reason")
            return standings.rejected(reason) if reason and step is Step.ReturnRefused else table.get(step)

        return said

    def _explanations(self, row: Any) -> Iterator[tuple[int, dict[str, str]]]:
        """By position, what the decision's evidence says; one document may speak for all parcels."""
        found = self.evidence.get(bytes(row.evidence), [])
        contents = queries.fields_of_documents(self.connection, [document.id for document in found])
        positions = indices(readmodel.number(row.parcels))
        for place, position in enumerate(positions):
            if not found:
                continue
            document = found[place if len(found) == len(positions) else 0]
            if document.id in contents:
                yield position, dict(orjson.loads(contents[document.id]))

    def _answer(self, document: Any, standing: Standing, *about: object) -> None:
        parcel = bytes(document.parcel_id) if document.parcel_id else None
        self.answers.add(document.id, document.participant_no, parcel, document.message_type, standing, *about)

    @staticmethod
    def _about(row: Any) -> tuple[object, ...]:
        """What makes a record itself, whatever block it stands in."""
        return bytes(row.manifest).hex(), int(row.step), bytes(row.evidence).hex()

    # -----------------------------------------------------------------------------------------------
    # Numbers, quota

    def _number(self, rows: Sequence[Any]) -> None:
        """Gives customs' numbers to lists that are accepted; receipts from then on carry them."""
        wanted = [
            (document.id, f"{row.declaring_district:04d}", Direction(row.direction), int(row.at))
            for row in rows
            if row.step == Step.Acceptance
            for document in self._lists_in(row)
            if document.list_no is None and document.is_answered
        ]
        if wanted:
            list_numbers.allot(self.connection, wanted)
            self.lists = queries.lists_of_manifests(self.connection, set(self.lists))

    def _count_quota(self, rows: Sequence[Any]) -> None:
        """Brings the quota of imports, and what they take of bonded stock, to where their parcels stand now."""
        touched = {
            bytes(document.parcel_id)
            for row in rows
            if row.direction == int(Direction.Import) and row.step in QUOTA_MOVES
            for document in self._lists_in(row)
            if document.parcel_id
        }
        if touched:
            follow_newest(self.connection, self.gateway.consortium_key, sorted(touched), self.now)
            stock.follow_newest(self.connection, sorted(touched), self.now)

    def _lists_by_step(self, rows: Sequence[Any]) -> list[tuple[Any, list[Any]]]:
        """The records that move the tax on imports, each with its lists."""
        return [
            (row, list(self._lists_in(row)))
            for row in rows
            if row.direction == int(Direction.Import) and row.step in billing.STEPS
        ]

    def _lists_in(self, row: Any) -> Iterator[Any]:
        lists = self.lists.get(int(row.manifest_row), {})
        return (lists[position] for position in indices(readmodel.number(row.parcels)) if position in lists)


def _explained(step: Step, said: Mapping[str, str]) -> Standing:
    """A step's answer with what its evidence says: the reasons of a rejection, where detained goods go."""
    if step is Step.Rejection and (text := said.get("receipt") or said.get("reason")):
        return standings.rejected(text)
    if step in (Step.Detention, Step.PortDetention):
        return standings.DETENTIONS.get(said.get("transferred_to", ""), standings.LIST_STANDINGS[step])
    return standings.LIST_STANDINGS[step]

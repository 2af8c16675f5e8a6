"""Taking in notices: what enterprises report or ask about parcels that were declared before, or will be."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from backend.chain import calls
from backend.domain.anchors import AnchorKind
from backend.domain.commitments import record_evidence
from backend.domain.lifecycle import Direction, Flag, State, Step
from backend.domain.notices import Notice, NoticeKind, Subject, subjects_of
from backend.domain.participants import Role
from backend.domain.returns import is_within_window, line_faults
from backend.formats.ceb import standings
from backend.formats.ceb.refusals import DUPLICATE, LINE_UNKNOWN, NOT_FOUND, OUTDATED, SENDER_NOT_ALLOWED
from backend.services import examination, notices
from backend.services.answers import Answers, receipt_type_of
from backend.services.intake.prepared import Prepared
from backend.services.intake.reception import Reception
from backend.services.outbox import Entry, enqueue
from backend.services.outcomes import DocumentOutcome
from backend.services.parcel_documents import fields_of
from backend.store import documents, notice_queries, readmodel

#: Notices that lead to no record of their own, and as what they are put on record.
ANCHOR_KINDS = {
    NoticeKind.MasterWaybill: AnchorKind.MasterWaybill,
    NoticeKind.CancellationRequest: AnchorKind.CancellationRequest,
    NoticeKind.SummaryRequest: AnchorKind.SummaryRequest,
}

#: Notices that ask customs for something about one parcel: it must be known, and stand where it can be granted.
ASKING: dict[NoticeKind, frozenset[State]] = {
    NoticeKind.CancellationRequest: frozenset({State.Declared, State.Accepted}),
    NoticeKind.ReturnRequest: frozenset({State.Released, State.Delivered, State.Departed, State.Closed}),
}

#: Notices about one parcel that is known here, whatever its state.
ABOUT_ONE = (*ASKING, NoticeKind.Delivery, NoticeKind.ReturnArrival)


class NoticeReception(Reception):
    def look_up(self, prepared: Sequence[Prepared]) -> None:
        super().look_up(prepared)
        self.subjects: dict[int, tuple[Subject, ...]] = {}
        self.named: dict[int, list[tuple[bytes | None, bool]]] = {}
        found: list[tuple[Prepared, tuple[Subject, ...]]] = [(item, subjects_of(_notice(item))) for item in prepared]
        named = iter(
            notices.parcels_named(
                self.connection, self.gateway.consortium_key, [each for _, subjects in found for each in subjects]
            )
        )
        for item, subjects in found:
            self.subjects[item.parsed.index] = subjects
            self.named[item.parsed.index] = [next(named) for _ in subjects]
            if _notice(item).kind in ABOUT_ONE:
                item.parcel_id = self.named[item.parsed.index][0][0]
        parcels = {parcel for each in self.named.values() for parcel, _ in each if parcel}
        self.said_before: dict[int, list[Any]] = {}
        for row in notice_queries.subjects_of(
            self.connection, [row.id for row in self.current.values() if row.current]
        ):
            self.said_before.setdefault(row.document_id, []).append(row)
            if row.parcel_id:
                parcels.add(row.parcel_id)
        #: What the notices of this message have asked for already, by kind and parcel.
        self.asked: set[tuple[NoticeKind, bytes]] = set()
        self.places = readmodel.places_of(self.connection, list(parcels))
        asked = [item.parcel_id for item in prepared if item.parcel_id]
        self.lists = notice_queries.lists_of_parcels(self.connection, asked)

    def roles(self, item: Prepared) -> tuple[Role, ...]:
        facts = _notice(item).facts
        # A master waybill is sent by the declarant or by the carrier.
        return (facts.role, Role.Logistics) if facts.kind is NoticeKind.MasterWaybill else (facts.role,)

    def change(self, item: Prepared, before: Any) -> DocumentOutcome | None:
        notice = _notice(item)
        if before.current and notice.head.get("appType", "").strip() == "1" and not _was_staged(before):
            return self.refused(item, DUPLICATE.for_type(notice.type), notice.business_key)
        if self._has_taken_effect(item, before):
            return self.refused(item, OUTDATED.for_type(notice.type), notice.business_key)
        item.version, item.replaces = before.version + 1, before.id
        return None

    def _has_taken_effect(self, item: Prepared, before: Any) -> bool:
        """Whether the notice that this one changes or takes back has led to what cannot be undone by a notice.

        A request is decided as it was put on record; a refused one may be put anew. A report may be corrected, but
        what is on record is not taken back, save a departure: the goods were offloaded.
        """
        notice = _notice(item)
        subjects = self.said_before.get(before.id, ())
        statuses = {row.status for row in subjects}
        if notice.kind in ASKING:
            return "queued" in statuses or any(
                row.status == "done" and not self._may_be_asked(notice.kind, row.parcel_id) for row in subjects
            )
        return item.is_withdrawal and notice.step is None and not statuses.isdisjoint({"queued", "done"})

    def _may_be_asked(self, kind: NoticeKind, parcel: bytes) -> bool:
        """Whether a parcel stands where such a request is possible, and none is pending on the chain."""
        if not (places := self.places.get(parcel)):
            return False
        sets = readmodel.sets_of_blob(places[0].size, places[0].sets)
        is_pending = Flag.ReturnPending in sets.flags_of(places[0].position)
        return sets.state_of(places[0].position) in ASKING[kind] and not is_pending

    def check(self, item: Prepared) -> DocumentOutcome | None:
        notice = _notice(item)
        named = self.named[item.parsed.index]
        if item.is_withdrawal and notice.business_key not in self.current:
            return self.refused(item, NOT_FOUND.for_type(notice.type), notice.business_key)
        if any(contradictory for _, contradictory in named):
            return self.refused(item, NOT_FOUND.for_type(notice.type), "编号相互矛盾")
        if notice.kind is NoticeKind.SummaryRequest and not all(parcel for parcel, _ in named):
            return self.refused(item, NOT_FOUND.for_type(notice.type), "SummaryApplyList.invtNo")
        if notice.kind not in ABOUT_ONE:
            return None
        if item.parcel_id is None:
            return self.refused(item, NOT_FOUND.for_type(notice.type), notice.business_key)
        if notice.kind in ASKING and not item.is_withdrawal and not notice.is_staged:
            return self._check_request(item, notice, item.parcel_id)
        return None

    def _check_request(self, item: Prepared, notice: Notice, parcel: bytes) -> DocumentOutcome | None:
        places = self.places.get(parcel)
        if not places:
            return self.refused(item, OUTDATED.for_type(notice.type), "尚未上链")
        place = places[0]
        if place.declarant_no != self.participant_no:
            return self.refused(item, SENDER_NOT_ALLOWED.for_type(notice.type), "非原申报企业")
        if place.direction != int(notice.direction):
            return self.refused(item, NOT_FOUND.for_type(notice.type), "ieFlag")
        sets = readmodel.sets_of_blob(place.size, place.sets)
        state = sets.state_of(place.position)
        if state not in ASKING[notice.kind]:
            return self.refused(item, OUTDATED.for_type(notice.type), state.name)
        pending = notice_queries.open_requests(self.connection, str(notice.kind), [parcel])
        if (notice.kind, parcel) in self.asked or any(row.document_id != item.replaces for row in pending):
            return self.refused(item, DUPLICATE.for_type(notice.type), notice.business_key)
        refused = None
        if notice.kind is NoticeKind.ReturnRequest:
            refused = self._check_return(item, notice, parcel, place)
        if refused is None:
            self.asked.add((notice.kind, parcel))
        return refused

    def _check_return(self, item: Prepared, notice: Notice, parcel: bytes, place: Any) -> DocumentOutcome | None:
        released = readmodel.latest_at(self.connection, place.id, place.position, Step.Release)
        if released is not None and not is_within_window(Direction(place.direction), released, self.now):
            return self.refused(item, OUTDATED.for_type(notice.type), "已超过退货申请期限")
        original = self.lists.get(parcel)
        faults = list(line_faults(_lines_of(original), notice.lines)) if original is not None else []
        if faults:
            texts = (f"{field}={value} / {rule}" for field, value, rule in faults[:20])
            return self.refused(item, LINE_UNKNOWN.for_type(notice.type), *texts)
        return None

    def withdraw(self) -> None:
        notices.withdraw(self.connection, self.withdrawn, self.now)

    def take(self, item: Prepared, before: Any) -> None:
        """A departure taken back is news of its own (the goods were offloaded); other withdrawals take back only."""
        if item.is_withdrawal and _notice(item).step is None:
            super().take(item, before)
        else:
            self.accepted.append(item)

    def follow(self, entry: Entry, ids: Sequence[int], replaced: Sequence[int]) -> None:
        notices.withdraw(self.connection, replaced, self.now)
        rows: list[dict[str, Any]] = []
        parcels: set[bytes] = set()
        bills: set[str] = set()
        for item, document_id in zip(self.accepted, ids, strict=True):
            notice = _notice(item)
            if notice.is_staged:
                continue
            subjects, named = self.subjects[item.parsed.index], self.named[item.parsed.index]
            found = [parcel for parcel, _ in named]
            rows += notices.subject_rows(document_id, str(notice.kind), notice.step, subjects, found, self.now)
            parcels.update(parcel for parcel in found if parcel)
            bills.update(subject.bill_no for subject in subjects if subject.bill_no)
        notice_queries.insert_subjects(self.connection, rows)
        parcels |= notices.spread_whole_bills(self.connection, bills, self.now)
        notices.advance(self.connection, parcels, self.now)
        self._answer_what_needs_nothing(ids)
        examination.look_again(self.connection, parcels)
        self._anchor(entry, ids)

    def _answer_what_needs_nothing(self, ids: Sequence[int]) -> None:
        """Answers reports from which nothing follows, a delivery that was not signed for say."""
        answers = Answers(self.connection, self.now)
        for item, document_id in zip(self.accepted, ids, strict=True):
            notice = _notice(item)
            if notice.step is None and notice.kind not in ANCHOR_KINDS and not notice.is_staged:
                standing = standings.accepted_on(receipt_type_of(notice.type))
                answers.add(document_id, self.participant_no, item.parcel_id, notice.type, standing, "done")
        answers.store()

    def _anchor(self, entry: Entry, ids: Sequence[int]) -> None:
        """Puts what leads to no record of its own on record together, so that its time is known."""
        kind = ANCHOR_KINDS.get(_notice(self.accepted[0]).kind)
        members = [
            (item.root, document_id)
            for item, document_id in zip(self.accepted, ids, strict=True)
            if not _notice(item).is_staged
        ]
        if kind is None or not members:
            return
        root = record_evidence([each for each, _ in members])
        documents.keep_evidence(self.connection, [(root, [document_id for _, document_id in members])])
        enqueue(self.connection, [entry.call("ParcelLedger", calls.anchor(kind, root, len(members)))])


def _notice(item: Prepared) -> Notice:
    assert isinstance(item.document, Notice)  # noqa: S101 - a message carries one or the other
    return item.document


def _lines_of(row: Any) -> list[dict[str, str]]:
    """The lines of a stored list."""
    lines: dict[int, dict[str, str]] = {}
    for path, value in _line_fields(row):
        _, number, name = path.split(".", 2)
        lines.setdefault(int(number), {})[name] = value
    return [lines[number] for number in sorted(lines)]


def _line_fields(row: Any) -> Iterator[tuple[str, str]]:
    return ((path, value) for path, value in fields_of(row) if path.startswith("InventoryList."))


def _was_staged(row: Any) -> bool:
    return any(path.endswith(".appStatus") and value.strip() == "1" for path, value in fields_of(row))

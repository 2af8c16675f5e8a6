"""From what a notice says to the steps of the parcels that it names, whenever those are ready for it.

Notices come in any order: an arrival before its list, a delivery before the release. What a parcel is not ready for
waits, and is looked at again when the chain tells of the parcel. Which step follows is the domain's
(`backend.domain.notices`), whether it may be taken now is the lifecycle table's.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from backend.domain.commitments import parcel_id, record_evidence
from backend.domain.errors import NotHosted
from backend.domain.lifecycle import (
    DECLARABLE_ANEW,
    FLAG_SETS,
    Flag,
    Rule,
    Sets,
    Step,
    divide,
    rule_for,
    travelling,
)
from backend.domain.notices import NoticeKind, Subject
from backend.formats.ceb import standings
from backend.services.answers import Answers, receipt_type_of
from backend.services.outbox import Entry, account_of, enqueue
from backend.services.steps import project, targets_of
from backend.store import documents, notice_queries, readmodel
from backend.store.database import Connection

#: Subjects that a whole bill stands for are numbered from here on, beyond any line of a message.
BEYOND_LINES = 1_000_000


def parcels_named(
    connection: Connection, consortium_key: bytes, subjects: Sequence[Subject]
) -> list[tuple[bytes | None, bool]]:
    """For each subject the parcel that it names, if it is known here, and whether its names contradict each other.

    Names are tried in the order in which `Subject` lists them. The waybill of a return may be that of the way back:
    one that leads nowhere says nothing.
    """
    looked_up: dict[str, Mapping[str, Any]] = {}

    def known(column: str, names: Iterable[str | None]) -> Mapping[str, Any]:
        wanted = {name for name in names if name}
        looked_up[column] = notice_queries.lists_by_number(connection, column, wanted) if wanted else {}
        return looked_up[column]

    by_list = known("list_no", (subject.list_no for subject in subjects))
    by_waybill = known("waybill_key", (_waybill_key(subject) for subject in subjects))
    by_pre = known("pre_no", (subject.pre_no for subject in subjects))
    by_own = known("business_key", (key for subject in subjects for key in _own_keys(subject)))
    orders = {subject.order: parcel_id(consortium_key, *subject.order) for subject in subjects if subject.order}
    by_order = notice_queries.lists_of_parcels(connection, list(orders.values()))
    found: list[tuple[bytes | None, bool]] = []
    for subject in subjects:
        rows = [
            by_order.get(orders[subject.order]) if subject.order else None,
            by_list.get(subject.list_no or ""),
            by_waybill.get(_waybill_key(subject) or ""),
        ]
        named = [bytes(row.parcel_id) for row in rows if row is not None and row.parcel_id]
        if not named:
            weaker = [by_pre.get(subject.pre_no or ""), *(by_own.get(key) for key in _own_keys(subject))]
            named = [bytes(row.parcel_id) for row in weaker if row is not None and row.parcel_id][:1]
        found.append((named[0] if named else None, len(set(named)) > 1))
    return found


def _waybill_key(subject: Subject) -> str | None:
    return "|".join(subject.waybill) if subject.waybill else None


def _own_keys(subject: Subject) -> tuple[str, ...]:
    if subject.declarant_no is None:
        return ()
    return tuple(f"{kind}|{subject.declarant_no[0]}|{subject.declarant_no[1]}" for kind in ("621", "603"))


def subject_rows(
    document_id: int,
    kind: str,
    step: Step | None,
    subjects: Sequence[Subject],
    parcels: Sequence[bytes | None],
    now: int,
) -> list[dict[str, Any]]:
    """The rows of a notice's subjects."""
    return [
        {
            "document_id": document_id,
            "kind": kind,
            "line": subject.line or 0,
            "parcel_id": parcel,
            "waybill_key": _waybill_key(subject),
            "list_no": subject.list_no,
            "bill_no": subject.bill_no,
            "step": None if step is None else int(step),
            # Nothing follows from a master waybill by itself; a cancellation waits for customs.
            "status": "ignored" if step is None and kind != NoticeKind.CancellationRequest else "waiting",
            "updated_at": now,
        }
        for subject, parcel in zip(subjects, parcels, strict=True)
    ]


def spread_whole_bills(connection: Connection, bill_nos: Collection[str], now: int) -> set[bytes]:
    """Gives arrivals of whole bills a subject for each parcel that master waybills list under the bill.

    Either may come first; the parcels that have a new subject are returned.
    """
    whole = notice_queries.whole_bills(connection, bill_nos)
    if not whole:
        return set()
    listed = notice_queries.master_waybills(connection, {row.bill_no for row in whole})
    there = {
        (row.document_id, row.line)
        for row in notice_queries.subjects_of(connection, {row.document_id for row in whole})
    }
    new: list[dict[str, Any]] = []
    for bill in whole:
        for row in listed:
            line = BEYOND_LINES + row.id
            if row.bill_no == bill.bill_no and (bill.document_id, line) not in there:
                columns = {name: getattr(row, name) for name in ("parcel_id", "waybill_key", "list_no", "bill_no")}
                new.append(
                    columns
                    | {"document_id": bill.document_id, "kind": bill.kind, "line": line, "step": bill.step}
                    | {"status": "waiting", "updated_at": now}
                )
    notice_queries.insert_subjects(connection, new)
    return {bytes(row["parcel_id"]) for row in new if row["parcel_id"]}


def withdraw(connection: Connection, document_ids: Collection[int], now: int) -> None:
    """Takes back what these notices said, as far as nothing has followed from it yet."""
    rows = notice_queries.subjects_of(connection, document_ids)
    notice_queries.withdraw(connection, document_ids, now)
    masters = [row for row in rows if row.kind == NoticeKind.MasterWaybill and row.bill_no]
    lines = {BEYOND_LINES + row.id for row in masters}
    notice_queries.withdraw_lines(connection, {row.bill_no for row in masters}, lines, now)


def declared_anew(connection: Connection, parcel_ids: Collection[bytes], now: int) -> None:
    """These parcels have a new list, which starts from nothing: their goods have arrived for it as well.

    What was asked about the list before it, and never decided, has nothing left to be about.
    """
    notice_queries.wait_again(connection, parcel_ids, Step.Arrival, now)
    answers = Answers(connection, now)
    end_requests(connection, answers, parcel_ids, [NoticeKind.CancellationRequest], "清单已重新申报", now)
    answers.store()


def end_requests(
    connection: Connection,
    answers: Answers,
    parcel_ids: Collection[bytes],
    kinds: Iterable[NoticeKind],
    reason: str,
    now: int,
) -> None:
    """Answers that the requests of these parcels that still wait can no longer be granted, and why (in Chinese)."""
    for kind in kinds:
        rows = notice_queries.open_requests(connection, str(kind), parcel_ids)
        ended = [row for row in rows if row.status == "waiting"]
        notice_queries.change(connection, [row.id for row in ended], now, status="refused", reason={"zh": reason})
        for row in ended:
            standing = standings.rejected(reason)
            answers.add(
                row.document_id, row.participant_no, row.parcel_id, row.message_type, standing, "refused", row.id
            )


# ---------------------------------------------------------------------------------------------------
# Steps


def advance(connection: Connection, parcel_ids: Collection[bytes], now: int) -> int:
    """Queues the steps of waiting notices that these parcels are ready for now; how many records that gives.

    Called where notices are stored and where the chain's events are read; both are write transactions, so the later
    of the two sees the other.
    """
    rows = notice_queries.waiting_for(connection, parcel_ids)
    if not rows:
        return 0
    wanted = list(dict.fromkeys(bytes(row.parcel_id) for row in rows))
    places = readmodel.places_of(connection, wanted)
    declared = [parcel for parcel in wanted if parcel in places]
    targets = list(targets_of(connection, declared))
    sets = project(connection, targets)
    place_of = {parcel: (target, position) for target in targets for position, parcel in target.members}
    grouped: dict[tuple[int, int, bytes], list[tuple[Any, int]]] = {}
    for row in rows:
        if (place := place_of.get(bytes(row.parcel_id))) is not None:
            key = (int(row.document_id), int(row.step), place[0].manifest)
            grouped.setdefault(key, []).append((row, place[1]))
    by_manifest = {target.manifest: target for target in targets}
    count = 0
    for (_, step, manifest), members in grouped.items():
        target, notice = by_manifest[manifest], members[0][0]
        rule, _ = rule_for(
            Step(step),
            readmodel.profile_of_row(target.row),
            in_declaring_district=False,
            in_port_district=False,
            is_own_declarant=notice.participant_no == target.row.declarant_no,
        )
        if rule is None:
            # Not for this kind of manifest, or another declarant's: it never will be.
            reason = {"title": "StepNotAllowed", "zh": "该包裹不适用此步骤", "en": "not a step of this parcel"}
            notice_queries.change(connection, [row.id for row, _ in members], now, status="refused", reason=reason)
            continue
        # A parcel under seal leaves with its consignment: until that is written off, the notice waits.
        rule = travelling(Step(step), rule, consigned=False)
        on_chain = readmodel.sets_of_blob(target.row.size, target.row.sets)
        count += _take(connection, (on_chain, sets[manifest]), rule, Step(step), manifest, members, now)
    return count


def _take(
    connection: Connection,
    standing: tuple[Sets, Sets],
    rule: Rule,
    step: Step,
    manifest: bytes,
    members: Sequence[tuple[Any, int]],
    now: int,
) -> int:
    """Queues one record for those of a notice's parcels in one manifest that are ready; 1 or 0.

    `standing`: the manifest's sets as the chain has them, and as they will be with what is under way. A parcel is
    ready by both: what it is ready by is another account's step, which may reach the chain after this one.
    """
    on_chain, sets = standing
    # By both as well: what is so on the chain may be about to change, as a departure that is on its way.
    known = [
        row.id
        for row, position in members
        if all(_is_so_already(each, rule, step, position) for each in (on_chain, sets))
    ]
    if known:
        notice_queries.change(connection, known, now, status="done")
        answer(connection, {members[0][0].document_id: members[0][0]}, now)
    asked = sum({1 << position for row, position in members if row.id not in set(known)})
    eligible = divide(sets, rule, asked).eligible & divide(on_chain, rule, asked).eligible
    notice = members[0][0]
    if not eligible:
        return 0
    try:
        account = account_of(connection, notice.participant_no)
    except NotHosted:
        return 0
    evidence = record_evidence([notice.root])
    documents.keep_evidence(connection, [(evidence, [notice.document_id])])
    entry = Entry(notice.operation_id, account, notice.participant_no, now)
    (row_id,) = enqueue(connection, [entry.record(manifest, step, eligible, evidence)])
    ready = [row.id for row, position in members if eligible >> position & 1 and row.id not in set(known)]
    notice_queries.change(connection, ready, now, status="queued", outbox_row=row_id)
    sets.apply(rule, eligible)
    return 1


def _is_so_already(sets: Sets, rule: Rule, step: Step, position: int) -> bool:
    """Whether a parcel is where the step leads: somebody else has said so before.

    What was said of a declaration that is over holds for the next one anew.
    """
    if DECLARABLE_ANEW >> sets.state_of(position) & 1:
        return False
    if rule.leads_to is not None:
        return bool(sets.words[rule.leads_to] >> position & 1)
    raised = all(sets.words[FLAG_SETS + flag] >> position & 1 for flag in Flag if rule.raises >> flag & 1)
    # An export that is to come back still bears the flag of its first arrival; a parcel that has gone on since its
    # arrival was reported needs no other report of it.
    return raised and (step is Step.Arrival or bool(rule.origins >> sets.state_of(position) & 1))


# ---------------------------------------------------------------------------------------------------
# What became of them


def confirmed(connection: Connection, row_ids: Sequence[int], now: int) -> None:
    """Notes that outbox rows are final on the chain, and answers the notices that are over with them."""
    rows = notice_queries.of_outbox_rows(connection, row_ids)
    queued = [row for row in rows if row.status == "queued"]
    if queued:
        notice_queries.change(connection, [row.id for row in queued], now, status="done")
        answer(connection, {row.document_id: row for row in queued}, now)


def follow_rows(connection: Connection, row_ids: Sequence[int], status: str, now: int) -> None:
    """Has subjects go with their outbox rows: `queued` as these are sent again, `withdrawn` as they are given up."""
    rows = notice_queries.of_outbox_rows(connection, row_ids)
    moved = [row.id for row in rows if row.status in ("queued", "refused")]
    notice_queries.change(connection, moved, now, status=status)


def refused(
    connection: Connection, row_id: int, manifest: bytes, parcels: int, refusal: Mapping[str, Any], now: int
) -> None:
    """Notes that the chain refused a notice's step for some parcels of a manifest, and tells the sender in words."""
    rows = notice_queries.of_outbox_rows(connection, [row_id])
    if not rows:
        return
    places = readmodel.places_of(connection, [bytes(row.parcel_id) for row in rows if row.parcel_id])
    hit = [
        row
        for row in rows
        if any(
            place.manifest == manifest and parcels >> place.position & 1
            for place in places.get(bytes(row.parcel_id or b""), ())
        )
    ]
    if not hit:
        return
    notice_queries.change(connection, [row.id for row in hit], now, status="refused", reason=dict(refusal))
    answers = Answers(connection, now)
    for row in hit:
        standing = standings.rejected(f"{refusal['title']}：{refusal['zh']}")
        parcel = bytes(row.parcel_id)
        answers.add(row.document_id, row.participant_no, parcel, row.message_type, standing, "refused", row.id)
    answers.store()


def answer(connection: Connection, notices: Mapping[int, Any], now: int) -> None:
    """Answers notices of which nothing waits any more; what asks customs for something is answered as it decides."""
    over = _over(connection, notices)
    answers = Answers(connection, now)
    for document_id in over:
        row = notices[document_id]
        if row.message_type in ("625", "213", "623", "605"):
            continue
        kind = receipt_type_of(row.message_type)
        standing = standings.accepted_on(kind)
        answers.add(document_id, row.participant_no, row.notice_parcel, row.message_type, standing, "done")
    answers.store()


def _over(connection: Connection, ids: Iterable[int]) -> list[int]:
    """The notices among these that have subjects done, and none that waits but whole bills' own rows."""
    done: dict[int, bool] = {}
    for row in notice_queries.subjects_of(connection, ids):
        is_whole_bill = row.line == 0 and row.waybill_key is None and row.parcel_id is None
        if row.status in ("waiting", "queued") and row.step is not None and not is_whole_bill:
            done[row.document_id] = False
        elif row.status == "done":
            done.setdefault(row.document_id, True)
    return [document_id for document_id, is_done in done.items() if is_done]

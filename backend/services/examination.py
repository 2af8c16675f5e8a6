"""Customs' automatic account: it compares a declared parcel's documents and decides, with the report as evidence.

A district decides by itself only where its customs switched that on (`automatic` in its settings) and this gateway
holds its account. Everything that agrees is accepted, what disagrees is rejected with every reason, what is
incomplete waits until its deadline. Whatever is doubtful otherwise stays for a person. The chain checks each decision
as it checks a person's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import structlog

from backend.domain.documents import Document
from backend.domain.errors import GuanlianError, QuotaExceeded
from backend.domain.lifecycle import RULES, Sets, State, Step, divide
from backend.domain.matching import MatchingConfig, MatchOutcome, MatchReport
from backend.domain.participants import Role
from backend.domain.tax import dutiable_value
from backend.formats.ceb import standings
from backend.services import assessing, billing, comparing, inspecting, quota, rulebook, screening, stock
from backend.services.decisions import LOOK_AGAIN
from backend.services.gateway import Gateway
from backend.services.quota import QuotaBook
from backend.services.steps import project, queue_step, targets_of
from backend.store import examinations, notice_queries, readmodel, screenings
from backend.store.database import Connection

log = structlog.get_logger("examination")

#: Parcels looked at in one round: as many as are decided in well under a second.
ROUND = 400

#: Seconds between looks at tax bills whose goods can no longer come back: the law counts in days.
COLLECT_EVERY = 3600


def look_again(connection: Connection, parcels: Iterable[bytes]) -> None:
    """Documents or notices of these parcels have come."""
    examinations.look_again(connection, parcels=parcels)


def chain_moved(
    connection: Connection, declared: Sequence[tuple[Any, Sequence[bytes]]], touched: Iterable[bytes]
) -> None:
    """Enlists newly declared manifests of automatic districts, and looks again at those with new records."""
    for manifest, parcels in declared:
        config = rulebook.config_of(connection, manifest.declaring_district)
        if config.automatic:
            examinations.enlist(connection, _rows(manifest, parcels, config))
    moved = list(touched)
    examinations.look_again(connection, manifests=moved)
    screening.chain_moved(connection, declared, moved)


def _rows(manifest: Any, parcels: Sequence[bytes], config: MatchingConfig) -> list[dict[str, Any]]:
    return [
        {
            "parcel_id": parcel,
            "manifest": manifest.manifest,
            "district": manifest.declaring_district,
            "status": "waiting",
            "is_ready": True,
            "due_at": _deadline(manifest, config),
            "updated_at": manifest.declared_at,
        }
        for parcel in parcels
    ]


@dataclass(slots=True)
class _Round:
    """What one look at the parcels of a district leads to."""

    district: int
    customs_no: int
    config: MatchingConfig
    #: The imports' declarations, by parcel.
    declarations: Mapping[bytes, Document]
    accepted: list[tuple[Any, MatchReport]] = field(default_factory=list)
    rejected: list[tuple[Any, MatchReport]] = field(default_factory=list)
    cancelled: list[Any] = field(default_factory=list)
    waiting: list[tuple[Any, MatchReport | None]] = field(default_factory=list)
    over: list[Any] = field(default_factory=list)
    #: By row, until when what is incomplete may wait.
    deadlines: dict[int, int] = field(default_factory=dict)


class Examiner:
    """Decides for the automatic districts of one gateway. One at a time per database."""

    def __init__(self, gateway: Gateway) -> None:
        self.gateway = gateway
        #: District → the settings under which its undecided parcels were enlisted.
        self._enlisted: dict[int, str] = {}
        self._collected_at = 0

    def tick(self) -> int:
        """Looks at one round of parcels; how many were decided. Raises StoreUnavailable.

        What is declared is screened first, so that no parcel is accepted whose goods nobody has looked through.
        """
        while screening.screen_ready(self.gateway):
            pass
        with self.gateway.database.read() as connection:
            offices = examinations.hosted_customs(connection, 1 << Role.Customs)
            configs = {district: rulebook.config_of(connection, district) for district in offices}
        for district, config in configs.items():
            if config.automatic and self._enlisted.get(district) != config.version:
                self._enlist(district, config)
        now = self.gateway.now()
        with self.gateway.database.read() as connection:
            deciding = [district for district, config in configs.items() if config.automatic]
            rows = examinations.ready(connection, deciding, now, ROUND)
            rounds = [
                self._judge(connection, office, offices[office], configs[office], part, now)
                for office, part in _by_district(rows).items()
            ]
        decided = sum(self._decide(each, now) for each in rounds)
        for district in deciding:
            decided += inspecting.order_due(self.gateway, district, offices[district])
        if now - self._collected_at >= COLLECT_EVERY:
            with self.gateway.database.write() as connection:
                billing.collect(connection, now)
            self._collected_at = now
        return decided

    # -----------------------------------------------------------------------------------------------

    def _enlist(self, district: int, config: MatchingConfig) -> None:
        """Enlists what was declared before the district decided by itself, and looks again at what waits."""
        with self.gateway.database.write() as connection:
            examinations.look_at_district(connection, district)
        after = 0
        while True:
            with self.gateway.database.write() as connection:
                found = examinations.undecided_manifests(connection, district, after, 50)
                for manifest in found:
                    declared = readmodel.sets_of_blob(manifest.size, manifest.sets).words[State.Declared]
                    parcels = readmodel.parcels_of(connection, manifest.id)
                    open_ones = [parcel for position, parcel in enumerate(parcels) if declared >> position & 1]
                    examinations.enlist(connection, _rows(manifest, open_ones, config))
            if not found:
                break
            after = found[-1].id
        self._enlisted[district] = config.version

    def _judge(
        self,
        connection: Connection,
        district: int,
        customs_no: int,
        config: MatchingConfig,
        rows: Sequence[Any],
        now: int,
    ) -> _Round:
        """What is to become of each parcel of a district, as everything stands now."""
        parcels = [bytes(row.parcel_id) for row in rows]
        declarations = quota.held_declarations(connection, parcels)
        found = _Round(district, customs_no, config, declarations)
        places = readmodel.places_of(connection, parcels)
        asked = {
            bytes(row.parcel_id) for row in notice_queries.open_requests(connection, "CancellationRequest", parcels)
        }
        targets = list(targets_of(connection, [parcel for parcel in parcels if parcel in places]))
        sets = project(connection, targets)
        on_chain = {target.manifest: readmodel.sets_of_blob(target.row.size, target.row.sets) for target in targets}
        book = QuotaBook(connection, self.gateway.consortium_key, declarations, now)
        unscreened = screenings.unscreened(connection, parcels)
        compared = comparing.compare(
            connection, parcels, used=lambda parcel, _: book.used_by(parcel) if parcel in declarations else None
        )
        for row in rows:
            parcel = bytes(row.parcel_id)
            place = places.get(parcel, [None])[0]
            if place is None or place.manifest != row.manifest or not _is_declared(sets[row.manifest], place.position):
                found.over.append(row)
                continue
            standing = (on_chain[row.manifest], sets[row.manifest])
            if parcel in asked:
                may_now = _may(standing, Step.Cancellation, place) and _is_at_rest(standing, place)
                found.cancelled.append(row) if may_now else found.waiting.append((row, None))
            elif (judged := compared.get(parcel)) is None or parcel in unscreened:
                found.waiting.append((row, judged))
            else:
                self._sort(found, row, judged, standing, place, now)
            found.deadlines[row.id] = _deadline(place, config)
        return found

    @staticmethod
    def _sort(found: _Round, row: Any, report: MatchReport, standing: tuple[Sets, Sets], place: Any, now: int) -> None:
        """`standing`: the manifest's sets as the chain has them, and as they will be with what is under way.

        Both must allow a step, and a rejection waits for what is under way: other accounts' steps, the attestations
        say, may reach the chain after this one, which then refuses whichever comes second.
        """
        if report.is_acceptable and _may(standing, Step.Acceptance, place):
            found.accepted.append((row, report))
        elif report.is_acceptable or (
            report.outcome is MatchOutcome.Incomplete and now < _deadline(place, found.config)
        ):
            # Attestations are on their way, or a document is: the next word of either is awaited.
            found.waiting.append((row, report))
        elif _may(standing, Step.Rejection, place) and _is_at_rest(standing, place):
            found.rejected.append((row, report))
        else:
            found.waiting.append((row, report))

    # -----------------------------------------------------------------------------------------------

    def _decide(self, found: _Round, now: int) -> int:
        """Queues the decisions of a round, each with its report as evidence, in one transaction.

        What was heard of a parcel since it was judged is judged first: it is looked at again.
        """
        with self.gateway.database.write() as connection:
            decided_on = [*found.accepted, *found.rejected, *((row, None) for row in found.cancelled)]
            still = examinations.without_news(connection, [row for row, _ in decided_on])
            found.accepted = [each for each in found.accepted if each[0].id in still]
            found.rejected = [each for each in found.rejected if each[0].id in still]
            found.cancelled = [row for row in found.cancelled if row.id in still]
            accepted = self._reserve(connection, found, now)
            decided = 0
            for step, those in (
                (Step.Acceptance, accepted),
                (Step.Rejection, found.rejected),
                (Step.Cancellation, [(row, None) for row in found.cancelled]),
            ):
                decided += self._queue(connection, found, step, those, now)
            for row, report in found.waiting:
                examinations.looked_at(connection, row, now, **_summary(report), due_at=_later(found, row, now))
            for row in found.over:
                examinations.looked_at(connection, row, now, status="over")
        return decided

    def _reserve(self, connection: Connection, found: _Round, now: int) -> list[tuple[Any, MatchReport]]:
        """Takes each import's value from its buyer's year; who exceeds it now is judged anew in the next round."""
        book = QuotaBook(connection, self.gateway.consortium_key, found.declarations, now)
        kept: list[tuple[Any, MatchReport]] = []
        for row, report in found.accepted:
            parcel = bytes(row.parcel_id)
            try:
                if parcel in found.declarations:
                    book.reserve(parcel, dutiable_value(found.declarations[parcel]), found.config.limits)
            except QuotaExceeded:
                examinations.look_again(connection, parcels=[parcel])
                continue
            kept.append((row, report))
        book.save()
        return kept

    def _queue(
        self,
        connection: Connection,
        found: _Round,
        step: Step,
        decided: Sequence[tuple[Any, MatchReport | None]],
        now: int,
    ) -> int:
        """Queues one decision about these parcels, as far as it may be taken; about how many it was."""
        if not decided:
            return 0
        parcels = [bytes(row.parcel_id) for row, _ in decided]
        reports = {bytes(row.parcel_id): report for row, report in decided if report and step is Step.Acceptance}
        suspected = screenings.suspected_rights(connection, list(reports))
        assessed = assessing.assess_parcels(
            connection, self.gateway, found.district, found.config, reports, now, suspected
        )
        evidence = {
            bytes(row.parcel_id).hex(): {
                "decision": step.name,
                "by": "automatic",
                **_said(step, report),
                **assessing.in_evidence(assessed.get(bytes(row.parcel_id))),
            }
            for row, report in decided
        }
        try:
            queue_step(connection, self.gateway, found.customs_no, step, parcels, evidence_of=evidence)
        except GuanlianError as fault:
            # Judged a moment ago on the same data: only a person's step in between can be the reason.
            if len(decided) > 1:
                # Of one of them, which must not hold up the others.
                return sum(self._queue(connection, found, step, [each], now) for each in decided)
            log.warning("not decided", step=step.name, district=found.district, reason=fault.title)
            ((row, report),) = decided
            if step is Step.Acceptance:
                quota.withdraw(connection, parcels, now)
                stock.withdraw(connection, parcels, now)
            examinations.looked_at(connection, row, now, **_summary(report), due_at=now + LOOK_AGAIN)
            return 0
        inspected: set[bytes] = set()
        if step is Step.Acceptance:
            # First: the order says which right is suspected, and a parcel is opened once.
            inspected = inspecting.order_inspections(connection, self.gateway, found.customs_no, parcels)
        assessing.treat(
            connection, self.gateway, found.district, found.customs_no, list(assessed.values()), now, inspected
        )
        for row, report in decided:
            examinations.looked_at(connection, row, now, status="decided", **_summary(report))
        return len(decided)


def _by_district(rows: Sequence[Any]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = {}
    for row in rows:
        found.setdefault(int(row.district), []).append(row)
    return found


def _deadline(manifest: Any, config: MatchingConfig) -> int:
    """Until when what is incomplete may wait: by the settings in force, whatever they were when it was declared."""
    return int(manifest.declared_at) + config.deadline_hours * 3600


def _later(found: _Round, row: Any, now: int) -> int:
    """When what waits is looked at without news: at its deadline; past it, soon, as it could not be rejected yet."""
    deadline = found.deadlines[row.id]
    return deadline if now < deadline else now + LOOK_AGAIN


def _is_declared(sets: Sets, position: int) -> bool:
    return bool(sets.words[State.Declared] >> position & 1)


def _may(standing: Iterable[Sets], step: Step, place: Any) -> bool:
    """Whether the lifecycle lets customs of the declaring district take the step for a parcel, by each of the sets."""
    profile = readmodel.profile_of_row(place)
    rule = next(rule for rule in RULES[step] if rule.profiles >> profile & 1)
    return all(divide(sets, rule, 1 << place.position).eligible for sets in standing)


def _is_at_rest(standing: tuple[Sets, Sets], place: Any) -> bool:
    """Whether nothing that is under way changes the parcel."""
    on_chain, to_come = standing
    return on_chain.flags_of(place.position) == to_come.flags_of(place.position)


def _said(step: Step, report: MatchReport | None) -> Mapping[str, Any]:
    """The report as evidence; with a rejection, the text that its receipts give as the reason."""
    if report is None:
        return {}
    said = comparing.evidence_of(report)
    if step is Step.Rejection:
        said["receipt"] = standings.cut(",".join(failure.receipt_text for failure in report.failures))
    return said


def _summary(report: MatchReport | None) -> dict[str, Any]:
    """What is kept of a report for lists; the whole of it is evidence."""
    if report is None:
        return {}
    rules = dict.fromkeys(failure.rule for failure in (*report.failures, *report.holds, *report.warnings))
    return {
        "outcome": report.outcome.value,
        "rules": " ".join(rules)[:400],
        "config_version": report.config_version,
    }

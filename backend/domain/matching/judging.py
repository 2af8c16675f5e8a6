"""Judging one parcel by the rows of its direction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import localcontext

from backend.domain.documents import Document, DocumentKind
from backend.domain.lifecycle import Direction
from backend.domain.matching.checks import Case, Lacking, Rule
from backend.domain.matching.export_rules import EXPORT_RULES
from backend.domain.matching.import_rules import IMPORT_RULES
from backend.domain.matching.model import (
    EXACT,
    Comparison,
    Context,
    MatchingConfig,
    MatchOutcome,
    MatchReport,
    RuleFailure,
    RuleLevel,
    Unjudged,
)

#: Every row, imports first, in the order in which reports list them.
RULES: tuple[Rule, ...] = IMPORT_RULES + EXPORT_RULES

#: As the rows say, and no fact but the documents.
USUAL = MatchingConfig()
NOTHING_KNOWN = Context()


def match(
    declaration: Document,
    order: Document | None,
    payment: Document | None,
    waybill: Document | None,
    config: MatchingConfig = USUAL,
    context: Context = NOTHING_KNOWN,
) -> MatchReport:
    """Whether the documents of a parcel agree: every failed rule, not only the first.

    What is absent is compared with nothing: a missing document is a failure of level wait, and each rule that
    lacked a document or a fact is listed as not judged. An export's receipt of money (403) is needed under the
    modes of the configuration only; one that is there is compared.
    """
    present = (declaration, order, payment, waybill)
    documents = dict(zip(_KINDS, present, strict=True))
    case = Case({kind: each for kind, each in documents.items() if each is not None}, context, config)
    is_import = declaration.direction is Direction.Import
    with localcontext() as exactly:
        exactly.prec = _DIGITS
        return _report(case, IMPORT_RULES if is_import else EXPORT_RULES)


#: Sums and products of the longest numbers that are read at all (64 characters) are exact.
_DIGITS = 200

_KINDS = (DocumentKind.Declaration, DocumentKind.Order, DocumentKind.Payment, DocumentKind.Waybill)


def _report(case: Case, rules: Iterable[Rule]) -> MatchReport:
    failures: list[RuleFailure] = []
    warnings: list[RuleFailure] = []
    lacks: dict[str, list[str]] = {}
    switched_off: list[str] = []
    for rule in rules:
        if not rule.applies(case):
            continue
        if not case.config.of(rule.id).enabled:
            if rule.id not in switched_off:
                switched_off.append(rule.id)
            continue
        found, missing = _judge(rule, case)
        noted = lacks.setdefault(rule.id, [])
        noted += [name for name in missing if name not in noted]
        if found:
            level = case.config.of(rule.id).level or rule.level
            is_warning = level is RuleLevel.Warn
            weight = rule.risk_weight if is_warning else 0
            failure = RuleFailure(rule.id, level, found, rule.inner_code, rule.zh, rule.en, rule.basis, weight)
            (warnings if is_warning else failures).append(failure)
    outcome = _outcome(failures)
    return MatchReport(
        outcome,
        tuple(failures),
        case.config.version,
        tuple(warnings),
        tuple(Unjudged(rule, tuple(names)) for rule, names in lacks.items() if names),
        tuple(switched_off),
        case.route if any(failure.level is RuleLevel.Route for failure in failures) else None,
    )


def _judge(rule: Rule, case: Case) -> tuple[tuple[Comparison, ...], list[str]]:
    """What differs, and the names of what was lacking."""
    tolerance = case.config.of(rule.id).tolerance
    if rule.tolerance is None:
        tolerance = EXACT
    elif tolerance is None:
        tolerance = rule.tolerance
    found = list(rule.check(case, tolerance))
    differences = tuple(each for each in found if isinstance(each, Comparison))
    return differences, [each.name for each in found if isinstance(each, Lacking)]


def _outcome(failures: Sequence[RuleFailure]) -> MatchOutcome:
    """A difference outweighs what is missing, and that a broken limit: what comes may still disagree."""
    levels = {failure.level for failure in failures}
    if RuleLevel.Reject in levels:
        return MatchOutcome.Mismatch
    if RuleLevel.Wait in levels:
        return MatchOutcome.Incomplete
    return MatchOutcome.Routed if RuleLevel.Route in levels else MatchOutcome.Matched

"""Judging one parcel by the rows of its direction."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from decimal import localcontext

from backend.domain.documents import Document, DocumentKind
from backend.domain.lifecycle import Direction
from backend.domain.matching.checks import Case, Lacking, Rule
from backend.domain.matching.export_rules import EXPORT_RULES
from backend.domain.matching.import_rules import IMPORT_RULES
from backend.domain.matching.model import (
    EXACT,
    Context,
    MatchingConfig,
    MatchOutcome,
    RuleLevel,
)
from backend.domain.matching.report import Comparison, MatchReport, RuleFailure, Unjudged

#: Every row, imports first, in the order in which reports list them.
RULES: tuple[Rule, ...] = IMPORT_RULES + EXPORT_RULES

#: As the rows say, and no fact but the documents.
USUAL = MatchingConfig()
NOTHING_KNOWN = Context()


def match(
    declaration: Document | None,
    order: Document | None,
    payment: Document | None,
    waybill: Document | None,
    config: MatchingConfig = USUAL,
    context: Context = NOTHING_KNOWN,
) -> MatchReport:
    """Whether the documents of a parcel agree: every failed rule, not only the first.

    What is absent is compared with nothing: a missing document is a failure of level wait, and each rule that
    lacked a document or a fact is listed as not judged. An export's receipt of money (403) is needed under the
    modes of the configuration only; one that is there is compared. Before the declaration is there, rules that
    read it are not judged and the outcome is Incomplete at best. ValueError without any document.
    """
    present = (declaration, order, payment, waybill)
    documents = {kind: each for kind, each in zip(_KINDS, present, strict=True) if each is not None}
    if not documents:
        raise ValueError("at least one document is compared")
    case = Case(documents, context, config)
    is_import = next(iter(documents.values())).direction is Direction.Import
    with localcontext() as exactly:
        exactly.prec = _DIGITS
        return _report(case, IMPORT_RULES if is_import else EXPORT_RULES)


#: Sums and products of the longest numbers that are read at all (64 characters) are exact.
_DIGITS = 200

_KINDS = (DocumentKind.Declaration, DocumentKind.Order, DocumentKind.Payment, DocumentKind.Waybill)


#: What keeps a declaration from being taken in as it is.
_STOPPING = frozenset({RuleLevel.Reject, RuleLevel.Wait, RuleLevel.Route})


def _report(case: Case, rules: Iterable[Rule]) -> MatchReport:
    has_declaration = DocumentKind.Declaration in case.documents
    failures: list[RuleFailure] = []
    lacks: dict[str, list[str]] = {}
    switched_off: list[str] = []
    for rule in rules:
        may_judge = has_declaration or not rule.needs_declaration
        if may_judge and not rule.applies(case):
            continue
        if not case.config.of(rule.id).enabled:
            if rule.id not in switched_off:
                switched_off.append(rule.id)
            continue
        differences, missing = _judge(rule, case) if may_judge else ((), ["declaration"])
        noted = lacks.setdefault(rule.id, [])
        noted += [name for name in missing if name not in noted]
        if differences:
            failures.append(_failure(rule, case.config.of(rule.id).level or rule.level, differences))
    of_level = {level: tuple(each for each in failures if each.level is level) for level in RuleLevel}
    return MatchReport(
        _outcome({failure.level for failure in failures}, has_declaration=has_declaration),
        tuple(each for each in failures if each.level in _STOPPING),
        case.config.version,
        of_level[RuleLevel.Hold],
        of_level[RuleLevel.Warn],
        tuple(Unjudged(rule, tuple(names)) for rule, names in lacks.items() if names),
        tuple(switched_off),
        case.route if of_level[RuleLevel.Route] else None,
        case.context.rates_version,
        case.context.tax_due,
    )


def _failure(rule: Rule, level: RuleLevel, differences: tuple[Comparison, ...]) -> RuleFailure:
    weight = rule.risk_weight if level is RuleLevel.Warn else 0
    return RuleFailure(rule.id, level, differences, rule.inner_code, rule.zh, rule.en, rule.basis, weight)


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


def _outcome(levels: Collection[RuleLevel], *, has_declaration: bool) -> MatchOutcome:
    """A difference outweighs what is missing, and that a broken limit: what comes may still disagree."""
    if RuleLevel.Reject in levels:
        return MatchOutcome.Mismatch
    if RuleLevel.Wait in levels or not has_declaration:
        return MatchOutcome.Incomplete
    return MatchOutcome.Routed if RuleLevel.Route in levels else MatchOutcome.Matched

"""How well screening does on a labelled corpus: what it finds, what it misses, what it raises for nothing."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from time import perf_counter

from backend.domain.licences import Finding, judge
from backend.domain.marks import Disguise
from backend.screening.corpus import AT, Case, Corpus, Kind, NearMiss
from backend.screening.disguising import Beyond, Mixed
from backend.screening.index import MarkIndex

_EXAMPLES = 5


@dataclass(frozen=True)
class Score:
    """The counts of one run, and some examples of each kind of mistake."""

    marks: int
    lines: int
    #: Lines of each kind, and those of them that were judged rightly.
    total: Counter[Kind]
    right: Counter[Kind]
    #: Lines that were suspected, those of disguises beyond recognition left out.
    suspected: int
    rightly_suspected: int
    missed: dict[Kind, list[str]]
    raised: dict[Kind, list[str]]
    build_seconds: float
    screen_seconds: float

    @property
    def precision(self) -> float:
        """The share of suspected lines in which the mark was there and without licence."""
        return self.rightly_suspected / self.suspected if self.suspected else 1.0

    @property
    def recall(self) -> float:
        """The share found of all lines with a disguise that screening is meant for."""
        meant = [kind for kind in self.total if isinstance(kind, Disguise | Mixed)]
        return sum(self.right[kind] for kind in meant) / max(1, sum(self.total[kind] for kind in meant))

    @property
    def lines_per_second(self) -> float:
        return self.lines / self.screen_seconds

    def share(self, kind: Kind) -> float:
        """The share of a kind's lines that were judged rightly: its recall, or of a near-miss its quiet."""
        return self.right[kind] / self.total[kind] if self.total[kind] else 1.0


def score(corpus: Corpus) -> Score:
    """The corpus screened line by line and judged, as a declaration is."""
    began = perf_counter()
    index = MarkIndex.of(corpus.marks)
    # The first line fills the tables of characters.
    index.screen([corpus.cases[0].line])
    built = perf_counter()
    hits = [index.screen([case.line]) for case in corpus.cases]
    screened = perf_counter()

    licences = defaultdict(list)
    for licence in corpus.licences:
        licences[licence.seller_no].append(licence)
    total: Counter[Kind] = Counter()
    right: Counter[Kind] = Counter()
    missed: dict[Kind, list[str]] = defaultdict(list)
    raised: dict[Kind, list[str]] = defaultdict(list)
    suspected = rightly = 0
    for case, found in zip(corpus.cases, hits, strict=True):
        judged = judge(found, licences[case.seller_no], case.seller_no, AT)
        marks = {each.hit.mark: each for each in judged if each.finding is Finding.Suspected}
        is_right = case.mark in marks if case.mark is not None else not marks
        total[case.kind] += 1
        right[case.kind] += is_right
        if marks and not isinstance(case.kind, Beyond):
            suspected += 1
            rightly += case.mark in marks
        if not is_right and case.mark is not None:
            _note(missed[case.kind], f"{'/'.join(case.mark.forms)} [{_text(case)}]")
        elif not is_right:
            _note(raised[case.kind], f"{next(iter(marks.values())).en} [{_text(case)}]")
    return Score(
        len(corpus.marks), len(corpus.cases), total, right, suspected, rightly,
        dict(missed), dict(raised), built - began, screened - built,
    )  # fmt: skip


def report(found: Score) -> str:
    """The score as a text: figures first, then what was missed and what was raised for nothing."""
    quiet = sum(found.total[kind] - found.right[kind] for kind in NearMiss)
    clean = sum(found.total[kind] for kind in NearMiss)
    parts = [
        f"{found.marks} marks, index built in {found.build_seconds:.2f} s; {found.lines} lines at "
        f"{found.lines_per_second:.0f} a second ({1e6 / found.lines_per_second:.0f} µs a line)",
        f"precision {found.precision:.4f}, recall {found.recall:.4f}; "
        f"{quiet} of {clean} lines that must not hit were suspected ({1000 * quiet / max(1, clean):.2f} per 1000)",
        _table("Disguise found", found, [*Disguise, *Mixed]),
        _table("Near-miss left alone", found, list(NearMiss)),
        _table("Beyond what is recognised (found by chance)", found, list(Beyond)),
        _examples("Missed", found.missed),
        _examples("Raised for nothing", found.raised),
    ]
    return "\n\n".join(part for part in parts if part)


def _table(title: str, found: Score, kinds: Sequence[Kind]) -> str:
    rows = [
        f"  {kind.value:30}{found.right[kind]:6} of {found.total[kind]:6}  {found.share(kind):7.2%}" for kind in kinds
    ]
    return "\n".join([title, *rows])


def _examples(title: str, examples: dict[Kind, list[str]]) -> str:
    rows = [f"  {kind.value}: {text}" for kind in examples for text in examples[kind]]
    return "\n".join([title, *rows]) if rows else ""


def _note(examples: list[str], text: str) -> None:
    if len(examples) < _EXAMPLES:
        examples.append(text)


def _text(case: Case) -> str:
    return " ; ".join((case.line.gname, case.line.item_name, case.line.gmodel, case.line.gcode))

"""The pages' words: complete in both languages, and in the language that the reader asked for."""

from __future__ import annotations

import re
import string
from dataclasses import fields
from enum import Enum
from pathlib import Path

import pytest

from backend.domain.case_standing import Act, Party
from backend.domain.documents import DocumentKind
from backend.domain.events import Level, Refusal
from backend.domain.lifecycle import SUPERVISION_MODES, Direction, Flag, State, Step
from backend.domain.listing_standing import ListingAct
from backend.domain.matching import Basis, Context, MatchOutcome, RuleLevel
from backend.domain.notices import NoticeKind
from backend.domain.participants import CreditGrade, Role
from backend.domain.process import MisfitKind, RedundancyKind
from backend.domain.quota import Route
from backend.domain.rights import CaseState, Disposal, Outcome, RightKind
from backend.domain.rights import Route as CaseRoute
from backend.domain.tax import ConsumptionFormula, TaxTreatment
from backend.domain.verdict import Caution, Finding, Tone
from backend.formats.ceb.fields import RECEIPTS
from backend.services.freshness import Reach
from backend.store import case_folding
from backend.store.notice_queries import OVER
from backend.store.tax_bills import BillStatus
from backend.web.texts import PARTS, TABLES, Language, language_of

TEMPLATES = Path(__file__).parent.parent.parent / "backend" / "web" / "templates"

NAMED: list[tuple[str, type[Enum]]] = [
    ("step.", Step),
    ("state.", State),
    ("flag.", Flag),
    ("role.", Role),
    ("level.", Level),
    ("credit.", CreditGrade),
    ("facts.", Direction),
    ("caution.", Caution),
]


FOREIGN_OR_INLINE = re.compile(r"<script(?![^>]*\bsrc=)|<style|\bstyle=|\son[a-z]+=|https?://|\|\s*safe")


#: Only tells which rates were used.
NEVER_LACKING = {"rates_version"}


def placeholders(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


def test_every_key_stands_in_both_languages_with_the_same_values() -> None:
    for zh, en in PARTS:
        assert zh.keys() == en.keys()
    assert sum(len(en) for _, en in PARTS) == len(TABLES[Language.English])
    for key, sentence in TABLES[Language.English].items():
        other = TABLES[Language.Chinese][key]
        assert sentence.strip()
        assert other.strip()
        assert placeholders(sentence) == placeholders(other), key


@pytest.mark.parametrize(("prefix", "kind"), NAMED)
def test_every_word_of_the_domain_has_a_text(prefix: str, kind: type[Enum]) -> None:
    for member in kind:
        assert prefix + member.name in TABLES[Language.English]


def test_every_verdict_tone_and_reason_not_to_give_one_has_a_text() -> None:
    keys = TABLES[Language.Chinese].keys()

    assert {f"verdict.{finding}" for finding in Finding} <= keys
    assert {f"verdict.{finding}.more" for finding in Finding} <= keys
    assert {f"tone.{tone}" for tone in Tone} <= keys
    assert {f"unavailable.{reach}" for reach in Reach if reach is not Reach.Current} <= keys
    assert {f"match.{outcome}" for outcome in MatchOutcome} <= keys
    assert {f"refusal.{refusal.name}" for refusal in Refusal if refusal is not Refusal.Zero} <= keys
    assert {f"route.{route}" for route in Route} <= keys
    assert {f"mode.{mode}" for modes in SUPERVISION_MODES.values() for mode in modes} <= keys


def test_every_word_of_the_conversation_with_customs_has_a_text() -> None:
    keys = TABLES[Language.Chinese].keys()

    assert {f"document.{kind}" for kind in (*DocumentKind, *NoticeKind)} <= keys
    assert {f"receipt.{kind}" for kind in RECEIPTS} <= keys
    assert {f"payments.outcome.{outcome}" for outcome in MatchOutcome if outcome is not MatchOutcome.Routed} <= keys
    assert {f"tax.status.{int(status)}" for status in BillStatus} <= keys
    assert {f"tax.treatment.{treatment}" for treatment in TaxTreatment} <= keys
    assert {f"subject.{status}" for status in ("waiting", "queued", *OVER)} <= keys


def test_every_word_of_the_rules_has_a_text() -> None:
    keys = TABLES[Language.Chinese].keys()

    assert {f"rules.level.{level}" for level in RuleLevel} <= keys
    assert {f"rules.basis.{basis}" for basis in Basis} <= keys
    assert {f"rules.formula.{formula}" for formula in ConsumptionFormula} <= keys
    assert {f"lack.{field.name}" for field in fields(Context) if field.name not in NEVER_LACKING} <= keys
    assert {f"lack.{kind.value.lower()}" for kind in DocumentKind} <= keys


def test_every_word_of_cases_and_listings_has_a_text() -> None:
    keys = TABLES[Language.Chinese].keys()

    assert {f"stage.{state.name}" for state in CaseState} <= keys
    assert {f"outcome.{outcome.name}" for outcome in Outcome if outcome is not Outcome.Zero} <= keys
    assert {f"route.{route.name}" for route in CaseRoute} <= keys
    assert {f"kindofright.{kind.name}" for kind in RightKind} <= keys
    assert {f"disposal.{disposal.name}" for disposal in Disposal} <= keys
    assert {f"party.{party}" for party in Party} <= keys
    assert {f"act.{act}" for act in Act} | {f"kind.{act}" for act in Act} <= keys
    assert {f"fact.{name}" for name in case_folding.APPLY} <= keys
    told = (ListingAct.MakeStatement, ListingAct.AppealListing, ListingAct.AskRepair)
    assert {f"held.note.{act}" for act in told} | {f"listact.{act}" for act in told} <= keys


def test_every_word_of_the_process_has_a_text() -> None:
    keys = TABLES[Language.Chinese].keys()

    assert {f"process.misfit.{kind}" for kind in MisfitKind} <= keys
    assert {f"process.repeat.{kind}" for kind in RedundancyKind} <= keys


def test_every_key_that_a_template_names_exists() -> None:
    pages = list(TEMPLATES.rglob("*.html"))
    named = {key for page in pages for key in re.findall(r"\bt\('([a-zA-Z.-]+)'[,)]", page.read_text("utf-8"))}

    assert len(named) > 100
    assert named <= TABLES[Language.English].keys()


def test_no_template_holds_words_of_its_own_script_style_or_a_foreign_address() -> None:
    for page in TEMPLATES.rglob("*.html"):
        source = page.read_text("utf-8")
        assert not re.search(r"[\u4e00-\u9fff]", source), page.name
        assert not FOREIGN_OR_INLINE.search(source), page.name


@pytest.mark.parametrize(
    ("asked", "cookie", "header", "language"),
    [
        (None, None, "zh-CN,zh;q=0.9,en;q=0.8", Language.Chinese),
        (None, None, "en-GB,en;q=0.9,zh;q=0.8", Language.English),
        (None, None, "fr-FR,zh-Hant;q=0.4,en;q=0.5", Language.English),
        (None, None, "zh;q=0.1,en;q=0", Language.Chinese),
        (None, None, "fr, de;q=0.9", Language.English),
        (None, None, "*", Language.Chinese),
        (None, None, None, Language.Chinese),
        (None, None, "en;q=nonsense, zh;q=0.2", Language.Chinese),
        (None, "en", "zh", Language.English),
        ("zh", "en", "en", Language.Chinese),
        ("xx", "yy", "en", Language.English),
    ],
)
def test_the_page_asked_for_comes_before_the_readers_choice_and_that_before_the_browser(
    asked: str | None, cookie: str | None, header: str | None, language: Language
) -> None:
    assert language_of(asked, cookie, header) is language

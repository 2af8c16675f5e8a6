"""The languages of the pages, and which one a reader wants."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from backend.web.texts.en import EN
from backend.web.texts.en_answers import EN_ANSWERS
from backend.web.texts.en_books import EN_BOOKS
from backend.web.texts.en_cases import EN_CASES
from backend.web.texts.en_consignments import EN_CONSIGNMENTS
from backend.web.texts.en_console import EN_CONSOLE
from backend.web.texts.en_conversation import EN_CONVERSATION
from backend.web.texts.en_instructions import EN_INSTRUCTIONS
from backend.web.texts.en_notices import EN_NOTICES
from backend.web.texts.en_payments import EN_PAYMENTS
from backend.web.texts.en_process import EN_PROCESS
from backend.web.texts.en_returns import EN_RETURNS
from backend.web.texts.en_rights import EN_RIGHTS
from backend.web.texts.en_risk import EN_RISK
from backend.web.texts.en_rules import EN_RULES
from backend.web.texts.en_scans import EN_SCANS
from backend.web.texts.en_statistics import EN_STATISTICS
from backend.web.texts.en_summaries import EN_SUMMARIES
from backend.web.texts.en_verify import EN_VERIFY
from backend.web.texts.zh import ZH
from backend.web.texts.zh_answers import ZH_ANSWERS
from backend.web.texts.zh_books import ZH_BOOKS
from backend.web.texts.zh_cases import ZH_CASES
from backend.web.texts.zh_consignments import ZH_CONSIGNMENTS
from backend.web.texts.zh_console import ZH_CONSOLE
from backend.web.texts.zh_conversation import ZH_CONVERSATION
from backend.web.texts.zh_instructions import ZH_INSTRUCTIONS
from backend.web.texts.zh_notices import ZH_NOTICES
from backend.web.texts.zh_payments import ZH_PAYMENTS
from backend.web.texts.zh_process import ZH_PROCESS
from backend.web.texts.zh_returns import ZH_RETURNS
from backend.web.texts.zh_rights import ZH_RIGHTS
from backend.web.texts.zh_risk import ZH_RISK
from backend.web.texts.zh_rules import ZH_RULES
from backend.web.texts.zh_scans import ZH_SCANS
from backend.web.texts.zh_statistics import ZH_STATISTICS
from backend.web.texts.zh_summaries import ZH_SUMMARIES
from backend.web.texts.zh_verify import ZH_VERIFY


class Language(StrEnum):
    Chinese = "zh"
    English = "en"

    @property
    def tag(self) -> str:
        """The page's `lang` attribute."""
        return "zh-Hans" if self is Language.Chinese else "en"

    @property
    def other(self) -> Language:
        return Language.English if self is Language.Chinese else Language.Chinese


#: Each part of the texts in Chinese and in English.
PARTS: tuple[tuple[Mapping[str, str], Mapping[str, str]], ...] = (
    (ZH, EN),
    (ZH_CONSOLE, EN_CONSOLE),
    (ZH_CONVERSATION, EN_CONVERSATION),
    (ZH_ANSWERS, EN_ANSWERS),
    (ZH_PAYMENTS, EN_PAYMENTS),
    (ZH_RULES, EN_RULES),
    (ZH_RIGHTS, EN_RIGHTS),
    (ZH_RISK, EN_RISK),
    (ZH_CASES, EN_CASES),
    (ZH_NOTICES, EN_NOTICES),
    (ZH_INSTRUCTIONS, EN_INSTRUCTIONS),
    (ZH_CONSIGNMENTS, EN_CONSIGNMENTS),
    (ZH_SUMMARIES, EN_SUMMARIES),
    (ZH_RETURNS, EN_RETURNS),
    (ZH_BOOKS, EN_BOOKS),
    (ZH_SCANS, EN_SCANS),
    (ZH_PROCESS, EN_PROCESS),
    (ZH_VERIFY, EN_VERIFY),
    (ZH_STATISTICS, EN_STATISTICS),
)

TABLES: Mapping[Language, Mapping[str, str]] = {
    Language.Chinese: {key: sentence for zh, _ in PARTS for key, sentence in zh.items()},
    Language.English: {key: sentence for _, en in PARTS for key, sentence in en.items()},
}


def text(language: Language, key: str, **values: Any) -> str:
    """The sentence under a key, filled with values. Raises KeyError for a key that no table has."""
    sentence = TABLES[language][key]
    return sentence.format(**values) if values else sentence


def word(language: Language, key: str, otherwise: str) -> str:
    """The text under a key that is put together from data; `otherwise` where the tables lack it."""
    return TABLES[language].get(key, otherwise)


def language_of(asked: str | None, cookie: str | None, accept_language: str | None) -> Language:
    """The reader's language: asked for on this page, chosen before, or the browser's; Chinese by default.

    Reads `Accept-Language` as RFC 9110 §12.5.4: highest quality first, in order where equal; `zh` with any
    region or script counts as Chinese.
    """
    for wish in (asked, cookie):
        if wish in tuple(Language):
            return Language(wish)
    ranked = sorted(_ranges(accept_language or ""), key=lambda entry: -entry[1])
    for tag, quality in ranked:
        primary = tag.partition("-")[0].lower()
        if quality > 0 and primary in tuple(Language):
            return Language(primary)
    # A reader of neither language is better served by English than by Chinese.
    return Language.English if any(tag not in {"", "*"} for tag, _ in ranked) else Language.Chinese


def _ranges(header: str) -> list[tuple[str, float]]:
    found: list[tuple[str, float]] = []
    for part in header[:400].split(","):
        tag, _, parameters = part.partition(";")
        name, _, value = parameters.strip().partition("=")
        try:
            quality = float(value) if name.strip() == "q" else 1.0
        except ValueError:
            quality = 0.0
        if tag.strip():
            found.append((tag.strip(), quality))
    return found

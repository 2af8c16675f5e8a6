"""The words and the script with which a page lets the reader's own browser check a certificate."""

from __future__ import annotations

import json
from dataclasses import dataclass

from backend.domain.lifecycle import Flag, State, Step
from backend.web.rendering import STATIC
from backend.web.texts import Language, text

#: The check that runs in the browser, made out of `verifier/` when the gateway is set up.
SCRIPT = "verify.js"

_STANDINGS = ("clear", "watched", "inspected", "suspended", "barred", "unregistered")


@dataclass(frozen=True, slots=True)
class VerifierWords:
    """What the script says, as JSON; `script` is empty where it was not made, and the page does without."""

    words: str
    script: str


def verifier_words(language: Language) -> VerifierWords:
    """The script's words in a language."""

    def group(prefix: str, *names: str) -> dict[str, str]:
        return {name: text(language, f"{prefix}.{name}") for name in names}

    words = {
        "questions": group("verify.question", "unchanged", "final", "says"),
        "statuses": group("verify.status", "valid", "invalid", "cannot_tell"),
        "labels": group("verify.label", "state", "flags", "seller", "right", "participant", "history", "revealed"),
        "standings": group("verify.standing", *_STANDINGS),
        "rights": group("verify.right", "usable", "unusable", "over"),
        "relations": group("verify.relation", "earlier", "later"),
        "states": group("state", *(state.name for state in State)),
        "flags": group("flag", *(flag.name for flag in Flag)),
        "steps": group("step", *(step.name for step in Step)),
        "fields": {
            "country.Import": text(language, "facts.country"),
            "country.Export": text(language, "facts.destination"),
            "gcode.heading": text(language, "facts.heading"),
            "gmodel.brand": text(language, "facts.brand"),
        },
        **group(
            "verify",
            "by_this_browser",
            "list_unreadable",
            "file_unreadable",
            "gateways_list",
            "contradiction",
            "not_now",
            "comma",
        ),
    }
    return VerifierWords(json.dumps(words, ensure_ascii=False), SCRIPT if (STATIC / SCRIPT).is_file() else "")

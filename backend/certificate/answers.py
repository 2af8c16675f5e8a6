"""The three answers about a certificate, each with a status, a code and a sentence in Chinese and English."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from backend.certificate.wording import sentences


class Status(StrEnum):
    Valid = "valid"
    Invalid = "invalid"
    #: Neither shown nor refuted.
    CannotTell = "cannot_tell"


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer. `words` fill its sentence; `facts` are what it states besides."""

    question: str
    status: Status
    code: str
    words: dict[str, Any] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def is_valid(self) -> bool:
        return self.status is Status.Valid

    def as_json(self) -> dict[str, Any]:
        zh, en = sentences(self.question, self.code, self.words)
        return {"status": str(self.status), "code": self.code, "zh": zh, "en": en, **self.facts}


@dataclass(frozen=True, slots=True)
class Answers:
    """What a verifier says of a file. Nothing in it is valid unless it was checked."""

    unchanged: Answer
    final: Answer
    says: Answer

    @property
    def all(self) -> tuple[Answer, Answer, Answer]:
        return self.unchanged, self.final, self.says

    @property
    def status(self) -> Status:
        """Invalid where any answer is, valid where all are."""
        found = {answer.status for answer in self.all}
        if Status.Invalid in found:
            return Status.Invalid
        return Status.CannotTell if Status.CannotTell in found else Status.Valid

    def as_json(self) -> dict[str, Any]:
        return {answer.question: answer.as_json() for answer in self.all}

"""Every refusal of a contract reads alike in Solidity and in Python, in Chinese and in English."""

from __future__ import annotations

import re
from typing import Any

import pytest

from backend.chain.interfaces import Entry, every
from backend.domain.errors import error_named
from backend.domain.events import Refusal

ERRORS = {f"{entry.contract}.{entry.name}": entry for entry in every("error")}


@pytest.mark.parametrize("name", ERRORS)
def test_every_solidity_error_has_a_python_class_with_two_whole_sentences(name: str) -> None:
    entry = ERRORS[name]
    cls = error_named(entry.name)
    assert cls is not None
    error = cls(**_details(entry))
    assert error.title == entry.name
    for sentence in (error.message_zh, error.message_en):
        assert sentence
        assert "?" not in sentence, "a placeholder that the Solidity error does not fill"
    assert re.search(r"[\u4e00-\u9fff]", error.message_zh)
    assert 400 <= cls.status < 500


def test_role_missing_is_one_error_with_an_index_in_the_ledger_alone() -> None:
    arguments = {e.contract: [p.field for p in e.inputs] for e in ERRORS.values() if e.name == "RoleMissing"}
    assert arguments == {
        "ParticipantRegistry": ["participant_no", "role"],
        "Blacklist": ["participant_no", "role"],
        "ParcelLedger": ["index", "participant_no", "role"],
        "RightsRegistry": ["participant_no", "role"],
        "InfringementCases": ["participant_no", "role"],
        "SelectionDraw": ["participant_no", "role"],
        "Consignments": ["participant_no", "role"],
    }


def test_every_cause_of_a_try_call_is_an_error_of_the_atomic_one() -> None:
    for refusal in Refusal:
        if refusal is not Refusal.Zero:
            assert f"ParcelLedger.{refusal.name}" in ERRORS


def test_no_error_goes_without_the_values_a_person_needs() -> None:
    bare = {entry.name for entry in ERRORS.values() if not entry.inputs}
    assert bare == {"LegalIdentityMissing", "GroundsMissing", "CommitmentMissing"}, "these name a field that is empty"


def _details(entry: Entry) -> dict[str, Any]:
    return {parameter.field: 1 for parameter in entry.inputs}

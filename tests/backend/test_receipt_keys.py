"""A receipt leads back to the document that it answers."""

from __future__ import annotations

import pytest

from backend.domain.documents import MESSAGES, document_of
from backend.domain.notices import notice_of
from backend.domain.receipt_keys import answered_keys
from backend.formats.ceb.fields import LAYOUTS, RECEIPTS_FOR


def filled(message_type: str) -> dict[str, str]:
    """A head in which every field has a value of its own."""
    return {field.name: f"V{place}" for place, field in enumerate(LAYOUTS[message_type].head)}


def key_of(message_type: str, head: dict[str, str]) -> str:
    made = document_of(message_type, head) if message_type in MESSAGES else notice_of(message_type, head)
    return made.business_key


def repeated(message_type: str, head: dict[str, str]) -> dict[str, str]:
    """What the receipt on this message has of a head."""
    return {field.name: head[field.name] for field in RECEIPTS_FOR[message_type].head if field.name in head}


@pytest.mark.parametrize("message_type", LAYOUTS)
def test_what_a_receipt_repeats_leads_to_its_document(message_type: str) -> None:
    head = filled(message_type)
    assert key_of(message_type, head) in list(answered_keys(message_type, repeated(message_type, head)))


@pytest.mark.parametrize(
    ("message_type", "sender"), [("621", "agentCode"), ("623", "agentCode"), ("711", "operatorCode")]
)
def test_where_a_receipt_leaves_out_the_sender_the_readers_own_codes_stand_in(message_type: str, sender: str) -> None:
    head = filled(message_type) | {sender: "OWN2"}
    fields = {name: value for name, value in repeated(message_type, head).items() if name != sender}
    assert key_of(message_type, head) in list(answered_keys(message_type, fields, ("OWN1", "OWN2")))
    assert list(answered_keys(message_type, fields)) == []


def test_a_list_without_a_number_of_its_own_is_answered_under_its_orders() -> None:
    head = filled("621") | {"copNo": ""}
    fields = repeated("621", head) | {"copNo": head["orderNo"]}
    assert key_of("621", head) in list(answered_keys("621", fields))


def test_a_receipt_of_money_may_have_no_number() -> None:
    head = filled("403") | {"payNo": ""}
    assert list(answered_keys("403", repeated("403", head))) == [key_of("403", head)]


def test_white_space_around_a_value_is_no_part_of_the_key() -> None:
    head = filled("311")
    fields = {name: f" {value}\n" for name, value in repeated("311", head).items()}
    assert list(answered_keys("311", fields)) == [key_of("311", head)]


@pytest.mark.parametrize("message_type", LAYOUTS)
def test_a_receipt_without_a_key_leads_nowhere(message_type: str) -> None:
    assert list(answered_keys(message_type, {}, ("OWN",))) == []

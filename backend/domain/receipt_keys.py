"""Which document a receipt answers: a receipt repeats the fields of its key, as far as its own table has them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from backend.domain.documents import MESSAGES, MessageFacts, business_key_of
from backend.domain.notices import NOTICES, NoticeFacts

#: The one part of a key that may be empty on the document as well: a receipt of money (403) without a number.
_MAY_BE_EMPTY = "payNo"


def facts_of(message_type: str) -> MessageFacts | NoticeFacts:
    """What a message of this type means; KeyError for an unknown one."""
    return MESSAGES.get(message_type) or NOTICES[message_type]


def answered_keys(answers: str, fields: Mapping[str, str], own_codes: Sequence[str] = ()) -> Iterator[str]:
    """The business keys under which the document may be known that a receipt on this message type answers.

    The surest first. A receipt may leave out who sent the document (622, 712): then the reader's own codes stand in.
    A list without a number of its own is answered under its order's.
    """
    facts = facts_of(answers)
    values = {name: value.strip() for name, value in fields.items()}
    sender = facts.senders[0]
    needs_sender = sender in facts.key and not values.get(sender)
    for code in own_codes if needs_sender else (values.get(sender, ""),):
        named = {**values, sender: code}
        for names in _names_of_key(facts):
            filled = {"orderNo": named.get("copNo", ""), **named}
            if all(filled.get(name) or name == _MAY_BE_EMPTY for name in names):
                yield business_key_of(answers, names, filled)


def _names_of_key(facts: MessageFacts | NoticeFacts) -> Iterator[tuple[str, ...]]:
    yield facts.key
    if isinstance(facts, MessageFacts) and "copNo" in facts.key:
        yield ("agentCode", "ebpCode", "orderNo")

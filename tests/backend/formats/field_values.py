"""Documents made from the field table alone: for any message type, any content that its table allows."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import strategies as st

from backend.formats.ceb.fields import LAYOUTS, Field, Form
from backend.formats.ceb.messages import ParsedDocument

_LETTERS = st.characters(whitelist_categories=("Lu", "Ll", "Lo", "Nd", "Pd", "Sm"))
#: XML 1.0 has no other control characters than these three.
_ANY = st.one_of(_LETTERS, st.sampled_from(" \t\n\r<>&\"'[]；"))


def plainest(field: Field) -> str:
    """One value that the field's table allows: digits, as long as they must be."""
    if field.fixed is not None:
        return field.fixed
    return "1" * max(field.least, 1)


def plainest_block(fields: Sequence[Field]) -> dict[str, str]:
    return {field.name: plainest(field) for field in fields}


def plainest_document(message_type: str, lines: int = 1) -> ParsedDocument:
    """A document with every field of its table, valid for the schema; nothing in it means anything."""
    layout = LAYOUTS[message_type]
    blocks = tuple(plainest_block(layout.lines) for _ in range(lines)) if layout.lines else ()
    return ParsedDocument(0, message_type, plainest_block(layout.head), blocks, ())


def values(field: Field) -> st.SearchStrategy[str]:
    """Every kind of value that the field's table allows."""
    if field.fixed is not None:
        return st.just(field.fixed)
    if field.form is Form.Integer:
        most = min(10 ** (field.digits or 10) - 1, (1 << 31) - 1)
        return st.integers(-most, most).map(str)
    if field.form is Form.Decimal:
        wholes = st.integers(0, 10**14 - 1).map(str)
        return st.builds(
            lambda whole, part: f"{whole}.{part}" if part else whole, wholes, st.text("0123456789", max_size=5)
        )
    least, most = field.least, 40 if field.most is None else min(field.most, max(40, field.least))
    characters = _LETTERS if field.collapse else _ANY
    found = st.text(characters, min_size=least, max_size=most)
    if field.required and not field.blank:
        return found.filter(lambda text: bool(text.strip()))
    return found


@st.composite
def blocks(draw: st.DrawFn, fields: Sequence[Field]) -> dict[str, str]:
    """A block with some fields of any allowed value, some optional ones left out, and the rest plain."""
    chosen = draw(st.lists(st.sampled_from(fields), max_size=5, unique_by=lambda field: field.name))
    odd = {field.name: draw(values(field)) for field in chosen}
    optional = [field.name for field in fields if not field.required]
    absent = draw(st.sets(st.sampled_from(optional))) if optional else set()
    return {
        field.name: odd.get(field.name, plainest(field)) for field in fields if field.name not in absent - odd.keys()
    }


@st.composite
def documents(draw: st.DrawFn, message_type: str) -> ParsedDocument:
    """A document that the table, and so the schema, allows."""
    layout = LAYOUTS[message_type]
    count = draw(st.integers(layout.least_lines, 3)) if layout.lines else 0
    lines = tuple(draw(blocks(layout.lines)) for _ in range(count))
    return ParsedDocument(0, message_type, draw(blocks(layout.head)), lines, ())

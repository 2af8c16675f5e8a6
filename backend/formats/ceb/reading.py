"""Elements against field tables: every value kept as written, every broken rule reported."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from lxml import etree

from backend.formats.ceb.faults import MOST_FAULTS, Fault, Faults, fault
from backend.formats.ceb.fields import NAMESPACE, Field, Form, MessageLayout, ReceiptLayout

_XSI = "{http://www.w3.org/2001/XMLSchema-instance}"
#: Attributes that XML Schema allows on every element and that say nothing about the document.
HARMLESS_ATTRIBUTES = frozenset({_XSI + "schemaLocation", _XSI + "noNamespaceSchemaLocation"})


def tag(name: str) -> str:
    return f"{{{NAMESPACE}}}{name}"


#: Attributes anywhere, text beside elements, or elements below the level of fields.
_ODDITIES = "boolean(@* | .//@* | self::*[*]/text()[normalize-space()] | .//*[*]/text()[normalize-space()] | {deep})"
_IS_ODD = {
    True: etree.XPath(_ODDITIES.format(deep="*/*/*")),
    False: etree.XPath(_ODDITIES.format(deep="*/*")),
}


def is_plain(node: etree._Element, wrapped: bool) -> bool:
    """Whether a document element holds nothing but blocks (if `wrapped`) of fields of text."""
    return not _IS_ODD[wrapped](node)


_ANY_LENGTH = 1 << 31


def _quick_bounds(field: Field) -> tuple[int, int, Callable[[str], str | None] | None]:
    """(least, most, None) for a text that its length alone judges, else the field's own rule.

    `least` of at least 1 says in passing that the text must not be blank.
    """
    if field.form is not Form.Text or field.collapse or field.fixed is not None:
        return 0, 0, field.broken_rule
    if field.required and not field.blank:
        return max(field.least, 1), field.most or _ANY_LENGTH, None
    if field.least:
        return 0, 0, field.broken_rule
    return 0, field.most or _ANY_LENGTH, None


def limit_of(field: Field, rule: str) -> object:
    """The bound that a broken rule names in its sentence."""
    match rule:
        case "wrong_length" | "too_long":
            return field.most
        case "wrong_value":
            return field.fixed
        case "too_short":
            return field.least
        case "too_many_digits":
            return field.digits or 10
        case "too_many_decimals":
            return field.decimals
        case _:
            return ""


class BlockReader:
    """Reads the elements of one block (an OrderHead, an InventoryList …) in the order of its table."""

    def __init__(self, fields: Sequence[Field]) -> None:
        self._places = {tag(field.name): (place, field) for place, field in enumerate(fields)}
        self._required = [field for field in fields if field.required]
        self._quick = {
            tag(field.name): (place, field.name, *_quick_bounds(field)) for place, field in enumerate(fields)
        }

    def read_quickly(self, elements: Iterable[etree._Element]) -> dict[str, str] | None:
        """The values if every one of them obeys its table, else None: then `read` says what is wrong.

        Only for elements that `is_plain` vouches for. Nearly every message passes here, and no part of the
        gateway handles more values a second.
        """
        values: dict[str, str] = {}
        reached = -1
        quick = self._quick
        for element in elements:
            found = quick.get(element.tag)
            if found is None:
                return None
            place, name, least, most, broken_rule = found
            if place <= reached:
                return None
            reached = place
            value = element.text or ""
            if broken_rule is None:
                if not least <= len(value) <= most or (least and value.isspace()):
                    return None
            elif broken_rule(value) is not None:
                return None
            values[name] = value
        if len(values) < len(quick):
            for field in self._required:
                if field.name not in values:
                    return None
        return values

    def read(self, elements: Iterable[etree._Element], path: str, document: int, faults: Faults) -> dict[str, str]:
        """Field name → text as written; what is wrong is appended to `faults`."""
        values: dict[str, str] = {}
        reached = -1
        places = self._places
        for element in elements:
            if faults.are_enough:
                break
            place, field = places.get(element.tag, (-1, None))
            if field is None:
                name = etree.QName(element).localname[:60]
                faults.append(fault(document, f"{path}.{name}", "", "unexpected"))
                continue
            name = field.name
            value = element.text or ""
            if place <= reached:
                rule = "repeated" if name in values else "out_of_order"
                faults.append(fault(document, f"{path}.{name}", value, rule, title=field.title))
            else:
                reached = place
            if name not in values:
                values[name] = value
            if len(element):
                faults.append(fault(document, f"{path}.{name}", "", "element_not_allowed", title=field.title))
            elif broken := field.broken_rule(value):
                limit = limit_of(field, broken)
                faults.append(fault(document, f"{path}.{name}", value, broken, limit, field.title))
            check_frame(element, f"{path}.{name}", document, faults, leaf=True)
        if len(values) < len(places):
            faults.extend(
                fault(document, f"{path}.{field.name}", "", "missing", title=field.title)
                for field in self._required
                if field.name not in values
            )
        return values


def check_frame(element: etree._Element, path: str, document: int, faults: Faults, *, leaf: bool = False) -> None:
    """Attributes that should not be there, and text between elements (after this one, and within it)."""
    if element.attrib and not HARMLESS_ATTRIBUTES.issuperset(element.keys()):
        faults.append(fault(document, path, "", "attribute_not_allowed"))
    tail = element.tail
    if tail and not tail.isspace():
        faults.append(fault(document, path, "", "text_not_allowed"))
    if not leaf:
        text = element.text
        if text and not text.isspace():
            faults.append(fault(document, path, "", "text_not_allowed"))


class DocumentReader:
    """Reads one document element (Order, Payment, Inventory …) or receipt row of one message type."""

    def __init__(self, layout: MessageLayout | ReceiptLayout) -> None:
        self.layout = layout
        self._head = BlockReader(layout.head)
        self._line = BlockReader(layout.lines) if layout.lines else None
        self._head_tag = tag(layout.head_name)
        self._line_tag = tag(layout.line_name) if layout.line_name else None

    def read(
        self, node: etree._Element, document: int, most_faults: int = MOST_FAULTS
    ) -> tuple[dict[str, str], tuple[dict[str, str], ...], tuple[Fault, ...]]:
        """(head, lines, faults) of the document with this index; every fault, up to a bound."""
        if is_plain(node, self.layout.head_wrapped):
            quick = self._read_quickly(node)
            if quick is not None:
                return *quick, ()
        faults = Faults(most_faults)
        head, lines = self._read_thoroughly(node, document, faults)
        return head, lines, faults.close(document, self.layout.node)

    def _read_quickly(self, node: etree._Element) -> tuple[dict[str, str], tuple[dict[str, str], ...]] | None:
        """The document if it is without fault, else None."""
        layout = self.layout
        if not layout.head_wrapped:
            head = self._head.read_quickly(node)
            return None if head is None else (head, ())
        blocks = list(node)
        if not blocks or blocks[0].tag != self._head_tag:
            return None
        count = len(blocks) - 1
        if count < (layout.least_lines if self._line else 0) or count > (layout.most_lines if self._line else 0):
            return None
        head = self._head.read_quickly(blocks[0])
        if head is None:
            return None
        lines = []
        for block in blocks[1:]:
            line = self._line.read_quickly(block) if self._line and block.tag == self._line_tag else None
            if line is None:
                return None
            lines.append(line)
        return head, tuple(lines)

    def _read_thoroughly(
        self, node: etree._Element, document: int, faults: Faults
    ) -> tuple[dict[str, str], tuple[dict[str, str], ...]]:
        layout = self.layout
        check_frame(node, layout.node, document, faults)
        head_name = layout.head_name
        if not layout.head_wrapped:
            return self._head.read(node, head_name, document, faults), ()
        head: dict[str, str] | None = None
        lines: list[dict[str, str]] = []
        for child in node:
            if faults.are_enough:
                break
            if child.tag == self._head_tag:
                if head is not None or lines:
                    rule = "repeated" if head is not None else "out_of_order"
                    faults.append(fault(document, head_name, "", rule))
                if head is None:
                    check_frame(child, head_name, document, faults)
                    head = self._head.read(child, head_name, document, faults)
            elif self._line is not None and child.tag == self._line_tag:
                path = f"{layout.line_name}[{len(lines) + 1}]"
                check_frame(child, path, document, faults)
                lines.append(self._line.read(child, path, document, faults))
            else:
                name = etree.QName(child).localname[:60]
                faults.append(fault(document, f"{layout.node}.{name}", "", "unexpected"))
        if head is None:
            faults.append(fault(document, head_name, "", "missing"))
        if self._line is not None:
            line_name = str(layout.line_name)
            if len(lines) < layout.least_lines:
                faults.append(fault(document, line_name, "", "missing"))
            if len(lines) > layout.most_lines:
                faults.append(fault(document, line_name, "", "too_many_lines", layout.most_lines))
        return head or {}, tuple(lines)

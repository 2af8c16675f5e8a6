"""Our field table against customs' own schema: the same verdict, message by message, field by field."""

from __future__ import annotations

import copy
from collections.abc import Iterator

import pytest
from ceb_reference import (
    TYPES,
    direction_of,
    faults_of,
    frame_rules,
    needs_reference,
    sample,
    schema,
    schema_accepts,
    single,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from backend.formats.ceb.fields import LAYOUTS, MOST_LINES, NAMESPACE

pytestmark = needs_reference

TEXTS = ("", " ", "   ", "x" * 1200, "汉" * 61, " 4 ", "a", "ab", "abc", "\t", "a\nb")
NUMBERS = (
    "0", "-0", "+1", "1.", ".5", ".", "-", "1e3", "0.000000", "0.00001", "0.000001", "00012.30", " 7 ", "1,5",
    "12345678901234", "12345678901234.12345", "123456789012345.12345", "1234567890123456789",
    "12345678901234567890", "0000000000000000000000001", "-12345678901234.12345", "NaN", "INF", "٣", "1 2",
    "2147483647", "2147483648", "-2147483648", "-2147483649", "99999", "100000", "999999999", "1000000000",
)  # fmt: skip


def agree(data: bytes, message_type: str) -> None:
    """Both accept, or both refuse; ours alone may refuse a required text for being blank."""
    accepted = schema_accepts(data, message_type)
    faults = faults_of(data)
    ours = faults == []
    if accepted and not ours:
        rules = frame_rules(data) if faults is None else {found.rule for found in faults}
        assert rules == {"empty"}, (rules, etree.fromstring(data)[0][0])
    else:
        reason = schema(direction_of(message_type)).error_log.last_error if not accepted else None
        assert accepted == ours, (message_type, reason, faults)


def leaves(root: etree._Element) -> list[etree._Element]:
    """Every element with text in the document and the transport block."""
    return [element for element in root.iter(f"{{{NAMESPACE}}}*") if not len(element)]


def shapes(root: etree._Element, place: int) -> Iterator[bytes]:
    """The message with one element removed, doubled, moved, renamed, decorated or filled with an element."""
    for change in (
        "remove",
        "double",
        "last",
        "rename",
        "attribute",
        "schema hint",
        "nest",
        "tail",
        "comment",
    ):
        mutant = copy.deepcopy(root)
        leaf = leaves(mutant)[place]
        parent = leaf.getparent()
        assert parent is not None
        match change:
            case "remove":
                parent.remove(leaf)
            case "double":
                parent.insert(parent.index(leaf), copy.deepcopy(leaf))
            case "last":
                parent.append(leaf)
            case "rename":
                leaf.tag = f"{{{NAMESPACE}}}surprise"
            case "attribute":
                leaf.set("id", "1")
            case "schema hint":
                leaf.set("{http://www.w3.org/2001/XMLSchema-instance}schemaLocation", "a b")
            case "nest":
                etree.SubElement(leaf, f"{{{NAMESPACE}}}inner")
            case "tail":
                leaf.tail = "stray"
            case _:
                leaf.insert(0, etree.Comment("note"))
        yield etree.tostring(mutant)


@pytest.mark.parametrize("message_type", TYPES)
def test_official_sample_gets_the_schemas_verdict(message_type: str) -> None:
    agree(sample(message_type), message_type)


@pytest.mark.parametrize("message_type", TYPES)
def test_one_document_of_the_official_sample_is_accepted(message_type: str) -> None:
    data = etree.tostring(single(message_type))
    assert schema_accepts(data, message_type)
    assert faults_of(data) == []


@pytest.mark.parametrize("message_type", TYPES)
def test_every_changed_element_gets_the_schemas_verdict(message_type: str) -> None:
    root = single(message_type)
    for place in range(len(leaves(root))):
        for data in shapes(root, place):
            agree(data, message_type)


@pytest.mark.parametrize("message_type", TYPES)
def test_every_odd_value_gets_the_schemas_verdict(message_type: str) -> None:
    root = single(message_type)
    numbers = {
        field.name
        for field in (*LAYOUTS[message_type].head, *LAYOUTS[message_type].lines)
        if field.form.value != "text"
    }
    for leaf in leaves(root):
        original = leaf.text
        for value in NUMBERS if etree.QName(leaf).localname in numbers else TEXTS:
            leaf.text = value
            agree(etree.tostring(root), message_type)
        leaf.text = original


@pytest.mark.parametrize("message_type", TYPES)
def test_every_text_at_its_limit_passes_and_one_more_character_does_not(message_type: str) -> None:
    root = single(message_type)
    layout = LAYOUTS[message_type]
    limits = {field.name: field for field in (*layout.head, *layout.lines) if field.form.value == "text"}
    for leaf in (each for node in root[:1] for each in leaves(node)):
        field = limits.get(etree.QName(leaf).localname)
        if field is None or field.most is None:
            continue
        original = leaf.text
        for length in {field.most - 1, field.most, field.most + 1}:
            leaf.text = "字" * length
            agree(etree.tostring(root), message_type)
        leaf.text = original


@settings(max_examples=60)
@given(data=st.data())
def test_random_values_get_the_schemas_verdict(data: st.DataObject) -> None:
    message_type = data.draw(st.sampled_from(TYPES))
    root = single(message_type)
    texts = st.text(st.characters(blacklist_categories=("Cs", "Cc"), blacklist_characters="\ufffe\uffff"), max_size=70)
    numbers = st.text("0123456789.+- ", max_size=24)
    for leaf in data.draw(st.lists(st.sampled_from(leaves(root)), min_size=1, max_size=3)):
        leaf.text = data.draw(st.one_of(texts, numbers))
    agree(etree.tostring(root), message_type)


@pytest.mark.parametrize("message_type", TYPES)
def test_frame_around_the_documents_gets_the_schemas_verdict(message_type: str) -> None:
    for change in range(12):
        root = single(message_type)
        document, transfer = root[0], next(c for c in root if etree.QName(c).localname == "BaseTransfer")
        signature = next((c for c in root if etree.QName(c).localname == "Signature"), None)
        extension = etree.fromstring(
            f'<e:ExtendMessage xmlns:e="{NAMESPACE}"><e:name>n</e:name><e:version>1</e:version>'
            "<e:Message><x/></e:Message></e:ExtendMessage>"
        )
        subscription = etree.fromstring(
            f'<e:BaseSubscribe xmlns:e="{NAMESPACE}"><e:status>ALL</e:status><e:dxpMode>DXP</e:dxpMode>'
            "<e:dxpAddress>DXPSIM0001</e:dxpAddress></e:BaseSubscribe>"
        )
        match change:
            case 0:
                root.remove(transfer)
            case 1:
                root.remove(document)
            case 2:
                root.insert(0, transfer)
            case 3:
                del root.attrib["guid"]
            case 4:
                root.set("guid", "short")
            case 5:
                root.set("version", "")
            case 6:
                root.set("extra", "1")
            case 7 if signature is not None:
                root.remove(signature)
            case 8:
                transfer.addnext(extension)
            case 9:
                root.append(extension)
            case 10:
                for _ in range(5):
                    transfer.addnext(copy.deepcopy(subscription))
            case _:
                for _ in range(6):
                    transfer.addnext(copy.deepcopy(subscription))
        agree(etree.tostring(root), message_type)


@pytest.mark.parametrize("message_type", [kind for kind in TYPES if LAYOUTS[kind].lines])
def test_number_of_lines_gets_the_schemas_verdict(message_type: str) -> None:
    layout = LAYOUTS[message_type]
    counts = (0, 1, 2) if layout.most_lines == MOST_LINES else (0, 1, layout.most_lines, layout.most_lines + 1)
    for count in counts:
        agree(with_lines(message_type, count), message_type)


@pytest.mark.parametrize(
    "message_type", [kind for kind in TYPES if LAYOUTS[kind].lines and LAYOUTS[kind].most_lines == MOST_LINES]
)
def test_lines_that_the_schema_leaves_unbounded_are_bounded_here(message_type: str) -> None:
    assert faults_of(with_lines(message_type, MOST_LINES)) == []
    flooded = with_lines(message_type, MOST_LINES + 1)
    assert schema_accepts(flooded, message_type)
    faults = faults_of(flooded)
    assert faults is not None
    assert [(found.rule, found.path) for found in faults] == [("too_many_lines", LAYOUTS[message_type].line_name)]


def with_lines(message_type: str, count: int) -> bytes:
    """One document of the sample with its first line that many times."""
    root = single(message_type)
    document = root[0]
    line = etree.tostring(document[1], with_tail=False)
    for extra in document[1:]:
        document.remove(extra)
    head, tail = etree.tostring(root).split(b"</ceb:" + etree.QName(document[0]).localname.encode() + b">", 1)
    return head + b"</ceb:" + etree.QName(document[0]).localname.encode() + b">" + line * count + tail

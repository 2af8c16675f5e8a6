"""Every message of the specification, there and back: what is written is valid and read as it was."""

from __future__ import annotations

from dataclasses import replace

import pytest
from ceb_reference import NOTICES, TYPES, direction_of, needs_reference, schema, schema_accepts, single
from field_values import documents, plainest_document
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from backend.domain.documents import MESSAGES, business_key_of
from backend.domain.notices import NOTICES as NOTICE_FACTS
from backend.domain.notices import notice_of
from backend.formats.ceb.fields import LAYOUTS, NAMESPACE, RECEIPTS, Field, Form, MessageLayout, ReceiptLayout
from backend.formats.ceb.messages import Message, Transfer, parse_message
from backend.formats.ceb.signature import SimulatorSigner
from backend.formats.ceb.writer import write_message

GUID = "4CDE1CFD-EDED-46B1-946C-B8022E42FC94"
SENDER = Transfer("9901960005", "云汀跨境商城有限公司", "DXP", "DXPSIM1", "")
SIGNER = SimulatorSigner(b"k")
SUBSCRIPTION = {"status": "ALL", "dxpMode": "DXP", "dxpAddress": "DXPSIM2", "note": ""}
EXTENSION = (
    f'<e:ExtendMessage xmlns:e="{NAMESPACE}"><e:name>n</e:name><e:version>1</e:version>'
    '<e:Message><x xmlns="urn:other" a="1">ä&amp;</x></e:Message></e:ExtendMessage>'
)


def rewritten(message: Message) -> bytes:
    return write_message(
        message.type,
        message.documents,
        message.transfer,
        message.guid,
        version=message.version,
        subscriptions=message.subscriptions,
        extension=message.extension,
    )


def canonical(data: bytes) -> bytes:
    """What a message says: without its signature, indentation, comments and an empty note of the transmitter."""
    root = etree.fromstring(data, etree.XMLParser(remove_comments=True, remove_blank_text=True))
    for element in list(root.iter()):
        name = etree.QName(element).localname
        parent = element.getparent()
        is_empty_note = (
            name == "note"
            and parent is not None
            and etree.QName(parent).localname == "BaseTransfer"
            and not element.text
        )
        if parent is not None and (name == "Signature" or is_empty_note):
            parent.remove(element)
    for element in root.iter():
        if len(element):
            element.text = None
        element.tail = None
    etree.cleanup_namespaces(root)
    return etree.tostring(root, method="c14n")


@needs_reference
@pytest.mark.parametrize("message_type", TYPES)
def test_official_sample_parsed_and_written_says_the_same(message_type: str) -> None:
    data = etree.tostring(single(message_type))
    assert canonical(rewritten(parse_message(data))) == canonical(data)


@pytest.mark.parametrize("message_type", TYPES)
def test_subscriptions_and_extension_survive(message_type: str) -> None:
    document = plainest_document(message_type)
    for signer in (None, SIGNER) if not LAYOUTS[message_type].signature_required else (SIGNER,):
        data = write_message(
            message_type, [document], SENDER, GUID, signer=signer, subscriptions=[SUBSCRIPTION] * 2, extension=EXTENSION
        )
        message = parse_message(data)
        assert message.documents == (document,)
        assert message.subscriptions == (SUBSCRIPTION, SUBSCRIPTION)
        assert message.is_signed == (signer is not None)
        assert canonical(rewritten(message)) == canonical(data)


@needs_reference
@pytest.mark.parametrize("message_type", TYPES)
def test_written_message_with_everything_is_valid_for_the_schema(message_type: str) -> None:
    data = write_message(
        message_type,
        [plainest_document(message_type)],
        SENDER,
        GUID,
        signer=SIGNER,
        subscriptions=[SUBSCRIPTION],
        extension=EXTENSION,
    )
    assert schema_accepts(data, message_type), schema(direction_of(message_type)).error_log


@settings(max_examples=80)
@given(data=st.data())
def test_whatever_the_field_table_allows_is_written_validly_and_read_as_it_was(data: st.DataObject) -> None:
    message_type = data.draw(st.sampled_from(TYPES))
    document = data.draw(documents(message_type))
    written = write_message(message_type, [document], SENDER, GUID, signer=SIGNER)
    message = parse_message(written)
    assert message.documents == (document,)
    assert rewritten(message) == write_message(message_type, [document], SENDER, GUID)


@needs_reference
@settings(max_examples=80)
@given(data=st.data())
def test_whatever_the_field_table_allows_is_valid_for_the_schema(data: st.DataObject) -> None:
    message_type = data.draw(st.sampled_from(TYPES))
    written = write_message(message_type, [data.draw(documents(message_type))], SENDER, GUID, signer=SIGNER)
    assert schema_accepts(written, message_type), schema(direction_of(message_type)).error_log


@pytest.mark.parametrize("message_type", TYPES)
def test_document_without_a_required_field_is_told_which(message_type: str) -> None:
    document = plainest_document(message_type)
    for field in LAYOUTS[message_type].head:
        head = {name: value for name, value in document.head.items() if name != field.name}
        data = write_message(message_type, [replace(document, head=head)], SENDER, GUID, signer=SIGNER)
        (read,) = parse_message(data).documents
        expected = [("missing", f"{LAYOUTS[message_type].head_name}.{field.name}")] if field.required else []
        assert [(found.rule, found.path) for found in read.faults] == expected


@pytest.mark.parametrize("message_type", NOTICES)
def test_notice_read_from_a_message_is_the_notice_of_the_domain(message_type: str) -> None:
    document = plainest_document(message_type, lines=2)
    (read,) = parse_message(write_message(message_type, [document], SENDER, GUID, signer=SIGNER)).documents
    notice = read.to_notice()
    assert read.is_notice
    assert notice == notice_of(message_type, document.head, document.lines)
    data = write_message(message_type, [notice], SENDER, GUID, signer=SIGNER)
    assert parse_message(data).documents == (read,)
    with pytest.raises(KeyError):
        read.to_document()


# The table itself


@pytest.mark.parametrize("layout", [*LAYOUTS.values(), *RECEIPTS.values()], ids=lambda layout: layout.type)
def test_table_of_a_message_is_consistent(layout: MessageLayout | ReceiptLayout) -> None:
    for fields in (layout.head, layout.lines):
        names = [field.name for field in fields]
        assert len(names) == len(set(names))
        for field in fields:
            assert_sensible(field)
    assert bool(layout.lines) == (layout.line_name is not None)
    assert layout.title
    assert layout.english


def assert_sensible(field: Field) -> None:
    assert field.title
    if field.form is Form.Text:
        assert field.least <= (field.most or field.least)
        assert field.digits is None
        assert field.fixed is None or field.broken_rule(field.fixed) is None
    else:
        assert (field.most, field.fixed) == (None, None)
        assert field.broken_rule("1") is None


@pytest.mark.parametrize("message_type", TYPES)
def test_fields_that_give_a_message_its_meaning_stand_in_its_table(message_type: str) -> None:
    names = {field.name for field in LAYOUTS[message_type].head}
    if message_type in MESSAGES:
        facts = MESSAGES[message_type]
        assert {*facts.key, *facts.senders} <= names
    else:
        notice = NOTICE_FACTS[message_type]
        assert {*notice.key, *notice.key_without_own_number, *notice.senders} <= names
        assert business_key_of(message_type, notice.key, dict.fromkeys(names, "1")).startswith(message_type)


def test_table_holds_every_message_of_the_specification() -> None:
    assert set(LAYOUTS) == set(TYPES)

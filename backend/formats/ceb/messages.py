"""A CEB message from bytes: what it is, who transmits it, and its documents with every fault found.

What is wrong with the message as a whole is raised, because no receipt row could carry it; what is wrong
with one document is listed on that document, so that ninety-nine good orders do not wait for a bad one.
"""

from __future__ import annotations

import re
from collections.abc import Container
from dataclasses import dataclass, replace

from lxml import etree

from backend.domain.documents import MESSAGES, Document, DocumentKind, document_of
from backend.domain.errors import (
    DocumentsTooMany,
    MessageMalformed,
    MessageStructureInvalid,
    MessageTypeUnknown,
)
from backend.domain.notices import Notice, notice_of
from backend.formats.ceb.faults import FRAME, MOST_FAULTS, Fault, Faults, fault
from backend.formats.ceb.fields import LAYOUTS, NAMESPACE, SIGNATURE_NAMESPACE, MessageLayout
from backend.formats.ceb.fields.common import EXTENSION, MOST_SUBSCRIPTIONS, SUBSCRIPTION, TRANSFER
from backend.formats.ceb.reading import HARMLESS_ATTRIBUTES, BlockReader, DocumentReader, check_frame, tag
from backend.formats.ceb.signature import is_well_formed_signature
from backend.formats.ceb.xml import DEFAULT_LIMITS, XmlLimits, decode_base64, parse_xml

DXP_NAMESPACE = "http://www.chinaport.gov.cn/dxp"

_ROOT = re.compile(r"CEB(\d{3})Message")
_SIGNATURE = f"{{{SIGNATURE_NAMESPACE}}}Signature"

_TRANSFER, _SUBSCRIPTION, _EXTENSION = (BlockReader(block) for block in (TRANSFER, SUBSCRIPTION, EXTENSION))
#: How many faults are listed: of the frame; of all documents before the list is cut short; then of each.
_MOST_FRAME_FAULTS, _MOST_MESSAGE_FAULTS, _MOST_AFTER_THAT = 200, 10_000, 20

_READERS = {layout.type: DocumentReader(layout) for layout in LAYOUTS.values()}


@dataclass(frozen=True, slots=True)
class Transfer:
    """Who transmitted the message: transport only, no authority follows from it."""

    cop_code: str
    cop_name: str
    dxp_mode: str
    dxp_id: str
    note: str


@dataclass(frozen=True, slots=True)
class Envelope:
    """The terminal node's DxpMsg around the message."""

    message_id: str
    sender_id: str
    receiver_ids: tuple[str, ...]
    created: str
    message_type: str


@dataclass(frozen=True, slots=True)
class ParsedDocument:
    """One document of a message, its texts as written. `index` counts from 0 within the message."""

    index: int
    type: str
    head: dict[str, str]
    lines: tuple[dict[str, str], ...]
    faults: tuple[Fault, ...]

    @property
    def is_notice(self) -> bool:
        """Whether it is a notice about parcels rather than one of their documents."""
        return self.type not in MESSAGES

    @property
    def kind(self) -> DocumentKind:
        """The kind of document; KeyError on a notice."""
        return MESSAGES[self.type].kind

    @property
    def guid(self) -> str:
        return self.head.get("guid", "")

    @property
    def is_valid(self) -> bool:
        """No fault of level error."""
        return not any(found.level == "error" for found in self.faults)

    def to_document(self) -> Document:
        """The same content as a document of the domain; use it only if `is_valid`."""
        return document_of(self.type, self.head, self.lines)

    def to_notice(self) -> Notice:
        """The same content as a notice of the domain; use it only if `is_valid` and `is_notice`."""
        return notice_of(self.type, self.head, self.lines)


@dataclass(frozen=True, slots=True)
class Message:
    type: str
    guid: str
    version: str
    documents: tuple[ParsedDocument, ...]
    transfer: Transfer
    envelope: Envelope | None
    #: Whether a Signature element stands there; nothing is said about whose, or whether it holds.
    is_signed: bool
    #: Who else is to receive the message or its receipt, field by field as written.
    subscriptions: tuple[dict[str, str], ...] = ()
    #: The ExtendMessage element in canonical XML, "" if there is none; its content is the sender's affair.
    extension: str = ""


def parse_message(data: bytes, limits: XmlLimits = DEFAULT_LIMITS, accept: Container[str] = LAYOUTS) -> Message:
    """The message, bare or in its DxpMsg envelope; `accept` are the types that the caller can deal with.

    Raises MessageTooLarge, DtdForbidden, MessageMalformed, MessageTypeUnknown, DocumentsTooMany or
    MessageStructureInvalid. Verdicts are those of the official schema, with one rule more (a required text
    is not blank) and one less lenient point (no xsi:type).
    """
    root, envelope = open_envelope(data, limits)
    message = _read(root, accept)
    return replace(message, envelope=envelope) if envelope else message


def open_envelope(data: bytes, limits: XmlLimits) -> tuple[etree._Element, Envelope | None]:
    """The root of the business message and the DxpMsg that it came in, if any.

    Raises MessageTooLarge, DtdForbidden or MessageMalformed.
    """
    root = parse_xml(data, limits)
    if root.tag != f"{{{DXP_NAMESPACE}}}DxpMsg":
        return root, None
    envelope, data = _unwrap(root, limits)
    return parse_xml(data, limits), envelope


def _layout_of(root: etree._Element, accept: Container[str]) -> MessageLayout:
    name = etree.QName(root)
    match = _ROOT.fullmatch(name.localname)
    known = match is not None and match.group(1) in LAYOUTS and match.group(1) in accept
    if match is None or name.namespace != NAMESPACE or not known:
        raise MessageTypeUnknown(type=name.localname[:60], namespace=(name.namespace or "")[:120])
    return LAYOUTS[match.group(1)]


def _read(root: etree._Element, accept: Container[str]) -> Message:
    layout = _layout_of(root, accept)
    faults = Faults(_MOST_FRAME_FAULTS)
    guid, version = _attributes(root, faults)
    node_tag = tag(layout.node)
    nodes = [child for child in root if child.tag == node_tag]
    if len(nodes) > layout.most_documents:
        raise DocumentsTooMany(count=len(nodes), most=layout.most_documents)
    tail = _read_tail(root, layout, len(nodes), faults)
    if faults:
        listed = faults.close(FRAME, layout.root)
        raise MessageStructureInvalid(
            faults=[found.as_json() for found in listed],
            summary_zh="；".join(f"{found.path} {found.zh}" for found in faults[:5]),
            summary_en="; ".join(f"{found.path}: {found.en}" for found in faults[:5]),
        )
    reader = _READERS[layout.type]
    documents, total = [], 0
    for index, node in enumerate(nodes):
        most = MOST_FAULTS if total < _MOST_MESSAGE_FAULTS else _MOST_AFTER_THAT
        head, lines, found = reader.read(node, index, most)
        total += len(found)
        documents.append(ParsedDocument(index, layout.type, head, lines, found))
    return Message(
        layout.type,
        guid,
        version,
        tuple(documents),
        Transfer(*(tail.transfer.get(field.name, "") for field in TRANSFER)),
        None,
        tail.is_signed,
        tuple(tail.subscriptions),
        tail.extension,
    )


def _attributes(root: etree._Element, faults: Faults) -> tuple[str, str]:
    name = etree.QName(root).localname
    if root.text and not root.text.isspace():
        faults.append(fault(FRAME, name, "", "text_not_allowed"))
    guid, version = root.get("guid"), root.get("version")
    if guid is None or version is None:
        missing = "guid" if guid is None else "version"
        faults.append(fault(FRAME, f"{name}@{missing}", "", "missing"))
    elif len(guid) != 36:
        faults.append(fault(FRAME, f"{name}@guid", guid, "wrong_length", 36))
    elif not 1 <= len(version) <= 10:
        faults.append(fault(FRAME, f"{name}@version", version, "too_long", 10))
    if not HARMLESS_ATTRIBUTES.union(("guid", "version")).issuperset(root.keys()):
        faults.append(fault(FRAME, name, "", "attribute_not_allowed"))
    return guid or "", version or ""


@dataclass(slots=True)
class _Tail:
    """What follows the documents."""

    transfer: dict[str, str]
    subscriptions: list[dict[str, str]]
    extension: str = ""
    is_signed: bool = False


def _read_tail(root: etree._Element, layout: MessageLayout, documents: int, faults: Faults) -> _Tail:
    """Everything after the documents, in the order this message prescribes."""
    order = {tag(layout.node): 0} | {
        _SIGNATURE if name == "Signature" else tag(name): place for place, name in enumerate(layout.tail, 1)
    }
    tail = _Tail({}, [])
    counts = dict.fromkeys(order, 0)
    reached = 0
    for element in root:
        if faults.are_enough:
            break
        name = etree.QName(element).localname[:60]
        if element.tag not in order:
            faults.append(fault(FRAME, name, "", "unexpected"))
            continue
        if order[element.tag] < reached:
            faults.append(fault(FRAME, name, "", "out_of_order"))
        reached = max(reached, order[element.tag])
        counts[element.tag] += 1
        match name:
            case "BaseTransfer":
                check_frame(element, name, FRAME, faults)
                tail.transfer = _TRANSFER.read(element, name, FRAME, faults)
            case "BaseSubscribe":
                check_frame(element, name, FRAME, faults)
                tail.subscriptions.append(_SUBSCRIPTION.read(element, name, FRAME, faults))
            case "ExtendMessage":
                _read_extension(element, faults)
                tail.extension = etree.tostring(element, method="c14n", exclusive=True, with_tail=False).decode()
            case "Signature" if not is_well_formed_signature(element):
                faults.append(fault(FRAME, name, "", "signature_invalid"))
            case _:
                if element.tail and not element.tail.isspace():
                    faults.append(fault(FRAME, name, "", "text_not_allowed"))
    if not documents:
        faults.append(fault(FRAME, layout.node, "", "missing"))
    for name, most in (("BaseTransfer", 1), ("BaseSubscribe", MOST_SUBSCRIPTIONS), ("ExtendMessage", 1)):
        if counts[tag(name)] > most:
            faults.append(fault(FRAME, name, "", "repeated"))
    if not counts[tag("BaseTransfer")]:
        faults.append(fault(FRAME, "BaseTransfer", "", "missing"))
    if counts[_SIGNATURE] > 1:
        faults.append(fault(FRAME, "Signature", "", "repeated"))
    if layout.signature_required and not counts[_SIGNATURE]:
        faults.append(fault(FRAME, "Signature", "", "missing"))
    tail.is_signed = counts[_SIGNATURE] > 0
    return tail


def _read_extension(element: etree._Element, faults: Faults) -> None:
    check_frame(element, "ExtendMessage", FRAME, faults)
    children = list(element)
    body = children.pop() if children and children[-1].tag == tag("Message") else None
    _EXTENSION.read(children, "ExtendMessage", FRAME, faults)
    if body is None:
        faults.append(fault(FRAME, "ExtendMessage.Message", "", "missing"))
    else:
        check_frame(body, "ExtendMessage.Message", FRAME, faults)
        if len(body) > 1:
            faults.append(fault(FRAME, "ExtendMessage.Message", "", "unexpected"))


def _unwrap(root: etree._Element, limits: XmlLimits) -> tuple[Envelope, bytes]:
    def texts(path: str) -> tuple[str, ...]:
        found = root.findall(path, {"dxp": DXP_NAMESPACE})
        return tuple((element.text or "").strip() for element in found)

    data = texts("dxp:Data")
    if len(data) != 1 or not data[0]:
        raise MessageMalformed(reason="DxpMsg without exactly one Data")

    def one(name: str) -> str:
        return next(iter(texts(f"dxp:TransInfo/dxp:{name}")), "")[:255]

    envelope = Envelope(
        one("CopMsgId"),
        one("SenderId"),
        texts("dxp:TransInfo/dxp:ReceiverIds/dxp:ReceiverId"),
        one("CreatTime"),
        one("MsgType"),
    )
    return envelope, decode_base64(data[0], limits)

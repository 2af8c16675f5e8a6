"""Messages into bytes, in canonical XML, so that the text signed is the text sent."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence

from lxml import etree

from backend.domain.documents import Document
from backend.domain.notices import Notice
from backend.formats.ceb.fields import LAYOUTS, NAMESPACE, Field
from backend.formats.ceb.fields.common import SUBSCRIPTION, TRANSFER
from backend.formats.ceb.messages import DXP_NAMESPACE, Envelope, ParsedDocument, Transfer
from backend.formats.ceb.signature import SimulatorSigner

_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'


def escaped(text: str) -> str:
    """Text as canonical XML writes it; characters that XML 1.0 cannot hold are left out."""
    if text.isascii() and text.isalnum():
        return text
    text = "".join(character for character in text if _is_xml_character(character))
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\r", "&#xD;")


def _is_xml_character(character: str) -> bool:
    code = ord(character)
    return (code >= 32 and not 0xD800 <= code <= 0xDFFF and code not in (0xFFFE, 0xFFFF)) or character in "\t\n\r"


def write_block(fields: Sequence[Field], values: Mapping[str, str]) -> str:
    """The fields that have a value, in the order of their table; a name outside it is a KeyError."""
    unknown = values.keys() - {field.name for field in fields}
    if unknown:
        raise KeyError(", ".join(sorted(unknown)))
    return "".join(
        f"<ceb:{field.name}>{escaped(values[field.name])}</ceb:{field.name}>"
        for field in fields
        if field.name in values
    )


def write_message(
    message_type: str,
    documents: Sequence[Document | Notice | ParsedDocument],
    transfer: Transfer,
    guid: str,
    *,
    version: str = "1.0",
    signer: SimulatorSigner | None = None,
    subscriptions: Sequence[Mapping[str, str]] = (),
    extension: str = "",
) -> bytes:
    """One request message. 621, 623, 625 and 711 need a signer to be valid; without one they are unsigned.

    KeyError for an unknown type or field. Values are written as they are: whoever fills them checks them
    (`parse_message` and `check_document` say how they fare). `extension` is an ExtendMessage element in
    canonical XML, as `Message.extension` holds it.
    """
    layout = LAYOUTS[message_type]
    parts = [f'<ceb:{layout.root} xmlns:ceb="{NAMESPACE}" guid="{escaped_attribute(guid)}" version="{version}">']
    for document in documents:
        head = write_block(layout.head, document.head)
        if layout.head_wrapped:
            head = f"<ceb:{layout.head_name}>{head}</ceb:{layout.head_name}>"
        lines = "".join(
            f"<ceb:{layout.line_name}>{write_block(layout.lines, line)}</ceb:{layout.line_name}>"
            for line in document.lines
        )
        parts.append(f"<ceb:{layout.node}>{head}{lines}</ceb:{layout.node}>")
    names = ("cop_code", "cop_name", "dxp_mode", "dxp_id", "note")
    values = {
        field.name: getattr(transfer, name)
        for field, name in zip(TRANSFER, names, strict=True)
        if field.required or getattr(transfer, name)
    }
    parts.append(f"<ceb:BaseTransfer>{write_block(TRANSFER, values)}</ceb:BaseTransfer>")
    parts += [f"<ceb:BaseSubscribe>{write_block(SUBSCRIPTION, each)}</ceb:BaseSubscribe>" for each in subscriptions]
    body, end = "".join(parts), f"</ceb:{layout.root}>"
    unsigned = (body + extension + end).encode()
    if extension and signer:
        # An extension declares the namespaces that it needs; in the whole they may stand twice.
        unsigned = etree.tostring(etree.fromstring(unsigned), method="c14n")
    signature = signer.sign(unsigned) if signer else ""
    is_signed_last = layout.tail[-1] == "Signature"
    rest = extension + signature if is_signed_last else signature + extension
    return (_DECLARATION + body + rest + end).encode()


def wrap_dxp(data: bytes, envelope: Envelope) -> bytes:
    """The message in a terminal node's DxpMsg; `parse_message` opens it."""
    receivers = "".join(f"<dxp:ReceiverId>{escaped(each)}</dxp:ReceiverId>" for each in envelope.receiver_ids)
    return (
        f'{_DECLARATION}<dxp:DxpMsg xmlns:dxp="{DXP_NAMESPACE}" ver="1.0"><dxp:TransInfo>'
        f"<dxp:CopMsgId>{escaped(envelope.message_id)}</dxp:CopMsgId>"
        f"<dxp:SenderId>{escaped(envelope.sender_id)}</dxp:SenderId>"
        f"<dxp:ReceiverIds>{receivers}</dxp:ReceiverIds>"
        f"<dxp:CreatTime>{escaped(envelope.created)}</dxp:CreatTime>"
        f"<dxp:MsgType>{escaped(envelope.message_type)}</dxp:MsgType></dxp:TransInfo>"
        f"<dxp:Data>{base64.b64encode(data).decode()}</dxp:Data></dxp:DxpMsg>"
    ).encode()


def escaped_attribute(text: str) -> str:
    """Text as canonical XML writes it between double quotes."""
    return escaped(text).replace('"', "&quot;").replace("\t", "&#x9;").replace("\n", "&#xA;")

"""Ways to pass a message off as signed by somebody who did not sign it: what each does, and why it is refused."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable

from backend.domain.signatures import SignatureFault
from backend.services.simulation import simulate
from tests.support.signing import C14N, DS, ENVELOPED, METHODS, Signer

EXCLUSIVE = "http://www.w3.org/2001/10/xml-exc-c14n#"
SIMULATED = simulate(2, 5, "import", 0.0, barred=())
ORDERS, LISTS = (next(SIMULATED.messages_of(kind)).data for kind in ("311", "621"))

#: From the sender's signer and the attacker's to the message that is sent.
Attack = Callable[[Signer, Signer], bytes]


def _swapped(message: bytes, name: str, text: bytes) -> bytes:
    changed = re.sub(rf"<ceb:{name}>[^<]*<".encode(), f"<ceb:{name}>".encode() + text + b"<", message, count=1)
    assert changed != message
    return changed


def _replaced(data: bytes, old: bytes, new: bytes) -> bytes:
    assert old in data
    return data.replace(old, new, 1)


def _digest_renewed(mine: Signer) -> bytes:
    """The message changed and the digest made to fit, without the key that could sign it anew."""
    forged = mine.sign(_swapped(ORDERS, "goodsValue", b"1"))
    value = re.search(rb"<ds:SignatureValue>.*</ds:SignatureValue>", mine.sign(ORDERS), re.DOTALL)
    assert value is not None
    return re.sub(rb"<ds:SignatureValue>.*</ds:SignatureValue>", lambda _: value.group(), forged, flags=re.DOTALL)


def _value_of(data: bytes, change: Callable[[bytes], bytes]) -> bytes:
    def changed(match: re.Match[bytes]) -> bytes:
        value = base64.b64encode(change(base64.b64decode(match.group(1))))
        return b"<ds:SignatureValue>" + value + b"</ds:SignatureValue>"

    return re.sub(rb"<ds:SignatureValue>(.*?)</ds:SignatureValue>", changed, data, flags=re.DOTALL)


def _wrapped(mine: Signer, reference: str) -> bytes:
    """The signed message moved out of sight into an extension, another in its place, the signature kept."""
    original = mine.but(reference=f'<ds:Reference URI="{reference}">').sign(ORDERS)
    inner = re.search(rb"<ceb:Order>.*</ceb:BaseTransfer>", original, re.DOTALL)
    assert inner is not None
    forged = _swapped(inner.group(), "goodsValue", b"1")
    hidden = (
        b'<ceb:ExtendMessage><ceb:Message><x Id="whole">' + inner.group() + b"</x></ceb:Message></ceb:ExtendMessage>"
    )
    return _replaced(original, inner.group(), forged + hidden)


def _nested(mine: Signer) -> bytes:
    data = mine.sign(ORDERS)
    return _replaced(
        _replaced(data, b"<ds:Signature ", b"<ceb:Extra><ds:Signature "),
        b"</ds:Signature>",
        b"</ds:Signature></ceb:Extra>",
    )


def _second_signature(mine: Signer, attacker: Signer) -> bytes:
    data = mine.sign(ORDERS)
    other = re.search(rb"<ds:Signature .*</ds:Signature>", attacker.sign(ORDERS), re.DOTALL)
    assert other is not None
    return _replaced(data, b"</ds:Signature>", b"</ds:Signature>" + other.group())


def _inside(data: bytes, element: bytes, child: bytes) -> bytes:
    return re.sub(
        rb"(<ds:" + element + rb" Algorithm=\"[^\"]*\">)", lambda match: match.group(1) + child, data, count=1
    )


def _dual(mine: Signer) -> Signer:
    digest = f'<ds:DigestMethod Algorithm="{DS}sha1"></ds:DigestMethod><ds:DigestValue>AAAA</ds:DigestValue>'
    return mine.but(more=f'<ds:Reference URI="">{digest}</ds:Reference>')


ATTACKS: dict[str, tuple[Attack, SignatureFault]] = {
    "a field was changed": (
        lambda mine, _: _swapped(mine.sign(ORDERS), "goodsValue", b"1"),
        SignatureFault.digest_mismatch,
    ),
    "an attribute was changed": (
        lambda mine, _: re.sub(rb'guid="[^"]{36}"', b'guid="00000000-0000-0000-0000-000000000000"', mine.sign(ORDERS)),
        SignatureFault.digest_mismatch,
    ),
    "a document was taken out": (
        lambda mine, _: re.sub(rb"<ceb:Order>.*?</ceb:Order>", b"", mine.sign(ORDERS), count=1, flags=re.DOTALL),
        SignatureFault.digest_mismatch,
    ),
    "a document was put in": (
        lambda mine, _: _replaced(mine.sign(ORDERS), b"<ceb:Order>", b"<ceb:Order></ceb:Order><ceb:Order>"),
        SignatureFault.digest_mismatch,
    ),
    "the transmitter was changed": (
        lambda mine, _: _swapped(mine.sign(ORDERS), "copCode", b"9900000000"),
        SignatureFault.digest_mismatch,
    ),
    "the message and its digest were changed": (
        lambda mine, _: _digest_renewed(mine),
        SignatureFault.signature_mismatch,
    ),
    "the value is cut off": (
        lambda mine, _: _value_of(mine.sign(ORDERS), lambda value: value[:-1]),
        SignatureFault.signature_mismatch,
    ),
    "the value is empty": (
        lambda mine, _: _value_of(mine.sign(ORDERS), lambda value: b""),
        SignatureFault.signature_malformed,
    ),
    "the value is all zeros": (
        lambda mine, _: _value_of(mine.sign(ORDERS), lambda value: b"\x00" * len(value)),
        SignatureFault.signature_mismatch,
    ),
    "the value is longer": (
        lambda mine, _: _value_of(mine.sign(ORDERS), lambda value: value + b"\x00"),
        SignatureFault.signature_mismatch,
    ),
    "the value is no base64": (
        lambda mine, _: _replaced(mine.sign(ORDERS), b"<ds:SignatureValue>", b"<ds:SignatureValue>***"),
        SignatureFault.signature_malformed,
    ),
    "the digest is empty": (
        lambda mine, _: re.sub(rb"<ds:DigestValue>[^<]*<", b"<ds:DigestValue><", mine.sign(ORDERS)),
        SignatureFault.signature_malformed,
    ),
    "something is hidden in the value": (
        lambda mine, _: _replaced(mine.sign(ORDERS), b"</ds:SignatureValue>", b"<x>y</x></ds:SignatureValue>"),
        SignatureFault.signature_malformed,
    ),
    "another's key and certificate": (
        lambda _, attacker: attacker.sign(ORDERS),
        SignatureFault.unknown_certificate,
    ),
    "another's key under the sender's certificate": (
        lambda mine, attacker: attacker.but(named=mine.certificate).sign(ORDERS),
        SignatureFault.signature_mismatch,
    ),
    "no signature": (
        lambda mine, _: re.sub(rb"<ds:Signature .*</ds:Signature>", b"", mine.sign(ORDERS), flags=re.DOTALL),
        SignatureFault.no_signature,
    ),
    "a second signature": (_second_signature, SignatureFault.several_signatures),
    "the signature is elsewhere": (lambda mine, _: _nested(mine), SignatureFault.signature_malformed),
    "a second reference": (
        lambda mine, _: _dual(mine).sign(ORDERS),
        SignatureFault.reference_not_whole_document,
    ),
    "wrapped, by its id": (lambda mine, _: _wrapped(mine, "#whole"), SignatureFault.reference_not_whole_document),
    "wrapped, by an XPointer": (
        lambda mine, _: _wrapped(mine, "#xpointer(id('whole'))"),
        SignatureFault.reference_not_whole_document,
    ),
    "wrapped, the whole": (lambda mine, _: _wrapped(mine, ""), SignatureFault.digest_mismatch),
    "a file is referred to": (
        lambda mine, _: mine.but(reference='<ds:Reference URI="file:///etc/passwd">').sign(ORDERS),
        SignatureFault.reference_not_whole_document,
    ),
    "nothing is referred to": (
        lambda mine, _: mine.but(reference="<ds:Reference>").sign(ORDERS),
        SignatureFault.reference_not_whole_document,
    ),
    "the reference has a type": (
        lambda mine, _: mine.but(reference=f'<ds:Reference Type="{DS}Object" URI="">').sign(ORDERS),
        SignatureFault.reference_not_whole_document,
    ),
    "an XPath picks what is signed": (
        lambda mine, _: mine.but(transforms=(ENVELOPED, "http://www.w3.org/TR/1999/REC-xpath-19991116")).sign(ORDERS),
        SignatureFault.transform_not_allowed,
    ),
    "a stylesheet changes what is signed": (
        lambda mine, _: mine.but(transforms=("http://www.w3.org/TR/1999/REC-xslt-19991116",)).sign(ORDERS),
        SignatureFault.transform_not_allowed,
    ),
    "another canonical form of the message": (
        lambda mine, _: mine.but(transforms=(ENVELOPED, EXCLUSIVE)).sign(ORDERS),
        SignatureFault.transform_not_allowed,
    ),
    "the signature itself is not left out": (
        lambda mine, _: mine.but(transforms=(C14N,)).sign(ORDERS),
        SignatureFault.transform_not_allowed,
    ),
    "another canonical form of SignedInfo": (
        lambda mine, _: mine.but(canonicalization=EXCLUSIVE).sign(ORDERS),
        SignatureFault.algorithm_not_allowed,
    ),
    "a shared secret instead of a key": (
        lambda mine, _: mine.but(algorithms=(DS + "hmac-sha1", DS + "sha1")).sign(ORDERS),
        SignatureFault.algorithm_not_allowed,
    ),
    "an algorithm of another time": (
        lambda mine, _: mine.but(
            algorithms=("http://www.w3.org/2001/04/xmldsig-more#rsa-md5", "http://www.w3.org/2001/04/xmldsig-more#md5")
        ).sign(ORDERS),
        SignatureFault.algorithm_not_allowed,
    ),
    "no algorithm": (
        lambda mine, _: mine.but(algorithms=("", "")).sign(ORDERS),
        SignatureFault.algorithm_not_allowed,
    ),
    "a weaker digest than the method has": (
        lambda mine, _: mine.but(algorithms=(METHODS["rsa-sha256"][0], METHODS["rsa-sha1"][1])).sign(ORDERS),
        SignatureFault.algorithm_not_allowed,
    ),
    "a digest of another family": (
        lambda mine, _: mine.but(algorithms=(METHODS["sm2-sm3"][0], METHODS["rsa-sha1"][1])).sign(ORDERS),
        SignatureFault.algorithm_not_allowed,
    ),
    "a parameter of the method": (
        lambda mine, _: _inside(
            mine.sign(ORDERS), b"SignatureMethod", b"<ds:HMACOutputLength>8</ds:HMACOutputLength>"
        ),
        SignatureFault.signature_malformed,
    ),
    "a parameter of the canonical form": (
        lambda mine, _: _inside(
            mine.sign(ORDERS),
            b"CanonicalizationMethod",
            b'<ec:InclusiveNamespaces xmlns:ec="' + EXCLUSIVE.encode() + b'" PrefixList="ds"/>',
        ),
        SignatureFault.signature_malformed,
    ),
    "a parameter of the transform": (
        lambda mine, _: _inside(mine.sign(ORDERS), b"Transform", b"<ds:XPath>ceb:Order[1]</ds:XPath>"),
        SignatureFault.signature_malformed,
    ),
    "an object inside": (
        lambda mine, _: _replaced(mine.sign(ORDERS), b"</ds:Signature>", b"<ds:Object></ds:Object></ds:Signature>"),
        SignatureFault.signature_malformed,
    ),
    "padded to cost time": (
        lambda mine, _: mine.but(more=" " * 30_000).sign(ORDERS),
        SignatureFault.signature_malformed,
    ),
}  # fmt: skip

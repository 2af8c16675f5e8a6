"""The ds:Signature element: its shape, and the simulator's own signatures.

Whether a signature holds, and whose it is, is not judged here.
"""

from __future__ import annotations

import base64
import hashlib

from Crypto.PublicKey import ECC
from Crypto.Signature import eddsa
from lxml import etree

from backend.formats.ceb.fields import NAMESPACE, SIGNATURE_NAMESPACE

_DS = f"{{{SIGNATURE_NAMESPACE}}}"

_C14N = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
_ENVELOPED = "http://www.w3.org/2000/09/xmldsig#enveloped-signature"
_SHA256 = "http://www.w3.org/2001/04/xmlenc#sha256"
_ED25519 = "http://www.w3.org/2021/04/xmldsig-more#eddsa-ed25519"
_DSIG11 = "http://www.w3.org/2009/xmldsig11#"

_KEY_INFO_PARTS = frozenset(
    _DS + name for name in ("KeyName", "KeyValue", "RetrievalMethod", "X509Data", "PGPData", "SPKIData", "MgmtData")
)


def is_well_formed_signature(signature: etree._Element) -> bool:
    """Whether the element has the parts of a W3C XML signature in their order (XMLDSIG §4)."""
    parts = list(signature)
    tags = [part.tag for part in parts]
    if tags not in (
        [_DS + "SignedInfo", _DS + "SignatureValue"],
        [_DS + "SignedInfo", _DS + "SignatureValue", _DS + "KeyInfo"],
    ):
        return False
    if set(signature.keys()) - {"Id"} or not _is_base64(parts[1].text):
        return False
    if len(parts) == 3 and (not len(parts[2]) or not all(_is_key_part(part) for part in parts[2])):
        return False
    return _is_signed_info(parts[0])


def _is_signed_info(element: etree._Element) -> bool:
    tags = [part.tag for part in element]
    if tags[:2] != [_DS + "CanonicalizationMethod", _DS + "SignatureMethod"] or len(tags) < 3:
        return False
    if any(part.get("Algorithm") is None for part in list(element)[:2]):
        return False
    return all(part.tag == _DS + "Reference" and _is_reference(part) for part in list(element)[2:])


def _is_reference(element: etree._Element) -> bool:
    parts = list(element)
    if parts and parts[0].tag == _DS + "Transforms":
        transforms = list(parts.pop(0))
        if not transforms or any(t.tag != _DS + "Transform" or t.get("Algorithm") is None for t in transforms):
            return False
    return (
        [part.tag for part in parts] == [_DS + "DigestMethod", _DS + "DigestValue"]
        and parts[0].get("Algorithm") is not None
        and _is_base64(parts[1].text)
    )


def _is_key_part(element: etree._Element) -> bool:
    return element.tag in _KEY_INFO_PARTS or etree.QName(element).namespace not in (SIGNATURE_NAMESPACE, None)


def _is_base64(text: str | None) -> bool:
    try:
        base64.b64decode("".join((text or "").split()), validate=True)
    except ValueError:
        return False
    return True


class SimulatorSigner:
    """Signs simulated messages with a key made from a seed: the same seed gives the same bytes.

    A genuine enveloped XML signature (SHA-256, Ed25519 as RFC 9231 names it, deterministic by RFC 8032).
    The key is nobody's: not a customs certificate, not SM2, and it proves nothing about a sender.
    """

    def __init__(self, seed: bytes) -> None:
        secret = hashlib.sha256(b"simulator signature\x1f" + seed).digest()
        # The library wants the seed as bytes; its type hints say otherwise.
        self._key = ECC.construct(curve="Ed25519", seed=secret)  # type: ignore[arg-type]
        public = self._key.public_key()
        self.key_name = "simulator-" + hashlib.sha256(public.export_key(format="raw")).hexdigest()[:16]
        self._der = base64.b64encode(public.export_key(format="DER")).decode()

    def sign(self, canonical: bytes, root_prefix: str = "ceb") -> str:
        """The Signature element for a message given in canonical form without its signature.

        `root_prefix` is the message's namespace prefix, which is in scope where SignedInfo stands and so part
        of its inclusive canonical form.
        """
        digest = base64.b64encode(hashlib.sha256(canonical).digest()).decode()
        body = (
            f'<ds:CanonicalizationMethod Algorithm="{_C14N}"></ds:CanonicalizationMethod>'
            f'<ds:SignatureMethod Algorithm="{_ED25519}"></ds:SignatureMethod>'
            f'<ds:Reference URI=""><ds:Transforms><ds:Transform Algorithm="{_ENVELOPED}"></ds:Transform>'
            f'</ds:Transforms><ds:DigestMethod Algorithm="{_SHA256}"></ds:DigestMethod>'
            f"<ds:DigestValue>{digest}</ds:DigestValue></ds:Reference></ds:SignedInfo>"
        )
        scope = f'xmlns:{root_prefix}="{NAMESPACE}" xmlns:ds="{SIGNATURE_NAMESPACE}"'
        signed = f"<ds:SignedInfo {scope}>{body}".encode()
        value = base64.b64encode(eddsa.new(self._key, "rfc8032").sign(signed)).decode()
        return (
            f'<ds:Signature xmlns:ds="{SIGNATURE_NAMESPACE}"><ds:SignedInfo>{body}'
            f"<ds:SignatureValue>{value}</ds:SignatureValue>"
            f"<ds:KeyInfo><ds:KeyName>{self.key_name}</ds:KeyName><ds:KeyValue>"
            f'<dsig11:DEREncodedKeyValue xmlns:dsig11="{_DSIG11}">{self._der}</dsig11:DEREncodedKeyValue>'
            "</ds:KeyValue></ds:KeyInfo></ds:Signature>"
        )

"""Whether a message's signature holds, judged against certificates that were registered beforehand.

Customs' specification 202205 prescribes an enveloped W3C signature over the whole message, inclusive C14N 1.0, and
SM2 with SM3 or RSA with SHA-1. SHA-1 is accepted for no other reason than that the specification names it;
RSA with SHA-256 is accepted beside it. What an attacker could vary is not left to vary: one signature, one
reference, to the whole message, transformed in no other way, by algorithms that belong together. The key comes
from a registered certificate alone: KeyInfo is what the sender says, and only helps to name what is wrong.

RSA is verified by signxml. It knows no SM2, so there the same two steps are taken here: the digest of the message
without its signature, and the signature of SignedInfo.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from cryptography import x509
from lxml import etree
from signxml.algorithms import CanonicalizationMethod, DigestAlgorithm, SignatureMethod
from signxml.exceptions import InvalidDigest, InvalidSignature, SignXMLException
from signxml.verifier import SignatureConfiguration, XMLVerifier

from backend.domain.signatures import KeyAlgorithm, SignatureFault
from backend.formats.ceb.fields import SIGNATURE_NAMESPACE
from backend.formats.ceb.signature import is_well_formed_signature
from backend.formats.certificates import SigningCertificate
from backend.formats.sm2 import is_signature, sm3

C14N = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
ENVELOPED = "http://www.w3.org/2000/09/xmldsig#enveloped-signature"
SM2_SM3 = "http://www.chinaport.gov.cn/2022/04/xmldsig#sm2-sm3"

#: The methods accepted: the digest that goes with each, and the kind of key it needs.
METHODS: dict[str, tuple[str, KeyAlgorithm]] = {
    SM2_SM3: ("http://www.chinaport.gov.cn/2022/04/xmldsig#sm3", KeyAlgorithm.SM2),
    SignatureMethod.RSA_SHA1.value: (DigestAlgorithm.SHA1.value, KeyAlgorithm.RSA),
    SignatureMethod.RSA_SHA256.value: (DigestAlgorithm.SHA256.value, KeyAlgorithm.RSA),
}

#: A SignedInfo has some 700 bytes. What is padded beyond this would only cost time.
LONGEST_SIGNED_INFO = 20_000

_DS = f"{{{SIGNATURE_NAMESPACE}}}"
_SIGNATURE = _DS + "Signature"

_CONFIGURATION = SignatureConfiguration(
    location="./",
    expect_references=1,
    signature_methods=frozenset({SignatureMethod.RSA_SHA1, SignatureMethod.RSA_SHA256}),
    digest_algorithms=frozenset({DigestAlgorithm.SHA1, DigestAlgorithm.SHA256}),
    # A key in KeyInfo is never used, so it need not agree with the certificate.
    ignore_ambiguous_key_info=True,
    default_reference_c14n_method=CanonicalizationMethod.CANONICAL_XML_1_0,
)


@dataclass(frozen=True, slots=True)
class RegisteredCertificate:
    """A certificate as its participant registered it; `revoked_at` in Unix seconds where it was revoked."""

    certificate: SigningCertificate
    revoked_at: int | None = None

    def fault_at(self, now: int) -> SignatureFault | None:
        """Why it does not count now; None while it does."""
        if self.revoked_at is not None and self.revoked_at <= now:
            return SignatureFault.certificate_revoked
        if now < self.certificate.not_before:
            return SignatureFault.certificate_not_yet_valid
        return SignatureFault.certificate_expired if now > self.certificate.not_after else None


@dataclass(frozen=True, slots=True)
class SignatureVerdict:
    """Either the fingerprint of the registered certificate whose key signed the message, or what is wrong."""

    fingerprint: bytes | None
    fault: SignatureFault | None

    @property
    def is_valid(self) -> bool:
        return self.fault is None


def check_signature(root: etree._Element, registered: Sequence[RegisteredCertificate], now: int) -> SignatureVerdict:
    """The verdict on a message's signature; `root` is the business message (`open_envelope` gives it), left as it is.

    A signature that holds but whose certificate has ended is named as such, which needs its key to be tried too.
    """
    try:
        return _check(root, registered, now)
    except etree.LxmlError:
        # Some well-formed documents have no canonical form: a namespace that is a relative address, for instance.
        return _wrong(SignatureFault.signature_malformed)


def _check(root: etree._Element, registered: Sequence[RegisteredCertificate], now: int) -> SignatureVerdict:
    found = list(root.iter(_SIGNATURE))
    if len(found) != 1:
        return _wrong(SignatureFault.several_signatures if found else SignatureFault.no_signature)
    (signature,) = found
    fault = _fault_of_shape(root, signature)
    if fault is not None:
        return _wrong(fault)
    _, kind = METHODS[_algorithm(signature, "SignedInfo/SignatureMethod")]
    fitting = [each for each in registered if each.certificate.algorithm is kind]
    # First those that count now: an ended certificate for the same key does not speak against a renewed one.
    for each in sorted(fitting, key=lambda each: each.fault_at(now) is not None):
        fault = _verify(root, signature, each.certificate)
        if fault is SignatureFault.signature_mismatch:
            continue
        fault = fault or each.fault_at(now)
        return SignatureVerdict(each.certificate.fingerprint, None) if fault is None else _wrong(fault)
    named = _named_in_key_info(signature)
    is_known = not named.isdisjoint(each.certificate.fingerprint for each in registered) if named else bool(fitting)
    return _wrong(SignatureFault.signature_mismatch if is_known else SignatureFault.unknown_certificate)


def _wrong(fault: SignatureFault) -> SignatureVerdict:
    return SignatureVerdict(None, fault)


# ---------------------------------------------------------------------------------------------------
# Shape


def _fault_of_shape(root: etree._Element, signature: etree._Element) -> SignatureFault | None:
    """What is wrong before any key is tried: nothing here depends on who signed."""
    if signature.getparent() is not root or not is_well_formed_signature(signature):
        return SignatureFault.signature_malformed
    references = _find(signature, "SignedInfo/Reference")
    if len(references) != 1 or references[0].items() != [("URI", "")]:
        return SignatureFault.reference_not_whole_document
    transforms = [each.get("Algorithm") for each in _find(references[0], "Transforms/Transform")]
    if transforms not in ([ENVELOPED], [ENVELOPED, C14N]):
        return SignatureFault.transform_not_allowed
    method = _algorithm(signature, "SignedInfo/SignatureMethod")
    digest = _algorithm(signature, "SignedInfo/Reference/DigestMethod")
    canonical = _algorithm(signature, "SignedInfo/CanonicalizationMethod")
    if canonical != C14N or method not in METHODS or METHODS[method][0] != digest:
        return SignatureFault.algorithm_not_allowed
    # Parameters of an algorithm (a truncated output, an XPath, prefixes) would change what was signed.
    steps = ("CanonicalizationMethod", "SignatureMethod", "Reference/DigestMethod", "Reference/Transforms/Transform")
    algorithms = [each for step in steps for each in _find(signature, f"SignedInfo/{step}")]
    if any(len(each) or set(each.keys()) != {"Algorithm"} for each in algorithms):
        return SignatureFault.signature_malformed
    values = _find(signature, "SignatureValue") + _find(references[0], "DigestValue")
    if any(len(each) or not _decoded(each) for each in values):
        return SignatureFault.signature_malformed
    if len(_canonical_signed_info(signature)) > LONGEST_SIGNED_INFO:
        return SignatureFault.signature_malformed
    return None


def _find(element: etree._Element, path: str) -> list[etree._Element]:
    return element.findall("/".join(_DS + name for name in path.split("/")))


def _algorithm(signature: etree._Element, path: str) -> str:
    return next((each.get("Algorithm", "") for each in _find(signature, path)), "")


def _named_in_key_info(signature: etree._Element) -> set[bytes]:
    """Fingerprints of the certificates that the sender says it used."""
    found = (_decoded(element) for element in _find(signature, "KeyInfo/X509Data/X509Certificate"))
    return {hashlib.sha256(data).digest() for data in found if data is not None}


# ---------------------------------------------------------------------------------------------------
# Verifying with one key


def _verify(root: etree._Element, signature: etree._Element, certificate: SigningCertificate) -> SignatureFault | None:
    """signature_mismatch where this key did not sign it, another fault where it did but what it signed is wrong."""
    match certificate.algorithm:
        case KeyAlgorithm.RSA:
            return _verify_rsa(root, certificate)
        case KeyAlgorithm.SM2:
            return _verify_sm2(root, signature, certificate)


def _verify_rsa(root: etree._Element, certificate: SigningCertificate) -> SignatureFault | None:
    # Whether the certificate counts today is judged elsewhere, and a wrong key is to be told from an ended one.
    at = datetime.fromtimestamp(certificate.not_before, UTC)
    try:
        XMLVerifier().verify(
            root,
            x509_cert=x509.load_der_x509_certificate(certificate.der),
            expect_config=replace(_CONFIGURATION, verification_time=at),
        )
    except InvalidDigest:
        return SignatureFault.digest_mismatch
    except InvalidSignature:
        return SignatureFault.signature_mismatch
    except (SignXMLException, ValueError):
        return SignatureFault.signature_malformed
    return None


def _verify_sm2(
    root: etree._Element, signature: etree._Element, certificate: SigningCertificate
) -> SignatureFault | None:
    (value_element,) = _find(signature, "SignatureValue")
    value = _decoded(value_element)
    if value is None or not is_signature(certificate.point, _canonical_signed_info(signature), value):
        return SignatureFault.signature_mismatch
    (digest_element,) = _find(signature, "SignedInfo/Reference/DigestValue")
    digest = _decoded(digest_element)
    if digest is None or not hmac.compare_digest(digest, sm3(_canonical_without_signature(root))):
        return SignatureFault.digest_mismatch
    return None


def _canonical_signed_info(signature: etree._Element) -> bytes:
    """SignedInfo in inclusive canonical form, with the namespaces in scope where it stands."""
    (signed_info,) = _find(signature, "SignedInfo")
    return etree.tostring(signed_info, method="c14n", with_comments=False)


def _canonical_without_signature(root: etree._Element) -> bytes:
    """The message in canonical form after the enveloped-signature transform, which leaves the text around it."""
    copy = etree.fromstring(etree.tostring(root))
    signature = copy.find(_SIGNATURE)
    if signature is not None:
        before, tail = signature.getprevious(), signature.tail or ""
        if before is None:
            copy.text = (copy.text or "") + tail
        else:
            before.tail = (before.tail or "") + tail
        copy.remove(signature)
    return etree.tostring(copy, method="c14n", with_comments=False)


def _decoded(element: etree._Element) -> bytes | None:
    try:
        return base64.b64decode("".join((element.text or "").split()), validate=True)
    except (binascii.Error, ValueError):
        return None

"""X.509 certificates with which enterprises sign their messages: RSA, and SM2, which no general library loads.

A certificate is trusted because its participant registered it, not because of who issued it: its issuer's
signature, and revocation lists, are not looked at.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from dataclasses import dataclass
from typing import Annotated

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat import asn1
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from backend.domain.errors import InvalidInput
from backend.domain.signatures import KeyAlgorithm
from backend.formats.sm2 import is_public_key

#: Shorter keys can be broken; cards of 1024 bits were issued in the past. Longer ones only cost time to verify.
SHORTEST_RSA, LONGEST_RSA = 2048, 8192
LONGEST_SUBJECT = 200

_SM2_CURVE = x509.ObjectIdentifier("1.2.156.10197.1.301")
_PEM_START = "-----BEGIN CERTIFICATE-----"

# What the library raises on bytes that are no sound certificate; some of it only when a part is asked for.
_UNSOUND = (ValueError, TypeError, x509.InvalidVersion, x509.DuplicateExtension, x509.UnsupportedGeneralNameType)


@asn1.sequence
class _KeyAlgorithm:
    algorithm: x509.ObjectIdentifier
    parameters: x509.ObjectIdentifier


@asn1.sequence
class _PublicKey:
    algorithm: _KeyAlgorithm
    key: asn1.BitString


@asn1.sequence
class _Certificate:
    """The signed part of a certificate as far as its key needs it (RFC 5280 §4.1)."""

    version: Annotated[int | None, asn1.Explicit(0)]
    serial: int
    signature: asn1.TLV
    issuer: asn1.TLV
    validity: asn1.TLV
    subject: asn1.TLV
    public_key: _PublicKey
    issuer_id: Annotated[asn1.BitString | None, asn1.Implicit(1)]
    subject_id: Annotated[asn1.BitString | None, asn1.Implicit(2)]
    extensions: Annotated[list[asn1.TLV] | None, asn1.Explicit(3)]


@dataclass(frozen=True, slots=True)
class SigningCertificate:
    """A certificate whose key we can verify with. Instants in Unix seconds, both inclusive."""

    der: bytes
    #: SHA-256 of `der`.
    fingerprint: bytes
    algorithm: KeyAlgorithm
    subject: str
    not_before: int
    not_after: int
    #: The uncompressed point of an SM2 key; b"" for RSA, whose key is read from `der` by its own library.
    point: bytes


def read_certificate(data: bytes | str) -> SigningCertificate:
    """The one certificate in DER, PEM, or the base64 of DER (as text).

    Raises InvalidInput saying what is wrong: no certificate, several, a private key, an algorithm that customs'
    messages are not signed with, a key that is too short, or one that is not for signing.
    """
    der = data if isinstance(data, bytes) else _der_of(data)
    try:
        certificate = x509.load_der_x509_certificate(der)
        algorithm, point = _key_of(certificate)
        _require_for_signing(certificate)
        return SigningCertificate(
            der=der,
            fingerprint=hashlib.sha256(der).digest(),
            algorithm=algorithm,
            subject=certificate.subject.rfc4514_string()[:LONGEST_SUBJECT],
            not_before=int(certificate.not_valid_before_utc.timestamp()),
            not_after=int(certificate.not_valid_after_utc.timestamp()),
            point=point,
        )
    except _UNSOUND:
        raise _refused(f"{len(der)} bytes", "one X.509 certificate in PEM or DER") from None


def _der_of(text: str) -> bytes:
    if "PRIVATE KEY" in text:
        # Not a word of it is repeated.
        raise _refused("a private key", "the certificate alone, never its private key")
    if text.count(_PEM_START) > 1:
        raise _refused(f"{text.count(_PEM_START)} certificates", "one X.509 certificate in PEM or DER")
    body = text.partition(_PEM_START)[2].partition("-----END")[0] if _PEM_START in text else text
    try:
        return base64.b64decode("".join(body.split()), validate=True)
    except (binascii.Error, ValueError):
        raise _refused(f"{len(text)} characters", "one X.509 certificate in PEM or DER") from None


def _key_of(certificate: x509.Certificate) -> tuple[KeyAlgorithm, bytes]:
    try:
        key = certificate.public_key()
    except UnsupportedAlgorithm:
        return KeyAlgorithm.SM2, _sm2_point(certificate)
    if not isinstance(key, RSAPublicKey):
        raise _refused(type(key).__name__, "a certificate for an RSA or SM2 key")
    if not SHORTEST_RSA <= key.key_size <= LONGEST_RSA:
        raise _refused(f"RSA {key.key_size}", f"an RSA key of {SHORTEST_RSA} to {LONGEST_RSA} bits")
    return KeyAlgorithm.RSA, b""


def _sm2_point(certificate: x509.Certificate) -> bytes:
    """The key of a certificate on the SM2 curve, which the general library reads but does not know."""
    try:
        found = asn1.decode_der(_Certificate, certificate.tbs_certificate_bytes).public_key
    except ValueError:
        found = None
    if found is None or found.algorithm.parameters != _SM2_CURVE:
        raise _refused(certificate.public_key_algorithm_oid.dotted_string, "a certificate for an RSA or SM2 key")
    point = found.key.as_bytes()
    if not is_public_key(point):
        raise _refused(f"{len(point)} bytes", "an uncompressed point of the SM2 curve")
    return point


def _require_for_signing(certificate: x509.Certificate) -> None:
    """Customs' SM2 cards hold two certificates; the one for encryption is easily taken for the other."""
    try:
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return
    if not (usage.digital_signature or usage.content_commitment):
        raise _refused("keyUsage", "a certificate whose key is for signing, not for encryption")


def _refused(value: str, rule: str) -> InvalidInput:
    return InvalidInput(field="certificate", value=value, rule=rule)

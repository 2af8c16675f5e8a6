"""Certificates made at run time, and messages signed with their keys: what an enterprise's own software does.

Written apart from what verifies them. A signer can be told to do one thing wrong.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Annotated

from cryptography import x509
from cryptography.hazmat import asn1
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from gmalg import SM2, SM3
from lxml import etree

DS = "http://www.w3.org/2000/09/xmldsig#"
C14N = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
ENVELOPED = DS + "enveloped-signature"
CHINAPORT = "http://www.chinaport.gov.cn/2022/04/xmldsig#"
METHODS = {
    "rsa-sha1": (DS + "rsa-sha1", DS + "sha1"),
    "rsa-sha256": ("http://www.w3.org/2001/04/xmldsig-more#rsa-sha256", "http://www.w3.org/2001/04/xmlenc#sha256"),
    "sm2-sm3": (CHINAPORT + "sm2-sm3", CHINAPORT + "sm3"),
}
SM2_IDENTITY = b"1234567812345678"

_NAME = x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, "测试企业")])
_SM2_CURVE = x509.ObjectIdentifier("1.2.156.10197.1.301")
_SM2_WITH_SM3 = x509.ObjectIdentifier("1.2.156.10197.1.501")
_EC_PUBLIC_KEY = x509.ObjectIdentifier("1.2.840.10045.2.1")

YESTERDAY = datetime.now(UTC).replace(microsecond=0) - timedelta(days=1)
NEXT_YEAR = YESTERDAY + timedelta(days=365)


@dataclass(frozen=True)
class Signer:
    """A key with its certificate, and how it signs. The parts of a signature can be replaced one by one."""

    kind: str
    certificate: bytes
    key: rsa.RSAPrivateKey | bytes
    reference: str = '<ds:Reference URI="">'
    transforms: tuple[str, ...] = (ENVELOPED,)
    canonicalization: str = C14N
    algorithms: tuple[str, str] | None = None
    more: str = ""
    identity: bytes = SM2_IDENTITY
    is_der: bool = False
    named: bytes | None = None
    namespaces: str = field(default='xmlns:ceb="http://www.chinaport.gov.cn/ceb"', repr=False)

    def but(self, **changes: object) -> Signer:
        return replace(self, **changes)  # type: ignore[arg-type]

    @property
    def fingerprint(self) -> str:
        return hashlib.sha256(self.certificate).hexdigest()

    @property
    def pem(self) -> str:
        text = base64.encodebytes(self.certificate).decode()
        return f"-----BEGIN CERTIFICATE-----\n{text}-----END CERTIFICATE-----\n"

    def digest(self, data: bytes) -> bytes:
        if self.kind == "sm2-sm3":
            # By the other library than the one that verifies.
            digest = SM3()
            digest.update(data)
            return digest.value()
        return hashlib.new("sha256" if self.kind == "rsa-sha256" else "sha1", data).digest()

    def value(self, data: bytes) -> bytes:
        if isinstance(self.key, bytes):
            r, s = (int.from_bytes(part, "big") for part in SM2(self.key, self.identity).sign(data))
            return encode_dss_signature(r, s) if self.is_der else r.to_bytes(32, "big") + s.to_bytes(32, "big")
        algorithm = hashes.SHA256() if self.kind == "rsa-sha256" else hashes.SHA1()  # noqa: S303 - as customs names it
        return self.key.sign(data, padding.PKCS1v15(), algorithm)

    def element(self, canonical: bytes) -> str:
        """The Signature over a message in canonical form; its own text is canonical too."""
        method, digest = self.algorithms or METHODS[self.kind]
        digest_value = base64.b64encode(self.digest(canonical)).decode()
        steps = "".join(f'<ds:Transform Algorithm="{each}"></ds:Transform>' for each in self.transforms)
        body = (
            f'<ds:CanonicalizationMethod Algorithm="{self.canonicalization}"></ds:CanonicalizationMethod>'
            f'<ds:SignatureMethod Algorithm="{method}"></ds:SignatureMethod>'
            f"{self.reference}<ds:Transforms>{steps}</ds:Transforms>"
            f'<ds:DigestMethod Algorithm="{digest}"></ds:DigestMethod>'
            f"<ds:DigestValue>{digest_value}</ds:DigestValue></ds:Reference>{self.more}</ds:SignedInfo>"
        )
        signed = f'<ds:SignedInfo {self.namespaces} xmlns:ds="{DS}">{body}'.encode()
        value = base64.encodebytes(self.value(signed)).decode()
        named = base64.encodebytes(self.named or self.certificate).decode()
        return (
            f'<ds:Signature xmlns:ds="{DS}"><ds:SignedInfo>{body}<ds:SignatureValue>{value}</ds:SignatureValue>'
            f"<ds:KeyInfo><ds:KeyName>test</ds:KeyName><ds:X509Data><ds:X509Certificate>{named}</ds:X509Certificate>"
            "</ds:X509Data></ds:KeyInfo></ds:Signature>"
        )

    def sign(self, message: bytes) -> bytes:
        """The message with this signature in the place of any that it had."""
        root = etree.fromstring(message)
        for signature in root.findall(f"{{{DS}}}Signature"):
            root.remove(signature)
        canonical = etree.tostring(root, method="c14n")
        start, end, _ = canonical.rpartition(b"</")
        return start + self.element(canonical).encode() + end + canonical[len(start) + len(end) :]


def rsa_signer(
    kind: str = "rsa-sha1", *, bits: int = 2048, start: datetime = YESTERDAY, end: datetime = NEXT_YEAR
) -> Signer:
    """A new RSA key and its self-signed certificate."""
    key = rsa.generate_private_key(65537, bits)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(_NAME)
        .issuer_name(_NAME)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(end)
        .sign(key, hashes.SHA256())
    )
    return Signer(kind, certificate.public_bytes(Encoding.DER), key)


def sm2_signer(*, start: datetime = YESTERDAY, end: datetime = NEXT_YEAR) -> Signer:
    """A new SM2 key and its self-signed certificate."""
    secret, point = SM2().generate_keypair()
    name = asn1.decode_der(asn1.TLV, _NAME.public_bytes())
    tbs = _Signed(
        version=2,
        serial=x509.random_serial_number(),
        signature=_Algorithm(algorithm=_SM2_WITH_SM3),
        issuer=name,
        validity=_Validity(not_before=asn1.UTCTime(start), not_after=asn1.UTCTime(end)),
        subject=name,
        public_key=_PublicKey(
            algorithm=_KeyAlgorithm(algorithm=_EC_PUBLIC_KEY, parameters=_SM2_CURVE), key=asn1.BitString(point, 0)
        ),
    )
    r, s = (int.from_bytes(part, "big") for part in SM2(secret, SM2_IDENTITY).sign(asn1.encode_der(tbs)))
    certificate = _Certificate(
        signed=tbs,
        algorithm=_Algorithm(algorithm=_SM2_WITH_SM3),
        value=asn1.BitString(encode_dss_signature(r, s), 0),
    )
    return Signer("sm2-sm3", asn1.encode_der(certificate), secret)


@asn1.sequence
class _Algorithm:
    algorithm: x509.ObjectIdentifier


@asn1.sequence
class _KeyAlgorithm:
    algorithm: x509.ObjectIdentifier
    parameters: x509.ObjectIdentifier


@asn1.sequence
class _PublicKey:
    algorithm: _KeyAlgorithm
    key: asn1.BitString


@asn1.sequence
class _Validity:
    not_before: asn1.UTCTime
    not_after: asn1.UTCTime


@asn1.sequence
class _Signed:
    version: Annotated[int, asn1.Explicit(0)]
    serial: int
    signature: _Algorithm
    issuer: asn1.TLV
    validity: _Validity
    subject: asn1.TLV
    public_key: _PublicKey


@asn1.sequence
class _Certificate:
    signed: _Signed
    algorithm: _Algorithm
    value: asn1.BitString

"""What may be found of a message's signature, and how strictly a participant's messages are judged by it."""

from __future__ import annotations

from enum import StrEnum


class SignaturePolicy(StrEnum):
    """How strictly a participant's messages are judged, from the loosest to the strictest."""

    #: No signature is looked at.
    off = "off"
    #: An unsigned message is taken; a signed one must verify.
    optional = "optional"
    #: Every message must be signed and verify.
    required = "required"

    def is_stricter_than(self, other: SignaturePolicy) -> bool:
        order = list(SignaturePolicy)
        return order.index(self) > order.index(other)


class KeyAlgorithm(StrEnum):
    """The kinds of keys with which customs has messages signed."""

    RSA = "RSA"
    SM2 = "SM2"


class SignatureFault(StrEnum):
    """Why a signature is not accepted."""

    no_signature = "no_signature"
    several_signatures = "several_signatures"
    signature_malformed = "signature_malformed"
    algorithm_not_allowed = "algorithm_not_allowed"
    reference_not_whole_document = "reference_not_whole_document"
    transform_not_allowed = "transform_not_allowed"
    digest_mismatch = "digest_mismatch"
    signature_mismatch = "signature_mismatch"
    unknown_certificate = "unknown_certificate"
    certificate_not_yet_valid = "certificate_not_yet_valid"
    certificate_expired = "certificate_expired"
    certificate_revoked = "certificate_revoked"

    @property
    def zh(self) -> str:
        return _SENTENCES[self][0]

    @property
    def en(self) -> str:
        return _SENTENCES[self][1]


_SENTENCES: dict[SignatureFault, tuple[str, str]] = {
    SignatureFault.no_signature: ("报文没有签名", "the message is not signed"),
    SignatureFault.several_signatures: ("报文含有多个签名", "the message holds more than one signature"),
    SignatureFault.signature_malformed: ("签名结构不合规则", "the signature is not built as it must be"),
    SignatureFault.algorithm_not_allowed: ("签名或摘要算法不被接受", "its algorithms are not among those accepted"),
    SignatureFault.reference_not_whole_document: (
        "签名必须且只能引用整个报文",
        "it must refer to the whole message and to nothing else",
    ),
    SignatureFault.transform_not_allowed: ("签名使用了不被接受的转换", "it transforms the message before signing it"),
    SignatureFault.digest_mismatch: ("报文在签名后被改动", "the message was changed after it was signed"),
    SignatureFault.signature_mismatch: (
        "签名值与已登记的证书不符",
        "its value was not made with the key of a registered certificate",
    ),
    SignatureFault.unknown_certificate: ("签名证书没有登记", "its certificate is not registered"),
    SignatureFault.certificate_not_yet_valid: ("签名证书尚未生效", "its certificate is not valid yet"),
    SignatureFault.certificate_expired: ("签名证书已过期", "its certificate has expired"),
    SignatureFault.certificate_revoked: ("签名证书已注销", "its certificate is revoked"),
}

"""Certificates in every form they come in, and those that are not taken."""

from __future__ import annotations

import base64
import warnings
from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.x509.oid import NameOID
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.domain.errors import InvalidInput
from backend.domain.signatures import KeyAlgorithm
from backend.domain.wording import has_chinese
from backend.formats.certificates import LONGEST_SUBJECT, read_certificate
from tests.support.signing import NEXT_YEAR, YESTERDAY, Signer, rsa_signer, sm2_signer

RSA, SM2 = rsa_signer(), sm2_signer()


def made(key: object, *, usage: x509.KeyUsage | None = None, common_name: str = "x") -> str:
    """A self-signed certificate in PEM for a key of any kind."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())  # type: ignore[attr-defined]
        .serial_number(1)
        .not_valid_before(YESTERDAY)
        .not_valid_after(NEXT_YEAR)
    )
    if usage is not None:
        builder = builder.add_extension(usage, critical=True)
    digest = None if isinstance(key, ed25519.Ed25519PrivateKey) else hashes.SHA256()
    return builder.sign(key, digest).public_bytes(serialization.Encoding.PEM).decode()  # type: ignore[arg-type]


def usage(**allowed: bool) -> x509.KeyUsage:
    names = (
        "digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
        "key_cert_sign", "crl_sign", "encipher_only", "decipher_only",
    )  # fmt: skip
    return x509.KeyUsage(**{name: allowed.get(name, False) for name in names})


@pytest.mark.parametrize(("signer", "algorithm"), [(RSA, KeyAlgorithm.RSA), (SM2, KeyAlgorithm.SM2)])
def test_a_certificate_is_read_from_every_form_alike(signer: Signer, algorithm: KeyAlgorithm) -> None:
    first = read_certificate(signer.certificate)
    plain = base64.b64encode(signer.certificate).decode()
    for form in (signer.pem, signer.pem.replace("\n", "\r\n"), "Bag Attributes\n" + signer.pem, plain, plain + "\n"):
        assert read_certificate(form) == first
    assert first.algorithm is algorithm
    assert first.fingerprint.hex() == signer.fingerprint
    assert first.subject == "O=测试企业"
    assert (first.not_before, first.not_after) == (YESTERDAY.timestamp(), NEXT_YEAR.timestamp())
    assert len(first.point) == (65 if algorithm is KeyAlgorithm.SM2 else 0)


@pytest.mark.parametrize("allowed", ["digital_signature", "content_commitment"])
def test_a_certificate_that_says_it_is_for_signing_is_taken(allowed: str) -> None:
    key = rsa.generate_private_key(65537, 2048)
    assert read_certificate(made(key, usage=usage(**{allowed: True}))).algorithm is KeyAlgorithm.RSA


def _private(key: rsa.RSAPrivateKey) -> str:
    form = serialization.PrivateFormat.PKCS8
    return key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()).decode()


_key = rsa.generate_private_key(65537, 2048)
_off_curve = SM2.certificate.replace(read_certificate(SM2.certificate).point, b"\x04" + b"\x01" * 64)

REFUSED = {
    "nothing": ("", "one X.509 certificate"),
    "no base64": ("签名", "one X.509 certificate"),
    "no certificate": (base64.b64encode(b"certificate").decode(), "one X.509 certificate"),
    "cut off": (base64.b64encode(RSA.certificate[:-1]).decode(), "one X.509 certificate"),
    "more behind it": (base64.b64encode(RSA.certificate + b"\x00").decode(), "one X.509 certificate"),
    "two": (RSA.pem + SM2.pem, "one X.509 certificate"),
    "a private key": (_private(_key), "never its private key"),
    "a private key beside it": (made(_key) + _private(_key), "never its private key"),
    "a short RSA key": (made(rsa.generate_private_key(65537, 1024)), "2048 to 8192 bits"),  # noqa: S505
    "another curve": (made(ec.generate_private_key(ec.SECP256R1())), "RSA or SM2"),
    "Edwards": (made(ed25519.Ed25519PrivateKey.generate()), "RSA or SM2"),
    "for encryption": (made(_key, usage=usage(key_encipherment=True, data_encipherment=True)), "for signing"),
    "no point of the curve": (base64.b64encode(_off_curve).decode(), "SM2 curve"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_cannot_be_used_is_refused_with_its_rule_in_both_languages(what: str) -> None:
    text, rule = REFUSED[what]
    with pytest.raises(InvalidInput) as caught:
        read_certificate(text)
    details = caught.value.details
    assert details["field"] == "certificate"
    assert rule in details["rule"]
    assert has_chinese(details["rule"])
    # Nothing of what was sent comes back: it might be a key.
    assert len(str(details["value"])) < 40


def test_a_subject_is_bounded() -> None:
    key = rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, "企" * 60) for _ in range(6)])
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), 1, YESTERDAY, NEXT_YEAR + timedelta(days=1))
        .sign(key, hashes.SHA256())
        .public_bytes(serialization.Encoding.DER)
    )
    assert len(read_certificate(certificate).subject) == LONGEST_SUBJECT


@settings(max_examples=300)
@given(st.sampled_from([RSA, SM2]), st.data())
def test_no_change_of_its_bytes_gets_past_the_reader_as_anything_but_a_certificate(
    signer: Signer, data: st.DataObject
) -> None:
    changed = bytearray(signer.certificate)
    for _ in range(data.draw(st.integers(1, 3))):
        changed[data.draw(st.integers(0, len(changed) - 1))] = data.draw(st.integers(0, 255))
    cut = bytes(changed[: data.draw(st.integers(0, len(changed)))])
    for der in (bytes(changed), cut):
        with warnings.catch_warnings():
            # The library warns of odd serial numbers and the like, and reads on.
            warnings.simplefilter("ignore")
            try:
                found = read_certificate(der)
            except InvalidInput:
                continue
        assert found.der == der

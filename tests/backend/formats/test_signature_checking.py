"""Signatures of messages: those that hold, and every way in which one does not."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from datetime import timedelta
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from signature_attacks import ATTACKS, LISTS, ORDERS

from backend.domain.errors import GuanlianError
from backend.domain.signatures import SignatureFault
from backend.formats.ceb.messages import Envelope, open_envelope, parse_message
from backend.formats.ceb.signature_checking import RegisteredCertificate, SignatureVerdict, check_signature
from backend.formats.ceb.writer import wrap_dxp
from backend.formats.ceb.xml import DEFAULT_LIMITS
from backend.formats.certificates import read_certificate
from tests.support.signing import C14N, ENVELOPED, METHODS, NEXT_YEAR, YESTERDAY, Signer, rsa_signer, sm2_signer

NOW = int(time.time())
KINDS = tuple(METHODS)


@cache
def signer(kind: str, whose: str = "sender") -> Signer:
    """The same key for the same name throughout."""
    return sm2_signer() if kind == "sm2-sm3" else rsa_signer(kind)


def verdict(data: bytes, *certificates: Signer, now: int = NOW, revoked_at: int | None = None) -> SignatureVerdict:
    root, _ = open_envelope(data, DEFAULT_LIMITS)
    before = etree.tostring(root)
    registered = [RegisteredCertificate(read_certificate(each.certificate), revoked_at) for each in certificates]
    found = check_signature(root, registered, now)
    assert etree.tostring(root) == before, "the message is left as it is"
    assert found.is_valid is (found.fingerprint is not None)
    return found


def holds(data: bytes, *certificates: Signer) -> str:
    """The fingerprint of the certificate that it was signed with."""
    found = verdict(data, *certificates)
    assert found.fault is None
    assert found.fingerprint is not None
    return found.fingerprint.hex()


# ---------------------------------------------------------------------------------------------------
# What holds


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("message", [ORDERS, LISTS], ids=["311", "621"])
def test_a_signature_holds_with_the_certificate_that_was_registered(kind: str, message: bytes) -> None:
    mine = signer(kind)
    data = mine.sign(message)
    assert holds(data, signer(kind, "other"), mine) == mine.fingerprint
    assert parse_message(data).is_signed


@pytest.mark.parametrize("kind", KINDS)
def test_a_signature_holds_inside_an_envelope(kind: str) -> None:
    mine = signer(kind)
    envelope = Envelope("1", "DXPSIM", ("DXPEDCCEB0000001",), "2026-11-22T08:00:00", "CEB311Message")
    assert holds(wrap_dxp(mine.sign(ORDERS), envelope), mine) == mine.fingerprint


def test_an_sm2_value_may_be_a_der_sequence() -> None:
    mine = signer("sm2-sm3").but(is_der=True)
    assert holds(mine.sign(ORDERS), mine)


@pytest.mark.parametrize("kind", KINDS)
def test_canonicalization_may_be_named_among_the_transforms(kind: str) -> None:
    mine = signer(kind).but(transforms=(ENVELOPED, C14N))
    assert holds(mine.sign(ORDERS), mine)


@pytest.mark.parametrize("kind", KINDS)
def test_other_namespaces_in_scope_are_part_of_what_is_signed(kind: str) -> None:
    # In the order in which canonical XML has them: the default namespace, then by prefix.
    more = 'xmlns="urn:default" xmlns:aa="urn:unused" xmlns:ceb="http://www.chinaport.gov.cn/ceb"'
    mine = signer(kind).but(namespaces=more)
    message = ORDERS.replace(b"xmlns:ceb=", b'xmlns="urn:default" xmlns:aa="urn:unused" xmlns:ceb=', 1)
    assert holds(mine.sign(message), mine)
    assert (
        verdict(mine.but(namespaces=Signer.namespaces).sign(message), mine).fault is SignatureFault.signature_mismatch
    )


@pytest.mark.parametrize("kind", KINDS)
def test_text_around_the_signature_stays_part_of_the_message(kind: str) -> None:
    mine = signer(kind)
    spaced = re.sub(rb"(</?ceb:BaseTransfer>)", rb"\n  \1\n", ORDERS)
    data = mine.sign(spaced)
    assert holds(data, mine)
    assert verdict(data.replace(b"<ds:Signature ", b" <ds:Signature "), mine).fault is SignatureFault.digest_mismatch
    assert verdict(data.replace(b"</ds:Signature>", b"</ds:Signature>\n"), mine).fault is SignatureFault.digest_mismatch


@pytest.mark.parametrize("kind", KINDS)
def test_a_comment_hides_nothing_of_what_was_signed(kind: str) -> None:
    """What is read is what is verified: comments are gone from both, and part no text in two."""
    mine = signer(kind)
    data = mine.sign(ORDERS)
    number = re.search(rb"<ceb:orderNo>(.*?)</ceb:orderNo>", data)
    assert number is not None
    whole = number.group(1)
    commented = data.replace(b">" + whole + b"<", b">" + whole[:4] + b"<!-- x -->" + whole[4:] + b"<", 1)
    assert commented != data
    assert holds(commented, mine)
    assert parse_message(commented).documents[0].head["orderNo"] == whole.decode()
    shortened = data.replace(b">" + whole + b"<", b">" + whole[:4] + b"<!--" + whole[4:] + b"--><", 1)
    assert verdict(shortened, mine).fault is SignatureFault.digest_mismatch


@pytest.mark.parametrize("kind", KINDS)
def test_what_key_info_says_does_not_matter_where_the_registered_key_signed(kind: str) -> None:
    mine, attacker = signer(kind), signer(kind, "attacker")
    assert holds(mine.but(named=attacker.certificate).sign(ORDERS), mine) == mine.fingerprint
    bare = re.sub(rb"<ds:KeyInfo>.*</ds:KeyInfo>", b"", mine.sign(ORDERS), flags=re.DOTALL)
    assert holds(bare, mine) == mine.fingerprint


# ---------------------------------------------------------------------------------------------------
# What does not


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("attack", ATTACKS)
def test_a_message_is_refused_when(attack: str, kind: str) -> None:
    make, fault = ATTACKS[attack]
    mine, attacker = signer(kind), signer(kind, "attacker")
    assert verdict(make(mine, attacker), mine).fault is fault


def test_the_simulators_own_signature_is_nobodys() -> None:
    assert verdict(LISTS, signer("rsa-sha1"), signer("sm2-sm3")).fault is SignatureFault.algorithm_not_allowed


@pytest.mark.parametrize("kind", KINDS)
def test_without_a_certificate_nothing_holds(kind: str) -> None:
    data = signer(kind).sign(ORDERS)
    bare = re.sub(rb"<ds:KeyInfo>.*</ds:KeyInfo>", b"", data, flags=re.DOTALL)
    assert verdict(data).fault is verdict(bare).fault is SignatureFault.unknown_certificate


def test_a_key_of_one_kind_does_not_stand_for_the_other() -> None:
    by_rsa, by_sm2 = signer("rsa-sha1"), signer("sm2-sm3")
    assert verdict(by_rsa.sign(ORDERS), by_sm2).fault is SignatureFault.unknown_certificate
    posing = by_rsa.but(algorithms=METHODS["sm2-sm3"], named=by_sm2.certificate)
    assert verdict(posing.sign(ORDERS), by_rsa, by_sm2).fault is SignatureFault.signature_mismatch
    posing = by_sm2.but(algorithms=METHODS["rsa-sha1"], named=by_rsa.certificate)
    assert verdict(posing.sign(ORDERS), by_rsa, by_sm2).fault is SignatureFault.signature_mismatch


def test_an_rsa_value_made_with_another_digest_does_not_hold() -> None:
    by_sha1 = signer("rsa-sha1")
    posing = by_sha1.but(algorithms=METHODS["rsa-sha256"])
    assert verdict(posing.sign(ORDERS), by_sha1).fault is SignatureFault.signature_mismatch


@pytest.mark.parametrize("identity", [b"\x00", b"1234567812345679", b"ALICE123@YAHOO.COM"])
def test_an_sm2_value_under_another_identity_does_not_hold(identity: bytes) -> None:
    mine = signer("sm2-sm3")
    assert verdict(mine.but(identity=identity).sign(ORDERS), mine).fault is SignatureFault.signature_mismatch


# ---------------------------------------------------------------------------------------------------
# Certificates that have ended


@pytest.mark.parametrize("make", [rsa_signer, sm2_signer])
def test_a_certificate_counts_from_its_first_second_to_its_last(make: Callable[..., Signer]) -> None:
    mine = make(start=YESTERDAY, end=NEXT_YEAR)
    data = mine.sign(ORDERS)
    first, last = int(YESTERDAY.timestamp()), int(NEXT_YEAR.timestamp())
    assert verdict(data, mine, now=first).is_valid
    assert verdict(data, mine, now=last).is_valid
    assert verdict(data, mine, now=first - 1).fault is SignatureFault.certificate_not_yet_valid
    assert verdict(data, mine, now=last + 1).fault is SignatureFault.certificate_expired


@pytest.mark.parametrize("kind", KINDS)
def test_a_revoked_certificate_is_named_as_such(kind: str) -> None:
    mine, attacker = signer(kind), signer(kind, "attacker")
    data = mine.sign(ORDERS)
    assert verdict(data, mine, revoked_at=NOW).fault is SignatureFault.certificate_revoked
    assert verdict(data, mine, revoked_at=NOW + 1).is_valid
    # Whose key did not sign it at all is not accused of using a revoked one.
    posing = attacker.but(named=mine.certificate).sign(ORDERS)
    assert verdict(posing, mine, revoked_at=NOW).fault is SignatureFault.signature_mismatch


@pytest.mark.parametrize("kind", KINDS)
def test_a_renewed_certificate_for_the_same_key_counts_beside_the_ended_one(kind: str) -> None:
    mine = signer(kind)
    data = mine.sign(ORDERS)
    certificate = read_certificate(mine.certificate)
    ended = RegisteredCertificate(certificate, NOW - int(timedelta(hours=1).total_seconds()))
    root, _ = open_envelope(data, DEFAULT_LIMITS)
    for registered in ([ended, RegisteredCertificate(certificate)], [RegisteredCertificate(certificate), ended]):
        assert check_signature(root, registered, NOW).is_valid


@pytest.mark.parametrize("kind", KINDS)
def test_a_message_without_a_canonical_form_is_refused_like_any_other(kind: str) -> None:
    relative = signer(kind).sign(ORDERS).replace(b"http://www.chinaport.gov.cn/ceb", b"ceb", 1)
    root, _ = open_envelope(relative, DEFAULT_LIMITS)
    certificate = RegisteredCertificate(read_certificate(signer(kind).certificate))
    assert check_signature(root, [certificate], NOW).fault is SignatureFault.signature_malformed


# ---------------------------------------------------------------------------------------------------
# Properties


@cache
def _signed(kind: str) -> bytes:
    return signer(kind).sign(ORDERS)


@settings(max_examples=150)
@given(st.sampled_from(KINDS), st.data())
def test_no_byte_of_a_signed_message_can_be_changed_so_that_something_else_is_read(
    kind: str, data: st.DataObject
) -> None:
    signed = _signed(kind)
    place = data.draw(st.integers(0, signed.index(b"<ds:KeyInfo>")))
    byte = data.draw(st.one_of(st.sampled_from(b" <>&/=\"'-!9Aa"), st.integers(0, 255)))
    changed = signed[:place] + bytes([byte]) + signed[place + data.draw(st.integers(0, 1)) :]
    try:
        found = verdict(changed, signer(kind))
        read = parse_message(changed)
    except GuanlianError:
        return
    if found.is_valid:
        assert read == parse_message(signed)


@settings(max_examples=60)
@given(
    st.sampled_from(KINDS),
    st.text(
        st.one_of(
            st.sampled_from("\t\n\r <>&\"'中𠮷\u00a0\u2028"),
            st.characters(min_codepoint=0x20, blacklist_categories=("Cs",), blacklist_characters="\ufffe\uffff"),
        )
    ),
)
def test_whatever_text_a_field_has_its_signature_holds(kind: str, text: str) -> None:
    root = etree.fromstring(ORDERS)
    element = root.find(".//{http://www.chinaport.gov.cn/ceb}consignee")
    assert element is not None
    element.text = text
    assert holds(signer(kind).sign(etree.tostring(root)), signer(kind))

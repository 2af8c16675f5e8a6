"""SM2 and SM3 as their standards' own examples have them, and what is no signature."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.formats.sm2 import DEFAULT_IDENTITY, is_public_key, is_signature, sm3

# GB/T 32918.5-2017 (GM/T 0003.5-2012), annex A: the recommended curve, signature of "message digest".
POINT = bytes.fromhex(
    "04"
    "09f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020"
    "ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13"
)
MESSAGE = b"message digest"
R = 0xF5A03B0648D2C4630EEAC513E1BB81A15944DA3827D5B74143AC7EACEEE720B3
S = 0xB1B6AA29DF212FD8763182BC0D421CA1BB9038FD1F7F42D4840B69C485BBC1AA
ORDER = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123
PRIME = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF


def raw(r: int, s: int) -> bytes:
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


SIGNATURE = raw(R, S)


@pytest.mark.parametrize(
    ("data", "digest"),
    [
        # GB/T 32905-2016, annex A
        (b"abc", "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"),
        (b"abcd" * 16, "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"),
    ],
)
def test_sm3_gives_the_digests_of_its_standard(data: bytes, digest: str) -> None:
    assert sm3(data).hex() == digest


def test_the_signature_of_the_standards_example_holds() -> None:
    assert is_public_key(POINT)
    assert is_signature(POINT, MESSAGE, SIGNATURE)
    assert is_signature(POINT, MESSAGE, encode_dss_signature(R, S))


@pytest.mark.parametrize(
    "value",
    [
        b"",
        SIGNATURE[:-1],
        SIGNATURE + b"\x00",
        b"\x00" * 64,
        b"\xff" * 64,
        raw(0, S),
        raw(R, 0),
        raw(S, R),
        raw(R, ORDER),
        raw(ORDER, S),
        raw(R, ORDER - R),
        raw(R, ORDER - S),
        encode_dss_signature(R, S)[:-1],
        encode_dss_signature(R, S) + b"\x00",
        encode_dss_signature(R, S + ORDER),
        encode_dss_signature(R + ORDER, S),
        # -1 and 1
        bytes.fromhex("30060201ff020101"),
        encode_dss_signature(0, 0),
    ],
)
def test_anything_else_is_no_signature(value: bytes) -> None:
    assert not is_signature(POINT, MESSAGE, value)


def test_a_signature_under_another_identity_does_not_hold() -> None:
    assert not is_signature(POINT, MESSAGE, SIGNATURE, b"ALICE123@YAHOO.COM")
    assert not is_signature(POINT, MESSAGE, SIGNATURE, DEFAULT_IDENTITY + b"\x00")


@settings(max_examples=40)
@given(st.integers(0, 64 * 8 - 1), st.integers(0, len(MESSAGE) * 8 - 1))
def test_no_bit_can_be_turned(in_value: int, in_message: int) -> None:
    assert not is_signature(POINT, MESSAGE, _turned(SIGNATURE, in_value))
    assert not is_signature(POINT, _turned(MESSAGE, in_message), SIGNATURE)


def _turned(data: bytes, bit: int) -> bytes:
    return (int.from_bytes(data, "big") ^ 1 << bit).to_bytes(len(data), "big")


@pytest.mark.parametrize(
    "point",
    [
        b"",
        b"\x00",
        POINT[1:],
        POINT[:-1],
        b"\x03" + POINT[1:33],
        b"\x06" + POINT[1:],
        b"\x04" + b"\x00" * 64,
        b"\x04" + POINT[33:] + POINT[1:33],
        POINT[:-1] + bytes([POINT[-1] ^ 1]),
        b"\x04" + b"\xff" * 64,
    ],
)
def test_what_is_no_point_of_the_curve_is_no_key(point: bytes) -> None:
    assert not is_public_key(point)


def test_coordinates_are_smaller_than_the_prime() -> None:
    # x = 0 lies on the curve; written as the prime it is the same point in another form.
    y = pow(0x28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93, (PRIME + 1) // 4, PRIME)
    assert is_public_key(b"\x04" + raw(0, y))
    assert not is_public_key(b"\x04" + raw(PRIME, y))


def _openssl_has_sm2() -> bool:
    if shutil.which("openssl") is None:
        return False
    listed = subprocess.run(["openssl", "ecparam", "-list_curves"], capture_output=True, text=True, check=False)
    return "SM2" in listed.stdout


@pytest.mark.skipif(not _openssl_has_sm2(), reason="no openssl command that knows SM2")
@pytest.mark.parametrize("identity", [DEFAULT_IDENTITY, b"ALICE123@YAHOO.COM"])
def test_what_openssl_signs_holds(tmp_path: Path, identity: bytes) -> None:
    def openssl(*arguments: str) -> None:
        subprocess.run(["openssl", *arguments], cwd=tmp_path, capture_output=True, check=True, timeout=300)

    (tmp_path / "data").write_bytes(b"<ds:SignedInfo>" * 50)
    openssl("genpkey", "-algorithm", "SM2", "-out", "key.pem")
    openssl("pkey", "-in", "key.pem", "-pubout", "-outform", "DER", "-out", "public.der")
    option = f"distid:{identity.decode()}"
    openssl("dgst", "-sm3", "-sign", "key.pem", "-sigopt", option, "-out", "signature", "data")
    point = (tmp_path / "public.der").read_bytes()[-65:]
    value = (tmp_path / "signature").read_bytes()
    data = (tmp_path / "data").read_bytes()
    assert is_public_key(point)
    assert is_signature(point, data, value, identity)
    assert is_signature(point, data, raw(*decode_dss_signature(value)), identity)
    assert not is_signature(point, data + b" ", value, identity)

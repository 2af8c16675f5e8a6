"""SM2 signatures over SM3 digests (GB/T 32918.2, GB/T 32905), as the newer customs certificates make them.

The curve is gmalg's. Digests of whole messages come from OpenSSL by way of `cryptography`: in Python a large
message would take seconds.
"""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SM3, Hash
from gmalg import SM2
from gmalg.errors import GMError

#: The signer's identity that goes into every digest, where nothing else is agreed (GM/T 0009).
DEFAULT_IDENTITY = b"1234567812345678"

_COORDINATE = 32
_UNCOMPRESSED = b"\x04"


def sm3(data: bytes) -> bytes:
    """The 32-byte digest."""
    digest = Hash(SM3())
    digest.update(data)
    return digest.finalize()


def is_public_key(point: bytes) -> bool:
    """Whether this is an uncompressed point of the curve (65 bytes) other than infinity."""
    if len(point) != 1 + 2 * _COORDINATE or not point.startswith(_UNCOMPRESSED):
        return False
    try:
        return bool(SM2().verify_pk(point))
    except GMError:
        return False


def is_signature(point: bytes, signed: bytes, value: bytes, identity: bytes = DEFAULT_IDENTITY) -> bool:
    """Whether `value` is a signature of `signed` by the holder of this public key.

    `point` must have passed `is_public_key`. `value` is r ‖ s in 64 bytes, or their DER sequence; any other is none.
    The signature of bytes is that of the SM3 digest of ZA ‖ bytes: the caller does not digest them.
    """
    numbers = _numbers_of(value)
    if numbers is None:
        return False
    r, s = (number.to_bytes(_COORDINATE, "big") for number in numbers)
    try:
        return bool(SM2(pk=point, uid=identity).verify(signed, r, s))
    except GMError:
        return False


def _numbers_of(value: bytes) -> tuple[int, int] | None:
    if len(value) == 2 * _COORDINATE:
        return int.from_bytes(value[:_COORDINATE], "big"), int.from_bytes(value[_COORDINATE:], "big")
    try:
        r, s = decode_dss_signature(value)
    except ValueError:
        return None
    return (r, s) if all(0 < number < 1 << 8 * _COORDINATE for number in (r, s)) else None

"""Numbers with right check digits that can belong to nobody, and identifiers that follow from a seed."""

from __future__ import annotations

import hashlib
import uuid
from random import Random

from stdnum import ean
from stdnum.iso7064 import mod_11_2

_S10_WEIGHTS = (8, 6, 4, 2, 3, 5, 9, 7)


def guid_from(random: Random) -> str:
    """36 characters, upper case, a version 4 UUID."""
    return str(uuid.UUID(int=random.getrandbits(128), version=4)).upper()


def tag_of(seed: int, mode: str) -> str:
    """Six hexadecimal digits that keep the numbers of different seeds and modes apart."""
    return hashlib.sha256(f"{seed}/{mode}".encode()).hexdigest()[:6].upper()


def identity_number(random: Random) -> str:
    """18 characters shaped as a resident identity number (GB 11643), its check digit right.

    Nobody can bear it: the region 99 does not exist and the birth date lies between 1880 and 1889.
    """
    body = f"99{random.randrange(10000):04d}188{random.randrange(10)}"
    body += f"{random.randrange(1, 13):02d}{random.randrange(1, 29):02d}{random.randrange(1000):03d}"
    return body + mod_11_2.calc_check_digit(body)


def telephone(random: Random) -> str:
    """Eleven digits beginning 000, which no exchange can connect: country code 0 does not exist."""
    return f"000{random.randrange(10**8):08d}"


def waybill_number(service: str, serial: int) -> str:
    """A UPU S10 item number with check digit; its country ZZ is no country's code."""
    digits = f"{serial:08d}"
    check = 11 - sum(int(digit) * weight for digit, weight in zip(digits, _S10_WEIGHTS, strict=True)) % 11
    return f"{service}{digits}{ {10: 0, 11: 5}.get(check, check) }ZZ"


def bar_code(random: Random) -> str:
    """A GTIN-13 of the range 29, which GS1 keeps for use inside one company."""
    body = f"29{random.randrange(10**10):010d}"
    return body + ean.calc_check_digit(body)


_STEMS = "甲乙丙丁戊己庚辛壬癸"
_BRANCHES = "子丑寅卯辰巳午未申酉戌亥"


def person_name(random: Random) -> str:
    """A name no person bears: 示例 (example), a calendar sign and three digits."""
    sign = random.choice(_STEMS) + random.choice(_BRANCHES)
    return f"示例{sign}{random.randrange(1000):03d}"


def address(random: Random) -> str:
    """An address in a province and a city that do not exist."""
    return f"示例省虚构市样板区模拟路{random.randrange(1, 999)}号{random.randrange(101, 2999)}室"

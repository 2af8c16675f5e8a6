"""What the pages make of what people type and of what the gateway says."""

from __future__ import annotations

import pytest

from backend.domain.countries import country_named
from backend.domain.districts import DISTRICTS, district_named
from backend.domain.roster import ROSTER
from backend.web.pages import parcel_id_in
from backend.web.rendering import district_text, named, plain_time, redirect, when
from backend.web.texts import Language

CODE = "0123456789abcdef" * 4


@pytest.mark.parametrize(
    "typed",
    [
        CODE,
        f"  {CODE}\n",
        CODE.upper(),
        f"0x{CODE}",
        f"https://ledger.example/p/{CODE}",
        f"https://ledger.example/p/{CODE}?lang=en#top",
        " ".join(CODE[start : start + 8] for start in range(0, 64, 8)),
        f"/p/{CODE} /p/{CODE}",
    ],
)
def test_a_parcel_code_is_found_in_what_was_typed(typed: str) -> None:
    assert parcel_id_in(typed) == CODE


@pytest.mark.parametrize(
    "typed", ["", "abc", CODE[:-1], CODE + "0", f"{CODE} {'f' * 64}", "订单 1", "0x", "é" * 64, "9" * 10_000]
)
def test_nothing_else_is_taken_for_one(typed: str) -> None:
    assert parcel_id_in(typed) is None


def test_the_clock_is_beijings_and_the_machine_readable_one_in_utc() -> None:
    assert plain_time(Language.English, 1_790_000_000) == "2026-09-21 22:13:20 (Beijing time)"
    assert plain_time(Language.Chinese, "2026-09-21T14:13:20Z") == "2026-09-21 22:13:20（北京时间）"
    assert 'datetime="2026-09-21T14:13:20Z"' in when(Language.English, 1_790_000_000)
    assert when(Language.English, None) == "unknown"


def test_a_participant_is_called_by_its_name_or_by_its_number() -> None:
    both = {"participant_no": 4, "name_zh": "云汀", "name_en": "Yunting"}

    assert named(Language.Chinese, both) == "云汀"
    assert named(Language.English, both) == "Yunting"
    assert named(Language.English, both | {"name_en": ""}) == "云汀"
    assert named(Language.English, {"participant_no": 4, "name_zh": "", "name_en": ""}) == "Participant 4"
    assert named(Language.English, {"participant_no": 0, "name_zh": "", "name_en": ""}) == "Governance"
    assert named(Language.English, None) == "unknown"


def test_districts_are_named_and_unknown_ones_numbered() -> None:
    assert district_text(Language.English, "2233") == "Pudong airport customs (2233)"
    assert district_text(Language.Chinese, 2303) == "苏州海关（2303）"
    assert district_text(Language.Chinese, 101) == "关区 0101"
    assert all(code == district.code and len(code) == 4 for code, district in DISTRICTS.items())
    assert all(district_named(member.district).zh != f"关区 {member.district}" for member in ROSTER if member.district)


def test_a_country_without_a_name_here_keeps_its_number() -> None:
    assert country_named("116") == ("日本", "Japan")
    assert country_named("999") == ("999", "999")


@pytest.mark.parametrize("address", ["//evil.example/", "https://evil.example/", "evil"])
def test_a_reader_is_never_sent_to_another_site(address: str) -> None:
    with pytest.raises(ValueError, match="evil"):
        redirect(address)

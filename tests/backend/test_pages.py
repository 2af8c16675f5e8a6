"""What the pages make of what people type and of what the gateway says."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi.routing import APIRoute

from backend.domain.countries import country_named
from backend.domain.districts import DISTRICTS, district_named
from backend.domain.roster import ROSTER
from backend.domain.scans import short_code
from backend.formats.ceb.receipt_reading import inner_codes
from backend.web.pages import parcel_id_in
from backend.web.receipt_lines import receipt_lines, tone_of
from backend.web.rendering import district_text, named, plain_time, redirect, when
from backend.web.routes import PARTS
from backend.web.sessions import own_form
from backend.web.texts import Language

CODE = "0123456789abcdef" * 4
SHORT = short_code(bytes.fromhex(CODE))


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
        f"https://ledger.example/s/{SHORT}",
        f" HTTPS://LEDGER.EXAMPLE/S/{SHORT} ",
        SHORT.lower(),
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


def test_every_form_of_the_console_takes_only_what_its_own_session_gave_out() -> None:
    forms = [
        route
        for part in PARTS
        for route in part.routes
        if isinstance(route, APIRoute) and "POST" in (route.methods or ()) and route.path != "/console/sign-in"
    ]

    assert len(forms) > 15
    for route in forms:
        assert own_form in [needed.call for needed in route.dependant.dependencies], route.path


@pytest.mark.parametrize(
    ("info", "codes", "rest"),
    [
        ("[Code:1800;Desc:逻辑校验通过]", ["1800"], ""),
        ("[Code:1320;Desc:项数不一致],[a:1,b:2]", ["1320"], ""),
        ("[Code:1;Desc:a],[x],[Code:2;Desc:b]", ["1", "2"], ""),
        ("[Code:1;Desc:a];另见附件", ["1"], "[Code:1;Desc:a];另见附件"),
        ("清单新增申报成功[订单编号：7]", [], "清单新增申报成功[订单编号：7]"),
        ("", [], ""),
    ],
)
def test_nothing_of_a_receipts_text_is_left_out(info: str, codes: list[str], rest: str) -> None:
    (line,) = receipt_lines([receipt_of("100", info)], Language.English)

    assert [code["code"] for code in line["codes"]] == codes
    assert line["rest"] == rest


@pytest.mark.parametrize(
    ("receipt_type", "status", "tone"),
    [
        ("622", "100", "refused"),
        ("312", "-301020", "refused"),
        ("622", "120", "good"),
        ("622", "800", "good"),
        ("622", "503", "held"),
        ("622", "2", "plain"),
        ("622", "99", "plain"),
        ("816", "100", "plain"),
    ],
)
def test_a_receipt_looks_like_what_it_says(receipt_type: str, status: str, tone: str) -> None:
    assert tone_of(receipt_type, status) == tone


def receipt_of(status: str, info: str) -> dict[str, Any]:
    codes = [
        {"code": one.code, "description": one.description, "details": list(one.details)} for one in inner_codes(info)
    ]
    return {"receipt_type": "622", "status": status, "label_zh": None, "label_en": None, "info": info, "codes": codes}

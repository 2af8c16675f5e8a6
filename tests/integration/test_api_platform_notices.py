"""Platforms' notices over HTTP: the holder's notice, the seller's answer, fifteen days, and customs' list untouched."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from backend.domain.calendar import CHINA
from backend.domain.participants import Role, role_set
from backend.services.gateway import Gateway
from backend.store.tables import accounts, participants
from tests.support.asking import is_problem
from tests.support.calling import Calling, calling
from tests.support.standing import clock_of

PATH = "/v1/platform-notices"
HOLDER, PLATFORM, SELLER, OTHER = 1, 2, 3, 4
CLAIM = {"comparison": "stitching and label differ from the original"}


@pytest.fixture
def house(gateway: Gateway) -> Iterator[Calling]:
    """A holder, two platforms and a seller that the first registered and that has no key."""
    clock_of(gateway).now = int(datetime(2026, 3, 2, 10, tzinfo=CHINA).timestamp())
    roles = {HOLDER: Role.RightsHolder, PLATFORM: Role.Platform, SELLER: Role.Seller, OTHER: Role.Platform}
    with gateway.database.write() as connection:
        for number, role in roles.items():
            row: dict[str, Any] = {
                "participant_no": number,
                "legal_identity": bytes([number]) * 32,
                "roles": role_set([role]),
                "district": 0,
                "credit_grade": 0,
                "suspended": False,
                "registrar_no": PLATFORM if role is Role.Seller else 0,
                "registered_at": 0,
            }
            connection.execute(sa.insert(participants), row)
            if role is not Role.Seller:
                connection.execute(sa.insert(accounts), {"address": f"0x{number:040x}", "participant_no": number})
    with calling(gateway, dict.fromkeys(roles, "enterprise")) as made:
        yield made


def given(house: Calling, **more: Any) -> int:
    body = {
        "platform_no": PLATFORM,
        "seller_no": SELLER,
        "right_name": "JIHE, trademark 1234567",
        "goods": "three offers of trainers",
        "evidence": CLAIM,
    }
    answer = house.post(HOLDER, PATH, body | more)
    assert answer.status_code == 201, answer.text
    return int(answer.json()["notice_id"])


def say(house: Calling, who: int, notice: int, fact: str, **said: str) -> Any:
    return house.post(who, f"{PATH}/{notice}/facts/{fact}", {"evidence": said or {"note": fact}})


def test_an_answer_that_nobody_contests_for_fifteen_days_ends_the_measures(house: Calling) -> None:
    notice = given(house)
    is_problem(say(house, HOLDER, notice, "MeasuresTaken"), 403, "NoticePartyOnly")
    assert say(house, PLATFORM, notice, "MeasuresTaken", removed="three offers").json()["stage"] == "Measures"
    is_problem(say(house, PLATFORM, notice, "MeasuresEnded"), 409, "NoticeStateUnfit")
    # The seller has a key at this gateway and speaks for itself.
    assert say(house, SELLER, notice, "StatementMade", invoice="from the maker").json()["stage"] == "Answered"
    view = say(house, PLATFORM, notice, "StatementForwarded").json()
    assert (view["stage"], view["deadline"]) == ("Forwarded", "2026-03-17T16:00:00Z")
    is_problem(say(house, PLATFORM, notice, "MeasuresEnded"), 409, "NoticeStateUnfit")
    clock_of(house.gateway).now += int(timedelta(days=16).total_seconds())
    is_problem(say(house, HOLDER, notice, "ActionTold", court="too late"), 409, "NoticeStateUnfit")
    assert say(house, PLATFORM, notice, "MeasuresEnded").json()["stage"] == "Ended"
    is_problem(say(house, HOLDER, notice, "Withdrawn"), 409, "NoticeStateUnfit")


def test_a_suit_in_time_lets_the_measures_stay(house: Calling) -> None:
    notice = given(house, right_id=7)
    for who, fact in ((PLATFORM, "MeasuresTaken"), (PLATFORM, "StatementMade"), (PLATFORM, "StatementForwarded")):
        assert say(house, who, notice, fact).status_code == 201
    clock_of(house.gateway).now += int(timedelta(days=14).total_seconds())
    assert say(house, HOLDER, notice, "ActionTold", court="Shanghai IP Court").json()["stage"] == "Contested"
    clock_of(house.gateway).now += int(timedelta(days=60).total_seconds())
    assert house.get(None, f"{PATH}/{notice}").json()["stage"] == "Contested"


def test_the_public_reads_the_stage_and_the_dates_the_parties_what_was_said(house: Calling) -> None:
    notice = given(house)
    for reader in (None, OTHER):
        view = house.get(reader, f"{PATH}/{notice}").json()
        assert view["stage"] == "Noticed"
        assert "said" not in view["facts"][0]
    for reader in (HOLDER, PLATFORM, SELLER):
        (fact,) = house.get(reader, f"{PATH}/{notice}").json()["facts"]
        assert fact["said"] == [{"path": "comparison", "value": CLAIM["comparison"]}]
    is_problem(say(house, OTHER, notice, "MeasuresTaken"), 404, "NotFound")
    assert [item["notice_id"] for item in house.get(PLATFORM, PATH, own="true").json()["items"]] == [notice]
    assert house.get(OTHER, PATH, own="true").json()["items"] == []
    assert len(house.get(None, PATH).json()["items"]) == 1
    is_problem(house.get(None, PATH, own="true"), 403, "Forbidden")


def test_it_never_touches_customs_list(house: Calling) -> None:
    notice = given(house)
    say(house, PLATFORM, notice, "MeasuresTaken")
    assert house.get(None, "/v1/blacklist").json()["items"] == []
    with house.gateway.database.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM outbox").scalar() == 0


@pytest.mark.parametrize(
    ("who", "more", "status", "title"),
    [
        (PLATFORM, {}, 403, "RoleMissing"),
        (HOLDER, {"platform_no": SELLER}, 403, "RoleMissing"),
        (HOLDER, {"seller_no": PLATFORM}, 403, "RoleMissing"),
        (HOLDER, {"seller_no": 99}, 404, "ParticipantUnknown"),
        (HOLDER, {"evidence": {}}, 422, "InvalidInput"),
        (HOLDER, {"goods": ""}, 422, "InvalidInput"),
        (HOLDER, {"right_id": 0}, 422, "InvalidInput"),
        (HOLDER, {"extra": 1}, 422, "InvalidInput"),
    ],
)
def test_a_notice_that_makes_no_sense_is_refused(
    house: Calling, who: int, more: dict[str, Any], status: int, title: str
) -> None:
    body = {
        "platform_no": PLATFORM,
        "seller_no": SELLER,
        "right_name": "JIHE",
        "goods": "trainers",
        "evidence": CLAIM,
    }
    is_problem(house.post(who, PATH, body | more), status, title)


def test_a_fact_of_no_name_and_a_notice_of_no_number_are_refused(house: Calling) -> None:
    notice = given(house)
    is_problem(say(house, PLATFORM, notice, "Noticed"), 422, "InvalidInput")
    is_problem(say(house, PLATFORM, notice, "Burned"), 422, "InvalidInput")
    is_problem(say(house, PLATFORM, 9_999, "MeasuresTaken"), 404, "NotFound")
    is_problem(house.get(None, f"{PATH}/9999"), 404, "NotFound")

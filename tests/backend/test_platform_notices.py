"""Platforms' notices: which fact follows from which, and the fifteen days."""

from __future__ import annotations

from datetime import datetime

import pytest

from backend.domain.calendar import CHINA
from backend.domain.errors import CalendarYearUnknown, NoticeStateUnfit
from backend.domain.platform_notices import (
    NoticeFact,
    NoticeStage,
    check_notice_fact,
    end_of_days,
    standing_of_notice,
)


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=CHINA).timestamp())


@pytest.mark.parametrize(
    ("start", "end"),
    [
        # fifteen days after, to midnight in China
        ("2026-03-02T00:00:00", "2026-03-18T00:00:00"),
        ("2026-03-02T23:59:59", "2026-03-18T00:00:00"),
        # the last day is a Sunday: Monday is the last
        ("2026-03-07T12:00:00", "2026-03-24T00:00:00"),
        # the last day lies in the National Day holiday, which ends on the seventh
        ("2026-09-20T09:00:00", "2026-10-09T00:00:00"),
        # a Saturday that is worked is a last day
        ("2026-09-25T09:00:00", "2026-10-11T00:00:00"),
    ],
)
def test_fifteen_days_end_on_a_day_that_is_worked(start: str, end: str) -> None:
    assert end_of_days(at(start), 15) == at(end)


def test_a_year_that_is_not_arranged_is_not_guessed() -> None:
    with pytest.raises(CalendarYearUnknown):
        end_of_days(at("2026-12-25T09:00:00"), 15)


#: One whole life: every fact with its day, and the stage after it.
LIFE = [
    (NoticeFact.Noticed, "2026-03-01", NoticeStage.Noticed),
    (NoticeFact.MeasuresTaken, "2026-03-02", NoticeStage.Measures),
    (NoticeFact.StatementMade, "2026-03-03", NoticeStage.Answered),
    (NoticeFact.StatementForwarded, "2026-03-04", NoticeStage.Forwarded),
    (NoticeFact.ActionTold, "2026-03-10", NoticeStage.Contested),
    (NoticeFact.MeasuresEnded, "2026-06-01", NoticeStage.Ended),
]


def lived(until: int, *more: tuple[NoticeFact, str]) -> list[tuple[NoticeFact, int]]:
    return [(fact, at(day)) for fact, day, _ in LIFE[:until]] + [(fact, at(day)) for fact, day in more]


@pytest.mark.parametrize("length", range(1, len(LIFE) + 1))
def test_each_fact_leads_to_its_stage_and_only_what_follows_may_come(length: int) -> None:
    facts, now = lived(length), at(LIFE[length - 1][1])
    standing = standing_of_notice(facts, now)
    assert standing.stage is LIFE[length - 1][2]
    for fact in NoticeFact:
        if fact in standing.possible:
            check_notice_fact(1, fact, facts, now)
            assert standing_of_notice([*facts, (fact, now)], now).stage is not standing.stage
        else:
            with pytest.raises(NoticeStateUnfit):
                check_notice_fact(1, fact, facts, now)


def test_without_complaint_or_suit_the_measures_are_to_end_after_fifteen_days() -> None:
    facts = lived(4)
    deadline = standing_of_notice(facts, at("2026-03-05")).deadline
    assert deadline == at("2026-03-20")
    assert standing_of_notice(facts, deadline - 1).possible == (NoticeFact.ActionTold, NoticeFact.Withdrawn)
    after = standing_of_notice(facts, deadline)
    assert (after.stage, after.deadline) == (NoticeStage.RunOut, deadline)
    assert after.possible == (NoticeFact.MeasuresEnded, NoticeFact.Withdrawn)
    with pytest.raises(NoticeStateUnfit):
        check_notice_fact(1, NoticeFact.ActionTold, facts, deadline)


def test_without_an_answer_the_measures_stay() -> None:
    standing = standing_of_notice(lived(2), at("2026-12-01"))
    assert (standing.stage, standing.deadline) == (NoticeStage.Measures, 0)
    assert NoticeFact.MeasuresEnded not in standing.possible


@pytest.mark.parametrize("length", range(1, 6))
def test_a_holder_may_withdraw_until_the_measures_have_ended(length: int) -> None:
    facts = lived(length, (NoticeFact.Withdrawn, "2026-03-11"))
    assert standing_of_notice(facts, at("2026-03-12")).stage is NoticeStage.Withdrawn
    assert standing_of_notice(facts, at("2026-03-12")).possible == ()

"""Requests made from summaries: pieces within a message's limits, numbers that stay."""

from __future__ import annotations

import hashlib

import pytest

from backend.domain import summary_requests
from backend.domain.summary_requests import Asked, message_guid, messages_of, own_number, requests_of

PARTIES = {"agentCode": "9901960009", "agentName": "a", "ebcCode": "9901960019", "ebcName": "b"}


def asked(lists: int, *, name: bytes = b"one", corrects: bool = False, is_empty: bool = False) -> Asked:
    anchor = hashlib.sha256(name).digest()
    numbers = [f"22332026E{number:09d}" for number in range(lists)]
    return Asked(anchor, anchor, corrects, is_empty, "2233", PARTIES, numbers, 1_790_000_000)


@pytest.fixture(autouse=True)
def small_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(summary_requests, "MOST_LISTS", 10)
    monkeypatch.setattr(summary_requests, "MOST_OF_MESSAGE", 25)
    monkeypatch.setattr(summary_requests, "MOST_REQUESTS", 4)


@pytest.mark.parametrize(("lists", "pieces"), [(1, [1]), (10, [10]), (11, [10, 1]), (30, [10, 10, 10])])
def test_pieces_count_through_and_lose_no_list(lists: int, pieces: list[int]) -> None:
    one = asked(lists)
    made = requests_of(one)
    assert [len(each.lines) for each in made] == pieces
    assert [each.head["msgSeqNo"] for each in made] == [str(n + 1) for n in range(len(pieces))]
    assert {each.head["msgCount"] for each in made} == {str(len(pieces))}
    assert [line["invtNo"] for each in made for line in each.lines] == list(one.lists)
    assert len({each.business_key for each in made}) == len({each.head["guid"] for each in made}) == len(pieces)


@pytest.mark.parametrize("sizes", [[1] * 9, [10, 10, 10], [24, 2, 1], [10, 5, 10, 1, 1, 1, 1]])
def test_messages_keep_the_order_and_both_limits(sizes: list[int]) -> None:
    requests = [each for n, size in enumerate(sizes) for each in requests_of(asked(size, name=bytes([n])))]
    messages = messages_of(requests)
    assert [each for message in messages for each in message] == requests
    for message in messages:
        assert len(message) <= 4
        assert sum(len(each.lines) for each in message) <= 25
    assert len({message_guid(message) for message in messages}) == len(messages)
    assert messages_of([]) == []


def test_a_correction_changes_and_an_empty_one_deletes_under_the_number_of_the_first() -> None:
    kinds = {
        "1": asked(3),
        "2": asked(3, corrects=True),
        "3": asked(3, corrects=True, is_empty=True),
    }
    for kind, one in kinds.items():
        (made,) = requests_of(one)
        assert made.head["appType"] == kind
        assert made.head["copNo"] == own_number(one.first)
        assert len(made.head["copNo"]) <= 30
        assert len(made.head["guid"]) == 36

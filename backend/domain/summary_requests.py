"""The requests (701) by which a declarant asks customs to sum up its lists, made from summaries.

One request for each summary that a declaration follows. It names its lists one by one: customs know nothing of a
closing, and a period of time would take in lists that the closing left out. Source: specification 202205, CEB701;
fields and traps in `docs/summaries.md`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from backend.domain.calendar import CHINA
from backend.domain.commitments import Hash
from backend.domain.notices import Notice, notice_of
from backend.domain.summaries import KEY_FIELDS

REQUEST, RECEIPT, RESULT = "701", "702", "792"

#: The value of `statisticsFlag` of lists that a declaration follows; simplified lists (A) are counted and no more.
DECLARED = "B"

#: Lists of one request, and lists and requests of one message. The schema sets no end to the first; a message of fifty
#: thousand lists is some five million bytes, which gateways and customs' terminals take in.
MOST_LISTS = 10_000
MOST_OF_MESSAGE = 50_000
MOST_REQUESTS = 100

_NEW, _CHANGED, _DELETED = "1", "2", "3"
_DECLARE = "2"
#: Merged by consignor and producing unit, and by the goods' own names: nothing finer than the summary's key is lost.
_BY_PRODUCER, _BY_NAME = "2", "1"


@dataclass(frozen=True, slots=True)
class Asked:
    """A summary as its request tells it. `first` is the anchor of the first summary that it corrects, or its own.

    A summary that has no list left asks for the deletion of what was asked before: `lists` are then those of the
    summary that it supersedes.
    """

    first: Hash
    anchor: Hash
    corrects: bool
    is_empty: bool
    district: str
    #: agentCode, agentName, ebcCode and ebcName as the lists have them.
    parties: Mapping[str, str]
    lists: Sequence[str]
    at: int


def is_declared(key: Sequence[str]) -> bool:
    """Whether a declaration follows the lists of a summary with this key."""
    return key[KEY_FIELDS.index("statisticsFlag")] == DECLARED


def own_number(first: Hash) -> str:
    """The declarant's number (`copNo`) of a summary's request, by which receipts name it; corrections keep it."""
    return "S" + first.hex()[:27].upper()


def requests_of(asked: Asked) -> list[Notice]:
    """The request of one summary, in several numbered pieces where it names very many lists."""
    parts = [asked.lists[start : start + MOST_LISTS] for start in range(0, len(asked.lists), MOST_LISTS)]
    kind = _DELETED if asked.is_empty else _CHANGED if asked.corrects else _NEW
    made = []
    for number, part in enumerate(parts, 1):
        head = {
            "guid": _guid(asked.anchor, number),
            "appType": kind,
            "appTime": f"{datetime.fromtimestamp(asked.at, CHINA):%Y%m%d%H%M%S}",
            "appStatus": _DECLARE,
            "customsCode": asked.district,
            "copNo": own_number(asked.first),
            **asked.parties,
            "declAgentCode": asked.parties["agentCode"],
            "declAgentName": asked.parties["agentName"],
            "summaryFlag": _BY_PRODUCER,
            "itemNameFlag": _BY_NAME,
            "msgCount": str(len(parts)),
            "msgSeqNo": str(number),
        }
        made.append(notice_of(REQUEST, head, [{"invtNo": list_no} for list_no in part]))
    return made


def messages_of(requests: Sequence[Notice]) -> list[list[Notice]]:
    """The requests in their order, as many to a message as it may hold."""
    return list(_messages(requests))


def message_guid(requests: Sequence[Notice]) -> str:
    """A message's own id; the same requests have the same, so that sending again is seen to be that."""
    return _as_guid(hashlib.sha256("".join(each.head["guid"] for each in requests).encode()).hexdigest())


# ---------------------------------------------------------------------------------------------------


def _messages(requests: Sequence[Notice]) -> Iterator[list[Notice]]:
    held: list[Notice] = []
    lists = 0
    for each in requests:
        if held and (len(held) == MOST_REQUESTS or lists + len(each.lines) > MOST_OF_MESSAGE):
            yield held
            held, lists = [], 0
        held.append(each)
        lists += len(each.lines)
    if held:
        yield held


def _guid(anchor: Hash, number: int) -> str:
    return _as_guid(hashlib.sha256(anchor + number.to_bytes(4, "big")).hexdigest())


def _as_guid(digits: str) -> str:
    """36 characters in upper case, as the specification wants them."""
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:32])).upper()

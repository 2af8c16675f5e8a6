"""From the node's logs to the domain's events.

web3's own decoder manages some four thousand rows a second; an indexer that rebuilds a read model needs
twenty times that. So every event has a row of readers, made once from the ABI, one reader per field.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from enum import IntEnum
from typing import Any, TypedDict

from eth_utils.address import to_checksum_address

from backend.chain import interfaces
from backend.domain import carriage_events, draw_events, events, rights_events
from backend.domain.events import LoggedEvent


class RawLog(TypedDict):
    """A log as `eth_getLogs` answers it: every value is 0x-prefixed hexadecimal text."""

    address: str
    topics: list[str]
    data: str
    blockNumber: str
    blockHash: str
    transactionHash: str
    logIndex: str


_Reader = Callable[[list[str], bytes], Any]
_from_hex = bytes.fromhex

#: Where the classes of events stand.
_EVENTS = (events, rights_events, draw_events, carriage_events)


def decode(raw: RawLog) -> LoggedEvent | None:
    """The event behind a log of our contracts, or None for one that the domain does not know.

    The caller has asked the node for our contracts' addresses only. Raises ValueError on a log that does not
    fit its own topic: a node that answers so cannot be trusted with the rest.
    """
    topics = raw["topics"]
    if not topics:
        return None
    known = _readers().get(topics[0])
    if known is None:
        return None
    cls, readers = known
    data = _from_hex(raw["data"][2:])
    try:
        event = cls(*[read(topics, data) for read in readers])
    except (IndexError, TypeError) as fault:
        raise ValueError(f"log {raw['logIndex']} of {raw['transactionHash']} is no {cls.__name__}") from fault
    return LoggedEvent(
        event,
        int(raw["blockNumber"], 16),
        _from_hex(raw["blockHash"][2:]),
        _from_hex(raw["transactionHash"][2:]),
        int(raw["logIndex"], 16),
    )


def topics() -> dict[str, str]:
    """The first topic of every event that `decode` knows, by the event's name."""
    return {cls.__name__: topic for topic, (cls, _) in _readers().items()}


@functools.cache
def _readers() -> dict[str, tuple[type[Any], tuple[_Reader, ...]]]:
    known = {}
    for entry in interfaces.every("event"):
        cls = next((found for part in _EVENTS if (found := getattr(part, entry.name, None))), None)
        if cls is not None:
            known["0x" + entry.topic.hex()] = (cls, _row(entry))
    return known


def _row(entry: interfaces.Entry) -> tuple[_Reader, ...]:
    """One reader per argument, in the ABI's order, which is also the order of the class's fields."""
    readers = []
    topic, offset = 1, 0
    for parameter in entry.inputs:
        if parameter.indexed:
            readers.append(_topic_reader(parameter, topic))
            topic += 1
        else:
            readers.append(_word_reader(parameter, offset))
            offset += 32
    return tuple(readers)


def _topic_reader(parameter: interfaces.Parameter, position: int) -> _Reader:
    if parameter.enum is not None:
        members = _members(parameter.enum)
        return lambda topics, _: members[int(topics[position], 16)]
    if parameter.spelled == "bytes32":
        return lambda topics, _: _from_hex(topics[position][2:])
    if parameter.spelled == "address":
        return lambda topics, _: _checksummed(topics[position][-40:])
    if parameter.spelled.startswith("uint"):
        return lambda topics, _: int(topics[position], 16)
    raise TypeError(f"no reader for an indexed {parameter.spelled}")


def _word_reader(parameter: interfaces.Parameter, start: int) -> _Reader:
    end = start + 32
    if parameter.enum is not None:
        members = _members(parameter.enum)
        return lambda _, data: members[_number(data, start)]
    if parameter.spelled == "bytes32":
        return lambda _, data: _word(data, start, end)
    if parameter.spelled == "bytes32[]":
        return lambda _, data: _words(data, _number(data, start))
    if parameter.spelled.startswith("uint") and parameter.spelled.endswith("[]"):
        return lambda _, data: tuple(int.from_bytes(word, "big") for word in _words(data, _number(data, start)))
    if parameter.spelled == "(bytes32,uint256)[]":
        return lambda _, data: _pairs(data, _number(data, start))
    if parameter.spelled == "bool":
        return lambda _, data: _number(data, start) != 0
    if parameter.spelled.startswith("uint"):
        return lambda _, data: _number(data, start)
    raise TypeError(f"no reader for a {parameter.spelled}")


def _members(enum: type[IntEnum]) -> tuple[IntEnum, ...]:
    """An enum's members by number: a tuple look-up is several times faster than the enum's own call."""
    return tuple(enum)


def _number(data: bytes, start: int) -> int:
    return int.from_bytes(_word(data, start, start + 32), "big")


def _word(data: bytes, start: int, end: int) -> bytes:
    word = data[start:end]
    if len(word) != 32:
        raise IndexError(start)
    return word


def _words(data: bytes, start: int) -> tuple[bytes, ...]:
    count = _number(data, start)
    first = start + 32
    if len(data) < first + 32 * count:
        raise IndexError(start)
    return tuple(data[at : at + 32] for at in range(first, first + 32 * count, 32))


def _pairs(data: bytes, start: int) -> tuple[tuple[bytes, int], ...]:
    count = _number(data, start)
    first = start + 32
    if len(data) < first + 64 * count:
        raise IndexError(start)
    places = range(first, first + 64 * count, 64)
    return tuple((data[at : at + 32], int.from_bytes(data[at + 32 : at + 64], "big")) for at in places)


@functools.lru_cache(maxsize=4096)
def _checksummed(digits: str) -> str:
    return str(to_checksum_address("0x" + digits))

"""Summary declarations: a month's released export lists, merged by key, each under one Merkle-sum commitment.

清单核放、汇总申报: lists merge where consignor, producing unit, transport mode, destination, exit customs and mode are
the same (announcement 2018 no. 194; keys as explained by customs, `docs/summaries.md`). Where lists are simplified
(汇总统计, `statisticsFlag` A) no declaration follows and the sum itself is the statistics. One summary has one
currency, since its value is one sum; a list in several is left out and named.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from fractions import Fraction
from math import floor
from typing import Any

from backend.domain.calendar import CHINA, midnight
from backend.domain.commitments import Hash
from backend.domain.documents import Document, decimal_of
from backend.domain.errors import InvalidInput
from backend.domain.lifecycle import Flag, State
from backend.domain.merkle_sum import Figures, FiguresRefused, Node, leaf, verify_membership

FORMAT = "guanlian-summary"
VERSION = 1

_MONTH = re.compile(r"(20[0-9]{2})-(0[1-9]|1[0-2])")
_HASH = re.compile(r"0x[0-9a-f]{64}")
_FIGURES = ("count", "gross_g", "net_g", "value")

#: Fields of 603 that a summary's lists have in common, in the order of its key.
KEY_FIELDS = ("ebcCode", "ownerCode", "trafMode", "country", "portCode", "tradeMode", "statisticsFlag")


class LeftOut(StrEnum):
    """Why a list released in a month stands in no summary of it."""

    Detained = "detained"
    Returned = "returned"
    Seized = "seized"
    Unreadable = "unreadable"
    ManyCurrencies = "many_currencies"
    Figures = "figures"


_OUT = {
    State.Returning: LeftOut.Returned,
    State.Returned: LeftOut.Returned,
    State.ReturnedAbroad: LeftOut.Returned,
    State.Confiscated: LeftOut.Seized,
    State.Destroyed: LeftOut.Seized,
    State.Disposed: LeftOut.Seized,
}
_HELD = frozenset({Flag.HeldDeclaring, Flag.HeldPort})


def month_bounds(month: str) -> tuple[int, int]:
    """First second of a month `YYYY-MM` in China, and of the month after: Unix seconds. Raises InvalidInput."""
    found = _MONTH.fullmatch(month)
    if not found:
        raise InvalidInput(field="month", value=month[:20], rule="a month as YYYY-MM")
    year, number = int(found[1]), int(found[2])
    after = date(year + 1, 1, 1) if number == 12 else date(year, number + 1, 1)
    return midnight(date(year, number, 1)), midnight(after)


def month_of(at: int) -> str:
    """The month in China that an instant lies in."""
    return f"{datetime.fromtimestamp(at, CHINA):%Y-%m}"


def reason_left_out(state: State, flags: Sequence[Flag]) -> LeftOut | None:
    """Why a released parcel may not be summed up as it stands now; None where it may."""
    if _HELD & set(flags):
        return LeftOut.Detained
    return _OUT.get(state)


@dataclass(frozen=True, slots=True)
class Listed:
    """One list as it goes into a summary: its key, its figures, and the salted root of its document."""

    key: tuple[str, ...]
    figures: Figures
    root: Hash

    @property
    def node(self) -> Node:
        return leaf(self.root, self.figures)


def listed(document: Document, root: Hash) -> Listed | LeftOut:
    """A 603 with what it adds: one list, its weights to the gram, its value to the hundredth of the unit.

    Rounded half up for each list alone, so that the sum of what was rounded is exact.
    """
    currencies = {line.get("currency", "").strip() for line in document.lines}
    if len(currencies) != 1:
        return LeftOut.ManyCurrencies if currencies else LeftOut.Figures
    prices = [decimal_of(line.get("totalPrice")) for line in document.lines]
    gross, net = (decimal_of(document.head.get(name)) for name in ("grossWeight", "netWeight"))
    if gross is None or net is None or None in prices:
        return LeftOut.Figures
    # Fractions: decimals would round to 28 digits on the way, and no sender's text is trusted to be shorter.
    value = sum((Fraction(price) for price in prices if price is not None), Fraction())
    try:
        figures = Figures(1, _whole(Fraction(gross) * 1000), _whole(Fraction(net) * 1000), _whole(value * 100))
    except FiguresRefused:
        return LeftOut.Figures
    key = (*(document.head.get(name, "").strip() for name in KEY_FIELDS), currencies.pop())
    return Listed(key, figures, root)


def _whole(amount: Fraction) -> int:
    """Rounded half up. A negative amount stays negative, however small: it must not pass for nothing."""
    return floor(amount + Fraction(1, 2)) if amount >= 0 else -1


def merged(lists: Sequence[Listed]) -> list[tuple[tuple[str, ...], list[int]]]:
    """The places of lists by key, keys in order; within a key by root, which is random: no order tells of dates."""
    groups: dict[tuple[str, ...], list[int]] = {}
    for place, one in enumerate(lists):
        groups.setdefault(one.key, []).append(place)
    return [(key, sorted(places, key=lambda place: lists[place].root)) for key, places in sorted(groups.items())]


def key_commitment(salt: Hash, key: Sequence[str]) -> Hash:
    """SHA-256(salt ‖ JSON of the key): who traded with whom stays closed to those who only check a sum."""
    return hashlib.sha256(salt + json.dumps(list(key), ensure_ascii=False, separators=(",", ":")).encode()).digest()


# ---------------------------------------------------------------------------------------------------
# What is published, and checked with no network


def statement(
    *,
    month: str,
    district: str,
    currency: str,
    key: Hash,
    root: Node,
    supersedes: Hash | None = None,
) -> dict[str, Any]:
    """What the anchored hash of a summary commits to. Nothing in it names a list or an enterprise."""
    return {
        "format": FORMAT,
        "version": VERSION,
        "month": month,
        "district": district,
        "currency": currency,
        "key": _hex(key),
        "root": _hex(root.hash),
        "figures": figures_json(root.figures),
        "supersedes": None if supersedes is None else _hex(supersedes),
    }


def anchored_hash(said: Mapping[str, Any]) -> Hash:
    """SHA-256(0x03 ‖ the statement as JSON with sorted names and without spaces): what stands on the chain."""
    text = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(b"\x03" + text.encode()).digest()


def figures_json(figures: Figures) -> dict[str, int]:
    return {name: getattr(figures, name) for name in _FIGURES}


def membership_json(one: Listed, position: int, proof: Sequence[Node]) -> dict[str, Any]:
    """The proof of one list, for whom it belongs to."""
    return {
        "list": _hex(one.root),
        "figures": figures_json(one.figures),
        "position": position,
        "proof": [{"hash": _hex(node.hash), "figures": figures_json(node.figures)} for node in proof],
    }


def check_file(text: bytes) -> tuple[Hash, dict[str, Any], bool]:
    """The anchor to look for, the statement, and whether a list is proven to be in it.

    Raises InvalidInput naming the first thing that does not fit: shape, sums or proof.
    """
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        raise InvalidInput(field="$", value="…", rule="JSON text") from None
    said = _object(content, "statement")
    names = {"format", "version", "month", "district", "currency", "key", "root", "figures", "supersedes"}
    if said.keys() != names or said["format"] != FORMAT or said["version"] != VERSION:
        raise InvalidInput(field="statement", value="…", rule="a summary's statement as docs/summaries.md says")
    month_bounds(str(said["month"]))
    for name in ("key", *(("supersedes",) if said["supersedes"] is not None else ())):
        _hash(said[name], f"statement.{name}")
    root = _node({"hash": said["root"], "figures": said["figures"]}, "statement")
    anchor = anchored_hash(said)
    if content.get("anchor") != _hex(anchor):
        raise InvalidInput(field="anchor", value=str(content.get("anchor"))[:66], rule="the hash of the statement")
    if content.get("membership") is None:
        return anchor, dict(said), False
    member = _object(content, "membership")
    one = _node({"hash": member.get("list"), "figures": member.get("figures")}, "membership")
    proof = member.get("proof")
    if not isinstance(proof, list) or len(proof) > 32 or type(member.get("position")) is not int:
        raise InvalidInput(field="membership.proof", value="…", rule="at most 32 sister nodes and a position")
    nodes = [_node(each, f"membership.proof.{place}") for place, each in enumerate(proof, 1)]
    # Each list counts as one, so that the tree's size is its sum's count.
    if one.figures.count != 1 or not verify_membership(
        leaf(one.hash, one.figures), member["position"], root.figures.count, nodes, root
    ):
        raise InvalidInput(field="membership", value="…", rule="a proof that leads to the statement's root and sums")
    return anchor, dict(said), True


def _object(content: Any, name: str) -> Mapping[str, Any]:
    found = content.get(name) if isinstance(content, dict) else None
    if not isinstance(found, dict):
        raise InvalidInput(field=name, value="…", rule="an object")
    return found


def _hash(value: Any, field: str) -> Hash:
    if not isinstance(value, str) or not _HASH.fullmatch(value):
        raise InvalidInput(field=field, value=str(value)[:70], rule="0x and 64 hexadecimal digits")
    return bytes.fromhex(value[2:])


def _node(value: Any, field: str) -> Node:
    figures = value.get("figures") if isinstance(value, dict) else None
    if not isinstance(figures, dict) or figures.keys() != set(_FIGURES):
        raise InvalidInput(field=f"{field}.figures", value="…", rule="count, gross_g, net_g and value")
    try:
        return Node(_hash(value.get("hash"), f"{field}.hash"), Figures(**figures))
    except FiguresRefused:
        raise InvalidInput(field=f"{field}.figures", value="…", rule="whole numbers from 0 to 2^63-1") from None


def _hex(data: bytes) -> str:
    return "0x" + data.hex()

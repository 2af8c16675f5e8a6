"""The receipts of a run: each enterprise reads its own, from where it had read to before."""

from __future__ import annotations

from collections import Counter
from typing import Any

from backend.services.demo.client import Roles

#: Receipts in one answer.
_PAGE = 500

#: Who reads receipts: everybody who sends messages, and the platform for its payment records.
READERS = ("platform", "payment", "logistics_east", "logistics_air", "declarant", "site_operator")

_LISTS = frozenset({"622", "604"})
_NOT_SENT = "4"


class Mail:
    """Everybody's receipts since the run began, in the order in which they were given."""

    def __init__(self, roles: Roles) -> None:
        self.roles = roles
        self.receipts: list[dict[str, Any]] = []
        self._read_to = dict.fromkeys(READERS, 0)
        # What an earlier run was told is not this one's.
        self.read()
        self.receipts.clear()

    def read(self) -> None:
        """Fetches what has come since the last time."""
        for reader in READERS:
            more = True
            while more:
                feed = self.roles[reader].get("/v1/receipts", since=self._read_to[reader], limit=_PAGE)
                self.receipts += feed["items"]
                self._read_to[reader], more = feed["next"], feed["more"]
        self.receipts.sort(key=lambda receipt: int(receipt["id"]))

    def of_parcel(self, parcel_id: str, *types: str) -> list[dict[str, Any]]:
        """The receipts of these types on a parcel; of its list without types."""
        wanted = types or _LISTS
        return [one for one in self.receipts if one["parcel_id"] == parcel_id and one["receipt_type"] in wanted]

    def numbers_of(self, parcel_id: str) -> tuple[str, str | None] | None:
        """Customs' number of a parcel's list and its pre-entry number; None before a receipt has told them."""
        for receipt in reversed(self.of_parcel(parcel_id)):
            if receipt["list_no"]:
                return receipt["list_no"], receipt["pre_no"]
        return None

    def table(self) -> list[dict[str, Any]]:
        """How many receipts of each type bear which status, in words."""
        counts = Counter((one["receipt_type"], one["status"]) for one in self.receipts)
        words = {(one["receipt_type"], one["status"]): one for one in self.receipts}
        return [
            {
                "receipt_type": receipt_type,
                "status": status,
                "label_zh": words[receipt_type, status]["label_zh"],
                "label_en": words[receipt_type, status]["label_en"],
                "count": count,
            }
            for (receipt_type, status), count in sorted(counts.items(), key=_in_order)
        ]

    def not_sent(self) -> dict[str, Any] | None:
        """The last receipt that a list could not be sent to customs: the chain had refused it, and says why."""
        found = [one for one in self.receipts if one["receipt_type"] in _LISTS and one["status"] == _NOT_SENT]
        return told_of(found[-1]) | {"receipt_type": found[-1]["receipt_type"]} if found else None

    def longest_series(self) -> dict[str, Any] | None:
        """The list that was answered most often, with all its receipts."""
        by_parcel: dict[str, list[dict[str, Any]]] = {}
        for one in self.receipts:
            if one["receipt_type"] in _LISTS and one["parcel_id"]:
                by_parcel.setdefault(one["parcel_id"], []).append(one)
        if not by_parcel:
            return None
        parcel_id, series = max(by_parcel.items(), key=lambda item: len({one["status"] for one in item[1]}))
        numbers = self.numbers_of(parcel_id)
        return {
            "parcel_id": parcel_id,
            "list_no": numbers[0] if numbers else None,
            "receipt_type": series[0]["receipt_type"],
            "receipts": [told_of(one) for one in series],
        }


def told_of(receipt: dict[str, Any]) -> dict[str, Any]:
    """What a receipt says, without whom it says it to."""
    return {name: receipt[name] for name in ("status", "label_zh", "label_en", "info")}


def _in_order(item: tuple[tuple[str, str], int]) -> tuple[str, bool, int]:
    """By type, then by status as a number, refusals (which are below zero) last."""
    (receipt_type, status), _ = item
    number = int(status) if status.lstrip("-").isdigit() else 0
    return receipt_type, number < 0, abs(number)

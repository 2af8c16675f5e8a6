"""What tests over HTTP ask and expect again and again."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import httpx

from tests.support.running import Ledger, until

LISTINGS = "/v1/blacklist/listings"
EVIDENCE = {"finding": "counterfeit goods in three parcels", "inspections": 3}
NOTE = {"note": "checked on the belt"}

_CUSTOMS = {"2233": "customs_pudong", "2303": "customs_suzhou", "2908": "customs_jiaxing"}

_codes: Iterator[int] = iter(range(9_900_000_100, 9_900_009_999))


def is_problem(answer: httpx.Response, status: int, title: str) -> dict[str, Any]:
    """Checks that an answer is a whole problem document in both languages, and gives it."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = answer.json()
    assert body["title"] == title
    assert body["type"] == f"/problems/{title}"
    assert body["status"] == status
    assert body["instance"] == answer.request.url.path
    assert re.search("[\u4e00-\u9fff]", body["detail_zh"])
    assert re.search("[A-Za-z]", body["detail"])
    # No sentence with a gap: every placeholder is filled, none by a question mark.
    assert not re.search(r"\{[a-z_]+\}|[ (]\?", body["detail"] + body["detail_zh"])
    return body


def refuse(ledger: Ledger, role: str, path: str, body: Any, status: int, title: str) -> dict[str, Any]:
    """Posts what must be refused; the problem document."""
    return is_problem(ledger.client(role).post(path, json=body), status, title)


# ---------------------------------------------------------------------------------------------------
# Participants


def organisation(**more: Any) -> dict[str, Any]:
    """An organisation that nobody has registered."""
    code = str(next(_codes))
    return {"uscc": code, "name_zh": f"测试商家{code[-4:]}", "name_en": f"Test seller {code[-4:]}", **more}


def newcomer(ledger: Ledger, **more: Any) -> int:
    """The number of an organisation that governance has just registered, once it is indexed."""
    number = int(ledger.post("governance", "/v1/participants", organisation(**more))["participant_no"])
    until(
        lambda: ledger.client("platform").get(f"/v1/participants/{number}").status_code == 200,
        "the newcomer is indexed",
    )
    return number


# ---------------------------------------------------------------------------------------------------
# Parcels


def customs_of(ledger: Ledger, parcel: str) -> str:
    """The role of the customs that a parcel is declared to."""
    return _CUSTOMS[ledger.get(None, f"/v1/parcels/{parcel}")["declaring_district"]]


def step(name: Any, *parcels: str, **more: Any) -> dict[str, Any]:
    return {"step": name, "parcels": list(parcels), "evidence": NOTE, **more}


# ---------------------------------------------------------------------------------------------------
# Blacklist


def listing(participant_no: int, /, **more: Any) -> dict[str, Any]:
    return {
        "participant_no": participant_no,
        "level": "Barred",
        "ground": "IntellectualPropertyInfringement",
        "until": "2027-06-01T00:00:00Z",
        "evidence": EVIDENCE,
        **more,
    }


def imposed(ledger: Ledger, participant_no: int, role: str = "customs_pudong", **more: Any) -> int:
    """A proposed listing's id, once it is indexed."""
    known = _listings_of(ledger, participant_no)
    ledger.post(role, LISTINGS, listing(participant_no, **more))
    (new,) = until(lambda: _listings_of(ledger, participant_no) - known, "the listing is indexed")
    return int(new)


def _listings_of(ledger: Ledger, participant_no: int) -> set[int]:
    found = ledger.get(None, "/v1/blacklist", participant_no=participant_no, limit=500)
    return {item["listing_id"] for item in found["items"]}


def standing(ledger: Ledger, listing_id: int, wanted: str) -> dict[str, Any]:
    """A listing once it stands as wanted."""

    def there() -> dict[str, Any] | None:
        view = ledger.get(None, f"{LISTINGS}/{listing_id}")
        return view if view["status"] == wanted else None

    return dict(until(there, f"listing {listing_id} is {wanted}"))


def barred(ledger: Ledger, participant_no: int) -> int:
    """A listing in force that bars a participant."""
    listing_id = imposed(ledger, participant_no)
    ledger.post("market_regulator", f"{LISTINGS}/{listing_id}/confirmations", {"evidence": EVIDENCE})
    standing(ledger, listing_id, "in_force")
    return listing_id


def lifted(ledger: Ledger, listing_id: int) -> None:
    ledger.post("customs_pudong", f"{LISTINGS}/{listing_id}/lift", {"evidence": {"appeal": "granted"}})
    standing(ledger, listing_id, "lifted")

"""Recordals over HTTP: years of working days, applications, decisions, licences."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from tests.support.running import Ledger, until

RIGHTS = "/v1/rights"
EVIDENCE = {"certificate": "registration 12345678", "shown": "certificate and power of attorney"}
LATER = "2034-01-01T00:00:00+08:00"


def arranged(year: int) -> dict[str, Any]:
    """A year's arrangement, invented: New Year off."""
    return {
        "year": year,
        "notice": "invented for tests",
        "published": f"{year - 1}-11-01",
        "holidays": [{"name": "元旦", "from": f"{year}-01-01", "until": f"{year}-01-01"}],
        "working": [],
    }


def publish_years_ahead(ledger: Ledger) -> None:
    """Publishes, as governance, whatever year a clock of thirty working days reaches from today."""
    known = {each["year"] for each in ledger.get(None, "/v1/working-days")["years"]}
    today = datetime.now(UTC).date()
    needed = sorted({(today + timedelta(days=days)).year for days in (0, 120)} - known)
    if needed:
        body = {"version": "invented", "source": "invented", "years": [arranged(year) for year in needed]}
        answer = ledger.client("governance").put("/v1/working-days", json=body, params={"confirm": "true"})
        assert answer.status_code == 200, answer.text
        until(lambda: set(needed) <= _years(ledger), "the years are indexed")


def _years(ledger: Ledger) -> set[int]:
    return {each["year"] for each in ledger.get(None, "/v1/working-days")["years"]}


def recordal(text: str, *headings: str, **more: Any) -> dict[str, Any]:
    """A trademark to apply for."""
    mark = {"text": text} | {name: more.pop(name) for name in ("variants", "well_known", "with_device") if name in more}
    return {
        "kind": "Trademark",
        "marks": [mark],
        "headings": list(headings) or ["6404"],
        "nice_classes": [25],
        "valid_until": LATER,
        "evidence": EVIDENCE,
        **more,
    }


def applied(ledger: Ledger, body: dict[str, Any], role: str = "rights_holder") -> int:
    """The number of a right that was applied for, once it is indexed."""
    known = _rights(ledger)
    ledger.post(role, RIGHTS, body)
    (new,) = until(lambda: _rights(ledger) - known, "the application is indexed")
    return int(new)


def recorded(ledger: Ledger, text: str, *headings: str, role: str = "rights_holder", **more: Any) -> int:
    """The number of a right in force."""
    right = applied(ledger, recordal(text, *headings, **more), role)
    ledger.post("customs_headquarters", f"{RIGHTS}/{right}/approval", {"evidence": EVIDENCE})
    right_as(ledger, right, lambda view: view["in_force"])
    return right


def licensed(ledger: Ledger, right: int, seller: int | str, **more: Any) -> None:
    body = {"seller": seller, "until": LATER, "evidence": {"contract": "2026-01"}, **more}
    ledger.post("rights_holder", f"{RIGHTS}/{right}/licences", body)
    right_as(ledger, right, lambda view: any(each["in_force"] for each in view["licences"]))


def right_as(ledger: Ledger, right: int, wanted: Any, role: str | None = None) -> dict[str, Any]:
    """A right's view once it is as wanted."""

    def there() -> dict[str, Any] | None:
        view = ledger.get(role, f"{RIGHTS}/{right}")
        return view if wanted(view) else None

    return dict(until(there, f"right {right} is as wanted"))


def _rights(ledger: Ledger) -> set[int]:
    found = ledger.get(None, RIGHTS, limit=500)
    return {each["right_id"] for each in found["items"]}

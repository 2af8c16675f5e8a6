"""What documents are judged by, over HTTP: versions, who may load them, and every wrong field by its name."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from backend.domain.matching import RULES, load_config
from backend.domain.rates import example_rates, load_rates, rates_as_json
from tests.support.asking import is_problem
from tests.support.running import Ledger

JSON = {"Content-Type": "application/json"}

#: Districts where nobody declares: what they set changes nothing for other tests.
_districts: Iterator[str] = (f"{number}" for number in range(9800, 9900))


def put(ledger: Ledger, role: str | None, path: str, body: Any, headers: dict[str, str] = JSON) -> httpx.Response:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return ledger.client(role).put(f"/v1/{path}", content=content, headers=headers)


def test_the_rules_are_told_row_by_row_with_the_settings_of_every_district(ledger: Ledger) -> None:
    found = ledger.get("platform", "/v1/matching")
    assert [row["rule"] for row in found["rules"]] == [rule.id for rule in RULES]
    held = {row["rule"]: row["level"] for row in found["rules"] if row["level"] == "hold"}
    assert held == {"M23": "hold", "X07": "hold"}
    amount = next(row for row in found["rules"] if row["inner_code"] == "1332")
    assert amount["rule"] == "M06"
    assert amount["compares"] == ["OrderHead.acturalPaid = PaymentHead.amountPaid"]
    assert amount["tolerance"] == {"absolute": "0", "share": "0"}
    assert amount["zh"]
    assert amount["en"]
    assert found["districts"][0]["district"] == "0000"


def test_a_district_without_settings_of_its_own_has_those_of_every_district(ledger: Ledger) -> None:
    view = ledger.get("platform", f"/v1/matching/{next(_districts)}")
    assert view["source"] in ("usual", "every district")
    assert view["versions"] == []
    assert load_config(json.dumps(view["settings"])).version == view["version"]


def test_the_version_loaded_last_is_in_force_and_the_earlier_ones_can_be_read(ledger: Ledger) -> None:
    district = next(_districts)
    for version, hours in (("2026-01", 5), ("2026-02", 7)):
        answer = put(ledger, "governance", f"matching/{district}", {"version": version, "deadline_hours": hours})
        assert answer.status_code == 201
    view = ledger.get("declarant", f"/v1/matching/{district}")
    assert (view["version"], view["source"], view["settings"]["deadline_hours"]) == ("2026-02", "district", 7)
    assert [each["version"] for each in view["versions"]] == ["2026-02", "2026-01"]
    assert view["loaded_by"] == 0
    earlier = ledger.get("declarant", f"/v1/matching/{district}", version="2026-01")
    assert earlier["settings"]["deadline_hours"] == 5
    listed = {each["district"]: each["version"] for each in ledger.get("declarant", "/v1/matching")["districts"]}
    assert listed[district] == "2026-02"
    unknown = ledger.client("declarant").get(f"/v1/matching/{district}", params={"version": "2020"})
    is_problem(unknown, 404, "NotFound")


def test_the_same_version_again_is_known_and_another_text_under_it_is_a_conflict(ledger: Ledger) -> None:
    path = f"matching/{next(_districts)}"
    text = {"version": "a", "window_hours": 3}
    assert [put(ledger, "governance", path, text).status_code for _ in range(2)] == [201, 200]
    is_problem(put(ledger, "governance", path, text | {"window_hours": 4}), 409, "Conflict")
    assert len(ledger.get("declarant", f"/v1/{path}")["versions"]) == 1


def test_the_version_that_is_in_force_without_any_settings_stands_for_nothing_else(ledger: Ledger) -> None:
    path = f"matching/{next(_districts)}"
    is_problem(put(ledger, "governance", path, {"version": "1", "window_hours": 4}), 409, "Conflict")
    assert put(ledger, "governance", path, {"version": "1"}).status_code == 201


def test_customs_set_the_rules_of_their_own_district_alone(ledger: Ledger) -> None:
    own = put(ledger, "customs_pudong", "matching/2233", {"version": "set by customs"})
    assert own.status_code == 201
    assert own.json()["loaded_by"] == ledger.numbers["customs_pudong"]
    for role, district in (("customs_pudong", "2303"), ("customs_pudong", "0000"), ("customs_suzhou", "2233")):
        is_problem(put(ledger, role, f"matching/{district}", {"version": "no"}), 403, "Forbidden")
    for role in ("platform", "declarant", "market_regulator", "site_operator"):
        is_problem(put(ledger, role, "matching/2233", {"version": "no"}), 403, "Forbidden")
    is_problem(put(ledger, None, "matching/2233", {"version": "no"}), 401, "Unauthenticated")
    assert "no" not in [each["version"] for each in ledger.get("declarant", "/v1/matching/2233")["versions"]]


def test_every_wrong_field_of_settings_is_named_and_nothing_is_stored(ledger: Ledger) -> None:
    path = f"matching/{next(_districts)}"
    wrong = {"version": "w", "automatic": "yes", "rules": {"M05": {"share": 2}, "M99": {}}, "limits": {"year": -1}}
    body = is_problem(put(ledger, "governance", path, wrong), 422, "InvalidInput")
    assert {fault["field"] for fault in body["faults"]} >= {"automatic", "rules.M05.share", "rules.M99", "limits.year"}
    assert ledger.get("declarant", f"/v1/{path}")["versions"] == []


@pytest.mark.parametrize(
    "body",
    [
        b"", b"[]", b"null", b"\xff\xfe", b'{"version": "\\ud800"}', b'{"version": "a\\u0000b"}', b'{"\\ud800": 1}',
        b"[" * 100_000, b'{"version": "1", "deadline_hours": 1' + b"0" * 5000 + b"}",
        b'{"version": "v", "version": "w"}', b'{"version": "v", "limits": {"year": 1e9}}',
    ],
)  # fmt: skip
def test_hostile_settings_and_rates_are_refused_in_words(ledger: Ledger, body: bytes) -> None:
    for path in (f"matching/{next(_districts)}", "rates"):
        is_problem(put(ledger, "governance", path, body), 422, "InvalidInput")


@pytest.mark.parametrize("district", ["1", "22333", "abcd", "-001"])
def test_a_district_has_four_digits(ledger: Ledger, district: str) -> None:
    is_problem(put(ledger, "governance", f"matching/{district}", {"version": "v"}), 422, "InvalidInput")


def test_what_is_not_called_json_is_not_read(ledger: Ledger) -> None:
    for headers in ({}, {"Content-Type": "application/xml"}):
        is_problem(put(ledger, "governance", "matching/9999", {"version": "v"}, headers), 415, "MediaTypeUnsupported")
        is_problem(put(ledger, "governance", "rates", {"version": "v"}, headers), 415, "MediaTypeUnsupported")


def test_rates_are_loaded_by_governance_version_by_version(ledger: Ledger) -> None:
    table = rates_as_json(example_rates())
    is_problem(put(ledger, "governance", "rates", table | {"as_of": "2026-02-01"}), 409, "Conflict")
    table |= {"version": "test-2026", "source": "the same rates under another name"}
    for role in ("customs_pudong", "platform"):
        is_problem(put(ledger, role, "rates", table), 403, "Forbidden")
    first, again = (put(ledger, "governance", "rates", table) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["rates"] == len(table["rates"])
    is_problem(put(ledger, "governance", "rates", table | {"as_of": "2026-02-01"}), 409, "Conflict")
    view = ledger.get("platform", "/v1/rates")
    assert view["version"] == "test-2026"
    assert [each["version"] for each in view["versions"]] == ["test-2026"]
    told = {name: view[name] for name in ("version", "as_of", "source", "rates")}
    assert load_rates(json.dumps(told)).rates == example_rates().rates
    before = ledger.get("platform", "/v1/rates", version=example_rates().version)
    assert before["loaded_at"] is None
    is_problem(ledger.client("platform").get("/v1/rates", params={"version": "2020"}), 404, "NotFound")


def test_every_wrong_field_of_rates_is_named(ledger: Ledger) -> None:
    table = {
        "version": "w", "as_of": "1.1.2026", "source": "s",
        "rates": [{"hs": "12", "name": "n", "vat": 2, "unit1": "035"}],
    }  # fmt: skip
    body = is_problem(put(ledger, "governance", "rates", table), 422, "InvalidInput")
    assert {fault["field"] for fault in body["faults"]} == {"as_of", "rates[0].hs", "rates[0].vat"}


def test_reading_needs_a_key(ledger: Ledger) -> None:
    for path in ("/v1/matching", "/v1/matching/2233", "/v1/rates"):
        is_problem(ledger.client().get(path), 401, "Unauthenticated")

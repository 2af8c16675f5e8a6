"""Scans over HTTP: what counts, what is kept of it, and what everybody is told."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from backend.app import create_app
from backend.domain.errors import StoreUnavailable
from backend.domain.scans import short_code
from backend.services.gateway import Gateway, open_gateway
from backend.services.scans import store_scans
from backend.store.tables import scan_days
from tests.support.running import LOG, NO_LIMITS, Ledger, served, until

#: From the ranges for documentation, so that they stand nowhere by accident.
HOME, NEIGHBOUR, OFFICE, PHONE = "203.0.113.77", "203.0.113.200", "198.51.100.23", "2001:db8:77::5"
AGENT = "CanaryPhone/7.7 (scanner)"


def link(parcel: str) -> str:
    return f"/s/{short_code(bytes.fromhex(parcel))}"


def scan(address: str, parcel: str, network: str) -> httpx.Response:
    """A phone's scan from a network, through a reverse proxy on the gateway's own machine."""
    headers = {"X-Forwarded-For": network, "User-Agent": AGENT, "Cookie": "guanlian_language=en"}
    return httpx.get(f"{address}{link(parcel)}", headers=headers, trust_env=False)


def scans_of(ledger: Ledger, parcel: str) -> dict[str, Any]:
    return dict(ledger.get(None, f"/v1/parcels/{parcel}")["scans"])


def stored(gateway: Gateway, parcel: str) -> int:
    query = sa.select(sa.func.sum(scan_days.c.visits)).where(scan_days.c.parcel_id == bytes.fromhex(parcel))
    with gateway.database.read() as connection:
        return int(connection.execute(query).scalar_one() or 0)


@contextmanager
def another(ledger: Ledger, **settings: Any) -> Iterator[tuple[Gateway, str]]:
    """A gateway on the same database, with settings of its own and nothing beside the requests."""
    gateway = open_gateway(replace(ledger.settings, **settings))
    with served(create_app(gateway, None, NO_LIMITS)) as address:
        yield gateway, address
    gateway.close()


def test_two_networks_are_two_visits_and_a_second_scan_is_none(ledger: Ledger, fresh: list[str]) -> None:
    parcel = fresh[0]
    assert scans_of(ledger, parcel)["visits"] == 0

    for network in (HOME, HOME, OFFICE, NEIGHBOUR, PHONE, HOME):
        answer = scan(ledger.address, parcel, network)
        assert (answer.status_code, answer.headers["location"]) == (303, f"/p/{parcel}")
        assert answer.headers["cache-control"] == "no-store"
        assert "set-cookie" not in answer.headers

    until(lambda: stored(ledger.gateway, parcel) == 3, "three visits are stored")
    seen = scans_of(ledger, parcel)
    assert (seen["visits"], seen["days"], seen["unusual"]) == (3, 1, False)
    assert [rule["rule"] for rule in seen["rules"]] == ["OneDay", "ManyDays", "AfterDelivery"]
    assert [rule["threshold"] for rule in seen["rules"]] == [10, 13, 12]


def test_looking_at_the_page_is_no_scan(ledger: Ledger, fresh: list[str]) -> None:
    for path in (f"/p/{fresh[0]}", f"/p/{fresh[0]}/qr.svg", f"/v1/parcels/{fresh[0]}", f"/lookup?code={fresh[0]}"):
        ledger.client().get(path)

    assert scans_of(ledger, fresh[0])["visits"] == 0


def test_a_code_that_the_pages_own_camera_read_is_a_scan(ledger: Ledger, fresh: list[str]) -> None:
    read = f"{ledger.settings.public}{link(fresh[0])}"
    answer = ledger.client().get("/lookup", params={"code": read}, follow_redirects=True)

    assert answer.url.path == f"/p/{fresh[0]}"
    assert scans_of(ledger, fresh[0])["visits"] == 1


def test_a_code_of_no_parcel_leads_to_the_page_that_says_so_and_is_not_counted(ledger: Ledger) -> None:
    unknown = "f" * 64
    answer = scan(ledger.address, unknown, HOME)

    assert answer.headers["location"] == f"/p/{unknown}"
    assert ledger.gateway.scans.today(bytes.fromhex(unknown)) == {}
    assert stored(ledger.gateway, unknown) == 0
    assert ledger.client().get("/s/nonsense").status_code == 400


def test_many_networks_bring_the_warning_in_both_languages_and_never_the_word_fake(
    ledger: Ledger, fresh: list[str]
) -> None:
    with another(ledger, scans_one_day=3) as (_, address):
        for network in ("203.0.113.1", "203.0.114.1"):
            scan(address, fresh[0], network)
        calm = httpx.get(f"{address}/p/{fresh[0]}?lang=en", trust_env=False).text
        scan(address, fresh[0], "203.0.115.1")
        warned = {lang: httpx.get(f"{address}/p/{fresh[0]}?lang={lang}", trust_env=False).text for lang in ("zh", "en")}
        scans = httpx.get(f"{address}/v1/parcels/{fresh[0]}", trust_env=False).json()["scans"]

    assert 'data-scans="unusual"' not in calm
    assert "3 or more different networks scanned the code on one day." in calm
    assert "This code was scanned unusually often." in warned["en"]
    assert "此码被扫描的次数异常偏多。" in warned["zh"]
    assert "同一天内有 3 个或更多不同网络扫过此码。" in warned["zh"]
    for page in warned.values():
        assert re.findall(r'data-rule="(\w+)"', page) == ["OneDay"]
        assert not re.search(r"fake|counterfeit|假|伪", page, re.IGNORECASE)
    assert scans["unusual"]
    assert [(rule["rule"], rule["most"]) for rule in scans["rules"] if rule["holds"]] == [("OneDay", 3)]


def test_neither_address_nor_device_is_kept_anywhere(ledger: Ledger, fresh: list[str]) -> None:
    for network in (HOME, OFFICE, PHONE):
        scan(ledger.address, fresh[0], network)
    until(lambda: stored(ledger.gateway, fresh[0]) == 3, "the visits are stored")

    canaries = [text.encode() for text in (HOME, "203.0.113", OFFICE, "198.51.100", PHONE, "2001:db8:77", AGENT)]
    canaries += [bytes([203, 0, 113]), bytes([198, 51, 100]), bytes.fromhex("20010db80077")]
    rows = 0
    with ledger.gateway.database.read() as connection:
        for table in sa.inspect(connection).get_table_names():
            for row in connection.exec_driver_sql(f'SELECT * FROM "{table}"'):  # noqa: S608 - our own names
                rows += 1
                for value in row:
                    data = value if isinstance(value, bytes) else str(value).encode()
                    assert not [canary for canary in canaries if canary in data], table
    assert rows > 100
    said = LOG.getvalue()
    assert not [text for text in (HOME, OFFICE, PHONE, AGENT, link(fresh[0])) if text in said]


def test_a_restarted_gateway_goes_on_from_what_was_stored(ledger: Ledger, fresh: list[str]) -> None:
    scan(ledger.address, fresh[0], HOME)
    until(lambda: stored(ledger.gateway, fresh[0]) == 1, "the visit is stored")

    with another(ledger) as (gateway, address):
        # This process has a secret of its own: the same network is a new visit to it.
        scan(address, fresh[0], HOME)
        assert store_scans(gateway) == 1
    assert scans_of(ledger, fresh[0])["visits"] == 2


def test_a_scan_that_cannot_be_counted_or_stored_does_not_fail_the_page(
    ledger: Ledger, fresh: list[str], monkeypatch: Any
) -> None:
    def closed(*_: Any) -> Any:
        raise StoreUnavailable(reason="test")

    with another(ledger) as (gateway, address):
        with monkeypatch.context() as patched:
            patched.setattr(gateway.database, "read", closed)
            assert scan(address, fresh[0], HOME).status_code == 303
        assert gateway.scans.take() == {}
        scan(address, fresh[0], HOME)
        with monkeypatch.context() as patched:
            patched.setattr(gateway.database, "write", closed)
            with pytest.raises(StoreUnavailable):
                store_scans(gateway)
        assert store_scans(gateway) == 1

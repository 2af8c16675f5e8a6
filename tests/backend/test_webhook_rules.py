"""Which addresses receipts may be sent to, and how often it is tried."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domain.errors import InvalidInput
from backend.domain.webhooks import LONGEST_URL, WAITS, checked_url, is_public, wait_after
from backend.settings import Settings


@pytest.mark.parametrize(
    "url",
    [
        "https://erp.example.com/guanlian",
        "http://erp.example.com",
        "https://erp.example.com:8443/a/b?c=d&e=%23",
        "https://xn--fiq228c.example/",
        "https://203.0.113.7/x",
        "https://[2001:db8::7]:8443/x",
        "http://localhost:9000/",
    ],
)
def test_an_address_of_the_web_is_taken(url: str) -> None:
    assert checked_url(url).hostname


@pytest.mark.parametrize(
    ("url", "rule"),
    [
        ("ftp://erp.example.com/", "an address that begins with https:// or http://"),
        ("file:///etc/passwd", "an address that begins with https:// or http://"),
        ("gopher://127.0.0.1:70/_", "an address that begins with https:// or http://"),
        ("javascript:alert(1)", "an address that begins with https:// or http://"),
        ("erp.example.com/x", "an address that begins with https:// or http://"),
        ("//erp.example.com/x", "an address that begins with https:// or http://"),
        ("https://", "an address as https://host/path"),
        ("https:///x", "an address as https://host/path"),
        ("https://:443/x", "an address as https://host/path"),
        ("https://erp.example.com:0/", "an address as https://host/path"),
        ("https://erp.example.com:70000/", "an address as https://host/path"),
        ("https://erp.example.com:x/", "an address as https://host/path"),
        ("https://[::1/x", "an address as https://host/path"),
        ("https://erp.example.com\\@evil.example/", "an address without user name and password"),
        ("https://evil.example\\.erp.example.com/", "an address as https://host/path"),
        ("https://erp%2eexample.com/", "an address as https://host/path"),
        ("https://user:pass@erp.example.com/", "an address without user name and password"),
        ("https://user@erp.example.com/", "an address without user name and password"),
        ("https://@erp.example.com/", "an address without user name and password"),
        ("https://erp.example.com/#part", "an address without fragment"),
        ("https://erp.example.com/#", "an address without fragment"),
        ("https://erp.example.com/a b", "an address in visible ASCII characters"),
        ("https://erp.example.com/\r\nX: y", "an address in visible ASCII characters"),
        ("https://erp.example.com/\x00", "an address in visible ASCII characters"),
        ("https://关链.example/", "an address in visible ASCII characters"),
        ("", "an address in visible ASCII characters"),
        ("https://erp.example.com/" + "x" * LONGEST_URL, f"at most {LONGEST_URL} characters"),
    ],
)
def test_any_other_address_is_refused_by_its_rule_without_repeating_a_secret(url: str, rule: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        checked_url(url)
    assert (refused.value.details["field"], refused.value.details["rule"]) == ("url", rule)
    assert "pass" not in str(refused.value.details["value"])


@given(st.text(max_size=60))
def test_any_text_is_taken_or_refused(text: str) -> None:
    for url in (text, "http://" + text):
        try:
            assert checked_url(url).scheme in ("http", "https")
        except InvalidInput:
            continue


@pytest.mark.parametrize(
    "address", ["1.1.1.1", "93.184.215.14", "2606:4700::1111", "::ffff:1.1.1.1", "64:ff9b::101:101"]
)
def test_an_address_of_the_open_internet_is_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.255.255.254",
        "0.0.0.0",  # noqa: S104
        "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1",
        "169.254.169.254", "100.64.0.1", "192.0.0.1", "198.18.0.1", "203.0.113.1", "224.0.0.1", "239.1.1.1",
        "240.0.0.1", "255.255.255.255", "::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "fd12:3456::1", "ff02::1",
        "2001:db8::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "2002:7f00:1::",
        "2002:a00:1::", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "2001:0:a00:1::f5ff:fffe",
        "not an address", "",
    ],
)  # fmt: skip
def test_an_address_of_a_network_of_somebodys_own_is_not_public(address: str) -> None:
    assert not is_public(address)


def test_waits_grow_and_then_end() -> None:
    assert [wait_after(attempts) for attempts in range(1, len(WAITS) + 2)] == [*WAITS, None]
    assert list(WAITS) == sorted(set(WAITS))


@pytest.mark.parametrize(
    ("text", "embedded", "allowed"),
    [("", True, True), ("", False, False), ("true", False, True), ("false", True, False), ("0", True, False)],
)
def test_private_addresses_are_allowed_where_the_settings_say_so(text: str, embedded: bool, allowed: bool) -> None:
    settings = Settings(home=Path(), embedded=embedded, webhooks_to_private=text)
    assert settings.sends_to_private is allowed


def test_a_setting_that_is_neither_is_named() -> None:
    with pytest.raises(InvalidInput, match="GUANLIAN_WEBHOOKS_TO_PRIVATE"):
        _ = Settings(home=Path(), webhooks_to_private="perhaps").sends_to_private

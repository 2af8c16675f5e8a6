"""Rules of sending receipts to an address that a participant names: which addresses, how often, when to give up."""

from __future__ import annotations

import re
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from urllib.parse import SplitResult, urlsplit

from backend.domain.errors import InvalidInput

LONGEST_URL = 500
#: Webhooks of one participant.
MOST_WEBHOOKS = 10

#: Seconds to wait after each attempt that failed; after one more the delivery is dead.
WAITS = (5, 30, 2 * 60, 10 * 60, 3600, 6 * 3600, 12 * 3600, 24 * 3600)

#: Deliveries that die with none arriving in between, after which a webhook is switched off.
MOST_DEATHS = 20

#: Why a webhook was switched off, in Chinese and in English.
REASONS: dict[str, tuple[str, str]] = {
    "Gone": ("接收方以 410 应答，表示不再接收", "the receiver answered 410: it wants no more"),
    "TooManyDead": (
        f"连续 {MOST_DEATHS} 次投递最终失败，其间无一送达",
        f"{MOST_DEATHS} deliveries died with none arriving in between",
    ),
}

# Visible ASCII: what else an address holds must be percent-encoded, a host's name in its ASCII form.
_VISIBLE = re.compile(r"[\x21-\x7e]+")
_HOST = re.compile(r"[A-Za-z0-9._-]+|[0-9A-Fa-f:.]+")

#: IPv6 addresses whose last four bytes are an IPv4 address that a translator reaches (RFC 6052).
_TRANSLATED = IPv6Network("64:ff9b::/96")


def checked_url(url: str) -> SplitResult:
    """The parts of an address that receipts may be sent to. Raises InvalidInput naming the rule it breaks.

    Of a refused address nothing is repeated that may be secret.
    """
    if len(url) > LONGEST_URL:
        raise InvalidInput(field="url", value=f"{len(url)}", rule=f"at most {LONGEST_URL} characters")
    if not _VISIBLE.fullmatch(url):
        raise InvalidInput(field="url", value="…", rule="an address in visible ASCII characters")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise InvalidInput(field="url", value="…", rule="an address as https://host/path") from None
    if parts.scheme not in ("http", "https"):
        raise InvalidInput(field="url", value=parts.scheme[:20], rule="an address that begins with https:// or http://")
    if "@" in parts.netloc:
        raise InvalidInput(field="url", value="…@", rule="an address without user name and password")
    if "#" in url:
        raise InvalidInput(field="url", value="#", rule="an address without fragment")
    host = parts.hostname or ""
    if port == 0 or "\\" in url or not _HOST.fullmatch(host):
        raise InvalidInput(field="url", value=host[:40], rule="an address as https://host/path")
    return parts


def is_public(address: str) -> bool:
    """Whether an IP address is one of the open internet, whatever form it is written or embedded in."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    inner = _embedded(found) if isinstance(found, IPv6Address) else None
    if inner is not None:
        return is_public(str(inner))
    return found.is_global and not (found.is_multicast or found.is_reserved or found.is_unspecified)


def is_address(host: str) -> bool:
    """Whether a host is named by an IP address."""
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def wait_after(attempts: int) -> int | None:
    """Seconds to wait after so many failed attempts; None where there is to be no other."""
    return WAITS[attempts - 1] if attempts <= len(WAITS) else None


def _embedded(address: IPv6Address) -> IPv4Address | None:
    """The IPv4 address that a packet to this IPv6 address would reach by itself."""
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address.sixtofour is not None:
        return address.sixtofour
    if address.teredo is not None:
        return address.teredo[1]
    if address in _TRANSLATED:
        return IPv4Address(int(address) & 0xFFFF_FFFF)
    return None

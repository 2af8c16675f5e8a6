"""How often a code was scanned, in English."""

from __future__ import annotations

from collections.abc import Mapping

EN_SCANS: Mapping[str, str] = {
    "scans.title": "Scans of this code",
    "scans.count": "Visits counted: {visits}. Days with visits: {days}.",
    "scans.none": "No scan has been counted so far.",
    "scans.unusual": "This code was scanned unusually often.",
    "scans.unusual.more": "One code may have been printed on several goods, or many people looked at this one. "
    "Please compare what you hold with this page, and ask the seller or the platform where something differs.",
    "scans.on": "Counted: {count}, on {since}.",
    "scans.between": "Counted: {count}, from {since} to {until}.",
    "scans.how": "How scans are counted, and when they are unusually many",
    "scans.visit": "A visit is one network that opens the link of the QR code on one day, however often. Opening this "
    "page in another way does not count.",
    "scans.rules": "The code counts as scanned unusually often where one of these holds:",
    "scans.norules": "This gateway has switched all rules off.",
    "scans.private": "Stored are numbers of visits by day and nothing else: no address, no device, no cookie. "
    "What tells networks apart is forgotten every day. Days are those of Beijing time.",
}

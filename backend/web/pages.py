"""The public pages: no account, no wallet, no script needed."""

from __future__ import annotations

import re
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import HTMLResponse

from backend.domain.errors import NotFound, StoreUnavailable
from backend.domain.instants import iso
from backend.domain.scans import parcel_of_short_code, scan_link, short_code
from backend.formats.qr import qr_svg
from backend.services.freshness import Freshness, Reach, freshness_of, ledger_size
from backend.services.listing_views import STATUSES, search_listings
from backend.services.parcels import parcel_view
from backend.services.rights_reading import STATUSES as RIGHT_STATUSES
from backend.services.rights_reading import search_rights
from backend.services.scans import count_scan
from backend.web.parcel_page import parcel_page
from backend.web.rendering import (
    CONTENT_SECURITY_POLICY,
    HEADERS,
    PageRoute,
    gateway_of,
    language_for,
    redirect,
    render,
)
from backend.web.verify_page import verifier_words

router = APIRouter(route_class=PageRoute, include_in_schema=False)

_PARCEL_ID = re.compile(r"[0-9a-f]{64}")
_IN_TEXT = re.compile(r"(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])")
#: Of what somebody typed, this much is looked at and shown again.
_LONGEST_INPUT = 300


def parcel_id_in(text: str) -> str | None:
    """The one parcel id in what a person typed or scanned: bare, with 0x, with spaces, in an address, or short."""
    tidy = re.sub(r"\s+", "", text[:_LONGEST_INPUT]).lower().removeprefix("0x")
    found = {short.hex()} if (short := _short_in(tidy)) else set(_IN_TEXT.findall(tidy))
    return found.pop() if len(found) == 1 else None


def _short_in(tidy: str) -> bytes | None:
    """The parcel id of a short code, bare or at the end of the address that a QR code carries."""
    return parcel_of_short_code(tidy.rpartition("/s/")[2])


@router.get("/")
def home(request: Request) -> HTMLResponse:
    gateway = gateway_of(request)
    try:
        freshness = freshness_of(gateway)
        manifests, parcels = ledger_size(gateway)
    except StoreUnavailable:
        return render(request, "home.html", numbers=None, freshness=None)
    return render(request, "home.html", numbers=(parcels, manifests), freshness=freshness)


@router.get("/lookup")
def lookup(request: Request, code: Annotated[str, Query()] = "") -> Response:
    """From what was typed, or read by this page's own camera, to the page of the parcel."""
    if "/s/" in code and (scanned_id := _short_in(code.strip())):
        return redirect(f"/s/{short_code(scanned_id)}")
    parcel_id = parcel_id_in(code)
    if parcel_id is None:
        return _invalid(request, code)
    return redirect(f"/p/{parcel_id}")


@router.get("/p/{code}")
def parcel(request: Request, code: str) -> Response:
    """The verdict on one parcel, or one of three answers that are none: no code, no such code, not now."""
    if not _PARCEL_ID.fullmatch(code):
        parcel_id = parcel_id_in(code)
        return _invalid(request, code) if parcel_id is None else redirect(f"/p/{parcel_id}")
    gateway = gateway_of(request)
    try:
        # Asked first: what is found afterwards is at least as new as this says.
        freshness = freshness_of(gateway)
        view = parcel_view(gateway, bytes.fromhex(code))
    except NotFound as missing:
        if not freshness.is_current:
            return _unavailable(request, freshness, None)
        block, at = missing.details.get("complete_to_block"), missing.details.get("complete_to_time")
        return render(request, "unknown.html", 404, code=code, block=block, at=at)
    except StoreUnavailable:
        return _unavailable(request, Freshness(Reach.Store, None, None, None), None)
    language = language_for(request)
    page = parcel_page(view, language)
    if not freshness.is_current:
        return _unavailable(request, freshness, page)
    return render(request, "parcel.html", page=page, checked=True, verifier=verifier_words(language))


@router.get("/s/{code}")
def scanned(request: Request, code: str) -> Response:
    """From a scanned QR code to the parcel's page: this address, and no other, counts as a scan."""
    parcel_id = parcel_of_short_code(code)
    if parcel_id is None:
        return _invalid(request, code)
    if request.client is not None:
        count_scan(gateway_of(request), parcel_id, request.client.host)
    return redirect(f"/p/{parcel_id.hex()}")


@router.get("/p/{code}/qr.svg")
def parcel_qr(request: Request, code: str) -> Response:
    """A parcel's QR code. It says nothing of the parcel but its code, so any well-formed code has one."""
    if not _PARCEL_ID.fullmatch(code):
        raise NotFound(what="parcel", value=code[:_LONGEST_INPUT])
    image = qr_svg(scan_link(gateway_of(request).settings.public, bytes.fromhex(code)))
    headers = HEADERS | {"Cache-Control": "public, max-age=3600"}
    return Response(image, media_type="image/svg+xml", headers=headers)


@router.get("/verify")
def verify(request: Request) -> HTMLResponse:
    """Where a browser checks a certificate by itself: the browser holds the page to asking nobody."""
    page = render(request, "verify.html", verifier=verifier_words(language_for(request)))
    page.headers["Content-Security-Policy"] = CONTENT_SECURITY_POLICY.replace(
        "connect-src 'self'", "connect-src 'none'"
    )
    return page


@router.get("/blacklist")
def blacklist(
    request: Request,
    q: Annotated[str, Query(max_length=_LONGEST_INPUT)] = "",
    status: str = "",
    cursor: str | None = None,
) -> HTMLResponse:
    """Who is listed, public and searchable."""
    gateway = gateway_of(request)
    freshness = freshness_of(gateway)
    chosen = status if status in STATUSES else ""
    found = search_listings(gateway, text=q.strip() or None, status=chosen or None, cursor=cursor or None, limit=50)
    following = found["next"]
    more = urlencode({"q": q, "status": chosen, "cursor": following}) if following else ""
    return render(
        request,
        "blacklist.html",
        listings=found["items"],
        q=q,
        status=chosen,
        statuses=STATUSES,
        more=more,
        freshness=freshness,
        block=found["complete_to_block"],
        at=found.get("complete_to_time"),
    )


@router.get("/rights")
def recorded_rights(
    request: Request,
    q: Annotated[str, Query(max_length=_LONGEST_INPUT)] = "",
    status: str = "",
    cursor: str | None = None,
) -> HTMLResponse:
    """The register of rights, public and searchable."""
    chosen = status if status in RIGHT_STATUSES else ""
    found = search_rights(
        gateway_of(request), text=q.strip() or None, status=chosen or None, cursor=cursor or None, limit=50
    )
    following = found["next"]
    return render(
        request,
        "rights.html",
        rights=found["items"],
        q=q,
        status=chosen,
        statuses=RIGHT_STATUSES,
        more=urlencode({"q": q, "status": chosen, "cursor": following}) if following else "",
        block=found["complete_to_block"],
        at=found["complete_to_time"],
    )


def _invalid(request: Request, code: str) -> HTMLResponse:
    return render(request, "invalid.html", 400, given=code.strip()[:_LONGEST_INPUT])


def _unavailable(request: Request, freshness: Freshness, page: Any) -> HTMLResponse:
    """Not now: with what was last read where there is anything, and never a verdict."""
    response = render(
        request,
        "unavailable.html",
        503,
        freshness=freshness,
        page=page,
        at=None if freshness.at is None else iso(freshness.at),
    )
    response.headers["Retry-After"] = "30"
    return response

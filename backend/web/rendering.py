"""From a template and plain values to a page: language, escaping, headers, and errors in words."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

import structlog
from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, RedirectResponse
from fastapi.routing import APIRoute
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from backend.domain.calendar import CHINA
from backend.domain.districts import district_named
from backend.domain.errors import GuanlianError, NotFound, Unauthenticated
from backend.domain.instants import short_time
from backend.services.gateway import Gateway
from backend.web.texts import Language, language_of, text, word

FOLDER = Path(__file__).parent
STATIC = FOLDER / "static"

LANGUAGE_COOKIE = "guanlian_language"

#: No inline script or style, nothing from elsewhere, no frame around us: a stored name cannot become code.
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "media-src 'self' blob:; manifest-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)

HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), geolocation=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
    "Vary": "Accept-Language, Cookie",
}

_log = structlog.get_logger(__name__)

_environment = Environment(
    loader=FileSystemLoader(FOLDER / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def gateway_of(request: Request) -> Gateway:
    """The gateway that the application was made with."""
    gateway: Gateway = request.app.state.gateway
    return gateway


def language_for(request: Request) -> Language:
    """The language of one request: `?lang=`, the reader's earlier choice, the browser's."""
    return language_of(
        request.query_params.get("lang"),
        request.cookies.get(LANGUAGE_COOKIE),
        request.headers.get("accept-language"),
    )


def render(request: Request, template: str, http_status: int = 200, /, **values: Any) -> HTMLResponse:
    """A page in the reader's language. A choice made by `?lang=` is remembered for a year."""
    language = language_for(request)
    other = request.url.include_query_params(lang=language.other.value)
    context = {
        "language": language,
        "t": partial(text, language),
        "w": partial(word, language),
        "when": partial(when, language),
        "plain_time": partial(plain_time, language),
        "asset": _asset,
        "named": partial(named, language),
        "district": partial(district_text, language),
        "refusal_text": partial(refusal_text, language),
        "other_language": f"{other.path}?{other.query}" if request.method == "GET" else f"/?lang={language.other}",
        "path": request.url.path,
        "session": getattr(request.state, "session", None),
        **values,
    }
    page = _environment.get_template(template).render(context)
    response = HTMLResponse(page, http_status, HEADERS)
    if request.query_params.get("lang") in tuple(Language):
        response.set_cookie(
            LANGUAGE_COOKIE, language.value, max_age=31_536_000, samesite="lax", httponly=True, path="/"
        )
    return response


def redirect(address: str) -> RedirectResponse:
    """Sends the reader on with a GET, so that a reload does not submit again. Own addresses only."""
    if not address.startswith("/") or address.startswith("//"):
        raise ValueError(address)
    return RedirectResponse(address, 303, {"Cache-Control": "no-store"})


def when(language: Language, at: int | str | None) -> Markup:
    """A `<time>` element for Unix seconds or an ISO instant, in Beijing time, as the page's foot says."""
    moment = _moment(at)
    if moment is None:
        return escape(text(language, "unknown"))
    stamp = moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return Markup('<time datetime="{}">{}</time>').format(stamp, _clock(moment))


def plain_time(language: Language, at: int | str | None) -> str:
    """The same as text: `2026-11-22 19:00:05 (Beijing time)`."""
    moment = _moment(at)
    if moment is None:
        return text(language, "unknown")
    opening, closing = ("（", "）") if language is Language.Chinese else (" (", ")")
    return f"{_clock(moment)}{opening}{text(language, 'beijing')}{closing}"


def named(language: Language, participant: dict[str, Any] | None) -> str:
    """What a participant is called in the reader's language; by its number where it has no name here."""
    if not participant:
        return text(language, "unknown")
    if participant.get("participant_no") == 0 and not participant.get("name_zh"):
        return text(language, "role.Governance")
    first, second = ("name_zh", "name_en") if language is Language.Chinese else ("name_en", "name_zh")
    name = participant.get(first) or participant.get(second)
    return str(name) if name else text(language, "seller.unnamed", number=participant.get("participant_no", "?"))


def refusal_text(language: Language, reason: str) -> str:
    """Why the chain refused, by the contract's error name, in words that need no values."""
    return word(language, f"refusal.{reason}", reason)


def district_text(language: Language, code: str | int) -> str:
    """A district by name and number: `Pudong airport customs (2233)`."""
    district = district_named(code)
    name = district.zh if language is Language.Chinese else district.en
    if district.code in name:
        return name
    return f"{name}（{district.code}）" if language is Language.Chinese else f"{name} ({district.code})"


def duration(language: Language, seconds: int) -> str:
    """A duration in one unit of the reader's language."""
    return short_time(seconds, [text(language, f"process.unit.{unit}") for unit in ("s", "min", "h", "d")])


def _clock(moment: datetime) -> str:
    # Customs and buyers in China read the clock in Beijing; the page says so, and `datetime` is in UTC.
    return moment.astimezone(CHINA).strftime("%Y-%m-%d %H:%M:%S")


def _moment(at: int | str | None) -> datetime | None:
    if at is None or at == "":
        return None
    return datetime.fromtimestamp(at, UTC) if isinstance(at, int) else datetime.fromisoformat(at)


@lru_cache
def _asset(name: str) -> str:
    """The address of a static file with its digest, so that a browser may keep it for ever."""
    digest = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]
    return f"/static/{name}?v={digest}"


class PageRoute(APIRoute):
    """A route whose errors are pages: a person reads them, not a program."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def handle_in_words(request: Request) -> Response:
            try:
                return await handle(request)
            except Unauthenticated:
                return redirect("/console/sign-in")
            except GuanlianError as error:
                return error_page(request, error)
            except RequestValidationError as fault:
                if any(error["loc"][0] == "path" for error in fault.errors()):
                    return error_page(request, NotFound(what="address", value=request.url.path[:80]))
                return render(request, "error.html", 422, title_key="error.title", error=None, key="error.form")
            except Exception:
                # The reader gets no internals; the log does.
                _log.exception("page failed", route=self.path)
                return render(request, "error.html", 500, title_key="error.title", error=None, key="error.unexpected")

        return handle_in_words


def error_page(request: Request, error: GuanlianError) -> HTMLResponse:
    """A refusal in the reader's language, with the status it would have as a problem document."""
    title_key = f"error.{error.title}.title"
    language = language_for(request)
    known = word(language, title_key, "") != ""
    return render(
        request,
        "error.html",
        error.status,
        title_key=title_key if known else "error.title",
        error=error,
        message=error.message_zh if language is Language.Chinese else error.message_en,
        key=None,
    )

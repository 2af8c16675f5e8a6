"""Sessions of the console: an opaque cookie here, the API key only in this process's memory.

The key is looked up anew at each request, so that revoking it ends its sessions at once. A restart signs
everybody out; nothing of a session is ever written down.
"""

from __future__ import annotations

import hmac
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Form, Request, Response

from backend.domain.errors import FormNotOurs, Unauthenticated
from backend.domain.participants import Role, roles_in
from backend.domain.reference.blacklist import CO_SIGNERS
from backend.services.access import Caller, Scope, authenticate
from backend.services.desk import whoever
from backend.web.rendering import gateway_of

COOKIE = "guanlian_session"
PATH = "/console"

#: Unused for this long, a session ends; seconds.
IDLE = 3600
#: However it is used, it ends after a working day; seconds.
LONGEST = 12 * 3600
#: More sessions than a gateway has staff: the longest unused one gives way.
MOST_SESSIONS = 2000


@dataclass(slots=True)
class _Kept:
    token: str
    csrf: str
    opened: float
    used: float
    #: What the next page is to show, and no other.
    left: str = ""


class Sessions:
    """The sessions of one process. Safe for several threads."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._kept: dict[str, _Kept] = {}

    def open(self, token: str) -> str:
        """A new session for a key that was checked; its id is the cookie's value."""
        session_id, now = secrets.token_urlsafe(32), self._clock()
        with self._lock:
            self._drop_ended(now)
            if len(self._kept) >= MOST_SESSIONS:
                del self._kept[min(self._kept, key=lambda one: self._kept[one].used)]
            self._kept[session_id] = _Kept(token, secrets.token_urlsafe(32), now, now)
        return session_id

    def find(self, session_id: str) -> tuple[str, str] | None:
        """(API key, form token) of a session that is still open."""
        now = self._clock()
        with self._lock:
            self._drop_ended(now)
            kept = self._kept.get(session_id)
            if kept is None:
                return None
            kept.used = now
            return kept.token, kept.csrf

    def leave(self, session_id: str, text: str) -> None:
        """Keeps a text for the session's next `take`."""
        with self._lock:
            if (kept := self._kept.get(session_id)) is not None:
                kept.left = text

    def take(self, session_id: str) -> str:
        """The text that was left, once; empty where none was."""
        with self._lock:
            kept = self._kept.get(session_id)
            if kept is None:
                return ""
            text, kept.left = kept.left, ""
            return text

    def close(self, session_id: str) -> None:
        with self._lock:
            self._kept.pop(session_id, None)

    def _drop_ended(self, now: float) -> None:
        ended = [one for one, kept in self._kept.items() if now - kept.used > IDLE or now - kept.opened > LONGEST]
        for one in ended:
            del self._kept[one]


@dataclass(frozen=True, slots=True)
class Session:
    """Who sits at the console in this request. `csrf` stands in every form that changes something."""

    session_id: str
    csrf: str
    caller: Caller
    participant: dict[str, Any] | None

    @property
    def roles(self) -> tuple[Role, ...]:
        return roles_in(self.caller.roles)

    @property
    def sends_messages(self) -> bool:
        return self._has(Role.Platform, Role.Payment, Role.Logistics, Role.Declarant, Role.SiteOperator)

    @property
    def reads_receipts(self) -> bool:
        return self.sends_messages or self.caller.sees_every_operation

    @property
    def is_customs(self) -> bool:
        """Whether it decides in a district's name."""
        return self.caller.bears(Role.Customs) and Scope.authority in self.caller.scopes

    @property
    def reads_requests(self) -> bool:
        return self.is_customs or self.caller.sees_every_operation

    @property
    def reads_rules(self) -> bool:
        return self.sends_messages or self.is_customs or self.caller.sees_every_operation

    @property
    def reads_process(self) -> bool:
        """Whether it may see where time is lost."""
        return bool(self.caller.scopes & {Scope.authority, Scope.governance, Scope.operator})

    @property
    def answers_for_payments(self) -> bool:
        return self.caller.bears(Role.Platform) and Scope.enterprise in self.caller.scopes

    @property
    def has_webhooks(self) -> bool:
        return self.sends_messages and bool(self.caller.scopes & {Scope.enterprise, Scope.authority})

    @property
    def holds_rights(self) -> bool:
        return self.caller.bears(Role.RightsHolder) and Scope.enterprise in self.caller.scopes

    @property
    def follows_instructions(self) -> bool:
        """Whether it tells terminals what to load, or is one."""
        return self._has(Role.Customs, Role.SiteOperator)

    @property
    def keeps_books(self) -> bool:
        """Whether bonded account books can concern it: customs and warehouses."""
        return self._has(Role.Customs, Role.SiteOperator)

    @property
    def closes_months(self) -> bool:
        """Whether it declares, and so sums up what it declared."""
        return self.caller.bears(Role.Declarant) and Scope.enterprise in self.caller.scopes

    @property
    def follows_consignments(self) -> bool:
        """Whether consignments pass it: customs, who opens them, and terminals."""
        return self._has(Role.Customs, Role.Logistics, Role.Declarant, Role.SiteOperator)

    @property
    def gives_or_gets_notices(self) -> bool:
        """Whether notices to platforms can concern it."""
        return self._has(Role.RightsHolder, Role.Platform, Role.Seller) and Scope.enterprise in self.caller.scopes

    @property
    def lists_participants(self) -> bool:
        return self._has(Role.AppealBody, *CO_SIGNERS)

    @property
    def follows_cases(self) -> bool:
        """Whether it can be a party of a case."""
        return self._has(Role.Customs, Role.AppealBody, Role.RightsHolder, Role.Declarant, Role.Platform, Role.Seller)

    @property
    def may_be_listed(self) -> bool:
        """Whether it sells, declares or speaks for sellers."""
        return self._has(Role.Platform, Role.Seller, Role.Declarant)

    @property
    def imposes_listings(self) -> bool:
        return self._has(Role.Customs, Role.MarketRegulator)

    @property
    def hears_appeals(self) -> bool:
        return self._has(Role.AppealBody)

    @property
    def registers(self) -> bool:
        return self.caller.is_governance or self._has(Role.Platform, Role.Customs)

    @property
    def acts(self) -> bool:
        return self.caller.is_governance or self.caller.participant_no is not None

    def _has(self, *roles: Role) -> bool:
        return any(role in self.roles for role in roles)


def reader_of(session: Session) -> int | None:
    """Whose submissions and receipts may be read: everybody's by governance and operators, one's own otherwise."""
    return None if session.caller.sees_every_operation else session.caller.acting_no


def sessions_of(request: Request) -> Sessions:
    sessions: Sessions = request.app.state.sessions
    return sessions


def signed_in(request: Request) -> Session:
    """The session of a request. Raises Unauthenticated, also when its key was revoked meanwhile."""
    session_id = request.cookies.get(COOKIE, "")
    kept = sessions_of(request).find(session_id)
    if kept is None:
        raise Unauthenticated()
    token, csrf = kept
    gateway = gateway_of(request)
    try:
        with gateway.database.read() as connection:
            caller = authenticate(connection, token)
    except Unauthenticated:
        sessions_of(request).close(session_id)
        raise
    session = Session(session_id, csrf, caller, whoever(gateway, caller))
    request.state.session = session
    # The log's line for this request names who made it, as it does for requests with a key.
    request.state.participant_no = caller.participant_no
    return session


def own_form(
    request: Request,
    session: Annotated[Session, Depends(signed_in)],
    csrf: Annotated[str, Form()] = "",
) -> Session:
    """The session of a form that this session gave out. Raises FormNotOurs for any other."""
    check_origin(request)
    if not hmac.compare_digest(csrf.encode(), session.csrf.encode()):
        raise FormNotOurs()
    return session


def check_origin(request: Request) -> None:
    """Raises FormNotOurs where the browser says that another site sent the form."""
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise FormNotOurs()


def set_cookie(response: Response, request: Request, session_id: str) -> None:
    secure = gateway_of(request).settings.public.startswith("https:")
    response.set_cookie(COOKIE, session_id, path=PATH, httponly=True, samesite="strict", secure=secure)


SignedIn = Annotated[Session, Depends(signed_in)]
OwnForm = Annotated[Session, Depends(own_form)]

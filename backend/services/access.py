"""Who calls: API keys, what they may do, and for which participant they speak.

A key gives no authority over parcels: that stands in the chain's registry alone. A key says which of this
gateway's own participants a caller speaks for, and which kinds of request it may make.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from backend.domain.errors import Forbidden, InvalidInput, NotFound, ParticipantUnknown, Unauthenticated
from backend.domain.instants import iso
from backend.domain.participants import Role, has_role
from backend.store import keys
from backend.store.database import Connection
from backend.store.participant_queries import participant_row

TOKEN_PREFIX = "gl_"  # noqa: S105 - marks our keys for secret scanners; no secret itself
_TOKEN = re.compile(r"gl_[A-Za-z0-9_-]{43}")
LONGEST_LABEL = 100


class Scope(StrEnum):
    """What kinds of request a key may make."""

    #: Messages, records and registrations of an enterprise.
    enterprise = "enterprise"
    #: Decisions: records of customs, listings, credit grades.
    authority = "authority"
    #: The owner of the registry: participants, roles, suspension, keys for anyone.
    governance = "governance"
    #: Reads everybody's operations and what is blocked.
    operator = "operator"


#: Scopes of keys that speak for no participant.
_WITHOUT_PARTICIPANT = frozenset({Scope.governance, Scope.operator})


@dataclass(frozen=True, slots=True)
class Caller:
    """The bearer of a valid key. `roles`, `district` and `suspended` are its participant's, as indexed."""

    key_id: int
    participant_no: int | None
    scopes: frozenset[Scope]
    label: str
    roles: int = 0
    district: int = 0
    suspended: bool = False

    @property
    def is_governance(self) -> bool:
        return Scope.governance in self.scopes

    @property
    def sees_every_operation(self) -> bool:
        return bool(self.scopes & _WITHOUT_PARTICIPANT)

    @property
    def acting_no(self) -> int:
        """The participant in whose name this caller writes; 0 is governance."""
        if self.participant_no is not None:
            return self.participant_no
        if self.is_governance:
            return 0
        raise Forbidden(action="write", needed="a key that speaks for a participant")

    @property
    def speaker_no(self) -> int | None:
        """For whom this caller may be heard: its participant, 0 for governance, None for anyone else's key."""
        return 0 if self.participant_no is None and self.is_governance else self.participant_no

    def bears(self, role: Role) -> bool:
        return not self.suspended and has_role(self.roles, role)


@dataclass(frozen=True, slots=True)
class CreatedKey:
    """A new key: the only moment at which its token is known."""

    key_id: int
    token: str
    key: keys.KeptKey


def require(caller: Caller, action: str, *scopes: Scope) -> None:
    """Raises Forbidden unless the key has one of the scopes."""
    if not caller.scopes.intersection(scopes):
        raise Forbidden(action=action, needed=" or ".join(f"scope {scope}" for scope in scopes))


def require_role(caller: Caller, action: str, *roles: Role) -> None:
    """Raises Forbidden unless the caller's participant holds one of the roles and is not suspended."""
    if not any(caller.bears(role) for role in roles):
        raise Forbidden(action=action, needed=" or ".join(f"role {role.name}" for role in roles))


def authenticate(connection: Connection, token: str) -> Caller:
    """The caller behind a token. Raises Unauthenticated for an unknown, malformed or revoked one alike."""
    if not _TOKEN.fullmatch(token):
        raise Unauthenticated()
    digest = _digest(token)
    holder = keys.holder_of(connection, digest)
    # The look-up compares digests of 256 random bits; comparing again in constant time costs nothing.
    if holder is None or not hmac.compare_digest(holder.digest, digest) or holder.key.revoked_at is not None:
        raise Unauthenticated()
    return Caller(
        key_id=holder.key.key_id,
        participant_no=holder.key.participant_no,
        scopes=frozenset(Scope(scope) for scope in holder.key.scopes),
        label=holder.key.label,
        roles=holder.roles,
        district=holder.district,
        suspended=holder.suspended,
    )


def create_key(
    connection: Connection,
    *,
    participant_no: int | None,
    scopes: Iterable[str],
    label: str,
    now: int,
) -> CreatedKey:
    """A new key for a participant (None: governance, operators). Raises InvalidInput for wrong scopes."""
    wanted = _checked_scopes(scopes, participant_no)
    label = label.strip()
    if not label or len(label) > LONGEST_LABEL:
        raise InvalidInput(field="label", value=label[:20], rule=f"1 to {LONGEST_LABEL} characters")
    token = TOKEN_PREFIX + secrets.token_urlsafe(32)
    names = tuple(sorted(wanted))
    key_id = keys.add_key(
        connection,
        digest=_digest(token),
        last_four=token[-4:],
        participant_no=participant_no,
        scopes=names,
        label=label,
        now=now,
    )
    kept = keys.KeptKey(key_id, participant_no, names, label, token[-4:], now, None)
    return CreatedKey(key_id, token, kept)


def create_key_for(
    connection: Connection,
    caller: Caller,
    *,
    participant_no: int | None,
    scopes: Sequence[str],
    label: str,
    now: int,
) -> CreatedKey:
    """A key that a caller asks for: governance for anyone, others for themselves with what they have."""
    if not caller.is_governance:
        if caller.participant_no is None or participant_no != caller.participant_no:
            raise Forbidden(action="create keys of another participant", needed="scope governance")
        if not set(scopes) <= {str(scope) for scope in caller.scopes}:
            raise Forbidden(action="grant more than this key has", needed="scope governance")
    if participant_no is not None and participant_row(connection, participant_no) is None:
        raise ParticipantUnknown(participant_no=participant_no)
    return create_key(connection, participant_no=participant_no, scopes=scopes, label=label, now=now)


def list_keys(connection: Connection, caller: Caller) -> list[keys.KeptKey]:
    """The keys a caller may manage: all for governance, its participant's own for anyone else."""
    if caller.is_governance:
        return keys.keys_of(connection, None, every=True)
    if caller.participant_no is None:
        raise Forbidden(action="list keys", needed="scope governance")
    return keys.keys_of(connection, caller.participant_no)


def revoke_key(connection: Connection, caller: Caller, key_id: int, now: int) -> None:
    """Ends a key from the next request on. Raises NotFound for one that is not the caller's to manage."""
    kept = keys.key_with_id(connection, key_id)
    own = caller.participant_no
    if kept is None or not (caller.is_governance or (own is not None and kept.participant_no == own)):
        raise NotFound(what="key", value=key_id)
    keys.revoke(connection, key_id, now)


def key_as_json(key: keys.KeptKey) -> dict[str, Any]:
    return {
        "key_id": key.key_id,
        "participant_no": key.participant_no,
        "scopes": list(key.scopes),
        "label": key.label,
        "last_four": key.last_four,
        "created_at": iso(key.created_at),
        "revoked_at": None if key.revoked_at is None else iso(key.revoked_at),
    }


def _checked_scopes(scopes: Iterable[str], participant_no: int | None) -> frozenset[Scope]:
    names = list(scopes)
    try:
        wanted = frozenset(Scope(name) for name in names)
    except ValueError:
        raise InvalidInput(
            field="scopes", value=" ".join(map(str, names))[:60], rule="one of " + ", ".join(Scope)
        ) from None
    if not wanted:
        raise InvalidInput(field="scopes", value="", rule="at least one of " + ", ".join(Scope))
    fits = wanted <= _WITHOUT_PARTICIPANT if participant_no is None else not wanted & _WITHOUT_PARTICIPANT
    if not fits:
        raise InvalidInput(
            field="scopes",
            value=" ".join(names),
            rule="governance, operator: keys without participant; enterprise, authority: keys with one",
        )
    return wanted


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()

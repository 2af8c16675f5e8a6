"""The certificates with which participants sign, how strictly they are judged, and what was refused for it.

A certificate counts because whoever speaks for the participant registered it here. It belongs to one participant at
a time. Its end is a revocation, never a deletion: what it signed stays explicable.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from backend.domain.errors import (
    CertificateRevoked,
    CertificatesTooMany,
    CertificateTaken,
    Forbidden,
    InvalidInput,
    NotFound,
    ParticipantSuspended,
    ParticipantUnknown,
)
from backend.domain.instants import iso
from backend.domain.participants import AUTHORITY_ROLES, Role, has_role
from backend.domain.signatures import SignatureFault, SignaturePolicy
from backend.formats.certificates import read_certificate
from backend.services.access import Caller
from backend.services.gateway import Gateway
from backend.services.paging import USUAL_ITEMS, cursor_of, numbers_of
from backend.store import certificates as store
from backend.store.database import Connection
from backend.store.participant_queries import participant_row

#: Certificates that a participant has in use at once: each may be tried on every signed message of its.
MOST_CERTIFICATES = 8


def register(gateway: Gateway, caller: Caller, participant_no: int, text: str) -> tuple[Mapping[str, Any], bool]:
    """Registers a certificate given as PEM or as base64 of DER; the certificate, and whether it is new.

    A participant for itself, governance for anyone. The same certificate again is answered as it stands. Raises
    InvalidInput for what cannot be used, CertificateTaken, CertificateRevoked and CertificatesTooMany.
    """
    certificate = read_certificate(text)
    now = gateway.now()
    with gateway.database.write() as connection:
        _require_own(connection, caller, participant_no, "register certificates of another participant")
        known = store.certificate_of(connection, participant_no, certificate.fingerprint)
        if known is not None:
            if known.revoked_at is not None:
                raise CertificateRevoked(fingerprint=certificate.fingerprint.hex(), at=iso(known.revoked_at))
            return _as_json(known, now), False
        if now < certificate.not_before:
            raise InvalidInput(field="certificate", value=iso(certificate.not_before), rule="valid already")
        if now > certificate.not_after:
            raise InvalidInput(field="certificate", value=iso(certificate.not_after), rule="not expired")
        # Which participant has it is that participant's affair.
        if store.other_holder(connection, participant_no, certificate.fingerprint) is not None:
            raise CertificateTaken(fingerprint=certificate.fingerprint.hex())
        in_use = [row for row in store.certificates_of(connection, participant_no) if _standing(row, now) == "valid"]
        if len(in_use) >= MOST_CERTIFICATES:
            raise CertificatesTooMany(participant_no=participant_no, most=MOST_CERTIFICATES)
        row = {
            "participant_no": participant_no,
            "fingerprint": certificate.fingerprint,
            "der": certificate.der,
            "algorithm": str(certificate.algorithm),
            "subject": certificate.subject,
            "not_before": certificate.not_before,
            "not_after": certificate.not_after,
            "created_at": now,
        }
        store.add_certificate(connection, row)
        return _as_json(store.certificate_of(connection, participant_no, certificate.fingerprint), now), True


def listed(gateway: Gateway, caller: Caller, participant_no: int) -> Mapping[str, Any]:
    """A participant's certificates, newest first, and its policy: for itself, governance and customs."""
    now = gateway.now()
    with gateway.database.read() as connection:
        _require_sight(connection, caller, participant_no)
        items = [_as_json(row, now) for row in store.certificates_of(connection, participant_no)]
        return {"items": items, "next": None, **_policy_as_json(connection, participant_no)}


def revoke(gateway: Gateway, caller: Caller, participant_no: int, fingerprint: bytes) -> None:
    """Ends a certificate from the next message on. A participant its own, governance anyone's. Raises NotFound."""
    with gateway.database.write() as connection:
        _require_own(connection, caller, participant_no, "revoke certificates of another participant")
        if store.certificate_of(connection, participant_no, fingerprint) is None:
            raise NotFound(what="certificate", value=fingerprint.hex())
        store.revoke_certificate(connection, participant_no, fingerprint, gateway.now())


def set_policy(gateway: Gateway, caller: Caller, participant_no: int, policy: SignaturePolicy) -> Mapping[str, Any]:
    """How strictly a participant's messages are judged from now on.

    Governance for anyone, customs for any enterprise; a participant for itself, and never more loosely than it is.
    """
    with gateway.database.write() as connection:
        row = _existing(connection, participant_no)
        if not caller.is_governance:
            _require_not_suspended(caller)
            is_enterprise = not any(has_role(row.roles, role) for role in AUTHORITY_ROLES)
            if not (caller.bears(Role.Customs) and is_enterprise):
                if caller.participant_no != participant_no:
                    raise Forbidden(action="set the signature policy of this participant", needed="scope governance")
                if policy_of(connection, participant_no).is_stricter_than(policy):
                    raise Forbidden(
                        action="loosen its own signature policy", needed="scope governance or the role Customs"
                    )
        store.save_policy(connection, participant_no, policy.value, caller.acting_no, gateway.now())
        return _policy_as_json(connection, participant_no)


def policy_of(connection: Connection, participant_no: int) -> SignaturePolicy:
    """The policy in force; off for whom none was set."""
    row = store.policy_of(connection, participant_no)
    return SignaturePolicy.off if row is None else SignaturePolicy(row.policy)


def refusals(
    gateway: Gateway, caller: Caller, participant_no: int, *, cursor: str | None = None, limit: int = USUAL_ITEMS
) -> Mapping[str, Any]:
    """Messages of a participant refused for their signature, newest first: for itself, governance and customs."""
    below = numbers_of(cursor, 1)[0] if cursor else None
    with gateway.database.read() as connection:
        _require_sight(connection, caller, participant_no)
        rows = store.refusals_of(connection, participant_no, below, limit + 1)
    items = [
        {
            "message_type": row.message_type,
            "guid": row.guid,
            "digest": row.digest.hex(),
            "reason": row.reason,
            "reason_zh": SignatureFault(row.reason).zh,
            "reason_en": SignatureFault(row.reason).en,
            "at": iso(row.at),
        }
        for row in rows[:limit]
    ]
    return {"items": items, "next": cursor_of(rows[limit - 1].id) if len(rows) > limit else None}


# ---------------------------------------------------------------------------------------------------
# Who may


def _existing(connection: Connection, participant_no: int) -> Any:
    row = participant_row(connection, participant_no)
    if row is None:
        raise ParticipantUnknown(participant_no=participant_no)
    return row


def _require_not_suspended(caller: Caller) -> None:
    if caller.suspended:
        raise ParticipantSuspended(participant_no=caller.participant_no)


def _require_own(connection: Connection, caller: Caller, participant_no: int, action: str) -> None:
    if not caller.is_governance:
        _require_not_suspended(caller)
        if caller.participant_no != participant_no:
            raise Forbidden(action=action, needed="scope governance")
    _existing(connection, participant_no)


def _require_sight(connection: Connection, caller: Caller, participant_no: int) -> None:
    if not (caller.is_governance or caller.participant_no == participant_no or caller.bears(Role.Customs)):
        raise Forbidden(action="read another participant's signatures", needed="scope governance or the role Customs")
    _existing(connection, participant_no)


# ---------------------------------------------------------------------------------------------------
# As JSON


def _standing(row: Any, now: int) -> str:
    if row.revoked_at is not None:
        return "revoked"
    return "valid" if row.not_before <= now <= row.not_after else "expired"


def _as_json(row: Any, now: int) -> Mapping[str, Any]:
    return {
        "fingerprint": row.fingerprint.hex(),
        "algorithm": row.algorithm,
        "subject": row.subject,
        "not_before": iso(row.not_before),
        "not_after": iso(row.not_after),
        "status": _standing(row, now),
        "created_at": iso(row.created_at),
        "revoked_at": None if row.revoked_at is None else iso(row.revoked_at),
    }


def _policy_as_json(connection: Connection, participant_no: int) -> dict[str, Any]:
    row = store.policy_of(connection, participant_no)
    return {
        "participant_no": participant_no,
        "policy": SignaturePolicy.off.value if row is None else row.policy,
        "policy_set_by": None if row is None else row.set_by,
        "policy_set_at": None if row is None else iso(row.set_at),
    }

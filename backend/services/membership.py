"""Registering organisations, and changing what they may do.

Every change is a call of the registry, queued in the outbox under the account of whoever asks for it. Names
and codes stay here: the chain has a commitment to the legal identity only.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from stdnum.cn import uscc as uscc_number

from backend.chain import calls
from backend.domain.anchors import AnchorKind
from backend.domain.errors import (
    AccountNotOfParticipant,
    AccountTaken,
    ChainUnavailable,
    Conflict,
    Forbidden,
    InvalidInput,
    LegalIdentityTaken,
    ParticipantNotYours,
    ParticipantSuspended,
    ParticipantUnknown,
    RegistrationNotAllowed,
    RoleMissing,
    RolesInvalid,
)
from backend.domain.participants import CreditGrade, Role, has_role, legal_identity, role_set
from backend.services import evidence as evidences
from backend.services.accounts import HostedAccount, external_address, host, new_hosted_account
from backend.services.gateway import Gateway
from backend.services.outbox import GOVERNANCE, Entry, account_of, enqueue, enqueue_call, new_operation
from backend.store import participant_queries as queries
from backend.store.database import Connection
from backend.store.profiles import Profile, profile_of, save_profile

_REGISTRY = "ParticipantRegistry"
_CUSTOMS_CODE = re.compile(r"[0-9A-Z]{10}")
_REGISTRATION_NUMBER_RULE = (
    "a unified social credit code (18 characters, the last one its check character) or a customs "
    "registration (10 digits or capital letters)"
)

#: Who but governance may register, and then sellers only.
REGISTRARS = (Role.Platform, Role.Customs)


@dataclass(frozen=True, slots=True)
class Registration:
    """An organisation to be registered.

    `uscc` is its unified social credit code, or its ten-character customs registration where it has no such
    code (foreign merchants). `account` is the address that shall act for it; `hosted` makes one whose key
    this gateway keeps.
    """

    uscc: str
    name_zh: str
    name_en: str
    roles: tuple[Role, ...]
    customs_code: str | None = None
    district: int = 0
    account: str | None = None
    hosted: bool = False
    key_name: str | None = None


@dataclass(frozen=True, slots=True)
class Registered:
    """What became of a registration: an operation to follow, or the number that the entity already has."""

    operation_id: str | None
    participant_no: int | None
    legal_identity: bytes
    account: str | None


def register(gateway: Gateway, registrar_no: int, registration: Registration) -> Registered:
    """Registers an organisation: governance any, platforms and customs sellers.

    A seller that is registered already is answered with its number, and its profile is kept where there was
    none. Raises RegistrationNotAllowed, RolesInvalid, LegalIdentityTaken, AccountTaken, Conflict (a code that
    stands for another entity) and InvalidInput.
    """
    _check(registration)
    identity = legal_identity(gateway.consortium_key, registration.uscc)
    seller = registration.roles == (Role.Seller,)
    known = _number_on_chain(gateway, identity)
    if known is not None and not (seller and _is_seller(gateway, known)):
        raise LegalIdentityTaken(legal_identity="0x" + identity.hex(), participant_no=known)
    made = new_hosted_account(gateway) if registration.hosted and known is None else None
    with gateway.database.write() as connection:
        _check_registrar(connection, registrar_no, registration)
        _keep_profile(connection, gateway, registrar_no, registration, identity)
        if known is not None:
            return Registered(None, known, identity, None)
        account = _first_account(connection, gateway, registration, identity, made)
        calldata = calls.register(
            identity, role_set(registration.roles), registration.district, account or calls.NO_ACCOUNT
        )
        signer = account_of(connection, registrar_no)
        operation_id = queries.pending_call(connection, signer, calldata)
        if operation_id is None:
            summary = {"legal_identity": identity.hex(), "roles": [role.name for role in registration.roles]}
            operation_id = _queue(connection, gateway, registrar_no, "Registration", summary, calldata)
        return Registered(operation_id, None, identity, account)


def number_of(gateway: Gateway, identity: bytes) -> int | None:
    """The number a legal entity has on the chain now, or None. Raises ChainUnavailable."""
    return gateway.views.participant_of(identity)


def add_account(
    gateway: Gateway, caller_no: int, participant_no: int, *, address: str | None = None
) -> tuple[str, str]:
    """Lets another key act for a participant: a given address, or one whose key this gateway keeps.

    (operation id, address). Governance for anyone, others for themselves.
    """
    _check_own(caller_no, participant_no)
    made = None if address is not None else new_hosted_account(gateway)
    with gateway.database.write() as connection:
        row = _existing(connection, participant_no)
        if address is not None:
            account = _given(connection, address)
        else:
            account = host(connection, gateway, row.legal_identity, made)
        summary = {"participant_no": participant_no, "account": account}
        calldata = calls.add_account(participant_no, account)
        return _queue(connection, gateway, caller_no, "AccountAddition", summary, calldata), account


def revoke_account(gateway: Gateway, caller_no: int, participant_no: int, address: str) -> str:
    """Ends a key's acting for a participant. Governance for anyone, others for themselves."""
    _check_own(caller_no, participant_no)
    address = external_address(address)
    with gateway.database.write() as connection:
        _existing(connection, participant_no)
        if queries.participant_of_account(connection, address) != participant_no:
            raise AccountNotOfParticipant(account=address, participant_no=participant_no)
        summary = {"participant_no": participant_no, "account": address}
        calldata = calls.revoke_account(participant_no, address)
        return _queue(connection, gateway, caller_no, "AccountRevocation", summary, calldata)


def set_roles(gateway: Gateway, caller_no: int, participant_no: int, roles: Sequence[Role], district: int) -> str:
    """Changes what a participant may do. Governance only."""
    _check_roles(tuple(roles), district)
    summary = {"participant_no": participant_no, "roles": [role.name for role in roles], "district": district}
    calldata = calls.set_roles(participant_no, role_set(roles), district)
    return _by_governance(gateway, caller_no, participant_no, "RolesChange", summary, calldata)


def suspend(gateway: Gateway, caller_no: int, participant_no: int) -> str:
    """Has all accounts of a participant refused until it is reinstated. Governance only."""
    summary = {"participant_no": participant_no}
    calldata = calls.suspend(participant_no)
    return _by_governance(gateway, caller_no, participant_no, "Suspension", summary, calldata)


def reinstate(gateway: Gateway, caller_no: int, participant_no: int) -> str:
    summary = {"participant_no": participant_no}
    calldata = calls.reinstate(participant_no)
    return _by_governance(gateway, caller_no, participant_no, "Reinstatement", summary, calldata)


def set_credit_grade(gateway: Gateway, caller_no: int, participant_no: int, grade: CreditGrade, reason: str) -> str:
    """Customs grade a participant; the reason is kept as evidence, and its commitment anchored beside the grade."""
    with gateway.database.write() as connection:
        _existing(connection, participant_no)
        require_role(connection, caller_no, Role.Customs)
        summary = {"participant_no": participant_no, "credit_grade": grade.name}
        calldata = calls.set_credit_grade(participant_no, grade)
        operation_id = _queue(connection, gateway, caller_no, "CreditGrading", summary, calldata)
        content = summary | {"decision": "CreditGrading", "reason": reason}
        root = evidences.commit_alone(
            connection, gateway, operation_id=operation_id, participant_no=caller_no, content=content
        )
        entry = Entry(operation_id, account_of(connection, caller_no), caller_no, gateway.now())
        enqueue(connection, [entry.call("ParcelLedger", calls.anchor(AnchorKind.CreditGrading, root, 1))])
        return operation_id


def require_role(connection: Connection, participant_no: int, *roles: Role) -> None:
    """Raises RoleMissing or ParticipantSuspended unless the participant holds one of the roles now.

    The contract decides anew; this answers at once what it would refuse later.
    """
    row = queries.participant_row(connection, participant_no)
    if row is not None and row.suspended:
        raise ParticipantSuspended(participant_no=participant_no)
    if row is None or not any(has_role(row.roles, role) for role in roles):
        raise RoleMissing(participant_no=participant_no, role=" / ".join(role.name for role in roles))


# ---------------------------------------------------------------------------------------------------
# Checks


def open_account(gateway: Gateway, uscc: str) -> str:
    """Makes an account that this gateway signs with for a legal entity, registered or not; its address.

    The entity signs with it once the registry knows the address: governance registers it with the participant, or
    the participant adds it through the gateway that it had before. Raises InvalidInput for no registration number.
    """
    code = uscc.strip().upper()
    if not _is_registration_number(code):
        raise InvalidInput(field="uscc", value=uscc[:40], rule=_REGISTRATION_NUMBER_RULE)
    made = new_hosted_account(gateway)
    with gateway.database.write() as connection:
        return host(connection, gateway, legal_identity(gateway.consortium_key, code), made)


def _check(registration: Registration) -> None:
    faults = []
    if not _is_registration_number(registration.uscc):
        faults.append(("uscc", registration.uscc, _REGISTRATION_NUMBER_RULE))
    if registration.customs_code is not None and not _CUSTOMS_CODE.fullmatch(registration.customs_code):
        faults.append(("customs_code", registration.customs_code, "10 digits or capital letters"))
    for name, most in (("name_zh", 100), ("name_en", 200)):
        value = getattr(registration, name)
        if not value.strip() or len(value) > most or not value.isprintable():
            faults.append((name, value[:20], f"1 to {most} printable characters"))
    if registration.account is not None and registration.hosted:
        faults.append(("account", registration.account, "either an address or a hosted account"))
    if faults:
        field, value, rule = faults[0]
        raise InvalidInput(
            field=field,
            value=value[:40],
            rule=rule,
            faults=[{"field": f, "value": v[:40], "rule": r} for f, v, r in faults],
        )
    _check_roles(registration.roles, registration.district)


def _is_registration_number(code: str) -> bool:
    return bool(uscc_number.is_valid(code)) if len(code) == 18 else bool(_CUSTOMS_CODE.fullmatch(code))


def _check_roles(roles: tuple[Role, ...], district: int) -> None:
    if not roles or not 0 <= district <= 9999 or (Role.Customs in roles and not district):
        raise RolesInvalid(roles=", ".join(role.name for role in roles), district=f"{district:04d}")


def _check_registrar(connection: Connection, registrar_no: int, registration: Registration) -> None:
    if registrar_no == GOVERNANCE:
        return
    plain = not registration.district and registration.account is None and not registration.hosted
    if registration.roles != (Role.Seller,) or not plain:
        names = ", ".join(role.name for role in registration.roles)
        raise RegistrationNotAllowed(participant_no=registrar_no, roles=names)
    require_role(connection, registrar_no, *REGISTRARS)


def _check_own(caller_no: int, participant_no: int) -> None:
    if caller_no not in (GOVERNANCE, participant_no):
        raise ParticipantNotYours(field="participant_no", value=participant_no, participant_no=caller_no)


def _existing(connection: Connection, participant_no: int) -> Any:
    row = queries.participant_row(connection, participant_no)
    if row is None:
        raise ParticipantUnknown(participant_no=participant_no)
    return row


def _number_on_chain(gateway: Gateway, identity: bytes) -> int | None:
    """From the chain, which decides; from the read model while the chain cannot be reached."""
    try:
        return gateway.views.participant_of(identity)
    except ChainUnavailable:
        with gateway.database.read() as connection:
            return queries.number_of_identity(connection, identity)


def _is_seller(gateway: Gateway, participant_no: int) -> bool:
    with gateway.database.read() as connection:
        row = queries.participant_row(connection, participant_no)
    # One that the chain has and the read model has not yet: its registrar's own request, sent again.
    return row is None or has_role(row.roles, Role.Seller)


def _keep_profile(
    connection: Connection, gateway: Gateway, registrar_no: int, registration: Registration, identity: bytes
) -> None:
    """Keeps names and codes; only governance renews those that are there: nobody renames another's seller."""
    for code in {registration.uscc, registration.customs_code} - {None}:
        bearer = queries.bearer_of_code(connection, str(code))
        if bearer is not None and bearer != identity:
            raise Conflict(key=code, what="participant")
    if registrar_no != GOVERNANCE and profile_of(connection, identity) is not None:
        return
    save_profile(
        connection,
        Profile(
            legal_identity=identity,
            uscc=registration.uscc,
            customs_code=registration.customs_code,
            name_zh=registration.name_zh.strip(),
            name_en=registration.name_en.strip(),
            key_name=registration.key_name,
        ),
        gateway.now(),
    )


# ---------------------------------------------------------------------------------------------------
# Accounts and the outbox


def _first_account(
    connection: Connection,
    gateway: Gateway,
    registration: Registration,
    identity: bytes,
    made: HostedAccount | None,
) -> str | None:
    if registration.account is not None:
        return _given(connection, registration.account)
    if not registration.hosted:
        return None
    # Asked again before the chain has answered: the account that was made for it then.
    waiting = queries.hosted_for(connection, identity)
    return waiting[0] if waiting else host(connection, gateway, identity, made)


def _given(connection: Connection, address: str) -> str:
    address = external_address(address)
    taken = queries.participant_of_account(connection, address)
    if taken is not None:
        raise AccountTaken(account=address, participant_no=taken)
    return address


def _by_governance(
    gateway: Gateway,
    caller_no: int,
    participant_no: int,
    kind: str,
    summary: dict[str, Any],
    calldata: bytes,
) -> str:
    if caller_no != GOVERNANCE:
        raise Forbidden(action=kind, needed="scope governance")
    with gateway.database.write() as connection:
        _existing(connection, participant_no)
        return _queue(connection, gateway, caller_no, kind, summary, calldata)


def _queue(
    connection: Connection,
    gateway: Gateway,
    caller_no: int,
    kind: str,
    summary: dict[str, Any],
    calldata: bytes,
) -> str:
    now = gateway.now()
    operation_id = new_operation(connection, kind, caller_no, summary, now)
    enqueue_call(
        connection,
        operation_id=operation_id,
        account=account_of(connection, caller_no),
        participant_no=caller_no,
        contract=_REGISTRY,
        calldata=calldata,
        now=now,
    )
    return operation_id

"""The demo's cast: governance, the participants, and one API key a role."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from backend.chain.deployment import load_deployment
from backend.chain.signers import DevelopmentSigner
from backend.domain.errors import StartFailed
from backend.domain.participants import AUTHORITY_ROLES, Role, legal_identity
from backend.domain.roster import HEADQUARTERS, ROSTER, Enterprise, enterprise
from backend.services import access
from backend.services.access import Scope
from backend.services.accounts import keystore_at
from backend.services.gateway import Gateway, open_gateway, unix_now
from backend.services.membership import Registration, register
from backend.services.outbox import GOVERNANCE
from backend.services.processes import wait_until, write_private
from backend.services.rights import name_headquarters
from backend.settings import Settings
from backend.store import outbox, right_queries
from backend.store import participant_queries as queries
from backend.store.database import Connection, Database
from backend.store.migrations import migrate

#: On the embedded chain governance signs with the mnemonic's first account, which deployed the contracts.
GOVERNANCE_PLACE = 0

#: The roster without governance, which is no participant: it owns the registry.
CAST = tuple(member for member in ROSTER if member.roles)

#: How long the registrations may take to be indexed, in seconds.
PATIENCE = 300.0


def host_governance(settings: Settings) -> bool:
    """Lets the gateway sign as the registry's owner where it has the key; whether it has. Again changes nothing."""
    migrate(settings.database)
    signer, reference, address = _governance_key(settings)
    if address is None:
        return False
    database = Database(settings.database)
    try:
        with database.write() as connection:
            outbox.host_account(
                connection,
                {
                    "address": address,
                    "legal_identity": None,
                    "signer": signer,
                    "reference": reference,
                    "created_at": unix_now(),
                },
            )
    finally:
        database.close()
    return True


def _governance_key(settings: Settings) -> tuple[str, str, str | None]:
    """Kind, reference and address of governance's key; no address where another installation keeps it."""
    if settings.embedded:
        mnemonic = settings.mnemonic_path.read_text().strip()
        address = DevelopmentSigner(mnemonic, GOVERNANCE_PLACE, settings.chain_id).address
        return "development", str(GOVERNANCE_PLACE), address
    deployer = load_deployment(settings.deployment_path).deployer
    is_here = keystore_at(settings.keystore_path, deployer).path.exists()
    return "keystore", deployer, deployer if is_here else None


def keys_path(home: Path) -> Path:
    return home / "demo-keys.json"


def demo_keys(home: Path) -> dict[str, str]:
    """Role -> API key of the demo's cast; empty where none was enrolled."""
    path = keys_path(home)
    return dict(json.loads(path.read_text())) if path.exists() else {}


def enrol_cast(settings: Settings, progress: Callable[[str], None]) -> None:
    """Registers every participant of the demo and makes its key; what is there already is kept.

    A running gateway sends the registrations. Raises StartFailed where they do not reach the chain in time.
    """
    wanted = {"governance", *(member.key for member in CAST if _needs_key(member))}
    if wanted <= demo_keys(settings.home).keys():
        return
    progress("participants")
    gateway = open_gateway(settings)
    try:
        for member in CAST:
            if gateway.views.participant_of(_identity(gateway, member)) is None:
                register(gateway, GOVERNANCE, _registration(member))
        if not wait_until(lambda: not _missing(gateway), PATIENCE):
            names = ", ".join(member.key for member in _missing(gateway))
            raise StartFailed(what="registration", reason=f"not indexed in {PATIENCE:.0f} s: {names}")
        if _headquarters(gateway) == 0:
            office = _identity(gateway, enterprise(HEADQUARTERS))
            name_headquarters(gateway, GOVERNANCE, gateway.views.participant_of(office) or 0)
            if not wait_until(lambda: _headquarters(gateway) != 0, PATIENCE):
                raise StartFailed(what="headquarters", reason=f"not indexed in {PATIENCE:.0f} s")
        progress("keys")
        # Tokens are known only now: the file is whole before the first key counts.
        with gateway.database.write() as connection:
            keys = _make_keys(connection, gateway)
            write_private(keys_path(settings.home), json.dumps(keys, indent=2) + "\n")
    finally:
        gateway.close()


def _make_keys(connection: Connection, gateway: Gateway) -> dict[str, str]:
    made = {"governance": _key(connection, None, [Scope.governance, Scope.operator], "governance", gateway)}
    for member in CAST:
        if not _needs_key(member):
            continue
        number = queries.number_of_identity(connection, _identity(gateway, member))
        authority = AUTHORITY_ROLES.intersection(_roles(member))
        scopes = [Scope.authority] if authority else [Scope.enterprise]
        made[member.key] = _key(connection, number, scopes, member.key, gateway)
    return made


def _key(connection: Connection, participant_no: int | None, scopes: list[Scope], label: str, gateway: Gateway) -> str:
    key = access.create_key(
        connection, participant_no=participant_no, scopes=scopes, label=f"demo: {label}", now=gateway.now()
    )
    return key.token


def _needs_key(member: Enterprise) -> bool:
    """Sellers are written about and write nothing themselves."""
    return _roles(member) != (Role.Seller,)


def _missing(gateway: Gateway) -> list[Enterprise]:
    with gateway.database.read() as connection:
        return [member for member in CAST if queries.number_of_identity(connection, _identity(gateway, member)) is None]


def _headquarters(gateway: Gateway) -> int:
    """The office that decides on recordals, as indexed; zero while none is named."""
    with gateway.database.read() as connection:
        return right_queries.headquarters_no(connection)


def _identity(gateway: Gateway, member: Enterprise) -> bytes:
    return legal_identity(gateway.consortium_key, member.uscc)


def _roles(member: Enterprise) -> tuple[Role, ...]:
    return tuple(Role[name] for name in member.roles)


def _registration(member: Enterprise) -> Registration:
    return Registration(
        uscc=member.uscc,
        name_zh=member.name_zh,
        name_en=member.name_en,
        roles=_roles(member),
        customs_code=member.customs_code,
        district=int(member.district or 0),
        hosted=_needs_key(member),
        key_name=member.key,
    )

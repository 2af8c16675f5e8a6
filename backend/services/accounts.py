"""Accounts whose keys this gateway keeps: places in the development mnemonic, or keystore files."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from backend.chain.addresses import checksummed
from backend.chain.signers import DevelopmentSigner, create_keystore
from backend.domain.errors import InvalidInput
from backend.services.gateway import Gateway
from backend.store import outbox
from backend.store import participant_queries as queries
from backend.store.database import Connection

#: The embedded node funds forty accounts; the first is governance. On a chain without fees any place serves.
FIRST_FREE_PLACE = 32

#: Keys of one participant that this gateway keeps at most.
MOST_ACCOUNTS = 16


@dataclass(frozen=True, slots=True)
class HostedAccount:
    """A keystore that was just made; None stands for a place in the development mnemonic."""

    address: str


def external_address(text: str) -> str:
    """The checksummed form of an address. Raises InvalidInput for anything else, wrong checksums included."""
    address = checksummed(text)
    if address is None or int(address, 16) == 0:
        raise InvalidInput(field="account", value=text[:50], rule="0x and 40 hexadecimal digits")
    return address


def new_hosted_account(gateway: Gateway) -> HostedAccount | None:
    """Makes a keystore with a password of its own beside it (both 0600), before any transaction is open:
    deriving its key takes about a second. On the embedded chain nothing: `host` takes the next place there.
    """
    if gateway.settings.embedded:
        return None
    return HostedAccount(new_keystore(gateway.settings.keystore_path))


@dataclass(frozen=True, slots=True)
class Keystore:
    """Where a keystore and its password lie."""

    path: Path
    password_path: Path


def keystore_at(folder: Path, address: str) -> Keystore:
    """The files of an account in a gateway's keystore folder, there or not."""
    return Keystore(folder / f"{address}.json", folder / f"{address}.password")


def new_keystore(folder: Path) -> str:
    """Makes a key with a password of its own beside it (both 0600); its address."""
    password = secrets.token_urlsafe(32)
    address = create_keystore(folder, password)
    descriptor = os.open(keystore_at(folder, address).password_path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(password + "\n")
        file.flush()
        os.fsync(file.fileno())
    return address


def host(connection: Connection, gateway: Gateway, identity: bytes, made: HostedAccount | None) -> str:
    """Notes that the gateway signs for a legal entity with a new account; its address."""
    if len(queries.hosted_for(connection, identity)) >= MOST_ACCOUNTS:
        raise InvalidInput(field="account", value="hosted", rule=f"at most {MOST_ACCOUNTS} hosted accounts")
    if made is not None:
        address, signer, reference = made.address, "keystore", made.address
    else:
        taken = [int(reference) for reference in queries.development_references(connection)]
        place = max([FIRST_FREE_PLACE - 1, *taken]) + 1
        mnemonic = gateway.settings.mnemonic_path.read_text().strip()
        address = DevelopmentSigner(mnemonic, place, gateway.deployment.chain_id).address
        signer, reference = "development", str(place)
    outbox.host_account(
        connection,
        {
            "address": address,
            "legal_identity": identity,
            "signer": signer,
            "reference": reference,
            "created_at": gateway.now(),
        },
    )
    return address

"""One gateway: its settings, its database, its chain and the keys it signs with."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from backend.chain.client import ChainClient, Fees
from backend.chain.deployment import Deployment, load_deployment
from backend.chain.signers import DevelopmentSigner, KeystoreSigner, Signer
from backend.chain.views import Views
from backend.domain.errors import NotHosted
from backend.services.clock import clock_of
from backend.services.mark_index import Bookshelf
from backend.services.scan_counter import ScanCounter
from backend.settings import Settings
from backend.store import outbox
from backend.store.database import Database
from backend.store.migrations import migrate


def unix_now() -> int:
    return int(time.time())


@dataclass
class Gateway:
    """What every use case needs. One per process; its parts are safe for use by several threads."""

    settings: Settings
    database: Database
    client: ChainClient
    views: Views
    deployment: Deployment
    consortium_key: bytes
    now: Callable[[], int] = unix_now
    bookshelf: Bookshelf = field(default_factory=Bookshelf)
    scans: ScanCounter = field(default_factory=ScanCounter)
    _signers: dict[str, Signer] = field(default_factory=dict)

    def signer(self, address: str) -> Signer:
        """The signer of a hosted account. Raises NotHosted."""
        if address not in self._signers:
            with self.database.read() as connection:
                rows = outbox.hosted(connection)
            for row in rows:
                if row.address not in self._signers:
                    self._signers[row.address] = self._open(row.signer, row.reference)
        try:
            return self._signers[address]
        except KeyError:
            raise NotHosted(participant_no=address) from None

    def _open(self, kind: str, reference: str) -> Signer:
        match kind:
            case "development":
                mnemonic = self.settings.mnemonic_path.read_text().strip()
                return DevelopmentSigner(mnemonic, int(reference), self.deployment.chain_id)
            case "keystore":
                password = (self.settings.keystore_path / f"{reference}.password").read_text().strip()
                return KeystoreSigner(self.settings.keystore_path / f"{reference}.json", password)
            case _:
                raise NotHosted(participant_no=reference)

    def fees(self) -> Fees:
        """What transactions are offered at. Raises ChainUnavailable."""
        return Fees(0, None) if self.settings.free_gas else self.client.fees()

    def close(self) -> None:
        self.database.close()
        self.client.close()


def open_gateway(settings: Settings) -> Gateway:
    """The gateway of an installation, its database brought to the newest layout."""
    migrate(settings.database)
    deployment = load_deployment(settings.deployment_path)
    client = ChainClient(settings.rpc_url)
    return Gateway(
        settings=settings,
        database=Database(settings.database),
        client=client,
        views=Views(client, deployment),
        deployment=deployment,
        consortium_key=bytes.fromhex(settings.consortium_key_path.read_text().strip()),
        now=clock_of(settings) if settings.embedded else unix_now,
    )

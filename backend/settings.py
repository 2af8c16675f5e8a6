"""The settings of one installation: a file in its home folder, each value open to an environment variable."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from backend.domain.errors import InvalidInput
from backend.domain.scans import ScanThresholds

ENVIRONMENT_PREFIX = "GUANLIAN_"

#: The chain id of the node that an installation starts by itself; development keys work on no other.
EMBEDDED_CHAIN_ID = 31337


@dataclass(frozen=True)
class Settings:
    """What an installation is configured with.

    `home` holds everything of it. Every other value stands in `home/config.json` and can be overridden by
    `GUANLIAN_` and its name in capitals (`GUANLIAN_RPC_URL`).
    """

    home: Path
    #: JSON-RPC address of the chain's node, or several with commas between: the next one is asked where one is silent.
    rpc_url: str = "http://127.0.0.1:8540"
    #: The chain this installation belongs to; the gateway does not send on any other.
    chain_id: int = EMBEDDED_CHAIN_ID
    #: Whether the installation runs its own development node.
    embedded: bool = True
    #: Seconds between blocks of the embedded node.
    block_time: float = 1.0
    #: Where the gateway listens.
    api_host: str = "127.0.0.1"
    api_port: int = 8640
    #: The address buyers reach the pages under; QR codes carry it. Empty: where the gateway listens.
    public_url: str = ""
    #: SQLAlchemy address of the database. Empty: SQLite in the home folder.
    database_url: str = ""
    #: Blocks (its own included) after which a transaction counts as final on this chain's engine.
    confirmations: int = 1
    #: Whether the chain takes transactions at a gas price of zero, whatever its nodes advise.
    free_gas: bool = False
    #: Folder of the consortium network on this machine that the installation is on. Empty: on none.
    network: str = ""
    #: The chain's engine, as certificates name it: `clique` or `qbft`. Empty: `clique`; the embedded chain has none.
    engine: str = ""
    #: File with the list of validators (docs/certificate.md) that this gateway publishes. Empty: its network's own.
    trust_list: str = ""
    #: Seconds that list documents may wait for others to fill their manifest.
    group_seconds: float = 1.0
    #: Seconds between looks at the chain and at the outbox.
    poll_seconds: float = 0.25
    #: Largest body of a request, in bytes.
    largest_message: int = 8 * 1024 * 1024
    #: Longest that `?confirm=true` waits, in seconds.
    confirm_seconds: float = 30.0
    #: Requests a second that one key or one address may make, and how many at once.
    rate_per_second: float = 200.0
    rate_burst: int = 400
    #: Whether webhooks may lead to addresses outside the open internet: `true` or `false`. Empty: `true` where
    #: `embedded` is.
    webhooks_to_private: str = ""
    #: A parcel's code counts as scanned unusually often from so many networks on one day on. 0: no such rule.
    scans_one_day: int = 10
    #: And from so many within `scans_window` days on, each day's first network not counted. 0: no such rule.
    scans_many_days: int = 13
    #: And from so many of these after the day of delivery on. 0: no such rule.
    scans_after_delivery: int = 12
    #: Days that are looked at together, 1 at least.
    scans_window: int = 30
    #: Least severe log line that is written.
    log_level: str = "INFO"

    @property
    def database(self) -> str:
        return self.database_url or f"sqlite:///{self.home / 'store' / 'guanlian.db'}"

    @property
    def public(self) -> str:
        return (self.public_url or f"http://{self.api_host}:{self.api_port}").rstrip("/")

    @property
    def sends_to_private(self) -> bool:
        """Whether webhooks may lead to addresses outside the open internet. Raises InvalidInput."""
        if self.webhooks_to_private == "":
            return self.embedded
        return bool(_parse("webhooks_to_private", str(self.webhooks_to_private), bool))

    @property
    def scan_thresholds(self) -> ScanThresholds:
        return ScanThresholds(
            one_day=self.scans_one_day,
            many_days=self.scans_many_days,
            after_delivery=self.scans_after_delivery,
            window=max(1, self.scans_window),
        )

    @property
    def config_path(self) -> Path:
        return self.home / "config.json"

    @property
    def deployment_path(self) -> Path:
        return self.home / "deployment.json"

    @property
    def consortium_key_path(self) -> Path:
        return self.home / "keys" / "consortium.key"

    @property
    def mnemonic_path(self) -> Path:
        return self.home / "keys" / "mnemonic"

    @property
    def keystore_path(self) -> Path:
        return self.home / "keys" / "keystore"

    @classmethod
    def load(cls, home: Path, environ: Mapping[str, str] = os.environ) -> Settings:
        """The settings of a home folder; defaults where it has none. Raises InvalidInput naming the setting."""
        path = home / "config.json"
        stored: dict[str, Any] = json.loads(path.read_text()) if path.exists() else {}
        values: dict[str, Any] = {}
        for item in fields(cls):
            if item.name == "home":
                continue
            text = environ.get(ENVIRONMENT_PREFIX + item.name.upper())
            if text is not None:
                values[item.name] = _parse(item.name, text, type(item.default))
            elif item.name in stored:
                values[item.name] = stored[item.name]
        return cls(home=home, **values)

    def save(self) -> None:
        """Writes the settings to the home folder, whole or not at all."""
        self.home.mkdir(parents=True, exist_ok=True)
        values = asdict(self)
        del values["home"]
        draft = self.config_path.with_suffix(".draft")
        draft.write_text(json.dumps(values, indent=2) + "\n")
        draft.replace(self.config_path)


def _parse(name: str, text: str, kind: type) -> Any:
    try:
        if kind is bool:
            return {"true": True, "1": True, "false": False, "0": False}[text.lower()]
        return kind(text)
    except (KeyError, ValueError):
        raise InvalidInput(
            field=ENVIRONMENT_PREFIX + name.upper(), value=text, rule=f"a value of type {kind.__name__}"
        ) from None

"""The list of validators that a gateway publishes, and that of a network on this machine (docs/certificate.md)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from backend.certificate import Malformed, read_trust
from backend.certificate.reading import TRUST_FORMAT, VERSION
from backend.chain.deployment import Deployment, load_deployment
from backend.domain.errors import InvalidInput, NotFound
from backend.services import network as networks
from backend.services.certifying import CONTRACTS, engine_of
from backend.services.gateway import Gateway


def published_trust(gateway: Gateway) -> dict[str, Any]:
    """The list in the file that the settings name, or else the network's; without validators where there is neither.

    Raises InvalidInput where that file is not such a list.
    """
    settings = gateway.settings
    if settings.trust_list:
        return _kept(Path(settings.trust_list))
    if settings.network:
        return _trust(networks.load(Path(settings.network)).validator_sets, gateway.deployment, "clique")
    return _trust([], gateway.deployment, engine_of(gateway))


def network_trust(home: Path) -> dict[str, Any]:
    """The list of a network on this machine. Raises NotFound where there is none, or nothing was deployed on it."""
    network = networks.load(home)
    try:
        deployment = load_deployment(network.deployment_path)
    except FileNotFoundError:
        raise NotFound(what="deployment", value=str(network.deployment_path)) from None
    return _trust(network.validator_sets, deployment, "clique")


def _trust(sets: list[dict[str, Any]], deployment: Deployment, engine: str) -> dict[str, Any]:
    return {
        "format": TRUST_FORMAT,
        "version": VERSION,
        "chain_id": deployment.chain_id,
        "engine": engine,
        "contracts": {name: deployment.contracts[contract].lower() for name, contract in CONTRACTS.items()},
        "validator_sets": sets,
    }


def _kept(path: Path) -> dict[str, Any]:
    data = path.read_bytes() if path.is_file() else b""
    try:
        read_trust(data)
    except Malformed as fault:
        raise InvalidInput(
            field="GUANLIAN_TRUST_LIST", value=str(path), rule="a list of validators as docs/certificate.md says"
        ) from fault
    return dict(json.loads(data))

"""An installation on a consortium network: what it takes over from the network's folder, and what it leaves there.

The first installation deploys the contracts with a key of its own and so becomes their governance; what others need
to join stands in the network's folder from then on. The consortium's key makes the same parcel and the same legal
entity look the same to all members, and is theirs only.
"""

from __future__ import annotations

import secrets
import shutil
from dataclasses import replace

from backend.chain.deployment import load_deployment
from backend.domain.errors import NetworkRefused
from backend.services.network import Network
from backend.services.processes import write_private
from backend.settings import Settings


def join(settings: Settings, network: Network) -> Settings:
    """The settings on that network, saved; keys and deployment taken over where the network has them.

    Where validators came or went since, the settings follow. Raises NetworkRefused where the installation belongs
    to another chain.
    """
    if settings.deployment_path.exists():
        chain_id = load_deployment(settings.deployment_path).chain_id
        if chain_id != network.chain_id:
            raise NetworkRefused(
                reason=f"{settings.home} belongs to chain {chain_id}, the network is {network.chain_id}"
            )
    joined = replace(
        settings,
        embedded=False,
        chain_id=network.chain_id,
        rpc_url=network.rpc_urls,
        confirmations=network.confirmations,
        free_gas=True,
        network=str(network.home),
    )
    if joined != settings:
        joined.save()
    if not network.consortium_key_path.exists():
        write_private(network.consortium_key_path, secrets.token_hex(32) + "\n")
    if not settings.consortium_key_path.exists():
        write_private(settings.consortium_key_path, network.consortium_key_path.read_text())
    if not settings.deployment_path.exists() and network.deployment_path.exists():
        shutil.copyfile(network.deployment_path, settings.deployment_path)
    return joined


def share(settings: Settings, network: Network) -> None:
    """Leaves the deployment where the next member finds it."""
    aside = network.deployment_path.with_suffix(".new")
    shutil.copyfile(settings.deployment_path, aside)
    aside.replace(network.deployment_path)

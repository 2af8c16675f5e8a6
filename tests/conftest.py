"""The tests' environment: the chain tools on PATH, and a port of its own for brownie's chain."""

from __future__ import annotations

import os
import socket
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# `make setup` links anvil, cast and forge beside the interpreter, where a plain shell does not look.
os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])

# An example that a busy machine makes wait is no failure. Nor is one that was tried too small: this release of
# hypothesis begins with small ones, and where few are asked for and lists have a least size, they overrun by chance.
settings.register_profile(
    "guanlian", deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
settings.load_profile("guanlian")


def pytest_configure(config: pytest.Config) -> None:
    """Let brownie start its chain on a free port.

    On a port that something listens on, brownie would attach to whatever chain that is and test against it.
    """
    if not config.pluginmanager.hasplugin("pytest-brownie"):
        return
    from brownie._config import CONFIG

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        CONFIG.networks["development"]["cmd_settings"]["port"] = probe.getsockname()[1]

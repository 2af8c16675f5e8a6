"""The gateway's own process: settings in, requests answered until SIGTERM."""

from __future__ import annotations

import os

import uvicorn

from backend.api import logs
from backend.app import create_app
from backend.services.gateway import open_gateway
from backend.services.processes import gateway_pid
from backend.services.runner import Runner
from backend.settings import Settings

#: How long requests in flight may take after SIGTERM, in seconds.
GRACE = 10

#: How long a connection stays open without a request, in seconds, as nginx keeps it. Uvicorn's 5 s are near the pace
#: at which systems ask again: a request that meets the close is answered with a reset.
KEEP_ALIVE = 75


def serve_forever(settings: Settings) -> None:
    """Answers requests, sends and indexes until the process is told to end.

    The caller holds the gateway's lock: a second sender on the same accounts would use their nonces.
    """
    logs.configure(settings.log_level)
    pid_file = gateway_pid(settings.home)
    pid_file.parent.mkdir(parents=True, exist_ok=True)
    pid_file.write_text(f"{os.getpid()}\n")
    gateway = open_gateway(settings)
    app = create_app(gateway, Runner(gateway))
    uvicorn.run(
        app,
        host=settings.api_host,
        port=settings.api_port,
        # The application writes its own structured lines, one a request.
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=GRACE,
        timeout_keep_alive=KEEP_ALIVE,
    )

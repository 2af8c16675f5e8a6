"""The example in docs/receipts.md does what the page says."""

from __future__ import annotations

import re
import sqlite3
import subprocess
import sys
from pathlib import Path

import httpx

from backend.chain.node import free_port
from backend.services import webhooks as managing
from backend.services.deliverer import Deliverer
from tests.support.running import until
from tests.support.standing import Conversation, standing_gateway

PAGE = Path(__file__).parents[2] / "docs" / "receipts.md"


def example() -> str:
    found = re.search(r"<!-- tested: receiver -->\n```python\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    assert found is not None
    return found[1]


def test_the_receiver_of_the_page_keeps_what_is_signed_and_refuses_what_is_not(tmp_path: Path) -> None:
    port = free_port()
    with standing_gateway(tmp_path) as gateway:
        made = managing.create(gateway, 5, f"http://127.0.0.1:{port}/receipts", 0)
        environment = {"WEBHOOK_SECRET": made["secret"], "PORT": str(port)}
        receiver = subprocess.Popen([sys.executable, "-c", example()], cwd=tmp_path, env=environment)
        try:
            until(lambda: managing.ping(gateway, 5, made["webhook_id"]).is_taken, "the receiver answers")
            ids = Conversation(gateway).life(1)
            deliverer = Deliverer(gateway)
            until(lambda: deliverer.tick() == 0 and deliverer.is_idle, "everything is delivered")
            deliverer.finish()
            forged = {"webhook-id": "x", "webhook-timestamp": str(gateway.now()), "webhook-signature": "v1,AAAA"}
            answer = httpx.post(f"http://127.0.0.1:{port}/", content=b'{"id": 99}', headers=forged, trust_env=False)
            assert answer.status_code == 401
        finally:
            receiver.terminate()
            receiver.wait()
        assert managing.every(gateway, 5)[0]["waiting"] == 0
    with sqlite3.connect(tmp_path / "receipts.db") as kept:
        found = [number for (number,) in kept.execute("SELECT id FROM receipts")]
    kept.close()
    assert found == ids

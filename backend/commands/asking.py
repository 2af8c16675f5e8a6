"""Asking the running gateway, with the governance key that its installation keeps."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import typer
from rich.markup import escape

from backend.commands.common import Exit, explained, settings_of, words
from backend.domain.errors import NotRunning
from backend.services import installation


def ask(
    home: Path, path: str, query: dict[str, str] | None = None, *, method: str = "GET", body: bytes | None = None
) -> dict[str, Any]:
    """What the running gateway answers. Exits with 3 where none runs and 1 where it refuses, in its words."""
    with explained():
        settings = settings_of(home)
        found = installation.running(settings.home)
        if found is None:
            raise NotRunning(home=str(settings.home))
        key = found.keys.get("governance")
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        if body is not None:
            headers["Content-Type"] = "application/json"
        try:
            reply = httpx.request(
                method, found.api_url + path, params=query, content=body, headers=headers, timeout=30, trust_env=False
            )
        except httpx.HTTPError:
            raise NotRunning(home=str(settings.home)) from None
    answered = reply.json()
    if reply.is_error:
        words.print(f"[bold red]{escape(str(answered.get('title')))}[/]: {escape(str(answered.get('detail')))}")
        words.print(escape(str(answered.get("detail_zh"))))
        for fault in answered.get("faults", [])[1:]:
            words.print(escape(f"  {fault['field']}: {fault['value']} ({fault['rule']})"))
        raise typer.Exit(Exit.Refused)
    return dict(answered)

"""Asking the running gateway, with the governance key that its installation keeps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import httpx
import typer
from rich.markup import escape

from backend.commands.common import Exit, explained, settings_of, words
from backend.domain.errors import NotRunning
from backend.services import installation


def ask(
    home: Path,
    path: str,
    query: Mapping[str, str | Sequence[str]] | None = None,
    *,
    method: str = "GET",
    body: bytes | None = None,
) -> dict[str, Any]:
    """What the running gateway answers. Exits with 3 where none runs and 1 where it refuses, in its words."""
    return dict(_reply(home, path, query, method=method, body=body).json())


def fetch(home: Path, path: str, query: Mapping[str, str | Sequence[str]] | None = None) -> bytes:
    """The same of an answer that is no JSON object: a picture, a file."""
    return _reply(home, path, query).content


def _reply(
    home: Path,
    path: str,
    query: Mapping[str, str | Sequence[str]] | None,
    *,
    method: str = "GET",
    body: bytes | None = None,
) -> httpx.Response:
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
                method,
                found.api_url + path,
                params=query,
                content=body,
                headers=headers,
                # a simulation is some ten seconds of work
                timeout=90,
                trust_env=False,
            )
        except httpx.HTTPError:
            raise NotRunning(home=str(settings.home)) from None
    if reply.is_error:
        answered = reply.json()
        words.print(f"[bold red]{escape(str(answered.get('title')))}[/]: {escape(str(answered.get('detail')))}")
        words.print(escape(str(answered.get("detail_zh"))))
        for fault in answered.get("faults", [])[1:]:
            words.print(escape(f"  {fault['field']}: {fault['value']} ({fault['rule']})"))
        raise typer.Exit(Exit.Refused)
    return reply

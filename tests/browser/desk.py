"""What somebody does at the console over and over: sign in, send a file, take a step, wait for the chain."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Protocol

from playwright.sync_api import Locator, Page, expect

from backend.services.simulation.model import SimulatedSet
from tests.support.running import Ledger, until

#: How long the chain may take to decide, in milliseconds.
PATIENCE = 300_000


class Installed(Protocol):
    """Whatever has an installation that somebody can sign in to."""

    @property
    def ledger(self) -> Ledger: ...


def sign_in(page: Page, world: Installed, role: str) -> None:
    page.goto("/console")
    page.get_by_label(re.compile("^(API key|API 密钥)$")).fill(world.ledger.keys[role])
    page.locator("main button").click()
    expect(page).to_have_url(f"{world.ledger.address}/console")


def pictured(page: Page, name: str) -> None:
    """A picture of the whole page, to be looked at, in the folder that `GUANLIAN_PICTURES` names; without one none."""
    if folder := os.environ.get("GUANLIAN_PICTURES"):
        page.screenshot(path=Path(folder, f"{name}.png"), full_page=True)


def send_file(page: Page, message: Path) -> None:
    page.goto("/console/message")
    page.get_by_label("File").set_input_files(message)
    page.get_by_role("button", name="Send").click()


def record(page: Page, parcel: str, step: str, note: str) -> None:
    """Takes a step on a parcel's own page and waits until the chain has decided."""
    page.goto(f"/console/parcels/{parcel}")
    reloaded(page, page.get_by_label(step, exact=True))
    page.get_by_label(step, exact=True).check()
    page.get_by_label("Reason or note").fill(note)
    page.get_by_role("button", name="Record").click()
    confirmed(page)


def reloaded(page: Page, wanted: Locator) -> None:
    """Looks again until it is there: what the chain has confirmed is on the pages once it has been read."""

    def seen() -> bool:
        page.reload()
        return wanted.count() > 0

    if not wanted.count():
        until(seen, f"{wanted} on {page.url}")


def confirmed(page: Page) -> None:
    expect(page).to_have_url(re.compile("/console/operations/[0-9a-f]{32}$"))
    expect(page.locator("#status[data-status=confirmed]")).to_be_visible(timeout=PATIENCE)


def messages(made: SimulatedSet, folder: Path) -> dict[str, Path]:
    made.write_set(folder)
    return {message.type: folder / message.file_name for message in made.messages}

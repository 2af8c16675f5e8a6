"""A real Chromium on the pages of a real installation, and parcels on it in every state a buyer may meet."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect, sync_playwright

from scripts.chromium import chromium_executable
from tests.browser.desk import PATIENCE
from tests.browser.world import World, world_of
from tests.support.running import running_ledger

ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]

# Only a failing expectation waits so long; five seconds, the default, can pass on a machine that runs other things.
expect.set_options(timeout=PATIENCE)

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1200, "height": 900}


# Package scope throughout: Playwright keeps an event loop in this thread, which must be gone before other tests.


@pytest.fixture(scope="package")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with running_ledger(tmp_path_factory.mktemp("pages")) as ledger:
        yield world_of(ledger)


@pytest.fixture(scope="package")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="package")
def browser(playwright: Playwright) -> Iterator[Browser]:
    running = playwright.chromium.launch(executable_path=chromium_executable(), args=ARGUMENTS)
    yield running
    running.close()


Reader = Callable[..., Page]


@pytest.fixture
def reader(browser: Browser, world: World) -> Iterator[Reader]:
    """Opens a page for a reader of a language on a phone or at a desk; relative addresses are the gateway's.

    At the end no page may have broken its content security policy or thrown an error.
    """
    contexts: list[BrowserContext] = []
    faults: list[str] = []

    def open_page(
        language: str = "zh-CN",
        viewport: dict[str, int] = PHONE,
        *,
        address: str | None = None,
        script: bool = True,
    ) -> Page:
        context = browser.new_context(
            base_url=address or world.ledger.address,
            locale=language,
            viewport=viewport,  # type: ignore[arg-type]
            java_script_enabled=script,
        )
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on(
            "console",
            lambda said: faults.append(said.text) if "Content Security Policy" in said.text else None,
        )
        page.on("dialog", lambda dialog: (faults.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert faults == []


@pytest.fixture
def buyer(reader: Reader) -> Page:
    """A Chinese buyer's phone."""
    return reader("zh-CN")

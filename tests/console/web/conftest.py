"""Two consoles for the pages' tests: one with a day of signals in it, one that has none."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.console.conftest import TOKEN, RunningConsole, run_console
from tests.console.sample import fill

PAGES = (
    "/", "/errors", "/logs", "/metrics", "/analytics", "/performance", "/health", "/alerts",
)  # fmt: skip
HEADERS = {"Authorization": f"Bearer {TOKEN}"}


@pytest.fixture(scope="session")
def sample_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a data directory that has been filled once for all modules."""
    folder = tmp_path_factory.mktemp("filled")
    for console in run_console(folder):
        fill(console.store, console.app.state.state, console.app.state.settings)
    return folder


@pytest.fixture(scope="module")
def filled(sample_folder: Path) -> Iterator[RunningConsole]:
    yield from run_console(sample_folder)


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningConsole]:
    yield from run_console(tmp_path_factory.mktemp("empty"))


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        made = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox"]
        )
        yield made
        made.close()


def open_page(browser: Browser, theme: str = "light", width: int = 1280, **given: object) -> Page:
    """Return a page of a new, signed-in context."""
    context = browser.new_context(
        viewport={"width": width, "height": 900},
        color_scheme=theme,  # type: ignore[arg-type]
        extra_http_headers=HEADERS,
        timezone_id="Europe/Berlin",
        **given,  # type: ignore[arg-type]
    )
    return context.new_page()

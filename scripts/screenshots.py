"""Takes a picture of every page, empty and with data, in three widths and both themes.

    make screenshots                        screenshots/out/, three chosen ones in docs/images/
    python scripts/screenshots.py errors    only pages whose name contains a word

Each console runs in a process of its own on a free port, in a temporary folder.
"""

import asyncio
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

import uvicorn
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

OUT = ROOT / "screenshots" / "out"
IMAGES = ROOT / "docs" / "images"
TOKEN = "a-token-for-pictures"
SITE = "transfer.localhost"
WIDTHS = (390, 1280, 1920)
THEMES = ("light", "dark")
PAGES = {
    "overview": "/?range=1h",
    "errors": "/errors?range=24h",
    "issue": "",
    "logs": "/logs?range=1h",
    "request": "/logs?cid={cid}&range=1h",
    "metrics": "/metrics?range=1h",
    "query": "/metrics?range=1h&q=sum by (status) (rate(tallow_transfers_total[5m]))",
    "analytics": "/analytics?range=24h",
    "performance": "/performance?range=24h",
    "health": "/health?range=6h",
    "alerts": "/alerts",
    "trouble": "/errors/1",
}
CHOSEN = {"overview": "overview", "issue": "error", "logs": "logs"}
"""Page → the picture in docs/images/, taken at 1280 in the light theme, one screen high."""


def main() -> None:
    wanted = sys.argv[1:]
    OUT.mkdir(parents=True, exist_ok=True)
    IMAGES.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox"]
        )
        for state in ("normal", "empty"):
            with tempfile.TemporaryDirectory() as folder:
                take_all(browser, state, Path(folder), wanted)
        browser.close()


def take_all(browser: Browser, state: str, folder: Path, wanted: list[str]) -> None:
    """Start a console, take its pictures, stop it."""
    port = free_port()
    console = subprocess.Popen(
        [sys.executable, __file__, "--serve", str(port), str(folder), state],
        env={**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{os.environ.get('PYTHONPATH', '')}"},
    )
    try:
        wait_for(f"http://127.0.0.1:{port}/-/filled", console)
        for theme in THEMES:
            for width in WIDTHS:
                take(browser, f"http://127.0.0.1:{port}", state, theme, width, wanted)
    finally:
        console.terminate()
        try:
            console.wait(20)
        except subprocess.TimeoutExpired:
            console.kill()


def take(browser: Browser, url: str, state: str, theme: str, width: int, wanted: list[str]) -> None:
    context = browser.new_context(
        viewport={"width": width, "height": 900},
        color_scheme=theme,  # type: ignore[arg-type]
        extra_http_headers={"Authorization": f"Bearer {TOKEN}"},
        reduced_motion="reduce",
        timezone_id="UTC",
    )
    page = context.new_page()
    for name, path in PAGES.items():
        if (wanted and not any(word in name for word in wanted)) or not open_page(
            page, url, name, path
        ):
            continue
        page.screenshot(path=OUT / f"{name}-{state}-{width}-{theme}.png", full_page=True)
        if name in CHOSEN and (state, theme, width) == ("normal", "light", 1280):
            page.screenshot(path=IMAGES / f"{CHOSEN[name]}.png", scale="css")
    context.close()
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=theme)  # type: ignore[arg-type]
    page = context.new_page()
    if not wanted or "login" in wanted:
        page.goto(f"{url}/login")
        page.screenshot(path=OUT / f"login-{state}-{width}-{theme}.png")
    context.close()
    print(f"{state} {theme} {width}")


def open_page(page: Page, url: str, name: str, path: str) -> bool:
    """Go to a page and let its charts be drawn; return False when it cannot exist."""
    from tests.console.sample import CID

    if name == "issue":
        page.goto(f"{url}/errors?range=24h")
        link = page.locator("a[data-open]", has_text="TimeoutError").first
        if link.count() == 0:
            return False
        path = str(link.get_attribute("href"))
    page.goto(url + path.format(cid=CID))
    page.wait_for_timeout(250)
    return True


def serve(port: int, folder: Path, state: str) -> None:
    """Run a console, with a day of signals when `state` is normal; says so at /-/filled."""
    from starlette.responses import PlainTextResponse
    from starlette.routing import Route

    from tallow_console.app import create_app
    from tallow_console.settings import read
    from tests.console.sample import fill

    settings = read(
        {},
        port=port,
        data_dir=folder,
        token=TOKEN,
        ingest_keys=("0123456789abcdef0123456789abcdef",),
        sites=(SITE,),
    )
    app = create_app(settings)
    filled = asyncio.Event()

    async def say(_: object) -> PlainTextResponse:
        return PlainTextResponse(
            "yes\n" if filled.is_set() else "no\n", 200 if filled.is_set() else 503
        )

    async def run() -> None:
        server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_level="error"))
        app.router.routes.insert(0, Route("/-/filled", say))
        serving = asyncio.create_task(server.serve())
        while not server.started:
            await asyncio.sleep(0.05)
        if state == "normal":
            await asyncio.to_thread(fill, app.state.store, app.state.state, settings)
        filled.set()
        await serving

    asyncio.run(run())


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(url: str, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise SystemExit("screenshots: the console did not start")
        try:
            request = urllib.request.Request(url, headers={"Authorization": f"Bearer {TOKEN}"})
            with urllib.request.urlopen(request, timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    raise SystemExit("screenshots: the console was not ready in two minutes")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--serve"]:
        serve(int(sys.argv[2]), Path(sys.argv[3]), sys.argv[4])
    else:
        main()

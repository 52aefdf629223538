"""The page in a real Chromium, with the commands and with another page on the other side."""

import hashlib
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Request, WebSocketRoute, expect, sync_playwright

from tests.transfer.commands import RunningServer, gives_away

CHROMIUM = "/usr/bin/chromium"
AXE = Path(__file__).parents[2] / "browser" / "node_modules" / "axe-core" / "axe.min.js"
SECONDS = 1000
MIB = 1024 * 1024


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        yield chromium
        chromium.close()


class Opened:
    """A page, with everything it asked for and everything it complained of."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.url = url
        self.requests: list[Request] = []
        self.complaints: list[str] = []
        page.set_default_timeout(15 * SECONDS)
        page.on("request", lambda request: self.requests.append(request))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", self._console)
        page.goto(url)

    def _console(self, message: object) -> None:
        if getattr(message, "type", "") == "error":
            self.complaints.append(str(getattr(message, "text", "")))

    def offer(self, file: Path) -> str:
        """Choose a file; return the code that is shown."""
        self.page.set_input_files("input[type=file]", file)
        code = self.page.get_by_test_id("code")
        expect(code).to_have_text(re.compile(r"^\d+(-[a-z]+){3}$"))
        return code.text_content() or ""

    def receive(self, code: str) -> None:
        self.page.get_by_label("Code").fill(code)
        self.page.get_by_role("button", name="Receive").click()

    def take(self, to: Path) -> None:
        """Accept what is offered and save it."""
        with self.page.expect_download() as download:
            self.page.get_by_role("button", name="Take it").click()
        download.value.save_as(to)

    def ends(self, title: str) -> None:
        expect(self.page.get_by_role("heading", level=1)).to_have_text(title)


@pytest.fixture
def opened(browser: Browser, tallow_serve: RunningServer) -> Iterator[Opened]:
    context = browser.new_context(accept_downloads=True)
    yield Opened(context.new_page(), tallow_serve.url)
    context.close()


def a_file(tmp_path: Path, size: int = 3 * MIB + 5) -> Path:
    file = tmp_path / "canary-name.bin"
    file.write_bytes(os.urandom(size))
    return file


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.parametrize("size", [0, 131_073, 20 * MIB], ids=["empty", "two chunks", "20 MiB"])
def test_what_the_page_sends_the_command_receives(
    opened: Opened, tallow_serve: RunningServer, tmp_path: Path, size: int
) -> None:
    file = a_file(tmp_path, size)
    code = opened.offer(file)

    received = tallow_serve.receive(code, tmp_path / "to")

    assert received.returncode == 0, received.stderr
    assert digest(tmp_path / "to" / file.name) == digest(file)
    opened.ends("Sent")
    assert opened.complaints == []


@pytest.mark.parametrize("size", [0, 131_073, 20 * MIB], ids=["empty", "two chunks", "20 MiB"])
def test_what_the_command_sends_the_page_receives(
    opened: Opened, tallow_serve: RunningServer, tmp_path: Path, size: int
) -> None:
    file = a_file(tmp_path, size)
    sender = tallow_serve.send(file)

    opened.receive(sender.code)
    opened.take(tmp_path / "saved")

    assert sender.wait()[0] == 0
    assert digest(tmp_path / "saved") == digest(file)
    opened.ends("Received")
    assert opened.complaints == []


def test_two_pages_send_to_each_other_and_the_server_learns_nothing(
    opened: Opened, browser: Browser, tallow_serve: RunningServer, tmp_path: Path
) -> None:
    file = a_file(tmp_path)
    code = opened.offer(file)
    context = browser.new_context(accept_downloads=True)
    other = Opened(context.new_page(), f"{tallow_serve.url}/#{code}")

    expect(other.page).to_have_url(f"{tallow_serve.url}/")
    other.page.get_by_role("button", name="Receive").click()
    other.take(tmp_path / "saved")
    opened.ends("Sent")
    context.close()

    assert digest(tmp_path / "saved") == digest(file)
    said = " ".join(
        f"{request.url} {request.post_data or ''}"
        for request in (*opened.requests, *other.requests)
        if not request.is_navigation_request()
    )
    assert "canary" not in said
    assert not gives_away(said, code.split("-", 1)[1])
    hosts = {request.url.split("/")[2] for request in (*opened.requests, *other.requests)}
    assert hosts - {tallow_serve.url.split("/")[2]} <= {""}  # blob: and data: have none


def test_wrong_words_are_told_as_a_sentence(
    opened: Opened, tallow_serve: RunningServer, tmp_path: Path
) -> None:
    sender = tallow_serve.send(a_file(tmp_path))

    opened.receive(sender.code.split("-")[0] + "-aardvark-abandoned-abdomen")

    opened.ends("The code did not match")
    assert sender.wait()[0] == 3


def test_what_cannot_be_a_code_is_told_beside_the_field(opened: Opened) -> None:
    opened.receive("7-notaword-x-y")

    expect(opened.page.get_by_text("A code is a number and three words")).to_be_visible()


def test_a_number_nobody_waits_under_is_told(opened: Opened) -> None:
    opened.receive("987654-aardvark-abandoned-abdomen")

    opened.ends("Nobody is waiting under that code")


def test_cancelling_is_heard_on_the_other_side(
    opened: Opened, tallow_serve: RunningServer, tmp_path: Path
) -> None:
    file = tmp_path / "in.bin"
    with file.open("wb") as sparse:
        sparse.truncate(2048 * MIB)
    sender = tallow_serve.send(file)
    opened.receive(sender.code)
    opened.page.get_by_role("button", name="Take it").click()
    expect(opened.page.get_by_role("progressbar")).to_be_visible()

    # Without waiting for the page to hold still: it is busy receiving.
    opened.page.get_by_role("button", name="Cancel").dispatch_event("click")

    opened.ends("The transfer was stopped")
    assert sender.wait()[0] == 7


def test_saying_no_is_heard_on_the_other_side(
    opened: Opened, tallow_serve: RunningServer, tmp_path: Path
) -> None:
    sender = tallow_serve.send(a_file(tmp_path))
    opened.receive(sender.code)

    opened.page.get_by_role("button", name="No, thanks").click()

    code, said = sender.wait()
    assert (code, "said no" in said) == (7, True)


def test_a_page_that_is_closed_is_gone_at_once(
    opened: Opened, tallow_serve: RunningServer, tmp_path: Path
) -> None:
    code = opened.offer(a_file(tmp_path))
    opened.page.goto("about:blank")

    assert tallow_serve.receive(code, tmp_path / "to").returncode == 3


def test_a_chunk_changed_on_the_way_stops_the_transfer_with_an_id(
    browser: Browser, tallow_serve: RunningServer, tmp_path: Path
) -> None:
    context = browser.new_context()
    page = context.new_page()
    frames = 0

    def meddle(route: WebSocketRoute) -> None:
        server = route.connect_to_server()

        def change(message: str | bytes) -> None:
            nonlocal frames
            if isinstance(message, bytes) and message[:1] == b"\x02":
                frames += 1
                if frames == 5:
                    message = message[:-1] + bytes([message[-1] ^ 1])
            route.send(message)

        server.on_message(change)

    page.route_web_socket(re.compile("/api/signal/"), meddle)
    opened = Opened(page, tallow_serve.url)
    sender = tallow_serve.send(a_file(tmp_path))
    opened.receive(sender.code)
    page.get_by_role("button", name="Take it").click()

    opened.ends("What arrived is not what was sent")
    page.get_by_text("Details").click()
    expect(page.locator(".facts")).to_contain_text(re.compile("integrity.*[0-9a-f]{32}", re.S))
    context.close()
    assert sender.wait()[0] == 5


def test_a_waiting_page_whose_connection_breaks_comes_back(
    browser: Browser, tallow_serve: RunningServer, tmp_path: Path
) -> None:
    context = browser.new_context()
    page = context.new_page()
    routes: list[tuple[WebSocketRoute, WebSocketRoute]] = []
    page.route_web_socket(
        re.compile("/api/signal/"),
        lambda route: routes.append((route, route.connect_to_server())),
    )
    opened = Opened(page, tallow_serve.url)
    file = a_file(tmp_path)
    code = opened.offer(file)
    page.wait_for_timeout(200)
    for end in routes[0]:
        end.close(code=3001)

    page.wait_for_timeout(1000)
    # Beside us, not before us: what it sends goes through this process.
    receiver = subprocess.Popen(tallow_serve.receive_command(code, tmp_path / "to"))
    opened.ends("Sent")

    assert len(routes) == 2
    assert receiver.wait(10) == 0
    context.close()


def test_a_part_that_breaks_leaves_the_rest_and_is_reported(opened: Opened) -> None:
    opened.page.get_by_text("Break something").click()
    with opened.page.expect_request("**/api/event") as sent:
        opened.page.get_by_role("button", name="Break this page").click()
        expect(opened.page.get_by_text("Something went wrong here")).to_be_visible()
        opened.page.evaluate("window.tallow.flush()")

    expect(opened.page.get_by_role("button", name="Choose a file")).to_be_visible()
    assert "breaks the page" in (sent.value.post_data or "")


def test_the_server_can_be_broken_on_purpose(opened: Opened) -> None:
    opened.page.get_by_text("Break something").click()
    opened.page.get_by_role("button", name="Break the server").click()

    expect(opened.page.get_by_text("The server failed as asked (500)")).to_be_visible()


def test_the_policy_allows_nothing_from_elsewhere(tallow_serve: RunningServer) -> None:
    import urllib.request

    with urllib.request.urlopen(tallow_serve.url) as answer:
        policy = answer.headers["Content-Security-Policy"]
        body = answer.read().decode()

    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    nonce = re.search(r"'nonce-([\w-]+)'", policy)
    assert nonce is not None
    scripts = re.findall(r"<script[^>]*>", body)
    assert len(scripts) == 2
    assert all(f'nonce="{nonce[1]}"' in tag and "integrity=" in tag for tag in scripts)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_the_start_and_beside_a_code(
    browser: Browser, tallow_serve: RunningServer, tmp_path: Path, scheme: str
) -> None:
    context = browser.new_context(
        color_scheme="dark" if scheme == "dark" else "light", bypass_csp=True
    )
    opened = Opened(context.new_page(), tallow_serve.url)
    opened.page.add_script_tag(path=AXE)
    start = violations(opened.page)
    opened.offer(a_file(tmp_path))
    code = violations(opened.page)
    opened.page.get_by_role("button", name="Cancel").click()
    opened.ends("The transfer was stopped")
    failed = violations(opened.page)
    context.close()

    assert (start, code, failed) == ([], [], [])


def violations(page: Page) -> list[str]:
    found = page.evaluate("async () => (await axe.run()).violations")
    return [f"{row['id']}: {row['nodes'][0]['html'][:120]}" for row in found]

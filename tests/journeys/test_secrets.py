"""Secrets planted in every input of the transfer app are in nothing that left or lies on disk."""

import base64
import json
import secrets
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from playwright.sync_api import Browser
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from tests.journeys.apart import Apart
from tests.journeys.stack import eventually
from tests.journeys.test_walks import _code

LETTERS = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"


def _some(many: int, letters: str = LETTERS) -> str:
    return "".join(secrets.choice(letters) for _ in range(many))


def _card() -> str:
    digits = f"411111{secrets.randbelow(10**9):09d}"
    total = 0
    for place, char in enumerate(reversed(digits)):
        value = int(char) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return digits + str(-total % 10)


def _jwt() -> str:
    def part(value: dict[str, str]) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()

    return f"{part({'alg': 'HS256'})}.{part({'sub': _some(12)})}.{_some(43)}"


PLANTED = {
    "e-mail": f"canary.{_some(8).lower()}@planted.example.org",
    "card": _card(),
    "address": f"81.{secrets.randbelow(180) + 20}.{secrets.randbelow(180) + 20}.77",
    "cloud key": "AKIA" + _some(16, "ABCDEFGHJKLMNPQRSTUVWXYZ234567"),
    "code host token": "ghp_" + _some(36),
    "JWT": _jwt(),
    "bank account": "GB82WEST12345698765432",
    "phone": f"+4930{secrets.randbelow(90_000_000) + 10_000_000}",
    "password": f"Tr0ub4dor-{_some(8)}",
}
AS_SAID = {**PLANTED, "password": f"password={PLANTED['password']}"}
SENTENCE = "; ".join(AS_SAID.values())
MARK = f"marker-{secrets.randbelow(10**6)}"
"""Says that the signal which carried the secrets arrived: dropping all would pass, too."""


def _headers() -> dict[str, str]:
    return {
        "User-Agent": f"Mozilla/5.0 ({PLANTED['e-mail']}) {PLANTED['code host token']}",
        "Referer": f"https://other.example/{PLANTED['e-mail']}?token={PLANTED['JWT']}",
        "Authorization": f"Bearer {PLANTED['JWT']}",
        "Cookie": f"session={PLANTED['code host token']}; user={PLANTED['e-mail']}",
        "X-Forwarded-For": PLANTED["address"],
        "X-Request-ID": PLANTED["code host token"],
        "X-Correlation-ID": PLANTED["cloud key"],
        "X-Custom": SENTENCE.encode("ascii", "replace").decode(),
    }


def _through_requests(apart: Apart) -> None:
    """Say the secrets in paths, queries, headers and bodies of every route."""
    query = quote(SENTENCE)
    for path in ("/", "/api/health", f"/{query}", f"/api/rooms/{query}/claim", "/api/break"):
        _say(apart, "GET", path, params={"q": SENTENCE, "email": PLANTED["e-mail"]})
        _say(apart, "POST", path, params={"token": PLANTED["JWT"]}, content=SENTENCE.encode())
    _say(apart, "POST", "/api/rooms", json=AS_SAID)
    report = {**AS_SAID, "status": SENTENCE, "file_type": PLANTED["card"]}
    _say(apart, "POST", "/api/report", json=report)
    _say(apart, "POST", "/api/report", content=b"{" + SENTENCE.encode())
    _say(apart, "POST", "/api/break", params={"q": SENTENCE})


def _say(apart: Apart, method: str, path: str, **said: Any) -> None:
    """Send one request; a server that closes before it has read all has still been told."""
    with suppress(httpx.TransportError):
        httpx.request(method, f"{apart.app}{path}", headers=_headers(), timeout=10.0, **said)


def _through_the_beacon(apart: Apart) -> None:
    """Say them as a browser would whose own scrubber was switched off."""
    frame = {"filename": f"{apart.app}/a.js?{quote(SENTENCE)}", "function": "f", "lineno": 1}
    error = {
        "event_id": secrets.token_hex(16),
        "platform": "javascript",
        "exception": {
            "values": [
                {"type": "Error", "value": f"{MARK} {SENTENCE}", "stacktrace": {"frames": [frame]}}
            ]
        },
        "breadcrumbs": [{"category": "ui", "message": SENTENCE, "data": AS_SAID}],
        "tags": AS_SAID,
        "extra": {"nested": json.dumps(json.dumps(AS_SAID)), "card": int(PLANTED["card"])},
        "user": {"id": PLANTED["e-mail"], "ip_address": PLANTED["address"]},
        "request": {"url": f"{apart.app}/?{quote(SENTENCE)}", "headers": _headers()},
    }
    items: list[dict[str, Any]] = [
        {"type": "error", "event": error, "age_ms": 1},
        {
            "type": "event",
            "name": "pageview",
            "url": f"{apart.app}/{quote(PLANTED['e-mail'])}?{quote(SENTENCE)}#{PLANTED['JWT']}",
            "referrer": f"https://x.example/?{quote(SENTENCE)}",
            "props": {**AS_SAID, PLANTED["e-mail"]: "a key", "mark": MARK},
            "interactive": True,
            "age_ms": 1,
        },
        {"type": "log", "level": "error", "message": f"{MARK} {SENTENCE}", "context": AS_SAID,
         "age_ms": 1},
        {"type": "measure", "name": PLANTED["e-mail"], "duration_ms": 3, "age_ms": 1},
        {"type": "vital", "name": "LCP", "value": 900.0, "rating": "good", "navigation": "navigate",
         "device": "desktop", "url": f"{apart.app}/{quote(PLANTED['e-mail'])}", "age_ms": 1},
    ]  # fmt: skip
    batch = {
        "v": 1,
        "app": PLANTED["e-mail"],
        "release": PLANTED["code host token"],
        "environment": PLANTED["cloud key"],
        "trace": PLANTED["e-mail"],
        "view": PLANTED["card"],
        "items": items,
    }
    own = {"Origin": apart.app, **_headers()}
    for body in (batch, {**batch, "release": "1.0", "app": "transfer", "trace": "", "view": ""}):
        httpx.post(f"{apart.app}/api/event", content=json.dumps(body), headers=own)
    plausible = {
        "n": SENTENCE[:100],
        "u": f"{apart.app}/?{quote(SENTENCE)}",
        "d": "x",
        "p": AS_SAID,
    }
    httpx.post(f"{apart.app}/api/event", content=json.dumps(plausible), headers=own)


def _through_signaling(apart: Apart) -> None:
    """Say them where the two sides meet: each in a room of its own, as the first may end it."""
    for said in (
        json.dumps({"type": "server.trace", "id": PLANTED["code host token"]}),
        json.dumps({"type": "server.trace", "id": PLANTED["e-mail"]}),
        json.dumps({"type": SENTENCE, **AS_SAID}),
        SENTENCE,
    ):
        room = httpx.post(f"{apart.app}/api/rooms", headers=_headers()).json()
        address = f"{apart.app.replace('http', 'ws')}/api/signal/{room['room']}"
        with connect(address, additional_headers=_headers()) as socket:
            socket.send(json.dumps({"type": "server.join", "token": room["token"]}))
            socket.send(said)
            with suppress(ConnectionClosed, TimeoutError):
                while True:
                    socket.recv(timeout=0.3)


def _through_a_transfer(apart: Apart, folder: Path) -> None:
    """Send a file whose name and content are secrets, and try a code that is one."""
    path = folder / f"{PLANTED['e-mail']} {PLANTED['card']}.txt"
    path.write_text(SENTENCE)
    sender = apart.tallow("send", str(path), "--server", apart.app)
    receiver = apart.tallow(
        "receive", _code(sender), "--server", apart.app, "-o", str(folder / "got"), "--yes"
    )
    assert receiver.wait(60) == 0
    assert sender.wait(30) == 0
    wrong = apart.tallow("receive", SENTENCE, "--server", apart.app, "-o", str(folder), "--yes")
    assert wrong.wait(30) != 0


def _through_the_page(apart: Apart, browser: Browser, folder: Path) -> None:
    """Say them to the page: in its address, its fields and a file's name."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{apart.app}/?{quote(SENTENCE)}#{quote(SENTENCE)}")
    page.wait_for_load_state("networkidle")
    page.get_by_label("Code").fill(SENTENCE)
    page.get_by_role("button", name="Receive").click()
    page.evaluate(
        "said => { console.error(said); window.tallow?.captureException?.(new Error(said)); "
        "setTimeout(() => { throw new TypeError(said) }); Promise.reject(new Error(said)); }",
        f"{MARK} {SENTENCE}",
    )
    page.wait_for_timeout(500)
    page.goto("about:blank")
    context.close()


@pytest.fixture(scope="module")
def afterwards(
    tmp_path_factory: pytest.TempPathFactory, browser: Browser
) -> Iterator[dict[str, bytes]]:
    """What there is after all secrets were said: what left, what lies on disk, what is shown."""
    folder = Path(tmp_path_factory.mktemp("secrets"))
    apart = Apart(folder)
    try:
        apart.start_console()
        apart.start_app()
        _through_requests(apart)
        _through_the_beacon(apart)
        _through_signaling(apart)
        _through_a_transfer(apart, folder)
        _through_the_page(apart, browser, folder)
        eventually(lambda: MARK in json.dumps(apart.ask("logs", q=MARK)["lines"]))
        eventually(lambda: MARK in json.dumps(apart.ask("errors")["issues"]))
        shown = json.dumps([apart.ask(page) for page in ("overview", "analytics", "errors")])
        exposed = json.dumps(list(apart.metrics()))
        assert apart.end("app") == 0
        assert apart.end("console") == 0
        yield {
            "the network": b"\n".join(apart.tap.seen),
            "disk": apart.at_rest(),
            "the console's answers": shown.encode(),
            "/api/metrics": exposed.encode(),
            "the app's output": apart.said_by("app").encode(),
            "the console's output": apart.said_by("console").encode(),
        }
    finally:
        apart.close()


@pytest.mark.parametrize("kind", PLANTED)
def test_a_planted_secret_is_nowhere(kind: str, afterwards: dict[str, bytes]) -> None:
    secret = PLANTED[kind]
    forms = {
        secret,
        quote(secret),
        quote(quote(secret)),
        base64.b64encode(secret.encode()).decode(),
    }
    found = {
        place: data[max(0, data.find(form.encode()) - 120) :][:300]
        for place, data in afterwards.items()
        for form in forms
        if form.encode() in data
    }

    assert found == {}


@pytest.mark.parametrize("place", ["the network", "disk"])
def test_what_carried_the_secrets_did_arrive(place: str, afterwards: dict[str, bytes]) -> None:
    data = afterwards[place]

    assert data.count(MARK.encode()) >= 3
    assert b"BrokenOnPurposeError" in data
    assert b"[email]" in data

"""Secrets that senders plant in every field are nowhere in what the console keeps."""

import gzip
import json
import time
from collections.abc import Callable
from pathlib import Path

import requests

from .conftest import KEY, SITE, ConsoleProcess

EVENT_ID = "9ec79c33ec9942ab8353589fcb2e04dc"
CANARIES = {
    "email": "canary.one@example.org",
    "card": "4111 1111 1111 1111",
    "ip": "203.0.113.77",
    "bearer": "Bearer canaryTokenValue0123456789abcdef",
    "jwt": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJjYW5hcnkifQ.c2lnbmF0dXJlY2FuYXJ5Y2FuYXJ5",
    "aws": "AKIAIOSFODNN7CANARY2",
    "password": "correct-horse-canary",
}
TELLING = (
    b"canary.one@example.org",
    b"4111 1111 1111 1111",
    b"4111111111111111",
    b"203.0.113.77",
    b"canaryTokenValue",
    b"c2lnbmF0dXJlY2FuYXJ5",
    b"AKIAIOSFODNN7CANARY2",
    b"correct-horse-canary",
)
MARK = "MARKmustArrive"
SENTENCE = " and ".join(value for name, value in CANARIES.items() if name != "password")


def event() -> bytes:
    frame = {
        "function": "pay",
        "module": "shop",
        "in_app": True,
        "vars": {"mail": CANARIES["email"], "password": CANARIES["password"]},
        "context_line": f"send({CANARIES['email']!r})",
    }
    payload = {
        "message": f"{MARK} {SENTENCE}",
        "exception": [{"type": "E", "value": SENTENCE, "stacktrace": {"frames": [frame]}}],
        "breadcrumbs": [{"message": SENTENCE, "data": {"password": CANARIES["password"]}}],
        "tags": [["mail", CANARIES["email"]]],
        "user": {
            "id": CANARIES["email"],
            "email": CANARIES["email"],
            "ip_address": CANARIES["ip"],
            "username": CANARIES["email"],
        },
        "request": {
            "url": f"https://shop.example/pay?password={CANARIES['password']}",
            "headers": {"Authorization": CANARIES["bearer"], "Cookie": CANARIES["jwt"]},
            "data": {"card": CANARIES["card"], "nested": [{"secret": CANARIES["password"]}]},
            "env": {"REMOTE_ADDR": CANARIES["ip"]},
        },
        "extra": {CANARIES["email"]: 1, "deep": {"token": CANARIES["aws"]}},
        "contexts": {"x": {"mail": CANARIES["email"]}},
        "transaction": f"/users/{CANARIES['email']}",
        "fingerprint": [CANARIES["email"]],
        "server_name": CANARIES["email"],
        "release": MARK,
    }
    head = json.dumps({"event_id": EVENT_ID}).encode()
    return head + b'\n{"type":"event"}\n' + json.dumps(payload).encode() + b"\n"


def push() -> bytes:
    entry = {
        "message": f"{MARK} {SENTENCE}",
        "context": {"mail": CANARIES["email"], "password": CANARIES["password"]},
    }
    now = str(time.time_ns())
    plain = [now, f"{MARK} {SENTENCE}", {"trace": CANARIES["email"]}]
    stream = {
        "stream": {"app": "shop", "user": CANARIES["email"], "level": "info"},
        "values": [[now, json.dumps(entry)], plain],
    }
    return gzip.compress(json.dumps({"streams": [stream]}).encode())


def page_view() -> bytes:
    shape = {
        "n": "pageview",
        "u": f"https://{SITE}/u/{CANARIES['email']}?token={CANARIES['aws']}&utm_source={MARK}",
        "d": SITE,
        "r": f"https://mail.example/?to={CANARIES['email']}",
        "p": {"mail": CANARIES["email"], "note": f"{MARK} {SENTENCE}"},
    }
    return json.dumps(shape).encode()


def kept_bytes(folder: Path) -> bytes:
    """Return everything on disk as it can be read: rows are compressed inside chDB's parts."""
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


def read_all(folder: Path) -> bytes:
    from tallow_console.store import Store

    store = Store(folder / "store")
    try:
        tables = store.query("SELECT name FROM system.tables WHERE database = 'tallow'")
        return "".join(
            repr(store.query(f"SELECT * FROM tallow.{row['name']}")) for row in tables
        ).encode()
    finally:
        store.close()


def test_no_planted_secret_is_at_rest_and_every_mark_arrives(
    console_process: Callable[..., ConsoleProcess],
) -> None:
    console = console_process()
    console.start()
    requests.post(
        console.url + f"/api/1/envelope/?sentry_key={KEY}",
        event(),
        headers={"User-Agent": CANARIES["email"]},
        timeout=10,
    ).raise_for_status()
    requests.post(
        console.url + "/loki/api/v1/push",
        push(),
        headers={"Authorization": f"Bearer {KEY}", "Content-Encoding": "gzip"},
        timeout=10,
    ).raise_for_status()
    requests.post(
        console.url + "/api/event",
        page_view(),
        headers={
            "User-Agent": f"Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0 {CANARIES['email']}",
            "X-Forwarded-For": CANARIES["ip"],
        },
        timeout=10,
    ).raise_for_status()
    console.stop()

    at_rest = kept_bytes(console.folder) + read_all(console.folder)

    assert [canary for canary in TELLING if canary in at_rest] == []
    assert at_rest.count(MARK.encode()) >= 6


def test_a_refusal_quotes_nothing(console_process: Callable[..., ConsoleProcess]) -> None:
    console = console_process()
    console.start()
    body = json.dumps({"n": CANARIES["email"], "streams": CANARIES["email"]}).encode()[:-1]
    headers = {"Authorization": f"Bearer {KEY}", "X-Sentry-Auth": f"Sentry sentry_key={KEY}"}

    responses = [
        requests.post(console.url + path, body, headers=headers, timeout=10)
        for path in ("/api/1/envelope/", "/loki/api/v1/push", "/api/event", "/api/v1/write")
    ]
    _, *said = console.stop()

    assert all(400 <= response.status_code < 500 for response in responses)
    said += [response.text + str(response.headers) for response in responses]
    assert [text for text in said if CANARIES["email"] in text] == []

"""Secrets planted in every place a request or a browser can put one: none leaves."""

import json
import re
from collections.abc import Iterator

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from tallow import logger
from tallow.integrations import starlette
from tallow.metrics import REGISTRY
from tallow.metrics.exposition import render
from tests.tallow.integrations.serving import eventually, serving
from tests.tallow.leaving import Leaving

SECRETS = {
    "mail": "ann.planted@example.org",
    "card": "4111 1111 1111 1111",
    "jwt": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9P",
    "address": "203.0.113.77",
    "iban": "DE89370400440532013000",
}


async def fail(request: Request) -> PlainTextResponse:
    body = (await request.body()).decode()
    logger.info("taken", body=body, query=str(request.query_params))
    raise LookupError(f"nothing for {body}")


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    app = Starlette(routes=[Route("/fail/{what}", fail, methods=["POST"])])
    with serving(starlette.install(app)) as at:
        yield at


def everywhere(secret: str) -> dict[str, object]:
    """Return a batch that says the secret in each of its fields."""
    url = f"https://shop.example/{secret}?q={secret}#{secret}"
    return {
        "v": 1,
        "app": secret,
        "release": secret,
        "environment": secret,
        "trace": secret,
        "view": secret,
        "items": [
            {
                "type": "event",
                "name": secret,
                "url": url,
                "referrer": url,
                "props": {secret: secret, "plan": secret},
            },
            {"type": "event", "name": "pageview", "url": url},
            {"type": "vital", "name": "LCP", "value": 1.0, "rating": "good", "url": url},
            {"type": "vital", "name": "CLS", "value": 0.1, "rating": "good", "url": url},
            {"type": "log", "level": "info", "message": secret, "context": {secret: [secret]}},
            {"type": "measure", "name": secret, "duration_ms": 1},
            {
                "type": "error",
                "event": {
                    "event_id": "0" * 31 + "1",
                    "message": secret,
                    "user": {"email": secret},
                    "request": {"url": url, "headers": {"Cookie": secret}},
                    "tags": {"tag": secret},
                    "exception": {"values": [{"type": "Error", "value": secret}]},
                    "breadcrumbs": {"values": [{"category": "ui", "message": secret}]},
                    "extra": {secret: {"deep": [secret]}},
                },
            },
        ],
    }


@pytest.mark.parametrize("kind", SECRETS)
def test_a_secret_said_by_a_browser_does_not_leave(address: str, left: Leaving, kind: str) -> None:
    secret = SECRETS[kind]
    headers = {"User-Agent": f"Mozilla/5.0 {secret}", "X-Request-ID": secret, "Referer": secret}

    answer = httpx.post(
        f"{address}/api/event", content=json.dumps(everywhere(secret)), headers=headers
    )

    assert answer.json() == {"accepted": 7, "dropped": 0}
    assert_gone(secret, left)


@pytest.mark.parametrize("kind", SECRETS)
def test_a_secret_said_in_a_request_does_not_leave(address: str, left: Leaving, kind: str) -> None:
    secret = SECRETS[kind]
    headers = {"User-Agent": secret, "X-Request-ID": secret.replace(" ", ""), "Cookie": secret}

    httpx.post(f"{address}/fail/{secret}", params={"q": secret}, content=secret, headers=headers)

    assert eventually(lambda: any(line.message == "request served" for line in left.logs))
    assert any(line.level == "error" for line in left.logs)
    assert_gone(secret, left)


def assert_gone(secret: str, left: Leaving) -> None:
    """Fail when the secret is in what left, in any spelling, or in the metrics."""
    gone = "\n".join(
        [payload.decode() for payload in left.payloads]
        + [render(REGISTRY).decode(), render(REGISTRY, "openmetrics").decode()]
    )
    spellings = {secret, secret.replace(" ", ""), secret.replace(" ", "%20"), secret.upper()}
    shown = [
        gone[max(found.start() - 60, 0) : found.end()]
        for spelled in spellings
        for found in re.finditer(re.escape(spelled), gone)
    ]
    assert shown == []

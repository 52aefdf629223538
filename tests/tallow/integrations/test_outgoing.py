"""The correlation id goes on to the next service, with either client."""

import re
from collections.abc import Iterator

import httpx
import pytest
import requests
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from tallow.context import correlation_scope
from tallow.integrations.httpx import correlated as correlated_httpx
from tallow.integrations.requests import correlated as correlated_requests
from tallow.metrics import REGISTRY
from tallow.metrics.exposition import render
from tests.tallow.integrations.serving import serving

TRACE_ID = "4bf92f3577b34da6a3ce929d0e0e4736"


async def show(request: Request) -> JSONResponse:
    return JSONResponse(dict(request.headers))


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with serving(Starlette(routes=[Route("/", show)])) as at:
        yield at


def by_httpx(address: str, headers: dict[str, str]) -> dict[str, str]:
    with correlated_httpx(httpx.Client()) as client:
        return client.get(address, headers=headers).json()


def by_requests(address: str, headers: dict[str, str]) -> dict[str, str]:
    with correlated_requests(requests.Session()) as session:
        return session.get(address, headers=headers).json()


BOTH = pytest.mark.parametrize("ask", [by_httpx, by_requests], ids=["httpx", "requests"])


@BOTH
def test_a_request_carries_the_id_of_what_is_going_on(address: str, ask: object) -> None:
    with correlation_scope(TRACE_ID):
        seen = ask(address, {})

    assert (seen["x-correlation-id"], seen["x-request-id"]) == (TRACE_ID, TRACE_ID)
    assert re.fullmatch(f"00-{TRACE_ID}-[0-9a-f]{{16}}-01", seen["traceparent"])


@BOTH
def test_an_id_that_is_no_trace_id_goes_on_without_a_parent(address: str, ask: object) -> None:
    with correlation_scope("req-1"):
        seen = ask(address, {})

    assert seen["x-correlation-id"] == "req-1"
    assert "traceparent" not in seen


@BOTH
def test_outside_of_anything_nothing_is_added(address: str, ask: object) -> None:
    assert "x-correlation-id" not in ask(address, {})


@BOTH
def test_what_the_caller_said_stays(address: str, ask: object) -> None:
    with correlation_scope(TRACE_ID):
        seen = ask(address, {"X-Request-ID": "mine"})

    assert seen["x-request-id"] == "mine"


@BOTH
def test_a_request_to_another_service_is_timed(address: str, ask: object) -> None:
    def count() -> float:
        found = re.findall(r"^tallow_http_client_duration_seconds_count\S+ (\S+)$", page(), re.M)
        return sum(map(float, found))

    def page() -> str:
        return render(REGISTRY).decode()

    before = count()
    ask(address, {})

    assert count() == before + 1


async def test_an_async_client_does_the_same(address: str) -> None:
    async with correlated_httpx(httpx.AsyncClient()) as client:
        with correlation_scope(TRACE_ID):
            seen = (await client.get(address)).json()

    assert seen["x-correlation-id"] == TRACE_ID

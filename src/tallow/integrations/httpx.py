"""httpx clients that carry the correlation id to the next service."""

import time
from collections.abc import Callable
from typing import Any, Final, TypeVar

import httpx

from . import outgoing

__all__ = ["correlated"]

_BEGAN: Final = "tallow_began_s"

Client = TypeVar("Client", httpx.Client, httpx.AsyncClient)


def correlated(client: Client) -> Client:
    """Return `client`, whose requests from now on carry the correlation id and are timed.

    Headers that the caller set stay as they are. Once for each client, and only for clients that
    talk to services of one's own.
    """
    is_async = isinstance(client, httpx.AsyncClient)
    hooks: dict[str, list[Callable[..., Any]]] = client.event_hooks
    client.event_hooks = {
        "request": [*hooks["request"], _mark_later if is_async else _mark],
        "response": [*hooks["response"], _take_later if is_async else _take],
    }
    return client


def _mark(request: httpx.Request) -> None:
    for name, value in outgoing.headers().items():
        request.headers.setdefault(name, value)
    request.extensions = {**request.extensions, _BEGAN: time.perf_counter()}


def _take(response: httpx.Response) -> None:
    request = response.request
    began_s = request.extensions.get(_BEGAN)
    if isinstance(began_s, float):
        took_s = time.perf_counter() - began_s
        outgoing.observe(request.method, request.url.host, response.status_code, took_s)


async def _mark_later(request: httpx.Request) -> None:
    _mark(request)


async def _take_later(response: httpx.Response) -> None:
    _take(response)

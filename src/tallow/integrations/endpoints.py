"""The routes an operator asks: /api/metrics behind its token, and the health probes."""

import asyncio
import zlib
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Final

from tallow import settings
from tallow.health import probes
from tallow.metrics import REGISTRY, runtime
from tallow.metrics.exposition import CONTENT_TYPES, Format, render_slices

from .http import Receive, Scope, Send, answer, answer_json, headers_of, quiet

if TYPE_CHECKING:
    from starlette.routing import Route

__all__ = ["ENDPOINTS", "endpoints_app", "routes"]

_ASK_TOKEN: Final = ((b"www-authenticate", b"Bearer"),)
_ALLOWED: Final = ((b"allow", b"GET, HEAD"),)
_GZIP_FAST: Final = 1
_GZIP_FRAMED: Final = 31


def routes() -> "list[Route]":
    """Return the routes for a Starlette or FastAPI application.

    `Starlette(routes=[*endpoints.routes(), ...])`, or `app.router.routes += endpoints.routes()`.
    """
    from starlette.routing import Route

    return [Route(path, _Endpoint(respond)) for path, respond in ENDPOINTS.items()]


async def endpoints_app(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer the same routes as an ASGI application of its own; other paths get 404."""
    if scope["type"] != "http":
        return
    respond = ENDPOINTS.get(scope["path"])
    if respond is None:
        await answer(send, 404, b"not found")
    else:
        await _Endpoint(respond)(scope, receive, send)


Respond = Callable[[Scope, Send, bool], Awaitable[None]]


class _Endpoint:
    """One route as an ASGI application that knows GET and HEAD."""

    def __init__(self, respond: Respond) -> None:
        self._respond = respond

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        quiet(scope)
        if scope["method"] not in ("GET", "HEAD"):
            await answer(send, 405, b"GET or HEAD", headers=_ALLOWED)
        else:
            runtime.watch_loop()
            await self._respond(scope, send, scope["method"] == "HEAD")


async def _is_let_in(scope: Scope, send: Send, token: str, is_head: bool) -> bool:
    """Return whether the request carries the token, or answer that it does not."""
    if token == "":
        await answer_json(send, 403, {"error": "no token is set here"}, is_head=is_head)
        return False
    said = headers_of(scope).get(b"authorization", b"").decode("latin-1")
    if probes.is_bearer(said, token):
        return True
    await answer_json(send, 401, {"error": "needs its token"}, _ASK_TOKEN, is_head=is_head)
    return False


async def _metrics(scope: Scope, send: Send, is_head: bool) -> None:
    if not await _is_let_in(scope, send, settings.current().metrics_token, is_head):
        return
    headers = headers_of(scope)
    kind = _wanted(headers.get(b"accept", b"").decode("latin-1"))
    zipped = b"gzip" in headers.get(b"accept-encoding", b"")
    said = [
        (b"content-type", CONTENT_TYPES[kind].encode()),
        (b"cache-control", b"no-store"),
        (b"vary", b"accept, accept-encoding"),
    ]
    if zipped:
        said.append((b"content-encoding", b"gzip"))
    await send({"type": "http.response.start", "status": 200, "headers": said})
    if not is_head:
        press = zlib.compressobj(_GZIP_FAST, wbits=_GZIP_FRAMED) if zipped else None
        for piece in render_slices(REGISTRY, kind):
            body = press.compress(piece) if press else piece
            await send({"type": "http.response.body", "body": body, "more_body": True})
            await asyncio.sleep(0)  # others on this loop go first
        rest = press.flush() if press else b""
        await send({"type": "http.response.body", "body": rest})
    else:
        await send({"type": "http.response.body", "body": b""})


def _wanted(accept: str) -> Format:
    """Return the format an `Accept` header likes best; text when it does not say.

    >>> _wanted("application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.2")
    'openmetrics'
    """
    best: tuple[float, Format] = (0.0, "text")
    for part in accept.split(","):
        kind, *parameters = (one.strip() for one in part.split(";"))
        weight = 1.0
        for parameter in parameters:
            name, _, value = parameter.partition("=")
            if name.strip() == "q":
                weight = _weight(value)
        if kind == "application/openmetrics-text" and weight > best[0]:
            best = (weight, "openmetrics")
        elif kind in ("text/plain", "text/*", "*/*") and weight > best[0]:
            best = (weight, "text")
    return best[1]


def _weight(said: str) -> float:
    try:
        return min(max(float(said), 0.0), 1.0)
    except ValueError:
        return 0.0


async def _liveness(_: Scope, send: Send, is_head: bool) -> None:
    said = probes.liveness()
    await answer_json(send, said.status, said.body, is_head=is_head)


async def _readiness(_: Scope, send: Send, is_head: bool) -> None:
    said = await probes.readiness()
    await answer_json(send, said.status, said.body, is_head=is_head)


async def _health(_: Scope, send: Send, is_head: bool) -> None:
    said = await probes.health()
    await answer_json(send, said.status, said.body, is_head=is_head)


async def _detailed(scope: Scope, send: Send, is_head: bool) -> None:
    if await _is_let_in(scope, send, settings.current().health_check_token, is_head):
        said = await probes.detailed()
        await answer_json(send, said.status, said.body, is_head=is_head)


ENDPOINTS: Final[dict[str, Respond]] = {
    "/api/metrics": _metrics,
    "/api/health": _health,
    "/api/health/liveness": _liveness,
    "/api/health/readiness": _readiness,
    "/api/ready": _readiness,
    "/api/health/detailed": _detailed,
}
"""Path → what answers it."""

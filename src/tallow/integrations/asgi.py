"""The middleware for any ASGI application: correlation, timings, errors, access log."""

import asyncio
import re
import time
from typing import Final, TypeAlias

from tallow.analytics import visitor_scope
from tallow.context import (
    correlation_scope,
    is_correlation_id,
    new_correlation_id,
    parse_traceparent,
    traceparent,
)
from tallow.errors.capture import capture_exception
from tallow.logs import logger
from tallow.metrics import Counter, Gauge, Histogram, runtime

from .http import ASGIApp, Headers, Message, Receive, Scope, Send, headers_of, visitor_of
from .route_names import RouteNames

__all__ = ["TallowMiddleware"]

Pairs: TypeAlias = tuple[tuple[bytes, bytes], ...]

_METHODS: Final = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
_ROUTES: Final = 200
_LETTER: Final = re.compile(r"[A-Za-z]")
_GONE: Final = 499
"""The status of a request whose client left before it was answered, as nginx says it."""

_durations: Final = Histogram(
    "tallow_http_request_duration_seconds",
    "How long HTTP requests took, until the last byte was handed over.",
    {"method": _METHODS, "route": _ROUTES, "status": 60},
    most_series=2000,
)
_under_way: Final = Gauge("tallow_http_requests_active", "HTTP requests under way.")
_sockets: Final = Counter(
    "tallow_websocket_connections_total",
    "WebSocket connections ended, by how.",
    {"route": _ROUTES, "outcome": ("closed", "refused", "failed")},
)
_open_sockets: Final = Gauge("tallow_websocket_connections_active", "WebSocket connections open.")


class _State:
    """What the middleware keeps of one request, where inner parts can reach it."""

    __slots__ = ("is_quiet", "status")

    def __init__(self) -> None:
        self.is_quiet = False
        self.status = 0


class TallowMiddleware:
    """Watches one ASGI application: `app = TallowMiddleware(app)`.

    Takes the correlation id of a request over (`traceparent`, `X-Request-ID`,
    `X-Correlation-ID`) or makes one, and says it in the response. An exception that leaves the
    application is captured and goes on unchanged. As the outermost layer it also marks the
    response of a server error; inside `add_middleware` it does not see that one.
    """

    def __init__(self, app: ASGIApp, *, access_log: bool = True) -> None:
        self.app = app
        self._access_log = access_log
        self._names: RouteNames | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection of any kind."""
        kind = scope["type"]
        if kind not in ("http", "websocket"):
            runtime.watch_loop()
            await self.app(scope, receive, send)
            return
        headers = headers_of(scope)
        if self._names is None:
            self._names = RouteNames(scope.get("app") or self.app)
        scope["tallow"] = state = _State()
        with (
            correlation_scope(_said_id(headers)) as correlation,
            visitor_scope(visitor_of(scope, headers)),
        ):
            if kind == "http":
                await self._serve(scope, receive, send, state, correlation)
            else:
                await self._serve_socket(scope, receive, send, state, correlation)

    async def _serve(
        self, scope: Scope, receive: Receive, send: Send, state: _State, correlation: str
    ) -> None:
        said = _response_headers(correlation)

        async def send_marked(message: Message) -> None:
            if message["type"] == "http.response.start":
                state.status = message["status"]
                message["headers"] = _joined(message, said)
            await send(message)

        _under_way.inc()
        start_s = time.perf_counter()
        try:
            await self.app(scope, receive, send_marked)
        except asyncio.CancelledError:
            state.status = state.status or _GONE
            raise
        except Exception as error:
            state.status = 500
            self._capture(error, scope)
            raise
        finally:
            _under_way.dec()
            if not state.is_quiet:
                self._tell(scope, state, correlation, time.perf_counter() - start_s)

    def _tell(self, scope: Scope, state: _State, correlation: str, took_s: float) -> None:
        route, status = self._route(scope), state.status or 500
        method = scope["method"]
        _durations.labels(method, route, status).observe(took_s, correlation)
        if self._access_log:
            say = logger.info if status < 500 else logger.warning
            say(
                "request served",
                method=method,
                route=route,
                status=status,
                performance={"duration_s": round(took_s, 6)},
            )

    async def _serve_socket(
        self, scope: Scope, receive: Receive, send: Send, state: _State, correlation: str
    ) -> None:
        said = _response_headers(correlation)
        outcome = "refused"

        async def send_marked(message: Message) -> None:
            nonlocal outcome
            if message["type"] == "websocket.accept":
                message["headers"] = _joined(message, said)
                await send(message)
                outcome = "closed"
                _open_sockets.inc()
            else:
                await send(message)

        start_s = time.perf_counter()
        was_open = False
        try:
            await self.app(scope, receive, send_marked)
            was_open = outcome == "closed"
        except Exception as error:
            was_open, outcome = outcome == "closed", "failed"
            self._capture(error, scope)
            raise
        except BaseException:
            was_open = outcome == "closed"
            raise
        finally:
            if was_open:
                _open_sockets.dec()
            route = self._route(scope)
            _sockets.labels(route, outcome).inc()
            if self._access_log and not state.is_quiet:
                logger.info(
                    "socket ended",
                    route=route,
                    outcome=outcome,
                    performance={"duration_s": round(time.perf_counter() - start_s, 6)},
                )

    def _route(self, scope: Scope) -> str:
        return self._names.name(scope) if self._names is not None else ""

    def _capture(self, error: Exception, scope: Scope) -> None:
        said = {"route": self._route(scope), "method": scope.get("method", "")}
        capture_exception(error, said, handled=False)


def _said_id(headers: Headers) -> str:
    """Return the correlation id a request carries, or a new one."""
    parent = headers.get(b"traceparent")
    if parent is not None:
        trace_id = parse_traceparent(parent.decode("latin-1"))
        if trace_id:
            return trace_id
    for name in (b"x-request-id", b"x-correlation-id"):
        said = headers.get(name)
        if said is not None:
            text = said.decode("latin-1")
            # Digits alone may be somebody's number, and an id is where no rule looks for one.
            if is_correlation_id(text) and _LETTER.search(text):
                return text
    return new_correlation_id()


def _joined(message: Message, said: Pairs) -> list[tuple[bytes, bytes]]:
    """Return the headers of a response with ours; what the application said itself stays."""
    theirs = list(message.get("headers", ()))
    names = {name for name, _ in theirs}
    return theirs + [pair for pair in said if pair[0] not in names or pair[0] == b"server-timing"]


def _response_headers(correlation: str) -> Pairs:
    """Return what a response says of its correlation id, for people, proxies and our script."""
    value = correlation.encode()
    parent = traceparent(correlation)
    said = ((b"x-request-id", value), (b"x-correlation-id", value))
    if parent:
        return (*said, (b"server-timing", f'traceparent;desc="{parent}"'.encode()))
    return said

"""The first-party door for browsers: POST /api/event takes what the page has to tell."""

import hashlib
import math
import os
import re
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Final, TypeAlias
from urllib.parse import urlsplit

import orjson

from tallow import analytics, performance, pipeline, settings
from tallow.exceptions import WireError
from tallow.metrics import INTERNAL_ERRORS, Counter
from tallow.records import ErrorItem, LogLine, PageEvent, Vital
from tallow.wire import beacon as wire
from tallow.wire import plausible

from .http import (
    Headers,
    Receive,
    Scope,
    Send,
    answer,
    answer_json,
    client_address,
    headers_of,
    is_proxied,
    quiet,
    visitor_of,
)
from .sdk_files import PREFIX, SdkFiles, sdk_tag

if TYPE_CHECKING:
    from starlette.routing import Route

__all__ = ["Beacon", "Bucket", "routes", "sdk_tag"]

_MOST_BYTES: Final = 64 * 1024
_MOST_ADDRESSES: Final = 10_000

_received: Final = Counter(
    "tallow_beacon_items_total",
    "Items browsers sent.",
    {"kind": ("event", "vital", "error", "log", "measure")},
)
_refused: Final = Counter(
    "tallow_beacon_refused_total",
    "Batches of browsers that were not taken.",
    {"reason": ("origin", "size", "rate", "shape", "method")},
)
_declined: Final = Counter(
    "tallow_beacon_declined_total", "Items not taken because the browser said DNT or GPC."
)
_BY_OTHERS: Final = frozenset({"release", "dist", "build"})
_RELEASE: Final = re.compile(
    r"(?:[a-z][a-z-]{0,30}@)?"
    r"(?:v?[0-9]{1,4}\.[0-9]{1,4}(?:\.[0-9]{1,6})?(?:[-+.]?(?:alpha|beta|rc|dev|post)\.?[0-9]{0,4})?"
    r"|(?=[0-9]*[a-f])[0-9a-f]{7,12}|(?=[0-9]*[a-f])[0-9a-f]{40})"
)
"""A version of up to three numbers or the name of a commit; too short to name anybody."""
_PREFLIGHT: Final = (
    (b"access-control-allow-methods", b"POST"),
    (b"access-control-allow-headers", b"content-type"),
    (b"access-control-max-age", b"86400"),
)
_Pairs: TypeAlias = tuple[tuple[bytes, bytes], ...]


class Bucket:
    """Lets each address through at `rate_per_s`, with `burst` at once; knows only its hash.

    The key of the hash is this process's own. At most 10,000 addresses are remembered, those
    seen longest ago go first.
    """

    def __init__(
        self,
        rate_per_s: float = 4.0,
        burst: float = 120.0,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._rate_per_s = rate_per_s
        self._burst = burst
        self._now = now
        self._key = os.urandom(32)
        self._levels: OrderedDict[bytes, tuple[float, float]] = OrderedDict()

    def take(self, address: str) -> float:
        """Take one and return 0, or return the seconds until there is one again."""
        who = self.hash(_network(address))
        now_s = self._now()
        level, at_s = self._levels.pop(who, (self._burst, now_s))
        level = min(self._burst, level + (now_s - at_s) * self._rate_per_s)
        wait_s = 0.0 if level >= 1 else (1 - level) / self._rate_per_s
        self._levels[who] = (level if wait_s else level - 1, now_s)
        if len(self._levels) > _MOST_ADDRESSES:
            self._levels.popitem(last=False)
        return wait_s

    def hash(self, text: str) -> bytes:
        """Return what stands for `text` in this process, and means nothing in any other."""
        return hashlib.blake2b(text.encode(), key=self._key, digest_size=8).digest()


def _network(address: str) -> str:
    """Return who shares a bucket: an IPv4 address, or the /64 of an IPv6 one."""
    if ":" not in address or "." in address:
        return address
    head, _, tail = address.partition("::")
    groups = head.split(":") if head else []
    missing = 8 - len(groups) - (len(tail.split(":")) if tail else 0)
    full = groups + ["0"] * max(missing, 0) if "::" in address else groups
    return ":".join(full[:4])


class Beacon:
    """The door as an ASGI application. `allowed_origins` are let in besides the site's own."""

    def __init__(
        self,
        *,
        allowed_origins: tuple[str, ...] = (),
        bucket: Bucket | None = None,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._allowed = frozenset(origin.rstrip("/").lower() for origin in allowed_origins)
        self._bucket = bucket or Bucket()
        self._now = now
        self._sessions = analytics.Sessions()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 202 to what was taken, 4xx with a reason to what was not, never 5xx."""
        quiet(scope)
        headers = headers_of(scope)
        cors = self._cors(headers)
        if not self._is_ours(scope, headers):
            await _refuse(send, 403, "origin", "comes from another site", cors)
            return
        if scope["method"] == "OPTIONS":
            await answer(send, 204, headers=(*cors, *_PREFLIGHT))
            return
        if scope["method"] != "POST":
            await _refuse(send, 405, "method", "is not POST", (*cors, (b"allow", b"POST, OPTIONS")))
            return
        wait_s = self._bucket.take(client_address(scope, headers))
        if wait_s:
            retry = (b"retry-after", str(math.ceil(wait_s)).encode())
            await _refuse(send, 429, "rate", "comes too often", (*cors, retry))
            return
        body = await _body(receive, headers)
        if body is None:
            await _refuse(send, 413, "size", f"is larger than {_MOST_BYTES} bytes", cors)
            return
        await self._take(scope, headers, body, send, cors)

    async def _take(
        self, scope: Scope, headers: Headers, body: bytes, send: Send, cors: _Pairs
    ) -> None:
        try:
            items, dropped, is_batch = self._read(headers, body)
        except WireError as error:
            await _refuse(send, 400, "shape", str(error), cors)
            return
        visitor = visitor_of(scope, headers)
        accepted = 0
        with analytics.visitor_scope(visitor):
            for item in items:
                if visitor.declines and not _is_essential(item):
                    _declined.inc()
                    dropped += 1
                elif self._send_on(item, visitor):
                    accepted += 1
                else:
                    dropped += 1
        if is_batch:
            await answer_json(send, 202, {"accepted": accepted, "dropped": dropped}, cors)
        else:
            said = ((b"x-plausible-dropped", b"1"),) if dropped else ()
            await answer(send, 202, b"ok", headers=(*cors, *said))

    def _send_on(self, item: wire.BeaconItem, visitor: analytics.Visitor) -> bool:
        """Send one item down its road; say whether that went well. A failure is only counted."""
        try:
            self._follow(item, visitor)
            _emit(_of_ours(item, visitor.declines))
        except Exception:  # noqa: BLE001  # a browser is never told that we failed
            INTERNAL_ERRORS.labels("integrations").inc()
            return False
        return True

    def _follow(self, item: wire.BeaconItem, visitor: analytics.Visitor) -> None:
        """Take an event into the visit it belongs to; known by a hash that no one else can make."""
        if isinstance(item, PageEvent):
            who = self._bucket.hash(f"{visitor.address}\n{visitor.user_agent}").hex()
            if item.name == "pageview":
                self._sessions.page(who, _path(item.url))
            elif item.interactive:
                self._sessions.interaction(who)

    def _read(self, headers: Headers, body: bytes) -> tuple[tuple[wire.BeaconItem, ...], int, bool]:
        """Return the items of a body, how many made no sense, and whether it is a batch.

        Raises:
            WireError: neither a batch nor an event.
        """
        try:
            shape = orjson.loads(body)
        except ValueError:
            raise WireError("beacon", "is not JSON", "a batch or an event") from None
        if not isinstance(shape, dict):
            raise WireError("beacon", "is not an object", "a batch or an event")
        now_s = self._now()
        site = settings.current().plausible_domain
        domain = site or _host(headers).partition(":")[0]
        if wire.is_batch(shape):
            batch = wire.decode_batch(body, now_s, domain)
            return batch.items, batch.dropped, True
        if site or not ("d" in shape or "domain" in shape):
            # Which site it counts for is ours to say: others may share the same Plausible.
            shape = {**shape, "d": domain}
        return (plausible.decode_shape(shape, now_s),), 0, False

    def _is_ours(self, scope: Scope, headers: Headers) -> bool:
        """Return whether a page of this site, or no page at all, sent the request."""
        said = headers.get(b"origin")
        if said is None:
            return headers.get(b"sec-fetch-site", b"") != b"cross-site"
        origin = said.decode("latin-1").lower()
        if origin in self._allowed:
            return True
        hosts = {_host(headers)}
        if is_proxied(scope):
            hosts.add(headers.get(b"x-forwarded-host", b"").decode("latin-1").lower())
        return origin != "null" and _netloc(origin) in {_without_port(host) for host in hosts}

    def _cors(self, headers: Headers) -> _Pairs:
        said = headers.get(b"origin", b"")
        if said.decode("latin-1").lower() not in self._allowed:
            return ()
        return ((b"access-control-allow-origin", said), (b"vary", b"origin"))


def _host(headers: Headers) -> str:
    return headers.get(b"host", b"").decode("latin-1").lower()


def _netloc(origin: str) -> str:
    try:
        return _without_port(urlsplit(origin).netloc)
    except ValueError:
        return ""


def _path(url: str) -> str:
    try:
        return urlsplit(url).path
    except ValueError:  # brackets that hold no address
        return ""


def _without_port(host: str) -> str:
    """Return a host without the ports that go without saying."""
    return host.removesuffix(":443").removesuffix(":80")


async def _body(receive: Receive, headers: Headers) -> bytes | None:
    """Return the body, or None as soon as it is too large."""
    length = headers.get(b"content-length", b"0")
    if not length.isdigit() or int(length) > _MOST_BYTES:
        return None
    parts, size = [], 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return b""
        part = message.get("body", b"")
        size += len(part)
        if size > _MOST_BYTES:
            return None
        parts.append(part)
        if not message.get("more_body", False):
            return b"".join(parts)


async def _refuse(send: Send, status: int, reason: str, problem: str, said: _Pairs) -> None:
    _refused.labels(reason).inc()
    await answer_json(send, status, {"error": problem}, said)


def _is_essential(item: wire.BeaconItem) -> bool:
    """Return whether an item leaves for someone who asked not to be measured: errors and logs."""
    return isinstance(item, ErrorItem | LogLine)


def _of_ours(item: wire.BeaconItem, declines: bool) -> wire.BeaconItem:
    """Return an item whose release is one that could be ours; without a user if he `declines`.

    A page says its own, as a deployment may be younger than a page that is open. But it is a
    stranger who says so, and the names of releases are not for the scrubber to change.
    """
    if isinstance(item, ErrorItem):
        left_out = _BY_OTHERS | {"user"} if declines else _BY_OTHERS
        payload = {key: value for key, value in item.payload.items() if key not in left_out}
        release = _release(item.payload.get("release"))
        return replace(item, payload={**payload, **({"release": release} if release else {})})
    if isinstance(item, LogLine) and "release" in item.metadata:
        release = _release(item.metadata["release"])
        return replace(item, metadata={**item.metadata, "release": release})
    return item


def _release(said: object) -> str:
    is_plain = isinstance(said, str) and _RELEASE.fullmatch(said) is not None
    return str(said) if is_plain else settings.current().release


def _emit(item: wire.BeaconItem) -> None:
    match item:
        case PageEvent():
            kind = "event"
            analytics.send(item)
        case Vital():
            kind = "vital"
            performance.record_vital(item)
        case wire.Measure():
            kind = "measure"
            performance.record(item.name, item.duration_s, source="browser")
        case ErrorItem():
            kind = "error"
            pipeline.emit(item)
        case LogLine():
            kind = "log"
            pipeline.emit(item)
    _received.labels(kind).inc()


def routes(beacon: Beacon | None = None) -> "list[Route]":
    """Return the routes for a Starlette or FastAPI application: the door and the SDK's files."""
    from starlette.routing import Route

    return [
        Route("/api/event", beacon or Beacon()),
        Route(PREFIX + "{file}", SdkFiles()),
    ]

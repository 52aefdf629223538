"""Every ingest request comes here first: key, size, unpacking, rate; then it is scrubbed again."""

import asyncio
import hmac
import ipaddress
import logging
import math
from base64 import b64decode
from collections.abc import Awaitable, Callable, Sequence
from typing import Final, Literal, TypeVar
from urllib.parse import unquote

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from tallow import scrub
from tallow.exceptions import WireError
from tallow.metrics import Counter
from tallow.records import Clean, ErrorItem, JsonValue, LogLine, PageEvent, Vital
from tallow_console.settings import ConsoleSettings
from tallow_console.spool import DiskFullError, Spool, SpoolFullError, TableRow

from .rates import Rates
from .unpacking import TooLargeError, UnpackError, unpack, unsnap

__all__ = [
    "Gate",
    "Handler",
    "RefusedError",
    "basic_or_bearer",
    "clean",
    "clean_json",
    "clean_text",
    "door",
]

Handler = Callable[[Request], Awaitable[Response]]
Protocol = Literal["sentry", "loki", "plausible", "prometheus"]
R = TypeVar("R", LogLine, ErrorItem, PageEvent, Vital)

_CORS: Final = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "POST, OPTIONS",
    "Access-Control-Allow-Headers": (
        "Authorization, Content-Type, Content-Encoding, X-Requested-With, X-Sentry-Auth, "
        "sentry-trace, baggage"
    ),
    "Access-Control-Expose-Headers": "Retry-After, X-Sentry-Rate-Limits, X-Sentry-Error",
    "Access-Control-Max-Age": "3600",
    "Cross-Origin-Resource-Policy": "cross-origin",
}
_SMALL_BYTES: Final = 64 * 1024
_FULL_WAIT_S: Final = 5
_OUTCOMES: Final = {
    401: "unauthorised",
    403: "unauthorised",
    413: "too_large",
    429: "limited",
    503: "failed",
}

REQUESTS: Final = Counter(
    "tallow_console_requests_total",
    "Ingest requests, by protocol and by how they ended.",
    labels={
        "protocol": ("sentry", "loki", "plausible", "prometheus"),
        "outcome": ("kept", "malformed", "unauthorised", "too_large", "limited", "full", "failed"),
    },
)
_log = logging.getLogger(__name__)


class RefusedError(Exception):
    """A request that is not taken: its status, a reason that quotes nothing, extra headers."""

    def __init__(self, status: int, reason: str, retry_after_s: float = 0.0) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason
        self.retry_after_s = retry_after_s


class Gate:
    """Keys, limits and rates of one console. Called on the event loop only."""

    def __init__(self, settings: ConsoleSettings, spool: Spool) -> None:
        self._settings = settings
        self._spool = spool
        if settings.hash_key:
            scrub.configure(scrub.Policy(hash_key=settings.hash_key))
        self._keys = tuple(key.encode() for key in settings.ingest_keys)
        self.event_max_bytes = settings.event_max_bytes
        self._heavy = asyncio.Semaphore(1)
        self._rates = Rates(settings.requests_per_s)
        self._sites = frozenset(site.lower().removeprefix("www.") for site in settings.sites)
        self._proxies = tuple(ipaddress.ip_network(one) for one in settings.trusted_proxies)

    def check_key(self, said: str) -> None:
        """Let a sender with a right key pass, at its rate.

        Raises:
            RefusedError: 401 without a key, 403 with a wrong one, 429 when it comes too often.
        """
        if not said:
            raise RefusedError(401, "no key; expected the one of the DSN or of the address")
        known = [hmac.compare_digest(said.encode("utf-8", "replace"), key) for key in self._keys]
        if not any(known):
            raise RefusedError(403, "a key that is not known here")
        self.check_rate(said)

    def check_rate(self, sender: str) -> None:
        """Take one request off what a sender may make.

        Raises:
            RefusedError: 429, with the time to wait.
        """
        wait_s = self._rates.wait_s(sender)
        if wait_s > 0:
            raise RefusedError(429, "too many requests", retry_after_s=wait_s)

    async def body(self, request: Request, snappy: bool = False) -> bytes:
        """Return the request's body, unpacked; neither form may be over the limit.

        Raises:
            RefusedError: 413 when it is, 400 when it is not what `Content-Encoding` says.
        """
        limit = self._settings.body_max_bytes
        packed = bytearray()
        async for piece in request.stream():
            packed += piece
            if len(packed) > limit:
                raise RefusedError(413, f"the body is over {limit} bytes")
        try:
            encoding = request.headers.get("content-encoding", "")
            if snappy:
                encoding = "" if encoding.lower() == "snappy" else encoding
                return unsnap(unpack(bytes(packed), encoding, limit), limit)
            return unpack(bytes(packed), encoding, limit)
        except TooLargeError:
            raise RefusedError(413, f"the body unpacks to over {limit} bytes") from None
        except UnpackError:
            raise RefusedError(400, "the body is not what its Content-Encoding says") from None

    async def work(self, size_bytes: int, make: Callable[[], list[TableRow]]) -> list[TableRow]:
        """Return what `make` makes of a body: small ones here, large ones beside, one at a time.

        A push of megabytes takes seconds to scrub, in which others want to be answered.
        """
        if size_bytes < _SMALL_BYTES:
            return make()
        async with self._heavy:
            return await asyncio.to_thread(make)

    async def keep(self, rows: Sequence[TableRow]) -> None:
        """Return once the rows are on disk: only then may the sender hear that they arrived.

        Raises:
            SpoolFullError, DiskFullError: they are not; nothing of them is.
        """
        await asyncio.wrap_future(self._spool.append(rows))

    def check_size(self, what: str, size_bytes: int) -> None:
        """Let one event or line pass that is not too large.

        Raises:
            RefusedError: 413.
        """
        if size_bytes > self.event_max_bytes:
            raise RefusedError(413, f"{what} is over {self.event_max_bytes} bytes")

    def knows_site(self, domain: str) -> bool:
        """Return whether page views of this site are taken."""
        return domain.lower().removeprefix("www.") in self._sites

    def address(self, request: Request) -> str:
        """Return who the request is from; forwarded addresses count behind trusted proxies only."""
        peer = request.client.host if request.client else ""
        forwarded = request.headers.get("x-forwarded-for", "").split(",")
        while forwarded and self._is_trusted(peer):
            said = forwarded.pop().strip()
            try:
                peer = str(ipaddress.ip_address(said))
            except ValueError:
                break
        return peer

    def _is_trusted(self, address: str) -> bool:
        try:
            parsed = ipaddress.ip_address(address)
        except ValueError:
            return False
        return parsed.is_loopback or any(parsed in network for network in self._proxies)


def clean(record: R) -> Clean[R]:
    """Scrub a record again, whoever says it was scrubbed: the console's only way to a `Clean`."""
    return scrub.clean(record)


def clean_text(text: str) -> str:
    """Return text that came with a signal, scrubbed: a label value, a unit."""
    return scrub.clean_text(text).value


def clean_json(value: JsonValue) -> JsonValue:
    """Return a JSON value from outside, scrubbed: a health report."""
    return scrub.clean_json(value).value


def basic_or_bearer(header: str) -> str:
    """Return the key of an `Authorization` header: the password of Basic, or the Bearer token.

    Basic without a password gives its user name, as addresses with only a key are written.
    """
    scheme, _, rest = header.partition(" ")
    if scheme.lower() == "bearer":
        return rest.strip()
    if scheme.lower() != "basic":
        return ""
    try:
        user, _, password = b64decode(rest, validate=True).decode("utf-8").partition(":")
    except ValueError:
        return ""
    return unquote(password or user)


def door(protocol: Protocol, handle: Handler) -> Handler:
    """Return an endpoint that answers OPTIONS, lets any page call it, and never fails with a 500.

    Bytes that are not what the protocol says give 400, a full spool 429, a full disk 503.
    """

    async def endpoint(request: Request) -> Response:
        if request.method == "OPTIONS":
            return Response(status_code=204, headers=_CORS)
        response, outcome = await _answer(protocol, handle, request)
        REQUESTS.labels(protocol=protocol, outcome=outcome).inc()
        response.headers.update(_CORS)
        return response

    return endpoint


async def _answer(protocol: Protocol, handle: Handler, request: Request) -> tuple[Response, str]:
    try:
        return await handle(request), "kept"
    except RefusedError as error:
        refused = error
    except WireError as error:
        refused = RefusedError(400, str(error))
    except SpoolFullError as error:
        refused = RefusedError(429, str(error), retry_after_s=_FULL_WAIT_S)
        return _refusal(protocol, refused), "full"
    except DiskFullError as error:
        refused = RefusedError(503, str(error), retry_after_s=_FULL_WAIT_S)
        return _refusal(protocol, refused), "full"
    except ClientDisconnect:
        return Response(status_code=400), "malformed"
    except Exception as error:  # noqa: BLE001  # an odd shape must not be the sender's 5xx
        # The type alone: the message may quote what has not been scrubbed.
        _log.warning("request not understood", extra={"error": type(error).__name__})
        return _refusal(protocol, RefusedError(400, "the body could not be read")), "failed"
    return _refusal(protocol, refused), _OUTCOMES.get(refused.status, "malformed")


def _refusal(protocol: Protocol, error: RefusedError) -> Response:
    """Return the refusal as the clients of a protocol read it."""
    headers = {}
    if error.retry_after_s > 0:
        seconds = math.ceil(error.retry_after_s)
        headers["Retry-After"] = str(seconds)
        if protocol == "sentry":
            headers["X-Sentry-Rate-Limits"] = f"{seconds}::organization"
    if protocol == "sentry":
        headers["X-Sentry-Error"] = error.reason
        return JSONResponse({"detail": error.reason}, error.status, headers)
    if protocol == "plausible" and error.status == 400:
        return JSONResponse({"errors": {"request": [error.reason]}}, 400, headers)
    return Response(error.reason + "\n", error.status, headers, media_type="text/plain")

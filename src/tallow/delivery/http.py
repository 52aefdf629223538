"""How a parcel travels: one pool, gzip, time-outs, no redirects; an answer, never an exception."""

import time
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tallow.records import Parcel

from .retry import retry_after_s

if TYPE_CHECKING:
    import urllib3

__all__ = ["Http", "Reply"]

_COMPRESS_FROM_BYTES: Final = 1400
_CONNECT_S: Final = 3.0
_SHORTEST_S: Final = 0.1
_MOST_READ_BYTES: Final = 64 * 1024


@dataclass(frozen=True, slots=True)
class Reply:
    """What became of a parcel: an HTTP status, or 0 and why there was none."""

    status: int
    retry_after_s: float = 0.0
    problem: str = ""


class Http:
    """Posts parcels, one at a time. Belongs to the shipper's thread."""

    def __init__(self, timeout_s: float) -> None:
        self._timeout_s = max(timeout_s, _SHORTEST_S)
        self._pool: urllib3.PoolManager | None = None

    def post(self, parcel: Parcel) -> Reply:
        """Send one parcel and return the answer, or what kept one from coming."""
        import urllib3  # late: `import tallow` must be quick

        if self._pool is None:
            self._pool = urllib3.PoolManager(num_pools=8, maxsize=1, retries=False)
        headers, body = dict(parcel.headers), parcel.body
        if parcel.may_compress and len(body) >= _COMPRESS_FROM_BYTES:
            body = _gzip(body)
            headers["Content-Encoding"] = "gzip"
        wait = urllib3.Timeout(connect=min(_CONNECT_S, self._timeout_s), read=self._timeout_s)
        try:
            answer = self._pool.request(
                "POST",
                parcel.url,
                body=body,
                headers=headers,
                timeout=wait,
                redirect=False,
                preload_content=False,
            )
            try:
                answer.read(_MOST_READ_BYTES, decode_content=False)
            finally:
                answer.release_conn()
        except (urllib3.exceptions.HTTPError, OSError, ValueError) as error:
            return Reply(0, problem=type(error).__name__)
        return Reply(answer.status, _asked_wait_s(answer.headers))

    def close(self) -> None:
        """Close the connections; a later post opens new ones."""
        if self._pool is not None:
            self._pool.clear()
            self._pool = None

    def forget(self) -> None:
        """Let go of connections that belong to the parent process, without closing them."""
        self._pool = None


def _gzip(body: bytes) -> bytes:
    packer = zlib.compressobj(level=1, wbits=31)
    return packer.compress(body) + packer.flush()


def _asked_wait_s(headers: "urllib3.HTTPHeaderDict") -> float:
    """Return the wait asked for by `Retry-After`, or else by Sentry's own header, or 0."""
    said = headers.get("Retry-After", "")
    if not said:
        said = headers.get("X-Sentry-Rate-Limits", "").partition(":")[0].strip()
    if not said:
        return 0.0
    try:
        return retry_after_s(said, time.time())
    except (TypeError, ValueError):
        return 0.0

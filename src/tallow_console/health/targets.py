"""Asks every target how it is, and keeps the answer."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Iterable
from typing import Final
from urllib.parse import urlsplit

import orjson
from urllib3 import PoolManager, Timeout
from urllib3.exceptions import HTTPError

from tallow.records import JsonValue
from tallow_console.store import Row

from .tables import row

__all__ = ["Prober"]

_PATH: Final = "/api/health/detailed"
_MOST_BYTES: Final = 256 * 1024
_TIMEOUT_S: Final = 4.0
_STATUSES: Final = frozenset({"healthy", "degraded", "unhealthy"})
_log = logging.getLogger(__name__)


class Prober:
    """Asks targets for their detailed health at an interval.

    `keep` stores rows of `health_reports`; `clean` scrubs what a target said.
    """

    def __init__(
        self,
        targets: Iterable[str],
        token: str,
        interval_s: float,
        clean: Callable[[JsonValue], JsonValue],
        keep: Callable[[list[Row]], Awaitable[None]],
    ) -> None:
        self._targets = tuple(target.rstrip("/") for target in targets)
        self._interval_s = interval_s
        self._clean = clean
        self._keep = keep
        self._pool = PoolManager(
            retries=False,
            timeout=Timeout(total=_TIMEOUT_S),
            headers={"User-Agent": "Tallow console"}
            | ({"Authorization": f"Bearer {token}"} if token else {}),
        )

    async def run(self) -> None:
        """Ask every target at the interval until cancelled."""
        await asyncio.gather(*(self._follow(target) for target in self._targets))

    async def _follow(self, target: str) -> None:
        while True:
            try:
                await self._keep([await asyncio.to_thread(self.ask, target)])
            except Exception as error:  # noqa: BLE001  # the next question may go better
                _log.warning("health report not kept: %s", type(error).__name__)
            await asyncio.sleep(self._interval_s)

    def ask(self, target: str) -> Row:
        """Return what one target says now; one that says nothing is `unreachable`."""
        began_s, tick = time.time(), time.monotonic()
        report: JsonValue = {}
        status = "unreachable"
        try:
            response = self._pool.request("GET", target + _PATH, preload_content=False)
            try:
                report = self._clean(orjson.loads(response.read(_MOST_BYTES)))
            finally:
                response.release_conn()
            said = report.get("status") if isinstance(report, dict) else None
            status = said if said in _STATUSES else _by_code(response.status)
        except (HTTPError, OSError):
            report = {"problem": "did not answer"}
        except orjson.JSONDecodeError:
            status, report = "unhealthy", {"problem": "did not answer with JSON"}
        took_ms = (time.monotonic() - tick) * 1000
        return row(urlsplit(target).netloc, str(status), took_ms, report, began_s)


def _by_code(code: int) -> str:
    """Return what an answer without a status of ours means."""
    return "healthy" if code < 300 else "unhealthy"

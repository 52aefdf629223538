"""Reads the metrics of every target at its interval: what Prometheus does, for who has none."""

import asyncio
import logging
import time
from collections.abc import Callable, Iterable
from typing import Final
from urllib.parse import urlsplit

from urllib3 import BaseHTTPResponse, PoolManager, Timeout
from urllib3.exceptions import HTTPError

from tallow.exceptions import WireError
from tallow.wire.prometheus import MetricFamily, Sample, parse

from .tables import SeriesBook, series_id

__all__ = ["Scraper", "series_id"]

_PATH: Final = "/api/metrics"
_ACCEPT: Final = "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5"
_MOST_BYTES: Final = 32 * 1024 * 1024
_log = logging.getLogger(__name__)


class Scraper:
    """Scrapes targets into `series` and `samples`, with `up` and what the scrape itself took.

    A sample is not acknowledged to anybody, so it goes straight to the store: one that is missed
    shows as a gap, as it should.
    """

    def __init__(
        self,
        book: SeriesBook,
        targets: Iterable[str],
        token: str,
        interval_s: float,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._book = book
        self._targets = tuple(target.rstrip("/") for target in targets)
        self._interval_s = interval_s
        self._now = now
        self._pool = PoolManager(
            num_pools=max(len(self._targets), 1),
            retries=False,
            timeout=Timeout(total=min(max(interval_s, 1.0), 10.0)),
            headers={"Accept": _ACCEPT, "Accept-Encoding": "gzip", "User-Agent": "Tallow console"}
            | ({"Authorization": f"Bearer {token}"} if token else {}),
        )

    async def run(self) -> None:
        """Scrape every target at its interval until cancelled."""
        await asyncio.gather(*(self._follow(target) for target in self._targets))

    async def _follow(self, target: str) -> None:
        due = time.monotonic()
        while True:
            try:
                await asyncio.to_thread(self.scrape, target)
            except Exception as error:  # noqa: BLE001  # the next scrape may go better
                _log.warning("scrape failed: %s", type(error).__name__)
            due = max(due + self._interval_s, time.monotonic())
            await asyncio.sleep(due - time.monotonic())

    def scrape(self, target: str) -> bool:
        """Scrape one target once; return whether it answered with metrics we can read."""
        began_s, tick = self._now(), time.monotonic()
        families: list[MetricFamily] = []
        try:
            families = self._read(target)
            is_up = True
        except (HTTPError, WireError, OSError):
            is_up = False
        took_s = time.monotonic() - tick
        own = [
            _own("up", "", float(is_up)),
            _own("scrape_duration_seconds", "seconds", took_s),
        ]
        # The time is ours, as it is Prometheus' own default where a page gives none.
        self._book.keep([*own, *families], {"instance": urlsplit(target).netloc}, began_s)
        return is_up

    def _read(self, target: str) -> list[MetricFamily]:
        response = self._pool.request("GET", target + _PATH, preload_content=False, redirect=False)
        try:
            if response.status != 200:
                raise WireError("metrics", f"answered {response.status}", "200 with the token")
            page = _bounded(response)
        finally:
            response.release_conn()
        return parse(page, is_openmetrics="openmetrics" in response.headers.get("content-type", ""))


def _own(name: str, unit: str, value: float) -> MetricFamily:
    """Return what the scrape itself says of a target."""
    return MetricFamily(name, "gauge", "Of the scrape itself.", unit, (Sample(name, {}, value),))


def _bounded(response: BaseHTTPResponse) -> bytes:
    """Return a body that is not larger than a page of metrics may be."""
    body = b""
    for piece in response.stream(64 * 1024, decode_content=True):
        body += piece
        if len(body) > _MOST_BYTES:
            raise WireError("metrics", "are too large", f"{_MOST_BYTES} bytes at most")
    return body

"""Reads the metrics of every target at its interval: what Prometheus does, for who has none."""

import asyncio
import hashlib
import logging
import math
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Final
from urllib.parse import urlsplit

from urllib3 import BaseHTTPResponse, PoolManager, Timeout
from urllib3.exceptions import HTTPError

from tallow.exceptions import WireError
from tallow.wire.prometheus import MetricFamily, parse
from tallow_console.store import Row, Store, StoreError

__all__ = ["Scraper", "series_id"]

_PATH: Final = "/api/metrics"
_ACCEPT: Final = "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5"
_MOST_BYTES: Final = 32 * 1024 * 1024
_MOST_SAMPLES: Final = 50_000
_MOST_SERIES: Final = 200_000
_log = logging.getLogger(__name__)


class Scraper:
    """Scrapes targets into `series` and `samples`, with `up` and what the scrape itself took.

    A sample is not acknowledged to anybody, so it goes straight to the store: one that is missed
    shows as a gap, as it should.
    """

    def __init__(
        self,
        store: Store,
        targets: Iterable[str],
        token: str,
        interval_s: float,
        clean: Callable[[str], str],
        now: Callable[[], float] = time.time,
    ) -> None:
        self._store = store
        self._targets = tuple(target.rstrip("/") for target in targets)
        self._interval_s = interval_s
        self._clean = clean
        self._now = now
        self._known: set[int] = set()
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
        instance = {"instance": urlsplit(target).netloc}
        rows: list[Row] = []
        new: list[Row] = []
        own = (("up", float(is_up), ""), ("scrape_duration_seconds", took_s, "seconds"))
        for name, value, unit in own:
            family = MetricFamily(name, "gauge", "Of the scrape itself.", unit)
            self._add(rows, new, family, name, instance, value, began_s)
        for family in families:
            for sample in family.samples:
                if math.isfinite(sample.value) and len(rows) < _MOST_SAMPLES:
                    tags = {**sample.labels, **instance}
                    self._add(rows, new, family, sample.name, tags, sample.value, began_s)
        try:
            self._store.insert("series", new)
            self._store.insert("samples", rows)
        except StoreError:
            self._known.difference_update(row["id"] for row in new)
            raise
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

    def _add(
        self,
        rows: list[Row],
        new: list[Row],
        family: MetricFamily,
        name: str,
        tags: Mapping[str, str],
        value: float,
        now_s: float,
    ) -> None:
        """Add a sample, and its series when this console has not seen it since it started."""
        number = series_id(name, tags)
        rows.append({"id": number, "ts": round(now_s, 3), "value": value})
        if number in self._known:
            return
        if len(self._known) >= _MOST_SERIES:
            self._known.clear()
        self._known.add(number)
        new.append(
            {
                "id": number,
                "metric": name,
                "tags": {key: self._clean(said) for key, said in tags.items()},
                "type": family.type,
                "help": self._clean(family.help),
                "unit": family.unit,
                "first_seen": round(now_s, 3),
            }
        )


def series_id(metric: str, tags: Mapping[str, str]) -> int:
    """Return the number of a series: 63 bits of its name and its sorted labels."""
    said = "\n".join([metric, *(f"{key}={value}" for key, value in sorted(tags.items()))])
    return int.from_bytes(hashlib.blake2b(said.encode(), digest_size=8).digest(), "big") >> 1


def _bounded(response: BaseHTTPResponse) -> bytes:
    """Return a body that is not larger than a page of metrics may be."""
    body = b""
    for piece in response.stream(64 * 1024, decode_content=True):
        body += piece
        if len(body) > _MOST_BYTES:
            raise WireError("metrics", "are too large", f"{_MOST_BYTES} bytes at most")
    return body

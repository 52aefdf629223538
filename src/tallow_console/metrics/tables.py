"""Metric series and their samples: schema and writes."""

import hashlib
import math
from collections.abc import Callable, Iterable, Mapping
from typing import Final

from tallow.wire.prometheus import MetricFamily
from tallow_console.store import Row, Store, Table, clamped

__all__ = ["SAMPLES", "SERIES", "TABLES", "SeriesBook", "series_id"]

CREATE_SERIES = """
CREATE TABLE IF NOT EXISTS {table} (
    id UInt64,
    metric LowCardinality(String),
    tags Map(LowCardinality(String), String),
    type LowCardinality(String),
    help String,
    unit LowCardinality(String),
    first_seen DateTime64(3, 'UTC')
) ENGINE = Replacing{engine} ORDER BY (metric, id)
"""

# Days, not months: a day is what the size guard and the TTL can drop as one.
CREATE_SAMPLES = """
CREATE TABLE IF NOT EXISTS {table} (
    id UInt64 CODEC(ZSTD(1)),
    ts DateTime64(3, 'UTC') CODEC(DoubleDelta, ZSTD(1)),
    value Float64 CODEC(Gorilla, ZSTD(1))
) ENGINE = {engine} PARTITION BY toDate(ts) ORDER BY (id, ts)
SETTINGS ttl_only_drop_parts = 1
"""

SERIES = Table(
    "series",
    ("id", "metric", "tags", "type", "help", "unit", "first_seen"),
    (CREATE_SERIES,),
)
SAMPLES = Table("samples", ("id", "ts", "value"), (CREATE_SAMPLES,))
TABLES = (SERIES, SAMPLES)

_MOST_SERIES: Final = 200_000


class SeriesBook:
    """Writes samples, and each series once after the console started. Any thread may call it.

    A sample is not acknowledged before it is in the store, so it needs no spool. `clean` scrubs
    what a series is labelled with: not every application is ours.
    """

    def __init__(self, store: Store, clean: Callable[[str], str]) -> None:
        self._store = store
        self._clean = clean
        self._known: set[int] = set()

    def keep(self, families: Iterable[MetricFamily], tags: Mapping[str, str], now_s: float) -> int:
        """Store the finite samples of families, each with `tags` added; return how many.

        Raises:
            StoreError: the store did not take them.
        """
        samples: list[Row] = []
        new: dict[int, Row] = {}
        for family in families:
            for sample in family.samples:
                if math.isfinite(sample.value):
                    labels = {**sample.labels, **tags}
                    number = series_id(sample.name, labels)
                    at_s = clamped(sample.timestamp_s or now_s, now_s)
                    samples.append({"id": number, "ts": at_s, "value": sample.value})
                    if number not in self._known and number not in new:
                        new[number] = self._series(number, family, sample.name, labels, now_s)
        self._store.insert("series", list(new.values()))
        self._store.insert("samples", samples)
        if len(self._known) > _MOST_SERIES:
            self._known = set()
        self._known.update(new)
        return len(samples)

    def _series(
        self, number: int, family: MetricFamily, name: str, labels: Mapping[str, str], now_s: float
    ) -> Row:
        return {
            "id": number,
            "metric": name,
            "tags": {self._clean(key): self._clean(said) for key, said in labels.items()},
            "type": family.type,
            "help": self._clean(family.help),
            "unit": family.unit,
            "first_seen": round(now_s, 3),
        }


def series_id(metric: str, tags: Mapping[str, str]) -> int:
    """Return the number of a series: 63 bits of its name and its sorted labels."""
    said = "\n".join([metric, *(f"{key}={value}" for key, value in sorted(tags.items()))])
    digest = hashlib.blake2b(said.encode("utf-8", "replace"), digest_size=8).digest()
    return int.from_bytes(digest, "big") >> 1

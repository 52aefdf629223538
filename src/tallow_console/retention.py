"""What goes when: days by room, and a guard on how much disk the store may fill."""

import logging
from dataclasses import dataclass
from typing import Final

from tallow_console.store import Store

from .settings import ConsoleSettings

__all__ = ["Dropped", "days_kept", "prune", "set_ttl", "size_bytes"]

# Series are few, and a sample without its series is worth nothing: they stay.
SET_TTL = "ALTER TABLE tallow.{table} MODIFY TTL toDateTime(ts) + INTERVAL {days} DAY"
SELECT_SIZE = """
SELECT sum(bytes_on_disk) AS size_bytes FROM system.parts WHERE database = 'tallow' AND active
"""
SELECT_PARTITIONS = """
SELECT table, partition, sum(bytes_on_disk) AS size_bytes, sum(rows) AS rows
FROM system.parts
WHERE database = 'tallow' AND active AND has({tables:Array(String)}, table)
GROUP BY table, partition
ORDER BY partition, size_bytes DESC
"""
DROP_PARTITION = "ALTER TABLE tallow.{table} DROP PARTITION {partition:String}"
_LEFT_RATIO: Final = 0.9
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Dropped:
    """One day of one table that went; `rows` were in it."""

    table: str
    partition: str
    rows: int
    size_bytes: int


def days_kept(settings: ConsoleSettings) -> dict[str, int]:
    """Return table → days its rows are kept."""
    return {
        "error_events": settings.keep_errors_days,
        "sessions": settings.keep_errors_days,
        "logs": settings.keep_logs_days,
        "samples": settings.keep_metrics_days,
        "events": settings.keep_analytics_days,
        "vitals": settings.keep_performance_days,
        "health_reports": settings.keep_health_days,
    }


def set_ttl(store: Store, settings: ConsoleSettings) -> None:
    """Let the engine drop what is older than the settings say, now and from now on."""
    for table, days in days_kept(settings).items():
        store.command(SET_TTL.format(table=table, days=int(days)))


def size_bytes(store: Store) -> int:
    """Return what the signals take on disk."""
    return int(store.query(SELECT_SIZE)[0]["size_bytes"])


def prune(store: Store, settings: ConsoleSettings) -> list[Dropped]:
    """Drop the oldest days until the store is a tenth below its limit; return what went.

    The newest day of a table never goes. A console that drops says so in its log.
    """
    size = size_bytes(store)
    if size <= settings.store_max_bytes:
        return []
    parts = store.query(SELECT_PARTITIONS, {"tables": list(days_kept(settings))})
    newest = {part["table"]: part["partition"] for part in parts}
    dropped = []
    for part in parts:
        if size <= settings.store_max_bytes * _LEFT_RATIO:
            break
        if part["partition"] == newest[part["table"]]:
            continue
        _drop(store, part["table"], part["partition"])
        size -= part["size_bytes"]
        one = Dropped(part["table"], part["partition"], part["rows"], part["size_bytes"])
        dropped.append(one)
        _log.warning("store over its limit: dropped %s of %s", one.partition, one.table)
    return dropped


def _drop(store: Store, table: str, partition: str) -> None:
    store.command(DROP_PARTITION.replace("{table}", table), {"partition": partition})

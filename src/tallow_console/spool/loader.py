"""The reading end of the spool: one thread that moves rows into the store, each exactly once.

Live, it follows the writer. After a crash it reads what is left and inserts only the rows whose
(segment, row) the store does not have: insert tokens of the engine lost acknowledged rows under
`kill -9`, this does not. Segments stay a minute after they were loaded, because the store does
not sync and a power cut may take its last seconds.
"""

import logging
import sqlite3
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import Final, TypeAlias

import orjson

from tallow.metrics import Counter
from tallow_console.state import State
from tallow_console.store import DAY_S, Row, Store, StoreError

from .segments import Frame, frames, segment_path, segments
from .writer import Spool

__all__ = ["Arrival", "Loader"]

Arrival: TypeAlias = Callable[[list[Row]], None]
"""What else happens when rows of a table arrive; it may fill in columns and take rows out of the
list, and must be idempotent."""

_log = logging.getLogger(__name__)

_MOST_ROWS: Final = 10_000
_LINGER_S: Final = 0.15
_KEEP_LOADED_S: Final = 60.0
_LONGEST_WAIT_S: Final = 10.0
_AWAY: Final = (StoreError, sqlite3.Error, OSError)
"""What may pass by itself, so it is tried again; anything else is the fault of a row."""

LOADED: Final = Counter(
    "tallow_console_rows_loaded_total", "Rows moved from the spool into the store.", ["table"]
)
REFUSED: Final = Counter(
    "tallow_console_rows_refused_total", "Rows set by in refused.jsonl: no store would take them."
)

LEDGER: Final = (
    """
    CREATE TABLE ledger (
        segment INTEGER PRIMARY KEY,
        boot TEXT NOT NULL,
        loaded_bytes INTEGER NOT NULL,
        complete REAL
    )
    """,
)
SELECT_LEDGER = "SELECT segment, loaded_bytes FROM ledger WHERE boot = ?"
SAVE_PROGRESS = """
INSERT INTO ledger (segment, boot, loaded_bytes, complete) VALUES (?, ?, ?, ?)
ON CONFLICT (segment) DO UPDATE SET
    boot = excluded.boot, loaded_bytes = excluded.loaded_bytes, complete = excluded.complete
"""
SELECT_COMPLETE = "SELECT segment FROM ledger WHERE complete < ?"
DELETE_SEGMENT = "DELETE FROM ledger WHERE segment = ?"


class Loader:
    """Moves rows from the spool into the store in batches of up to 10,000."""

    def __init__(
        self, spool: Spool, store: Store, state: State, arrivals: Mapping[str, Arrival]
    ) -> None:
        self._spool = spool
        self._store = store
        self._state = state
        self._arrivals = arrivals
        self._boot = _boot()
        self._stopping = threading.Event()
        self._caught_up = threading.Event()
        self._caught_up_s = time.monotonic()
        state.create("spool", LEDGER)
        self._segment, self._offset = spool.position()[0], 0
        self._left = [one for one in segments(spool.folder) if one != self._segment]
        self._thread = threading.Thread(target=self._run, name="tallow-loader", daemon=True)

    def start(self) -> None:
        """Begin: first what a former run left, then what arrives."""
        self._thread.start()

    def close(self, timeout_s: float) -> bool:
        """Load what is left and stop; return whether all was loaded in time.

        What was not stays in the spool for the next start.
        """
        self._stopping.set()
        self._spool.arrived.set()
        self._thread.join(timeout_s)
        return self._caught_up.is_set() and not self._thread.is_alive()

    def wait_until_loaded(self, timeout_s: float) -> bool:
        """Return once everything acknowledged so far is in the store, or False at the time-out."""
        target = self._spool.position()
        deadline = time.monotonic() + timeout_s
        while (self._segment, self._offset) < target or self._left:
            if time.monotonic() > deadline:
                return False
            time.sleep(0.01)
        return True

    @property
    def lag_s(self) -> float:
        """Return for how long there has been something acknowledged that the store has not."""
        is_level = not self._left and (self._segment, self._offset) >= self._spool.position()
        return 0.0 if is_level else time.monotonic() - self._caught_up_s

    @property
    def is_alive(self) -> bool:
        """Return whether the thread runs, as it should from start to close."""
        return self._thread.is_alive()

    def _run(self) -> None:
        while self._left and self._replay(self._left[0]):
            self._left = self._left[1:]
        while True:
            self._spool.arrived.wait(timeout=5.0)
            # What comes together goes together; a stop ends the waiting, not the loading.
            stopping = self._stopping.wait(_LINGER_S)
            self._spool.arrived.clear()
            done = not self._left and self._follow()
            if done:
                self._caught_up_s = time.monotonic()
            self._forget_old()
            if stopping:
                if done:
                    self._caught_up.set()
                return

    def _follow(self) -> bool:
        """Load up to where the writer is; return whether the store took it all."""
        while True:
            segment, durable = self._spool.position()
            if self._segment == segment:
                return self._load_to(durable)
            path = segment_path(self._spool.folder, self._segment)
            if not self._load_to(path.stat().st_size):
                return False
            self._note(self._segment, self._offset, complete=True)
            later = [one for one in segments(self._spool.folder) if one > self._segment]
            self._segment, self._offset = later[0], 0

    def _load_to(self, end: int) -> bool:
        """Load the current segment from the cursor to `end`, batch by batch."""
        if self._offset >= end:
            return True
        path = segment_path(self._spool.folder, self._segment)
        waiting = frames(path, self._offset, end)
        while batch := _some(waiting):
            if not self._insert_until_taken(self._segment, batch, check=False):
                return False
            self._offset = batch[-1].end
            self._note(self._segment, self._offset, complete=False)
        self._offset = end
        return True

    def _replay(self, segment: int) -> bool:
        """Load what a former run left of a segment: only rows that the store does not have."""
        path = segment_path(self._spool.folder, segment)
        known = {row["segment"]: row for row in self._state.select(SELECT_LEDGER, (self._boot,))}
        start = known[segment]["loaded_bytes"] if segment in known else 0
        waiting = frames(path, start)
        while batch := _some(waiting):
            if not self._insert_until_taken(segment, batch, check=True):
                return False
        self._note(segment, path.stat().st_size, complete=True)
        return True

    def _insert_until_taken(self, segment: int, batch: Sequence[Frame], check: bool) -> bool:
        """Insert a batch, again and again while the store is away; False when told to stop."""
        wait_s = 0.25
        while True:
            try:
                self._insert(segment, batch, check)
            except Exception as error:  # noqa: BLE001  # nothing acknowledged is given up
                if not check:
                    said = error if isinstance(error, _AWAY) else type(error).__name__
                    _log.warning("store does not take what arrived, trying on: %s", said)
                check = True  # some of it may have been taken
                if self._stopping.wait(wait_s):
                    return False
                wait_s = min(wait_s * 2, _LONGEST_WAIT_S)
                continue
            return True

    def _insert(self, segment: int, batch: Iterable[Frame], check: bool) -> None:
        for table, rows in _by_table(segment, batch).items():
            rows = self._arrive(table, rows)
            missing = self._absent(table, segment, rows) if check else rows
            # A block over several partitions is not atomic; one partition is.
            for part in _by_day(missing):
                self._insert_part(table, part)
            LOADED.labels(table=table).inc(len(missing))

    def _arrive(self, table: str, rows: list[Row]) -> list[Row]:
        """Do what else an arrival means; return the rows it went well for."""
        arrive = self._arrivals.get(table)
        if arrive is None:
            return rows
        try:
            arrive(rows)
        except _AWAY:
            raise
        except Exception:  # noqa: BLE001  # one odd row must not stop all others
            return [one for row in rows for one in self._arrive_alone(arrive, table, row)]
        return rows

    def _arrive_alone(self, arrive: Arrival, table: str, row: Row) -> list[Row]:
        alone = [row]
        try:
            arrive(alone)
        except _AWAY:
            raise
        except Exception as error:  # noqa: BLE001  # this is the odd one
            self._set_by(table, row, error)
            return []
        return alone

    def _insert_part(self, table: str, rows: list[Row]) -> None:
        """Insert rows; what a working engine refuses is narrowed down to a row and set by."""
        try:
            self._store.insert(table, rows)
        except StoreError as error:
            if not error.is_about_rows:
                raise
            rows = self._absent(table, rows[0]["seg"], rows)
            if len(rows) > 1:
                self._insert_part(table, rows[: len(rows) // 2])
                self._insert_part(table, rows[len(rows) // 2 :])
            elif rows:
                self._set_by(table, rows[0], error)

    def _absent(self, table: str, segment: int, rows: list[Row]) -> list[Row]:
        """Return the rows whose (segment, row) the store does not have."""
        sql = f"SELECT n FROM tallow.{table} WHERE seg = {{seg:UInt64}}"  # noqa: S608  # our names
        present = {row["n"] for row in self._store.query(sql, {"seg": segment})}
        return [row for row in rows if row["n"] not in present]

    def _set_by(self, table: str, row: Row, error: Exception) -> None:
        """Keep a row that no store will take where a person can look at it; it is clean."""
        path = self._spool.folder / "refused.jsonl"
        path.touch(mode=0o600)
        with path.open("ab") as file:
            file.write(orjson.dumps({"table": table, "row": row, "why": type(error).__name__}))
            file.write(b"\n")
        REFUSED.inc()

    def _note(self, segment: int, loaded_bytes: int, complete: bool) -> None:
        when = time.time() if complete else None
        self._state.run(SAVE_PROGRESS, (segment, self._boot, loaded_bytes, when))

    def _forget_old(self) -> None:
        for row in self._state.select(SELECT_COMPLETE, (time.time() - _KEEP_LOADED_S,)):
            self._spool.forget(row["segment"])
            self._state.run(DELETE_SEGMENT, (row["segment"],))


def _some(waiting: Iterable[Frame]) -> list[Frame]:
    """Return the next frames, up to about 10,000 rows of them."""
    batch: list[Frame] = []
    count = 0
    for one in islice(waiting, _MOST_ROWS):
        batch.append(one)
        count += len(one.rows)
        if count >= _MOST_ROWS:
            break
    return batch


def _by_table(segment: int, batch: Iterable[Frame]) -> dict[str, list[Row]]:
    """Return the rows table by table, each with its place in the spool."""
    tables: dict[str, list[Row]] = defaultdict(list)
    for one in batch:
        for n, (table, row) in enumerate(one.rows, start=one.first):
            tables[table].append({"seg": segment, "n": n, **row})
    return tables


def _by_day(rows: Sequence[Row]) -> list[list[Row]]:
    days: dict[float, list[Row]] = defaultdict(list)
    for row in rows:
        ts = row.get("ts")
        days[ts // DAY_S if isinstance(ts, float) else 0].append(row)
    return list(days.values())


def _boot() -> str:
    """Return what names this boot of the machine: a ledger of another is not believed."""
    with suppress(OSError):
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    return ""

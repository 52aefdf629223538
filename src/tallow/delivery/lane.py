"""One sink's lane: takes records from its journal, sends them, and heeds the answer."""

import math
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias

from tallow.exceptions import WireError
from tallow.metrics import Counter, Gauge
from tallow.records import Clean, Parcel, Record
from tallow.sinks.sink import Sink

from .failures import failed, say_once
from .http import Reply
from .journal import Batch, Journal
from .retry import PARKED_S, judge, pause_s

__all__ = ["Lane", "LaneStatus", "Post", "Restore"]

Post: TypeAlias = "Callable[[Parcel], Reply]"
Restore: TypeAlias = "Callable[[bytes], Clean[Record]]"

IDLE: Final = math.inf
_MOST_DEAD_BYTES: Final = 1024 * 1024

_delivered: Final = Counter(
    "tallow_delivered_total", "Records that arrived at their sink.", ("sink",)
)
_dead: Final = Counter(
    "tallow_dead_letters_total", "Records a sink refused for good, set aside.", ("sink",)
)
_up: Final = Gauge("tallow_sink_up", "1 while a sink takes what is sent, 0 while not.", ("sink",))
_bytes: Final = Gauge("tallow_journal_bytes", "Bytes that wait for delivery.", ("sink",))
_oldest: Final = Gauge(
    "tallow_journal_oldest_seconds", "Age of the oldest record that waits.", ("sink",)
)


@dataclass(frozen=True, slots=True)
class LaneStatus:
    """How a sink fares: what waits, what came of the last try ("" before any)."""

    sink: str
    journal_bytes: int
    oldest_s: float
    last_outcome: str
    delivered: int


class Lane:
    """Delivers one journal to one sink, a step at a time. Belongs to the shipper's thread.

    A record is sent at least once: again after a lost answer or a kill between answer and commit.
    `dead_letters` is the file for records that the sink alone refuses.
    """

    def __init__(
        self,
        sink: Sink,
        journal: Journal,
        post: Post,
        restore: Restore,
        dead_letters: Path,
        between: Callable[[float, float], float] = random.uniform,
    ) -> None:
        self._sink = sink
        self.journal = journal
        self._post = post
        self._restore = restore
        self._dead_letters = dead_letters
        self._between = between
        self.not_before_s = 0.0
        self.failures = 0
        self._suspects = 0
        self._oldest_at_s = 0.0
        self._last_outcome = ""
        self._delivered = 0
        _bytes.labels(sink.name).set_function(lambda: float(journal.backlog_bytes()))
        _oldest.labels(sink.name).set_function(lambda: self.status(time.time()).oldest_s)
        _up.labels(sink.name).set(1)

    def step(self, now_s: float) -> float:
        """Send one batch if it is time; return when to step again, `inf` when nothing waits.

        `now_s` is of the monotonic clock.
        """
        if now_s < self.not_before_s:
            return self.not_before_s
        batch = self.journal.read(self._batch_size())
        if batch is None:
            self._oldest_at_s = 0.0
            return IDLE
        records = self._restored(batch)
        if not records:
            self._bury(batch, "it is no record")
            return now_s
        self._oldest_at_s = records[0].value.timestamp_s
        try:
            parcel = self._sink.pack(records)
        except Exception as error:  # noqa: BLE001  # one record that cannot be packed
            failed(f"sinks.{self._sink.name}", error)
            return self._heed(Reply(400, problem=type(error).__name__), batch, len(records), now_s)
        return self._heed(self._post(parcel), batch, len(records), now_s)

    def retry_now(self) -> None:
        """Forget how long to wait, once: somebody asked for a flush."""
        self.not_before_s = 0.0

    def status(self, wall_s: float) -> LaneStatus:
        """Return how this sink fares. Any thread may call it."""
        oldest_s = max(wall_s - self._oldest_at_s, 0.0) if self._oldest_at_s else 0.0
        return LaneStatus(
            self._sink.name,
            self.journal.backlog_bytes(),
            oldest_s,
            self._last_outcome,
            self._delivered,
        )

    def _batch_size(self) -> int:
        if self._suspects:
            return max(self._suspects // 2, 1)
        return self._sink.batch_limit

    def _restored(self, batch: Batch) -> list[Clean[Record]]:
        """Return the records up to the first that cannot be read back."""
        records = []
        for payload in batch.payloads:
            try:
                records.append(self._restore(payload))
            except WireError:
                break
        return records

    def _heed(self, reply: Reply, batch: Batch, sent: int, now_s: float) -> float:
        verdict = judge(reply.status)
        self._last_outcome = reply.problem or f"HTTP {reply.status}"
        if verdict == "arrived":
            self._arrive(batch, sent)
            return now_s
        if verdict in {"smaller", "culprit"}:
            if sent == 1:
                self._suspects = 0
                self._bury(batch, self._last_outcome)
            else:
                self._suspects = sent
            return now_s
        self.failures += 1
        _up.labels(self._sink.name).set(0)
        if verdict == "parked":
            say_once(f"{self._sink.name} refuses us ({self._last_outcome}); records are kept")
            wait_s = PARKED_S
        else:
            wait_s = pause_s(self.failures, self._between)
        self.not_before_s = now_s + max(wait_s, reply.retry_after_s)
        return self.not_before_s

    def _arrive(self, batch: Batch, sent: int) -> None:
        self.journal.commit(batch, sent)
        self.failures = 0
        self.not_before_s = 0.0
        self._suspects = max(self._suspects - sent, 0)
        self._delivered += sent
        _delivered.labels(self._sink.name).inc(sent)
        _up.labels(self._sink.name).set(1)

    def _bury(self, batch: Batch, why: str) -> None:
        """Set the first record aside, so that those behind it can go on."""
        name = self._sink.name
        _dead.labels(name).inc()
        say_once(f"{name} refused a record ({why}); it is set aside in {self._dead_letters.name}")
        try:
            path = self._dead_letters
            if not path.exists() or path.stat().st_size < _MOST_DEAD_BYTES:
                path.touch(mode=0o600)
                with path.open("ab") as file:
                    file.write(batch.payloads[0] + b"\n")
        except OSError as error:
            failed("journal", error)
        self.journal.commit(batch, 1)

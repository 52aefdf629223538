"""The journal: clean records appended to segments on disk, queue and spool in one.

One folder a sink, shared by all processes; a segment has one writer, which holds its lock. A
record is safe from `kill -9` once `append` returned True (the page cache keeps it), not from a
power cut. A segment whose lock is free belonged to a process that is gone: any other adopts it.
"""

import contextlib
import os
import threading
import time
import weakref
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tallow.metrics import Counter

from .failures import failed, say_once
from .frames import LONGEST_PAYLOAD, READ_BYTES, frame, scan
from .segment import Segment, adoptable, create

__all__ = ["Batch", "Journal"]

_LARGEST_SEGMENT: Final = 4 * 1024 * 1024
_SMALLEST_SEGMENT: Final = 4096
_SEGMENTS: Final = 8

_evicted: Final = Counter(
    "tallow_journal_evicted_total", "Records given up because the journal was full.", ("sink",)
)
_lost: Final = Counter(
    "tallow_journal_lost_total", "Records that could not be written to the journal.", ("sink",)
)
_damaged: Final = Counter(
    "tallow_journal_damaged_total", "Stretches of the journal that were no records.", ("sink",)
)


@dataclass(frozen=True, slots=True)
class Batch:
    """Some undelivered records, oldest first, all of one segment."""

    payloads: list[bytes]
    segment: Segment
    ends: list[int]


class Journal:
    """One sink's records until they are delivered. Any thread may append; one thread reads.

    `on_append` is called after each record, without the lock.
    """

    def __init__(
        self, folder: Path, max_bytes: int, on_append: Callable[[], None] = lambda: None
    ) -> None:
        self._folder = folder
        self._max_bytes = max_bytes
        self._segment_bytes = min(max(max_bytes // _SEGMENTS, _SMALLEST_SEGMENT), _LARGEST_SEGMENT)
        self._on_append = on_append
        self._lock = threading.Lock()
        self._reading = threading.Lock()  # taken before _lock; files are closed under it alone
        self._tail: Segment | None = None
        self._closed: list[Segment] = []
        self._retired: list[Segment] = []
        self._started_ns = time.time_ns()
        self._made = 0
        self._is_open = True
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)  # at once: the start can say why not
        _living.add(self)

    @property
    def name(self) -> str:
        """The sink's name: the folder's."""
        return self._folder.name

    def append(self, payload: bytes) -> bool:
        """Write one record and say whether it is safe. Never raises."""
        framed = frame(payload)
        try:
            with self._lock:
                if len(payload) > LONGEST_PAYLOAD or not self._is_open:
                    _lost.labels(self.name).inc()
                    return False
                tail = self._tail
                if tail is None or tail.size + len(framed) > self._segment_bytes:
                    tail = self._rotate()
                tail.write(framed)
        except OSError as error:  # no space, no permission, no folder any more
            _lost.labels(self.name).inc()
            failed("journal", error)
            return False
        self._on_append()
        return True

    def read(self, limit: int) -> Batch | None:
        """Return up to `limit` undelivered records of the oldest segment, or None."""
        with self._reading:
            while True:
                with self._lock:
                    self._close_retired()
                    segment = self._oldest()
                    if segment is None:
                        return None
                    place, end = segment.cursor, segment.size
                    if place >= end and segment is self._tail:
                        return None
                if place >= end:
                    self._drop(segment)
                    continue
                batch = self._scan(segment, place, end, limit)
                if batch is not None:
                    return batch

    def commit(self, batch: Batch, delivered: int) -> None:
        """Take the first `delivered` records of `batch` as arrived: they are not read again."""
        segment = batch.segment
        if delivered <= 0:
            return
        with self._reading:
            try:
                segment.advance(batch.ends[delivered - 1], delivered)
            except OSError as error:  # they will be sent twice, which is allowed
                failed("journal", error)
            if segment is not self._tail and segment.cursor >= segment.size:
                self._drop(segment)

    def adopt(self) -> int:
        """Take over the segments of processes that are gone; return how many there were."""
        with self._lock:
            held = {segment.path for segment in self._segments()}
        found = adoptable(self._folder, held)
        with self._lock:
            self._closed = sorted([*self._closed, *found], key=lambda segment: segment.age)
        return len(found)

    def end(self) -> tuple[Segment | None, int]:
        """Return the place after the newest record of this process, for `has_passed`."""
        with self._lock:
            return (self._tail, 0) if self._tail is None else (self._tail, self._tail.size)

    def has_passed(self, place: tuple[Segment | None, int]) -> bool:
        """Say whether everything up to `place` has been delivered or given up."""
        target, offset = place
        if target is None:
            return True
        with self._lock:
            for segment in self._segments():
                end = offset if segment is target else segment.size
                if segment.age <= target.age and segment.cursor < end:
                    return False
        return True

    def backlog_bytes(self) -> int:
        """Return how many bytes wait to be delivered by this process."""
        with self._lock:
            return sum(segment.size - segment.cursor for segment in self._segments())

    def close(self) -> None:
        """Stop taking records. What is not delivered stays for the next process."""
        with self._reading, self._lock:
            self._is_open = False
            self._close_retired()
            for segment in self._segments():
                if segment.cursor >= segment.size:
                    segment.remove()
                segment.release()
            self._tail, self._closed = None, []

    def _scan(self, segment: Segment, place: int, end: int, limit: int) -> Batch | None:
        """Return records from `place` on, or None after stepping over what is none."""
        data = segment.read(place, min(READ_BYTES, end - place))
        found = scan(data, limit, is_last=place + len(data) >= end or not data)
        if found.damaged:
            _damaged.labels(self.name).inc(found.damaged)
            say_once(f"journal of {self.name}: stepped over a damaged record")
        if found.payloads:
            return Batch(found.payloads, segment, [place + stop for stop in found.ends])
        segment.advance(place + found.stop if data else end, 0)
        return None

    def _segments(self) -> list[Segment]:
        return self._closed if self._tail is None else [*self._closed, self._tail]

    def _oldest(self) -> Segment | None:
        return self._closed[0] if self._closed else self._tail

    def _rotate(self) -> Segment:
        """Begin a new segment, after making room for it. Holds the lock."""
        if self._tail is not None:
            self._closed.append(self._tail)
            self._tail = None
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)  # cleaners of /tmp come by
        self._make_room()
        self._made += 1
        name = f"{os.getpid()}-{self._started_ns}-{self._made}"
        self._tail = create(self._folder, name)
        return self._tail

    def _make_room(self) -> None:
        """Give up oldest segments until one more fits. Holds the lock."""
        used = _used_bytes(self._folder)
        while used + self._segment_bytes > self._max_bytes and self._closed:
            oldest = self._closed.pop(0)
            used -= oldest.size
            _evicted.labels(self.name).inc(oldest.undelivered())
            say_once(f"journal of {self.name} is full: the oldest records are given up")
            oldest.remove()
            self._retired.append(oldest)  # the reader may be at it, and closes it later

    def _close_retired(self) -> None:
        while self._retired:
            self._retired.pop().release()

    def _drop(self, segment: Segment) -> None:
        """Delete a segment that is delivered. Holds `_reading`."""
        with self._lock:
            if segment in self._closed:
                self._closed.remove(segment)
                segment.remove()
                segment.release()

    def _after_fork(self) -> None:
        """Let go of the parent's segments in its child; the parent keeps the locks."""
        self._lock, self._reading = threading.Lock(), threading.Lock()
        self._close_retired()
        for segment in self._segments():
            segment.release()
        self._tail, self._closed = None, []
        self._started_ns = time.time_ns()


def _used_bytes(folder: Path) -> int:
    used = 0
    for path in folder.glob("*.seg"):
        with contextlib.suppress(FileNotFoundError):  # just delivered by another process
            used += path.stat().st_size
    return used


_living: "weakref.WeakSet[Journal]" = weakref.WeakSet()


def _renew_all() -> None:
    for journal in _living:
        journal._after_fork()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_renew_all)

"""The writing end of the spool: one thread appends and syncs for everybody who waits.

While one `fdatasync` runs, what arrives queues up and shares the next, so a wait is two syncs at
most, and a busy console makes no more of them than an idle one.
"""

import errno
import os
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tallow.exceptions import TallowError

from .segments import TableRow, encode_rows, frame, segment_path, segments

__all__ = ["DiskFullError", "Spool", "SpoolFullError"]

_SEGMENT_BYTES: Final = 16 * 1024 * 1024
_PENDING_BYTES: Final = 64 * 1024 * 1024
_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


class SpoolFullError(TallowError):
    """The store is so far behind that nothing more is taken for now; the sender keeps it."""

    def __init__(self) -> None:
        super().__init__("the spool is full; expected the store to catch up, try again later")


class DiskFullError(TallowError):
    """The disk did not take what was to be kept; nothing of it was."""

    def __init__(self) -> None:
        super().__init__("the disk is full or failing; expected free space in the data directory")


@dataclass(slots=True)
class _Waiting:
    """One request's payload, and who waits for it to be on disk."""

    payload: bytes
    count: int
    kept: "Future[None]"


class Spool:
    """Rows on disk before anybody is told that they arrived. Any thread may append.

    `sync` is how bytes are made durable: a parameter so that a test can let it fail.
    """

    def __init__(
        self, folder: Path, max_bytes: int, sync: Callable[[int], None] = os.fdatasync
    ) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.folder = folder
        self._max_bytes = max_bytes
        self._sync = sync
        self._wake = threading.Condition()
        self._waiting: list[_Waiting] = []
        self._waiting_bytes = 0
        self._closing = False
        self._file = -1
        self._next_row = 0
        self._segment = 0
        self._durable = 0
        self.arrived = threading.Event()
        """Set when there is more to load; the loader clears it."""
        self._closed_bytes = sum(_size(segment_path(folder, one)) for one in segments(folder))
        self._open_segment()
        self._thread = threading.Thread(target=self._run, name="tallow-spool", daemon=True)
        self._thread.start()

    def append(self, rows: Sequence[TableRow]) -> "Future[None]":
        """Queue rows; the future is done once they are on disk, all of them.

        The future fails with `DiskFullError` when the disk refused.

        Raises:
            SpoolFullError: the limit is reached; nothing was queued.
        """
        kept: Future[None] = Future()
        kept.set_running_or_notify_cancel()  # a client that hangs up takes nothing back
        if not rows:
            kept.set_result(None)
            return kept
        payload = encode_rows(rows)
        with self._wake:
            if self._closing or self.size_bytes + len(payload) > self._max_bytes:
                raise SpoolFullError
            if self._waiting_bytes > _PENDING_BYTES:
                raise SpoolFullError
            self._waiting.append(_Waiting(payload, len(rows), kept))
            self._waiting_bytes += len(payload)
            self._wake.notify()
        return kept

    @property
    def size_bytes(self) -> int:
        """Return what the spool holds on disk and in its queue."""
        return self._closed_bytes + self._durable + self._waiting_bytes

    def position(self) -> tuple[int, int]:
        """Return the segment being written and the offset up to which it is acknowledged."""
        with self._wake:
            return self._segment, self._durable

    def forget(self, segment: int) -> None:
        """Remove a segment whose rows are all in the store."""
        path = segment_path(self.folder, segment)
        gone = _size(path)
        path.unlink(missing_ok=True)
        with self._wake:
            self._closed_bytes -= gone

    def close(self) -> None:
        """Write what is queued, then stop; later appends raise `SpoolFullError`."""
        with self._wake:
            self._closing = True
            self._wake.notify()
        self._thread.join()

    def _run(self) -> None:
        while True:
            with self._wake:
                while not self._waiting and not self._closing:
                    self._wake.wait()
                batch, self._waiting = self._waiting, []
                self._waiting_bytes = 0
            if not batch:
                os.close(self._file)
                return
            self._keep(batch)

    def _keep(self, batch: list[_Waiting]) -> None:
        """Write and sync a batch, then tell everybody: either all is kept or none of it."""
        parts, row = [], self._next_row
        for one in batch:
            parts.append(frame(one.payload, row))
            row += one.count
        data = b"".join(parts)
        try:
            _write_all(self._file, data)
            self._sync(self._file)
        except OSError as error:
            self._give_back(error)
            for one in batch:
                one.kept.set_exception(DiskFullError())
            return
        with self._wake:
            self._next_row = row
            self._durable += len(data)
        self.arrived.set()
        for one in batch:
            one.kept.set_result(None)
        if self._durable >= _SEGMENT_BYTES:
            with suppress(OSError):  # no room for a new file: the old one grows on
                self._next_segment()

    def _give_back(self, error: OSError) -> None:
        """Undo a write that failed; after anything but a full disk the file is not trusted."""
        with suppress(OSError):  # what follows is then refused the same way
            os.ftruncate(self._file, self._durable)
            if error.errno not in _FULL:
                self._next_segment()

    def _next_segment(self) -> None:
        old_file, old_bytes = self._file, self._durable
        with self._wake:
            self._open_segment()
            self._closed_bytes += old_bytes
        os.close(old_file)
        self.arrived.set()

    def _open_segment(self) -> None:
        known = segments(self.folder)
        # Microseconds, so that a number is never used twice, not even after all was deleted.
        segment = max(time.time_ns() // 1000, known[-1] + 1 if known else 0)
        path = segment_path(self.folder, segment)
        self._file = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_APPEND, 0o600)
        _sync_folder(self.folder)
        self._segment, self._durable, self._next_row = segment, 0, 0


def _write_all(file: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(file, view) :]


def _sync_folder(folder: Path) -> None:
    """Make a new file's name durable, without which its bytes are not either."""
    file = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(file)
    finally:
        os.close(file)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0

"""Log lines on standard output: JSON for machines, coloured text for people; never blocks."""

import os
import select
import socket
import stat
import sys
import threading
import weakref
from collections import deque
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Final, Literal, TextIO

from tallow.metrics import Counter
from tallow.records import Clean, LogLine, Record
from tallow.wire import lines

__all__ = ["StdoutWriter", "wants_colour"]

_BACKLOG_BYTES: Final = 1024 * 1024
_CHUNK_BYTES: Final = 512  # POSIX: a pipe that polls as writable takes this much at once

_dropped: Final = Counter(
    "tallow_stdout_dropped_total", "Lines given up because nobody read standard output."
)

Push = Callable[[bytes], int]
"""Writes what can be written without waiting and returns how much; raises OSError."""


def wants_colour(stream: TextIO, environ: Mapping[str, str] = os.environ) -> bool:
    """Say whether lines on `stream` may be coloured: a terminal, and `NO_COLOR` not set.

    Source: no-color.org.
    """
    if environ.get("NO_COLOR", "") or environ.get("TERM", "") == "dumb":
        return False
    try:
        return stream.isatty()
    except ValueError:  # closed
        return False


class StdoutWriter:
    """Writes each log line to `sys.stdout` at once, or drops it and counts.

    When the reader is stuck, up to 1 MiB waits in memory and a thread drains it; what comes
    beyond is dropped. Errors, events and vitals are not written. Any thread may call it.
    """

    def __init__(self, form: Literal["json", "pretty"]) -> None:
        self._form = form
        self._lock = threading.Lock()
        self._stream: TextIO | None = None
        self._colour = False
        self._push: Push = _refuse
        self._owned_fd = -1
        self._backlog: deque[bytes] = deque()
        self._backlog_bytes = 0
        self._drainer: threading.Thread | None = None
        _living.add(self)

    def __call__(self, clean: Clean[Record], payload: bytes) -> None:
        """Write one record; `payload` is its encoding, so that JSON is not rendered again."""
        if not isinstance(clean.value, LogLine):
            return
        if sys.stdout is not self._stream:
            self._attach(sys.stdout)
        if self._form == "json":
            self._write(lines.entry(payload) + b"\n")
        else:
            self._write((lines.pretty(clean.value, self._colour) + "\n").encode())

    def drain(self, timeout_s: float) -> bool:
        """Wait until nothing is left in memory; say whether that was reached in time."""
        drainer = self._drainer
        if drainer is not None:
            drainer.join(timeout_s)
        return not self._backlog

    def close(self) -> None:
        """Let go of what was opened; lines still waiting are dropped and counted."""
        with self._lock:
            _dropped.inc(len(self._backlog))
            self._forget()
            self._stream, self._push = None, _refuse

    def _attach(self, stream: TextIO | None) -> None:
        """Take on another `sys.stdout`: tests and shells replace it."""
        with self._lock:
            self._forget()
            self._stream = stream
            self._push, self._owned_fd = _pusher(stream)
            self._colour = stream is not None and wants_colour(stream)

    def _forget(self) -> None:
        self._backlog.clear()
        self._backlog_bytes = 0
        if self._owned_fd >= 0:
            os.close(self._owned_fd)
            self._owned_fd = -1

    def _write(self, data: bytes) -> None:
        with self._lock:
            if self._backlog:
                self._keep(data)
                return
            try:
                written = self._push(data)
            except (OSError, ValueError):  # closed at the other end, or here
                _dropped.inc()
                return
            if written < len(data):
                self._keep(data[written:])
                if self._drainer is None:
                    self._drainer = threading.Thread(
                        target=self._drain, name="tallow-stdout", daemon=True
                    )
                    self._drainer.start()

    def _keep(self, data: bytes) -> None:
        if self._backlog_bytes + len(data) > _BACKLOG_BYTES:
            _dropped.inc()
            return
        self._backlog.append(data)
        self._backlog_bytes += len(data)

    def _drain(self) -> None:
        """Write what waits as the reader makes room; ends when nothing waits."""
        pause = threading.Event()
        while True:
            with self._lock:
                try:
                    while self._backlog:
                        first = self._backlog[0]
                        written = self._push(first)
                        self._backlog_bytes -= written
                        if written < len(first):
                            self._backlog[0] = first[written:]
                            break
                        self._backlog.popleft()
                except (OSError, ValueError):
                    _dropped.inc(len(self._backlog))
                    self._backlog.clear()
                    self._backlog_bytes = 0
                if not self._backlog:
                    self._drainer = None
                    return
            pause.wait(0.02)

    def _after_fork(self) -> None:
        self._lock = threading.Lock()
        self._drainer = None
        self._backlog.clear()
        self._backlog_bytes = 0


_living: "weakref.WeakSet[StdoutWriter]" = weakref.WeakSet()


def _renew_all() -> None:
    for writer in _living:
        writer._after_fork()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_renew_all)


def _refuse(_data: bytes) -> int:
    raise OSError("no standard output")


def _pusher(stream: TextIO | None) -> tuple[Push, int]:
    """Return the way to write to a stream without waiting, and a descriptor to close later."""
    if stream is None:
        return _refuse, -1
    try:
        fd = stream.fileno()
        mode = os.fstat(fd).st_mode
    except (OSError, ValueError, AttributeError):

        def to_object(data: bytes) -> int:
            stream.write(data.decode())
            return len(data)

        return to_object, -1
    if stat.S_ISREG(mode):
        return partial(os.write, fd), -1
    if stat.S_ISSOCK(mode):
        return _socket_pusher(fd)
    return _pipe_pusher(fd)


def _socket_pusher(fd: int) -> tuple[Push, int]:
    held = socket.socket(fileno=os.dup(fd))
    owned = held.detach()

    def send(data: bytes) -> int:
        borrowed = socket.socket(fileno=owned)
        try:
            return borrowed.send(data, socket.MSG_DONTWAIT)
        except BlockingIOError:
            return 0
        finally:
            borrowed.detach()

    return send, owned


def _pipe_pusher(fd: int) -> tuple[Push, int]:
    """Open the pipe or terminal once more, so that not waiting is ours alone.

    `O_NONBLOCK` belongs to the open file, which is shared with everybody who prints to it.
    """
    try:
        owned = os.open(
            Path(f"/proc/self/fd/{fd}"),
            os.O_WRONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC,
        )
    except OSError:
        return _polled_pusher(fd), -1

    def write(data: bytes) -> int:
        try:
            return os.write(owned, data)
        except BlockingIOError:
            return 0

    return write, owned


def _polled_pusher(fd: int) -> Push:
    if not hasattr(select, "poll"):
        return lambda data: os.write(fd, data)
    poll = select.poll()
    poll.register(fd, select.POLLOUT)

    def write(data: bytes) -> int:
        written = 0
        while written < len(data) and poll.poll(0):
            written += os.write(fd, data[written : written + _CHUNK_BYTES])
        return written

    return write

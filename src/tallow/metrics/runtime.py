"""What the process itself is doing: memory, CPU, files, event loop lag, garbage collection."""

import gc
import os
import resource
import sys
import threading
import time
import weakref
from pathlib import Path
from typing import TYPE_CHECKING, Final

from .exposition import scrub_counts
from .instruments import REGISTRY, Gauge, Histogram, HistogramChild
from .instruments import Counter as _Counter

if TYPE_CHECKING:
    import asyncio  # loaded when the first loop is watched: it is a sixth of `import tallow`

__all__ = ["lag_s", "memory_now_ratio", "memory_ratio", "refresh", "start", "watch_loop"]

_LAG_BUCKETS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
_PAUSE_BUCKETS: Final = (1e-05, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05, 0.1, 1.0)
_TICK_S: Final = 0.05
_NO_LIMIT: Final = 1 << 60
"""Linux says a number near 2**63 where control groups v1 have no limit."""

_PROC: Final = Path("/proc/self")
_GROUPS: Final = Path("/sys/fs/cgroup")

_cpu: Final = _Counter("process_cpu_seconds_total", "User and system CPU time spent in seconds.")
_resident: Final = Gauge("process_resident_memory_bytes", "Resident memory size in bytes.")
_virtual: Final = Gauge("process_virtual_memory_bytes", "Virtual memory size in bytes.")
_started: Final = Gauge(
    "process_start_time_seconds", "Start time of the process since unix epoch in seconds."
)
_open_files: Final = Gauge("process_open_fds", "Number of open file descriptors.")
_most_files: Final = Gauge("process_max_fds", "Maximum number of open file descriptors.")
_threads: Final = Gauge("tallow_threads", "Python threads that are alive.")
_heap: Final = Gauge("tallow_heap_blocks", "Blocks the Python allocator has given out.")
_memory: Final = Gauge(
    "tallow_memory_ratio", "Memory in use, of what this control group or machine allows."
)
_lag: Final = Histogram(
    "tallow_event_loop_lag_seconds",
    "How late the event loop comes to what is due.",
    {"loop": ("main", "other")},
    buckets=_LAG_BUCKETS,
)
_pause: Final = Histogram(
    "tallow_gc_pause_seconds",
    "How long garbage collection stopped the process.",
    {"generation": ("0", "1", "2")},
    buckets=_PAUSE_BUCKETS,
)

_scrubbed: Final = _Counter(
    "tallow_scrubbed_total", "Times a rule of the scrubber struck.", {"rule": 500}
)

_PAGE: Final = resource.getpagesize()
_is_started = False
_collection_began_s = 0.0
_pauses: dict[int, HistogramChild] = {}
_due: "weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, _Watch]" = weakref.WeakKeyDictionary()


def start() -> None:
    """Begin to measure; `init()` calls it, and calling it again changes nothing."""
    global _is_started
    if _is_started:
        return
    _is_started = True
    # Made before the first collection: one may come in the middle of making a series, whose lock
    # a callback that makes another would wait for without end.
    _pauses.update((generation, _pause.labels(str(generation))) for generation in range(3))
    gc.callbacks.append(_on_collection)
    REGISTRY.before_scrape(refresh)


def _on_collection(phase: str, info: dict[str, int]) -> None:
    global _collection_began_s
    if phase == "start":
        _collection_began_s = time.perf_counter()
    elif _collection_began_s:
        pause_s = time.perf_counter() - _collection_began_s
        _pauses[info["generation"]].observe(pause_s)


def refresh() -> None:
    """Set the gauges to what is so now; quick enough for each scrape."""
    _cpu.family.child(()).value = time.process_time()
    _threads.set(threading.active_count())
    _heap.set(sys.getallocatedblocks())
    _most_files.set(resource.getrlimit(resource.RLIMIT_NOFILE)[0])
    try:
        virtual, resident = (_PROC / "statm").read_bytes().split()[:2]
        _virtual.set(int(virtual) * _PAGE)
        _resident.set(int(resident) * _PAGE)
        _open_files.set(sum(1 for _ in (_PROC / "fd").iterdir()))
        _started.set(_start_time_s())
    except OSError:  # no /proc here; what is known without it is shown
        _resident.set(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024)
    _memory.set(memory_ratio(int(_resident.value)))
    for rule, count in scrub_counts().items():
        _scrubbed.labels(rule).value = count


def memory_now_ratio() -> float:
    """Return memory in use at this moment, 0 to 1; see `memory_ratio`."""
    refresh()
    return _memory.value


def _start_time_s() -> float:
    # After the last `)`: the name in between may hold anything. Field 22 of stat(5).
    ticks = int((_PROC / "stat").read_bytes().rpartition(b")")[2].split()[19])
    uptime_s = time.clock_gettime(time.CLOCK_BOOTTIME)
    return time.time() - uptime_s + ticks / os.sysconf("SC_CLK_TCK")


def memory_ratio(
    resident_bytes: int, groups: Path = _GROUPS, proc: Path = _PROC, machine: Path | None = None
) -> float:
    """Return memory in use, 0 to 1, of the smallest limit around this process.

    A control group's use is without the file cache that would be given back at once. Where there
    is no group with a limit, it is this process's share of the machine's memory.

    Source: docs.kernel.org/admin-guide/cgroup-v2.html, cgroup-v1/memory.html.
    """
    ratios = [
        used / limit
        for used, limit in (*_groups_v2(groups, proc), *_group_v1(groups, proc))
        if 0 < limit < _NO_LIMIT
    ]
    if ratios:
        return max(ratios)
    total = _field(machine or Path("/proc/meminfo"), "MemTotal:") * 1024
    return resident_bytes / total if total else 0.0


def _groups_v2(groups: Path, proc: Path) -> list[tuple[int, int]]:
    """Return use and limit of this process's group and those above it."""
    own = _group_of(proc, "0::")
    found = []
    folder = groups / own.lstrip("/")
    while folder == groups or groups in folder.parents:
        limit = _whole(folder / "memory.max")
        if limit:
            cache = _field(folder / "memory.stat", "inactive_file")
            found.append((_whole(folder / "memory.current") - cache, limit))
        folder = folder.parent
    return found


def _group_v1(groups: Path, proc: Path) -> list[tuple[int, int]]:
    folder = groups / "memory"
    own = folder / _group_of(proc, "memory:").lstrip("/")
    for place in (own, folder):
        limit = _whole(place / "memory.limit_in_bytes")
        if limit:
            cache = _field(place / "memory.stat", "total_inactive_file")
            return [(_whole(place / "memory.usage_in_bytes") - cache, limit)]
    return []


def _group_of(proc: Path, controller: str) -> str:
    for line in _text(proc / "cgroup").splitlines():
        if line.startswith(controller):
            return line.removeprefix(controller)
        _, _, rest = line.partition(":")
        if rest.startswith(controller):
            return rest.removeprefix(controller)
    return ""


def _whole(path: Path) -> int:
    text = _text(path).strip()
    return int(text) if text.isdecimal() else 0


def _field(path: Path, name: str) -> int:
    for line in _text(path).splitlines():
        words = line.split()
        if len(words) >= 2 and words[0] == name:
            return int(words[1])
    return 0


def _text(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:
        return ""


class _Watch:
    """Looks 20 times a second how late one event loop is; ends with the loop."""

    def __init__(self, loop: "asyncio.AbstractEventLoop", name: str) -> None:
        self._loop = weakref.ref(loop)
        self._series = _lag.labels(name)
        self.due_s = time.monotonic() + _TICK_S
        loop.call_later(_TICK_S, self._tick)

    def _tick(self) -> None:
        now_s = time.monotonic()
        self._series.observe(max(now_s - self.due_s, 0.0))
        loop = self._loop()
        if loop is not None and not loop.is_closed():
            self.due_s = now_s + _TICK_S
            loop.call_later(_TICK_S, self._tick)

    def overdue_s(self) -> float:
        """Return how long this loop has not come to its look, while it should be running."""
        loop = self._loop()
        if loop is None or not loop.is_running():
            return 0.0
        return max(time.monotonic() - self.due_s, 0.0)


def watch_loop() -> None:
    """Watch the running event loop from now on; from inside it, once is enough."""
    import asyncio

    loop = asyncio.get_running_loop()
    if loop not in _due:
        is_main = threading.current_thread() is threading.main_thread()
        _due[loop] = _Watch(loop, "main" if is_main else "other")


def lag_s() -> float:
    """Return how late the latest of the watched event loops is at this moment, in seconds."""
    return max((watch.overdue_s() for watch in list(_due.values())), default=0.0)

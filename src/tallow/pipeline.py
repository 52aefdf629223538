"""The one way out: emit() enriches, scrubs, allows and offers a record to the journals."""

import os
import sys
import threading
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, TypeAlias, cast

from . import context
from .delivery.failures import failed, say_once
from .metrics import Counter
from .metrics.instruments import CounterChild
from .records import LEVELS, Clean, JsonValue, Level, LogLine, Record
from .wire import lines

__all__ = [
    "Engine",
    "Route",
    "describe",
    "emit",
    "engine",
    "failed",
    "is_busy",
    "level_rank",
    "restore",
    "say_once",
    "use",
]

Writer: TypeAlias = "Callable[[Clean[Record], bytes], None]"
"""Takes a record at once, with its encoding; must not block."""

_RANK: Final[Mapping[str, int]] = {level: rank for rank, level in enumerate(LEVELS)}
_MOST_STACK_CHARS: Final = 16_000
_UNSTARTED_RANK: Final = _RANK["warning"]

_log_lines: Final = Counter(
    "tallow_log_lines_total", "Log lines kept, by level.", {"level": LEVELS}
)
_counted: dict[Level, CounterChild] = {}


@dataclass(frozen=True, slots=True)
class Route:
    """The way to one sink: which records it wants, and the journal that keeps them for it.

    `offer` returns whether the record is safe; it never raises.
    """

    wants: Callable[[Record], bool]
    offer: Callable[[bytes], bool]


@dataclass(frozen=True, slots=True)
class Engine:
    """What `emit` works with between `init()` and `close()`.

    `metadata` is what the process knows about itself; `level` the lowest level that is kept. A
    line that carries this very `metadata` was enriched by its maker.
    """

    routes: tuple[Route, ...] = ()
    writers: tuple[Writer, ...] = ()
    metadata: Mapping[str, JsonValue] = field(default_factory=dict)
    level: Level = "info"

    def emit(self, record: Record) -> bool:
        """Enrich, scrub, allow and offer one record; say whether some sink has it safe."""
        if isinstance(record, LogLine):
            if _RANK[record.level] < _RANK[self.level]:
                return False
            if record.metadata is not self.metadata:
                record = self._enriched(record)
            _count(record.level)
        wanted = [route for route in self.routes if route.wants(record)]
        if not wanted and not self.writers:
            return False
        clean = _scrubbed(record)
        payload = lines.encode(clean.value)
        for write in self.writers:
            write(clean, payload)
        kept = False
        for route in wanted:
            kept = route.offer(payload) or kept
        return kept

    def _enriched(self, line: LogLine) -> LogLine:
        bound = context.fields()
        return LogLine(
            line.timestamp_s,
            line.level,
            line.message,
            line.correlation_id or context.correlation_id(),
            {**bound, **line.context} if bound else line.context,
            {**self.metadata, **line.metadata} if line.metadata else self.metadata,
            line.performance,
        )


_engine: Engine | None = None
_clean: Callable[[Record], Clean[Record]] | None = None
_busy: set[int] = set()  # thread ids; adding and discarding are atomic


def use(new: Engine | None) -> Engine | None:
    """Let `emit` work with `new` from now on, or not at all; return the engine before."""
    global _engine
    old, _engine = _engine, new
    return old


def engine() -> Engine | None:
    """Return the engine in use, or None before `init()` and after `close()`."""
    return _engine


def emit(record: Record) -> bool:
    """Send one record on its way and say whether a journal has it. Any thread may call it.

    Never raises: a failure is counted and said once on stderr. Before `init()` records are
    dropped; a log line of level warning or above is shown on stderr instead.
    """
    thread = threading.get_ident()
    if thread in _busy:  # something inside the pipeline logged: that must not come round again
        return False
    _busy.add(thread)
    try:
        current = _engine
        if current is None:
            return _show(record)
        return current.emit(record)
    except Exception as error:  # noqa: BLE001  # monitoring never breaks the application
        failed("pipeline", error)
        return False
    finally:
        _busy.discard(thread)


def is_busy() -> bool:
    """Say whether this thread is inside `emit` right now."""
    return threading.get_ident() in _busy


def level_rank(level: Level) -> int:
    """Return the place of a level, 0 for debug to 4 for critical."""
    return _RANK[level]


def restore(payload: bytes) -> Clean[Record]:
    """Return the record a journal kept; it was scrubbed before it was written.

    Raises:
        WireError: the payload is no record.
    """
    from . import scrub

    return cast("Clean[Record]", scrub.restored(lines.decode(payload)))


def describe(error: BaseException) -> dict[str, JsonValue]:
    """Return an exception as fields: type, message, and the stack without source lines."""
    try:
        message = str(error)
    except Exception:  # noqa: BLE001  # an exception that cannot be shown is still an error
        message = ""
    frames = traceback.StackSummary.extract(
        traceback.walk_tb(error.__traceback__), lookup_lines=False, limit=-50
    )
    steps = [f"{frame.filename}:{frame.lineno} in {frame.name}" for frame in frames]
    stack = "\n".join(steps)[-_MOST_STACK_CHARS:]
    return {"type": type(error).__qualname__, "message": message, "stack": stack}


def _count(level: Level) -> None:
    child = _counted.get(level)
    if child is None:  # late: a label is scrubbed, and the rules take long to load
        child = _counted[level] = _log_lines.labels(level)
    child.inc()


def _scrubbed(record: Record) -> Clean[Record]:
    global _clean
    if _clean is None:
        from . import scrub  # late: its rules take longer to load than all the rest

        _clean = cast("Callable[[Record], Clean[Record]]", scrub.clean)
    return _clean(record)


def _show(record: Record) -> bool:
    """Show a log line of weight on stderr while nothing is configured."""
    if isinstance(record, LogLine) and _RANK[record.level] >= _UNSTARTED_RANK:
        clean = _scrubbed(record).value
        if isinstance(clean, LogLine):
            sys.stderr.write(lines.pretty(clean) + "\n")
    return False


if hasattr(os, "register_at_fork"):
    # A child's new thread may get the number of a thread that was inside `emit` in the parent.
    os.register_at_fork(after_in_child=_busy.clear)

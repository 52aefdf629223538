"""The only transport sentry-sdk has here: each item of an envelope goes to the pipeline."""

import os
import sys
import threading
import time
import weakref
from collections import Counter
from collections.abc import Callable
from typing import Any, Final

from sentry_sdk.envelope import Envelope, Item
from sentry_sdk.transport import Transport
from sentry_sdk.worker import BackgroundWorker

from tallow import metrics, pipeline
from tallow.exceptions import WireError
from tallow.records import ErrorItem, JsonValue
from tallow.wire.lines import loads
from tallow.wire.sentry import JSON_ITEMS, time_of

from .caps import CAPS, Caps

__all__ = ["PipelineTransport"]

_ALLOWED: Final = JSON_ITEMS - {"client_report"}  # the reports are ours: see `report`

_dropped: Final = metrics.Counter(
    "tallow_error_items_dropped_total",
    "Envelope items that may not leave: of an unknown type or not JSON.",
    ("reason",),
)


class PipelineTransport(Transport):
    """Takes envelopes from sentry-sdk and knows no network.

    Everything happens in the worker's thread. Attachments, profiles, replays and types not known
    are dropped and counted: what cannot be scrubbed does not leave.
    """

    def __init__(self, options: "dict[str, Any] | None" = None, caps: Caps = CAPS) -> None:
        super().__init__(options)
        self._caps = caps
        self._own = frozenset((options or {}).get("in_app_include") or ())
        self._queue_size = int((options or {}).get("transport_queue_size", 100))
        self._worker = BackgroundWorker(self._queue_size)
        self._lock = threading.Lock()
        _living.add(self)
        self._lost: Counter[tuple[str, str]] = Counter()

    def capture_envelope(self, envelope: Envelope) -> None:
        """Queue an envelope; when the queue is full its items are counted as lost."""
        if not self._worker.submit(lambda: self._send(envelope)):
            for item in envelope.items:
                self.record_lost_event("queue_overflow", item=item)

    def record_lost_event(
        self,
        reason: str,
        data_category: Any = None,
        item: Item | None = None,
        *,
        quantity: int = 1,
    ) -> None:
        """Count what sentry-sdk gave up, for the next report."""
        category = item.data_category if item is not None else data_category
        with self._lock:
            self._lost[str(category or "error"), reason] += quantity

    def report(self) -> None:
        """Send what did not leave, and how often, as a client report; nothing if all did."""
        suppressed = self._caps.take_suppressed()
        with self._lock:
            lost, self._lost = self._lost, Counter()
        for kind in suppressed:
            lost["error", kind.reason] += kind.quantity
        if not lost:
            return
        now_s = time.time()
        payload: dict[str, JsonValue] = {
            "timestamp": now_s,
            "discarded_events": [
                {"category": category, "reason": reason, "quantity": quantity}
                for (category, reason), quantity in lost.items()
            ],
            # Beside the protocol: which issues the suppressed errors belong to.
            "suppressed": [
                {
                    "event_id": kind.event_id,
                    "type": kind.type,
                    "reason": kind.reason,
                    "quantity": kind.quantity,
                }
                for kind in suppressed
            ],
        }
        pipeline.emit(ErrorItem(now_s, "client_report", payload))

    def flush(self, timeout: float, callback: Callable[[int, float], None] | None = None) -> None:
        """Wait until the queue is empty, then report what did not leave."""
        if timeout > 0:
            self._worker.flush(timeout, callback)
            self.report()

    def kill(self) -> None:
        """Stop the worker."""
        self._worker.kill()

    def _after_fork(self) -> None:
        """Begin with a queue of its own in a child: the parent's has waiters that are not here."""
        self._worker = BackgroundWorker(self._queue_size)
        self._lock = threading.Lock()

    def _send(self, envelope: Envelope) -> None:
        for item in envelope.items:
            record = _record(item, self._own)
            if record is not None:
                pipeline.emit(record)


_living: "weakref.WeakSet[PipelineTransport]" = weakref.WeakSet()


def _renew_all() -> None:
    for transport in _living:
        transport._after_fork()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_renew_all)


def _record(item: Item, own: frozenset[str]) -> ErrorItem | None:
    """Return an item as a record, or None if it may not leave.

    `own` are the packages that are the application's, whatever their names.
    """
    kind = str(item.type)
    if kind not in _ALLOWED:
        _dropped.labels("type").inc()
        return None
    try:
        payload = loads(item.get_bytes(), "envelope")
    except (WireError, TypeError, ValueError):
        _dropped.labels("payload").inc()
        return None
    _tidy_frames(payload, own)
    if payload.get("release") == "":
        del payload["release"]
    at_s = time_of(payload.get("timestamp"), time.time())
    event_id = payload.get("event_id")
    return ErrorItem(at_s, kind, payload, event_id if isinstance(event_id, str) else "")


def _tidy_frames(payload: dict[str, Any], own: frozenset[str]) -> None:
    """Take the absolute paths out of all frames, and tell the standard library's apart.

    Paths name people, and `filename` is enough. sentry-sdk could be given the library's names,
    but would compare each frame with each of them, in the thread of the error.
    """
    for holder in ("exception", "threads"):
        for value in _values(payload.get(holder)):
            stack = value.get("stacktrace")
            frames = stack.get("frames") if isinstance(stack, dict) else None
            for frame in frames if isinstance(frames, list) else ():
                if not isinstance(frame, dict):
                    continue
                if frame.get("filename"):
                    frame.pop("abs_path", None)
                package = str(frame.get("module")).partition(".")[0]
                if package in sys.stdlib_module_names and package not in own:
                    frame["in_app"] = False


def _values(holder: object) -> list[dict[str, Any]]:
    """Return the values of an interface, which may be a list or an object with `values`."""
    said = holder.get("values") if isinstance(holder, dict) else holder
    return [one for one in said if isinstance(one, dict)] if isinstance(said, list) else []

"""The shipper: one thread that steps every lane, sleeps while nothing waits, and never dies."""

import os
import threading
import time
import weakref
from collections.abc import Callable, Sequence
from typing import Final

from .failures import failed
from .http import Http
from .lane import IDLE, Lane, LaneStatus

__all__ = ["Shipper"]

_TICK_S: Final = 5.0
_AFTER_FAILURE_S: Final = 1.0


class Shipper:
    """Steps the lanes in a daemon thread, which starts with the first record after a fork.

    `ticks` are called every 5 seconds in that thread: adoption, checks that all is still ours.
    """

    def __init__(
        self,
        lanes: Sequence[Lane],
        http: Http,
        interval_s: float,
        ticks: Sequence[Callable[[], object]] = (),
    ) -> None:
        self._lanes = tuple(lanes)
        self._http = http
        self._interval_s = interval_s
        self._ticks = tuple(ticks)
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None
        self._awake = threading.Event()
        self._hurry = threading.Event()
        self._stepped = threading.Condition()
        self._is_stopped = False
        _living.add(self)

    def start(self) -> None:
        """Start the thread unless it runs."""
        with self._starting:
            if self._thread is None and not self._is_stopped:
                self._thread = threading.Thread(
                    target=self._run, name="tallow-shipper", daemon=True
                )
                self._thread.start()

    def wake(self) -> None:
        """Say that a record waits. Cheap; any thread may call it."""
        if not self._awake.is_set():
            self._awake.set()
            if self._thread is None:
                self.start()

    def flush(self, timeout_s: float) -> bool:
        """Send what waits now, without back-off; say whether all of it arrived in time.

        Returns early when a sink fails and will not be tried again in time.
        """
        deadline_s = time.monotonic() + timeout_s
        targets = [(lane, lane.journal.end()) for lane in self._lanes]
        before = {lane: lane.failures for lane in self._lanes}
        for lane in self._lanes:
            lane.retry_now()
        self._hurry.set()
        self._awake.set()
        self.start()
        with self._stepped:
            while True:
                left = [lane for lane, place in targets if not lane.journal.has_passed(place)]
                now_s = time.monotonic()
                hopeless = any(
                    lane.failures > before[lane] and lane.not_before_s > deadline_s for lane in left
                )
                if not left or hopeless or now_s >= deadline_s or self._is_stopped:
                    return not left
                self._stepped.wait(min(deadline_s - now_s, 0.5))

    def stop(self, timeout_s: float = 2.0) -> None:
        """End the thread; what is not delivered stays in the journals."""
        self._is_stopped = True
        self._hurry.set()
        self._awake.set()
        thread = self._thread
        if thread is not None and thread is not threading.current_thread():
            thread.join(timeout_s)
        self._http.close()

    def status(self) -> tuple[LaneStatus, ...]:
        """Return how each sink fares."""
        wall_s = time.time()
        return tuple(lane.status(wall_s) for lane in self._lanes)

    def _run(self) -> None:
        next_tick_s = 0.0
        while not self._is_stopped:
            now_s = time.monotonic()
            if now_s >= next_tick_s:
                next_tick_s = now_s + _TICK_S
                self._tick()
            due_s = self._step_all()
            with self._stepped:
                self._stepped.notify_all()
            now_s = time.monotonic()
            if due_s > now_s and self._awake.wait(min(due_s, next_tick_s) - now_s):
                self._awake.clear()
                self._hurry.wait(self._interval_s)  # more may come: one request for many
                self._hurry.clear()

    def _step_all(self) -> float:
        due_s = IDLE
        for lane in self._lanes:
            if self._is_stopped:
                break
            now_s = time.monotonic()
            try:
                due_s = min(due_s, lane.step(now_s))
            except Exception as error:  # noqa: BLE001  # a sender that stops is silent loss
                failed("shipper", error)
                lane.not_before_s = now_s + _AFTER_FAILURE_S
                due_s = min(due_s, lane.not_before_s)
        return due_s

    def _tick(self) -> None:
        for tick in self._ticks:
            try:
                tick()
            except Exception as error:  # noqa: BLE001  # the next tick may succeed
                failed("shipper", error)

    def _after_fork(self) -> None:
        self._starting = threading.Lock()
        self._thread = None
        self._awake = threading.Event()
        self._hurry = threading.Event()
        self._stepped = threading.Condition()
        self._http.forget()


_living: "weakref.WeakSet[Shipper]" = weakref.WeakSet()


def _renew_all() -> None:
    for shipper in _living:
        shipper._after_fork()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_renew_all)

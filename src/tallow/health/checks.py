"""Health checks: named, timed, run side by side, each at most once at a time."""

import inspect
import threading
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from tallow.metrics import Gauge
from tallow.records import JsonObject, JsonValue

if TYPE_CHECKING:
    import asyncio  # loaded when the first report is asked for: it is a sixth of `import tallow`
    from concurrent.futures import Future

__all__ = ["Check", "Outcome", "Registry", "Report", "Result", "Status"]

Status = Literal["healthy", "degraded", "unhealthy"]
_SEVERITY: Final[Mapping[Status, int]] = {"healthy": 0, "degraded": 1, "unhealthy": 2}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a check may return when true or false is not enough.

    `detail` is shown to those with the token: numbers and short words, nothing personal.
    """

    status: Status
    detail: JsonObject = field(default_factory=dict)


Said: TypeAlias = "bool | Status | Outcome | None"
CheckFunction: TypeAlias = "Callable[[], Said | Awaitable[Said]]"


@dataclass(frozen=True, slots=True)
class Result:
    """One check's answer. `age_s` is how old it is, `duration_s` how long it took."""

    name: str
    status: Status
    critical: bool
    duration_s: float
    age_s: float
    problem: str = ""
    """`timed out`, or the name of the exception's class; its text may be anyone's and stays in."""
    detail: JsonObject = field(default_factory=dict)

    def as_json(self) -> dict[str, JsonValue]:
        """Return what the detailed report says of this check."""
        said: dict[str, JsonValue] = {
            "status": self.status,
            "critical": self.critical,
            "duration_s": round(self.duration_s, 6),
            "age_s": round(self.age_s, 3),
        }
        if self.problem:
            said["problem"] = self.problem
        if self.detail:
            said["detail"] = self.detail
        return said


@dataclass(frozen=True, slots=True)
class Report:
    """All answers at one time. `unhealthy` only when a critical check is."""

    status: Status
    results: tuple[Result, ...]


@dataclass(frozen=True, slots=True)
class Check:
    """One registered check: what to call, and what its answer means."""

    name: str
    function: CheckFunction
    timeout_s: float
    critical: bool
    ttl_s: float
    in_readiness: bool


@dataclass(frozen=True, slots=True)
class _Last:
    """The newest answer of a check, and when it was given."""

    result: Result
    at_s: float


def _new_future() -> "Future[tuple[Outcome, str]]":
    from concurrent.futures import Future

    return Future()


@dataclass(frozen=True, slots=True)
class _Run:
    """A check that is under way. Its future ends in an outcome and a problem, never an error."""

    started_s: float
    future: "Future[tuple[Outcome, str]]" = field(default_factory=_new_future)


_state: Final = Gauge(
    "tallow_health_check_ratio",
    "Newest answer of a health check: 1 healthy, 0.5 degraded, 0 unhealthy.",
    {"check": 200},
)
_SHOWN: Final[Mapping[Status, float]] = {"healthy": 1.0, "degraded": 0.5, "unhealthy": 0.0}


class Registry:
    """The checks of a process. Registering is for any thread, `report` for an event loop.

    A sync check runs in a thread of its own, never in the pool the application shares: a pool
    full of hung work cannot delay an answer, nor a hung check the pool. A check that hangs is
    not started again until it ends; until then it counts as unhealthy.
    """

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._checks: dict[str, Check] = {}
        self._last: dict[str, _Last] = {}
        self._running: dict[str, _Run] = {}
        self._lock = threading.Lock()

    def register(
        self,
        name: str,
        function: CheckFunction,
        *,
        timeout_s: float = 2.0,
        critical: bool = True,
        ttl_s: float = 1.0,
        in_readiness: bool = True,
    ) -> None:
        """Add a check, or replace the one of this name.

        It returns true, false, a status or an `Outcome`, or is a coroutine function that does;
        raising is unhealthy. An unhealthy check that is not `critical` makes the whole degraded.
        An answer is good for `ttl_s`. Checks out of readiness are shown in the detailed report.
        """
        with self._lock:
            self._checks[name] = Check(name, function, timeout_s, critical, ttl_s, in_readiness)
            self._last.pop(name, None)
            self._running.pop(name, None)

    def unregister(self, name: str) -> None:
        """Take a check out; unknown names are no error."""
        with self._lock:
            self._checks.pop(name, None)
            self._last.pop(name, None)
            self._running.pop(name, None)

    async def report(self, *, only_readiness: bool = False, deadline_s: float = 5.0) -> Report:
        """Return the answers of all checks, run side by side, within `deadline_s`."""
        import asyncio

        checks = [one for one in self._checks.values() if one.in_readiness or not only_readiness]
        results = await asyncio.gather(*(self._result(check, deadline_s) for check in checks))
        return Report(_whole(results), tuple(results))

    async def _result(self, check: Check, deadline_s: float) -> Result:
        import asyncio

        last = self._last.get(check.name)
        if last is not None and self._now() - last.at_s < check.ttl_s:
            return _aged(last.result, self._now() - last.at_s)
        run = self._start(check)
        left_s = min(check.timeout_s - (self._now() - run.started_s), deadline_s)
        if left_s > 0:
            waited = asyncio.wrap_future(run.future)
            await asyncio.wait((waited,), timeout=left_s)
        last = self._last.get(check.name)
        if run.future.done() and last is not None:
            return _aged(last.result, self._now() - last.at_s)
        _state.labels(check.name).set(_SHOWN["unhealthy"])
        took_s = self._now() - run.started_s
        return Result(check.name, "unhealthy", check.critical, took_s, 0.0, _LATE)

    def _start(self, check: Check) -> _Run:
        """Return the run of a check that is under way, started when there is none."""
        import asyncio

        with self._lock:
            run = self._running.get(check.name)
            if run is not None:
                return run
            run = self._running[check.name] = _Run(self._now())
        run.future.add_done_callback(lambda _: self._ended(check, run))
        if inspect.iscoroutinefunction(check.function):
            task = asyncio.get_running_loop().create_task(_await(check, run.future))
            _tasks.add(task)
            task.add_done_callback(_tasks.discard)
        else:
            name = f"tallow-health-{check.name}"
            threading.Thread(target=_call, args=(check, run.future), name=name, daemon=True).start()
        return run

    def _ended(self, check: Check, run: _Run) -> None:
        """Keep the answer of a run, also of one that nobody waits for any more."""
        took_s = self._now() - run.started_s
        outcome, problem = run.future.result()
        if took_s > check.timeout_s:
            outcome, problem = _FAILED, _LATE
        result = Result(
            check.name, outcome.status, check.critical, took_s, 0.0, problem, outcome.detail
        )
        with self._lock:
            if self._running.get(check.name) is run:
                del self._running[check.name]
            if self._checks.get(check.name) is check:
                self._last[check.name] = _Last(result, self._now())
        _state.labels(check.name).set(_SHOWN[outcome.status])


_FAILED: Final = Outcome("unhealthy")
_LATE: Final = "timed out"
_tasks: Final[set["asyncio.Task[None]"]] = set()
"""Kept here, because an event loop itself holds its tasks only weakly."""


async def _await(check: Check, future: "Future[tuple[Outcome, str]]") -> None:
    import asyncio

    try:
        async with asyncio.timeout(check.timeout_s):
            said = await check.function()  # type: ignore[misc]  # it is a coroutine function
        future.set_result((_outcome(said), ""))
    except BaseException as error:
        future.set_result((_FAILED, _problem(error)))
        if not isinstance(error, Exception):
            raise


def _call(check: Check, future: "Future[tuple[Outcome, str]]") -> None:
    import asyncio

    try:
        said = check.function()
        if inspect.isawaitable(said):
            said = asyncio.run(_awaited(said))
        future.set_result((_outcome(said), ""))
    except BaseException as error:  # noqa: BLE001  # whatever a check raises is its answer
        future.set_result((_FAILED, _problem(error)))


async def _awaited(said: "Awaitable[Said]") -> Said:
    return await said


def _problem(error: BaseException) -> str:
    import asyncio

    is_late = isinstance(error, TimeoutError | asyncio.CancelledError)
    return _LATE if is_late else type(error).__name__


def _outcome(said: object) -> Outcome:
    if isinstance(said, Outcome):
        return said
    if said is None or said is True:
        return Outcome("healthy")
    for status in _SEVERITY:
        if said == status:
            return Outcome(status)
    return Outcome("unhealthy")


def _aged(result: Result, age_s: float) -> Result:
    return replace(result, age_s=max(age_s, 0.0))


def _whole(results: "list[Result]") -> Status:
    worst: Status = "healthy"
    for one in results:
        means: Status = "degraded" if one.status == "unhealthy" and not one.critical else one.status
        if _SEVERITY[means] > _SEVERITY[worst]:
            worst = means
    return worst

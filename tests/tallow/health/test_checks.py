"""Checks run side by side, once at a time, and within their time."""

import asyncio
import threading
import time
from collections.abc import Callable

import pytest

from tallow.health.checks import Outcome, Registry


class Clock:
    """A time that is passed in."""

    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


async def _true() -> bool:
    return True


async def _false() -> bool:
    return False


def _raises() -> bool:
    raise ConnectionError("user:password@db.internal")


async def _raises_later() -> bool:
    raise ConnectionError("user:password@db.internal")


@pytest.mark.parametrize(
    ("check", "status"),
    [
        pytest.param(lambda: True, "healthy", id="true"),
        pytest.param(lambda: None, "healthy", id="nothing to say"),
        pytest.param(lambda: False, "unhealthy", id="false"),
        pytest.param(lambda: "degraded", "degraded", id="a status"),
        pytest.param(lambda: "splendid", "unhealthy", id="a word that is no status"),
        pytest.param(lambda: Outcome("degraded", {"lag": 3}), "degraded", id="an outcome"),
        pytest.param(_true, "healthy", id="a coroutine function"),
        pytest.param(_false, "unhealthy", id="a coroutine function that says false"),
        pytest.param(lambda: _true(), "healthy", id="a function that gives a coroutine"),
        pytest.param(_raises, "unhealthy", id="one that raises"),
        pytest.param(_raises_later, "unhealthy", id="a coroutine function that raises"),
    ],
)
async def test_a_check_may_answer_in_many_ways(check: Callable[[], object], status: str) -> None:
    checks = Registry()
    checks.register("one", check)

    report = await checks.report()

    assert report.results[0].status == status


async def test_the_text_of_an_exception_stays_inside() -> None:
    checks = Registry()
    checks.register("database", _raises)

    result = (await checks.report()).results[0]

    assert result.problem == "ConnectionError"
    assert "password" not in str(result.as_json())


@pytest.mark.parametrize(
    ("critical", "status"),
    [pytest.param(True, "unhealthy", id="critical"), pytest.param(False, "degraded", id="not")],
)
async def test_only_a_critical_check_makes_the_whole_unhealthy(critical: bool, status: str) -> None:
    checks = Registry()
    checks.register("fine", lambda: True)
    checks.register("broken", lambda: False, critical=critical)

    assert (await checks.report()).status == status


async def test_twenty_checks_take_as_long_as_the_slowest() -> None:
    checks = Registry()
    barrier = threading.Barrier(20)
    for number in range(20):
        checks.register(f"check{number}", lambda: barrier.wait(5) >= 0)

    report = await checks.report()

    assert report.status == "healthy"
    assert len(report.results) == 20


async def test_a_hung_check_costs_its_timeout_and_the_next_report_nothing() -> None:
    checks, release = Registry(), threading.Event()
    calls: list[int] = []

    def hang() -> bool:
        calls.append(1)
        return release.wait(30)

    checks.register("hung", hang, timeout_s=0.1)

    first = await checks.report()
    began_s = time.monotonic()
    reports = [await checks.report() for _ in range(5)]
    again_s = time.monotonic() - began_s
    release.set()

    assert first.results[0].problem == "timed out"
    assert {report.status for report in reports} == {"unhealthy"}
    assert again_s < 0.1
    assert calls == [1]


async def test_a_hung_coroutine_is_ended() -> None:
    checks = Registry()
    ended: list[bool] = []

    async def hang() -> bool:
        try:
            await asyncio.sleep(30)
        finally:
            ended.append(True)
        return True

    checks.register("hung", hang, timeout_s=0.05, ttl_s=0)

    report = await checks.report()
    await asyncio.sleep(0)

    assert report.results[0].problem == "timed out"
    assert ended == [True]


async def test_the_deadline_of_a_report_is_kept_whatever_checks_ask_for() -> None:
    checks, release = Registry(), threading.Event()
    checks.register("slow", lambda: release.wait(30), timeout_s=20)
    began_s = time.monotonic()

    report = await checks.report(deadline_s=0.1)
    release.set()

    assert time.monotonic() - began_s < 1
    assert report.results[0].problem == "timed out"


async def test_many_who_ask_at_once_share_one_run() -> None:
    checks, release = Registry(), threading.Event()
    calls: list[int] = []

    def count() -> bool:
        calls.append(1)
        return release.wait(5)

    checks.register("one", count, ttl_s=0)
    asking = [asyncio.create_task(checks.report()) for _ in range(10)]
    await asyncio.sleep(0.02)
    release.set()
    reports = await asyncio.gather(*asking)

    assert {report.status for report in reports} == {"healthy"}
    assert calls == [1]


async def test_an_answer_is_good_for_its_time_and_says_its_age() -> None:
    clock, calls = Clock(), []
    checks = Registry(clock)
    checks.register("one", lambda: calls.append(1), ttl_s=10)

    await checks.report()
    clock.now_s += 9
    aged = (await checks.report()).results[0]
    clock.now_s += 2
    fresh = (await checks.report()).results[0]

    assert (aged.age_s, fresh.age_s) == (9, 0)
    assert len(calls) == 2


async def test_readiness_asks_only_its_own_checks() -> None:
    checks = Registry()
    checks.register("needed", lambda: True)
    checks.register("shown", lambda: False, in_readiness=False)

    assert (await checks.report(only_readiness=True)).status == "healthy"
    assert (await checks.report()).status == "unhealthy"


async def test_a_check_registered_anew_replaces_the_old_one() -> None:
    checks = Registry()
    checks.register("one", lambda: False, ttl_s=60)
    await checks.report()
    checks.register("one", lambda: True, ttl_s=60)

    assert (await checks.report()).status == "healthy"


async def test_no_checks_are_healthy() -> None:
    assert (await Registry().report()).status == "healthy"


async def test_a_late_answer_is_taken_when_it_comes() -> None:
    checks, release = Registry(), threading.Event()
    clock = Clock()
    checks = Registry(clock)
    checks.register("slow", lambda: release.wait(5), timeout_s=1, ttl_s=60)

    late = await checks.report(deadline_s=0.05)
    release.set()
    async with asyncio.timeout(5):
        while (await checks.report(deadline_s=0.05)).status != "healthy":
            await asyncio.sleep(0.01)

    assert late.status == "unhealthy"

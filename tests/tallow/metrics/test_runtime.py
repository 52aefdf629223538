"""What the process says of itself, held against what the system says."""

import asyncio
import gc
import re
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry
from prometheus_client.process_collector import ProcessCollector

from tallow import scrub
from tallow.metrics import REGISTRY, runtime
from tallow.metrics.exposition import render


def value_of(series: str) -> float:
    found = re.search("^" + re.escape(series) + r" (\S+)$", render(REGISTRY).decode(), re.MULTILINE)
    return float(found[1]) if found else 0.0


@pytest.fixture(autouse=True)
def started() -> None:
    runtime.start()


@pytest.mark.parametrize(
    ("name", "tolerance"),
    [
        ("process_resident_memory_bytes", 0.2),
        ("process_virtual_memory_bytes", 0.2),
        ("process_start_time_seconds", 1e-6),
        ("process_max_fds", 0.0),
        ("process_open_fds", 0.3),
        ("process_cpu_seconds_total", 0.2),
    ],
)
def test_the_process_is_described_as_prometheus_client_does(name: str, tolerance: float) -> None:
    theirs = CollectorRegistry()
    ProcessCollector(registry=theirs)

    said = value_of(name)

    assert said == pytest.approx(theirs.get_sample_value(name), rel=tolerance)


def test_a_collection_is_a_pause_that_is_measured() -> None:
    before = value_of('tallow_gc_pause_seconds_count{generation="2"}')

    gc.collect()

    assert value_of('tallow_gc_pause_seconds_count{generation="2"}') >= before + 1


async def test_a_blocked_event_loop_is_seen() -> None:
    series = 'tallow_event_loop_lag_seconds_bucket{loop="main",le="0.1"}'
    runtime.watch_loop()
    await asyncio.sleep(0.06)
    total = value_of('tallow_event_loop_lag_seconds_count{loop="main"}')
    quick = value_of(series)

    time.sleep(0.25)
    await asyncio.sleep(0.01)

    late = value_of('tallow_event_loop_lag_seconds_count{loop="main"}') - value_of(series)
    assert late >= total - quick + 1


def test_a_loop_that_hangs_in_another_thread_is_seen_while_it_hangs() -> None:
    began, release = threading.Event(), threading.Event()

    async def hang() -> None:
        runtime.watch_loop()
        await asyncio.sleep(0.06)
        began.set()
        release.wait(10)

    thread = threading.Thread(target=lambda: asyncio.run(hang()))
    thread.start()
    began.wait(10)
    until_s = time.monotonic() + 5
    while runtime.lag_s() < 0.2 and time.monotonic() < until_s:
        time.sleep(0.01)
    during_s = runtime.lag_s()
    release.set()
    thread.join()

    assert during_s >= 0.2
    assert runtime.lag_s() < during_s


def test_the_strikes_of_each_scrub_rule_are_counted() -> None:
    before = value_of('tallow_scrubbed_total{rule="email"}')

    scrub.scrub_pii("from ann@example.org to bob@example.org")

    assert value_of('tallow_scrubbed_total{rule="email"}') == before + 2


def make(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


V2 = {
    "proc/cgroup": "0::/pod/app\n",
    "groups/pod/app/memory.max": "max\n",
    "groups/pod/app/memory.current": "600\n",
    "groups/pod/app/memory.stat": "anon 1\ninactive_file 100\n",
    "groups/pod/memory.max": "1000\n",
    "groups/pod/memory.current": "700\n",
    "groups/pod/memory.stat": "inactive_file 200\n",
}
V1 = {
    "proc/cgroup": "5:cpu:/x\n4:memory:/docker/abc\n",
    "groups/memory/docker/abc/memory.limit_in_bytes": "1000\n",
    "groups/memory/docker/abc/memory.usage_in_bytes": "900\n",
    "groups/memory/docker/abc/memory.stat": "total_inactive_file 150\n",
}
MACHINE = {"meminfo": "MemFree: 5 kB\nMemTotal: 1 kB\n"}


@pytest.mark.parametrize(
    ("files", "ratio"),
    [
        pytest.param(V2, 0.5, id="the limit of a group above, without its file cache"),
        pytest.param(
            V2 | {"groups/pod/app/memory.max": "625"}, 0.8, id="the tighter of two limits"
        ),
        pytest.param(V1, 0.75, id="control groups v1"),
        pytest.param(
            V1 | {"groups/memory/docker/abc/memory.limit_in_bytes": "9223372036854771712"},
            0.25,
            id="no limit, as v1 says it",
        ),
        pytest.param({"proc/cgroup": "0::/\n"}, 0.25, id="no group has a limit"),
        pytest.param({"proc/other": ""}, 0.25, id="no control groups at all"),
    ],
)
def test_memory_is_of_the_smallest_limit_around(
    tmp_path: Path, files: dict[str, str], ratio: float
) -> None:
    make(tmp_path, files | MACHINE)

    said = runtime.memory_ratio(256, tmp_path / "groups", tmp_path / "proc", tmp_path / "meminfo")

    assert said == pytest.approx(ratio)


def test_memory_in_use_is_a_part_of_all() -> None:
    assert 0 < runtime.memory_now_ratio() < 1


def test_a_collection_while_the_scrubber_is_made_blocks_nothing() -> None:
    """In a process of its own: where it blocks, it blocks for ever."""
    said = """
import gc
gc.disable()
from tallow.metrics import Counter, runtime
from tallow.scrub import room

def make_amid_a_collection(policy, make=room.Room):
    gc.collect()
    return make(policy)

room.Room = make_amid_a_collection
runtime.start()
Counter("many_total", "Many.", ["name"]).labels("one").inc()
"""
    done = subprocess.run([sys.executable, "-c", said], timeout=30, check=False)

    assert done.returncode == 0

"""What is acknowledged is on disk, and reaches the store once, whatever dies in between."""

import errno
import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tallow_console.logs.tables import TABLES
from tallow_console.spool import DiskFullError, Loader, Spool, SpoolFullError
from tallow_console.spool.segments import frames, segment_path, segments
from tallow_console.state import State
from tallow_console.store import DAY_S, Row, Store, StoreError

MIB = 1024 * 1024


def line(message: str, days_ago: int = 0) -> tuple[str, Row]:
    return "logs", {
        "ts": round(time.time() - days_ago * DAY_S, 3),
        "level": "info",
        "service": "shop",
        "environment": "test",
        "correlation_id": "",
        "message": message,
        "context": "{}",
        "metadata": "{}",
        "performance": "{}",
    }


def kept_messages(folder: Path) -> list[str]:
    return [
        row["message"]
        for segment in segments(folder)
        for frame in frames(segment_path(folder, segment))
        for _, row in frame.rows
    ]


@pytest.fixture
def spool(tmp_path: Path) -> Iterator[Spool]:
    made = Spool(tmp_path / "spool", 64 * MIB)
    yield made
    made.close()


class Parts:
    """A store, a state and what is between them and a spool, in one folder."""

    def __init__(self, folder: Path) -> None:
        self.store = Store(folder / "store")
        self.store.create(TABLES)
        self.state = State(folder / "state.db")
        self.spool = Spool(folder / "spool", 64 * MIB)
        self.loader = Loader(self.spool, self.store, self.state, {})

    def messages(self) -> list[str]:
        rows = self.store.query("SELECT message FROM tallow.logs ORDER BY seg, n")
        return [row["message"] for row in rows]

    def close(self) -> None:
        self.spool.close()
        if self.loader.is_alive:
            self.loader.close(5.0)
        self.store.close()
        self.state.close()


@pytest.fixture
def parts(tmp_path: Path) -> Iterator[Parts]:
    made = Parts(tmp_path)
    yield made
    made.close()


def test_an_answer_is_given_after_the_rows_are_on_disk(tmp_path: Path) -> None:
    synced = threading.Event()
    asked = threading.Event()

    def slow_sync(file: int) -> None:
        asked.set()
        assert synced.wait(5)
        os.fdatasync(file)

    spool = Spool(tmp_path, 64 * MIB, sync=slow_sync)
    kept = spool.append([line("one")])
    assert asked.wait(5)
    assert not kept.done()
    synced.set()
    kept.result(5)

    assert kept_messages(tmp_path) == ["one"]
    spool.close()


def test_those_who_wait_together_share_one_sync(tmp_path: Path) -> None:
    first = threading.Event()
    syncs = []

    def counted(file: int) -> None:
        assert first.wait(5)
        syncs.append(file)

    spool = Spool(tmp_path, 64 * MIB, sync=counted)
    waiting = [spool.append([line("first")])]
    while spool.size_bytes and spool._waiting:  # until the first is being written
        time.sleep(0.001)
    waiting += [spool.append([line(f"line {n}")]) for n in range(50)]
    first.set()
    for one in waiting:
        one.result(5)

    assert len(syncs) == 2
    assert len(kept_messages(tmp_path)) == 51
    spool.close()


def test_a_spool_at_its_limit_refuses_and_keeps_what_it_has(tmp_path: Path) -> None:
    spool = Spool(tmp_path, 2000)
    spool.append([line("kept")]).result(5)

    with pytest.raises(SpoolFullError):
        spool.append([line("x" * 3000)])

    assert kept_messages(tmp_path) == ["kept"]
    spool.close()


def test_a_full_disk_is_said_and_leaves_no_half_frame(tmp_path: Path) -> None:
    is_full = False

    def sync(file: int) -> None:
        if is_full:
            raise OSError(errno.ENOSPC, "no space left")

    spool = Spool(tmp_path, 64 * MIB, sync=sync)
    spool.append([line("before")]).result(5)
    is_full = True
    refused = spool.append([line("during")])
    with pytest.raises(DiskFullError):
        refused.result(5)
    is_full = False
    spool.append([line("after")]).result(5)

    assert kept_messages(tmp_path) == ["before", "after"]
    spool.close()


def test_after_a_failed_sync_the_file_is_not_trusted(tmp_path: Path) -> None:
    fails = True

    def sync(file: int) -> None:
        if fails:
            raise OSError(errno.EIO, "input/output error")

    spool = Spool(tmp_path, 64 * MIB, sync=sync)
    refused = spool.append([line("lost")])
    with pytest.raises(DiskFullError):
        refused.result(5)
    fails = False
    spool.append([line("kept")]).result(5)

    assert len(segments(tmp_path)) == 2
    assert kept_messages(tmp_path) == ["kept"]
    spool.close()


@pytest.mark.parametrize(
    ("damage", "left"),
    [
        pytest.param(lambda data: data[:-5], ["one", "two"], id="the last frame is torn"),
        pytest.param(
            lambda data: data[:60] + b"\x00" + data[61:], ["two", "three"], id="one byte rots"
        ),
        pytest.param(lambda data: b"TLW1" + data, ["one", "two", "three"], id="a mark too many"),
        pytest.param(lambda data: b"", [], id="nothing is left"),
    ],
)
def test_damage_costs_only_the_frame_it_hits(spool: Spool, damage: Any, left: list[str]) -> None:
    for message in ("one", "two", "three"):
        spool.append([line(message)]).result(5)
    path = segment_path(spool.folder, segments(spool.folder)[0])
    path.write_bytes(damage(path.read_bytes()))

    assert kept_messages(spool.folder) == left


def test_files_are_for_their_owner_alone(spool: Spool) -> None:
    spool.append([line("one")]).result(5)

    path = segment_path(spool.folder, segments(spool.folder)[0])
    assert path.stat().st_mode & 0o777 == 0o600
    assert spool.folder.stat().st_mode & 0o777 == 0o700


def test_what_is_appended_is_queryable_within_a_second(parts: Parts) -> None:
    parts.loader.start()
    parts.spool.append([line("warm")]).result(5)
    parts.loader.wait_until_loaded(5)
    began = time.monotonic()
    parts.spool.append([line("hello")]).result(5)

    assert parts.loader.wait_until_loaded(5)
    assert parts.messages() == ["warm", "hello"]
    assert time.monotonic() - began < 1.0


def test_a_restart_loads_what_was_left_and_doubles_nothing(tmp_path: Path) -> None:
    parts = Parts(tmp_path)
    # Three days, so that an insert is not atomic as a whole; half of it is in the store already.
    rows = [line(f"line {n}", days_ago=n % 3) for n in range(300)]
    parts.spool.append(rows).result(5)
    segment = segments(parts.spool.folder)[0]
    half = [{"seg": segment, "n": n, **row} for n, (_, row) in enumerate(rows) if n % 2]
    parts.store.insert("logs", half)
    parts.close()

    parts = Parts(tmp_path)
    parts.loader.start()
    assert parts.loader.wait_until_loaded(10)
    found = parts.messages()
    parts.close()

    assert found == [f"line {n}" for n in range(300)]


def test_a_store_that_comes_back_gets_everything_once(parts: Parts, monkeypatch: Any) -> None:
    insert, failures = parts.store.insert, []

    def failing(table: str, rows: list[Row]) -> None:
        if len(failures) < 2:
            failures.append(table)
            insert(table, rows[:1])  # some of it was taken before it failed
            raise StoreError("the connection broke")
        insert(table, rows)

    monkeypatch.setattr(parts.store, "insert", failing)
    parts.spool.append([line("one"), line("two"), line("three")]).result(5)
    parts.loader.start()

    assert parts.loader.wait_until_loaded(10)
    assert parts.messages() == ["one", "two", "three"]


def test_one_row_no_store_would_take_is_set_by_and_the_others_go_on(parts: Parts) -> None:
    table, odd = line("odd")
    rows = [line("one"), (table, {**odd, "ts": "yesterday"}), line("two")]
    parts.spool.append(rows).result(5)
    parts.loader.start()

    assert parts.loader.wait_until_loaded(10)
    assert parts.messages() == ["one", "two"]
    assert b'"odd"' in (parts.spool.folder / "refused.jsonl").read_bytes()


def test_segments_go_a_minute_after_they_were_loaded(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr("tallow_console.spool.loader._KEEP_LOADED_S", 0.0)
    monkeypatch.setattr("tallow_console.spool.writer._SEGMENT_BYTES", 1000)
    parts = Parts(tmp_path)
    parts.loader.start()
    for n in range(10):
        parts.spool.append([line(f"line {n}" + "x" * 1000)]).result(5)
        parts.loader.wait_until_loaded(5)
    deadline = time.monotonic() + 5
    while len(segments(parts.spool.folder)) > 1 and time.monotonic() < deadline:
        parts.spool.arrived.set()
        time.sleep(0.05)

    assert len(segments(parts.spool.folder)) == 1
    assert len(parts.messages()) == 10
    parts.close()


def test_lone_surrogates_and_nul_reach_the_store(parts: Parts) -> None:
    parts.spool.append([line("half \ud83d of a pair, and \x00")]).result(5)
    parts.loader.start()

    assert parts.loader.wait_until_loaded(5)
    assert parts.messages() == ["half ? of a pair, and \x00"]

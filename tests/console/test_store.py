"""Signals are kept and read by the same SQL, in this process and through ClickHouse's HTTP."""

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import requests

from tallow_console import retention
from tallow_console.app import TABLES
from tallow_console.settings import ConsoleSettings
from tallow_console.store import DAY_S, Row, Store, StoreError, Table, clamped, json_text

from .conftest import free_port, wait_for

NOW_S = time.time()


def answers(url: str) -> bool:
    try:
        return requests.get(url + "/?query=SELECT%201", timeout=5).ok
    except requests.RequestException:
        return False


@pytest.fixture(scope="module", params=["embedded", "through HTTP"])
def store(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Store]:
    folder = tmp_path_factory.mktemp("store")
    if request.param == "embedded":
        made = Store(folder)
        made.create(TABLES)
        yield made
        made.close()
        return
    port = free_port()
    double = str(Path(__file__).with_name("clickhouse.py"))
    server = subprocess.Popen([sys.executable, double, str(folder), str(port)])
    try:
        url = f"http://127.0.0.1:{port}"
        wait_for(lambda: answers(url))
        made = Store(folder, url)
        made.create(TABLES)
        yield made
        made.close()
    finally:
        server.kill()
        server.wait()


def log(message: str, n: int = 0, days_ago: float = 0.0) -> Row:
    return {
        "seg": 1,
        "n": n,
        "ts": NOW_S - days_ago * DAY_S,
        "level": "info",
        "service": "shop",
        "environment": "test",
        "correlation_id": "ab" * 16,
        "message": message,
        "context": '{"a": "it\'s \\"quoted\\""}',
        "metadata": "{}",
        "performance": "{}",
    }


def test_what_goes_in_comes_out(store: Store) -> None:
    store.command("TRUNCATE TABLE tallow.logs")
    message = "naïve \x00 'quoted' \\ back\nslash \t ☂"
    store.insert("logs", [log(message)])

    (row,) = store.query("SELECT * FROM tallow.logs")
    assert (row["message"], row["level"], row["context"]) == (
        message,
        "info",
        '{"a": "it\'s \\"quoted\\""}',
    )
    assert row["ts"] == datetime.fromtimestamp(int(NOW_S * 1000) / 1000, UTC)


def test_maps_and_numbers_keep_their_kind(store: Store) -> None:
    series = {
        "id": 2**63 - 1,
        "metric": "up",
        "tags": {"instance": "a:1", "odd": 'q"uote'},
        "type": "gauge",
        "help": "",
        "unit": "",
        "first_seen": NOW_S,
    }
    store.insert("series", [series])

    (row,) = store.query("SELECT id, tags FROM tallow.series WHERE metric = 'up'")
    assert (row["id"], row["tags"]) == (2**63 - 1, {"instance": "a:1", "odd": 'q"uote'})


def test_values_are_parameters_never_sql(store: Store) -> None:
    store.command("TRUNCATE TABLE tallow.logs")
    said = "'; DROP TABLE tallow.logs; --"
    store.insert("logs", [log(said)])

    sql = "SELECT count() AS found FROM tallow.logs WHERE message = {said:String}"
    assert store.query(sql, {"said": said}) == [{"found": 1}]


def test_words_and_correlation_ids_are_found(store: Store) -> None:
    store.command("TRUNCATE TABLE tallow.logs")
    store.insert("logs", [log("peer joined Room"), log("peer left", 1)])

    sql = "SELECT message FROM tallow.logs WHERE hasToken(lower(message), {word:String})"
    assert store.query(sql, {"word": "room"}) == [{"message": "peer joined Room"}]
    sql = "SELECT count() AS found FROM tallow.logs WHERE correlation_id = {id:String}"
    assert store.query(sql, {"id": "ab" * 16}) == [{"found": 2}]


def test_creating_twice_changes_nothing_and_a_new_version_is_applied(store: Store) -> None:
    store.create(TABLES)
    first = Table("odd", ("a",), ("CREATE TABLE {table} (a UInt8) ENGINE = {engine} ORDER BY a",))
    store.create([first])
    store.insert("odd", [{"a": 1}])
    store.create(
        [Table("odd", ("a", "b"), (*first.versions, "ALTER TABLE {table} ADD COLUMN b UInt8"))]
    )

    assert store.query("SELECT a, b FROM tallow.odd") == [{"a": 1, "b": 0}]
    store.command("DROP TABLE tallow.odd")
    store.command("ALTER TABLE tallow.schema_versions DELETE WHERE name = 'odd'")


def test_an_error_says_whose_fault_it_is_and_quotes_no_row(store: Store) -> None:
    with pytest.raises(StoreError) as rows:
        store.insert("logs", [{**log("secret words"), "ts": "yesterday"}])
    with pytest.raises(StoreError) as query:
        store.query("SELECT nothing FROM tallow.nowhere")

    assert rows.value.is_about_rows
    assert "secret words" not in str(rows.value)
    assert not query.value.is_about_rows
    assert store.is_ready()


def test_many_threads_may_ask_at_once(store: Store) -> None:
    found: list[int] = []

    def ask() -> None:
        for _ in range(5):
            found.append(store.query("SELECT 1 AS one")[0]["one"])

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert found == [1] * 40


def test_what_is_older_than_the_settings_say_goes(store: Store) -> None:
    store.command("TRUNCATE TABLE tallow.logs")
    store.insert("logs", [log("old", days_ago=20)])
    store.insert("logs", [log("new", 1)])

    retention.set_ttl(store, ConsoleSettings(keep_logs_days=7))
    store.command("OPTIMIZE TABLE tallow.logs FINAL")

    assert store.query("SELECT message FROM tallow.logs") == [{"message": "new"}]


def test_over_the_limit_the_oldest_days_go_and_the_newest_stays(store: Store) -> None:
    retention.set_ttl(store, ConsoleSettings(keep_logs_days=30))
    store.command("TRUNCATE TABLE tallow.logs")
    for day in range(4):
        store.insert("logs", [log(f"day {day} " + "x" * 100, day, days_ago=day)])

    kept = retention.prune(store, ConsoleSettings(store_max_bytes=2**60))
    dropped = retention.prune(store, ConsoleSettings(store_max_bytes=1))

    assert kept == []
    assert [one.table for one in dropped].count("logs") == 3
    assert [one.partition for one in dropped] == sorted(one.partition for one in dropped)
    assert store.query("SELECT n FROM tallow.logs") == [{"n": 0}]


@pytest.mark.parametrize(
    ("said_s", "kept_s"),
    [
        pytest.param(NOW_S - 60, NOW_S - 60, id="a minute ago"),
        pytest.param(NOW_S - 400 * DAY_S, NOW_S - 30 * DAY_S, id="a year ago"),
        pytest.param(NOW_S + 366 * DAY_S, NOW_S + DAY_S, id="a year ahead"),
        pytest.param(0.0, NOW_S, id="no time"),
        pytest.param(float("nan"), NOW_S, id="not a number"),
        pytest.param(float("inf"), NOW_S, id="no end"),
    ],
)
def test_times_of_clients_are_clamped(said_s: float, kept_s: float) -> None:
    assert clamped(said_s, NOW_S) == round(kept_s, 3)


def test_json_text_takes_what_json_cannot_say() -> None:
    assert json_text({"a": "half \ud83d"}) == '{"a": "half ?"}'
    assert json_text({"a": 1}) == '{"a":1}'

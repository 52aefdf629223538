"""Signals at rest: chDB in this process, or ClickHouse by address, under one SQL text."""

import json
import math
import re
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, LifoQueue
from typing import Any, Final, TypeAlias
from urllib.parse import unquote, urlsplit

import orjson

from tallow.exceptions import TallowError
from tallow.records import JsonValue

__all__ = ["DAY_S", "Row", "Store", "StoreError", "Table", "clamped", "json_text"]

Row: TypeAlias = dict[str, Any]
"""One row, column → value. Times go in as Unix seconds and come out as aware datetimes."""

DATABASE: Final = "tallow"
DAY_S: Final = 86_400.0
_MIB: Final = 1024 * 1024
_MOST_IDLE: Final = 6
_ROW_FAULTS: Final = frozenset({6, 25, 26, 27, 33, 38, 41, 53, 69, 70, 72, 117, 130, 321, 349, 441})
"""Codes of the engine for text it cannot parse and values that do not fit their column."""

CREATE_DATABASE = "CREATE DATABASE IF NOT EXISTS tallow"
CREATE_VERSIONS = """
CREATE TABLE IF NOT EXISTS tallow.schema_versions (
    name String,
    version UInt32,
    applied DateTime DEFAULT now()
) ENGINE = MergeTree ORDER BY (name, version)
"""
SELECT_VERSIONS = "SELECT name, max(version) AS version FROM tallow.schema_versions GROUP BY name"

_SESSION: Final[Mapping[str, Any]] = {
    "async_insert": 0,
    "max_threads": 2,
    "session_timezone": "UTC",
    "input_format_skip_unknown_fields": 1,
}
# What an idle console costs is what people complain of most: few threads, small caches.
_EMBEDDED: Final[Mapping[str, int]] = {
    "background_pool_size": 2,
    "background_schedule_pool_size": 2,
    "max_thread_pool_size": 64,
    "mark_cache_size": 64 * _MIB,
    "primary_index_cache_size": 64 * _MIB,
    "index_mark_cache_size": 32 * _MIB,
    "text_index_tokens_cache_size": 16 * _MIB,
    "text_index_header_cache_size": 16 * _MIB,
    "text_index_postings_cache_size": 32 * _MIB,
    "query_condition_cache_size": 16 * _MIB,
    "compiled_expression_cache_size": 16 * _MIB,
}


class StoreError(TallowError):
    """The store did not do what it was asked; the message is short and quotes no row.

    `is_about_rows`: the engine works, but the rows it was given do not fit the table.
    """

    def __init__(self, problem: str, is_about_rows: bool = False) -> None:
        super().__init__(problem)
        self.is_about_rows = is_about_rows


@dataclass(frozen=True, slots=True)
class Table:
    """One table of signals: what it is called, what goes in, and how it came to be.

    `versions` are statements run in order, once each; the first creates the table. They name it
    `{table}` and its engine `{engine}`, so one text serves chDB and ClickHouse.
    """

    name: str
    columns: tuple[str, ...]
    versions: tuple[str, ...]

    @property
    def full_name(self) -> str:
        """Return the name with its database, as queries write it."""
        return f"{DATABASE}.{self.name}"


class Store:
    """The one door to signals. Any thread may call it; each call has a connection of its own.

    `url` empty: chDB in `folder`, which one process at a time may open, and which must never be
    forked after that. Otherwise `http(s)://USER:PASSWORD@HOST:PORT` of a ClickHouse.
    """

    def __init__(self, folder: Path, url: str = "", memory_max_bytes: int = 1024 * _MIB) -> None:
        self._folder = folder
        self._url = url
        self._memory_max_bytes = memory_max_bytes
        self._idle: LifoQueue[Any] = LifoQueue(maxsize=_MOST_IDLE)
        self._closed = threading.Event()
        self.engine = "ClickHouse" if url else "chDB"
        self.command(CREATE_DATABASE)

    def create(self, tables: Sequence[Table]) -> None:
        """Bring the schema to its newest version; what is already there is left alone."""
        self.command(CREATE_VERSIONS)
        have = {row["name"]: row["version"] for row in self.query(SELECT_VERSIONS)}
        for table in tables:
            for version, text in enumerate(table.versions, start=1):
                if version <= have.get(table.name, 0):
                    continue
                self.command(text.format(table=table.full_name, engine="MergeTree"))
                self.insert("schema_versions", [{"name": table.name, "version": version}])

    def query(self, sql: str, parameters: Mapping[str, Any] | None = None) -> list[Row]:
        """Return the rows of a SELECT; values go in as `{name:Type}` parameters, never as text."""
        with self._connection() as client:
            found = client.query(sql, parameters=dict(parameters or {}))
            return [dict(zip(found.column_names, row, strict=True)) for row in found.result_rows]

    def command(self, sql: str, parameters: Mapping[str, Any] | None = None) -> None:
        """Run a statement that answers nothing."""
        with self._connection() as client:
            client.command(sql, parameters=dict(parameters or {}))

    def insert(self, table: str, rows: Sequence[Row]) -> None:
        """Insert rows in one block a partition; keys that are no column are left out."""
        if not rows:
            return
        block = b"\n".join(map(orjson.dumps, rows))
        with self._connection() as client:
            client.raw_insert(
                f"{DATABASE}.{table}", list(rows[0]), insert_block=block, fmt="JSONEachRow"
            )

    def is_ready(self) -> bool:
        """Return whether the engine answers."""
        try:
            return bool(self.query("SELECT 1 AS one"))
        except StoreError:
            return False

    def give_back_memory(self) -> None:
        """Let the embedded engine return what it holds for later; a server minds itself."""
        if not self._url:
            self.command("SYSTEM JEMALLOC PURGE")

    def close(self) -> None:
        """Close every idle connection; later calls raise `StoreError`."""
        self._closed.set()
        while True:
            try:
                self._idle.get_nowait().close()
            except Empty:
                return

    @contextmanager
    def _connection(self) -> Iterator[Any]:
        """Lend a connection to one call; a connection that failed is not lent again."""
        if self._closed.is_set():
            raise StoreError("the store is closed")
        try:
            client = self._idle.get_nowait()
        except Empty:
            client = self._connect()
        try:
            yield client
        except Exception as error:
            client.close()
            raise _as_store_error(error) from error
        if self._closed.is_set() or self._idle.full():
            client.close()
        else:
            self._idle.put(client)

    def _connect(self) -> Any:
        # Imported here: 150 ms and 200 MB that `tallow console --help` need not pay.
        from clickhouse_connect.driver import create_client

        session = {**_SESSION, "max_memory_usage": self._memory_max_bytes}
        try:
            if self._url:
                return create_client(
                    **_address(self._url),
                    tz_mode="aware",
                    settings=session,
                    compress=False,
                    autogenerate_session_id=False,
                )
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            options = {**_EMBEDDED, "max_server_memory_usage": 2 * self._memory_max_bytes}
            return create_client(
                dsn=f"chdb://{self._folder}",
                tz_mode="aware",
                settings=session,
                chdb_options=options,
            )
        except Exception as error:
            raise _as_store_error(error) from error


def clamped(timestamp_s: float, now_s: float) -> float:
    """Return a client's Unix time, but at most 30 days old and one day ahead; `now_s` if absurd.

    A batch over more than a hundred days fails as a whole, and clocks of clients are wrong.
    """
    if not math.isfinite(timestamp_s) or timestamp_s <= 0:
        return round(now_s, 3)
    return round(min(max(timestamp_s, now_s - 30 * DAY_S), now_s + DAY_S), 3)


def json_text(value: JsonValue) -> str:
    """Return a value as JSON text for a String column; lone surrogates become `?`."""
    try:
        return orjson.dumps(value, option=orjson.OPT_NON_STR_KEYS).decode()
    except (TypeError, ValueError):
        text = json.dumps(value, default=str, ensure_ascii=False)
        return text.encode("utf-8", "replace").decode()


def _address(url: str) -> dict[str, Any]:
    """Return a ClickHouse address as the client takes it."""
    parts = urlsplit(url)
    return {
        "interface": parts.scheme,
        "host": parts.hostname,
        "port": parts.port or (8443 if parts.scheme == "https" else 8123),
        "username": unquote(parts.username or "default"),
        "password": unquote(parts.password or ""),
    }


def _as_store_error(error: Exception) -> StoreError:
    """Return what the engine said without what it may quote of rows: its code and its name."""
    text = str(error)
    code = re.search(r"Code: (\d+)", text)
    name = re.search(r"\(([A-Z][A-Z_]{3,})\)", text)
    if code is None:
        return StoreError(f"the store failed: {type(error).__name__}")
    said = f"the store refused: code {code[1]} {name[1] if name else ''}".rstrip()
    return StoreError(said, is_about_rows=int(code[1]) in _ROW_FAULTS)

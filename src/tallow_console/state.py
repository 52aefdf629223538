"""Small things that change, in SQLite: issue status, alert state, who is signed in, the ledger."""

import sqlite3
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

__all__ = ["State"]

CREATE_VERSIONS = """
CREATE TABLE IF NOT EXISTS schema_version (
    name TEXT PRIMARY KEY,
    version INTEGER NOT NULL
) WITHOUT ROWID
"""
SELECT_VERSION = "SELECT version FROM schema_version WHERE name = ?"
SAVE_VERSION = """
INSERT INTO schema_version (name, version) VALUES (?, ?)
ON CONFLICT (name) DO UPDATE SET version = excluded.version
"""


class State:
    """One SQLite file, mode 0600, one connection behind a lock; any thread may call it."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.touch(mode=0o600)
        self._lock = threading.RLock()
        self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._db.row_factory = sqlite3.Row
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = NORMAL")
        self._db.execute("PRAGMA busy_timeout = 5000")
        self._db.execute(CREATE_VERSIONS)

    def create(self, name: str, versions: Sequence[str]) -> None:
        """Bring one room's tables to their newest version: each statement runs once, in order."""
        with self.transaction():
            found = self.select(SELECT_VERSION, (name,))
            have = int(found[0]["version"]) if found else 0
            for text in versions[have:]:
                self._db.execute(text)
            self._db.execute(SAVE_VERSION, (name, len(versions)))

    def select(
        self, sql: str, parameters: Sequence[object] | Mapping[str, object] = ()
    ) -> list[dict[str, Any]]:
        """Return the rows of a SELECT, column → value."""
        with self._lock:
            return [dict(row) for row in self._db.execute(sql, parameters)]

    def run(self, sql: str, parameters: Sequence[object] | Mapping[str, object] = ()) -> int:
        """Run one statement and return how many rows it changed."""
        with self._lock:
            return self._db.execute(sql, parameters).rowcount

    def run_many(self, sql: str, rows: Sequence[Sequence[object] | Mapping[str, object]]) -> None:
        """Run one statement for each row, all of them or none."""
        with self.transaction():
            self._db.executemany(sql, rows)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Run the body as one change: kept whole, or rolled back when it raises."""
        with self._lock:
            if self._db.in_transaction:
                yield
                return
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")

    def backup(self, path: Path) -> None:
        """Write a consistent copy of everything to `path`, while others go on writing."""
        path.touch(mode=0o600)
        copy = sqlite3.connect(path)
        try:
            with self._lock:
                self._db.backup(copy)
        finally:
            copy.close()

    def close(self) -> None:
        """Close the file; later calls raise `sqlite3.ProgrammingError`."""
        with self._lock:
            self._db.close()

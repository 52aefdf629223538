"""Visits: what one visitor of a site does without half an hour's pause."""

import hashlib
from collections import OrderedDict
from typing import Final

from tallow_console.store import Row, Store

__all__ = ["Sessions"]

GAP_S: Final = 1800.0
_MOST_VISITORS: Final = 200_000

SELECT_OPEN = """
SELECT site, visitor, argMax(session, ts) AS last, toUnixTimestamp64Milli(max(ts)) AS last_ms
FROM tallow.events
WHERE ts > now64(3) - INTERVAL 30 MINUTE AND session != 0
GROUP BY site, visitor
"""


class Sessions:
    """Which visit each visitor is in. Called by one thread: the loader.

    Entry page, exit page and bounce are read from the events of a visit; only its number is
    decided here, because that needs the order of arrival.
    """

    def __init__(self) -> None:
        self._open: OrderedDict[tuple[str, int], tuple[int, float]] = OrderedDict()
        self._is_restored = False

    def arrived(self, store: Store, rows: list[Row]) -> None:
        """Give each event its visit; `engagement` prolongs one, but never begins it."""
        if not self._is_restored:
            self._restore(store)
        rows[:] = [row for row in rows if self._assign(row)]

    def _restore(self, store: Store) -> None:
        """Go on with the visits that were open when the console stopped."""
        for row in store.query(SELECT_OPEN):
            self._open[row["site"], row["visitor"]] = (row["last"], row["last_ms"] / 1000)
        self._is_restored = True

    def _assign(self, row: Row) -> bool:
        visitor = (row["site"], row["visitor"])
        session, last_s = self._open.pop(visitor, (0, 0.0))
        if session == 0 or abs(row["ts"] - last_s) > GAP_S:
            if row["name"] == "engagement":
                return False
            session = _new_session(row)
        row["session"] = session
        self._open[visitor] = (session, max(row["ts"], last_s))
        if len(self._open) > _MOST_VISITORS:
            self._open.popitem(last=False)
        return True


def _new_session(row: Row) -> int:
    """Return the number of a visit, the same when its first event is loaded again."""
    said = f"{row['site']}\n{row['visitor']}\n{row['ts']}".encode()
    return int.from_bytes(hashlib.blake2b(said, digest_size=8).digest(), "big") >> 1

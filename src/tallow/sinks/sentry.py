"""The Sentry sink: each item in an envelope of its own."""

import time
from collections.abc import Callable, Sequence

from tallow.records import Clean, ErrorItem, Parcel, Record
from tallow.wire import sentry

__all__ = ["SentrySink"]


class SentrySink:
    """Packs error items for the project of a DSN.

    One item a request: the protocol allows one event an envelope, and an answer of 429 or 400
    then concerns that item alone.
    """

    name = "sentry"
    batch_limit = 1

    def __init__(self, dsn: str, now: Callable[[], float] = time.time) -> None:
        target = sentry.parse_dsn(dsn)
        self._url = target.envelope_url
        self._headers = {
            "Content-Type": sentry.CONTENT_TYPE,
            "X-Sentry-Auth": target.auth_header,
        }
        self._now = now

    def wants(self, record: Record) -> bool:
        """Say whether the record is an item of an envelope."""
        return isinstance(record, ErrorItem)

    def pack(self, batch: Sequence[Clean[Record]]) -> Parcel:
        """Turn error items into one envelope."""
        items = [clean.value for clean in batch if isinstance(clean.value, ErrorItem)]
        body = sentry.encode_envelope(items, self._now())
        return Parcel(self._url, body, self._headers, len(items))

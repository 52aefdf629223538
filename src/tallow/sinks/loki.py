"""The Loki sink: log lines as one JSON push, with few labels."""

from base64 import b64encode
from collections.abc import Mapping, Sequence
from typing import Final
from urllib.parse import unquote, urlsplit, urlunsplit

from tallow.records import Clean, LogLine, Parcel, Record
from tallow.wire import loki

__all__ = ["LokiSink"]

_BATCH: Final = 500


class LokiSink:
    """Packs log lines for Loki at `address`, whose credentials become Basic authorization."""

    name = "loki"
    batch_limit = _BATCH

    def __init__(self, address: str, labels: Mapping[str, str]) -> None:
        parts = urlsplit(address)
        host = parts.netloc.rpartition("@")[2]
        path = parts.path.rstrip("/").removesuffix("/loki/api/v1/push")
        self._url = urlunsplit((parts.scheme, host, f"{path}/loki/api/v1/push", "", ""))
        self._labels = dict(labels)
        self._headers = {"Content-Type": loki.CONTENT_TYPE}
        if parts.username is not None:
            pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
            self._headers["Authorization"] = f"Basic {b64encode(pair.encode()).decode()}"

    def wants(self, record: Record) -> bool:
        """Say whether the record is a log line."""
        return isinstance(record, LogLine)

    def pack(self, batch: Sequence[Clean[Record]]) -> Parcel:
        """Turn log lines into one push."""
        # Oldest first: Loki refuses entries far behind the newest of a stream.
        lines = sorted(
            (clean.value for clean in batch if isinstance(clean.value, LogLine)),
            key=lambda line: line.timestamp_s,
        )
        body = loki.encode_push(lines, self._labels)
        return Parcel(self._url, body, self._headers, len(lines))

"""Ready-made signals of an application that moves files: metrics, one log line, one event."""

import math
from bisect import bisect_left
from collections.abc import Mapping
from pathlib import PurePath
from typing import Final, Literal

from . import analytics
from .logs import logger
from .metrics import BYTES_BUCKETS, INTERNAL_ERRORS, Counter, Gauge, Histogram
from .metrics.instruments import (
    IS_LOCK_FREE,
    CounterChild,
    GaugeChild,
    HistogramChild,
)

__all__ = [
    "ACTIVE_TRANSFERS",
    "FILE_TYPES",
    "FileType",
    "count_transfer",
    "file_type_of",
    "record_connection",
    "record_crypto_operation",
    "record_transfer",
]

FileType = Literal["image", "video", "audio", "document", "archive", "code", "other"]
FILE_TYPES: Final[tuple[FileType, ...]] = (
    "image", "video", "audio", "document", "archive", "code", "other",
)  # fmt: skip
_OTHER: Final = "other"
_STATUSES: Final = (
    "success", "completed", "ok", "failed", "error", "cancelled", "rejected", "refused", "timeout",
    _OTHER,
)  # fmt: skip
_GOOD: Final = frozenset({"success", "completed", "ok"})
_METHODS: Final = ("direct", "p2p", "relay", _OTHER)
_CONNECTION_TYPES: Final = ("direct", "p2p", "relay", "signaling", "websocket", "http", _OTHER)
_OPENED: Final = frozenset({"opened", "connected", "established", "success"})
_CLOSED: Final = frozenset({"closed", "disconnected", "lost"})
_CONNECTION_STATUSES: Final = (
    "attempt", *sorted(_OPENED), *sorted(_CLOSED), "failed", "error", "timeout", "refused", _OTHER,
)  # fmt: skip
_OPERATIONS: Final = (
    "keygen", "encapsulate", "decapsulate", "key_exchange", "derive", "encrypt", "decrypt",
    "seal", "open", "sign", "verify", "hash", "kdf", "pake_start", "pake_confirm", "handshake",
    _OTHER,
)  # fmt: skip
_ALGORITHMS: Final = (
    "AES-256-GCM", "AES-128-GCM", "AES-GCM", "ChaCha20-Poly1305", "X-Wing", "X25519", "ML-KEM-512",
    "ML-KEM-768", "ML-KEM-1024", "Kyber768", "HPKE", "CPace", "CPace-X25519-SHA512",
    "HKDF-SHA256", "HKDF", "SHA-256",
    "SHA-512", "BLAKE3", "Ed25519", "ML-DSA-65", "P-256", "RSA", "Argon2id", _OTHER,
)  # fmt: skip
_ALGORITHM_SPELLED: Final = {name.lower(): name for name in _ALGORITHMS}
_INF: Final = math.inf
_LONG_BUCKETS: Final = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, 1800.0)
_SHORT_BUCKETS: Final = (
    1e-05, 2.5e-05, 5e-05, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05,
    0.1, 0.5, 1.0,
)  # fmt: skip

_transfers: Final = Counter(
    "tallow_transfers_total", "Transfers ended, by how.", {"status": _STATUSES, "method": _METHODS}
)
_bytes: Final = Counter(
    "tallow_transfer_bytes_total", "Bytes of files moved.", {"method": _METHODS}
)
_files: Final = Counter(
    "tallow_transfer_files_total", "Files of ended transfers, by class.", {"file_type": FILE_TYPES}
)
_sizes: Final = Histogram(
    "tallow_transfer_size_bytes", "Sizes of transfers.", {"method": _METHODS}, buckets=BYTES_BUCKETS
)
_durations: Final = Histogram(
    "tallow_transfer_duration_seconds",
    "How long transfers took.",
    {"method": _METHODS},
    buckets=_LONG_BUCKETS,
)
ACTIVE_TRANSFERS: Final = Gauge("tallow_active_transfers", "Transfers under way.")
"""Set by the application: `with ACTIVE_TRANSFERS.track(): ...` around each transfer."""
_connections: Final = Counter(
    "tallow_connections_total",
    "Connections, by what became of them.",
    {"type": _CONNECTION_TYPES, "status": _CONNECTION_STATUSES},
)
_active_connections: Final = Gauge(
    "tallow_active_connections", "Connections that are open.", {"type": _CONNECTION_TYPES}
)
_crypto: Final = Counter(
    "tallow_crypto_operations_total",
    "Cryptographic operations.",
    {"operation": _OPERATIONS, "algorithm": _ALGORITHMS},
)
_crypto_durations: Final = Histogram(
    "tallow_crypto_operation_duration_seconds",
    "How long cryptographic operations took.",
    {"operation": _OPERATIONS, "algorithm": _ALGORITHMS},
    buckets=_SHORT_BUCKETS,
)


class _Row:
    """The six series one kind of transfer steps, found once."""

    __slots__ = ("bytes", "durations", "files", "sizes", "transfers")

    def __init__(self, status: str, method: str, file_type: str) -> None:
        self.transfers: CounterChild = _transfers.labels(status, method)
        self.bytes: CounterChild = _bytes.labels(method)
        self.files: CounterChild = _files.labels(file_type)
        self.sizes: HistogramChild = _sizes.labels(method)
        self.durations: HistogramChild = _durations.labels(method)


_rows: Final[dict[tuple[object, object, object], _Row]] = {}
_SIZE_BOUNDS: Final = BYTES_BUCKETS
_DURATION_BOUNDS: Final = _LONG_BUCKETS


def record_transfer(
    status: str,
    method: str,
    bytes: float,  # noqa: A002  # the public name
    duration: float,
    file_type: str = _OTHER,
) -> None:
    """Tell that a transfer ended: metrics, one log line, one analytics event. Never raises.

    `bytes` moved and `duration` in seconds; `status` is `success`, `failed` or `cancelled`,
    `method` `direct`, `p2p` or `relay`, `file_type` one of `FILE_TYPES`, or an ending or MIME
    type, of which only the class is kept; what is none of its kind becomes `other`. A size or
    time that is negative or no number is left out and counted.
    """
    count_transfer(status, method, bytes, duration, file_type)
    known = {
        "status": _known(status, _STATUSES),
        "method": _known(method, _METHODS),
        "file_type": _class_of(file_type),
    }
    say = logger.info if known["status"] in _GOOD else logger.warning
    say("transfer ended", **known, performance={"size_bytes": bytes, "duration_s": duration})
    analytics.track(
        "transfer_ended",
        {
            **known,
            "size": analytics.size_bucket(bytes),
            "duration": analytics.duration_bucket(duration),
        },
    )


def count_transfer(
    status: str, method: str, size_bytes: float, duration_s: float, file_type: str
) -> None:
    """Step the metrics of one ended transfer, and nothing else; `record_transfer` calls it."""
    try:
        row = _rows.get((status, method, file_type)) or _row(status, method, file_type)
    except TypeError:  # something that cannot be a key is no known value
        row = _row(_OTHER, _OTHER, _OTHER)
    if not IS_LOCK_FREE:
        _step_by_step(row, size_bytes, duration_s)
        return
    # The steps of five instruments written out, as calls would cost more than they do.
    row.transfers.value += 1
    row.files.value += 1
    try:
        if 0 <= size_bytes < _INF:
            sizes = row.sizes
            sizes.counts[bisect_left(_SIZE_BOUNDS, size_bytes)] += 1
            sizes.sum += size_bytes
            row.bytes.value += size_bytes
        else:
            _ignore()
    except TypeError:
        _ignore()
    try:
        if 0 <= duration_s < _INF:
            durations = row.durations
            durations.counts[bisect_left(_DURATION_BOUNDS, duration_s)] += 1
            durations.sum += duration_s
        else:
            _ignore()
    except TypeError:
        _ignore()


def _step_by_step(row: _Row, size_bytes: float, duration_s: float) -> None:
    row.transfers.inc()
    row.files.inc()
    if _is_amount(size_bytes):
        row.bytes.inc(size_bytes)
        row.sizes.observe(size_bytes)
    if _is_amount(duration_s):
        row.durations.observe(duration_s)


def _row(status: object, method: object, file_type: object) -> _Row:
    key = (_known(status, _STATUSES), _known(method, _METHODS), _class_of(file_type))
    row = _rows.get(key)
    if row is None:
        row = _rows[key] = _Row(*key)
    return row


def _known(said: object, values: tuple[str, ...]) -> str:
    return said if isinstance(said, str) and said in values else _OTHER


def _class_of(said: object) -> str:
    """Return the class for a class, an ending (`pdf`) or a MIME type (`image/png`)."""
    if not isinstance(said, str):
        return _OTHER
    main, _, rest = said.lower().partition("/")
    if main in FILE_TYPES:
        return main
    return _TYPE_OF_ENDING.get((rest or main).lstrip("."), _OTHER)


def _is_amount(value: float) -> bool:
    """Return whether a size or time makes sense; one that does not is counted."""
    try:
        if 0 <= value < _INF:
            return True
    except TypeError:
        pass
    _ignore()
    return False


def _ignore() -> None:
    INTERNAL_ERRORS.labels("transfers").inc()


def record_connection(type: str, status: str) -> None:  # noqa: A002  # the public name
    """Tell what became of a connection: metrics, one log line, one event when it opened.

    `type` is `direct`, `p2p`, `relay`, `signaling`, `websocket` or `http`; `status` is
    `connected`, then `closed` or, if it broke, `lost`; or `failed` when it never opened. Others
    become `other`. Never raises.
    """
    kind, end = _known(type, _CONNECTION_TYPES), _known(status, _CONNECTION_STATUSES)
    _connections.labels(kind, end).inc()
    active: GaugeChild = _active_connections.labels(kind)
    if end in _OPENED:
        active.inc()
        analytics.connection_established(kind)
    elif end in _CLOSED and active.value > 0:
        active.dec()
    is_fine = end in _OPENED or (end in _CLOSED and end != "lost")
    (logger.info if is_fine else logger.warning)("connection changed", type=kind, status=end)


def record_crypto_operation(operation: str, algorithm: str, duration: float) -> None:
    """Count one cryptographic operation and its seconds; metrics only. Never raises.

    `operation` is `encrypt`, `decrypt`, `key_exchange` and so on, `algorithm` a usual name in
    any case (`AES-256-GCM`); others become `other`. Neither keys nor data belong here.
    """
    spelled = _ALGORITHM_SPELLED.get(algorithm.lower(), _OTHER) if _is_text(algorithm) else _OTHER
    known = _known(operation, _OPERATIONS)
    _crypto.labels(known, spelled).inc()
    if _is_amount(duration):
        _crypto_durations.labels(known, spelled).observe(duration)


def _is_text(said: object) -> bool:
    return isinstance(said, str)


def file_type_of(name: str) -> FileType:
    """Return the class of a file by the ending of its name, which itself goes nowhere.

    >>> file_type_of("Letter to Ann.PDF")
    'document'
    """
    return _TYPE_OF_ENDING.get(PurePath(name).suffix.lower().lstrip("."), "other")


_ENDINGS: Final[Mapping[FileType, str]] = {
    "image": "jpg jpeg png gif webp avif heic heif svg bmp tif tiff ico psd raw dng",
    "video": "mp4 m4v mkv webm mov avi wmv mpg mpeg flv 3gp ogv",
    "audio": "mp3 m4a aac flac ogg oga opus wav wma aiff mid midi",
    "document": "pdf doc docx odt rtf txt md tex xls xlsx ods csv tsv ppt pptx odp epub mobi pages",
    "archive": "zip tar gz tgz bz2 xz zst 7z rar iso dmg deb rpm jar apk whl cab",
    "code": "py js ts tsx jsx c h cpp hpp cc rs go java kt swift rb php cs sh sql html css scss "
    "json yaml yml toml xml ini lua r scala ipynb",
}
_TYPE_OF_ENDING: Final[Mapping[str, FileType]] = {
    ending: kind for kind, endings in _ENDINGS.items() for ending in endings.split()
}

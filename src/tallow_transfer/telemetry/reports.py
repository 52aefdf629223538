"""What a client says of a finished transfer, checked and turned into signals."""

import re
from dataclasses import dataclass
from typing import Final, Literal, cast

import orjson

from tallow import logger, record_crypto_operation, record_transfer
from tallow.analytics import file_received, file_sent, transfer_failed
from tallow.context import correlation_scope
from tallow.transfers import FILE_TYPES

__all__ = ["Report", "ReportError", "is_trace", "parse_report", "transfer_reported"]

Status = Literal["success", "failed", "cancelled", "refused"]
_STATUSES: Final = frozenset({"success", "failed", "cancelled", "refused"})
_METHODS: Final = frozenset({"direct", "p2p", "relay"})
_CLIENTS: Final = frozenset({"cli", "page"})
_CODE: Final = re.compile(r"[a-z_]{0,32}")
_TRACE: Final = re.compile(r"[0-9a-f]{32}")
_MOST_OPERATIONS: Final = 16
_MOST_BYTES: Final = 2**41
_MOST_S: Final = 7 * 86400.0


class ReportError(Exception):
    """A report that makes no sense. Names the field, never its value."""

    def __init__(self, field: str, expected: str) -> None:
        super().__init__(f"{field} makes no sense; expected {expected}")


@dataclass(frozen=True, slots=True)
class Report:
    """How one side says a transfer went. `operations` holds (operation, algorithm, seconds)."""

    room: str
    trace: str
    client: Literal["cli", "page"]
    status: Status
    code: str
    method: str
    size_bytes: int
    duration_s: float
    file_type: str
    operations: tuple[tuple[str, str, float], ...]


def is_trace(said: str) -> bool:
    """Return whether a client's correlation id may be used: 32 hex digits, so no words fit in."""
    return _TRACE.fullmatch(said) is not None


def parse_report(body: bytes) -> Report:
    """Return the report in a request's body.

    Raises:
        ReportError: a field is missing or makes no sense.
    """
    try:
        said = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise ReportError("the body", "a JSON object") from None
    if not isinstance(said, dict):
        raise ReportError("the body", "a JSON object")
    code = said.get("code")
    if not isinstance(code, str) or _CODE.fullmatch(code) is None:
        raise ReportError("code", "a short word or nothing")
    trace = said.get("trace")
    if not isinstance(trace, str) or (trace and not is_trace(trace)):
        raise ReportError("trace", "32 hex digits or nothing")
    return Report(
        room=str(said.get("room", "")),
        trace=trace,
        client=cast("Literal['cli', 'page']", _one_of(said, "client", _CLIENTS)),
        status=cast("Status", _one_of(said, "status", _STATUSES)),
        code=code,
        method=_one_of(said, "method", _METHODS),
        size_bytes=int(_amount(said, "size_bytes", _MOST_BYTES)),
        duration_s=_amount(said, "duration_s", _MOST_S),
        file_type=_one_of(said, "file_type", frozenset(FILE_TYPES)),
        operations=_operations(said.get("operations")),
    )


def transfer_reported(report: Report, role: str, is_first: bool) -> None:
    """Turn a report into signals, all under the transfer's correlation id.

    Both sides report; the first of a room steps the metrics, the second only leaves a line. A
    page tells analytics itself.
    """
    with correlation_scope(report.trace):
        if is_first:
            record_transfer(
                report.status, report.method, report.size_bytes, report.duration_s, report.file_type
            )
        for operation, algorithm, duration_s in report.operations:
            record_crypto_operation(operation, algorithm, duration_s)
        logger.info(
            "transfer reported",
            role=role,
            client=report.client,
            status=report.status,
            code=report.code,
            method=report.method,
            performance={"size_bytes": report.size_bytes, "duration_s": report.duration_s},
        )
        if report.client == "cli":
            _tell_analytics(report, role)


def _tell_analytics(report: Report, role: str) -> None:
    if report.status != "success":
        transfer_failed(report.code, report.method)
    elif role == "sender":
        file_sent(report.size_bytes, report.file_type, report.method)
    else:
        file_received(report.size_bytes, report.file_type, report.method)


def _one_of(said: dict[str, object], field: str, choices: frozenset[str]) -> str:
    value = said.get(field)
    if isinstance(value, str) and value in choices:
        return value
    raise ReportError(field, " | ".join(sorted(choices)))


def _amount(said: dict[str, object], field: str, most: float) -> float:
    value = said.get(field)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= most:
        raise ReportError(field, "a number that can be meant")
    return float(value)


def _operations(said: object) -> tuple[tuple[str, str, float], ...]:
    if not isinstance(said, list) or len(said) > _MOST_OPERATIONS:
        raise ReportError("operations", f"a list of at most {_MOST_OPERATIONS}")
    return tuple(_operation(row) for row in said)


def _operation(row: object) -> tuple[str, str, float]:
    if not isinstance(row, dict):
        raise ReportError("operations", "objects")
    operation, algorithm = row.get("operation"), row.get("algorithm")
    if not isinstance(operation, str) or not isinstance(algorithm, str):
        raise ReportError("operations", "an operation and an algorithm each")
    return operation, algorithm, _amount(row, "duration_s", _MOST_S)

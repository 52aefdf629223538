"""All this app tells Tallow; beside `app`, the only place that knows it."""

from tallow import (
    TallowError,
    capture_exception,
    record_connection,
    record_crypto_operation,
    record_transfer,
)
from tallow.context import new_correlation_id
from tallow.integrations.http import quiet
from tallow.transfers import file_type_of

from .checks import PublicAddress, register_checks
from .reports import Report, ReportError, is_trace, parse_report, transfer_reported
from .signals import (
    Step,
    about_to_break,
    bytes_relayed,
    code_guessed,
    connected,
    disconnected,
    note_rooms,
    outcome,
    room_ended,
    room_opened,
    start_in_command,
    step,
    stop_in_command,
    trace_known,
    transfer_scope,
)

__all__ = [
    "PublicAddress",
    "Report",
    "ReportError",
    "Step",
    "TallowError",
    "about_to_break",
    "bytes_relayed",
    "capture_exception",
    "code_guessed",
    "connected",
    "disconnected",
    "file_type_of",
    "is_trace",
    "new_correlation_id",
    "note_rooms",
    "outcome",
    "parse_report",
    "quiet",
    "record_connection",
    "record_crypto_operation",
    "record_transfer",
    "register_checks",
    "room_ended",
    "room_opened",
    "start_in_command",
    "step",
    "stop_in_command",
    "trace_known",
    "transfer_reported",
    "transfer_scope",
]

"""What a finished transfer tells the server: how it went, never what it was."""

from tallow_transfer import telemetry

from .states import Transfer

__all__ = ["report_of"]


def report_of(transfer: Transfer) -> dict[str, object]:
    """Return the body of `POST /api/report`, without the room.

    Sizes are rounded up to a power of two, times to a millisecond; a file's name is reduced to
    one of seven classes.
    """
    error = transfer.error
    status = "success"
    if error is not None:
        status = {"cancelled": "cancelled", "declined": "refused", "oversize": "refused"}.get(
            error.code, "failed"
        )
    return {
        "v": 1,
        "trace": transfer.correlation_id,
        "client": "cli",
        "status": status,
        "code": "" if error is None else error.code,
        "method": transfer.method,
        "size_bytes": 1 << max(0, transfer.size_bytes - 1).bit_length(),
        "duration_s": round(transfer.duration_s, 3),
        "file_type": telemetry.file_type_of(transfer.name),
        "operations": [
            {"operation": operation, "algorithm": algorithm, "duration_s": round(took_s, 6)}
            for (operation, algorithm), took_s in transfer.operations.items()
        ],
    }

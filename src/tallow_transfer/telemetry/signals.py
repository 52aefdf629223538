"""Steps, rooms and ends of transfers as breadcrumbs, log lines and metrics.

Nothing said here holds a file name, a code word, a key or an address.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

import tallow
from tallow import (
    Counter,
    Gauge,
    Histogram,
    add_breadcrumb,
    capture_exception,
    logger,
    pipeline,
    record_connection,
)
from tallow.context import correlation_scope
from tallow.settings import read
from tallow.transfers import ACTIVE_TRANSFERS
from tallow_transfer.exceptions import TransferError

__all__ = [
    "Step",
    "about_to_break",
    "bytes_relayed",
    "code_guessed",
    "connected",
    "disconnected",
    "note_rooms",
    "outcome",
    "room_ended",
    "room_opened",
    "start_in_command",
    "step",
    "stop_in_command",
    "trace_known",
    "transfer_scope",
]

_STALL_S: Final = 1.0
_FAULTS: Final = frozenset({"integrity", "server", "version"})
_ENDS: Final = ("done", "expired", "gone", "burned", "cap", "malformed", "shutdown")

_relayed = Counter("tallow_relay_bytes_total", "Sealed bytes this server carried between peers.")
_stalls = Counter("tallow_relay_stalls_total", "Times a peer took longer than a second to take.")
_rooms = Gauge("tallow_open_rooms", "Rooms there are now.", {"state": ("waiting", "paired")})
_rooms_ended = Counter("tallow_rooms_ended_total", "Rooms that ended, and why.", {"reason": _ENDS})
_room_ages = Histogram("tallow_room_age_seconds", "How long rooms were open.")


@dataclass(frozen=True, slots=True)
class Step:
    """One state a transfer has reached on one side."""

    role: str
    state: str
    method: str


@contextmanager
def transfer_scope(correlation_id: str, steps: Sequence[Step]) -> Iterator[None]:
    """Put all signals of the body under a transfer's correlation id.

    The steps that came before are left as breadcrumbs again, since those of a scope are its own.
    An error that is a fault of someone, and not a person's choice, is captured on its way out.
    """
    with correlation_scope(correlation_id):
        for before in steps:
            step(before)
        try:
            yield
        except TransferError as error:
            if error.code in _FAULTS and _is_heard():
                capture_exception(error, {"code": error.code})
            raise


def step(made: Step) -> None:
    """Leave a breadcrumb for a transfer's new state."""
    add_breadcrumb("transfer", made.state, {"role": made.role, "method": made.method})


def outcome(
    *, role: str, error: Exception | None, code: str, method: str, correlation_id: str,
    size_bytes: int, duration_s: float,
) -> None:  # fmt: skip
    """Log, in the command that took part, how a transfer ended; nothing where nobody listens."""
    if not _is_heard():
        return
    took = {"size_bytes": size_bytes, "duration_s": round(duration_s, 3)}
    with correlation_scope(correlation_id):
        if error is None:
            logger.info("transfer finished", role=role, method=method, performance=took)
        else:
            logger.warning("transfer failed", role=role, method=method, code=code, performance=took)


def room_opened() -> None:
    """A sender waits."""
    logger.info("room opened")


def connected() -> None:
    """A pair of peers met in a room."""
    record_connection("relay", "established")
    add_breadcrumb("relay", "peers met")


def disconnected(is_whole: bool) -> None:
    """A pair of peers parted; not whole: one of them broke off, or the room was ended."""
    if not is_whole:
        record_connection("relay", "failed")
    record_connection("relay", "closed")


def trace_known(correlation_id: str) -> None:
    """A room's transfer said under which id it is to be found."""
    with correlation_scope(correlation_id):
        logger.info("transfer started", method="relay")


def code_guessed() -> None:
    """A wrong code was tried and its room burned."""
    logger.warning("wrong code, room burned")


def about_to_break() -> None:
    """Leave a breadcrumb for the error that somebody asked for."""
    add_breadcrumb("ui", "somebody pressed the button that breaks things")


def bytes_relayed(count: int, took_s: float) -> None:
    """Count what was carried, and whether a slow peer held it up."""
    _relayed.inc(count)
    if took_s > _STALL_S:
        _stalls.inc()


def room_ended(reason: str, carried_bytes: int, age_s: float, correlation_id: str) -> None:
    """Log a room's end under its transfer's correlation id, if that is known."""
    _rooms_ended.labels(reason).inc()
    _room_ages.observe(age_s)
    with correlation_scope(correlation_id):
        logger.info(
            "room ended",
            reason=reason,
            performance={"carried_bytes": carried_bytes, "age_s": round(age_s, 3)},
        )


def note_rooms(waiting: int, paired: int, transferring: int) -> None:
    """Set the gauges."""
    _rooms.labels("waiting").set(waiting)
    _rooms.labels("paired").set(paired)
    ACTIVE_TRANSFERS.set(transferring)


def start_in_command(service: str) -> bool:
    """Start Tallow in a short-lived command, if the environment names a sink; else stay silent.

    Raises:
        TallowError: the environment names one in a way that does not parse.
    """
    chosen = read()
    if not (chosen.sentry_dsn or chosen.loki_url or chosen.plausible_host):
        return False
    tallow.init(service=service, log_format="none")
    return True


def _is_heard() -> bool:
    """Say whether Tallow was started; if not, a person's terminal is no place for log lines."""
    return pipeline.engine() is not None


def stop_in_command(timeout_s: float = 2.0) -> None:
    """Let what was said leave, then stop; what could not leave in time waits in the journal."""
    tallow.close(timeout_s)

"""What the commands share: their options, how they end, whom they tell."""

import asyncio
import os
import sys
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any, Final, NoReturn, TypeVar
from urllib.parse import urlsplit

import click

if TYPE_CHECKING:
    from tallow_transfer.connections import RoomPass
    from tallow_transfer.manager import Transfer

__all__ = [
    "DEFAULT_SERVER",
    "may_report",
    "no_report_option",
    "run",
    "server_option",
    "tell",
]

DEFAULT_SERVER: Final = "http://127.0.0.1:8000"
_STOPPED: Final = 130
_USAGE: Final = 2

F = TypeVar("F", bound=Callable[..., Any])


def _address(context: click.Context, option: click.Parameter, said: str | None) -> str | None:
    """Return an address that is one; what it was is not quoted, it may hold a password."""
    try:
        parts = urlsplit(said or DEFAULT_SERVER)
        _ = parts.port
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise click.BadParameter("no address; expected http(s)://HOST[:PORT]", context, option)
    return said


def server_option(function: F) -> F:
    """Add `--server`."""
    return click.option(
        "--server",
        envvar="TALLOW_SERVER",
        callback=_address,
        metavar="URL",
        help=f"Server both sides use; or TALLOW_SERVER.  [default: {DEFAULT_SERVER}]",
    )(function)


def no_report_option(function: F) -> F:
    """Add `--no-report`."""
    return click.option(
        "--no-report",
        is_flag=True,
        envvar="TALLOW_NO_REPORT",
        help="Do not tell the server how it went (size class, duration, file class).",
    )(function)


def may_report(no_report: bool) -> bool:
    """Say whether the server may be told how it went."""
    return not no_report and os.environ.get("DO_NOT_TRACK", "") not in {"1", "true"}


def run(work: Coroutine[Any, Any, int]) -> NoReturn:
    """Run a command to its end and exit with what it returns; Ctrl-C tells the other side."""
    from tallow_transfer.telemetry import TallowError

    try:
        code = asyncio.run(work)
    except KeyboardInterrupt:
        click.echo("Stopped.", err=True)
        code = _STOPPED
    except TallowError as error:  # a setting that does not parse
        click.echo(f"tallow: {error}", err=True)
        code = _USAGE
    sys.exit(code)


async def tell(transfer: "Transfer", room: "RoomPass | None") -> None:
    """Log how it ended where this command has a sink, and tell the server if it may know."""
    from tallow_transfer import telemetry
    from tallow_transfer.connections import report
    from tallow_transfer.manager import report_of

    telemetry.outcome(
        role=transfer.role,
        error=transfer.error,
        code="" if transfer.error is None else transfer.error.code,
        method=transfer.method,
        correlation_id=transfer.correlation_id,
        size_bytes=transfer.size_bytes,
        duration_s=transfer.duration_s,
    )
    if room is not None and transfer.reports and transfer.correlation_id:
        await report(room, report_of(transfer))
    await asyncio.to_thread(telemetry.stop_in_command)

"""`tallow receive CODE`: take a file from whoever showed the code."""

import asyncio
import contextlib
import os
import threading
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from .common import DEFAULT_SERVER, may_report, no_report_option, run, server_option, tell

if TYPE_CHECKING:
    from tallow_transfer.manager import Offer

__all__ = ["receive"]


@click.command()
@click.argument("code")
@server_option
@click.option(
    "-o",
    "--output",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path(),
    metavar="DIR",
    help="Folder to put the file in.  [default: here]",
)
@click.option("--yes", is_flag=True, help="Take what is offered without asking.")
@click.option("--max-size", type=int, default=2**40, metavar="BYTES", help="Take nothing larger.")
@no_report_option
def receive(
    code: str, server: str | None, folder: Path, yes: bool, max_size: int, no_report: bool
) -> None:
    """Receive the file that is offered under CODE, or under a link that holds one.

    The words may be cut to their first three letters. Exit codes: 0 received, 2 usage, 3 wrong
    code, 4 other side gone, 5 integrity, 6 disk, 7 refused or stopped, 8 server.
    """
    if server is None:
        server = code.split("#", 1)[0] if code.startswith("http") else DEFAULT_SERVER
    run(_receive(code, server, folder, yes, max_size, may_report(no_report)))


async def _receive(
    said: str, server: str, folder: Path, yes: bool, most_bytes: int, reports: bool
) -> int:
    from tallow_transfer import telemetry
    from tallow_transfer.connections import claim_room
    from tallow_transfer.exceptions import CancelledError, TransferError
    from tallow_transfer.manager import Transfer, receive_file
    from tallow_transfer.signaling import parse_code

    from .screen import Screen

    telemetry.start_in_command("transfer-receive")
    room = None
    with Screen() as screen:
        transfer = Transfer("receiver", watch=screen.watch, reports=reports)
        try:
            code = parse_code(said)
            room = await claim_room(server, code.nameplate)
            path = await receive_file(room, code, folder, transfer, _asked(yes), most_bytes)
            screen.done(transfer, f"Received {path}.")
            return 0
        except TransferError as error:
            transfer.fail(error)
            click.echo(f"tallow: {error}", err=True)
            return error.exit_code
        except asyncio.CancelledError:
            transfer.fail(CancelledError())
            raise
        finally:
            await tell(transfer, room)


def _asked(yes: bool) -> "Callable[[Offer], Awaitable[bool]]":
    """Return who decides on an offer: nobody when `yes`, else the person at the terminal."""

    async def agree(offer: "Offer") -> bool:
        if yes:
            return True
        from .screen import readable_size

        size = readable_size(offer.size_bytes)
        click.echo(f"Take {offer.name} ({size})? [Y/n] ", nl=False, err=True)
        return (await _typed_line()).strip().lower() in {"", "y", "yes"}

    return agree


async def _typed_line() -> str:
    """Return a line from standard input; "n" at its end.

    A thread of its own, which ends with the process: one of the loop's would keep Ctrl-C waiting
    for Enter.
    """
    loop = asyncio.get_running_loop()
    typed: asyncio.Future[str] = loop.create_future()

    def answer(line: str) -> None:
        if not typed.done():
            typed.set_result(line)

    def read() -> None:
        line = os.read(0, 1024).decode(errors="replace") or "n"
        with contextlib.suppress(RuntimeError):  # the loop has ended
            loop.call_soon_threadsafe(answer, line)

    threading.Thread(target=read, daemon=True).start()
    return await typed

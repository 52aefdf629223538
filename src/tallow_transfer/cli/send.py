"""`tallow send FILE`: show a code at once, then give the file to whoever knows it."""

import asyncio
from pathlib import Path

import click

from .common import DEFAULT_SERVER, may_report, no_report_option, run, server_option, tell

__all__ = ["send"]


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, readable=True, path_type=Path))
@server_option
@click.option(
    "--relay-only",
    is_flag=True,
    help="Never connect directly, so that the other side does not see this machine's address.",
)
@no_report_option
def send(file: Path, server: str | None, relay_only: bool, no_report: bool) -> None:
    """Send FILE to one other person, sealed end to end.

    Shows a code of a number and three words. Tell it to the other person; who knows it gets the
    file, once. Exit codes: 0 sent, 2 usage, 3 wrong code tried, 4 other side gone, 5 integrity,
    6 disk, 7 refused or stopped, 8 server.
    """
    del relay_only  # the relay is the only method so far; the promise is kept as it is
    run(_send(file, server or DEFAULT_SERVER, may_report(no_report)))


async def _send(file: Path, server: str, reports: bool) -> int:
    from tallow_transfer import telemetry
    from tallow_transfer.chunks import Source
    from tallow_transfer.connections import open_room
    from tallow_transfer.crypto import CHUNK_BYTES
    from tallow_transfer.exceptions import CancelledError, TransferError
    from tallow_transfer.manager import Transfer, send_file
    from tallow_transfer.signaling import Code, new_words

    from .screen import Screen, readable_size

    telemetry.start_in_command("transfer-send")
    room = None
    with Screen() as screen:
        transfer = Transfer("sender", watch=screen.watch, reports=reports)
        try:
            with Source(file, CHUNK_BYTES) as source:
                room = await open_room(server)
                code = Code(room.nameplate, new_words())
                click.echo(f"Sending {source.name} ({readable_size(source.size_bytes)})")
                click.echo(f"Code: {code}")
                click.echo(f"On the other side:  tallow receive {code} --server {server}")
                click.echo(f"Or in a browser:    {server.rstrip('/')}/#{code}")
                await send_file(source, room, code, transfer)
            screen.done(transfer, "Sent.")
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

"""`tallow serve`: the transfer app on this machine."""

import signal
import socket
import sys
from pathlib import Path
from types import FrameType
from typing import NoReturn

import click

__all__ = ["serve"]

_USAGE = 2
_SHUTDOWN_S = 3
_MOST_MESSAGE_BYTES = 1024 * 1024


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, help="Port to listen on.")
@click.option(
    "--data-dir",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder for the journal and keys.  [default: TALLOW_DATA_DIR, or the platform's]",
)
def serve(host: str, port: int, data_dir: Path | None) -> None:
    """Serve the transfer app: its page, its rooms and its relay."""
    import uvicorn

    from tallow_transfer.app import create_app, read_options
    from tallow_transfer.telemetry import TallowError

    from .heads import BoundedHeads

    listener = _bind(host, port)
    given = {} if data_dir is None else {"data_dir": data_dir}
    try:
        shown = f"[{host}]" if ":" in host else host
        app = create_app(read_options(f"http://{shown}:{port}"), **given)
    except TallowError as error:
        _refuse(str(error))
    config = uvicorn.Config(
        app,
        loop="uvloop",
        http=BoundedHeads,
        ws="websockets-sansio",
        ws_per_message_deflate=False,
        ws_max_size=_MOST_MESSAGE_BYTES,
        ws_ping_interval=20.0,
        ws_ping_timeout=60.0,
        access_log=False,
        log_config=None,
        server_header=False,
        timeout_graceful_shutdown=_SHUTDOWN_S,
    )
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _exit)  # uvicorn hands the signal on once it has stopped
    uvicorn.Server(config).run(sockets=[listener])


def _bind(host: str, port: int) -> socket.socket:
    """Return a listening socket, or say which port is taken and how to take another."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(2048)
    except OverflowError:
        _refuse("--port is out of range; expected 0 to 65535")
    except PermissionError:
        _refuse(f"port {port} may not be used here; choose another with --port")
    except OSError:
        _refuse(
            f"port {port} on {host} is in use or not ours; choose another with --port or --host"
        )
    return listener


def _refuse(reason: str) -> NoReturn:
    click.echo(f"tallow: {reason}", err=True)
    sys.exit(_USAGE)


def _exit(_number: int, _frame: FrameType | None) -> None:
    sys.exit(0)

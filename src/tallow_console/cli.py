"""`tallow console`: serve, prune, backup."""

import fcntl
import logging
import os
import signal
import socket
import sys
import tarfile
from pathlib import Path
from typing import IO, Final

import click

from tallow.exceptions import SettingError, TallowError

from .settings import ConsoleSettings, read, with_tokens

__all__ = ["console"]

_BACKLOG: Final = 2048
_GRACE_S: Final = 2


@click.group()
def console() -> None:
    """Receive, keep and show what applications say."""


@console.command()
@click.option("--host", help="Address to listen on.  [default: 127.0.0.1]")
@click.option("--port", type=click.IntRange(1, 65535), help="Port to listen on.  [default: 8100]")
@click.option("--data-dir", type=click.Path(path_type=Path), help="Where everything is kept.")
def serve(host: str | None, port: int | None, data_dir: Path | None) -> None:
    """Run the console until Ctrl-C or SIGTERM."""
    settings, is_new = with_tokens(read(host=host, port=port, data_dir=data_dir))
    logging.basicConfig(format="%(levelname)s %(name)s: %(message)s", level=logging.WARNING)
    for name in ("urllib3.connectionpool", "clickhouse_connect"):  # we say it once, in our words
        logging.getLogger(name).setLevel(logging.CRITICAL)
    listening = _listen(settings)
    with _lock(settings.data_dir):
        _check_store(settings)
        sys.exit(_run(settings, listening, is_new))


@console.command()
@click.option("--data-dir", type=click.Path(path_type=Path), help="Where everything is kept.")
def prune(data_dir: Path | None) -> None:
    """Drop what is older than the settings say, and more if the disk limit asks for it.

    A running console does this by itself; this is for one that is stopped.
    """
    from . import retention
    from .store import Store

    settings = read(data_dir=data_dir)
    with _lock(settings.data_dir):
        store = Store(settings.data_dir / "store", settings.store_url, settings.memory_max_bytes)
        try:
            retention.set_ttl(store, settings)
            dropped = retention.prune(store, settings)
            size = retention.size_bytes(store)
        finally:
            store.close()
    for one in dropped:
        click.echo(f"dropped {one.partition} of {one.table}: {one.rows} rows")
    click.echo(f"the store takes {size / 1e6:.1f} MB")


@console.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--data-dir", type=click.Path(path_type=Path), help="Where everything is kept.")
def backup(file: Path, data_dir: Path | None) -> None:
    """Write everything a stopped console keeps to FILE (.tar.gz, mode 0600)."""
    settings = read(data_dir=data_dir)
    with _lock(settings.data_dir):
        try:
            out = os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        except OSError as error:
            raise SettingError("FILE", "cannot be made", "a new file in a folder") from error
        with os.fdopen(out, "wb") as raw, tarfile.open(fileobj=raw, mode="w:gz") as archive:
            archive.add(settings.data_dir, arcname="console")
    click.echo(f"wrote {file} ({file.stat().st_size / 1e6:.1f} MB); unpack it as a data directory")


def _listen(settings: ConsoleSettings) -> socket.socket:
    """Return a listening socket.

    Raises:
        SettingError: the port is taken, or the address is not of this machine.
    """
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((settings.host, settings.port))
        listening.listen(_BACKLOG)
    except (socket.gaierror, UnicodeError):
        raise SettingError("--host", "is no address", "one of this machine's") from None
    except PermissionError:
        expected = "a port above 1023: --port"
        raise SettingError(f"port {settings.port}", "is not allowed", expected) from None
    except OSError:
        expected = "a free one: --port, or --host for another address"
        raise SettingError(f"port {settings.port}", "is taken", expected) from None
    return listening


def _lock(data_dir: Path) -> IO[str]:
    """Return a lock on the data directory, which one process may use at a time.

    Raises:
        SettingError: another console has it, or it cannot be written to.
    """
    try:
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = (data_dir / "lock").open("w", encoding="ascii")
    except OSError:
        raise SettingError("--data-dir", "cannot be used", "a folder to write to") from None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        expected = "another --data-dir, or that console stopped"
        raise SettingError("the data directory", "is in use", expected) from None
    return lock


def _check_store(settings: ConsoleSettings) -> None:
    """Open the store once before anything else stands, so that a problem is one line.

    Raises:
        SettingError: it does not open.
    """
    from .store import Store, StoreError

    try:
        Store(settings.data_dir / "store", settings.store_url, settings.memory_max_bytes).close()
    except StoreError as error:
        name = "TALLOW_CONSOLE_STORE_URL" if settings.store_url else "the store"
        expected = "a ClickHouse that answers" if settings.store_url else "a data directory of ours"
        raise SettingError(name, f"cannot be opened ({error})", expected) from None


def _run(settings: ConsoleSettings, listening: socket.socket, is_new: bool) -> int:
    import uvicorn

    from .app import create_app
    from .gate.heads import BoundedHeads

    config = uvicorn.Config(
        create_app(settings),
        http=BoundedHeads,
        access_log=False,
        log_level="warning",
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=_GRACE_S,
        timeout_keep_alive=30,
        backlog=_BACKLOG,
        lifespan="on",
    )
    _say_where(settings, is_new)
    server = uvicorn.Server(config)
    for asked in (signal.SIGINT, signal.SIGTERM):
        # uvicorn raises them again when all is closed: being asked to stop is no failure.
        signal.signal(asked, lambda *_: sys.exit(0))
    try:
        server.run(sockets=[listening])
    except TallowError as error:
        click.echo(f"tallow: {error}", err=True)
        return 1
    return 0 if server.started else 1


def _say_where(settings: ConsoleSettings, is_new: bool) -> None:
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    base = f"http://{host}:{settings.port}"
    click.echo(f"console on {base}, data in {settings.data_dir}")
    if is_new:
        key = settings.ingest_keys[0]
        click.echo(
            f"  sign in  {base}/login?token={settings.token}\n"
            f"  errors   SENTRY_DSN=http://{key}@{host}:{settings.port}/1\n"
            f"  logs     LOKI_URL=http://tallow:{key}@{host}:{settings.port}\n"
            f"  events   PLAUSIBLE_HOST={base}  (sites: TALLOW_CONSOLE_SITES)\n"
            "  These are shown once and kept in tokens.json of the data directory.",
        )

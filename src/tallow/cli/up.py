"""`tallow up`: the app and the console as two processes that live and die together."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import IO, Final
from urllib.error import URLError
from urllib.request import urlopen

import click

from tallow.exceptions import SettingError
from tallow.settings import default_data_dir

from .keys import Keys, load

__all__ = ["up"]

_READY_WITHIN_S: Final = 90.0
_STOP_WITHIN_S: Final = 8.0
_POLL_S: Final = 0.1
_SITE: Final = "transfer.localhost"


@dataclass(frozen=True, slots=True)
class _Part:
    """One of the two processes."""

    name: str
    colour: str
    port_flag: str
    port: int
    command: tuple[str, ...]
    environment: Mapping[str, str]
    ready_path: str


@click.command()
@click.option("--app-port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--console-port", default=8100, show_default=True, type=click.IntRange(1, 65535))
@click.option("--host", default="127.0.0.1", show_default=True, help="Address both listen on.")
@click.option(
    "--data-dir",
    type=click.Path(file_okay=False, path_type=Path),
    default=default_data_dir,
    show_default="the platform's data folder",
    help="Where both keep their data.",
)
def up(app_port: int, console_port: int, host: str, data_dir: Path) -> None:
    """Run the transfer app and the console together, until Ctrl-C."""
    if app_port == console_port:
        raise SettingError("--console-port", "is the app's", "another than --app-port")
    data_dir = data_dir.expanduser().resolve()
    keys, keys_path = load(data_dir)
    parts = _parts(keys, host, app_port, console_port, data_dir)
    for part in parts:
        _refuse_taken_port(host, part)
    sys.exit(_Pair(parts, host).run(lambda: _say_where(host, parts, keys, keys_path)))


def _parts(
    keys: Keys, host: str, app_port: int, console_port: int, data_dir: Path
) -> tuple[_Part, ...]:
    shared = {
        "METRICS_TOKEN": keys.metrics_token,
        "HEALTH_CHECK_TOKEN": keys.health_check_token,
        "TALLOW_HASH_KEY": keys.hash_key,
        "PYTHONUNBUFFERED": "1",
    }
    reach = _reachable(host)
    console = _Part(
        name="console",
        colour="magenta",
        port_flag="--console-port",
        port=console_port,
        command=("console", "serve", "--host", host, "--port", str(console_port)),
        environment=shared
        | _console_environment(keys, f"http://{reach}:{app_port}", data_dir / "console"),
        ready_path="/-/ready",
    )
    app = _Part(
        name="app",
        colour="cyan",
        port_flag="--app-port",
        port=app_port,
        command=("serve", "--host", host, "--port", str(app_port)),
        environment=shared | _app_environment(keys, f"{reach}:{console_port}", data_dir / "app"),
        ready_path="/api/health/readiness",
    )
    return console, app


def _console_environment(keys: Keys, app_address: str, data_dir: Path) -> dict[str, str]:
    return {
        "TALLOW_CONSOLE_DATA_DIR": str(data_dir),
        "TALLOW_CONSOLE_TOKEN": keys.console_token,
        "TALLOW_CONSOLE_INGEST_KEYS": f"{keys.sentry_key},{keys.ingest_key}",
        "TALLOW_CONSOLE_SITES": _SITE,
        "TALLOW_CONSOLE_TARGETS": app_address,
        "TALLOW_CONSOLE_SCRAPE_INTERVAL_S": "1",
        "TALLOW_CONSOLE_HEALTH_INTERVAL_S": "1",
    }


def _app_environment(keys: Keys, console: str, data_dir: Path) -> dict[str, str]:
    """Return the app's settings for a console at `HOST:PORT`: names the real services share."""
    return {
        "TALLOW_SERVICE": "transfer",
        "TALLOW_DATA_DIR": str(data_dir),
        "SENTRY_DSN": f"http://{keys.sentry_key}@{console}/1",
        "LOKI_URL": f"http://tallow:{keys.ingest_key}@{console}",
        "PLAUSIBLE_HOST": f"http://{console}",
        "PLAUSIBLE_DOMAIN": _SITE,
    }


def _reachable(host: str) -> str:
    """Return the address by which this machine reaches a server that listens on `host`."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 # compared only
    return f"[{host}]" if ":" in host else host


def _refuse_taken_port(host: str, part: _Part) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, part.port))
        except OSError as error:
            why = (error.strerror or "cannot be used").lower()
            raise SettingError(
                f"{part.port_flag} {part.port}", f"({part.name}) is not free: {why}", "another port"
            ) from None


class _Pair:
    """Starts the parts in order, prefixes what they say, and stops all when one stops."""

    def __init__(self, parts: tuple[_Part, ...], host: str) -> None:
        self._parts = parts
        self._reach = _reachable(host)
        self._running: list[tuple[_Part, subprocess.Popen[str]]] = []
        self._voices: list[threading.Thread] = []
        self._speaking = threading.Lock()
        self._asked_to_stop = threading.Event()

    def run(self, when_ready: Callable[[], None]) -> int:
        """Return the exit code: 0 after Ctrl-C or SIGTERM, 1 when a part failed."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._on_signal)
        try:
            for part in self._parts:
                self._start(part)
            if self._await_ready():
                when_ready()
            return self._watch()
        finally:
            self._stop()

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self._asked_to_stop.set()

    def _start(self, part: _Part) -> None:
        process = subprocess.Popen(  # noqa: S603 # our own interpreter and module
            [sys.executable, "-m", "tallow", *part.command],
            env={**os.environ, **part.environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            # Own session: Ctrl-C reaches us alone, and we end both in order.
            start_new_session=True,
            preexec_fn=_die_with_parent if sys.platform == "linux" else None,
        )
        self._running.append((part, process))
        assert process.stdout is not None
        voice = threading.Thread(target=self._echo, args=(part, process.stdout), daemon=True)
        voice.start()
        self._voices.append(voice)

    def _echo(self, part: _Part, said: IO[str]) -> None:
        prefix = click.style(f"{part.name:<7} │ ", fg=part.colour)
        for line in said:
            with self._speaking, contextlib.suppress(OSError):
                click.echo(prefix + line.rstrip("\n"))

    def _await_ready(self) -> bool:
        """Return whether all parts got ready; False when stopping began before."""
        give_up_at = time.monotonic() + _READY_WITHIN_S
        for part, process in self._running:
            address = f"http://{self._reach}:{part.port}{part.ready_path}"
            while not _answers(address):
                if self._asked_to_stop.is_set() or process.poll() is not None:
                    return False
                if time.monotonic() > give_up_at:
                    click.echo(f"tallow: {part.name} was not ready in time; it goes on", err=True)
                    break
                self._asked_to_stop.wait(_POLL_S)
        return True

    def _watch(self) -> int:
        while not self._asked_to_stop.wait(_POLL_S):
            for part, process in self._running:
                code = process.poll()
                if code is not None:
                    click.echo(f"tallow: {part.name} ended with code {code}; stopping", err=True)
                    return code if code == 2 else 1
        return 0

    def _stop(self) -> None:
        """End both, the app first so that the console still takes what it has to say."""
        for _, process in reversed(self._running):
            if process.poll() is None:
                process.terminate()
            try:
                process.wait(_STOP_WITHIN_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        for voice in self._voices:
            voice.join(1.0)


def _die_with_parent() -> None:
    """Ask the kernel to end this process when its parent is killed: no orphan is left.

    Source: prctl(2), PR_SET_PDEATHSIG.
    """
    import ctypes

    ctypes.CDLL(None).prctl(1, signal.SIGTERM)


def _answers(address: str) -> bool:
    try:
        with urlopen(address, timeout=1.0) as response:  # noqa: S310 # our own http address
            return bool(response.status == 200)
    except (URLError, OSError, ValueError):
        return False


def _say_where(host: str, parts: tuple[_Part, ...], keys: Keys, keys_path: Path) -> None:
    reach = _reachable(host)
    console, app = parts
    login = f"http://{reach}:{console.port}/login?token={keys.console_token}"
    bold = {"bold": True}
    click.echo(
        "\n"
        f"  Transfer   {click.style(f'http://{reach}:{app.port}/', **bold)}\n"
        f"  Console    {click.style(login, **bold)}\n"
        f"  Tokens     {keys_path}\n"
        f"  Data       {keys_path.parent}\n"
        "\n"
        f"  Send a file:  tallow send FILE --server http://{reach}:{app.port}\n"
        "  Stop:         Ctrl-C\n"
    )

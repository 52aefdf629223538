"""A real console for tests: the app under uvicorn in a thread, on a free port, in a folder."""

import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests
import uvicorn

from tallow_console.app import create_app
from tallow_console.settings import ConsoleSettings, read
from tallow_console.store import Row, Store

KEY = "0123456789abcdef0123456789abcdef"
TOKEN = "console-token-for-tests"
METRICS_TOKEN = "metrics-token-for-tests"
SITE = "demo.example.org"


@dataclass
class RunningConsole:
    """A console that answers on `port` and keeps everything in `folder`."""

    port: int
    folder: Path
    app: Any

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def dsn(self) -> str:
        return f"http://{KEY}@127.0.0.1:{self.port}/1"

    @property
    def store(self) -> Store:
        return self.app.state.store

    def rows(self, table: str, count: int = 1, timeout_s: float = 5.0) -> list[Row]:
        """Return the rows of a table once there are at least `count`, newest last."""
        deadline = time.monotonic() + timeout_s
        while True:
            rows = self.store.query(f"SELECT * FROM tallow.{table} ORDER BY seg, n")
            if len(rows) >= count or time.monotonic() > deadline:
                return rows
            time.sleep(0.02)

    def settled(self) -> None:
        """Return once all that was acknowledged is in the store."""
        assert self.app.state.loader.wait_until_loaded(10.0)

    def clear(self) -> None:
        """Forget what tests before this one sent."""
        self.settled()
        full = self.store.query(
            "SELECT DISTINCT table FROM system.parts WHERE database = 'tallow' AND active"
        )
        for row in full:
            if row["table"] != "schema_versions":
                self.store.command(f"TRUNCATE TABLE tallow.{row['table']}")
        self.app.state.state.run("DELETE FROM issues")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def run_console(folder: Path, **given: object) -> Iterator[RunningConsole]:
    port = free_port()
    values: dict[str, object] = {
        "port": port,
        "data_dir": folder,
        "token": TOKEN,
        "ingest_keys": (KEY,),
        "metrics_token": METRICS_TOKEN,
        "sites": (SITE,),
    }
    settings: ConsoleSettings = read({}, **{**values, **given})
    app = create_app(settings)
    config = uvicorn.Config(
        app,
        host="127.0.0.1",
        port=port,
        log_level="warning",
        lifespan="on",
        server_header=False,
        proxy_headers=False,
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    wait_for(lambda: server.started)
    yield RunningConsole(port, folder, app)
    server.should_exit = True
    thread.join(10.0)
    assert not thread.is_alive()


def wait_for(holds: Callable[[], bool], timeout_s: float = 15.0) -> None:
    deadline = time.monotonic() + timeout_s
    while not holds():
        assert time.monotonic() < deadline, "it did not come to be in time"
        time.sleep(0.02)


@pytest.fixture(scope="module")
def module_console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningConsole]:
    yield from run_console(tmp_path_factory.mktemp("console"))


@pytest.fixture
def console(module_console: RunningConsole) -> RunningConsole:
    module_console.clear()
    return module_console


class ConsoleProcess:
    """A console as people run it: `python -m tallow console serve`, in a folder, on a port."""

    def __init__(self, folder: Path, *options: str, **environment: str) -> None:
        self.folder = folder
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._options = options
        self._environment = {
            **{name: said for name, said in os.environ.items() if "TALLOW" not in name},
            "TALLOW_CONSOLE_TOKEN": TOKEN,
            "TALLOW_CONSOLE_INGEST_KEYS": KEY,
            "TALLOW_CONSOLE_SITES": SITE,
            "METRICS_TOKEN": METRICS_TOKEN,
            **environment,
        }
        self.process: subprocess.Popen[str] | None = None

    def start(self, wait: bool = True) -> None:
        command = [sys.executable, "-m", "tallow", "console", "serve"]
        where = ["--port", str(self.port), "--data-dir", str(self.folder)]
        self.process = subprocess.Popen(
            [*command, *where, *self._options],
            env=self._environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        if wait:
            wait_for(self.is_ready, 60.0)

    def is_ready(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, self.process.communicate()
        try:
            return requests.get(self.url + "/-/ready", timeout=2).status_code == 200
        except requests.RequestException:
            return False

    def kill(self) -> None:
        assert self.process is not None
        self.process.kill()
        self.process.communicate()

    def stop(self) -> tuple[int, str, str]:
        """End it as a service manager would; return its exit code and what it said."""
        assert self.process is not None
        self.process.terminate()
        out, said = self.process.communicate(timeout=10)
        return self.process.returncode, out, said


@pytest.fixture
def console_process(tmp_path: Path) -> Iterator[Callable[..., ConsoleProcess]]:
    made: list[ConsoleProcess] = []

    def make(**environment: str) -> ConsoleProcess:
        made.append(ConsoleProcess(tmp_path / "console", **environment))
        return made[-1]

    yield make
    for one in made:
        if one.process is not None and one.process.poll() is None:
            one.kill()

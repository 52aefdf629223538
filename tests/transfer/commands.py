"""The commands as processes: a server whose lines can be read, senders and receivers."""

import contextlib
import json
import os
import re
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

__all__ = [
    "RunningServer",
    "Sender",
    "clean_environment",
    "free_port",
    "gives_away",
    "running_server",
]

_CODE = re.compile(r"Code: (\S+)")
METRICS_TOKEN = "metrics-token-of-the-tests"
HEALTH_TOKEN = "health-token-of-the-tests"


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def gives_away(said: str, words: str) -> bool:
    """Say whether two neighbours of a code's `words` stand together in `said`.

    One word alone says nothing: `request` is a word of codes, and `iron` is in `environment`.
    """
    first, second, third = words.lower().split("-")
    return any(
        re.search(rf"{one}[^a-z]{{0,6}}{other}", said.lower())
        for one, other in ((first, second), (second, third))
    )


def clean_environment(**more: str) -> dict[str, str]:
    """Return an environment in which no sink and no preference of this machine's user stands."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("TALLOW_", "SENTRY_", "LOKI_", "PLAUSIBLE_"))
        and name not in {"METRICS_TOKEN", "HEALTH_CHECK_TOKEN", "DO_NOT_TRACK"}
    }
    return kept | more


@dataclass
class Sender:
    """A `tallow send` that has shown its code."""

    process: "subprocess.Popen[str]"
    code: str

    def wait(self, timeout_s: float = 20.0) -> tuple[int, str]:
        """Return the exit code and what it said on stderr."""
        _, said = self.process.communicate(timeout=timeout_s)
        return self.process.returncode, said


@dataclass
class RunningServer:
    """`tallow serve` on a free port."""

    url: str
    python: str
    data_dir: Path
    log: Path
    pid: int

    def send(self, file: Path, *options: str) -> Sender:
        process = subprocess.Popen(
            [self.python, "-m", "tallow", "send", str(file), "--server", self.url, *options],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=clean_environment(TALLOW_DATA_DIR=str(self.data_dir / "cli")),
        )
        assert process.stdout is not None
        for line in process.stdout:
            if found := _CODE.match(line):
                return Sender(process, found[1])
        raise AssertionError(process.communicate()[1])

    def receive(
        self, code: str, folder: Path, *options: str, **more: Any
    ) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [*self.receive_command(code, folder), *options],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
            env=clean_environment(TALLOW_DATA_DIR=str(self.data_dir / "cli")),
            **more,
        )

    def receive_command(self, code: str, folder: Path) -> list[str]:
        command = [self.python, "-m", "tallow", "receive", code, "--server", self.url]
        return [*command, "-o", str(folder), "--yes"]

    def get(self, path: str, token: str = "") -> str:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        request = urllib.request.Request(self.url + path, headers=headers)
        with urllib.request.urlopen(request, timeout=5) as answer:
            return str(answer.read().decode())

    def metric(self, series: str) -> float:
        """Return the value of one series of `/api/metrics`, 0 when it is not there."""
        for line in self.get("/api/metrics", METRICS_TOKEN).splitlines():
            name, _, value = line.rpartition(" ")
            if name == series:
                return float(value)
        return 0.0

    def lines(self) -> list[dict[str, Any]]:
        """Return the log lines so far."""
        said = self.log.read_text().splitlines()
        return [json.loads(line) for line in said if line.startswith("{")]

    def lines_with(self, message: str, since: int, count: int = 1) -> list[dict[str, Any]]:
        """Return the lines with that message after the first `since`, waiting for `count`."""
        deadline = time.monotonic() + 5
        while True:
            found = [line for line in self.lines()[since:] if line["message"] == message]
            if len(found) >= count or time.monotonic() > deadline:
                return found
            time.sleep(0.02)


@contextlib.contextmanager
def running_server(data_dir: Path, python: str, **environment: str) -> Iterator[RunningServer]:
    """Run `tallow serve` until the body ends; it must then stop cleanly."""
    port = free_port()
    log = data_dir / "serve.log"
    env = clean_environment(
        TALLOW_LOG_FORMAT="json",
        TALLOW_DATA_DIR=str(data_dir),
        METRICS_TOKEN=METRICS_TOKEN,
        HEALTH_CHECK_TOKEN=HEALTH_TOKEN,
        TALLOW_TRANSFER_GRACE_S="3",
        TALLOW_TRANSFER_JOIN_S="4",
        TALLOW_TRANSFER_ROOMS_PER_MINUTE="1000",
        **environment,
    )
    with log.open("w") as out:
        command = [python, "-m", "tallow", "serve", "--port", str(port)]
        process = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT, env=env)
    running = RunningServer(f"http://127.0.0.1:{port}", python, data_dir, log, process.pid)
    try:
        _await_ready(running, process)
        yield running
    finally:
        process.terminate()
        assert process.wait(timeout=5) == 0, log.read_text()[-2000:]


def _await_ready(running: RunningServer, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(urllib.error.URLError, ConnectionError):
            running.get("/api/health/readiness")
            return
        time.sleep(0.05)
    raise AssertionError(running.log.read_text()[-2000:])

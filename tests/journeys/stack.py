"""`tallow up` as a test drives it: started on free ports, asked as a person would, ended."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import httpx

__all__ = ["Stack", "eventually", "free_port", "running_stack"]

T = TypeVar("T")
_START_WITHIN_S = 90.0


def free_port() -> int:
    """Return a port nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def eventually(look: Callable[[], T | None], within_s: float = 10.0) -> T:
    """Return the first true thing `look` sees; fail when there is none in time."""
    give_up_at = time.monotonic() + within_s
    seen: T | None = None
    while time.monotonic() < give_up_at:
        seen = look()
        if seen:
            return seen
        time.sleep(0.05)
    raise AssertionError(f"not seen within {within_s} s; last: {seen!r}")


@dataclass
class Stack:
    """Both processes, their addresses and their keys."""

    data_dir: Path
    app_port: int
    console_port: int
    environment: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None

    @property
    def app(self) -> str:
        return f"http://127.0.0.1:{self.app_port}"

    @property
    def console(self) -> str:
        return f"http://127.0.0.1:{self.console_port}"

    @property
    def keys(self) -> dict[str, str]:
        kept = json.loads((self.data_dir / "tokens.json").read_text())
        return {str(name): str(value) for name, value in kept.items()}

    @property
    def said(self) -> str:
        """What both processes have printed so far."""
        return (self.data_dir.parent / "up.log").read_text("utf-8", "replace")

    def start(self) -> None:
        with (self.data_dir.parent / "up.log").open("ab") as log:
            self.process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "tallow", "up"),
                    *("--app-port", str(self.app_port), "--console-port", str(self.console_port)),
                    *("--data-dir", str(self.data_dir)),
                ],
                env={**os.environ, **self.environment},
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        eventually(self._is_ready, _START_WITHIN_S)

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Return the exit code after asking once; a process that stays fails the test."""
        assert self.process is not None
        self.process.send_signal(number)
        return self.process.wait(20)

    def ask(self, page: str, **parameters: str) -> Any:
        """Return what the console's JSON API answers for a page."""
        answer = httpx.get(
            f"{self.console}/api/console/{page}",
            params={"range": "15m", **parameters},
            headers={"Authorization": f"Bearer {self.keys['console_token']}"},
            timeout=10.0,
        )
        answer.raise_for_status()
        return answer.json()

    def metrics(self) -> dict[str, float]:
        """Return the app's samples, `name{labels}` → value, as a scrape sees them."""
        answer = httpx.get(
            f"{self.app}/api/metrics",
            headers={"Authorization": f"Bearer {self.keys['metrics_token']}"},
            timeout=10.0,
        )
        answer.raise_for_status()
        lines = [line for line in answer.text.splitlines() if line and not line.startswith("#")]
        return {line.rsplit(" ", 1)[0]: float(line.rsplit(" ", 1)[1]) for line in lines}

    def total(self, family: str) -> float:
        """Return the sum over all series of one counter of the app."""
        return sum(
            value for name, value in self.metrics().items() if name.split("{", 1)[0] == family
        )

    def tallow(self, *arguments: str) -> subprocess.Popen[str]:
        """Start a `tallow` command beside the stack, its output piped."""
        return subprocess.Popen(
            [sys.executable, "-m", "tallow", *arguments],
            env={**os.environ, "NO_COLOR": "1", "COLUMNS": "120", "PYTHONUNBUFFERED": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def _is_ready(self) -> bool:
        assert self.process is not None
        if self.process.poll() is not None:
            raise AssertionError(f"tallow up ended with {self.process.returncode}:\n{self.said}")
        return "Tokens" in self.said


@contextmanager
def running_stack(folder: Path, **environment: str) -> Iterator[Stack]:
    """Run the stack on free ports with its data below `folder`."""
    stack = Stack(folder / "data", free_port(), free_port(), environment)
    folder.mkdir(parents=True, exist_ok=True)
    try:
        stack.start()
        yield stack
    finally:
        if stack.process is not None and stack.process.poll() is None:
            stack.process.terminate()
            try:
                stack.process.wait(20)
            except subprocess.TimeoutExpired:
                stack.process.kill()

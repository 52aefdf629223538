"""What stops, dies or is refused loses nothing that was acknowledged, and leaves nothing behind."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.journeys.apart import Apart
from tests.journeys.stack import Stack, eventually, free_port


@pytest.fixture
def apart(tmp_path: Path) -> Iterator[Apart]:
    stack = Apart(tmp_path)
    yield stack
    stack.close()


def _processes_of(data_dir: Path) -> list[int]:
    """Return the processes that have this stack's folder in their environment or command."""
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdecimal() or int(entry.name) == os.getpid():
            continue
        try:
            told = (entry / "environ").read_bytes() + (entry / "cmdline").read_bytes()
        except OSError:
            continue
        if str(data_dir).encode() in told:
            found.append(int(entry.name))
    return found


def test_while_the_console_is_down_the_app_goes_on_and_loses_nothing(apart: Apart) -> None:
    apart.start_app()  # no console yet
    began = time.monotonic()
    statuses = {httpx.post(f"{apart.app}/api/rooms").status_code for _ in range(20)}
    took_s = time.monotonic() - began

    apart.start_console()
    served = eventually(
        lambda: (
            found if len(found := apart.ask("logs", q="request served")["lines"]) >= 20 else None
        ),
        75.0,  # the far side was away: the next try is up to a minute later
    )

    assert 201 in statuses
    assert took_s < 5.0
    assert len([line for line in served if line["context"]["route"] == "/api/rooms"]) == 20


def test_a_console_killed_in_the_middle_has_all_it_acknowledged(apart: Apart) -> None:
    apart.start_console()
    apart.start_app()
    for _ in range(10):
        httpx.post(f"{apart.app}/api/rooms")
    eventually(
        lambda: len(apart.ask("logs", q="request served")["lines"]) >= 10,
    )
    apart.end("console", kill=True)
    for _ in range(10):
        httpx.post(f"{apart.app}/api/rooms")
    apart.start_console()

    eventually(
        lambda: len({line["id"] for line in apart.ask("logs", q="request served")["lines"]}) >= 20,
        75.0,
    )


@pytest.mark.parametrize(
    ("number", "code"),
    [
        pytest.param(signal.SIGINT, 0, id="Ctrl-C"),
        pytest.param(signal.SIGTERM, 0, id="a polite end"),
        pytest.param(signal.SIGKILL, -9, id="a kill"),
    ],
)
def test_one_signal_ends_both_and_leaves_no_orphan(
    number: signal.Signals, code: int, tmp_path: Path
) -> None:
    stack = Stack(tmp_path / "data", free_port(), free_port())
    stack.start()

    assert stack.stop(number) == code
    eventually(lambda: not _processes_of(stack.data_dir), 15.0)


def test_when_one_part_dies_the_other_is_stopped_and_it_is_said(tmp_path: Path) -> None:
    stack = Stack(tmp_path / "data", free_port(), free_port())
    stack.start()
    parts = [pid for pid in _processes_of(stack.data_dir) if pid != stack.process.pid]  # type: ignore[union-attr]
    os.kill(parts[0], signal.SIGKILL)
    assert stack.process is not None

    assert stack.process.wait(20) == 1
    assert "ended with code -9; stopping" in stack.said
    eventually(lambda: not _processes_of(stack.data_dir), 15.0)


@pytest.mark.parametrize(
    ("command", "environment", "named"),
    [
        pytest.param(["serve"], {"SENTRY_DSN": "nonsense"}, "SENTRY_DSN", id="a DSN"),
        pytest.param(["serve"], {"TALLOW_LOG_LEVEL": "loud"}, "TALLOW_LOG_LEVEL", id="a level"),
        pytest.param(
            ["serve"], {"PLAUSIBLE_HOST": "http://127.0.0.1:1"}, "PLAUSIBLE_DOMAIN", id="one of two"
        ),
        pytest.param(
            ["console", "serve"],
            {"TALLOW_CONSOLE_PORT": "many"},
            "TALLOW_CONSOLE_PORT",
            id="the console's port",
        ),
    ],
)
def test_a_bad_setting_is_one_line_and_exit_2(
    command: list[str], environment: dict[str, str], named: str, tmp_path: Path
) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "tallow", *command],
        env={**os.environ, **environment, "XDG_DATA_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )

    assert ended.returncode == 2
    assert len(ended.stderr.splitlines()) == 1
    assert named in ended.stderr
    assert "expected" in ended.stderr

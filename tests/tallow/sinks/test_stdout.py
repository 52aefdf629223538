import io
import os
import pty
import socket
import sys
import threading
import time
from pathlib import Path

import orjson
import pytest

from tallow.records import Clean, LogLine, PageEvent, Record
from tallow.sinks import stdout
from tallow.sinks.stdout import StdoutWriter, wants_colour
from tallow.wire import lines


def _say(writer: StdoutWriter, message: str) -> None:
    record: Record = LogLine(1.0, "info", message)
    writer(Clean(record), lines.encode(record))


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_json_is_one_entry_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    writer = StdoutWriter("json")
    _say(writer, "a")
    _say(writer, "b")

    shown = [orjson.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["message"] for line in shown] == ["a", "b"]
    assert "kind" not in shown[0]


def test_events_are_not_written(capsys: pytest.CaptureFixture[str]) -> None:
    event: Record = PageEvent(1.0, "pageview", "https://x.example/")

    StdoutWriter("json")(Clean(event), lines.encode(event))

    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("stream", "environ", "is_coloured"),
    [
        pytest.param(_Terminal(), {}, True, id="a terminal"),
        pytest.param(_Terminal(), {"NO_COLOR": "1"}, False, id="a terminal, colour unwanted"),
        pytest.param(_Terminal(), {"NO_COLOR": ""}, True, id="an empty wish is none"),
        pytest.param(_Terminal(), {"TERM": "dumb"}, False, id="a terminal that cannot"),
        pytest.param(io.StringIO(), {}, False, id="a file"),
    ],
)
def test_colour_is_for_terminals_alone(
    stream: io.StringIO, environ: dict[str, str], is_coloured: bool
) -> None:
    assert wants_colour(stream, environ) is is_coloured


def test_a_terminal_shows_lines_for_people(monkeypatch: pytest.MonkeyPatch) -> None:
    leader, follower = pty.openpty()
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    with open(follower, "w", closefd=True) as terminal:
        monkeypatch.setattr(sys, "stdout", terminal)
        writer = StdoutWriter("pretty")
        _say(writer, "hello")
        shown = os.read(leader, 1000)
        writer.close()
    os.close(leader)

    assert b"hello" in shown
    assert b"\x1b[" in shown


class _Pipe:
    """A pipe in place of standard output, whose reader does as the test wants."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.read_fd, write_fd = os.pipe()
        self.stream = open(write_fd, "w")  # noqa: SIM115  # closed by close()
        monkeypatch.setattr(sys, "stdout", self.stream)

    def close(self) -> None:
        self.stream.close()
        os.close(self.read_fd)


def _cannot_open(*_said: object) -> int:
    raise PermissionError


@pytest.mark.parametrize("can_reopen", [True, False], ids=["opened anew", "asked before"])
def test_a_stuck_reader_does_not_block_the_application(
    monkeypatch: pytest.MonkeyPatch, can_reopen: bool
) -> None:
    pipe = _Pipe(monkeypatch)
    if not can_reopen:
        monkeypatch.setattr("tallow.sinks.stdout.os.open", _cannot_open)
    writer = StdoutWriter("json")
    dropped_before = stdout._dropped.value
    began_s = time.monotonic()

    for _ in range(3000):
        _say(writer, "x" * 1000)

    took_s = time.monotonic() - began_s
    dropped = stdout._dropped.value - dropped_before
    writer.close()
    pipe.close()
    assert took_s < 5
    assert 1000 < dropped < 3000


def test_a_socket_that_nobody_reads_does_not_block_either(monkeypatch: pytest.MonkeyPatch) -> None:
    reader, ours = socket.socketpair()
    stream = ours.makefile("w")
    monkeypatch.setattr(sys, "stdout", stream)
    writer = StdoutWriter("json")
    dropped_before = stdout._dropped.value

    for number in range(3000):
        _say(writer, f"{number} " + "x" * 1000)
    first = reader.recv(100)

    writer.close()
    stream.close()
    ours.close()
    reader.close()
    assert b'"message":"0 x' in first
    assert stdout._dropped.value > dropped_before


def test_a_slow_reader_gets_every_line_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    pipe = _Pipe(monkeypatch)
    writer = StdoutWriter("json")
    for number in range(500):
        _say(writer, f"{number}-" + "x" * 1000)
    got = b""
    reader_done = threading.Event()

    def read() -> None:
        nonlocal got
        while got.count(b"\n") < 500:
            got += os.read(pipe.read_fd, 8192)
        reader_done.set()

    thread = threading.Thread(target=read, daemon=True)
    thread.start()

    assert reader_done.wait(10)
    assert writer.drain(5.0)
    writer.close()
    pipe.close()
    numbers = [orjson.loads(line)["message"].split("-")[0] for line in got.splitlines()]
    assert numbers == [str(number) for number in range(500)]


def test_other_writers_to_the_pipe_still_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    pipe = _Pipe(monkeypatch)
    writer = StdoutWriter("json")
    _say(writer, "a")

    is_blocking = os.get_blocking(pipe.stream.fileno())

    writer.close()
    pipe.close()
    assert is_blocking


@pytest.mark.parametrize("how", ["closed", "none", "broken"])
def test_no_standard_output_is_no_error(monkeypatch: pytest.MonkeyPatch, how: str) -> None:
    pipe = _Pipe(monkeypatch)
    if how == "closed":
        pipe.stream.close()
    elif how == "none":
        monkeypatch.setattr(sys, "stdout", None)
    else:
        os.close(pipe.read_fd)
    dropped_before = stdout._dropped.value
    writer = StdoutWriter("json")

    _say(writer, "a")

    writer.close()
    assert stdout._dropped.value == dropped_before + 1


def test_a_file_gets_the_lines_in_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with (tmp_path / "out.log").open("w") as file:
        monkeypatch.setattr(sys, "stdout", file)
        writer = StdoutWriter("json")
        for number in range(50):
            _say(writer, str(number))
        writer.close()

    lines_written = (tmp_path / "out.log").read_bytes().splitlines()
    assert [orjson.loads(line)["message"] for line in lines_written] == [
        str(number) for number in range(50)
    ]

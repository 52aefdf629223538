"""What the server tells Tallow of a transfer, and what it never tells."""

import asyncio
import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tallow.testing import capture
from tallow_transfer.connections import Relay, RoomPass, open_room, report
from tallow_transfer.exceptions import IntegrityError
from tallow_transfer.manager import report_of
from tests.transfer.commands import RunningServer, clean_environment, gives_away
from tests.transfer.hostile import Meddle, Message, meddling
from tests.transfer.serving import Pair, Served

DONE = 'tallow_transfers_total{status="success",method="relay"}'


def transferred(tallow_serve: RunningServer, folder: Path, *options: str) -> tuple[str, int]:
    """Send one file; return its code and how many log lines there were before."""
    file = folder / "canary-name.pdf"
    file.write_bytes(b"canary-content" * 1000)
    since = len(tallow_serve.lines())
    sender = tallow_serve.send(file, *options)
    received = tallow_serve.receive(sender.code, folder / "to", *options)
    assert (received.returncode, sender.wait()[0]) == (0, 0)
    return sender.code, since


@dataclass(frozen=True)
class Told:
    """What the server told of one whole transfer."""

    code: str
    steps: float
    lines: list[dict[str, Any]]

    def lines_of_it(self) -> list[dict[str, Any]]:
        said = {"transfer started", "room ended", "transfer ended", "transfer reported"}
        return [line for line in self.lines if line["message"] in said]


@pytest.fixture(scope="module")
def told(tallow_serve: RunningServer, tmp_path_factory: pytest.TempPathFactory) -> Told:
    before = tallow_serve.metric(DONE)
    code, since = transferred(tallow_serve, tmp_path_factory.mktemp("told"))
    tallow_serve.lines_with("transfer reported", since, 2)
    return Told(code, tallow_serve.metric(DONE) - before, tallow_serve.lines()[since:])


def test_one_transfer_is_one_step_of_the_metrics(tallow_serve: RunningServer, told: Told) -> None:
    assert told.steps == 1
    assert tallow_serve.metric("tallow_relay_bytes_total") > 14_000


def test_all_lines_of_a_transfer_have_one_correlation_id(told: Told) -> None:
    lines = told.lines_of_it()

    assert sorted(line["message"] for line in lines) == [
        "room ended",
        "transfer ended",
        "transfer reported",
        "transfer reported",
        "transfer started",
    ]
    assert len({line["correlationId"] for line in lines}) == 1
    assert {line["context"].get("role") for line in lines} >= {"sender", "receiver"}


def test_no_line_knows_the_name_the_words_or_an_address(told: Told) -> None:
    said = "\n".join(map(str, told.lines))

    assert len(told.lines) >= 5
    assert "canary" not in said
    assert "127.0.0.1" not in said
    assert not gives_away(said, told.code.split("-", 1)[1])


@pytest.mark.parametrize("how", ["--no-report", "DO_NOT_TRACK"])
def test_who_does_not_report_is_not_counted(
    tallow_serve: RunningServer, tmp_path: Path, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = tallow_serve.metric(DONE)
    if how == "--no-report":
        _, since = transferred(tallow_serve, tmp_path, how)
    else:
        monkeypatch.setattr(
            "tests.transfer.commands.clean_environment",
            lambda **more: clean_environment(DO_NOT_TRACK="1", **more),
        )
        _, since = transferred(tallow_serve, tmp_path)
    ended = tallow_serve.lines_with("room ended", since)

    assert len(ended) == 1
    assert tallow_serve.metric(DONE) == before
    started = [line for line in tallow_serve.lines()[since:] if "transfer" in line["message"]]
    assert started == []


def test_a_failed_transfer_is_counted_as_failed(
    tallow_serve: RunningServer, tmp_path: Path
) -> None:
    series = 'tallow_transfers_total{status="failed",method="relay"}'
    before = tallow_serve.metric(series)
    since = len(tallow_serve.lines())
    file = tmp_path / "in.bin"
    file.write_bytes(b"x")
    sender = tallow_serve.send(file)
    guess = sender.code.split("-")[0] + "-aardvark-abandoned-abdomen"
    tallow_serve.receive(guess, tmp_path / "to")
    sender.wait()

    reported = tallow_serve.lines_with("transfer reported", since)
    assert reported[0]["context"]["code"] == "bad_code"
    assert tallow_serve.lines_with("wrong code, room burned", since)
    assert tallow_serve.metric(series) == before + 1


async def test_a_fault_is_an_error_with_the_steps_that_led_to_it(
    server: Served, tmp_path: Path
) -> None:
    file = tmp_path / "canary-name.bin"
    file.write_bytes(b"canary-content" * 100_000)
    two = Pair(file, tmp_path / "to")

    with capture() as left:
        async with meddling(server.url, cut_off_after_a_chunk()) as hostile:
            _, received = await two.run(server.url, receiver_server=hostile)
        events = [item.payload for item in left.errors if item.type == "event"]

    assert isinstance(received, IntegrityError)
    said = json.dumps(events, default=str)
    assert "IntegrityError" in said
    assert [
        word for word in ("connecting", "negotiating", "transferring") if word not in said
    ] == []
    assert two.receiver.correlation_id in said
    assert "canary" not in said
    assert not gives_away(said, two.words)


def cut_off_after_a_chunk() -> Meddle:
    frames = 0

    def meddle(message: Message) -> list[Message]:
        nonlocal frames
        if isinstance(message, bytes) and message[:1] == b"\x02":
            frames += 1
            return [message[:-1]] if frames == 3 else [message]
        return [message]

    return meddle


async def test_the_server_tells_one_event_for_each_side_of_a_command(
    server: Served, tmp_path: Path
) -> None:
    file = tmp_path / "canary-name.pdf"
    file.write_bytes(b"x" * 5000)
    two = Pair(file, tmp_path / "to")
    passes: list[RoomPass] = []

    with capture() as left:
        await two.run(server.url, note=passes.append)
        for room, transfer in zip(passes, (two.sender, two.receiver), strict=True):
            await report(room, report_of(transfer))

    names = [event.name for event in left.events]
    assert names.count("transfer_ended") == 1
    assert names.count("file_sent") == 1
    assert names.count("file_received") == 1
    assert "canary" not in str(left.events) + str(left.logs)


async def test_peers_that_met_and_parted_leave_no_open_connection(
    server: Served, tmp_path: Path
) -> None:
    file = tmp_path / "in.bin"
    file.write_bytes(b"x")

    with capture() as left:
        await Pair(file, tmp_path / "to").run(server.url)
        while len(server.service.rooms):
            await asyncio.sleep(0.01)

    said = [line.context["status"] for line in left.logs if line.message == "connection changed"]
    assert said == ["established", "closed"]


async def test_a_pair_that_ended_badly_is_no_open_connection_either(
    server: Served, tmp_path: Path
) -> None:
    file = tmp_path / "in.bin"
    file.write_bytes(b"x")
    two = Pair(file, tmp_path / "to", guessed="aardvark-abandoned-abdomen")

    with capture() as left:
        await two.run(server.url)

    said = [line.context["status"] for line in left.logs if line.message == "connection changed"]
    assert said == ["established", "failed", "closed"]


@pytest.mark.parametrize("said", ["ann@example.org", "ghp_" + "a" * 36, "A" * 32, "a" * 31])
async def test_only_hex_digits_become_a_correlation_id(server: Served, said: str) -> None:
    with capture() as left:
        room = await open_room(server.url)
        async with Relay(room, lambda _: None) as relay:
            await relay.trace(said)
            await relay.trace("0123456789abcdef" * 2)

    started = [line for line in left.logs if line.message == "transfer started"]
    assert said not in str(left.logs)
    assert [line.correlation_id for line in started] in ([], ["0123456789abcdef" * 2])


def test_a_sink_that_does_not_parse_stops_the_command_with_one_line(tmp_path: Path) -> None:
    file = tmp_path / "in.bin"
    file.write_bytes(b"x")
    done = subprocess.run(
        [sys.executable, "-m", "tallow", "send", str(file)],
        capture_output=True,
        text=True,
        env=clean_environment(SENTRY_DSN="http://canary/"),
        check=False,
        timeout=20,
    )

    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "canary" not in done.stderr


def test_the_commands_alone_tell_nobody_anything(tmp_path: Path) -> None:
    file = tmp_path / "in.bin"
    file.write_bytes(b"x")
    subprocess.run(
        [sys.executable, "-m", "tallow", "send", str(file), "--server", "http://127.0.0.1:1"],
        capture_output=True,
        env=clean_environment(TALLOW_DATA_DIR=str(tmp_path / "data")),
        check=False,
        timeout=20,
    )

    assert not (tmp_path / "data").exists()

"""`tallow send`, `tallow receive` and `tallow serve` as a person runs them."""

import hashlib
import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tallow.exceptions import SettingError
from tallow_transfer.app import read_options
from tallow_transfer.signaling import Limits
from tests.transfer.commands import (
    HEALTH_TOKEN,
    RunningServer,
    clean_environment,
    free_port,
    running_server,
)

MIB = 1024 * 1024
MOST_RSS_MIB = 96
"""Bound of the test, above the 50 MiB measured, far below any file held in memory."""


def a_file(tmp_path: Path, size: int = 1000, name: str = "in.bin") -> Path:
    file = tmp_path / name
    file.write_bytes(os.urandom(size))
    return file


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_file_goes_from_one_terminal_to_another(
    tallow_serve: RunningServer, tmp_path: Path
) -> None:
    file = a_file(tmp_path, 3 * MIB)
    sender = tallow_serve.send(file)

    received = tallow_serve.receive(sender.code, tmp_path / "to")

    assert (received.returncode, sender.wait()[0]) == (0, 0)
    assert digest(tmp_path / "to" / "in.bin") == digest(file)
    assert "Only the two of you could read it" in received.stderr


def test_three_letters_of_each_word_will_do(tallow_serve: RunningServer, tmp_path: Path) -> None:
    sender = tallow_serve.send(a_file(tmp_path))
    number, *words = sender.code.split("-")
    short = "-".join([number, *(word[:3] for word in words)])

    assert tallow_serve.receive(short, tmp_path / "to").returncode == 0
    assert sender.wait()[0] == 0


def test_a_link_will_do(tallow_serve: RunningServer, tmp_path: Path) -> None:
    sender = tallow_serve.send(a_file(tmp_path))
    command = [sys.executable, "-m", "tallow", "receive", f"{tallow_serve.url}/#{sender.code}"]

    received = subprocess.run(
        [*command, "--yes", "-o", str(tmp_path / "to")],
        env=clean_environment(),
        check=False,
        timeout=20,
    )

    assert (received.returncode, sender.wait()[0]) == (0, 0)


def test_wrong_words_end_both_with_exit_code_3(tallow_serve: RunningServer, tmp_path: Path) -> None:
    sender = tallow_serve.send(a_file(tmp_path))
    guess = sender.code.split("-")[0] + "-aardvark-abandoned-abdomen"

    received = tallow_serve.receive(guess, tmp_path / "to")
    code, said = sender.wait()

    assert (received.returncode, code) == (3, 3)
    assert said.splitlines()[-1].startswith("tallow: The code did not match")
    assert received.stderr.splitlines()[-1].startswith("tallow: The code did not match")
    assert "warning" not in said + received.stderr
    assert not (tmp_path / "to").exists()


@pytest.mark.parametrize("said", ["7", "7-acorn", "x-y-z", "999999-aar-aba-abb"])
def test_a_code_that_leads_nowhere_ends_with_exit_code_3(
    tallow_serve: RunningServer, tmp_path: Path, said: str
) -> None:
    received = tallow_serve.receive(said, tmp_path / "to")

    assert received.returncode == 3
    assert "Nobody is waiting" in received.stderr


def test_a_sender_that_is_killed_ends_the_receiver_with_exit_code_4(
    tallow_serve: RunningServer, tmp_path: Path
) -> None:
    file = tmp_path / "in.bin"
    with file.open("wb") as sparse:
        sparse.truncate(4 * 1024 * MIB)
    sender = tallow_serve.send(file)
    receiver = subprocess.Popen(
        tallow_serve.receive_command(sender.code, tmp_path / "to"),
        stderr=subprocess.PIPE,
        text=True,
        env=clean_environment(),
    )
    part = tmp_path / "to" / "in.bin.part"
    deadline = time.monotonic() + 10
    while not (part.exists() and part.stat().st_size > MIB) and time.monotonic() < deadline:
        time.sleep(0.02)
    sender.process.kill()
    sender.process.communicate()

    _, said = receiver.communicate(timeout=15)

    assert receiver.returncode == 4
    assert "went away" in said
    assert [path.name for path in (tmp_path / "to").iterdir()] == ["in.bin.part"]


def test_a_full_disk_ends_both_with_exit_code_6(
    tallow_serve: RunningServer, tmp_path: Path
) -> None:
    file = tmp_path / "in.bin"
    with file.open("wb") as sparse:
        sparse.truncate(2**40)  # more than this disk has, and sent from none of it
    sender = tallow_serve.send(file)

    received = tallow_serve.receive(sender.code, tmp_path / "to")

    assert (received.returncode, sender.wait()[0]) == (6, 6)
    assert "no room" in received.stderr
    assert list((tmp_path / "to").iterdir()) == []


def test_a_limit_of_the_receiver_ends_both_with_exit_code_7(
    tallow_serve: RunningServer, tmp_path: Path
) -> None:
    sender = tallow_serve.send(a_file(tmp_path))

    received = tallow_serve.receive(sender.code, tmp_path / "to", "--max-size", "10")

    assert (received.returncode, sender.wait()[0]) == (7, 7)
    assert "larger than the receiver takes" in received.stderr


def test_after_ctrl_c_the_code_leads_nowhere(tallow_serve: RunningServer, tmp_path: Path) -> None:
    sender = tallow_serve.send(a_file(tmp_path))
    sender.process.send_signal(signal.SIGINT)

    code, said = sender.wait()

    assert code == 130
    assert "Stopped." in said
    assert "Traceback" not in said
    assert tallow_serve.receive(sender.code, tmp_path / "to").returncode in {3, 4}


def test_no_server_ends_with_exit_code_8(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tallow", "send", str(a_file(tmp_path))]
    done = subprocess.run(
        [*command, "--server", f"http://127.0.0.1:{free_port()}"],
        capture_output=True,
        text=True,
        env=clean_environment(),
        check=False,
        timeout=20,
    )

    assert done.returncode == 8
    assert done.stderr.startswith("tallow: The server does not answer")


@pytest.mark.parametrize("said", ["there", "ftp://there", "http://[", "http://there:99999"])
@pytest.mark.parametrize("command", ["send", "receive"])
def test_a_server_that_is_no_address_is_a_mistake_of_usage(command: str, said: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tallow", command, __file__, "--server", said],
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
        env=clean_environment(),
    )

    assert done.returncode == 2
    assert "--server" in done.stderr
    assert said not in done.stderr


def test_a_name_that_is_no_text_arrives_as_one_that_is(
    tallow_serve: RunningServer, tmp_path: Path
) -> None:
    file = Path(os.fsdecode(os.fsencode(tmp_path) + b"/odd\xff\x1b[31m\n.bin"))
    file.write_bytes(b"whole")

    sender = tallow_serve.send(file)
    received = tallow_serve.receive(sender.code, tmp_path / "there")

    assert (received.returncode, sender.wait()[0]) == (0, 0)
    assert (tmp_path / "there" / "odd__[31m_.bin").read_bytes() == b"whole"
    assert "\x1b[31m" not in received.stderr


def test_no_file_is_a_mistake_of_usage(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tallow", "send", str(tmp_path / "missing")]
    done = subprocess.run(command, capture_output=True, env=clean_environment(), check=False)

    assert done.returncode == 2


def test_a_taken_port_is_named_with_the_flag_that_changes_it(tallow_serve: RunningServer) -> None:
    port = tallow_serve.url.rpartition(":")[2]
    command = [sys.executable, "-m", "tallow", "serve", "--port", port]
    done = subprocess.run(
        command, capture_output=True, text=True, env=clean_environment(), check=False, timeout=20
    )

    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert f"port {port}" in done.stderr
    assert "--port" in done.stderr


def test_a_setting_that_does_not_parse_is_one_line() -> None:
    command = [sys.executable, "-m", "tallow", "serve", "--port", str(free_port())]
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        env=clean_environment(TALLOW_TRANSFER_ROOM_TTL_S="a canary"),
        check=False,
        timeout=20,
    )

    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "TALLOW_TRANSFER_ROOM_TTL_S" in done.stderr
    assert "canary" not in done.stderr


@pytest.mark.parametrize("said", ["many", "0", "-1", "1.5", "inf", "nan"])
def test_a_limit_that_cannot_be_meant_is_refused(said: str) -> None:
    with pytest.raises(SettingError, match="TALLOW_TRANSFER_MOST_ROOMS"):
        read_options("http://x", {"TALLOW_TRANSFER_MOST_ROOMS": said})


def test_limits_and_address_come_from_the_environment() -> None:
    environ = {
        "TALLOW_TRANSFER_PUBLIC_URL": "https://send.example",
        "TALLOW_TRANSFER_GRACE_S": "2.5",
        "TALLOW_TRANSFER_MOST_ROOMS": "7",
    }

    options = read_options("http://x", environ)

    assert options.public_url == "https://send.example"
    assert options.limits == Limits(grace_s=2.5, most_rooms=7)
    assert isinstance(options.limits.most_rooms, int)


@pytest.mark.parametrize(("typed", "code"), [("\n", 0), ("y\n", 0), ("n\n", 7), ("", 7)])
def test_the_receiver_is_asked_first(
    tallow_serve: RunningServer, tmp_path: Path, typed: str, code: int
) -> None:
    sender = tallow_serve.send(a_file(tmp_path))
    command = tallow_serve.receive_command(sender.code, tmp_path / "to")
    command.remove("--yes")

    done = subprocess.run(
        command,
        input=typed,
        capture_output=True,
        text=True,
        env=clean_environment(),
        check=False,
        timeout=20,
    )

    assert (done.returncode, sender.wait()[0]) == (code, code)
    assert "Take in.bin (1 kB)?" in done.stderr


def test_ctrl_c_at_the_question_does_not_wait_for_enter(
    tallow_serve: RunningServer, tmp_path: Path
) -> None:
    sender = tallow_serve.send(a_file(tmp_path))
    command = tallow_serve.receive_command(sender.code, tmp_path / "to")
    command.remove("--yes")
    receiver = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=clean_environment(),
    )
    assert receiver.stderr is not None
    said = b""
    while b"[Y/n]" not in said:
        said += os.read(receiver.stderr.fileno(), 4096)
    receiver.send_signal(signal.SIGINT)

    assert receiver.wait(timeout=10) == 130
    assert sender.wait()[0] == 7


def test_a_server_with_a_waiting_sender_stops_within_five_seconds(tmp_path: Path) -> None:
    with running_server(tmp_path, sys.executable) as running:
        sender = running.send(a_file(tmp_path))
        began_s = time.monotonic()
    took_s = time.monotonic() - began_s
    sender.process.terminate()
    sender.process.communicate()

    assert took_s < 5


def test_memory_does_not_grow_with_the_file(tallow_serve: RunningServer, tmp_path: Path) -> None:
    file = tmp_path / "in.bin"
    with file.open("wb") as sparse:
        sparse.truncate(128 * MIB)
    sender = tallow_serve.send(file)
    receiver = subprocess.Popen(
        tallow_serve.receive_command(sender.code, tmp_path / "to"),
        env=clean_environment(),
    )
    peaks = {sender.process.pid: 0, receiver.pid: 0, tallow_serve.pid: 0}
    while receiver.poll() is None:
        for pid in peaks:
            peaks[pid] = max(peaks[pid], peak_rss_mib(pid))
        time.sleep(0.02)
    assert (receiver.returncode, sender.wait()[0]) == (0, 0)

    assert (tmp_path / "to" / "in.bin").stat().st_size == 128 * MIB
    assert all(0 < peak < MOST_RSS_MIB for peak in peaks.values()), peaks


def peak_rss_mib(pid: int) -> int:
    try:
        said = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    found = re.search(r"VmHWM:\s+(\d+) kB", said)
    return int(found[1]) // 1024 if found else 0


def test_readiness_has_really_tried_what_its_users_need(tallow_serve: RunningServer) -> None:
    report = json.loads(tallow_serve.get("/api/health/detailed", HEALTH_TOKEN))

    assert report["status"] == "healthy"
    assert set(report["checks"]) >= {"post-quantum cryptography", "signaling", "environment"}


def test_readiness_fails_when_people_cannot_reach_the_server(tmp_path: Path) -> None:
    away = f"http://127.0.0.1:{free_port()}"
    port = free_port()
    env = clean_environment(
        TALLOW_DATA_DIR=str(tmp_path),
        HEALTH_CHECK_TOKEN=HEALTH_TOKEN,
        TALLOW_TRANSFER_PUBLIC_URL=away,
    )
    command = [sys.executable, "-m", "tallow", "serve", "--port", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, env=env)
    running = RunningServer(
        f"http://127.0.0.1:{port}", sys.executable, tmp_path, tmp_path, process.pid
    )
    deadline = time.monotonic() + 20
    report = {}
    while not report and time.monotonic() < deadline:
        try:
            report = json.loads(running.get("/api/health/detailed", HEALTH_TOKEN))
        except OSError as error:
            body = getattr(error, "read", lambda: b"")()
            report = json.loads(body) if body else {}
            time.sleep(0.05)
    process.terminate()

    assert process.wait(timeout=5) == 0
    assert report["checks"]["signaling"]["status"] == "unhealthy"
    assert report["checks"]["post-quantum cryptography"]["status"] == "healthy"

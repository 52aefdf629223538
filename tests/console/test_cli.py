"""`tallow console` as people and service managers run it."""

import socket
import subprocess
import sys
import tarfile
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import requests
from click.testing import CliRunner

from tallow.exceptions import SettingError
from tallow_console.cli import console as command
from tallow_console.settings import ConsoleSettings, read, with_tokens

from .conftest import KEY, TOKEN, ConsoleProcess, free_port, wait_for


def push(console: ConsoleProcess, message: str) -> int:
    values = [[str(time.time_ns()), message]]
    return requests.post(
        console.url + "/loki/api/v1/push",
        json={"streams": [{"stream": {"app": "shop"}, "values": values}]},
        headers={"Authorization": f"Bearer {KEY}"},
        timeout=5,
    ).status_code


def messages(console: ConsoleProcess) -> str:
    return requests.get(
        console.url + "/api/console/logs?range=1h",
        headers={"Authorization": f"Bearer {TOKEN}"},
        timeout=5,
    ).text


def test_it_stops_within_five_seconds_and_keeps_everything(
    console_process: Callable[..., ConsoleProcess],
) -> None:
    console = console_process()
    console.start()
    assert push(console, "kept over a restart") == 204
    began = time.monotonic()
    code, out, said = console.stop()
    took_s = time.monotonic() - began
    console.start()

    assert code == 0
    assert took_s < 5
    assert said == ""
    assert console.url in out
    wait_for(lambda: "kept over a restart" in messages(console))


def test_a_line_is_on_the_page_a_second_after_its_ack(
    console_process: Callable[..., ConsoleProcess],
) -> None:
    console = console_process()
    console.start()
    push(console, "warm")
    messages(console)
    push(console, "peer joined the room")
    began = time.monotonic()
    while "peer joined the room" not in messages(console):
        assert time.monotonic() - began < 1.0


def test_a_taken_port_is_one_line_that_names_the_flag(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = serve("--port", str(port), "--data-dir", str(tmp_path))

    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert str(port) in done.stderr
    assert "--port" in done.stderr


def test_a_data_directory_serves_one_console_at_a_time(
    console_process: Callable[..., ConsoleProcess],
) -> None:
    console = console_process()
    console.start()

    done = serve("--port", str(free_port()), "--data-dir", str(console.folder))

    assert done.returncode == 2
    assert "in use" in done.stderr


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TALLOW_CONSOLE_PORT", "eighty"),
        ("TALLOW_CONSOLE_PORT", "70000"),
        ("TALLOW_CONSOLE_TOKEN", "tiny"),
        ("TALLOW_CONSOLE_INGEST_KEYS", "a,b"),
        ("TALLOW_CONSOLE_TARGETS", "app:8000"),
        ("TALLOW_CONSOLE_STORE_URL", "clickhouse"),
        ("TALLOW_CONSOLE_SCRAPE_INTERVAL_S", "soon"),
        ("TALLOW_CONSOLE_TRUSTED_PROXIES", "everyone"),
        ("TALLOW_CONSOLE_KEEP_LOGS_DAYS", "-1"),
        ("TALLOW_CONSOLE_KEEP_LOGS_DAYS", "30000"),
        ("TALLOW_CONSOLE_MEMORY_MAX_BYTES", "2"),
    ],
)
def test_a_bad_setting_is_named_and_never_quoted(name: str, value: str) -> None:
    with pytest.raises(SettingError) as refused:
        read({name: value})

    assert str(refused.value).startswith(name)
    assert f" {value}" not in str(refused.value).partition(";")[0]


def test_tokens_are_made_once_for_their_owner_alone(tmp_path: Path) -> None:
    first, is_new = with_tokens(ConsoleSettings(data_dir=tmp_path))
    again, is_new_again = with_tokens(ConsoleSettings(data_dir=tmp_path))

    assert (is_new, is_new_again) == (True, False)
    assert (first.token, first.ingest_keys) == (again.token, again.ingest_keys)
    assert len(first.token) >= 32
    assert (tmp_path / "tokens.json").stat().st_mode & 0o777 == 0o600


def test_a_given_token_beats_the_kept_one(tmp_path: Path) -> None:
    with_tokens(ConsoleSettings(data_dir=tmp_path))

    given, _ = with_tokens(ConsoleSettings(data_dir=tmp_path, token=TOKEN))

    assert given.token == TOKEN
    assert len(given.ingest_keys) == 1


def test_prune_and_backup_work_on_a_stopped_console(
    console_process: Callable[..., ConsoleProcess], tmp_path: Path
) -> None:
    console = console_process()
    console.start()
    push(console, "kept")
    console.stop()
    archive = tmp_path / "console.tar.gz"

    pruned = run("prune", "--data-dir", str(console.folder))
    saved = run("backup", str(archive), "--data-dir", str(console.folder))

    assert "the store takes" in pruned.stdout
    assert saved.returncode == 0, saved.stderr
    assert archive.stat().st_mode & 0o777 == 0o600
    with tarfile.open(archive) as inside:
        assert "console/state.db" in inside.getnames()


@pytest.mark.parametrize("command", ["serve", "prune", "backup"])
def test_a_data_directory_that_is_a_file_is_one_line(tmp_path: Path, command: str) -> None:
    (tmp_path / "file").write_text("")
    arguments = [str(tmp_path / "out.tar.gz")] if command == "backup" else []

    done = run(command, *arguments, "--data-dir", str(tmp_path / "file"))

    assert (done.returncode, done.stderr.count("\n")) == (2, 1), done.stderr
    assert "a folder to write to" in done.stderr


def test_a_host_that_is_none_is_said_to_be_none(tmp_path: Path) -> None:
    done = serve("--host", "no host", "--port", "8100", "--data-dir", str(tmp_path))

    assert (done.returncode, done.stderr.count("\n")) == (2, 1), done.stderr
    assert done.stderr.startswith("tallow: --host")


def test_help_names_the_three_commands() -> None:
    said = CliRunner().invoke(command, ["--help"]).output

    assert all(name in said for name in ("serve", "prune", "backup"))


def serve(*options: str) -> "subprocess.CompletedProcess[str]":
    return run("serve", *options)


def run(*arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "tallow", "console", *arguments],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


def test_a_store_that_does_not_open_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TALLOW_CONSOLE_STORE_URL", "http://127.0.0.1:9")

    done = serve("--port", str(free_port()), "--data-dir", str(tmp_path))

    assert done.returncode == 2
    assert done.stderr.startswith("tallow: TALLOW_CONSOLE_STORE_URL cannot be opened")
    assert done.stderr.count("\n") == 1

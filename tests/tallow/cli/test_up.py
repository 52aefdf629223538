"""`tallow up` refuses what cannot work, with one line and exit 2."""

import json
import os
import socket
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tallow.cli import keys
from tallow.exceptions import SettingError


def _tallow(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tallow", *arguments],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


def test_keys_are_made_once_and_only_for_their_owner(tmp_path: Path) -> None:
    first, path = keys.load(tmp_path / "new")
    again, _ = keys.load(tmp_path / "new")

    assert first == again
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert len({*json.loads(path.read_text()).values()}) == 6


def test_a_key_file_made_readable_is_closed_again(tmp_path: Path) -> None:
    _, path = keys.load(tmp_path)
    path.chmod(0o644)

    keys.load(tmp_path)

    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_key_file_that_is_not_ours_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "tokens.json").write_text("not json")

    with pytest.raises(SettingError, match=r"tokens\.json is not JSON"):
        keys.load(tmp_path)

    assert (tmp_path / "tokens.json").read_text() == "not json"


@pytest.mark.parametrize(
    "flag",
    [
        pytest.param("--app-port", id="the app's port"),
        pytest.param("--console-port", id="the console's port"),
    ],
)
def test_a_port_in_use_is_named_with_its_flag(flag: str, tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])

        ended = _tallow("up", flag, port, "--data-dir", str(tmp_path))

    assert ended.returncode == 2
    assert ended.stderr.count("\n") == 1
    assert f"{flag} {port}" in ended.stderr


def test_one_port_for_both_is_refused_before_anything_starts(tmp_path: Path) -> None:
    ended = _tallow("up", "--app-port", "9", "--console-port", "9", "--data-dir", str(tmp_path))

    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr.count("\n") == 1
    assert "--console-port" in ended.stderr


def test_a_data_directory_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    ended = _tallow("up", "--data-dir", str(tmp_path / "file" / "below"))

    assert ended.returncode == 2
    assert "--data-dir" in ended.stderr

"""`tallow doctor` says how things stand, and never shows what it should keep to itself."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.tallow.receiver import receiving

TOKEN = "c0ffee-c0ffee-c0ffee"


def _doctor(folder: Path, *arguments: str, **environment: str) -> tuple[int, str]:
    ended = subprocess.run(
        [sys.executable, "-m", "tallow", "doctor", *arguments],
        env={"PATH": os.environ["PATH"], "TALLOW_DATA_DIR": str(folder), **environment},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    return ended.returncode, ended.stdout + ended.stderr


def _findings(folder: Path, **environment: str) -> dict[str, dict[str, Any]]:
    _, told = _doctor(folder, "--json", **environment)
    return {one["what"]: one for one in json.loads(told)["findings"]}


def test_without_any_sink_it_says_that_nothing_leaves(tmp_path: Path) -> None:
    code, told = _doctor(tmp_path)

    assert code == 0
    assert "nothing leaves this process" in told
    assert "export SENTRY_DSN=" in told


def test_a_sink_that_answers_and_one_that_does_not_are_told_apart(tmp_path: Path) -> None:
    with receiving() as receiver:
        found = _findings(
            tmp_path,
            LOKI_URL=receiver.address,
            SENTRY_DSN="http://0123456789abcdef0123456789abcdef@127.0.0.1:9/1",
        )

    assert found["loki"]["state"] == "ok"
    assert found["sentry"]["state"] == "bad"
    assert found["sentry"]["mend"]
    assert found["plausible"]["state"] == "off"


def test_something_bad_is_exit_1(tmp_path: Path) -> None:
    code, _ = _doctor(tmp_path, LOKI_URL="http://127.0.0.1:9")

    assert code == 1


@pytest.mark.parametrize("below", ["file", "file/below"])
def test_a_journal_that_cannot_be_written_is_bad(tmp_path: Path, below: str) -> None:
    (tmp_path / "file").touch()

    found = _findings(tmp_path / below, LOKI_URL="http://127.0.0.1:1")

    assert found["journal"]["state"] == "bad"
    assert "TALLOW_DATA_DIR" in found["journal"]["mend"]


def test_tokens_and_keys_are_not_shown(tmp_path: Path) -> None:
    secret = {"METRICS_TOKEN": TOKEN, "LOKI_URL": f"http://tallow:{TOKEN}@127.0.0.1:9"}

    _, told = _doctor(tmp_path, **secret)
    _, as_json = _doctor(tmp_path, "--json", **secret)

    assert TOKEN not in told + as_json
    assert f"set, {len(TOKEN)} characters" in told
    assert "from METRICS_TOKEN" in told


def test_a_bad_setting_is_one_line_and_exit_2(tmp_path: Path) -> None:
    code, told = _doctor(tmp_path, SENTRY_DSN="not-an-address")

    assert code == 2
    assert told.count("\n") == 1
    assert "tallow: SENTRY_DSN is not an address" in told


def test_the_engine_in_force_and_rules_that_are_refused_are_said(tmp_path: Path) -> None:
    own = tmp_path / "own.json"
    rule = {"id": "x", "pattern": "(?:[a-z][0-9]){1,500}!"}
    own.write_text(json.dumps({"rules": [rule]}), "utf-8")
    held = _findings(tmp_path, TALLOW_SCRUB_RULES=str(own))
    own.write_text(json.dumps({"rules": [rule | {"pattern": "a+"}]}), "utf-8")
    refused = _findings(tmp_path, TALLOW_SCRUB_RULES=str(own))

    assert (held["engine"]["state"], held["engine"]["says"]) == ("ok", "C")
    assert refused["rules"]["state"] == "bad"
    assert "unbounded repeat" in refused["rules"]["says"]

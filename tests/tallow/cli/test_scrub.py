"""`tallow scrub` as a person or a CI job uses it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

SAID = "card 4111 1111 1111 1111 of\nann@example.org\n"


def _scrub(
    *arguments: str, said: bytes = b"", **environment: str
) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "tallow", "scrub", *arguments],
        input=said,
        env={**os.environ, **environment},
        capture_output=True,
        timeout=60,
        check=False,
    )


def test_what_comes_in_goes_out_clean() -> None:
    ended = _scrub(said=SAID.encode())

    assert ended.returncode == 0
    assert ended.stdout == b"card [card] of\n[email]\n"


def test_explain_says_rule_and_place_and_never_the_secret() -> None:
    ended = _scrub("--explain", said=SAID.encode())

    assert ended.returncode == 0
    assert b"stdin:1:6: card" in ended.stdout
    assert b"stdin:2:1: email" in ended.stdout
    assert b"4111" not in ended.stdout
    assert b"ann" not in ended.stdout


def test_check_fails_when_something_would_be_scrubbed(tmp_path: Path) -> None:
    (tmp_path / "bad.log").write_text(SAID)
    (tmp_path / "good.log").write_text("served in 12 ms\n")

    assert _scrub("--check", str(tmp_path / "good.log")).returncode == 0
    assert _scrub("--check", *map(str, sorted(tmp_path.iterdir()))).returncode == 1


def test_json_and_sarif_say_the_same(tmp_path: Path) -> None:
    path = tmp_path / "bad.log"
    path.write_text(SAID)

    listed = json.loads(_scrub("--check", "--format", "json", str(path)).stdout)
    run = json.loads(_scrub("--check", "--format", "sarif", str(path)).stdout)["runs"][0]

    regions = [result["locations"][0]["physicalLocation"]["region"] for result in run["results"]]
    assert [(place["rule"], place["line"], place["column"]) for place in listed] == [
        (result["ruleId"], region["startLine"], region["startColumn"])
        for result, region in zip(run["results"], regions, strict=True)
    ]
    assert {rule["id"] for rule in run["tool"]["driver"]["rules"]} == {
        place["rule"] for place in listed
    }


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    ended = _scrub("--check", str(tmp_path / "none.log"))

    assert ended.returncode == 2
    assert b"none.log: no such file" in ended.stderr


@pytest.mark.parametrize(
    ("rules", "told"),
    [
        pytest.param('{"rules": [', "is not JSON", id="broken JSON"),
        pytest.param('{"rulez": []}', "unknown key", id="an unknown key"),
        pytest.param(
            '{"rules": [\n{"id": "mine", "pattern": "(?=x)y"}]}', "line 2", id="a look-ahead"
        ),
        pytest.param(
            '{"rules": [{"id": "mine", "pattern": "x{1,9000}"}]}', "mine", id="a repeat too long"
        ),
        pytest.param('{"rules": [{"id": "mine", "pattern": "(a+)+b"}]}', "mine", id="unbounded"),
        pytest.param('{"rules": [{"id": "mine", "pattern": "("}]}', "mine", id="no pattern at all"),
    ],
)
def test_a_rule_that_cannot_be_kept_is_refused_at_the_start(
    rules: str, told: str, tmp_path: Path
) -> None:
    path = tmp_path / "rules.json"
    path.write_text(rules)

    by_option = _scrub("--rules", str(path), said=b"x")
    by_setting = _scrub(said=b"x", TALLOW_SCRUB_RULES=str(path))

    for ended in (by_option, by_setting):
        assert ended.returncode == 2
        assert ended.stdout == b""
        assert "rules.json" in ended.stderr.decode()
        assert told in ended.stderr.decode()


def test_an_own_rule_and_an_own_key_are_kept_to(tmp_path: Path) -> None:
    path = tmp_path / "rules.json"
    path.write_text(
        json.dumps({"rules": [{"id": "badge", "pattern": "BDG-[0-9]{6}", "marker": "[badge]"}]})
    )

    ended = _scrub(
        "--rules", str(path),
        said=b"BDG-123456 and shoe_size=44 and ann@example.org",
        TALLOW_SCRUB_SECRET_KEYS="shoe_size",
    )  # fmt: skip

    assert ended.stdout == b"[badge] and shoe_size=[private] and [email]"

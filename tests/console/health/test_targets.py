"""What a target says of its health is kept as it said it, scrubbed; silence is kept too."""

import json
from collections.abc import Iterator

import pytest

from tallow_console.gate import clean_json
from tallow_console.health.targets import Prober
from tallow_console.store import Row
from tests.console.target import TOKEN, Target, target


@pytest.fixture
def app() -> Iterator[Target]:
    with target() as made:
        yield made


def ask(url: str, token: str = TOKEN) -> Row:
    async def keep(rows: list[Row]) -> None:
        raise AssertionError("asking keeps nothing")

    return Prober([url], token, 1.0, clean_json, keep).ask(url)


@pytest.mark.parametrize("status", ["healthy", "degraded", "unhealthy"])
def test_the_status_is_the_targets_own_word(app: Target, status: str) -> None:
    app.health = {"status": status, "checks": {"disk": {"detail": "mail ann@example.org"}}}
    app.status = 503 if status == "unhealthy" else 200

    row = ask(app.url)

    assert row["status"] == status
    assert row["latency_ms"] > 0
    report = json.loads(row["report"])
    assert report["checks"]["disk"]["detail"] == "mail [email]"


@pytest.mark.parametrize(
    ("health", "code", "status"),
    [
        pytest.param({"fine": True}, 200, "healthy", id="no word, but 200"),
        pytest.param({"status": "odd"}, 500, "unhealthy", id="another word, and 500"),
        pytest.param([1], 200, "healthy", id="a list"),
        pytest.param(b"<html>", 200, "unhealthy", id="no JSON"),
    ],
)
def test_other_answers_are_read_by_their_code(
    app: Target, health: object, code: int, status: str
) -> None:
    app.health, app.status = health, code

    assert ask(app.url)["status"] == status


def test_a_target_that_is_not_there_is_unreachable() -> None:
    row = ask("http://127.0.0.1:9")

    assert (row["target"], row["status"]) == ("127.0.0.1:9", "unreachable")


def test_a_target_that_refuses_the_token_is_not_called_healthy(app: Target) -> None:
    assert ask(app.url, token="another")["status"] == "unhealthy"

"""Values walked in C come out as those walked in Python."""

import math
from collections.abc import Callable
from random import Random
from typing import Any

import pytest

from tallow.scrub.cleaning import _PROTOCOL
from tallow.scrub.identity import Identity
from tallow.scrub.policy import Policy
from tallow.scrub.rules import built_in
from tallow.scrub.scrubber import Scrubber
from tallow.scrub.walk import Walker

VALUES = 3_000
NAMES = (
    *("value", "val", "content", "name", "key", "field", "header", "id", "token", "message"),
    *(
        "url",
        "extra",
        "release",
        "app_version",
        "event_id",
        "timestamp",
        "X-Api-Key",
        "dbPassword2",
    ),
    *("type", "function", "level", "user", "user_id", "cookie", "full_name", "ann@x.io", "größe"),
)
SINGLE = (
    *(None, True, 0, -3, 4111111111111111, 10**11, 10**30, 1e300, math.nan, 4111111111111111.0),
    *(b"ann@x.io", b"\xff", {1, 2}, ValueError("password=hunter22"), "-p", "--password", "1.2.3"),
    *("10.0.0.1", "hunter2!x", "", "***", "user-123", "\ud800 ann@x.io", 5 + 0j),
)


class _Text(str):
    """A kind of text of somebody's own."""


@pytest.fixture(scope="module")
def both() -> tuple[Scrubber, Scrubber]:
    return Scrubber(Policy(engine="c")), Scrubber(Policy(engine="re2"))


def _drawn(r: Random, texts: list[str], depth: int = 0) -> Any:
    inner: list[Callable[[], Any]] = [
        lambda: {_key(r): _drawn(r, texts, depth + 1) for _ in range(r.randrange(6))},
        lambda: [_drawn(r, texts, depth + 1) for _ in range(r.randrange(5))],
        lambda: tuple(_drawn(r, texts, depth + 1) for _ in range(r.randrange(4))),
        lambda: (r.choice(NAMES), _drawn(r, texts, depth + 1)),
    ]
    single: list[Callable[[], Any]] = [
        lambda: r.choice(SINGLE),
        lambda: r.choice(texts)[: r.choice((20, 80, 600))],
        lambda: r.choice(texts),
        lambda: _Text(r.choice(texts)),
    ]
    return r.choice(inner + single if depth < 5 else single)()


def _key(r: Random) -> Any:
    return r.choice(NAMES) if r.random() < 0.9 else r.choice((5, None, (1, 2), "a" * 30, "", " "))


def _walked(scrubber: Scrubber, value: Any, kept: Any = None) -> str:
    return repr(Walker(scrubber, Identity("k" * 32), kept).walk(value))


def test_c_and_python_walk_alike(
    both: tuple[Scrubber, Scrubber], monkeypatch: pytest.MonkeyPatch
) -> None:
    counted: list[str] = []
    monkeypatch.setattr("tallow.scrub.walk.count", counted.extend)
    texts = [text for rule in built_in().rules for text, _ in rule.find]
    r = Random()
    for _ in range(VALUES):
        value, kept = _drawn(r, texts), r.choice((None, _PROTOCOL))
        outcomes = []
        for scrubber in both:
            counted.clear()
            outcomes.append((_walked(scrubber, value, kept), sorted(counted)))
        assert outcomes[0] == outcomes[1], value


def test_what_c_cannot_walk_python_does_with_the_rest_of_the_budget(
    both: tuple[Scrubber, Scrubber],
) -> None:
    cycle: dict[str, Any] = {"password": "hunter22", "list": [1, {2, 3}, "ann@x.io"]}
    cycle["list"].append({"again": cycle, "set": {"ann@x.io"}})
    deep: Any = "ann@x.io"
    for _ in range(150):
        deep = [deep]
    many = [["ann"] * 1000 for _ in range(250)]
    for value in (cycle, deep, many, {"a": "x" * 33_000_000, "b": "ann@x.io"}):
        assert _walked(both[0], value) == _walked(both[1], value)

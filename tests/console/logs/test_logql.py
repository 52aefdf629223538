"""What people type to find lines, and the lines it finds."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tallow_console.logs.logql import LogqlError, parse
from tallow_console.logs.queries import LogFilter, newest
from tallow_console.logs.tables import TABLES
from tallow_console.store import Row, Store

NOW_S = 1_795_000_000.0


def line(place: int, **said: object) -> Row:
    base: Row = {
        "seg": 1, "n": place, "ts": NOW_S - place, "level": "info", "service": "api",
        "environment": "production", "correlation_id": "", "message": "", "context": "{}",
        "metadata": "{}", "performance": "{}",
    }  # fmt: skip
    return {**base, **said}


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    made = Store(Path(tmp_path_factory.mktemp("store")))
    made.create(TABLES)
    made.insert(
        "logs",
        [
            line(1, message="peer joined", context='{"method":"relay","size_bytes":12}'),
            line(2, message="peer left", level="warning", context='{"reason":"timed out"}'),
            line(3, message="disk is full", level="error", service="relay"),
            line(4, message='said "no" \\ it', correlation_id="ab" * 16),
            line(5, message="Ünïcode PEER", performance='{"duration_s":1.5}'),
        ],
    )
    yield made
    made.close()


def found(store: Store, query: str) -> list[int]:
    rows = newest(store, LogFilter(NOW_S - 100, NOW_S + 1, parse(query)))
    return [int(row.id.split("-")[1]) for row in rows]


@pytest.mark.parametrize(
    ("query", "lines"),
    [
        pytest.param("", [1, 2, 3, 4, 5], id="nothing asked, newest first"),
        pytest.param("peer", [1, 2, 5], id="a word in any case"),
        pytest.param("timed out", [2], id="words in the context"),
        pytest.param('{service="relay"}', [3], id="a selector"),
        pytest.param('{service=~"re.*|x"}', [3], id="a pattern, anchored"),
        pytest.param('{service=~"re"}', [], id="a pattern must fit the whole label"),
        pytest.param('{level!="info"} |= "peer"', [2], id="not equal, and a text"),
        pytest.param('{service="api"} != "peer"', [4], id="lines without a text"),
        pytest.param('level="error"', [3], id="a condition by itself"),
        pytest.param('{} |~ "jo.ned|full"', [1, 3], id="a pattern in the line"),
        pytest.param('{} !~ "peer|PEER"', [3, 4], id="lines without a pattern"),
        pytest.param('| method="relay"', [1], id="a field of the context"),
        pytest.param('{} | size_bytes="12"', [1], id="a number is compared as text"),
        pytest.param('{} | duration_s="1.5"', [5], id="a field of the performance"),
        pytest.param('{} | json | context.reason="timed out"', [2], id="as Loki would spell it"),
        pytest.param('{} |= "said \\"no\\""', [4], id="quotes in quotes"),
        pytest.param('{cid="' + "ab" * 16 + '"}', [4], id="a correlation id"),
        pytest.param("{} |= `\\ it`", [4], id="backticks are taken as they are"),
        pytest.param("ünïcode", [5], id="beyond ASCII"),
    ],
)
def test_a_query_finds_its_lines(store: Store, query: str, lines: list[int]) -> None:
    assert found(store, query) == lines


@pytest.mark.parametrize(
    ("query", "says"),
    [
        pytest.param('{service="api"', "ends too early", id="an open brace"),
        pytest.param('{service="api}', "wrong at character", id="an open quote"),
        pytest.param("{service}", "expected =", id="no comparison"),
        pytest.param('{service="api"} |=', "ends too early", id="no text after the operator"),
        pytest.param('{service="api"} |= error', "text in quotes", id="a text without quotes"),
        pytest.param("{" + "a," * 150, "too long", id="far too much"),
    ],
)
def test_a_query_that_cannot_be_read_says_where(query: str, says: str) -> None:
    with pytest.raises(LogqlError, match=says):
        parse(query)


def test_a_broken_pattern_is_an_error_not_a_crash(store: Store) -> None:
    with pytest.raises(LogqlError, match="pattern"):
        found(store, '{} |~ "("')


@given(st.text(max_size=60))
def test_any_text_parses_or_says_why(text: str) -> None:
    said = ""
    try:
        conditions = parse(text)
    except LogqlError as error:
        conditions, said = (), str(error)

    assert conditions or "expected" in said or not text.strip()


@pytest.mark.parametrize(
    "planted", ["' OR 1=1 --", "a {x:String}", "\\\\\\", 'x"; DROP TABLE logs']
)
def test_what_is_typed_is_never_sql(store: Store, planted: str) -> None:
    assert found(store, planted) == []
    assert found(store, f"{{}} |= `{planted}`") == []

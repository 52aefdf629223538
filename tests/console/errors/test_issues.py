"""Issues are made, freshened, resolved, and come back."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tallow.records import ErrorItem
from tallow_console.errors.tables import ISSUES, TABLES, arrived, error_row, set_issue_status
from tallow_console.gate import clean
from tallow_console.state import State
from tallow_console.store import Row, Store

NOW_S = time.time()


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    made = Store(tmp_path_factory.mktemp("store"))
    made.create(TABLES)
    yield made
    made.close()


@pytest.fixture
def state(tmp_path: Path, store: Store) -> State:
    store.command("TRUNCATE TABLE tallow.error_events")
    made = State(tmp_path / "state.db")
    made.create("errors", ISSUES)
    return made


def row(event_id: str, seen_s: float = NOW_S, value: str = "refused", release: str = "1") -> Row:
    payload: dict[str, Any] = {
        "exception": {"values": [{"type": "ValueError", "value": value}]},
        "timestamp": seen_s,
        "release": release,
    }
    return error_row(clean(ErrorItem(seen_s, "event", payload, event_id)), 1, NOW_S)


def only_issue(state: State) -> dict[str, Any]:
    (issue,) = state.select("SELECT * FROM issues")
    return issue


def test_the_first_event_makes_an_issue_and_the_second_freshens_it(
    store: Store, state: State
) -> None:
    arrived(store, state, [row("a", NOW_S - 50, release="1")])
    arrived(store, state, [row("b", NOW_S, release="2")])

    issue = only_issue(state)
    assert issue["title"] == "ValueError: refused"
    assert issue["last_seen"] - issue["first_seen"] == pytest.approx(50, abs=0.01)
    assert (issue["first_release"], issue["last_release"]) == ("1", "2")


def test_an_older_event_that_comes_late_moves_only_the_beginning(
    store: Store, state: State
) -> None:
    arrived(store, state, [row("a", NOW_S, release="2")])
    arrived(store, state, [row("b", NOW_S - 50, release="1")])

    issue = only_issue(state)
    assert (issue["first_release"], issue["last_release"]) == ("1", "2")
    assert issue["last_seen"] == pytest.approx(NOW_S, abs=0.01)


def test_saying_it_twice_changes_nothing(store: Store, state: State) -> None:
    arrived(store, state, [row("a")])
    before = only_issue(state)
    arrived(store, state, [row("a")])

    assert only_issue(state) == before


def test_a_resolved_issue_seen_later_has_come_back(store: Store, state: State) -> None:
    arrived(store, state, [row("a", NOW_S - 50)])
    assert set_issue_status(state, only_issue(state)["id"], "resolved", NOW_S - 20)
    arrived(store, state, [row("b", NOW_S)])

    issue = only_issue(state)
    assert (issue["status"], issue["regressed"]) == ("unresolved", 1)


def test_an_event_from_before_it_was_resolved_leaves_it_so(store: Store, state: State) -> None:
    arrived(store, state, [row("a", NOW_S - 50)])
    set_issue_status(state, only_issue(state)["id"], "resolved", NOW_S - 20)
    arrived(store, state, [row("b", NOW_S - 40)])

    assert only_issue(state)["status"] == "resolved"


def test_an_ignored_issue_stays_ignored(store: Store, state: State) -> None:
    arrived(store, state, [row("a", NOW_S - 50)])
    set_issue_status(state, only_issue(state)["id"], "ignored", NOW_S - 20)
    arrived(store, state, [row("b", NOW_S)])

    assert only_issue(state)["status"] == "ignored"


def test_an_event_the_store_has_is_not_taken_again(store: Store, state: State) -> None:
    rows = [row("a")]
    arrived(store, state, rows)
    store.insert("error_events", [{"seg": 1, "n": 0, **rows[0]}])
    again = [row("a"), row("b"), row("b")]

    arrived(store, state, again)

    assert [one["event_id"] for one in again] == ["b"]


def test_there_is_no_status_for_an_issue_that_is_not_there(state: State) -> None:
    assert not set_issue_status(state, 17, "resolved", NOW_S)

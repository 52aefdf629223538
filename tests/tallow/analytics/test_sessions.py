"""Visits: how they begin, go on, end, and are forgotten."""

import pytest

from tallow.analytics import Sessions
from tallow.metrics.exposition import clean_label, render
from tallow.metrics.registry import Registry


class Clock:
    """A time that is passed in."""

    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def registry() -> Registry:
    return Registry(clean=clean_label)


@pytest.fixture
def sessions(registry: Registry, clock: Clock) -> Sessions:
    return Sessions(registry, clock)


def test_a_visit_has_an_entry_an_exit_and_a_duration(sessions: Sessions, clock: Clock) -> None:
    sessions.page("a", "/")
    clock.now_s = 60
    sessions.page("a", "/send")
    clock.now_s = 90
    visit = sessions.interaction("a")

    assert (visit.entry, visit.exit, visit.duration_s, visit.pages) == ("/", "/send", 90, 2)
    assert not visit.is_bounce


@pytest.mark.parametrize(
    ("pages", "interactions", "is_bounce"),
    [
        pytest.param(1, 0, True, id="one page and nothing done"),
        pytest.param(1, 1, False, id="one page and something done"),
        pytest.param(2, 0, False, id="two pages"),
    ],
)
def test_a_bounce_saw_one_page_and_did_nothing(
    sessions: Sessions, pages: int, interactions: int, is_bounce: bool
) -> None:
    for _ in range(pages):
        sessions.page("a", "/")
    for _ in range(interactions):
        sessions.interaction("a")

    visit = sessions.end("a")

    assert visit is not None
    assert visit.is_bounce == is_bounce


def test_half_an_hour_of_silence_ends_a_visit(sessions: Sessions, clock: Clock) -> None:
    first = sessions.page("a", "/")
    clock.now_s = 1800
    same = sessions.page("a", "/")
    clock.now_s = 3601
    fresh = sessions.page("a", "/")

    assert first is same
    assert fresh is not same


def test_visits_are_counted_when_they_end(
    sessions: Sessions, clock: Clock, registry: Registry
) -> None:
    sessions.page("a", "/")
    sessions.page("b", "/")
    sessions.page("b", "/send")
    clock.now_s = 2000

    assert sessions.active() == 0
    page = render(registry).decode()
    assert 'tallow_sessions_total{kind="bounce"} 1' in page
    assert 'tallow_sessions_total{kind="visit"} 1' in page
    assert "tallow_sessions_active 0" in page


def test_the_silent_end_first_when_there_are_too_many(sessions: Sessions) -> None:
    first = sessions.page("first", "/")
    for number in range(10_000):
        sessions.page(str(number), "/")

    assert sessions.active() == 10_000
    assert sessions.page("first", "/") is not first


def test_a_journey_keeps_its_last_twenty_routes(sessions: Sessions) -> None:
    for number in range(50):
        sessions.page("a", f"/{number}")
        visit = sessions.page("a", f"/{number}")

    assert visit.journey == [f"/{number}" for number in range(30, 50)]


def test_ending_what_never_began_is_nothing(sessions: Sessions) -> None:
    assert sessions.end("a") is None

"""A visit is what one visitor does without half an hour's pause."""

import time
from collections.abc import Iterator

import pytest

from tallow.records import PageEvent
from tallow_console.analytics.agents import read_agent
from tallow_console.analytics.sessions import Sessions
from tallow_console.analytics.tables import TABLES, row
from tallow_console.gate import clean
from tallow_console.store import Row, Store

NOW_S = round(time.time(), 3)
CHROME = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/142.0.0.0 Safari/537.36"
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1"
)
ANDROID_TABLET = (
    "Mozilla/5.0 (Linux; Android 14; SM-X710) AppleWebKit/537.36 Chrome/126.0.0.0 Safari/537.36"
)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    made = Store(tmp_path_factory.mktemp("store"))
    made.create(TABLES)
    yield made
    made.close()


def view(minute: float, visitor: str = "ab" * 15, name: str = "pageview", **more: str) -> Row:
    fields = {"url": "https://shop.example/", "domain": "shop.example", **more}
    event = PageEvent(NOW_S - 3000 + minute * 60, name, visitor=visitor, **fields)
    return row(clean(event), read_agent(CHROME), NOW_S)


def visits(store: Store, *rows: Row) -> list[int]:
    kept = list(rows)
    Sessions().arrived(store, kept)
    return [one["session"] for one in kept]


def test_a_pause_of_half_an_hour_begins_another_visit(store: Store) -> None:
    first, second, third, fourth = visits(store, view(0), view(29), view(58), view(89))

    assert first == second == third
    assert fourth != first


def test_two_visitors_have_a_visit_each(store: Store) -> None:
    ann, bob = visits(store, view(0), view(1, visitor="cd" * 15))

    assert ann != bob


def test_two_sites_have_a_visit_each(store: Store) -> None:
    here, there = visits(store, view(0), view(1, domain="other.example"))

    assert here != there


def test_engagement_prolongs_a_visit_but_begins_none(store: Store) -> None:
    alone = visits(store, view(0, name="engagement"))
    prolonged = visits(store, view(0), view(20, name="engagement"), view(45))

    assert alone == []
    assert len(set(prolonged)) == 1


def test_the_same_event_loaded_again_has_the_same_visit(store: Store) -> None:
    assert visits(store, view(0)) == visits(store, view(0))


def test_a_restart_goes_on_with_the_visits_that_were_open(store: Store) -> None:
    before = view(49)
    Sessions().arrived(store, [before])
    store.insert("events", [{"seg": 1, "n": 0, **before}])

    (after,) = visits(store, view(50))

    store.command("TRUNCATE TABLE tallow.events")
    assert after == before["session"]


@pytest.mark.parametrize(
    ("url", "referrer", "source"),
    [
        pytest.param("https://shop.example/?utm_source=letter", "", "letter", id="a tag"),
        pytest.param(
            "https://shop.example", "https://www.news.example/", "news.example", id="a site"
        ),
        pytest.param("https://shop.example/b", "https://shop.example/a", "", id="itself"),
        pytest.param("https://shop.example/", "", "", id="nobody"),
        pytest.param("https://shop.example/", "no address", "", id="nonsense"),
    ],
)
def test_the_source_is_a_tag_or_another_site(url: str, referrer: str, source: str) -> None:
    assert view(0, url=url, referrer=referrer)["source"] == source


@pytest.mark.parametrize(
    ("header", "browser", "os", "device", "is_robot"),
    [
        pytest.param(CHROME, "Chrome", "Linux", "desktop", False, id="Chrome"),
        pytest.param(IPHONE, "Safari", "iOS", "mobile", False, id="an iPhone"),
        pytest.param(ANDROID_TABLET, "Chrome", "Android", "tablet", False, id="a tablet"),
        pytest.param("Chrome 156, Windows", "Chrome", "Windows", "desktop", False, id="our own"),
        pytest.param("Safari 18, iOS", "Safari", "iOS", "mobile", False, id="our own, a phone"),
        pytest.param("x" * 5000, "", "", "desktop", False, id="nonsense"),
        pytest.param("Mozilla/5.0 (bingbot/2.0)", "bingbot", "", "", True, id="a robot"),
    ],
)
def test_a_user_agent_says_browser_system_and_device(
    header: str, browser: str, os: str, device: str, is_robot: bool
) -> None:
    agent = read_agent(header)

    assert (agent.browser, agent.os, agent.device, agent.is_robot) == (
        browser,
        os,
        device,
        is_robot,
    )

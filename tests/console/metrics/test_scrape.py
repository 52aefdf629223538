"""What a target exposes becomes series and samples; what it does not is said by `up`."""

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from tallow_console.gate import clean_text
from tallow_console.metrics.scrape import Scraper, series_id
from tallow_console.metrics.tables import TABLES, SeriesBook
from tallow_console.store import Store
from tests.console.target import TOKEN, Target, target

PAGE = """\
# HELP jobs_total Jobs done.
# TYPE jobs_total counter
jobs_total{status="ok",who="ann@example.org"} 3
jobs_total{status="bad",who=""} 1
# TYPE took_seconds histogram
took_seconds_bucket{le="0.1"} 1
took_seconds_bucket{le="+Inf"} 2
took_seconds_sum 0.5
took_seconds_count 2
# TYPE odd gauge
odd NaN
"""
LATEST = """
SELECT metric, tags, argMax(value, ts) AS value, count() AS samples
FROM tallow.samples INNER JOIN tallow.series USING (id)
GROUP BY metric, tags ORDER BY metric, tags
"""


@pytest.fixture(scope="module")
def module_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    made = Store(tmp_path_factory.mktemp("store"))
    made.create(TABLES)
    yield made
    made.close()


@pytest.fixture
def store(module_store: Store) -> Store:
    module_store.command("TRUNCATE TABLE tallow.samples")
    module_store.command("TRUNCATE TABLE tallow.series")
    return module_store


@pytest.fixture
def app() -> Iterator[Target]:
    with target() as made:
        yield made


def scraper(store: Store, app: Target, token: str = TOKEN) -> Scraper:
    return Scraper(SeriesBook(store, clean_text), [app.url], token, 1.0)


def latest(store: Store) -> dict[str, float]:
    return {
        row["metric"] + "".join(f" {k}={v}" for k, v in sorted(row["tags"].items())
                                if k != "instance"): row["value"]
        for row in store.query(LATEST)
    }  # fmt: skip


def test_every_sample_is_kept_with_its_labels_scrubbed(store: Store, app: Target) -> None:
    app.metrics = PAGE

    assert scraper(store, app).scrape(app.url)

    values = latest(store)
    assert values["jobs_total status=ok who=[email]"] == 3
    assert values["took_seconds_bucket le=+Inf"] == 2
    assert values["took_seconds_sum"] == 0.5
    assert values["up"] == 1
    assert "odd" not in values
    instances = store.query("SELECT DISTINCT tags['instance'] AS who FROM tallow.series")
    assert instances == [{"who": urlsplit(app.url).netloc}]


def test_a_second_scrape_adds_samples_but_no_series(store: Store, app: Target) -> None:
    app.metrics = PAGE
    one = scraper(store, app)
    one.scrape(app.url)
    app.metrics = PAGE.replace("} 3", "} 7")
    one.scrape(app.url)

    assert latest(store)["jobs_total status=ok who=[email]"] == 7
    counted = store.query("SELECT count() AS all, uniqExact(id) AS ids FROM tallow.series")[0]
    assert counted["all"] == counted["ids"]


@pytest.mark.parametrize(
    "metrics",
    [
        pytest.param("this is { no page", id="not metrics"),
        pytest.param("<html>sign in</html>", id="a page for people"),
    ],
)
def test_a_target_that_talks_nonsense_is_down(store: Store, app: Target, metrics: str) -> None:
    app.metrics = metrics

    assert not scraper(store, app).scrape(app.url)
    assert latest(store)["up"] == 0


def test_a_target_that_refuses_the_token_is_down(store: Store, app: Target) -> None:
    assert not scraper(store, app, token="another").scrape(app.url)

    assert (latest(store)["up"], app.refused) == (0, 1)


def test_a_target_that_is_not_there_is_down(store: Store, app: Target) -> None:
    assert not scraper(store, app).scrape("http://127.0.0.1:9")

    assert latest(store)["up"] == 0


def test_a_series_has_one_number_whatever_the_order_of_its_labels() -> None:
    assert series_id("up", {"a": "1", "b": "2"}) == series_id("up", {"b": "2", "a": "1"})
    assert series_id("up", {"a": "1"}) != series_id("up", {"a": "2"})

"""The page others scrape: read by two parsers and a linter that are not ours, and scrubbed."""

import asyncio
import subprocess
import time

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families as read_openmetrics
from prometheus_client.parser import text_string_to_metric_families as read_text

from tallow.metrics import Counter, Gauge, Histogram
from tallow.metrics.exposition import clean_label, render, render_slices
from tallow.metrics.registry import Registry
from tallow.wire import prometheus

TRACE_ID = "4bf92f3577b34da6a3ce929d0e0e4736"


@pytest.fixture
def registry() -> Registry:
    """One metric of each kind, with awkward values."""
    registry = Registry(clean=clean_label)
    sent = Counter("sent_total", 'What was "sent"\\ by\nlines.', ("to", "how"), registry=registry)
    sent.labels('quote " back \\ line \n end', "").inc(2, exemplar=TRACE_ID)
    sent.labels("ünïcödé 🙂 \ud800 \x00", "x").inc(0.5)
    Gauge("level_ratio", "Level.", registry=registry).set(float("nan"))
    Gauge("heat_celsius", "Heat.", registry=registry).set(float("-inf"))
    took = Histogram("took_seconds", "Took.", {"route": 5}, buckets=(0.1, 1), registry=registry)
    took.labels("/t/:id").observe(0.05)
    took.labels("/t/:id").observe(3, exemplar=TRACE_ID)
    Counter("never_total", "Not used, and yet at nought.", registry=registry)
    return registry


def test_prometheus_client_reads_the_text_page(registry: Registry) -> None:
    families = {one.name: one for one in read_text(render(registry).decode())}

    assert families["sent"].type == "counter"
    assert {sample.value for sample in families["sent"].samples} == {2.0, 0.5}
    assert families["sent"].samples[0].labels["to"] == 'quote " back \\ line \n end'
    assert [sample.value for sample in families["took_seconds"].samples] == [1, 1, 2, 3.05, 2]
    assert families["never"].samples[0].value == 0


def test_prometheus_client_reads_the_openmetrics_page(registry: Registry) -> None:
    page = render(registry, "openmetrics").decode()

    families = {one.name: one for one in read_openmetrics(page)}

    assert families["took_seconds"].unit == "seconds"
    found = [one.exemplar for one in families["took_seconds"].samples if one.exemplar]
    assert [(one.labels, one.value) for one in found] == [({"trace_id": TRACE_ID}, 3.0)]
    assert families["sent"].samples[0].exemplar.labels == {"trace_id": TRACE_ID}


def test_promtool_finds_nothing_wrong_with_the_text_page(registry: Registry) -> None:
    page = render(registry)

    ran = subprocess.run(
        ["promtool", "check", "metrics"], input=page, capture_output=True, timeout=30, check=False
    )

    assert (ran.returncode, ran.stdout, ran.stderr) == (0, b"", b"")


@pytest.mark.parametrize("form", ["text", "openmetrics"])
def test_our_own_parser_reads_what_we_write(registry: Registry, form: str) -> None:
    page = render(registry, form)

    families = prometheus.parse(page, is_openmetrics=form == "openmetrics")

    assert [one.name for one in families] == [one.name for one in registry.families()]
    assert [one.type for one in families] == [one.kind for one in registry.families()]


def test_a_page_names_nobody() -> None:
    registry = Registry(clean=clean_label)
    seen = Counter("seen_total", "Asked by ann@example.org.", ("who", "where"), registry=registry)
    seen.labels("ann@example.org", "192.0.2.7").inc()
    seen.labels("x" * 190 + " ann@example.org", "").inc()
    Histogram("took_seconds", "T.", ("who",), registry=registry).labels("bob@example.org").observe(
        1, exemplar="bob@example.org"
    )

    pages = render(registry) + render(registry, "openmetrics")

    for planted in (b"ann@", b"bob@", b"192.0.2.7"):
        assert planted not in pages


def test_a_label_is_scrubbed_once_however_often_it_is_counted() -> None:
    cleaned: list[str] = []

    def clean(value: str) -> object:
        cleaned.append(value)
        return clean_label(value)

    registry = Registry(clean=clean)
    seen = Counter("seen_total", "Seen.", ("what",), registry=registry)

    for _ in range(100):
        seen.labels("a thing").inc()
        render(registry)

    assert cleaned == ["a thing"]


async def test_a_page_of_ten_thousand_series_lets_others_run() -> None:
    registry = Registry(clean=clean_label)
    many = Counter("many_total", "Many.", {"a": 20_000}, most_series=20_000, registry=registry)
    for number in range(10_000):
        many.labels(str(number)).inc()
    longest_s, is_done = 0.0, False

    async def look() -> None:
        nonlocal longest_s
        while not is_done:
            began_s = time.thread_time()
            await asyncio.sleep(0)
            longest_s = max(longest_s, time.thread_time() - began_s)

    looking = asyncio.create_task(look())
    pieces = 0
    for _ in render_slices(registry):
        pieces += 1
        await asyncio.sleep(0)
    is_done = True
    await looking

    assert pieces >= 3
    assert longest_s < 0.05


def test_a_gauge_that_cannot_be_read_does_not_end_the_scrape() -> None:
    registry = Registry(clean=clean_label)
    Gauge("broken_ratio", "B.", registry=registry).set_function(lambda: 1 / 0)
    Gauge("fine_ratio", "F.", registry=registry).set_function(lambda: 0.5)

    assert b"broken_ratio NaN\n" in render(registry)
    assert b"fine_ratio 0.5\n" in render(registry)


def test_a_refresher_that_fails_does_not_end_the_scrape(
    capsys: pytest.CaptureFixture[str],
) -> None:
    registry = Registry(clean=clean_label)
    Counter("fine_total", "F.", registry=registry).inc()

    def refresh() -> None:
        raise OSError("someone's address")

    registry.before_scrape(refresh)

    assert b"fine_total 1\n" in render(registry)
    assert "someone's address" not in capsys.readouterr().err

"""A real Prometheus scrapes us with its token, and takes numbers, units and exemplars."""

import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from tallow.integrations.endpoints import endpoints_app
from tallow.metrics import Histogram
from tests.tallow.integrations.serving import serving

TRACE_ID = "4bf92f3577b34da6a3ce929d0e0e4736"
CONFIG = """
global: {{ scrape_interval: 250ms, scrape_timeout: 250ms }}
scrape_configs:
  - job_name: shop
    metrics_path: /api/metrics
    authorization: {{ credentials: {token} }}
    static_configs: [{{ targets: ["{target}"] }}]
"""


@pytest.fixture
def prometheus(tmp_path: Path) -> Iterator[httpx.Client]:
    """Run Prometheus on a free port, scraping our endpoints; yield a client of its API."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with serving(endpoints_app) as at:
        target = at.removeprefix("http://")
        (tmp_path / "prometheus.yml").write_text(CONFIG.format(token="m" * 20, target=target))
        process = subprocess.Popen(
            [
                "prometheus",
                f"--config.file={tmp_path}/prometheus.yml",
                f"--storage.tsdb.path={tmp_path}/data",
                f"--web.listen-address=127.0.0.1:{port}",
                "--enable-feature=exemplar-storage",
                "--log.level=error",
            ]
        )
        try:
            with httpx.Client(base_url=f"http://127.0.0.1:{port}/api/v1") as client:
                yield client
        finally:
            process.terminate()
            process.wait(10)


def test_a_real_prometheus_takes_our_page(prometheus: httpx.Client) -> None:
    took = Histogram("shop_payment_seconds", "Payments.", ("kind",), buckets=(0.1, 1))
    took.labels("card").observe(0.5, exemplar=TRACE_ID)

    def result(query: str) -> list[dict[str, object]]:
        return prometheus.get("/query", params={"query": query}).json()["data"]["result"]

    up = eventually(lambda: result('up{job="shop"} == 1'))
    buckets = eventually(lambda: result('shop_payment_seconds_bucket{kind="card"}'))
    unit = prometheus.get("/metadata", params={"metric": "shop_payment_seconds"}).json()["data"]
    span = {"start": time.time() - 60, "end": time.time() + 60}
    examples = prometheus.get(
        "/query_exemplars", params={"query": "shop_payment_seconds_bucket", **span}
    ).json()["data"]

    assert len(up) == 1
    assert {one["metric"]["le"]: one["value"][1] for one in buckets} == {
        "0.1": "0",
        "1.0": "1",
        "+Inf": "1",
    }
    assert unit["shop_payment_seconds"] == [
        {"type": "histogram", "help": "Payments.", "unit": "seconds"}
    ]
    assert [one["labels"]["trace_id"] for one in examples[0]["exemplars"]] == [TRACE_ID]


def eventually(ask: Callable[[], list[dict[str, object]]]) -> list[dict[str, object]]:
    """Return the answer once there is one: a scrape comes when it comes."""
    until_s = time.monotonic() + 20
    while time.monotonic() < until_s:
        try:
            if found := ask():
                return found
        except (httpx.TransportError, ValueError):  # not there yet, or still starting
            pass
        time.sleep(0.05)
    return []

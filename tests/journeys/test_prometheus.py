"""The same endpoints serve the real thing: a real Prometheus scrapes app and console by token."""

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.journeys.stack import Stack, eventually, free_port

CONFIG = """
global: {{scrape_interval: 1s}}
scrape_configs:
  - job_name: transfer
    metrics_path: /api/metrics
    authorization: {{credentials: {token}}}
    static_configs: [{{targets: ["127.0.0.1:{port}"]}}]
  - job_name: a stranger
    metrics_path: /api/metrics
    static_configs: [{{targets: ["127.0.0.1:{port}"]}}]
"""


class Prometheus:
    """A Prometheus on a free port, asked by its own API."""

    def __init__(self, folder: Path, config: str) -> None:
        (folder / "prometheus.yml").write_text(config)
        self.port = free_port()
        self.process = subprocess.Popen(
            [
                "prometheus",
                f"--config.file={folder / 'prometheus.yml'}",
                f"--storage.tsdb.path={folder / 'data'}",
                f"--web.listen-address=127.0.0.1:{self.port}",
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def ask(self, query: str) -> list[dict[str, Any]]:
        """Return the series an instant query gives; none while it is starting."""
        try:
            answer = httpx.get(
                f"http://127.0.0.1:{self.port}/api/v1/query", params={"query": query}, timeout=2.0
            )
        except httpx.HTTPError:
            return []
        return list(answer.json()["data"]["result"]) if answer.status_code == 200 else []


@pytest.fixture(scope="module")
def prometheus(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prometheus]:
    folder = Path(tmp_path_factory.mktemp("prometheus"))
    running = Prometheus(
        folder, CONFIG.format(token=stack.keys["metrics_token"], port=stack.app_port)
    )
    yield running
    running.process.terminate()
    running.process.wait(10)


def test_a_real_prometheus_reads_the_app_with_its_token(prometheus: Prometheus) -> None:
    up = eventually(lambda: prometheus.ask('up{job="transfer"} == 1'), 20.0)
    families = eventually(lambda: prometheus.ask('count({job="transfer"})'), 10.0)

    assert len(up) == 1
    assert float(families[0]["value"][1]) > 100


def test_a_real_prometheus_without_the_token_reads_nothing(prometheus: Prometheus) -> None:
    eventually(lambda: prometheus.ask('up{job="a stranger"} == 0'), 20.0)

    assert prometheus.ask('{job="a stranger", __name__=~"tallow_.*"}') == []


def test_types_and_units_are_understood(stack: Stack, prometheus: Prometheus) -> None:
    eventually(lambda: prometheus.ask('up{job="transfer"} == 1'), 20.0)
    told = eventually(
        lambda: httpx.get(
            f"http://127.0.0.1:{prometheus.port}/api/v1/metadata",
            params={"metric": "tallow_transfer_size_bytes"},
        ).json()["data"],
        10.0,
    )

    assert told["tallow_transfer_size_bytes"][0]["type"] == "histogram"

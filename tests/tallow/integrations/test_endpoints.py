"""The routes an operator asks, behind a real server and under a real Prometheus' eyes."""

import dataclasses
import gzip
import subprocess
import threading
import time
from collections.abc import Iterator

import httpx
import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families as read_openmetrics

from tallow import health, settings
from tallow.integrations.endpoints import ENDPOINTS, endpoints_app
from tallow.metrics import REGISTRY, runtime
from tests.tallow.integrations.serving import serving

METRICS = {"Authorization": "Bearer " + "m" * 20}
DETAILS = {"Authorization": "bearer " + "h" * 20}
OPENMETRICS = "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5,*/*;q=0.1"


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with serving(endpoints_app) as at:
        yield at


@pytest.fixture(autouse=True)
def no_checks() -> Iterator[None]:
    yield
    for name in ("database", "cache", "hung"):
        health.unregister(name)
    health.started()
    health.drain(False)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        pytest.param({}, 401, id="no token"),
        pytest.param({"Authorization": "Bearer wrong"}, 401, id="a wrong token"),
        pytest.param({"Authorization": "Basic " + "m" * 20}, 401, id="another scheme"),
        pytest.param({"Authorization": "Bearer " + "h" * 20}, 401, id="the other token"),
        pytest.param({"Authorization": "Bearer ü"}, 401, id="a token that is not ASCII"),
        pytest.param(METRICS, 200, id="the token"),
    ],
)
def test_metrics_are_for_those_with_the_token(
    address: str, headers: dict[str, str], status: int
) -> None:
    raw = {name: value.encode("latin-1") for name, value in headers.items()}
    answer = httpx.get(f"{address}/api/metrics", headers=raw)

    assert answer.status_code == status
    assert ("www-authenticate" in answer.headers) == (status == 401)


def test_a_wrong_token_renders_nothing(address: str) -> None:
    rendered: list[str] = []

    def refresh() -> None:
        rendered.append("once")

    REGISTRY.before_scrape(refresh)
    httpx.get(f"{address}/api/metrics", headers={"Authorization": "Bearer wrong"})

    assert rendered == []


@pytest.mark.parametrize("path", ["/api/metrics", "/api/health/detailed"])
def test_without_a_token_set_nobody_is_let_in(
    address: str, chosen: settings.Settings, path: str
) -> None:
    settings.use(dataclasses.replace(chosen, metrics_token="", health_check_token=""))

    answer = httpx.get(address + path, headers={"Authorization": "Bearer x"})

    assert answer.status_code == 403


def test_a_scrape_may_ask_for_openmetrics_and_gzip(address: str) -> None:
    plain = httpx.get(f"{address}/api/metrics", headers={**METRICS, "Accept-Encoding": "identity"})
    with httpx.stream(
        "GET",
        f"{address}/api/metrics",
        headers={**METRICS, "Accept": OPENMETRICS, "Accept-Encoding": "gzip"},
    ) as zipped:
        body = gzip.decompress(b"".join(zipped.iter_raw()))

    assert plain.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert zipped.headers["content-type"].startswith("application/openmetrics-text; version=1.0.0")
    assert len(list(read_openmetrics(body.decode()))) > 10


def test_promtool_finds_nothing_wrong_with_all_our_own_metrics(address: str) -> None:
    runtime.start()
    page = httpx.get(f"{address}/api/metrics", headers=METRICS).content

    ran = subprocess.run(
        ["promtool", "check", "metrics"], input=page, capture_output=True, timeout=30, check=False
    )

    assert (ran.returncode, ran.stdout, ran.stderr) == (0, b"", b"")


@pytest.mark.parametrize("path", sorted(ENDPOINTS))
def test_head_answers_like_get_without_a_body(address: str, path: str) -> None:
    headers = DETAILS if path.endswith("detailed") else METRICS

    got = httpx.get(address + path, headers=headers)
    head = httpx.head(address + path, headers=headers)

    assert (head.status_code, head.content) == (got.status_code, b"")
    assert head.headers["content-type"] == got.headers["content-type"]
    assert head.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("path", sorted(ENDPOINTS))
def test_other_methods_are_told_which_there_are(address: str, path: str) -> None:
    answer = httpx.post(address + path, headers=METRICS)

    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD")


def test_strangers_see_no_names_and_no_numbers(address: str) -> None:
    health.register("database", lambda: False, critical=False, ttl_s=0)

    answer = httpx.get(f"{address}/api/health")

    assert (answer.status_code, answer.json()) == (200, {"status": "degraded", "healthy": True})
    assert httpx.get(f"{address}/api/health/detailed").status_code == 401


def test_those_with_the_token_see_each_check(address: str) -> None:
    health.register("database", lambda: True, ttl_s=0)
    health.register("cache", _refused, critical=False, ttl_s=0)

    report = httpx.get(f"{address}/api/health/detailed", headers=DETAILS).json()

    assert (report["status"], report["service"]) == ("degraded", "shop")
    assert report["checks"]["database"]["status"] == "healthy"
    assert report["checks"]["cache"]["problem"] == "ConnectionError"
    assert 0 < report["memory_ratio"] < 1
    assert "db.internal" not in str(report)


def _refused() -> bool:
    raise ConnectionError("user:password@db.internal")


def test_a_failing_critical_check_is_503_never_500(address: str) -> None:
    health.register("database", _refused, ttl_s=0)

    statuses = {
        path: httpx.get(address + path, headers=DETAILS).status_code
        for path in ("/api/health", "/api/ready", "/api/health/readiness", "/api/health/detailed")
    }

    assert set(statuses.values()) == {503}
    assert httpx.get(f"{address}/api/health/liveness").json() == {"alive": True}


def test_readiness_waits_for_the_start_and_ends_with_the_drain(address: str) -> None:
    health.starting()
    before = httpx.get(f"{address}/api/ready").status_code
    health.started()
    during = httpx.get(f"{address}/api/ready").status_code
    health.drain()
    after = httpx.get(f"{address}/api/ready").status_code

    assert (before, during, after) == (503, 200, 503)
    assert httpx.get(f"{address}/api/health/liveness").status_code == 200


def test_a_hung_check_delays_neither_liveness_nor_the_deadline(address: str) -> None:
    release = threading.Event()
    health.register("hung", lambda: release.wait(30), timeout_s=0.5, ttl_s=0)
    for number in range(19):
        health.register(f"fine{number}", lambda: True, ttl_s=0)
    took_s: list[float] = []

    def ask() -> None:
        began_s = time.monotonic()
        report = httpx.get(f"{address}/api/health/detailed", headers=DETAILS, timeout=10)
        took_s.append(time.monotonic() - began_s)
        assert report.json()["checks"]["hung"]["problem"] == "timed out"

    asking = threading.Thread(target=ask)
    asking.start()
    with httpx.Client() as client:
        alive_s = []
        while asking.is_alive():
            began_s = time.monotonic()
            assert client.get(f"{address}/api/health/liveness").status_code == 200
            alive_s.append(time.monotonic() - began_s)
            time.sleep(0.01)
    release.set()
    for number in range(19):
        health.unregister(f"fine{number}")

    assert took_s[0] < 2
    assert sorted(alive_s)[len(alive_s) // 2] < 0.05


def test_other_paths_are_not_ours(address: str) -> None:
    assert httpx.get(f"{address}/api/nothing").status_code == 404

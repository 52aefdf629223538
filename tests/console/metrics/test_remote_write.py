"""A real Prometheus sends its samples on to the console by remote write."""

import struct
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import cramjam
import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from tallow.exceptions import WireError
from tallow.wire.prometheus import decode_write
from tests.console.conftest import KEY, RunningConsole, free_port, wait_for

CONFIG = """
global: {{scrape_interval: 200ms, scrape_timeout: 200ms}}
scrape_configs:
  - job_name: itself
    static_configs: [{{targets: ["127.0.0.1:{port}"]}}]
remote_write:
  - url: {url}/api/v1/write
    authorization: {{credentials: {key}}}
    queue_config: {{batch_send_deadline: 200ms}}
    metadata_config: {{send_interval: 200ms}}
"""
LATEST = """
SELECT metric, argMax(value, ts) AS value, max(ts) AS newest
FROM tallow.samples INNER JOIN tallow.series USING (id)
WHERE tags['job'] = 'itself' AND metric = {metric:String}
GROUP BY metric
"""


@pytest.fixture
def prometheus(console: RunningConsole, tmp_path: Path) -> Iterator[None]:
    port = free_port()
    config = tmp_path / "prometheus.yml"
    config.write_text(CONFIG.format(port=port, url=console.url, key=KEY))
    process = subprocess.Popen(
        [
            "prometheus",
            f"--config.file={config}",
            f"--storage.tsdb.path={tmp_path / 'data'}",
            f"--web.listen-address=127.0.0.1:{port}",
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    yield
    process.kill()
    process.wait()


@pytest.mark.usefixtures("prometheus")
def test_what_a_real_prometheus_scrapes_is_in_the_console(console: RunningConsole) -> None:
    wait_for(lambda: bool(console.store.query(LATEST, {"metric": "up"})), 30.0)

    (up,) = console.store.query(LATEST, {"metric": "up"})
    assert up["value"] == 1.0
    assert abs(up["newest"].timestamp() - time.time()) < 30
    assert console.store.query(LATEST, {"metric": "prometheus_build_info"})


def message(number: int, body: bytes) -> bytes:
    assert len(body) < 128
    return bytes([number << 3 | 2, len(body)]) + body


def series(name: str, value: float) -> bytes:
    label = message(1, b"__name__") + message(2, name.encode())
    sample = b"\x09" + struct.pack("<d", value) + b"\x10\x01"
    return message(1, message(1, label) + message(2, sample))


def test_a_series_keeps_its_type_help_and_unit() -> None:
    about = b"\x08\x01" + message(2, b"jobs_total") + message(4, b"Jobs.") + message(5, b"jobs")

    (family,) = decode_write(series("jobs_total", 3.5) + message(3, about))

    assert (family.type, family.help, family.unit) == ("counter", "Jobs.", "jobs")
    assert [(one.name, one.value, one.timestamp_s) for one in family.samples] == [
        ("jobs_total", 3.5, 0.001)
    ]


@given(st.binary(max_size=60))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    with suppress(WireError):
        decode_write(data)


@pytest.mark.parametrize(
    ("body", "key", "status"),
    [
        pytest.param(series("up", 1.0), KEY, 204, id="a sample"),
        pytest.param(series("up", float("nan")), KEY, 204, id="an end that is no value"),
        pytest.param(b"", KEY, 204, id="nothing"),
        pytest.param(series("", 1.0), KEY, 400, id="a series without a name"),
        pytest.param(b"\x0a\xff\xff", KEY, 400, id="no protobuf"),
        pytest.param(series("up", 1.0), "another", 403, id="a wrong key"),
    ],
)
def test_a_write_is_kept_or_refused_with_a_reason(
    console: RunningConsole, body: bytes, key: str, status: int
) -> None:
    response = requests.post(
        console.url + "/api/v1/write",
        bytes(cramjam.snappy.compress_raw(body)),
        headers={
            "Authorization": f"Bearer {key}",
            "Content-Encoding": "snappy",
            "Content-Type": "application/x-protobuf",
        },
        timeout=5,
    )

    assert response.status_code == status, response.text

"""One call per transfer, connection and operation: metrics, a line, an event; it never raises."""

import re

import pytest

from tallow import record_connection, record_crypto_operation, record_transfer, transfers
from tallow.context import correlation_scope
from tallow.metrics import REGISTRY
from tallow.metrics.exposition import render
from tallow.testing import capture
from tests.tallow.leaving import leaving

TRACE_ID = "4bf92f3577b34da6a3ce929d0e0e4736"


def value_of(series: str) -> float:
    found = re.search("^" + re.escape(series) + r" (\S+)$", render(REGISTRY).decode(), re.MULTILINE)
    return float(found[1]) if found else 0.0


SERIES = {
    'tallow_transfers_total{status="success",method="direct"}': 1,
    'tallow_transfer_bytes_total{method="direct"}': 2048,
    'tallow_transfer_files_total{file_type="document"}': 1,
    'tallow_transfer_size_bytes_bucket{method="direct",le="4096.0"}': 1,
    'tallow_transfer_size_bytes_sum{method="direct"}': 2048,
    'tallow_transfer_size_bytes_count{method="direct"}': 1,
    'tallow_transfer_duration_seconds_sum{method="direct"}': 1.5,
    'tallow_transfer_duration_seconds_count{method="direct"}': 1,
}


@pytest.mark.parametrize("is_lock_free", [True, False], ids=["fused", "step by step"])
def test_a_transfer_steps_all_its_metrics(
    is_lock_free: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transfers, "IS_LOCK_FREE", is_lock_free)
    before = {series: value_of(series) for series in SERIES}

    record_transfer("success", "direct", 2048, 1.5, "document")

    assert {series: value_of(series) - before[series] for series in SERIES} == SERIES


def test_a_transfer_is_one_line_and_one_event_under_one_id() -> None:
    with leaving() as left, correlation_scope(TRACE_ID):
        record_transfer("success", "relay", 5_000_000, 12.0, "video")

    assert len(left.payloads) == 2
    line, event = left.logs[0], left.events[0]
    assert (line.level, line.message, line.correlation_id) == ("info", "transfer ended", TRACE_ID)
    assert line.performance == {"size_bytes": 5_000_000, "duration_s": 12.0}
    assert event.name == "transfer_ended"
    assert event.props == {
        "status": "success",
        "method": "relay",
        "file_type": "video",
        "size": "1-10MB",
        "duration": "10-60s",
    }


def test_a_transfer_that_failed_is_a_warning() -> None:
    with leaving() as left:
        record_transfer("failed", "relay", 0, 0.1, "video")

    assert left.logs[0].level == "warning"


@pytest.mark.parametrize("said", ["pigeon", "", None, 7, ["direct"], "ann@example.org"])
def test_what_is_none_of_its_kind_becomes_other(said: object) -> None:
    series = (
        'tallow_transfers_total{status="other",method="other"}',
        'tallow_transfer_files_total{file_type="other"}',
    )
    before = [value_of(one) for one in series]

    record_transfer(said, said, 1, 1, said)

    assert [value_of(one) for one in series] == [one + 1 for one in before]


@pytest.mark.parametrize("is_lock_free", [True, False], ids=["fused", "step by step"])
@pytest.mark.parametrize("amount", [-1, float("nan"), float("inf"), "big", None])
def test_a_size_that_makes_no_sense_is_left_out_and_counted(
    amount: object, is_lock_free: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transfers, "IS_LOCK_FREE", is_lock_free)
    bytes_series = 'tallow_transfer_bytes_total{method="p2p"}'
    ignored = 'tallow_internal_errors_total{room="transfers"}'
    count = 'tallow_transfer_duration_seconds_count{method="p2p"}'
    before = [value_of(bytes_series), value_of(ignored), value_of(count)]

    record_transfer("success", "p2p", amount, 2.0, "image")

    after = [value_of(bytes_series), value_of(ignored), value_of(count)]
    assert after == [before[0], before[1] + 1, before[2] + 1]


def test_connections_are_counted_and_the_open_ones_shown() -> None:
    active = 'tallow_active_connections{type="relay"}'
    total = 'tallow_connections_total{type="relay",status="connected"}'
    before = value_of(active), value_of(total)

    with leaving() as left:
        record_connection("relay", "connected")
        during = value_of(active)
        record_connection("relay", "closed")

    assert (during, value_of(active)) == (before[0] + 1, before[0])
    assert value_of(total) == before[1] + 1
    assert [line.context["status"] for line in left.logs] == ["connected", "closed"]
    assert [event.name for event in left.events] == ["connection_established"]


def test_open_connections_never_fall_below_none() -> None:
    for _ in range(3):
        record_connection("http", "closed")

    assert value_of('tallow_active_connections{type="http"}') == 0


@pytest.mark.parametrize(
    ("operation", "algorithm", "labels"),
    [
        ("encrypt", "AES-256-GCM", 'operation="encrypt",algorithm="AES-256-GCM"'),
        ("encrypt", "aes-256-gcm", 'operation="encrypt",algorithm="AES-256-GCM"'),
        ("key_exchange", "X-Wing", 'operation="key_exchange",algorithm="X-Wing"'),
        ("guess", "rot13", 'operation="other",algorithm="other"'),
        (None, None, 'operation="other",algorithm="other"'),
    ],
)
def test_operations_are_counted_and_timed(operation: str, algorithm: str, labels: str) -> None:
    total = f"tallow_crypto_operations_total{{{labels}}}"
    took = f"tallow_crypto_operation_duration_seconds_count{{{labels}}}"
    before = value_of(total), value_of(took)

    record_crypto_operation(operation, algorithm, 0.0004)
    record_crypto_operation(operation, algorithm, -1)

    assert (value_of(total), value_of(took)) == (before[0] + 2, before[1] + 1)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("holiday.JPG", "image"),
        ("film.mkv", "video"),
        ("song.flac", "audio"),
        ("Letter to Ann.pdf", "document"),
        ("backup.tar.gz", "archive"),
        ("main.rs", "code"),
        ("README", "other"),
        ("odd.xyzzy", "other"),
        ("", "other"),
        (".hidden", "other"),
    ],
)
def test_a_name_gives_its_class_and_nothing_else(name: str, kind: str) -> None:
    assert transfers.file_type_of(name) == kind


def test_active_transfers_are_shown() -> None:
    with transfers.ACTIVE_TRANSFERS.track():
        assert value_of("tallow_active_transfers") == 1

    assert value_of("tallow_active_transfers") == 0


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        pytest.param("document", "document", id="a class"),
        pytest.param("pdf", "document", id="an ending"),
        pytest.param(".PNG", "image", id="an ending as written"),
        pytest.param("image/png", "image", id="a MIME type that says its class"),
        pytest.param("application/pdf", "document", id="a MIME type that does not"),
        pytest.param("ann@example.org", "other", id="anything else"),
        pytest.param(7, "other", id="no text"),
    ],
)
def test_of_a_file_type_only_the_class_is_kept(said: object, kept: str) -> None:
    with capture() as left:
        record_transfer("completed", "relay", 1, 1.0, said)  # type: ignore[arg-type]

    assert left.logs[0].context == {"status": "completed", "method": "relay", "file_type": kept}
    assert left.logs[0].level == "info"

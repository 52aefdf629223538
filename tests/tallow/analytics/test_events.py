"""What is told of a use: ranges instead of sizes, nobody's name, and never a correlation id."""

import pytest

from tallow import analytics, settings
from tallow.analytics import Visitor, duration_bucket, size_bucket, visitor_scope
from tallow.context import correlation_scope
from tests.tallow.leaving import leaving

MIB = 1024 * 1024


@pytest.mark.parametrize(
    ("size", "bucket"),
    [
        pytest.param(0, "<1MB", id="nothing"),
        pytest.param(MIB, "<1MB", id="just a megabyte"),
        pytest.param(MIB + 1, "1-10MB", id="a little more"),
        pytest.param(5 * 1024 * MIB, "1-10GB", id="a film"),
        pytest.param(10**15, ">10GB", id="a library"),
        pytest.param(-1, "unknown", id="less than nothing"),
        pytest.param(float("nan"), "unknown", id="not a number"),
        pytest.param("big", "unknown", id="a word"),
    ],
)
def test_a_size_is_told_as_a_range(size: float, bucket: str) -> None:
    assert size_bucket(size) == bucket


@pytest.mark.parametrize(
    ("duration", "bucket"), [(0.2, "<1s"), (10, "1-10s"), (61, "1-10min"), (9999, ">1h")]
)
def test_a_duration_is_told_as_a_range(duration: float, bucket: str) -> None:
    assert duration_bucket(duration) == bucket


def test_each_ready_made_event_has_its_name_and_props() -> None:
    with leaving() as left:
        analytics.file_sent(5 * MIB, "document", "direct")
        analytics.file_received(0, "image", "relay")
        analytics.transfer_failed("peer_gone", "relay")
        analytics.connection_established("direct", 2.5)
        analytics.feature_used("dark mode")
        analytics.track("Signup", {"plan": "free"}, revenue={"amount": 5, "currency": "EUR"})

    assert [(event.name, dict(event.props)) for event in left.events] == [
        ("file_sent", {"size": "1-10MB", "type": "document", "method": "direct"}),
        ("file_received", {"size": "<1MB", "type": "image", "method": "relay"}),
        ("transfer_failed", {"reason": "peer_gone", "method": "relay"}),
        ("connection_established", {"type": "direct", "duration": "1-10s"}),
        ("feature_used", {"feature": "dark mode"}),
        ("Signup", {"plan": "free"}),
    ]
    assert left.events[-1].revenue == {"amount": 5, "currency": "EUR"}


def test_no_event_carries_a_correlation_id() -> None:
    trace_id = "4bf92f3577b34da6a3ce929d0e0e4736"
    with leaving() as left, correlation_scope(trace_id):
        analytics.file_sent(1, "image", "direct")
        analytics.page_view("https://shop.example/t/:id")
        analytics.feature_used("send")

    assert len(left.payloads) == 3
    assert trace_id.encode() not in b"".join(left.payloads)


def test_what_names_someone_does_not_leave() -> None:
    with leaving() as left:
        analytics.track("Signup", {"mail": "ann@example.org"})
        analytics.page_view("https://shop.example/u/ann@example.org?token=abc#key")

    assert b"ann@" not in b"".join(left.payloads)
    assert b"#key" not in b"".join(left.payloads)


def test_an_event_belongs_to_the_visitor_of_its_request_by_a_hash() -> None:
    with leaving() as left:
        with visitor_scope(Visitor("192.0.2.7", "Mozilla/5.0")):
            analytics.feature_used("send")
            analytics.feature_used("receive")
        with visitor_scope(Visitor("192.0.2.8", "Mozilla/5.0")):
            analytics.feature_used("send")

    first, second, other = (event.visitor for event in left.events)
    assert first == second != other
    assert b"192.0.2" not in b"".join(left.payloads)


def test_nothing_is_told_of_a_visitor_who_declines() -> None:
    with leaving() as left, visitor_scope(Visitor(declines=True)):
        told = analytics.feature_used("send")

    assert (told, left.payloads) == (False, [])


def test_an_event_without_a_page_belongs_to_the_site() -> None:
    settings.use(settings.Settings(plausible_domain="shop.example"))
    try:
        with leaving() as left:
            analytics.feature_used("send")
    finally:
        settings.use(None)

    assert (left.events[0].domain, left.events[0].url) == ("shop.example", "https://shop.example/")


def test_before_init_telling_is_quiet() -> None:
    assert analytics.feature_used("send") is False

from ipaddress import ip_address, ip_network

import orjson
import pytest

from tallow.records import Clean, ErrorItem, LogLine, PageEvent, Record, Vital
from tallow.sinks.loki import LokiSink
from tallow.sinks.plausible import PlausibleSink, visitor_address
from tallow.sinks.sentry import SentrySink
from tallow.sinks.sink import Sink
from tallow.wire.loki import decode_push
from tallow.wire.plausible import decode_event
from tallow.wire.sentry import decode_envelope

_LINE = LogLine(2.0, "info", "hi", "ab" * 16)
_ITEM = ErrorItem(2.0, "event", {"event_id": "cd" * 16, "timestamp": 2.0}, "cd" * 16)
_EVENT = PageEvent(2.0, "pageview", "https://x.example/", "x.example", visitor="01ab")
_VITAL = Vital(2.0, "LCP", 1.0, "good", "https://x.example/", "x.example")

_LOKI = LokiSink("https://user:p%40ss@logs.example:3100/base/", {"service": "s"})
_SENTRY = SentrySink("https://key@errors.example/7", now=lambda: 5.0)
_PLAUSIBLE = PlausibleSink("https://stats.example/")


@pytest.mark.parametrize(
    ("sink", "wanted"),
    [
        pytest.param(_LOKI, [_LINE], id="lines to Loki"),
        pytest.param(_SENTRY, [_ITEM], id="errors to Sentry"),
        pytest.param(_PLAUSIBLE, [_EVENT, _VITAL], id="events and vitals to Plausible"),
    ],
)
def test_each_record_has_one_sink(sink: Sink, wanted: list[Record]) -> None:
    assert [one for one in (_LINE, _ITEM, _EVENT, _VITAL) if sink.wants(one)] == wanted


def test_a_push_carries_credentials_in_a_header_alone() -> None:
    parcel = _LOKI.pack([Clean(_LINE)])

    assert parcel.url == "https://logs.example:3100/base/loki/api/v1/push"
    assert parcel.headers["Authorization"] == "Basic dXNlcjpwQHNz"
    assert decode_push(parcel.body)[0].message == "hi"


def test_the_full_address_of_a_push_is_taken_as_well() -> None:
    sink = LokiSink("http://logs.example/loki/api/v1/push", {})

    assert sink.pack([Clean(_LINE)]).url == "http://logs.example/loki/api/v1/push"
    assert "Authorization" not in sink.pack([Clean(_LINE)]).headers


def test_lines_are_pushed_oldest_first() -> None:
    lines = [LogLine(at, "info", str(at)) for at in (3.0, 1.0, 2.0)]

    parcel = _LOKI.pack([Clean(line) for line in lines])

    assert [line.message for line in decode_push(parcel.body)] == ["1.0", "2.0", "3.0"]


def test_an_error_is_an_envelope_with_its_key_in_a_header() -> None:
    parcel = _SENTRY.pack([Clean(_ITEM)])

    assert parcel.url == "https://errors.example/api/7/envelope/"
    assert "sentry_key=key" in parcel.headers["X-Sentry-Auth"]
    assert decode_envelope(parcel.body, now_s=9.0).items == (_ITEM,)
    assert b"key" not in parcel.body


@pytest.mark.parametrize("record", [_EVENT, _VITAL])
def test_an_event_is_one_plain_request(record: PageEvent | Vital) -> None:
    parcel = _PLAUSIBLE.pack([Clean(record)])

    assert parcel.url == "https://stats.example/api/event"
    assert not parcel.may_compress
    assert orjson.loads(parcel.body)["d"] == "x.example"
    assert decode_event(parcel.body, now_s=2.0).url == record.url


def test_a_visitor_has_an_address_that_is_nobodys() -> None:
    address = visitor_address("01ab")

    assert ip_address(address) in ip_network("fd00::/8")
    assert address == visitor_address("01ab")
    assert address != visitor_address("01ac")

import orjson
import pytest

from tallow.exceptions import WireError
from tallow.records import ErrorItem, LogLine, PageEvent, Vital
from tallow.wire import beacon

_URL = "https://x.example/t/:id"
_TRACE = "ab" * 16


def _batch(*items: object, **about: object) -> bytes:
    return orjson.dumps({"v": 1, "app": "web", "trace": _TRACE, "items": items, **about})


def test_a_batch_is_the_same_after_encoding_and_decoding() -> None:
    payload = {
        "event_id": "cd" * 16,
        "level": "error",
        "timestamp": 6.0,
        "platform": "javascript",
        "contexts": {"trace": {"trace_id": _TRACE}},
    }
    batch = beacon.Batch(
        (
            PageEvent(6.0, "pageview", _URL, "x.example", props={"a": "b"}),
            Vital(6.5, "LCP", 1234.5, "good", _URL, "x.example", "navigate", "desktop"),
            ErrorItem(6.0, "event", payload, "cd" * 16),
            LogLine(6.0, "info", "hi", _TRACE, {"n": 1}, {"logger": "browser"}),
            beacon.Measure(6.0, "transfer", 0.25),
        ),
        app="web",
        trace=_TRACE,
        view="0123456789abcdef",
    )

    assert beacon.decode_batch(beacon.encode_batch(batch, 7.0), 7.0, "x.example") == batch


@pytest.mark.parametrize(
    "item",
    [
        pytest.param(7, id="a number"),
        pytest.param({"type": "other"}, id="an unknown type"),
        pytest.param({"type": "event", "name": "x"}, id="an event without address"),
        pytest.param(
            {"type": "event", "name": "Web Vitals", "url": _URL}, id="a vital in disguise"
        ),
        pytest.param({"type": "vital", "name": "LCP", "value": -1, "url": _URL}, id="below zero"),
        pytest.param({"type": "error", "event": {"event_id": "1"}}, id="an error without id"),
        pytest.param({"type": "log", "level": "loud", "message": "x"}, id="an unknown level"),
        pytest.param({"type": "measure", "name": "x", "duration_ms": "9"}, id="a time in quotes"),
    ],
)
def test_an_item_that_makes_no_sense_is_dropped_alone(item: object) -> None:
    good = {"type": "log", "level": "info", "message": "good"}

    batch = beacon.decode_batch(_batch(item, good), 7.0, "x.example")

    assert [line.message for line in batch.items if isinstance(line, LogLine)] == ["good"]
    assert batch.dropped == 1


def test_an_age_counts_back_from_arrival_and_never_forward() -> None:
    aged = [
        {"type": "measure", "name": str(age), "duration_ms": 1, "age_ms": age}
        for age in (1500, -99999, 1e300, "soon")
    ]

    batch = beacon.decode_batch(_batch(*aged), 100_000.0, "x.example")

    assert [item.timestamp_s for item in batch.items] == [99_998.5, 100_000.0, 13_600.0, 100_000.0]


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b'{"v":2,"items":[]}', id="another version"),
        pytest.param(b'{"v":1}', id="no items"),
        pytest.param(_batch(*[{}] * 201), id="items without end"),
    ],
)
def test_a_malformed_batch_is_refused(body: bytes) -> None:
    with pytest.raises(WireError):
        beacon.decode_batch(body, 7.0, "x.example")


def test_ids_of_another_shape_are_not_taken_over() -> None:
    batch = beacon.decode_batch(_batch(trace="ann@example.org", view="<script>"), 7.0, "d")

    assert (batch.trace, batch.view) == ("", "")

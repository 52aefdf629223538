from collections.abc import Callable
from contextlib import suppress

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tallow.exceptions import WireError
from tallow.wire import beacon, lines, loki, plausible, sentry

_KEYS = [
    "v",
    "items",
    "type",
    "event",
    "name",
    "url",
    "n",
    "u",
    "d",
    "p",
    "streams",
    "stream",
    "values",
    "level",
    "message",
    "kind",
    "at",
    "timestamp",
    "length",
    "event_id",
    "exception",
    "context",
    "age_ms",
    "trace",
    "metric",
    "value",
]
_json = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats() | st.text(max_size=9),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(_KEYS), inner, max_size=4)
    ),
    max_leaves=12,
)
_bytes = st.binary(max_size=200) | _json.map(lambda value: lines.jsonable(value)).map(orjson.dumps)
_rows = st.lists(_bytes, max_size=4).map(b"\n".join)

_DECODERS: dict[str, Callable[[bytes], object]] = {
    "a line": lines.decode,
    "an entry": lines.decode_entry,
    "an envelope": lambda data: sentry.decode_envelope(data, 1.0),
    "an event of Sentry": lambda data: sentry.decode_store(data, 1.0),
    "a push": loki.decode_push,
    "a protobuf push": loki.decode_push_protobuf,
    "an event of Plausible": lambda data: plausible.decode_event(data, 1.0),
    "a batch": lambda data: beacon.decode_batch(data, 1.0, "x.example"),
}


@pytest.mark.parametrize("name", _DECODERS)
@given(data=_bytes | _rows)
@settings(max_examples=150, deadline=None)
def test_whatever_arrives_is_read_or_refused(name: str, data: bytes) -> None:
    with suppress(WireError):
        _DECODERS[name](data)

import gzip
import io

import orjson
import pytest
import sentry_sdk
from sentry_sdk.envelope import Envelope as TheirEnvelope

from tallow.exceptions import WireError
from tallow.records import ErrorItem
from tallow.wire import sentry

_ID = "9ec79c33ec9942ab8353589fcb2e04dc"


def test_an_envelope_is_the_same_after_encoding_and_decoding() -> None:
    items = (
        ErrorItem(1.5, "event", {"event_id": _ID, "timestamp": 1.5, "message": "x\ny"}, _ID),
        ErrorItem(2.5, "session", {"timestamp": 2.5, "init": True}),
    )

    envelope = sentry.decode_envelope(sentry.encode_envelope(items, 3.0), now_s=9.0)

    assert envelope.items == items
    assert envelope.event_id == _ID
    assert envelope.sent_at_s == 3.0


def test_sentry_sdk_reads_what_we_write() -> None:
    item = ErrorItem(1.5, "event", {"event_id": _ID, "message": "x"}, _ID)

    theirs = TheirEnvelope.deserialize(sentry.encode_envelope([item], 3.0))

    assert theirs.get_event() == {"event_id": _ID, "message": "x"}
    assert theirs.headers["event_id"] == _ID


def test_we_read_what_sentry_sdk_writes() -> None:
    theirs = TheirEnvelope(headers={"event_id": _ID, "dsn": "https://abc@h/1"})
    theirs.add_event({"event_id": _ID, "level": "error", "message": "ü"})
    out = io.BytesIO()
    theirs.serialize_into(out)

    envelope = sentry.decode_envelope(out.getvalue(), now_s=9.0)

    assert envelope.items[0].payload["message"] == "ü"
    assert envelope.public_key == "abc"


def test_an_item_without_length_ends_with_its_line() -> None:
    data = (
        b'{"event_id":"%b"}\n{"type":"event"}\n{"message":"a"}\n{"type":"session"}\n{"did":1}'
        % (_ID.encode())
    )

    envelope = sentry.decode_envelope(data, now_s=9.0)

    assert [item.type for item in envelope.items] == ["event", "session"]
    assert envelope.items[0].event_id == _ID
    assert envelope.items[1].timestamp_s == 9.0


def test_items_we_do_not_know_are_skipped_and_counted() -> None:
    data = (
        b'{}\n{"type":"attachment","length":5}\n\x00\n\x01\x02\n\n{"type":"replay_video","length":0}\n\n'
        b'{"type":"<script>"}\nx\n{"type":"event"}\n{}\n'
    )

    envelope = sentry.decode_envelope(data, now_s=9.0)

    assert [item.type for item in envelope.items] == ["event"]
    assert envelope.skipped == {"attachment": 1, "replay_video": 1, "unknown": 1}


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"hello", id="no JSON header"),
        pytest.param(b"[]\n", id="a list as header"),
        pytest.param(b'{}\n{"type":"event","length":99}\n{}', id="cut short"),
        pytest.param(b'{}\n{"type":"event","length":-1}\n{}', id="negative length"),
        pytest.param(b'{}\n{"type":"event","length":"2"}\n{}', id="length in quotes"),
        pytest.param(b'{}\n{"type":"event","length":1}\n{}\n', id="too short a length"),
        pytest.param(b'{}\n{"type":"event"}\n[1]', id="a list as event"),
        pytest.param(b'{}\n{"type":"event"}\nhunter2', id="an event that is no JSON"),
        pytest.param(b"{}\n" + b'{"type":"event"}\n{}\n' * 1001, id="items without end"),
    ],
)
def test_a_malformed_envelope_is_refused_without_quoting_it(data: bytes) -> None:
    with pytest.raises(WireError) as caught:
        sentry.decode_envelope(data, now_s=9.0)

    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    "payload",
    [
        pytest.param(b'{"message":"\\ud800"}', id="a lone surrogate"),
        pytest.param(b'{"message":"a\\u0000b"}', id="a NUL"),
        pytest.param(b'{"exception":null,"tags":[["a","b"]]}', id="null and lists"),
        pytest.param(b'{"timestamp":"2999-99-99"}', id="no date"),
        pytest.param(b'{"timestamp":1e300}', id="a time beyond the sun's"),
        pytest.param(b'{"extra":{"n":NaN}}', id="NaN"),
        pytest.param(b'{"event_id":7}', id="a number as id"),
    ],
)
def test_odd_events_are_taken(payload: bytes) -> None:
    envelope = sentry.decode_envelope(b'{}\n{"type":"event"}\n' + payload, now_s=9.0)

    assert envelope.items[0].timestamp_s == 9.0


def test_the_older_store_request_is_an_envelope_of_one() -> None:
    envelope = sentry.decode_store(orjson.dumps({"event_id": _ID, "timestamp": 4}), now_s=9.0)

    assert envelope.items == (ErrorItem(4.0, "event", {"event_id": _ID, "timestamp": 4}, _ID),)


@pytest.mark.parametrize(
    ("dsn", "url"),
    [
        pytest.param("https://k@h.example/1", "https://h.example/api/1/envelope/", id="plain"),
        pytest.param("http://k@h:81/1", "http://h:81/api/1/envelope/", id="with a port"),
        pytest.param("https://k:s@h/x/y/7", "https://h/x/y/api/7/envelope/", id="below a path"),
    ],
)
def test_a_dsn_points_where_sentry_sdk_says_too(dsn: str, url: str) -> None:
    theirs = sentry_sdk.utils.Dsn(dsn).to_auth()

    assert sentry.parse_dsn(dsn).envelope_url == url
    assert theirs.get_api_url(sentry_sdk.consts.EndpointType.ENVELOPE) == url


def test_gzip_is_not_this_files_business() -> None:
    with pytest.raises(WireError):
        sentry.decode_envelope(gzip.compress(b"{}\n"), now_s=9.0)

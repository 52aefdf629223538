import orjson
import pytest

from tallow.exceptions import WireError
from tallow.records import LogLine
from tallow.wire import loki

_LINE = LogLine(1790000000.25, "error", "boom", "ab" * 16, {"n": 1}, {"service": "s"}, {"d_s": 2})


def _message(*fields: tuple[int, bytes | int]) -> bytes:
    """Return a protobuf message, built here from its specification."""

    def varint(number: int) -> bytes:
        out = b""
        while number > 127:
            out += bytes([number & 127 | 128])
            number >>= 7
        return out + bytes([number])

    out = b""
    for number, value in fields:
        if isinstance(value, int):
            out += varint(number << 3) + varint(value)
        else:
            out += varint(number << 3 | 2) + varint(len(value)) + value
    return out


def test_lines_are_the_same_after_encoding_and_decoding() -> None:
    read = loki.decode_push(loki.encode_push([_LINE], {"service": "s"}))

    assert read == [_LINE]


def test_streams_have_few_labels_and_the_id_is_metadata() -> None:
    shape = orjson.loads(loki.encode_push([_LINE], {"service": "s", "env": "test"}))

    stream = shape["streams"][0]
    assert stream["stream"] == {"service": "s", "env": "test", "level": "error"}
    assert stream["values"][0][0] == "1790000000250000000"
    assert stream["values"][0][2] == {"correlation_id": "ab" * 16}


def test_each_level_has_its_stream() -> None:
    lines = [LogLine(1.0, "info", "a"), LogLine(2.0, "error", "b"), LogLine(3.0, "info", "c")]

    shape = orjson.loads(loki.encode_push(lines, {}))

    assert [len(stream["values"]) for stream in shape["streams"]] == [2, 1]


@pytest.mark.parametrize(
    ("text", "labels", "level", "message"),
    [
        pytest.param("plain words", {}, "info", "plain words", id="plain text"),
        pytest.param("x", {"level": "WARN"}, "warning", "x", id="level as label"),
        pytest.param('{"msg":"hi","level":50}', {}, "error", "hi", id="pino"),
        pytest.param('{"message":"hi","level":"fatal"}', {}, "critical", "hi", id="winston"),
        pytest.param("{not json", {}, "info", "{not json", id="a brace at the start"),
    ],
)
def test_lines_of_other_senders_are_understood(
    text: str, labels: dict[str, str], level: str, message: str
) -> None:
    body = {"streams": [{"stream": {"app": "web", **labels}, "values": [["1000000000", text]]}]}

    (line,) = loki.decode_push(orjson.dumps(body))

    assert (line.level, line.message, line.timestamp_s) == (level, message, 1.0)
    assert line.metadata["service"] == "web"


def test_a_protobuf_push_is_read() -> None:
    entry = _message(
        (1, _message((1, 1790000000), (2, 5000000))),
        (2, b'{"level":"error","message":"boom"}'),
        (3, _message((1, b"correlation_id"), (2, b"ab" * 16))),
    )
    stream = _message((1, b'{app="we\\"b", env="prod"}'), (2, entry), (3, 12345678901))

    (line,) = loki.decode_push_protobuf(_message((1, stream)))

    assert (line.level, line.message) == ("error", "boom")
    assert line.correlation_id == "ab" * 16
    assert line.timestamp_s == pytest.approx(1790000000.005)
    assert line.metadata == {"app": 'we"b', "service": 'we"b', "environment": "prod"}


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"{}", id="no streams"),
        pytest.param(b'{"streams":[1]}', id="a stream that is a number"),
        pytest.param(b'{"streams":[{"values":[]}]}', id="no labels"),
        pytest.param(b'{"streams":[{"stream":{}}]}', id="no values"),
        pytest.param(b'{"streams":[{"stream":{},"values":[["1"]]}]}', id="a value too short"),
        pytest.param(b'{"streams":[{"stream":{},"values":[["x","y"]]}]}', id="a time of letters"),
        pytest.param(b'{"streams":[{"stream":{},"values":[["1",2]]}]}', id="a line of numbers"),
        pytest.param(b'{"streams":[{"labels":"{a","values":[]}]}', id="half a selector"),
    ],
)
def test_a_malformed_push_is_refused(data: bytes) -> None:
    with pytest.raises(WireError):
        loki.decode_push(data)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"\x0a\xff", id="a length beyond the end"),
        pytest.param(b"\xff" * 20, id="a number without end"),
        pytest.param(b"\x0f", id="an unknown kind of field"),
        pytest.param(_message((1, _message((1, b"no selector")))), id="labels of another shape"),
    ],
)
def test_a_malformed_protobuf_push_is_refused(data: bytes) -> None:
    with pytest.raises(WireError):
        loki.decode_push_protobuf(data)

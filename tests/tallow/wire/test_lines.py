import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tallow.exceptions import WireError
from tallow.records import LEVELS, ErrorItem, LogLine, PageEvent, Record, Vital
from tallow.wire import lines

_text = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
_json = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | _text,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_text, inner, max_size=3),
    max_leaves=8,
)
_objects = st.dictionaries(_text, _json, max_size=4)
_times = st.floats(0, 4e9)
_records: st.SearchStrategy[Record] = st.one_of(
    st.builds(LogLine, _times, st.sampled_from(LEVELS), _text, _text, _objects, _objects, _objects),
    st.builds(ErrorItem, _times, _text, _objects, _text),
    st.builds(PageEvent, _times, _text, _text, _text, _text, _objects, st.booleans(), _objects),
    st.builds(Vital, _times, st.just("LCP"), st.floats(0, 1e6), st.just("good"), _text),
)


@given(_records)
@settings(max_examples=200, deadline=None)
def test_a_record_is_the_same_after_encoding_and_decoding(record: Record) -> None:
    assert lines.decode(lines.encode(record)) == record


@given(_records)
@settings(max_examples=50, deadline=None)
def test_an_encoded_record_is_one_line(record: Record) -> None:
    assert b"\n" not in lines.encode(record)


def test_an_entry_has_the_seven_fields_in_order() -> None:
    line = LogLine(1790000000.25, "info", "peer joined", "ab" * 16, {"peer": 3}, {"service": "x"})

    entry = orjson.loads(lines.encode_entry(line))

    assert entry == {
        "timestamp": "2026-09-21T14:13:20.250Z",
        "level": "info",
        "message": "peer joined",
        "correlationId": "ab" * 16,
        "context": {"peer": 3},
        "metadata": {"service": "x"},
        "performance": {},
    }
    assert next(iter(entry)) == "timestamp"


def test_the_entry_inside_an_encoding_is_cut_out_as_it_is() -> None:
    line = LogLine(1790000000.125, "error", 'a "quoted", message', context={"n": [1, 2]})

    assert lines.entry(lines.encode(line)) == lines.encode_entry(line)


def test_an_entry_is_read_back_to_the_millisecond() -> None:
    line = LogLine(1790000000.25, "warning", "slow", "cd" * 16, {"n": 1}, {}, {"duration_s": 0.5})

    assert lines.decode_entry(lines.encode_entry(line)) == line


@pytest.mark.parametrize(
    "payload",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"{", id="half an object"),
        pytest.param(b"[1]", id="a list"),
        pytest.param(b"[" * 100_000, id="nested without end"),
        pytest.param(b'{"kind":"log","level":"info","message":"x"}', id="a line without time"),
        pytest.param(b'{"kind":"log","at":1,"level":"loud","message":"x"}', id="unknown level"),
        pytest.param(b'{"kind":"log","at":1,"level":"info","message":1}', id="no text"),
        pytest.param(b'{"kind":"event","name":"x"}', id="fields missing"),
        pytest.param(b'{"kind":"event","secret":"hunter2"}', id="fields unknown"),
        pytest.param(b'{"kind":["log"]}', id="a kind that is a list"),
        pytest.param(b'{"kind":"other"}', id="unknown kind"),
    ],
)
def test_bytes_that_are_no_record_are_refused_without_quoting_them(payload: bytes) -> None:
    with pytest.raises(WireError) as caught:
        lines.decode(payload)

    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    "odd",
    [
        pytest.param("\ud800 alone", id="a lone surrogate"),
        pytest.param(2**80, id="an integer beyond 64 bits"),
        pytest.param(float("nan"), id="not a number"),
        pytest.param({("a", 1): 2}, id="a tuple as key"),
        pytest.param({1, 2}, id="a set"),
        pytest.param(object(), id="an object"),
    ],
)
def test_what_json_has_no_word_for_is_written_all_the_same(odd: object) -> None:
    line = LogLine(1.0, "info", "odd", context={"odd": odd})  # type: ignore[dict-item]

    read = lines.decode(lines.encode(line))

    assert isinstance(read, LogLine)
    assert "odd" in read.context


def test_a_value_that_contains_itself_is_cut_off() -> None:
    loop: list[object] = []
    loop.append(loop)

    assert lines.encode(LogLine(1.0, "info", "odd", context={"loop": loop}))  # type: ignore[dict-item]


def test_a_line_for_people_has_no_colour_unless_asked() -> None:
    line = LogLine(1790000000.25, "error", "boom", "ab" * 16, {"n": 3})

    assert lines.pretty(line) == "14:13:20.250 error    boom n=3 [abababab]"
    assert "\x1b[" in lines.pretty(line, colour=True)


def test_a_message_cannot_steer_the_terminal() -> None:
    line = LogLine(0.0, "info", "a\x1b[2Jb\nc", context={"k\x07": "v\r"})

    shown = lines.pretty(line)

    assert not any(character in shown for character in "\x1b\n\x07\r")


def test_a_stack_stands_below_its_line() -> None:
    error = {"type": "KeyError", "message": "gone", "stack": "a.py:1 in f\nb.py:2 in g"}

    shown = lines.pretty(LogLine(0.0, "error", "boom", context={"error": error}))

    assert shown.split("\n")[1:] == ["a.py:1 in f", "b.py:2 in g"]

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tallow.exceptions import WireError
from tallow.records import PageEvent, Vital
from tallow.wire import plausible

_URL = "https://x.example/t/:id"


@given(
    st.builds(
        PageEvent,
        st.just(7.0),
        st.text("abc ", min_size=1, max_size=20),
        st.just(_URL),
        st.just("x.example"),
        st.sampled_from(["", "https://search.example/"]),
        st.dictionaries(st.text("abc", min_size=1), st.text("xyz") | st.booleans(), max_size=3),
        st.booleans(),
    )
)
def test_an_event_is_the_same_after_encoding_and_decoding(event: PageEvent) -> None:
    assert plausible.decode_event(plausible.encode_event(event), now_s=7.0) == event


def test_a_vital_travels_as_an_event() -> None:
    vital = Vital(7.0, "CLS", 0.0625, "good", _URL, "x.example", "navigate", "mobile")

    body = plausible.encode_event(vital)

    assert orjson.loads(body)["n"] == "Web Vitals"
    assert orjson.loads(body)["i"] is False
    assert plausible.decode_event(body, now_s=7.0) == vital


def test_long_names_and_json_in_props_are_understood() -> None:
    body = orjson.dumps(
        {"name": "Signup", "url": _URL, "domain": "x.example", "props": '{"plan":"free"}'}
    )

    event = plausible.decode_event(body, now_s=7.0)

    assert event == PageEvent(7.0, "Signup", _URL, "x.example", props={"plan": "free"})


def test_props_that_are_no_plain_values_are_left_out() -> None:
    body = orjson.dumps({"n": "e", "u": _URL, "d": "d", "p": {"a": 1, "b": {"c": 2}, "d": None}})

    event = plausible.decode_event(body, now_s=7.0)

    assert isinstance(event, PageEvent)
    assert event.props == {"a": 1}


@pytest.mark.parametrize(
    "shape",
    [
        pytest.param({"u": _URL, "d": "d"}, id="no name"),
        pytest.param({"n": "e", "d": "d"}, id="no address"),
        pytest.param({"n": "e", "u": _URL}, id="no domain"),
        pytest.param({"n": 1, "u": _URL, "d": "d"}, id="a number as name"),
        pytest.param({"n": "e" * 121, "u": _URL, "d": "d"}, id="too long a name"),
        pytest.param({"n": "e", "u": _URL, "d": "d", "p": [1]}, id="props as a list"),
        pytest.param({"n": "e", "u": _URL, "d": "d", "p": "{"}, id="props as half JSON"),
        pytest.param(
            {"n": "Web Vitals", "u": _URL, "d": "d", "p": {"metric": "XYZ", "value": "1"}},
            id="a vital nobody knows",
        ),
        pytest.param(
            {
                "n": "Web Vitals",
                "u": _URL,
                "d": "d",
                "p": {"metric": "LCP", "value": "nan", "rating": "good"},
            },
            id="a vital that is no number",
        ),
    ],
)
def test_a_malformed_event_is_refused(shape: dict[str, object]) -> None:
    with pytest.raises(WireError):
        plausible.decode_event(orjson.dumps(shape), now_s=7.0)

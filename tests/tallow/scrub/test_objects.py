"""Values of any shape leave as plain data, clean, bounded, and without an exception."""

import dataclasses
import json
from collections import OrderedDict
from collections.abc import Iterator
from enum import Enum
from pathlib import PurePosixPath
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tallow.scrub import Policy, configure, counters, explain, sanitize_props, scrub_object

MAIL = "ann.smith@example.org"


class Colour(Enum):
    RED = "red ann@example.org"


class Point(NamedTuple):
    label: str
    x: int


@dataclasses.dataclass
class Account:
    email: str
    password: str
    size_bytes: int = 7


class Awkward:
    def __repr__(self) -> str:
        raise RuntimeError("no")


@pytest.fixture(autouse=True)
def _as_delivered() -> Iterator[None]:
    configure(Policy(hash_key="k" * 32))
    yield
    configure(Policy())


@pytest.mark.parametrize(
    ("said", "left"),
    [
        pytest.param({"note": MAIL}, {"note": "[email]"}, id="a mapping"),
        pytest.param({MAIL: 1}, {"[email]": 1}, id="a key"),
        pytest.param(
            {"a@b.org": 1, "c@d.org": 2}, {"[email]": 1, "[email]+": 2}, id="keys that meet"
        ),
        pytest.param([MAIL, (MAIL, 3)], ["[email]", ("[email]", 3)], id="lists and tuples"),
        pytest.param({"password": "hunter2"}, {"password": "[secret]"}, id="a telling name"),
        pytest.param(
            {"password": None, "x": True}, {"password": None, "x": True}, id="nothing there"
        ),
        pytest.param(
            {"password": ["a1", "b2"]}, {"password": ["[secret]"] * 2}, id="a list of secrets"
        ),
        pytest.param({"n": 4111111111111111}, {"n": "[card]"}, id="a card as a number"),
        pytest.param({"n": 1732363081123}, {"n": 1732363081123}, id="a time as a number"),
        pytest.param(
            {"pin": 4821, "n": 4821}, {"pin": "[secret]", "n": 4821}, id="a number by name"
        ),
        pytest.param(b"mail ann@example.org", b"mail [email]", id="bytes"),
        pytest.param(b"\xff\xfeann@example.org", b"\xff\xfe[email]", id="bytes that are no text"),
        pytest.param(
            Account(MAIL, "x1"),
            {"email": "[email]", "password": "[secret]", "size_bytes": 7},
            id="a dataclass",
        ),
        pytest.param(Point(MAIL, 1), {"label": "[email]", "x": 1}, id="a named tuple"),
        pytest.param(Colour.RED, "red [email]", id="an enum"),
        pytest.param(PurePosixPath("/home/ann/x"), "/home/[user]/x", id="a path"),
        pytest.param(
            [("Authorization", "Bearer abc123def456")],
            [("Authorization", "Bearer [token]")],
            id="header pairs",
        ),
        pytest.param(
            [[b"cookie", b"sid=abc123def"]], [[b"cookie", b"sid=[cookie]"]], id="headers of ASGI"
        ),
        pytest.param(
            {"name": "password", "value": "x1"},
            {"name": "password", "value": "[secret]"},
            id="a name that is a value",
        ),
        pytest.param(
            {"app_version": "4.2.1.0"}, {"app_version": "4.2.1.0"}, id="a version is no address"
        ),
        pytest.param(
            {"trace_id": "4bf92f3577b34da6a3ce929d0e0e4736"},
            {"trace_id": "4bf92f3577b34da6a3ce929d0e0e4736"},
            id="a trace id",
        ),
        pytest.param(
            {"token": "expired", "token_count": 3},
            {"token": "expired", "token_count": 3},
            id="words about tokens",
        ),
        pytest.param(
            OrderedDict(body='{"pwd": "x1y2"}'),
            {"body": '{"pwd": "[secret]"}'},
            id="JSON in a value",
        ),
        pytest.param(
            {"a": "x\ud800 ann@example.org\x00"},
            {"a": "x\ufffd [email]\x00"},
            id="half a pair and a NUL",
        ),
        pytest.param(
            {"session": {"id": "a1b2c3d4e5f6a7b8", "age": 3}},
            {"session": {"id": "[session]", "age": 3}},
            id="a session's id",
        ),
    ],
)
def test_a_value_leaves_clean(said: Any, left: Any) -> None:
    assert scrub_object(said) == left


def test_a_user_id_becomes_the_same_hash_each_time() -> None:
    one, two = scrub_object([{"user_id": "u-4711"}, {"userId": "u-4711"}])

    assert one["user_id"] == two["userId"] != "u-4711"
    assert scrub_object(one) == one


def test_an_exception_leaves_with_its_kind_and_without_the_person() -> None:
    try:
        try:
            raise KeyError(MAIL)
        except KeyError as cause:
            error = ValueError(f"no user {MAIL}")
            error.add_note(f"asked by {MAIL}")
            raise error from cause
    except ValueError as caught:
        left = scrub_object(ExceptionGroup(f"for {MAIL}", [caught]))

    inner = left["exceptions"][0]
    assert (left["type"], left["message"]) == ("ExceptionGroup", "for [email] (1 sub-exception)")
    assert (inner["message"], inner["notes"]) == ("no user [email]", ["asked by [email]"])
    assert inner["cause"]["type"] == "KeyError"
    assert MAIL not in json.dumps(left)


def test_depth_cycles_and_awkward_objects_are_bounded() -> None:
    deep: Any = MAIL
    for _ in range(1000):
        deep = {"a": [deep]}
    cycle: dict[str, Any] = {"b": MAIL}
    cycle["self"] = cycle

    left = scrub_object({"deep": deep, "cycle": cycle, "awkward": Awkward()})

    assert MAIL not in str(left)
    assert left["cycle"] == {"b": "[email]", "self": "[cycle]"}
    assert left["awkward"] == "[dropped]"
    assert "[dropped]" in str(left["deep"])


def test_what_could_not_be_scrubbed_is_counted() -> None:
    before = counters().get("dropped", 0)

    scrub_object([Awkward()])

    assert counters()["dropped"] == before + 1


def test_ten_megabytes_are_scrubbed_to_the_end() -> None:
    text = "nothing to see here, 12 of 13\n" * 350_000 + MAIL

    left = scrub_object({"text": text})["text"]

    assert left.endswith("13\n[email]")


def test_what_exceeds_the_budget_is_dropped() -> None:
    assert scrub_object(["x" * 40_000_000, MAIL]) == ["[dropped]", "[dropped]"]


def test_explain_says_where_and_by_which_rule_but_never_what() -> None:
    findings = explain({"a": [{"b": f"to {MAIL}"}], "password": "hunter2"})

    assert [(f.rule, f.where, f.start, f.length, f.marker) for f in findings] == [
        ("email", "$.a[0].b", 3, len(MAIL), "[email]"),
        ("field-password", "$.password", 0, 7, "[secret]"),
    ]
    assert MAIL not in repr(findings)


def test_props_are_scrubbed_by_name_and_by_value() -> None:
    assert sanitize_props({"plan": "pro", "email": MAIL, "size": 3}) == {
        "plan": "pro",
        "email": "[email]",
        "size": 3,
    }


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=40),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4)
    ),
    max_leaves=12,
)


@settings(max_examples=60, deadline=None)  # the first call reads the rules
@given(PLAIN)
def test_any_value_scrubbed_twice_is_scrubbed_once(value: Any) -> None:
    once = scrub_object(value)

    assert scrub_object(once) == once


def test_pseudonyms_tell_people_apart_and_survive_a_second_scrub() -> None:
    configure(Policy(pseudonyms=True, hash_key="k" * 32))

    left = scrub_object(["a@example.org", "b@example.org", "a@example.org and password=hunter2"])

    assert left[0] != left[1]
    assert left[2].startswith(left[0])
    assert scrub_object(left) == left

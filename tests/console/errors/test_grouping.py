"""Events of one fault are one issue; events of two are two."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tallow_console.errors.event import regular
from tallow_console.errors.grouping import group, normalised

Json = dict[str, Any]


def frame(function: str, module: str = "shop.cart", in_app: bool = True, **more: Any) -> Json:
    return {"function": function, "module": module, "in_app": in_app, "lineno": 3, **more}


def error(kind: str, value: str, *frames: Json, **more: Any) -> Json:
    exception = {"type": kind, "value": value, "stacktrace": {"frames": list(frames)}}
    return {"platform": "python", "exception": {"values": [exception]}, **more}


def issue(event: Json, project: int = 1) -> int:
    return group(regular(event), project).issue


PAY = frame("pay")
LIBRARY = frame("send", "requests.sessions", in_app=False)

SAME = [
    pytest.param(
        error("KeyError", "'ann'", PAY), error("KeyError", "'bob'", PAY), id="another key"
    ),
    pytest.param(
        error("ValueError", "order 17 is late", PAY),
        error("ValueError", "order 231 is late", PAY),
        id="another number",
    ),
    pytest.param(
        error("E", "no user [email:3fa2]", PAY),
        error("E", "no user [email:99c1]", PAY),
        id="person",
    ),
    pytest.param(
        error("E", "x", frame("pay", lineno=3)), error("E", "x", frame("pay", lineno=9)), id="line"
    ),
    pytest.param(
        error("Timeout", "slow", PAY),
        error("Timeout", "slow", PAY, LIBRARY),
        id="the same place above a library",
    ),
    pytest.param(
        error("RecursionError", "too deep", PAY),
        error("RecursionError", "too deep", *[PAY] * 50),
        id="another depth",
    ),
    pytest.param(
        {"logentry": {"message": "user %s left", "formatted": "user ann left"}},
        {"logentry": {"message": "user %s left", "formatted": "user bob left"}},
        id="one template",
    ),
    pytest.param({"message": "job 17 done"}, {"message": "job 18 done"}, id="number"),
    pytest.param(
        error("E", "x", frame("b", "", filename="https://h/app-5F2A9C1B.js?v=1")),
        error("E", "x", frame("b", "", filename="https://h/app-77AA12FF.js")),
        id="another build of a bundle",
    ),
    pytest.param(
        error("E", "x", frame("t", "", colno=9000), platform="javascript"),
        error("E", "x", frame("r", "", colno=8123), platform="javascript"),
        id="minified frames",
    ),
    pytest.param(
        error("A", "x", PAY, fingerprint=["db"]),
        error("B", "y", LIBRARY, fingerprint=["db"]),
        id="an own fingerprint",
    ),
]
OTHER = [
    pytest.param(error("KeyError", "'a'", PAY), error("IndexError", "'a'", PAY), id="type"),
    pytest.param(
        error("AttributeError", "None has no attribute", PAY),
        error("AttributeError", "None has no attribute", frame("ship")),
        id="another place with the same words",
    ),
    pytest.param(
        error("AssertionError", "", PAY),
        error("AssertionError", "", frame("pay", "shop.refund")),
        id="another module",
    ),
    pytest.param(
        error("OSError", "disk is full", PAY), error("OSError", "disk is gone", PAY), id="words"
    ),
    pytest.param(
        error("E", "x", PAY, fingerprint=["{{ default }}", "a"]),
        error("E", "x", PAY, fingerprint=["{{ default }}", "b"]),
        id="a fingerprint that adds to ours",
    ),
    pytest.param({"message": "stock is low"}, {"message": "stock is high"}, id="another message"),
    pytest.param(error("E", "x", PAY), {"message": "E x"}, id="an error and a message"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_events_of_one_fault_are_one_issue(one: Json, other: Json) -> None:
    assert issue(one) == issue(other)


@pytest.mark.parametrize(("one", "other"), OTHER)
def test_events_of_two_faults_are_two_issues(one: Json, other: Json) -> None:
    assert issue(one) != issue(other)


def test_projects_do_not_share_issues() -> None:
    assert issue({"message": "x"}, project=1) != issue({"message": "x"}, project=2)


def test_the_last_exception_of_a_chain_is_the_one_it_is_about() -> None:
    event = error("Outer", "x", PAY)
    event["exception"]["values"].insert(0, {"type": "React ErrorBoundary Error", "value": "y"})

    found = group(regular(event), 1)

    assert (found.title, found.culprit) == ("Outer: x", "pay in shop.cart")


def test_a_message_with_a_synthetic_exception_is_called_by_its_words() -> None:
    event = {"message": "stock is low", "exception": {"values": [{"value": "stock is low"}]}}

    assert group(regular(event), 1).title == "stock is low"


@pytest.mark.parametrize(
    ("message", "left"),
    [
        ("at 2026-11-23T12:53:04.910Z", "at <time>"),
        ("id 9ec79c33-ec99-42ab-8353-589fcb2e04dc", "id <uuid>"),
        ("peer 10.0.0.1:8080 and 0x7f3a", "peer <ip> and <hex>"),
        ("commit 642a353f", "commit <hex>"),
        ("mail ann@example.org", "mail <email>"),
        ("took 1,234.5 ms", "took <n> ms"),
        ("no 'key' in \"map\"", "no <quoted> in <quoted>"),
        ("[email:3fa2] is [email]", "[email] is [email]"),
    ],
)
def test_what_varies_is_taken_out_of_a_message(message: str, left: str) -> None:
    assert normalised(message) == left


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["values", "type", "value", "frames", "stacktrace", "message", "x"]),
            inner,
            max_size=3,
        )
    ),
    max_leaves=8,
)


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.dictionaries(
        st.sampled_from(
            ["exception", "message", "logentry", "tags", "breadcrumbs", "contexts", "fingerprint",
             "level", "user", "timestamp", "platform"]
        ),
        JSON,
        max_size=5,
    )
)  # fmt: skip
def test_no_shape_of_event_is_too_odd_to_group(event: Json) -> None:
    assert 0 <= group(regular(event), 1).issue < 2**63

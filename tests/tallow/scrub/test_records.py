"""Records come out as `Clean`, each field scrubbed as what it is."""

import json
from typing import Any

import pytest

from tallow.records import ErrorItem, LogLine, PageEvent, Vital
from tallow.scrub import clean, clean_json, clean_text, hash_user_id, restored, scrub_url
from tallow.scrub.identity import Identity, general_agent

MAIL = "ann@example.org"
DAY_S = 86_400.0
CHROME = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/156.0.0.0 Safari/537.36"
EVENT: dict[str, Any] = {
    "event_id": "fc6d8c0c43fc4630ad850ee518f1b9d0",
    "timestamp": "2026-11-23T12:18:01.123Z",
    "release": "transfer@1.2.3.4",
    "platform": "python",
    "contexts": {
        "trace": {"trace_id": "4bf92f3577b34da6a3ce929d0e0e4736", "span_id": "00f067aa0ba902b7"}
    },
    "user": {"id": "u-4711", "email": MAIL, "ip_address": "192.0.2.7"},
    "tags": {MAIL: MAIL},
    "request": {
        "headers": {"Referer": f"https://a.example/?q={MAIL}"},
        "env": {"REMOTE_ADDR": "192.0.2.7"},
    },
    "exception": {
        "values": [
            {
                "type": "ValueError",
                "value": f"no {MAIL}",
                "stacktrace": {
                    "frames": [
                        {
                            "function": "open_session",
                            "module": "app.views",
                            "filename": "/home/ann/app/views.py",
                            "lineno": 42,
                            "vars": {"password": "'hunter2'", "mail": MAIL},
                        }
                    ]
                },
            }
        ]
    },
}


def test_an_event_keeps_what_the_protocol_needs_and_loses_the_person() -> None:
    item = ErrorItem(1.0, "event", EVENT, EVENT["event_id"])

    left = clean(item).value
    text = json.dumps(left.payload)

    for kept in ("event_id", "timestamp", "release", "platform", "contexts"):
        assert left.payload[kept] == EVENT[kept]
    for gone in (MAIL, "192.0.2.7", "hunter2", "u-4711", "/home/ann"):
        assert gone not in text
    assert left.payload["user"] == {"id": hash_user_id("u-4711")}
    frame = left.payload["exception"]["values"][0]["stacktrace"]["frames"][0]  # type: ignore[call-overload,index]
    assert (frame["function"], frame["module"], frame["lineno"]) == (
        "open_session",
        "app.views",
        42,
    )
    assert frame["filename"] == "/home/[user]/app/views.py"


def test_a_protocol_field_with_a_value_of_another_shape_is_scrubbed() -> None:
    left = clean(ErrorItem(1.0, "event", {"event_id": MAIL, "release": f"by {MAIL}"}, MAIL)).value

    assert left.payload == {"event_id": "[email]", "release": "by [email]"}
    assert left.event_id == "[email]"


def test_a_sessions_visitor_is_hashed() -> None:
    session = {
        "did": MAIL,
        "sid": EVENT["event_id"],
        "attrs": {"ip_address": "192.0.2.7", "user_agent": CHROME},
    }

    left = clean(ErrorItem(1.0, "session", session)).value.payload

    assert left == {
        "did": hash_user_id(MAIL),
        "sid": EVENT["event_id"],
        "attrs": {"user_agent": "Chrome 156, Linux"},
    }


def test_a_log_line_is_scrubbed_in_every_field() -> None:
    line = LogLine(
        1.0,
        "info",
        f"hello {MAIL}",
        "4bf92f3577b34da6a3ce929d0e0e4736",
        {"peer": "192.0.2.7"},
        {"service": "app"},
        {"duration_s": 0.2},
    )

    left = clean(line).value

    assert left == LogLine(
        1.0,
        "info",
        "hello [email]",
        line.correlation_id,
        {"peer": "[ip]"},
        {"service": "app"},
        {"duration_s": 0.2},
    )
    assert restored(left).value is left


def test_a_page_view_names_the_visitor_only_until_tomorrow() -> None:
    event = PageEvent(
        1.0,
        "pageview",
        "https://a.example/t/7?utm_source=x&email=ann#key",
        "a.example",
        f"https://b.example/{MAIL}",
        {"plan": "pro"},
        address="192.0.2.7",
        user_agent=CHROME,
    )

    left = clean(event).value

    assert left.url == "https://a.example/t/7?utm_source=x"
    assert (left.referrer, left.address, left.user_agent) == (
        "https://b.example/[email]",
        "",
        "Chrome 156, Linux",
    )
    assert len(left.visitor) == 30
    assert clean(event).value.visitor == left.visitor
    assert clean(left).value == left


def test_a_vital_keeps_its_numbers() -> None:
    vital = Vital(
        1.0, "LCP", 1234.5, "good", "https://a.example/t/:id#x", "a.example", "navigate", "desktop"
    )

    assert clean(vital).value.value == 1234.5
    assert clean(vital).value.url == "https://a.example/t/:id"


def test_labels_and_json_come_out_clean() -> None:
    assert clean_text(f"to {MAIL}").value == "to [email]"
    assert clean_json({"a": [MAIL]}).value == {"a": ["[email]"]}


def test_a_visitor_is_the_same_today_and_another_tomorrow() -> None:
    now_s = 100 * DAY_S
    identity = Identity(now=lambda: now_s)
    today = identity.visitor("192.0.2.7", CHROME, "a.example", now_s)
    late = identity.visitor("192.0.2.7", CHROME, "a.example", now_s - DAY_S)
    now_s += DAY_S

    assert identity.visitor("192.0.2.7", CHROME, "a.example", now_s - DAY_S) == today
    assert identity.visitor("192.0.2.7", CHROME, "a.example", now_s) not in (today, late)
    now_s += DAY_S
    assert identity.visitor("192.0.2.7", CHROME, "a.example", now_s - 2 * DAY_S) != today


def test_a_user_hash_changes_with_the_day_and_the_key() -> None:
    now_s = 100 * DAY_S
    one, other = Identity("a" * 32, now=lambda: now_s), Identity("b" * 32, now=lambda: now_s)
    today = one.user("u-1")

    assert today == one.user("u-1") == Identity("a" * 32, now=lambda: now_s).user("u-1")
    assert today not in (one.user("u-2"), other.user("u-1"))
    now_s += DAY_S
    assert one.user("u-1") != today


@pytest.mark.parametrize(
    ("agent", "said"),
    [
        pytest.param(CHROME, "Chrome 156, Linux", id="Chrome"),
        pytest.param(
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15) Version/17.1 Safari/605",
            "Safari 17, macOS",
            id="Safari",
        ),
        pytest.param(
            "Mozilla/5.0 (Windows NT 10.0; rv:140.0) Gecko/20100101 Firefox/140.0",
            "Firefox 140, Windows",
            id="Firefox",
        ),
        pytest.param("Googlebot/2.1 (+http://www.google.com/bot.html)", "Bot, Other", id="a robot"),
        pytest.param("Chrome 156, Linux", "Chrome 156, Linux", id="what is general already"),
        pytest.param("", "", id="nothing"),
    ],
)
def test_a_browser_is_told_in_general(agent: str, said: str) -> None:
    assert general_agent(agent) == said


@pytest.mark.parametrize(
    ("url", "left"),
    [
        pytest.param("https://ann:pw@a.example/x?q=1#f", "https://a.example/x", id="credentials"),
        pytest.param("/t/ann@example.org", "/t/[email]", id="a path alone"),
        pytest.param(
            "https://a.example/?ref=b&utm_medium=mail&token=x",
            "https://a.example/?ref=b&utm_medium=mail",
            id="parameters",
        ),
        pytest.param(
            "https://a.example/?ref=ann@example.org",
            "https://a.example/?ref=[email]",
            id="an allowed parameter",
        ),
        pytest.param("", "", id="nothing"),
        pytest.param("http://[::1", "http://[::1", id="no URL"),
    ],
)
def test_a_url_says_where_but_not_who(url: str, left: str) -> None:
    assert scrub_url(url) == left
    assert scrub_url(left) == left

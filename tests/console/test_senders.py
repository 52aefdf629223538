"""Clients of other makers send to the console, each as its documents say."""

import base64
import json
import subprocess
import sys
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
import requests

from .conftest import KEY, SITE, RunningConsole

RECORDED: list[dict[str, Any]] = json.loads(
    (Path(__file__).parents[1] / "vectors" / "senders.json").read_text("utf-8")
)


def run_script(text: str, *arguments: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", dedent(text), *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def replay(console: RunningConsole, sender: str) -> list[int]:
    """Send again what a real client once sent; return how each request was answered."""
    statuses = []
    for one in RECORDED:
        if not one["sender"].startswith(sender):
            continue
        body = one["text"].encode() if "text" in one else base64.b64decode(one["base64"])
        response = requests.post(console.url + one["path"], body, headers=one["headers"], timeout=5)
        statuses.append(response.status_code)
    return statuses


def test_sentry_sdk_with_defaults_makes_an_issue_with_its_stack(console: RunningConsole) -> None:
    run_script(
        """
        import sys, logging, sentry_sdk
        sentry_sdk.init(sys.argv[1], release="shop@1.2", environment="staging")
        logging.getLogger("cart").warning("cart opened")
        def pay(amount):
            raise ValueError(f"amount {amount} refused")
        try:
            pay(17)
        except ValueError:
            sentry_sdk.capture_exception()
        sentry_sdk.capture_message("stock is low", level="warning")
        sentry_sdk.flush(5)
        """,
        console.dsn,
    )

    rows = {row["type"]: row for row in console.rows("error_events", 2)}
    error = rows["ValueError"]
    assert (error["release"], error["environment"]) == ("shop@1.2", "staging")
    assert error["platform"] == "python"
    assert "pay" in error["culprit"]
    assert '"function":"pay"' in error["payload"]
    assert "cart opened" in error["payload"]
    issues = console.app.state.state.select("SELECT * FROM issues ORDER BY title")
    assert [issue["title"] for issue in issues] == ["ValueError: amount 17 refused", "stock is low"]
    assert issues[0]["id"] == error["issue"]


def test_sentry_sdk_sessions_and_logs_are_kept(console: RunningConsole) -> None:
    run_script(
        """
        import sys, sentry_sdk
        from sentry_sdk import logger
        sentry_sdk.init(sys.argv[1], release="shop@1.2", enable_logs=True)
        from sentry_sdk.sessions import track_session
        with sentry_sdk.isolation_scope() as scope, track_session(scope, session_mode="request"):
            logger.info("job done", attributes={"jobs": 3})
        sentry_sdk.get_client().close(timeout=5)
        """,
        console.dsn,
    )

    assert [row["message"] for row in console.rows("logs")] == ["job done"]
    session = console.rows("sessions")[0]
    assert (session["release"], session["status"], session["count"]) == ("shop@1.2", "exited", 1)


@pytest.mark.parametrize("sender", ["@sentry/node", "@sentry/browser", "winston-loki", "pino-loki"])
def test_what_a_client_sent_is_taken(console: RunningConsole, sender: str) -> None:
    statuses = replay(console, sender)

    assert set(statuses) <= {200, 204}
    assert statuses


def test_node_errors_logs_and_sessions_arrive(console: RunningConsole) -> None:
    replay(console, "@sentry/node")

    titles = {row["type"] for row in console.rows("error_events", 2)}
    assert titles == {"TypeError", "message"}
    log = console.rows("logs")[0]
    assert (log["message"], log["environment"], log["context"]) == (
        "job done",
        "staging",
        log["context"],
    )
    assert '"jobs":3' in log["context"]
    assert console.rows("sessions")[0]["count"] == 1


def test_browser_errors_carry_their_page_and_trace(console: RunningConsole) -> None:
    replay(console, "@sentry/browser")

    rows = console.rows("error_events", 3)
    assert {row["platform"] for row in rows} == {"javascript"}
    assert {row["type"] for row in rows} == {"RangeError", "ReferenceError", "message"}
    assert all(len(row["correlation_id"]) == 32 for row in rows)
    unhandled = next(row for row in rows if row["type"] == "ReferenceError")
    assert unhandled["handled"] == 0


def test_the_same_envelope_twice_is_one_event(console: RunningConsole) -> None:
    replay(console, "@sentry/node")
    console.settled()
    replay(console, "@sentry/node")
    console.settled()

    assert len(console.rows("error_events", 2)) == 2


def test_loki_clients_of_node_arrive_with_level_and_service(console: RunningConsole) -> None:
    replay(console, "winston-loki")
    replay(console, "pino-loki")

    rows = console.rows("logs", 6)
    assert {row["service"] for row in rows} == {"shop"}
    assert sorted(row["level"] for row in rows) == ["error"] * 3 + ["info"] * 3


def test_python_logging_loki_arrives(console: RunningConsole) -> None:
    run_script(
        """
        import logging, sys, logging_loki
        url, key = sys.argv[1:]
        handler = logging_loki.LokiHandler(
            url=url + "/loki/api/v1/push", tags={"app": "shop"}, auth=("tallow", key), version="1"
        )
        logger = logging.getLogger("cart")
        logger.addHandler(handler)
        logger.warning("stock is low", extra={"tags": {"service": "cart"}})
        """,
        console.url,
        KEY,
    )

    row = console.rows("logs")[0]
    assert (row["message"], row["level"], row["service"]) == ("stock is low", "warning", "cart")


def test_loki_logger_handler_arrives(console: RunningConsole) -> None:
    run_script(
        """
        import logging, sys, time
        from loki_logger_handler.loki_logger_handler import LokiLoggerHandler
        url, key = sys.argv[1:]
        handler = LokiLoggerHandler(
            url=url + "/loki/api/v1/push", labels={"application": "shop"}, auth=("tallow", key),
            timeout=1,
        )
        logger = logging.getLogger("cart")
        logger.addHandler(handler)
        logger.error("payment refused")
        time.sleep(1.5)
        """,
        console.url,
        KEY,
    )

    row = console.rows("logs")[0]
    assert (row["message"], row["level"], row["service"]) == ("payment refused", "error", "shop")


CHROME = (
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/142.0.0.0 Safari/537.36"
)


def send_event(
    console: RunningConsole, user_agent: str = CHROME, **fields: object
) -> requests.Response:
    """Send an event as Plausible's script does: JSON as plain text."""
    shape = {"n": "pageview", "u": f"https://{SITE}/shop", "d": SITE, **fields}
    headers = {"Content-Type": "text/plain", "User-Agent": user_agent, "Origin": f"https://{SITE}"}
    url = console.url + "/api/event"
    return requests.post(url, json.dumps(shape), headers=headers, timeout=5)


def test_a_page_view_of_plausibles_script_arrives_with_its_browser(console: RunningConsole) -> None:
    response = send_event(console, r="https://news.example.net/post", p={"plan": "pro"})

    assert (response.status_code, response.text) == (202, "ok")
    assert response.headers["access-control-allow-origin"] == "*"
    row = console.rows("events")[0]
    assert (row["site"], row["name"], row["path"]) == (SITE, "pageview", "/shop")
    assert (row["source"], row["browser"], row["os"], row["device"]) == (
        "news.example.net",
        "Chrome",
        "Linux",
        "desktop",
    )
    assert row["props"] == '{"plan":"pro"}'
    assert row["visitor"] > 0


def test_two_views_of_one_visitor_are_one_visit(console: RunningConsole) -> None:
    send_event(console)
    send_event(console, u=f"https://{SITE}/cart")
    send_event(console, CHROME.replace("X11; Linux x86_64", "Windows NT 10.0"))

    rows = console.rows("events", 3)
    assert rows[0]["session"] == rows[1]["session"] != rows[2]["session"]
    assert all(row["session"] > 0 for row in rows)


@pytest.mark.parametrize(
    "user_agent",
    [
        pytest.param("Mozilla/5.0 (compatible; Googlebot/2.1)", id="a crawler"),
        pytest.param(CHROME.replace("Chrome/", "HeadlessChrome/"), id="a headless browser"),
        pytest.param("curl/8.5.0", id="a program"),
        pytest.param("", id="nobody"),
    ],
)
def test_robots_are_answered_and_dropped(console: RunningConsole, user_agent: str) -> None:
    response = send_event(console, user_agent)

    assert (response.status_code, response.headers["x-plausible-dropped"]) == (202, "1")
    console.settled()
    assert console.rows("events", timeout_s=0) == []


def test_the_own_sdk_names_its_visitor_by_an_address_nobody_has(console: RunningConsole) -> None:
    for _ in range(2):
        requests.post(
            console.url + "/api/event",
            json={"n": "pageview", "u": f"https://{SITE}/", "d": SITE},
            headers={
                "User-Agent": "HeadlessChrome 142, Linux",
                "X-Forwarded-For": "fd12:3456:789a:bcde:f012:3456:789a:bcde",
            },
            timeout=5,
        )

    rows = console.rows("events", 2)
    assert {row["visitor"] for row in rows} == {int("123456789abcdef0", 16) >> 1}
    assert {row["os"] for row in rows} == {"Linux"}


def test_a_web_vital_arrives_in_performance(console: RunningConsole) -> None:
    props = {"metric": "LCP", "value": "1234.5", "rating": "good", "navigation": "navigate"}

    send_event(console, n="Web Vitals", i=False, p=props)

    row = console.rows("vitals")[0]
    assert (row["name"], row["value"], row["rating"]) == ("LCP", 1234.5, "good")
    assert (row["path"], row["device"], row["site"]) == ("/shop", "desktop", SITE)
    assert console.rows("events", timeout_s=0) == []


@pytest.mark.parametrize(
    "url", ["http://192.0.2.7:9500/shop", "http://[2001:db8::7]/shop", "http://[ip]:9500/shop"]
)
def test_a_page_whose_host_is_a_number_is_kept_without_it(
    console: RunningConsole, url: str
) -> None:
    props = {"metric": "LCP", "value": "1.5", "rating": "good"}

    send_event(console, u=url, r=url)
    send_event(console, u=url, n="Web Vitals", i=False, p=props)

    view, vital = console.rows("events")[0], console.rows("vitals")[0]
    assert (view["path"], vital["path"]) == ("/shop", "/shop")
    assert "192.0.2.7" not in repr((view, vital))
    assert "2001:db8" not in repr((view, vital))


def test_a_country_is_kept_of_an_address_that_is_not(console: RunningConsole) -> None:
    requests.post(
        console.url + "/api/event",
        json={"n": "pageview", "u": f"https://{SITE}/", "d": SITE},
        headers={"User-Agent": CHROME, "X-Forwarded-For": "193.0.0.1"},
        timeout=5,
    )

    row = console.rows("events")[0]
    assert row["country"] == "NL"
    assert "193.0.0.1" not in repr(row)


@pytest.mark.parametrize("header", ["DNT", "Sec-GPC"])
def test_who_opted_out_is_not_kept(console: RunningConsole, header: str) -> None:
    response = requests.post(
        console.url + "/api/event",
        json={"n": "pageview", "u": f"https://{SITE}/", "d": SITE},
        headers={"User-Agent": CHROME, header: "1"},
        timeout=5,
    )

    assert response.status_code == 202
    console.settled()
    assert console.rows("events", timeout_s=0) == []

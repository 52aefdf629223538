"""The five walks of ARCHITECTURE.md, from what somebody does to what the console shows."""

import re
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page

from tests.journeys.stack import Stack, eventually

SEEN_WITHIN_S = 2.0
SLACK_S = 4.0
"""What a busy machine may add to the two seconds that are promised."""
MIB = 1024 * 1024


@pytest.fixture(scope="module")
def sent(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """One real file, sent from one terminal to another."""
    folder = tmp_path_factory.mktemp("sent")
    content = bytes(range(256)) * (5 * MIB // 256)
    (folder / "holiday.bin").write_bytes(content)
    before = stack.total("tallow_transfers_total")
    sender = stack.tallow("send", str(folder / "holiday.bin"), "--server", stack.app)
    code = _code(sender)
    receiver = stack.tallow(
        "receive", code, "--server", stack.app, "-o", str(folder / "got"), "--yes"
    )
    said = receiver.communicate(timeout=60)[0]
    assert receiver.returncode == 0, said
    assert sender.wait(30) == 0
    return {
        "content": content,
        "received": (folder / "got" / "holiday.bin").read_bytes(),
        "code": code,
        "before": before,
        "said": said,
        "ended_at": time.monotonic(),
    }


def _code(sender: "subprocess.Popen[str]") -> str:
    assert sender.stdout is not None
    said = []
    for line in sender.stdout:
        said.append(line)
        found = re.search(r"\b[0-9]+(?:-[a-z]+){3}\b", line)
        if found:
            return found.group()
    raise AssertionError("no code in: " + "".join(said))


@pytest.fixture
def page(browser: Browser, stack: Stack) -> Iterator[Page]:
    """The transfer page in a window of its own, with the console's log beside it."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    opened = context.new_page()
    opened.goto(stack.app)
    opened.wait_for_load_state("networkidle")
    yield opened
    context.close()


# 1. a log line


def test_the_lines_of_a_transfer_stand_in_the_console_under_one_id(
    stack: Stack, sent: dict[str, Any]
) -> None:
    ended = eventually(
        lambda: [
            line
            for line in stack.ask("logs", q="transfer ended")["lines"]
            if line["performance"].get("size_bytes")
        ],
        SEEN_WITHIN_S + SLACK_S,
    )[0]
    story = stack.ask("logs", cid=ended["correlation_id"])["lines"]

    assert re.fullmatch(r"[0-9a-f]{32}", ended["correlation_id"])
    assert len(story) >= 3
    assert {line["correlation_id"] for line in story} == {ended["correlation_id"]}
    assert {line["service"] for line in story} == {"transfer"}


# 2. an exception


def test_an_exception_in_a_route_becomes_an_issue_with_its_stack(stack: Stack, page: Page) -> None:
    page.get_by_text("Break something").click()
    page.get_by_role("button", name="Break the server").click()
    issue = eventually(
        lambda: next(
            (one for one in stack.ask("errors")["issues"] if one["type"] == "BrokenOnPurposeError"),
            None,
        ),
        SEEN_WITHIN_S + SLACK_S,
    )
    detail = stack.ask(f"errors/{issue['id']}")
    told = str(detail)

    assert "break_on_purpose" in told
    assert "in_app" in told or "frames" in told
    assert re.search(r"'correlation_id': '[0-9a-f]{32}'", told)
    cid = re.search(r"'correlation_id': '([0-9a-f]{32})'", told)
    assert cid is not None
    story = eventually(lambda: stack.ask("logs", cid=cid.group(1))["lines"], SLACK_S)
    assert any(line["context"].get("status") == 500 for line in story)


def test_a_page_that_breaks_says_so_and_reports_itself_with_breadcrumbs(
    stack: Stack, page: Page
) -> None:
    page.get_by_text("Break something").click()
    page.get_by_role("button", name="Break this page").click()

    page.get_by_role("alert").filter(has_text="went wrong").wait_for()
    issue = eventually(
        lambda: next(
            (one for one in stack.ask("errors")["issues"] if "breaks the page" in one["title"]),
            None,
        ),
        SEEN_WITHIN_S + SLACK_S,
    )
    detail = stack.ask(f"errors/{issue['id']}")

    assert issue["platform"] == "javascript"
    assert "breadcrumbs" in str(detail)


# 3. a metric


def test_a_transfer_moves_the_metrics_of_app_and_console(
    stack: Stack, sent: dict[str, Any]
) -> None:
    eventually(
        lambda: stack.total("tallow_transfers_total") > sent["before"], SEEN_WITHIN_S + SLACK_S
    )
    samples = stack.metrics()
    sizes = sum(
        value
        for name, value in samples.items()
        if name.startswith("tallow_transfer_size_bytes_sum")
    )

    assert sizes >= len(sent["content"])
    answer = eventually(
        lambda: [
            line
            for line in stack.ask("metrics/query", q="sum(tallow_transfers_total)")["chart"][
                "lines"
            ]
            if any(value for value in line["values"])
        ],
        SEEN_WITHIN_S + SLACK_S,
    )
    assert max(value for value in answer[0]["values"] if value is not None) >= 1


def test_metrics_are_for_who_has_the_token(stack: Stack) -> None:
    bare = httpx.get(f"{stack.app}/api/metrics")
    wrong = httpx.get(f"{stack.app}/api/metrics", headers={"Authorization": "Bearer wrong"})

    assert {bare.status_code, wrong.status_code} <= {401, 403}
    assert "tallow_" not in bare.text + wrong.text


# 4. a page view


def test_a_visit_is_counted_and_its_vitals_are_rated(
    stack: Stack, browser: Browser, sent: dict[str, Any]
) -> None:
    before = stack.ask("analytics")["totals"]["views"]
    context = browser.new_context()
    visit = context.new_page()
    visit.goto(f"{stack.app}/?utm_source=letter&email=ann%40example.org#not-for-the-server")
    visit.wait_for_load_state("networkidle")
    visit.mouse.click(400, 300)
    visit.wait_for_timeout(300)
    visit.goto("about:blank")  # what leaves on leaving is part of the walk

    eventually(lambda: stack.ask("analytics")["totals"]["views"] > before, SEEN_WITHIN_S + SLACK_S)
    vitals = eventually(lambda: _measured(stack), SEEN_WITHIN_S + SLACK_S)
    cookies = context.cookies()
    context.close()

    assert all(one["rating"] for one in vitals)
    assert cookies == []


def _measured(stack: Stack) -> list[dict[str, Any]]:
    """Return the vitals that the console has seen, once all that any visit has are there."""
    seen = [one for one in stack.ask("performance")["vitals"] if one["many"] > 0]
    return seen if {one["name"] for one in seen} >= {"LCP", "FCP", "TTFB", "CLS"} else []


def test_a_browser_that_asks_not_to_be_counted_is_not(stack: Stack, browser: Browser) -> None:
    posts: list[str] = []
    context = browser.new_context(extra_http_headers={"DNT": "1", "Sec-GPC": "1"})
    context.add_init_script(
        "Object.defineProperty(navigator, 'doNotTrack', {value: '1'});"
        "Object.defineProperty(navigator, 'globalPrivacyControl', {value: true});"
    )
    visit = context.new_page()
    visit.on("request", lambda sent: posts.append(sent.url) if sent.method == "POST" else None)
    visit.goto(stack.app)
    visit.wait_for_load_state("networkidle")
    visit.mouse.click(400, 300)
    visit.goto("about:blank")
    context.close()

    assert posts == []


# 5. a transfer


def test_the_file_arrives_whole_and_the_words_of_its_code_nowhere_else(
    stack: Stack, sent: dict[str, Any]
) -> None:
    words = sent["code"].split("-")[1:]

    assert sent["received"] == sent["content"]
    assert not any(word in stack.said for word in ["-".join(words), "holiday"])


def test_a_transfer_is_one_event_of_the_console_too(stack: Stack, sent: dict[str, Any]) -> None:
    goals = eventually(
        lambda: [
            goal
            for goal in stack.ask("analytics")["goals"]
            if "sent" in goal["name"] or "transfer" in goal["name"]
        ],
        SEEN_WITHIN_S + SLACK_S,
    )

    assert sum(goal["events"] for goal in goals) >= 1


def test_a_file_goes_from_a_page_to_a_terminal(stack: Stack, page: Page, tmp_path: Path) -> None:
    (tmp_path / "from-page.bin").write_bytes(b"sealed in the page" * 50_000)
    page.locator("input[type=file]").set_input_files(str(tmp_path / "from-page.bin"))
    shown = page.get_by_test_id("code")
    shown.wait_for()
    code = eventually(lambda: (shown.text_content() or "").strip() or None)
    receiver = stack.tallow(
        "receive", code, "--server", stack.app, "-o", str(tmp_path / "got"), "--yes"
    )

    assert receiver.wait(60) == 0
    page.get_by_role("heading", name="Sent").wait_for()
    assert (tmp_path / "got/from-page.bin").read_bytes() == b"sealed in the page" * 50_000


def test_a_file_goes_from_a_terminal_to_a_page(stack: Stack, page: Page, tmp_path: Path) -> None:
    (tmp_path / "to-page.bin").write_bytes(b"opened in the page" * 50_000)
    sender = stack.tallow("send", str(tmp_path / "to-page.bin"), "--server", stack.app)
    page.get_by_label("Code").fill(_code(sender))
    page.get_by_role("button", name="Receive").click()
    page.get_by_role("button", name="Take it").click()
    with page.expect_download() as download:
        page.get_by_role("heading", name="Received").wait_for()
    path = download.value.path()

    assert sender.wait(30) == 0
    assert Path(path).read_bytes() == b"opened in the page" * 50_000


def test_the_app_is_healthy_and_the_console_knows(stack: Stack) -> None:
    answers = {
        path: httpx.get(f"{stack.app}{path}").status_code
        for path in (
            "/api/health",
            "/api/health/liveness",
            "/api/health/readiness",
            "/api/ready",
        )
    }
    strangers = httpx.get(f"{stack.app}/api/health/detailed").status_code
    targets = stack.ask("health")["targets"]

    assert set(answers.values()) == {200}
    assert strangers in (401, 403)
    assert targets[0]["target"]["status"] == "healthy"
    assert len(targets[0]["target"]["checks"]) >= 3

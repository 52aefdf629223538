"""The pages in a real Chromium: accessible, same-origin, live without jumping, by keyboard."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.console.conftest import TOKEN, RunningConsole

from .conftest import PAGES, open_page

# Filled once, in one worker.
pytestmark = pytest.mark.xdist_group("pages")

AXE = Path(__file__).parents[3] / "browser/node_modules/axe-core/axe.min.js"
# What the theme can change; everything else is the same in both, and looked at in one.
COLOURS = ["color-contrast", "link-in-text-block"]
VIOLATIONS = """async (rules) => {
  const only = rules.length ? { runOnly: rules } : {};
  const { violations } = await axe.run(document, { resultTypes: ["violations"], ...only });
  const first = (one) => one.nodes.slice(0, 3).map((node) => node.html.slice(0, 140));
  return violations.map((one) => `${one.id}: ${first(one).join(" | ")}`);
}"""


def violations(page: Page, rules: Sequence[str] = ()) -> list[str]:
    page.evaluate(AXE.read_text("utf-8") + ";0")
    found: list[str] = page.evaluate(VIOLATIONS, list(rules))
    return found


def address_of_an_issue(page: Page, console: RunningConsole) -> str:
    page.goto(f"{console.url}/errors?range=24h")
    return str(page.locator("a[data-open]").first.get_attribute("href"))


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_page_has_an_accessibility_violation(
    filled: RunningConsole, browser: Browser, theme: str
) -> None:
    page = open_page(browser, theme)
    issue = address_of_an_issue(page, filled)
    found: dict[str, list[str]] = {}
    for path in (*PAGES, issue, "/metrics?q=up", "/logs?q=%7B"):
        page.goto(filled.url + path)
        if seen := violations(page, COLOURS if theme == "dark" else ()):
            found[path] = seen
    page.context.close()

    assert found == {}


def test_nothing_is_asked_of_another_host_and_no_policy_is_broken(
    filled: RunningConsole, browser: Browser
) -> None:
    page = open_page(browser)
    asked: list[str] = []
    said: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    for path in PAGES:
        page.goto(filled.url + path)
        page.wait_for_timeout(50)
    page.context.close()

    assert [url for url in asked if not url.startswith((filled.url, "data:"))] == []
    assert said == []


@pytest.mark.parametrize("width", [320, 390, 1280, 2560])
def test_no_page_is_wider_than_the_window(
    filled: RunningConsole, browser: Browser, width: int
) -> None:
    page = open_page(browser, width=width)
    issue = address_of_an_issue(page, filled)
    wide = []
    for path in (*PAGES, issue):
        page.goto(filled.url + path)
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            wide.append(path)
    page.context.close()

    assert wide == []


def test_without_script_the_pages_still_show_and_lead_on(
    filled: RunningConsole, browser: Browser
) -> None:
    page = open_page(browser, java_script_enabled=False)
    page.goto(f"{filled.url}/errors?range=24h")
    page.locator("a[data-open]").first.click()
    expect(page.locator("h1")).to_be_visible()
    page.get_by_role("button", name="Resolve").click()
    expect(page.get_by_role("button", name="Reopen")).to_be_visible()
    page.get_by_role("button", name="Reopen").click()
    page.locator("details.menu > summary").first.click()
    page.get_by_role("link", name="Last 7 days").click()

    assert "range=7d" in page.url
    page.context.close()


def test_a_new_line_appears_by_itself_and_what_is_open_stays_open(
    filled: RunningConsole, browser: Browser
) -> None:
    page = open_page(browser)
    page.goto(f"{filled.url}/logs?range=1h")
    first = page.locator("details.log-line").first
    first.locator("summary .log-message").click()
    mark = first.get_attribute("id")
    page.evaluate("window.marker = 1")
    row: dict[str, Any] = {
        "seg": 77, "n": 1, "level": "info", "service": "transfer", "environment": "production",
        "correlation_id": "", "message": "a line from just now", "context": "{}",
        "metadata": "{}", "performance": "{}", "ts": page.evaluate("Date.now() / 1000"),
    }  # fmt: skip
    filled.store.insert("logs", [row])

    expect(page.get_by_text("a line from just now").first).to_be_visible(timeout=15000)
    assert page.locator(f"#{mark}").get_attribute("open") is not None
    assert page.evaluate("window.marker") == 1
    page.context.close()


def test_a_drag_across_a_chart_becomes_the_range_in_the_address(
    filled: RunningConsole, browser: Browser
) -> None:
    page = open_page(browser)
    page.goto(f"{filled.url}/?range=1h")
    over = page.locator("#chart-requests .u-over")
    box = over.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] * 0.25, box["y"] + 40)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.75, box["y"] + 40, steps=5)
    page.mouse.up()

    page.wait_for_url(re.compile(r"from=.*&to="))
    expect(page.get_by_role("link", name="To live")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("link", name="Live: pause automatic refresh")).to_be_visible()
    page.context.close()


def test_one_crosshair_moves_over_all_charts_and_says_the_values(
    filled: RunningConsole, browser: Browser
) -> None:
    page = open_page(browser)
    page.goto(f"{filled.url}/?range=1h&live=off")
    before = page.locator("#chart-latency [data-value]").first.inner_text()
    page.locator("#chart-requests .u-over").hover(position={"x": 60, "y": 40})

    expect(page.locator("#chart-requests [data-at]")).not_to_be_empty()
    expect(page.locator("#chart-latency [data-at]")).not_to_be_empty()
    assert before
    page.context.close()


def test_the_keyboard_moves_opens_searches_and_selects(
    filled: RunningConsole, browser: Browser
) -> None:
    page = open_page(browser)
    page.goto(f"{filled.url}/errors?range=24h&live=off")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(page.locator("[data-bulk-count]")).to_have_text("1 selected")
    page.keyboard.press("/")
    expect(page.locator("#page-search")).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    page.keyboard.press("Enter")

    page.wait_for_url(re.compile(r"/errors/\d+"))
    page.context.close()


def test_the_theme_switch_holds_over_pages(filled: RunningConsole, browser: Browser) -> None:
    page = open_page(browser)
    page.goto(f"{filled.url}/health")
    light = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.get_by_role("button", name="Switch between light and dark").click()
    page.goto(f"{filled.url}/alerts")

    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != light
    page.context.close()


def test_who_is_signed_out_meanwhile_is_asked_to_sign_in(
    filled: RunningConsole, browser: Browser
) -> None:
    page = browser.new_page()
    page.goto(f"{filled.url}/errors?range=24h")
    page.get_by_label("Console token").fill("a-token-that-is-wrong")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_be_visible()
    assert violations(page) == []
    page.get_by_label("Console token").fill(TOKEN)
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator(".issue-row").first).to_be_visible()
    page.context.clear_cookies()

    expect(page.get_by_role("button", name="Sign in")).to_be_visible(timeout=15000)
    assert page.locator(".rail").count() == 0
    page.context.close()


def test_when_the_console_stops_answering_the_page_says_so_and_keeps_its_data(
    filled: RunningConsole, browser: Browser
) -> None:
    page = open_page(browser)
    page.goto(f"{filled.url}/errors?range=24h")
    rows = page.locator(".issue-row").count()
    page.route("**/errors?*", lambda route: route.abort())

    expect(page.get_by_text("The console does not answer")).to_be_visible(timeout=15000)
    assert page.locator(".issue-row").count() == rows
    page.unroute("**/errors?*")
    expect(page.get_by_text("The console does not answer")).to_be_hidden(timeout=15000)
    page.context.close()

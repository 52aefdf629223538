"""Every page and its JSON, asked for as a browser without script and as a program would."""

import html
import re
from typing import Any

import httpx
import pytest

from tests.console.conftest import RunningConsole
from tests.console.sample import CID

from .conftest import HEADERS, PAGES

# Filled once, in one worker.
pytestmark = pytest.mark.xdist_group("pages")

APIS = [f"/api/console{'/overview' if page == '/' else page}" for page in PAGES]


@pytest.fixture(scope="module")
def client(filled: RunningConsole) -> httpx.Client:
    return httpx.Client(base_url=filled.url, headers=HEADERS, timeout=30)


def words_of(page: str) -> str:
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page)))


def issue_id(client: httpx.Client, kind: str = "TimeoutError") -> str:
    issues = client.get("/api/console/errors?range=24h&status=all").json()["issues"]
    return next(issue["id"] for issue in issues if issue["type"] == kind)


@pytest.mark.parametrize("path", PAGES)
def test_a_page_shows_data_without_any_script(client: httpx.Client, path: str) -> None:
    answer = client.get(path, params={"range": "24h"})

    assert answer.status_code == 200
    assert "<h1>" in answer.text
    assert "<svg" in answer.text
    assert 'class="card teach"' not in answer.text


@pytest.mark.parametrize("path", PAGES)
def test_a_page_carries_nothing_inline_that_the_policy_would_stop(
    client: httpx.Client, path: str
) -> None:
    text = client.get(path).text

    assert not re.search(r"\sstyle=|<style|\son[a-z]+=|hx-on|javascript:", text)
    assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", text))


@pytest.mark.parametrize("path", PAGES)
def test_htmx_gets_the_inside_of_main_alone(client: httpx.Client, path: str) -> None:
    text = client.get(path, headers={"HX-Request": "true"}).text

    assert "<h1>" in text
    assert '<nav class="rail"' not in text
    assert "<html" not in text


@pytest.mark.parametrize("path", APIS)
def test_every_page_has_its_answer_as_json(client: httpx.Client, path: str) -> None:
    answer = client.get(path, params={"range": "24h"})

    assert answer.status_code == 200
    assert answer.json()


def test_the_overview_says_the_same_in_words_and_in_json(client: httpx.Client) -> None:
    when = {"from": "2020-01-01T00:00:00Z", "to": "2020-01-02T00:00:00Z"}
    assert client.get("/api/console/overview", params=when).json()["figures"]["errors"] == 0

    found = client.get("/api/console/overview", params={"range": "24h"}).json()
    page = words_of(client.get("/", params={"range": "24h"}).text)

    assert found["figures"]["errors"] > 100
    assert f"Errors {found['figures']['errors']} " in page
    assert "1 of 1" in page


def test_an_error_leads_to_its_lines_and_the_lines_back_to_it(client: httpx.Client) -> None:
    issue = client.get(f"/errors/{issue_id(client)}?range=24h").text
    assert f"/logs?range=24h&amp;cid={CID}" in issue or f"cid={CID}" in issue

    lines = client.get("/api/console/logs", params={"cid": CID, "range": "1h"}).json()

    assert [line["message"] for line in lines["lines"]][-1] == "room opened"
    assert len(lines["lines"]) == 6
    assert lines["errors"][0]["issue"] == issue_id(client)


def test_the_errors_of_one_request_are_asked_for_by_its_id(client: httpx.Client) -> None:
    found = client.get("/api/console/errors", params={"cid": CID, "range": "24h"}).json()

    assert [issue["type"] for issue in found["issues"]] == ["TimeoutError"]


def test_an_issue_shows_stack_source_and_breadcrumbs(client: httpx.Client) -> None:
    text = words_of(client.get(f"/errors/{issue_id(client)}?range=24h").text)

    assert "await self._sink.write(opened, timeout_s=self.timeout_s)" in text
    assert "2 calls in libraries" in text
    assert "peer is slow" in text


def test_the_newest_call_comes_first_and_own_code_is_open(client: httpx.Client) -> None:
    found = client.get(f"/api/console/errors/{issue_id(client)}?range=24h").json()
    page = client.get(f"/errors/{issue_id(client)}?range=24h").text

    calls = [frame["function"] for group in found["traces"][0]["groups"] for frame in group]
    assert calls == ["wait_for", "pump", "relay", "__call__", "run_asgi"]
    assert page.count('<details class="frame is-own" open>') == 2


def test_issues_are_resolved_together_and_reopened(client: httpx.Client) -> None:
    ids = [issue_id(client, kind) for kind in ("InvalidTag", "ChunkLoadError")]

    form = {"issue": ids, "action": "resolve", "back": "/errors?status=resolved&range=24h"}
    answer = client.post("/errors/actions", data=form)

    assert answer.headers["location"] == "/errors?status=resolved&range=24h"
    found = client.get("/api/console/errors", params={"status": "resolved", "range": "24h"}).json()
    assert {issue["id"] for issue in found["issues"]} == set(ids)
    body = {"issues": ids, "status": "unresolved"}
    assert client.post("/api/console/errors", json=body).json() == {"changed": 2}


def test_a_row_has_actions_of_its_own(client: httpx.Client) -> None:
    chosen, other = issue_id(client, "InvalidTag"), issue_id(client, "ChunkLoadError")

    client.post("/errors/actions", data={"resolve": chosen, "issue": other, "back": "/errors"})

    found = client.get("/api/console/errors", params={"status": "resolved", "range": "24h"}).json()
    assert [issue["id"] for issue in found["issues"]] == [chosen]
    client.post("/errors/actions", data={"reopen": chosen})


@pytest.mark.parametrize("back", ["https://example.org/errors", "//example.org/errors", "/logout"])
def test_going_back_never_leaves_the_errors(client: httpx.Client, back: str) -> None:
    answer = client.post("/errors/actions", data={"back": back})

    assert answer.headers["location"].startswith("/errors")


@pytest.mark.parametrize(
    ("query", "location"),
    [
        pytest.param({"q": CID}, f"/logs?cid={CID}", id="a correlation id"),
        pytest.param(
            {"q": "4bf92f35-77b3-4da6-a3ce-929d0e0e4736"}, f"/logs?cid={CID}", id="dashed"
        ),
        pytest.param({"q": "timed out", "range": "6h"}, "/logs?q=timed+out&range=6h", id="words"),
        pytest.param({"q": "Timeout", "in": "errors"}, "/errors?q=Timeout", id="words for errors"),
    ],
)
def test_the_search_goes_where_the_answer_is(
    client: httpx.Client, query: dict[str, str], location: str
) -> None:
    assert client.get("/search", params=query).headers["location"] == location


def test_an_event_id_leads_to_its_event(client: httpx.Client) -> None:
    event = client.get(f"/api/console/errors/{issue_id(client)}?range=24h").json()["event"]["row"]

    location = client.get("/search", params={"q": event["event_id"]}).headers["location"]

    assert location == f"/errors/{issue_id(client)}?event={event['event_id']}"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        pytest.param("/errors?range=fortnight", 400, id="an unknown range"),
        pytest.param("/logs?from=soon", 400, id="a time that is none"),
        pytest.param("/errors?status=gone", 400, id="an unknown status"),
        pytest.param("/errors?order=up", 400, id="an unknown order"),
        pytest.param("/performance?vital=FID", 400, id="a vital that is no more"),
        pytest.param("/logs?before=later", 400, id="a page that is none"),
        pytest.param("/logs?before=NaN", 400, id="a page at no time"),
        pytest.param("/logs?before=-1", 400, id="a page before all time"),
        pytest.param("/logs?before=" + "9" * 400, 400, id="a page after all time"),
        pytest.param("/errors/12345", 404, id="an issue that is none"),
        pytest.param("/errors/" + "9" * 30, 404, id="an issue number too large"),
        pytest.param("/errors/x'--", 404, id="an issue that is no number"),
    ],
)
def test_a_bad_question_gets_an_answer_for_people_and_for_programs(
    client: httpx.Client, path: str, status: int
) -> None:
    page, data = client.get(path), client.get(f"/api/console{path}")

    assert (page.status_code, data.status_code) == (status, status)
    assert '<nav class="rail"' in page.text
    assert data.json()["error"]


@pytest.mark.parametrize(
    ("query", "says"),
    [
        pytest.param('{level="error"', "ends too early", id="LogQL cut off"),
        pytest.param('{} |~ "("', "does not parse", id="a broken pattern"),
    ],
)
def test_a_bad_log_query_keeps_the_page_and_says_why(
    client: httpx.Client, query: str, says: str
) -> None:
    page = client.get("/logs", params={"q": query})

    assert page.status_code == 200
    assert says in words_of(page.text)
    assert query in html.unescape(page.text)


def test_what_is_typed_comes_back_escaped(client: httpx.Client) -> None:
    planted = '"><script>alert(1)</script>'

    for path in ("/logs", "/metrics", "/errors"):
        assert planted not in client.get(path, params={"q": planted, "range": "24h"}).text


def test_promql_is_answered_as_json_and_refused_with_a_reason(client: httpx.Client) -> None:
    query = "sum by (status) (increase(tallow_transfers_total[1h]))"
    good = client.get("/api/console/metrics/query", params={"q": query, "range": "1h"})
    bad = client.get("/api/console/metrics/query", params={"q": "topk(1, up)"})

    assert {row["labels"]["status"] for row in good.json()["rows"]} == {"success", "failed"}
    assert bad.status_code == 400
    assert "topk is not supported yet" in bad.json()["error"]


def test_a_link_keeps_the_range_and_takes_nothing_else_along(client: httpx.Client) -> None:
    text = client.get("/logs", params={"range": "6h", "q": "peer", "env": "production"}).text

    rail = text[text.index('class="rail"') : text.index("</nav>")]
    links = re.findall(r'href="(/errors[^"]*)"', rail)
    assert [html.unescape(link) for link in links] == ["/errors?range=6h&env=production"]


def test_times_are_the_viewers(client: httpx.Client) -> None:
    berlin = client.get("/logs?range=1h", headers={"Cookie": "tallow_zone=Asia/Kolkata"})
    odd = client.get("/logs?range=1h", headers={"Cookie": "tallow_zone=../etc/passwd"})

    assert "IST" in berlin.text
    assert "Asia/Kolkata" in berlin.text
    assert odd.status_code == 200
    assert "Times in <span data-zone-name>UTC" in odd.text


def test_an_environment_nobody_is_in_shows_no_error(client: httpx.Client) -> None:
    found = client.get("/api/console/errors", params={"range": "24h", "env": "staging"}).json()

    assert found["issues"] == []


def test_health_history_has_the_rough_half_hour(client: httpx.Client) -> None:
    found: dict[str, Any] = client.get("/api/console/health", params={"range": "6h"}).json()

    (target,) = found["targets"]
    assert sum(moment["unhealthy"] for moment in target["history"]) > 0
    assert 0.8 < target["healthy_ratio"] < 1


def test_vitals_are_rated_by_their_75th_percentile(client: httpx.Client) -> None:
    found = client.get("/api/console/performance", params={"range": "24h"}).json()

    rated = {vital["name"]: vital["rating"] for vital in found["vitals"]}
    assert list(rated) == ["LCP", "INP", "CLS", "FCP", "TTFB"]
    assert rated["LCP"] == "needs-improvement"
    assert [route["place"] for route in found["routes"]]

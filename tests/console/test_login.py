"""Who may look at the console: the token, the cookie it gives, and nobody else."""

import re
import sqlite3
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests

from tallow_console.state import State
from tallow_console.web.login import Login

from .conftest import METRICS_TOKEN, TOKEN, RunningConsole

PAGES = ["/", "/errors", "/logs", "/metrics", "/analytics", "/performance", "/health", "/alerts"]


def sign_in(console: RunningConsole, token: str = TOKEN, following: str = "/") -> requests.Response:
    return requests.post(
        console.url + "/login",
        data={"token": token, "next": following},
        allow_redirects=False,
        timeout=5,
    )


@pytest.mark.parametrize("page", PAGES)
def test_a_page_sends_strangers_to_the_form_and_back(console: RunningConsole, page: str) -> None:
    response = requests.get(console.url + page, allow_redirects=False, timeout=5)

    assert response.status_code == 303
    assert response.headers["location"] == f"/login?next={page}"


@pytest.mark.parametrize("path", ["/api/console/overview", "/api/console/logs", "/api/console/x"])
def test_the_json_api_answers_strangers_401(console: RunningConsole, path: str) -> None:
    response = requests.get(console.url + path, timeout=5)

    assert response.status_code == 401
    assert "www-authenticate" in response.headers


def test_the_token_gives_a_cookie_that_opens_pages(console: RunningConsole) -> None:
    response = sign_in(console, following="/logs")

    cookie = response.headers["set-cookie"]
    assert (response.status_code, response.headers["location"]) == (303, "/logs")
    assert all(part in cookie for part in ("HttpOnly", "SameSite=strict", "Path=/"))
    page = requests.get(console.url + "/logs", cookies=response.cookies, timeout=5)
    assert (page.status_code, urlsplit(page.url).path) == (200, "/logs")


def test_behind_tls_the_cookie_stays_there(console: RunningConsole) -> None:
    response = requests.post(
        console.url + "/login",
        data={"token": TOKEN},
        headers={"X-Forwarded-Proto": "https"},
        allow_redirects=False,
        timeout=5,
    )

    assert "Secure" in response.headers["set-cookie"]


def test_only_files_named_by_their_content_are_kept_for_ever(console: RunningConsole) -> None:
    page = requests.get(console.url + "/login", timeout=5).text
    named = re.findall(r'/static/[^"]+', page)

    kept = {
        path: "immutable" in requests.get(console.url + path, timeout=5).headers["cache-control"]
        for path in named
    }

    assert kept
    assert all(is_kept == ("icon.svg" not in path) for path, is_kept in kept.items())


def test_the_link_of_the_first_start_signs_in_and_leaves_the_address(
    console: RunningConsole,
) -> None:
    response = requests.get(console.url + f"/login?token={TOKEN}", allow_redirects=False, timeout=5)

    assert (response.status_code, response.headers["location"]) == (303, "/")
    assert TOKEN not in response.headers["set-cookie"]


def test_a_wrong_token_is_told_so_and_gets_nothing(console: RunningConsole) -> None:
    response = sign_in(console, "not-the-token")

    assert response.status_code == 403
    assert "set-cookie" not in response.headers
    assert "not-the-token" not in response.text
    assert 'name="token"' in response.text


@pytest.mark.parametrize(
    "following",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "/a\nb"],
)
def test_signing_in_never_leads_to_another_site(console: RunningConsole, following: str) -> None:
    assert sign_in(console, following=following).headers["location"] == "/"


def test_the_bearer_token_opens_the_api(console: RunningConsole) -> None:
    url = console.url + "/api/console/logs"

    right = requests.get(url, headers={"Authorization": f"Bearer {TOKEN}"}, timeout=5)
    wrong = requests.get(url, headers={"Authorization": "Bearer x"}, timeout=5)

    assert (right.status_code, wrong.status_code) == (200, 401)


def test_signing_out_ends_the_cookie_everywhere(console: RunningConsole) -> None:
    cookies = sign_in(console).cookies

    requests.post(console.url + "/logout", cookies=cookies, allow_redirects=False, timeout=5)
    page = requests.get(console.url + "/logs", cookies=cookies, allow_redirects=False, timeout=5)

    assert page.status_code == 303


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({"Sec-Fetch-Site": "cross-site"}, id="said by the browser"),
        pytest.param({"Sec-Fetch-Site": "same-site"}, id="a neighbour under the same name"),
        pytest.param({"Origin": "https://evil.example"}, id="said by an older browser"),
    ],
)
def test_another_site_cannot_act_with_the_cookie(
    console: RunningConsole, headers: dict[str, str]
) -> None:
    cookies = sign_in(console).cookies
    url = console.url + "/errors/actions"

    response = requests.post(url, cookies=cookies, headers=headers, timeout=5)

    assert response.status_code == 403


@pytest.mark.parametrize("path", [*PAGES, "/login", "/api/console/logs", "/static/icon.svg"])
def test_every_answer_to_people_carries_the_security_headers(
    console: RunningConsole, path: str
) -> None:
    response = requests.get(
        console.url + path, headers={"Authorization": f"Bearer {TOKEN}"}, timeout=5
    )

    policy = response.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert response.headers["x-content-type-options"] == "nosniff"
    assert response.headers["x-frame-options"] == "DENY"
    assert "server" not in response.headers


@pytest.mark.parametrize(
    ("authorization", "status"),
    [(f"Bearer {METRICS_TOKEN}", 200), (f"Bearer {TOKEN}", 200), ("Bearer x", 401), ("", 401)],
)
def test_the_consoles_own_metrics_ask_for_a_token(
    console: RunningConsole, authorization: str, status: int
) -> None:
    headers = {"Authorization": authorization} if authorization else {}

    response = requests.get(console.url + "/-/metrics", headers=headers, timeout=5)

    assert response.status_code == status
    assert ("tallow_console_spool_bytes" in response.text) == (status == 200)


def test_probes_are_open_and_say_nothing_more(console: RunningConsole) -> None:
    ready = requests.get(console.url + "/-/ready", timeout=5)
    healthy = requests.get(console.url + "/-/healthy", timeout=5)

    assert (ready.text, healthy.text) == ("ready\n", "ok\n")


def test_only_a_hash_of_a_cookie_is_kept(tmp_path: Path) -> None:
    state = State(tmp_path / "state.db")
    cookie = Login(TOKEN, state).sign_in()
    state.close()

    kept = "".join(sqlite3.connect(tmp_path / "state.db").iterdump())
    assert "INSERT INTO" in kept
    assert cookie not in kept


def test_many_wrong_tokens_tire_the_form_for_a_minute(tmp_path: Path) -> None:
    now = [1000.0]
    login = Login(TOKEN, State(tmp_path / "state.db"), now=lambda: now[0])
    for _ in range(10):
        login.failed()

    assert login.is_tired()
    now[0] += 61
    assert not login.is_tired()

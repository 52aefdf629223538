"""Pages that have nothing to show yet say what would be there and how to get it."""

import httpx
import pytest

from tests.console.conftest import KEY, RunningConsole

from .conftest import HEADERS, PAGES

pytestmark = pytest.mark.xdist_group("pages")


@pytest.fixture(scope="module")
def client(empty: RunningConsole) -> httpx.Client:
    return httpx.Client(base_url=empty.url, headers=HEADERS, timeout=30)


@pytest.mark.parametrize("path", [page for page in PAGES if page != "/alerts"])
def test_an_empty_page_teaches(client: httpx.Client, path: str) -> None:
    answer = client.get(path)

    assert answer.status_code == 200
    assert 'class="card teach"' in answer.text
    assert "data-copy" in answer.text


def test_the_address_to_copy_is_the_real_one(client: httpx.Client, empty: RunningConsole) -> None:
    assert f"http://{KEY}@127.0.0.1:{empty.port}/1" in client.get("/errors").text
    assert f"http://tallow:{KEY}@127.0.0.1:{empty.port}/loki" in client.get("/logs").text


def test_alerts_list_what_is_watched_before_anything_arrives(client: httpx.Client) -> None:
    found = client.get("/api/console/alerts").json()

    assert len(found["rules"]) == 10
    assert {rule["state"] for rule in found["rules"]} == {"quiet"}

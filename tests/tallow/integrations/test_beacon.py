"""The browser's door: what it takes, what it refuses with a reason, and that it never fails."""

import dataclasses
import json
import time
from collections.abc import Iterator

import httpx
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as within
from hypothesis import strategies as st
from starlette.applications import Starlette

from tallow import settings
from tallow.integrations import beacon
from tallow.integrations.asgi import TallowMiddleware
from tallow.metrics import REGISTRY
from tallow.metrics.exposition import render
from tests.tallow.integrations.serving import serving
from tests.tallow.leaving import Leaving

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
EVENT_ID = "0123456789abcdef0123456789abcdef"
ITEMS = [
    {"type": "event", "name": "pageview", "url": "https://shop.example/t/:id", "age_ms": 12},
    {
        "type": "vital",
        "name": "LCP",
        "value": 1234.5,
        "rating": "good",
        "url": "https://shop.example/t/:id",
        "navigation": "navigate",
        "device": "desktop",
    },
    {
        "type": "error",
        "event": {
            "event_id": EVENT_ID,
            "exception": {"values": [{"type": "TypeError", "value": "no ann@example.org"}]},
        },
    },
    {"type": "log", "level": "info", "message": "opened", "context": {"mail": "ann@example.org"}},
    {"type": "measure", "name": "encrypt", "duration_ms": 12.5},
]


def batch(*items: object) -> dict[str, object]:
    return {"v": 1, "app": "shop", "trace": TRACE, "view": "", "sent_at": 0, "items": list(items)}


@pytest.fixture(scope="module")
def client() -> Iterator[httpx.Client]:
    bucket = beacon.Bucket(rate_per_s=1000, burst=10_000)
    door = beacon.Beacon(allowed_origins=("https://friend.example",), bucket=bucket)
    app = TallowMiddleware(Starlette(routes=beacon.routes(door)))
    with serving(app) as at, httpx.Client(base_url=at) as client:
        yield client


def test_a_batch_goes_down_every_road(client: httpx.Client, left: Leaving) -> None:
    answer = client.post("/api/event", content=json.dumps(batch(*ITEMS)))

    assert (answer.status_code, answer.json()) == (202, {"accepted": 5, "dropped": 0})
    assert [event.name for event in left.events] == ["pageview"]
    assert [vital.name for vital in left.vitals] == ["LCP"]
    assert [error.event_id for error in left.errors] == [EVENT_ID]
    assert [(line.message, line.correlation_id) for line in left.logs] == [("opened", TRACE)]
    assert b"ann@" not in b"".join(left.payloads)
    page = render(REGISTRY).decode()
    assert 'tallow_web_vital_seconds_count{name="LCP",route="/t/:id"}' in page
    assert 'tallow_measure_duration_seconds_count{name="encrypt",source="browser"}' in page


def test_a_visitor_is_a_hash_and_a_general_browser(client: httpx.Client, left: Leaving) -> None:
    agent = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0.7339.80 Safari/537.36"
    client.post("/api/event", json=batch(ITEMS[0]), headers={"User-Agent": agent})

    event = left.events[0]
    assert event.visitor != ""
    assert event.address == ""
    assert "7339" not in event.user_agent


@pytest.mark.parametrize("asked", [{"DNT": "1"}, {"Sec-GPC": "1"}])
def test_who_asks_not_to_be_measured_is_not(
    client: httpx.Client, left: Leaving, asked: dict[str, str]
) -> None:
    answer = client.post("/api/event", json=batch(*ITEMS), headers=asked)

    assert answer.json() == {"accepted": 2, "dropped": 3}
    assert (left.events, left.vitals) == ([], [])
    assert len(left.errors) == 1


def test_an_error_of_someone_who_declines_has_no_user(client: httpx.Client, left: Leaving) -> None:
    event = {"event_id": EVENT_ID, "user": {"id": "4711"}, "message": "broken"}
    said = batch({"type": "error", "event": event})

    client.post("/api/event", json=said, headers={"DNT": "1"})
    client.post("/api/event", json=said)

    assert ["user" in error.payload for error in left.errors] == [False, True]


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        pytest.param("0.1.0", "0.1.0", id="a version"),
        pytest.param("shop@2.10.3-rc.1", "shop@2.10.3-rc.1", id="a version of ours by name"),
        pytest.param("3f2a9bc", "3f2a9bc", id="a commit"),
        pytest.param("203.0.113.7", None, id="an address"),
        pytest.param("ann@example.org", None, id="a mail address"),
        pytest.param("4111111111111111", None, id="a number of someone's"),
        pytest.param(["0.1.0"], None, id="a list"),
    ],
)
def test_a_page_may_say_its_release_but_nothing_else_there(
    client: httpx.Client, left: Leaving, said: object, kept: str | None
) -> None:
    event = {"event_id": EVENT_ID, "release": said, "message": "broken"}

    client.post("/api/event", json=batch({"type": "error", "event": event}))

    assert left.errors[0].payload.get("release") == kept


def test_an_owner_may_choose_not_to_ask(
    client: httpx.Client, left: Leaving, chosen: settings.Settings
) -> None:
    settings.use(dataclasses.replace(chosen, respect_dnt=False))

    client.post("/api/event", json=batch(ITEMS[0]), headers={"DNT": "1"})

    assert len(left.events) == 1


@pytest.mark.parametrize("kind", ["text/plain", "application/json", "application/x-anything"])
def test_a_single_plausible_event_is_taken_in_any_content_type(
    client: httpx.Client, left: Leaving, kind: str
) -> None:
    said = json.dumps({"n": "Signup", "u": "https://shop.example/", "d": "shop.example"})

    answer = client.post("/api/event", content=said, headers={"Content-Type": kind})

    assert (answer.status_code, answer.text) == (202, "ok")
    assert [event.name for event in left.events] == ["Signup"]


@pytest.mark.parametrize(
    ("site", "said", "counted_for"),
    [
        pytest.param("shop.example", {"domain": "other.example"}, "shop.example", id="ours"),
        pytest.param("", {"domain": "other.example"}, "other.example", id="the one it says"),
        pytest.param("", {"d": "other.example"}, "other.example", id="the one it says, short"),
        pytest.param("", {}, "127.0.0.1", id="the host it came to"),
    ],
)
def test_an_event_counts_for_the_site_we_say(
    client: httpx.Client,
    left: Leaving,
    chosen: settings.Settings,
    site: str,
    said: dict[str, str],
    counted_for: str,
) -> None:
    settings.use(dataclasses.replace(chosen, plausible_domain=site))

    client.post("/api/event", json={"name": "x", "url": "https://shop.example/", **said})

    assert left.events[0].domain == counted_for


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        pytest.param({}, 202, id="no page at all"),
        pytest.param({"Origin": "https://shop.example", "Host": "shop.example"}, 202, id="ours"),
        pytest.param({"Origin": "https://friend.example"}, 202, id="a friend's"),
        pytest.param({"Origin": "https://evil.example"}, 403, id="another site's"),
        pytest.param({"Origin": "null"}, 403, id="nobody's"),
        pytest.param({"Origin": "https://[bad"}, 403, id="no origin at all"),
        pytest.param({"Sec-Fetch-Site": "cross-site"}, 403, id="another site's without origin"),
        pytest.param(
            {"Origin": "https://evil.example", "X-Forwarded-Host": "evil.example"},
            403,
            id="a stranger who says he is a proxy",
        ),
    ],
)
def test_only_our_own_pages_are_let_in(
    client: httpx.Client, headers: dict[str, str], status: int
) -> None:
    assert client.post("/api/event", json=batch(ITEMS[0]), headers=headers).status_code == status


def test_a_preflight_of_a_friend_is_answered(client: httpx.Client) -> None:
    answer = client.options("/api/event", headers={"Origin": "https://friend.example"})

    assert answer.status_code == 204
    assert answer.headers["access-control-allow-origin"] == "https://friend.example"
    assert "access-control-allow-credentials" not in answer.headers


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"{", id="half an object"),
        pytest.param(b"[]", id="a list"),
        pytest.param(b"\xff\xfe", id="not text"),
        pytest.param(b'{"v":2,"items":[]}', id="another version"),
        pytest.param(b'{"v":1,"items":7}', id="items that are none"),
        pytest.param(b'{"n":"x"}', id="an event without its address"),
        pytest.param(b"[" * 50_000, id="a deep nest"),
    ],
)
def test_what_is_no_batch_is_refused_with_a_reason(client: httpx.Client, body: bytes) -> None:
    answer = client.post("/api/event", content=body)

    assert answer.status_code == 400
    assert answer.json()["error"]


@pytest.mark.parametrize(
    "url", ["https://[bad/", "https://shop.example:port/", "::", "javascript:x"]
)
def test_an_address_that_is_none_is_no_failure(client: httpx.Client, url: str) -> None:
    items = [{**ITEMS[0], "url": url, "referrer": url}, {**ITEMS[1], "url": url}]

    answer = client.post("/api/event", json=batch(*items))
    single = client.post("/api/event", json={"n": "pageview", "u": url, "d": "shop.example"})

    assert answer.status_code == 202
    assert sum(answer.json().values()) == 2
    assert single.status_code in (202, 400)


def test_a_failure_of_ours_is_counted_and_not_told(
    client: httpx.Client, left: Leaving, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(record: object) -> bool:
        raise OSError("disk")

    monkeypatch.setattr(beacon.pipeline, "emit", fail)

    answer = client.post("/api/event", json=batch(ITEMS[2], ITEMS[4]))

    assert (answer.status_code, answer.json()) == (202, {"accepted": 1, "dropped": 1})


def test_a_body_over_64_kb_is_refused_before_it_is_read(client: httpx.Client) -> None:
    def endless() -> Iterator[bytes]:
        for _ in range(100):
            yield b"x" * 1024

    assert client.post("/api/event", content=b"x" * 65_537).status_code == 413
    assert client.post("/api/event", content=endless()).status_code == 413


def test_an_address_that_comes_too_often_must_wait(left: Leaving) -> None:
    door = beacon.Beacon(bucket=beacon.Bucket(rate_per_s=0.5, burst=3))
    with serving(Starlette(routes=beacon.routes(door))) as at:
        answers = [httpx.post(f"{at}/api/event", json=batch(ITEMS[0])) for _ in range(5)]

    assert [answer.status_code for answer in answers] == [202, 202, 202, 429, 429]
    assert answers[-1].headers["retry-after"] == "2"


def test_a_bucket_fills_with_time_and_keeps_no_address() -> None:
    now_s = 0.0
    bucket = beacon.Bucket(rate_per_s=1, burst=2, now=lambda: now_s)

    taken = [bucket.take("192.0.2.7") for _ in range(3)]
    other = bucket.take("192.0.2.8")
    now_s = 1.0

    assert taken == [0, 0, 1]
    assert other == 0
    assert bucket.take("192.0.2.7") == 0
    assert "192.0.2.7" not in repr(vars(bucket))


@pytest.mark.parametrize(
    ("one", "another", "share"),
    [
        pytest.param("2001:db8::1", "2001:db8::2", True, id="one network"),
        pytest.param("2001:db8:0:0:1::1", "2001:db8::9", True, id="written in two ways"),
        pytest.param("2001:db8:0:1::1", "2001:db8:0:2::1", False, id="two networks"),
        pytest.param("::1", "::2", True, id="short ones"),
    ],
)
def test_an_ipv6_network_shares_a_bucket(one: str, another: str, share: bool) -> None:
    bucket = beacon.Bucket(rate_per_s=1, burst=1)

    bucket.take(one)

    assert (bucket.take(another) > 0) == share


def test_addresses_seen_longest_ago_are_forgotten() -> None:
    bucket = beacon.Bucket(rate_per_s=1, burst=1)

    for number in range(10_050):
        bucket.take(f"host{number}")

    assert len(bucket._levels) == 10_000


def test_a_forwarded_address_counts_only_behind_a_trusted_proxy(
    left: Leaving, chosen: settings.Settings
) -> None:
    door = beacon.Beacon(bucket=beacon.Bucket(rate_per_s=0.001, burst=1))
    with serving(Starlette(routes=beacon.routes(door)), proxy_headers=False) as at:

        def ask(forwarded: str) -> int:
            headers = {"X-Forwarded-For": forwarded}
            return httpx.post(f"{at}/api/event", json=batch(ITEMS[0]), headers=headers).status_code

        strangers = [ask("198.51.100.1"), ask("198.51.100.2")]
        settings.use(dataclasses.replace(chosen, trusted_proxies=("127.0.0.0/8",)))
        behind = [ask("198.51.100.1"), ask("spoofed, 198.51.100.1"), ask("198.51.100.2:4711")]

    assert strangers == [202, 429]
    assert behind == [202, 429, 202]


@within(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    item=st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.dictionaries(
                st.sampled_from(
                    ["type", "name", "event", "url", "props", "level", "value", "age_ms"]
                ),
                inner
                | st.sampled_from(["event", "vital", "error", "log", "measure", "LCP", EVENT_ID]),
                max_size=6,
            )
        ),
        max_leaves=12,
    )
)
def test_no_batch_can_make_the_door_fail(client: httpx.Client, item: object) -> None:
    answer = client.post("/api/event", content=json.dumps(batch(item)).encode())

    assert answer.status_code in (202, 400)


def test_the_door_is_quick(client: httpx.Client) -> None:
    body = json.dumps(batch(*ITEMS))
    began_s = time.perf_counter()

    for _ in range(20):
        assert client.post("/api/event", content=body).status_code == 202

    assert (time.perf_counter() - began_s) / 20 < 0.1

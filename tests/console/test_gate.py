"""What the gate refuses, and how it says so: 4xx with a reason, never a 5xx, never a half."""

import errno
import gzip
import json
import random
import time
import zlib
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import brotli
import cramjam
import pytest
import requests
from backports import zstd
from starlette.requests import Request

from tallow_console.gate import Gate, RefusedError, basic_or_bearer
from tallow_console.gate.rates import Rates
from tallow_console.gate.unpacking import TooLargeError, UnpackError, unpack, unsnap
from tallow_console.settings import read
from tallow_console.spool import Spool

from .conftest import KEY, SITE, RunningConsole

MIB = 1024 * 1024
EVENT_ID = "9ec79c33ec9942ab8353589fcb2e04dc"
SENTRY = "/api/1/envelope/"
LOKI = "/loki/api/v1/push"
PLAUSIBLE = "/api/event"


def envelope(event: object, **header: object) -> bytes:
    payload = json.dumps(event).encode()
    return b"\n".join([json.dumps(header).encode(), b'{"type":"event"}', payload, b""])


def push(message: str, at_ns: int | None = None) -> dict[str, Any]:
    value = [str(at_ns or time.time_ns()), message]
    return {"streams": [{"stream": {"app": "shop"}, "values": [value]}]}


def send(console: RunningConsole, path: str, body: Any, **headers: str) -> requests.Response:
    given = {"Authorization": f"Bearer {KEY}"} if path == LOKI else {}
    if path.startswith("/api/1/"):
        given = {"X-Sentry-Auth": f"Sentry sentry_version=7, sentry_key={KEY}"}
    if path == PLAUSIBLE:
        given = {"User-Agent": "Firefox 140, Linux"}
    data = body if isinstance(body, bytes) else json.dumps(body)
    return requests.post(console.url + path, data, headers={**given, **headers}, timeout=10)


@contextmanager
def another_gate(console: RunningConsole, gate: Gate) -> Iterator[None]:
    """Let a console have another gate while the body runs."""
    before, console.app.state.gate = console.app.state.gate, gate
    try:
        yield
    finally:
        console.app.state.gate = before


@pytest.mark.parametrize(
    ("headers", "query", "dsn", "status"),
    [
        pytest.param(
            {"X-Sentry-Auth": f"Sentry sentry_key={KEY}"}, "", "", 200, id="in the header"
        ),
        pytest.param({}, f"?sentry_key={KEY}&sentry_version=7", "", 200, id="in the address"),
        pytest.param({}, "", f"http://{KEY}@127.0.0.1/1", 200, id="in the envelope"),
        pytest.param({}, "", "", 401, id="nowhere"),
        pytest.param({}, "?sentry_key=wrong", "", 403, id="wrong"),
        pytest.param({}, "", "http://wrong@127.0.0.1/1", 403, id="wrong in the envelope"),
        pytest.param({}, "", "http://[", 401, id="in a DSN that is none"),
    ],
)
def test_a_sentry_key_is_looked_for_where_clients_put_it(
    console: RunningConsole, headers: dict[str, str], query: str, dsn: str, status: int
) -> None:
    header = {"event_id": EVENT_ID, **({"dsn": dsn} if dsn else {})}
    body = envelope({"message": "hello"}, **header)

    response = requests.post(console.url + SENTRY + query, body, headers=headers, timeout=5)

    assert response.status_code == status
    if status == 200:
        assert response.json() == {"id": EVENT_ID}


@pytest.mark.parametrize(
    ("authorization", "status"),
    [
        pytest.param(f"Bearer {KEY}", 204, id="bearer"),
        pytest.param("Basic " + b64encode(f"tallow:{KEY}".encode()).decode(), 204, id="basic"),
        pytest.param("Basic " + b64encode(f"{KEY}:".encode()).decode(), 204, id="key as user"),
        pytest.param("Basic " + b64encode(b"tallow:wrong").decode(), 403, id="wrong"),
        pytest.param("Basic %%%", 401, id="not base64"),
        pytest.param("", 401, id="none"),
    ],
)
def test_a_loki_key_is_basic_or_bearer(
    console: RunningConsole, authorization: str, status: int
) -> None:
    response = send(console, LOKI, push("hello"), Authorization=authorization)

    assert response.status_code == status


@pytest.mark.parametrize("path", [SENTRY, "/api/1/store/", LOKI, PLAUSIBLE])
def test_any_page_may_call_and_preflight_needs_no_key(console: RunningConsole, path: str) -> None:
    preflight = requests.options(console.url + path, timeout=5)
    refused = requests.post(console.url + path, b"{", timeout=5)

    assert preflight.status_code == 204
    assert "content-encoding" in preflight.headers["access-control-allow-headers"].lower()
    for response in (preflight, refused):
        assert response.headers["access-control-allow-origin"] == "*"
        assert "X-Sentry-Rate-Limits" in response.headers["access-control-expose-headers"]
        assert "set-cookie" not in response.headers
    assert 400 <= refused.status_code < 500


PACKED = [
    pytest.param("gzip", gzip.compress, id="gzip"),
    pytest.param("deflate", zlib.compress, id="deflate"),
    pytest.param("br", brotli.compress, id="brotli"),
    pytest.param("zstd", zstd.compress, id="zstd"),
]


@pytest.mark.parametrize(("encoding", "compress"), PACKED)
def test_every_encoding_is_unpacked(console: RunningConsole, encoding: str, compress: Any) -> None:
    body = compress(json.dumps(push("hello")).encode())

    response = send(console, LOKI, body, **{"Content-Encoding": encoding})

    assert response.status_code == 204
    assert console.rows("logs")[0]["message"] == "hello"


@pytest.mark.parametrize(("encoding", "compress"), PACKED)
def test_a_bomb_is_refused_and_costs_its_limit(encoding: str, compress: Any) -> None:
    bomb = compress(bytes(20 * MIB))

    began = time.perf_counter()
    with pytest.raises(TooLargeError):
        unpack(bomb, encoding, MIB)

    assert time.perf_counter() - began < 1.0


@pytest.mark.parametrize(("encoding", "compress"), PACKED)
@pytest.mark.parametrize("damage", [lambda b: b[:-4], lambda b: b"junk" + b, lambda b: b""])
def test_damaged_bodies_are_refused(encoding: str, compress: Any, damage: Any) -> None:
    damaged = damage(compress(b"hello, this is text" * 50))

    if damaged:
        with pytest.raises(UnpackError):
            unpack(damaged, encoding, MIB)
    else:
        assert unpack(damaged or b"", "identity", MIB) == b""


def test_several_encodings_are_undone_last_first() -> None:
    packed = zstd.compress(gzip.compress(b"hello"))

    assert unpack(packed, "gzip, zstd", MIB) == b"hello"


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        pytest.param("gzip", gzip.compress(b"") * 200_000, id="endless empty gzip members"),
        pytest.param("zstd", zstd.compress(b"") * 200_000, id="endless empty zstd frames"),
        pytest.param(", ".join(["gzip"] * 10_000), gzip.compress(b""), id="endless encodings"),
    ],
)
def test_what_unpacks_to_nothing_costs_no_time(encoding: str, body: bytes) -> None:
    began = time.process_time()
    with pytest.raises(UnpackError):
        unpack(body, encoding, 20 * MIB)

    assert time.process_time() - began < 1.0


@pytest.mark.parametrize(("encoding", "compress"), PACKED)
@pytest.mark.parametrize("size", [0, 1, 65_535, 65_536, 65_537, 131_072, MIB])
@pytest.mark.parametrize("make", [bytes, random.Random(1).randbytes], ids=["zeros", "noise"])
def test_bodies_of_every_size_come_out_whole(
    encoding: str, compress: Any, size: int, make: Callable[[int], bytes]
) -> None:
    body = make(size)

    assert unpack(compress(body), encoding, MIB) == body


def test_a_few_gzip_members_are_one_body() -> None:
    packed = b"".join(gzip.compress(word) for word in (b"one", b"", b"two" * 40_000))

    assert unpack(packed, "gzip", MIB) == b"one" + b"two" * 40_000


def test_who_has_no_key_costs_no_reading(console: RunningConsole) -> None:
    body = b'{"sent_at":""}\n{"type":"event"}\n{"a":[' + b"[]," * 1_000_000 + b"1]}\n"
    huge = b'{"a":[' + b"[]," * 1_000_000 + b"1]}"

    began = time.process_time()
    refused = requests.post(console.url + SENTRY, body, timeout=5)
    endless = requests.post(console.url + SENTRY, huge, timeout=5)

    assert (refused.status_code, endless.status_code) == (401, 400)
    assert time.process_time() - began < 1.0


@pytest.mark.parametrize("project", ["9" * 16, "9" * 5000, "-1", "one"])
def test_a_project_that_is_no_number_is_refused(console: RunningConsole, project: str) -> None:
    response = requests.post(f"{console.url}/api/{project}/envelope/", b"{}", timeout=5)

    assert 400 <= response.status_code < 500
    assert response.text
    assert project not in response.text


def test_a_snappy_length_is_believed_only_when_small() -> None:
    packed = bytes(cramjam.snappy.compress_raw(b"hello" * 100))

    assert unsnap(packed, MIB) == b"hello" * 100
    with pytest.raises(TooLargeError):
        unsnap(packed, 10)
    with pytest.raises(UnpackError):
        unsnap(packed[:-3], MIB)


@pytest.mark.parametrize(
    ("path", "body", "headers", "status"),
    [
        pytest.param(SENTRY, b"", {}, 400, id="an empty envelope"),
        pytest.param(SENTRY, b"not json\n", {}, 400, id="an envelope that is no JSON"),
        pytest.param(SENTRY, b'{}\n{"type":"event"}\n{"a":', {}, 400, id="an event cut short"),
        pytest.param(SENTRY, b'{}\n{"type":"event","length":99}\n{}', {}, 400, id="a wrong length"),
        pytest.param("/api/1/store/", b"[]", {}, 400, id="an event that is a list"),
        pytest.param(LOKI, b"{}", {}, 400, id="a push without streams"),
        pytest.param(LOKI, b'{"streams":[{"values":1}]}', {}, 400, id="a stream without labels"),
        pytest.param(LOKI, b"\xff\xfe", {}, 400, id="a push that is no JSON"),
        pytest.param(
            LOKI,
            b"\x05\x10hello",
            {"Content-Type": "application/x-protobuf"},
            400,
            id="no protobuf",
        ),
        pytest.param(LOKI, b"x", {"Content-Encoding": "gzip"}, 400, id="gzip that is none"),
        pytest.param(LOKI, b"{}", {"Content-Encoding": "rot13"}, 400, id="an unknown encoding"),
        pytest.param(PLAUSIBLE, b"{}", {}, 400, id="an event without anything"),
        pytest.param(PLAUSIBLE, b"[1]", {}, 400, id="an event that is a list"),
        pytest.param(
            PLAUSIBLE,
            json.dumps({"n": "x" * 130, "u": "https://a/", "d": SITE}).encode(),
            {},
            400,
            id="a name too long",
        ),
        pytest.param(LOKI, push("x" * (MIB + 1)), {}, 413, id="a line over a MiB"),
        pytest.param(
            LOKI,
            gzip.compress(bytes(30 * MIB)),
            {"Content-Encoding": "gzip"},
            413,
            id="a bomb",
        ),
        pytest.param(
            SENTRY,
            envelope({"message": "x" * (MIB + 10)}, event_id=EVENT_ID),
            {},
            413,
            id="an event over a MiB",
        ),
    ],
)
def test_bad_input_gets_a_reason_and_leaves_nothing(
    console: RunningConsole, path: str, body: Any, headers: dict[str, str], status: int
) -> None:
    response = send(console, path, body, **headers)

    assert response.status_code == status, response.text
    assert response.text.strip()
    console.settled()
    for table in ("logs", "error_events", "events"):
        assert console.rows(table, timeout_s=0) == []


YEAR_AHEAD = time.time() + 366 * 86_400


@pytest.mark.parametrize(
    "event",
    [
        pytest.param({}, id="empty"),
        pytest.param({"exception": None}, id="a null exception"),
        pytest.param({"exception": [None, {"type": "E", "value": None}]}, id="a list with a null"),
        pytest.param({"exception": {"values": None}}, id="null values"),
        pytest.param({"exception": {"type": "E", "stacktrace": None}}, id="one exception bare"),
        pytest.param(
            {"exception": {"values": [{"type": 5, "stacktrace": {"frames": [None, "x", {}]}}]}},
            id="odd frames",
        ),
        pytest.param({"tags": [["a", "b"], ["c"], None, ["d", None]]}, id="tags as pairs"),
        pytest.param({"tags": "none"}, id="tags as text"),
        pytest.param({"breadcrumbs": [{"message": "x"}, None, 5]}, id="breadcrumbs as a list"),
        pytest.param({"breadcrumbs": {"values": "x"}}, id="breadcrumbs as text"),
        pytest.param({"message": "nul \x00 in it"}, id="a NUL"),
        pytest.param({"message": "half \ud83d a pair"}, id="a lone surrogate"),
        pytest.param({"message": {"formatted": "x", "message": "y %s"}}, id="a message object"),
        pytest.param({"timestamp": YEAR_AHEAD, "message": "x"}, id="a year ahead"),
        pytest.param({"timestamp": "0000-00-00", "message": "x"}, id="a date that is none"),
        pytest.param({"timestamp": 1e300, "message": "x"}, id="a time beyond all"),
        pytest.param({"timestamp": -5, "message": "x"}, id="before 1970"),
        pytest.param({"level": 7, "user": [], "contexts": [], "request": "x"}, id="wrong kinds"),
        pytest.param({"contexts": {"trace": None, "x": 5}, "sdk": None}, id="null contexts"),
        pytest.param({"fingerprint": [None, "{{ default }}", 5]}, id="an odd fingerprint"),
        pytest.param({"extra": {"deep": [[[[[[[[[{"x": 1}]]]]]]]]]}}, id="deep"),
        pytest.param({"user": {"id": 17, "ip_address": "{{auto}}"}}, id="no address"),
        pytest.param({"release": None, "environment": 5, "platform": {}}, id="odd words"),
    ],
)
def test_odd_shapes_of_real_clients_are_kept_not_refused(
    console: RunningConsole, event: dict[str, Any]
) -> None:
    response = send(console, SENTRY, envelope(event, event_id=EVENT_ID))

    assert response.status_code == 200, response.text
    rows = console.rows("error_events")
    assert [row["event_id"] for row in rows] == [EVENT_ID]
    assert abs(rows[0]["ts"].timestamp() - time.time()) <= 31 * 86_400
    assert b"{{auto}}" not in rows[0]["payload"].encode()


def test_items_that_are_not_for_us_are_answered_and_dropped(console: RunningConsole) -> None:
    body = b'{"event_id":"%s"}\n{"type":"replay_recording","length":3}\nabc\n' % EVENT_ID.encode()
    body += b'{"type":"attachment","length":2,"filename":"a"}\n\x00\n\n'
    body += b'{"type":"client_report"}\n{"discarded_events":[]}\n'

    response = send(console, SENTRY, body)

    assert (response.status_code, response.json()) == (200, {"id": EVENT_ID})


def test_a_clock_that_is_wrong_is_set_right_by_what_was_sent(console: RunningConsole) -> None:
    ahead_s = 7200.0
    sent_at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + ahead_s))
    event = {"message": "hello", "timestamp": time.time() + ahead_s - 5}

    send(console, SENTRY, envelope(event, event_id=EVENT_ID, sent_at=sent_at))

    seen_s = console.rows("error_events")[0]["ts"].timestamp()
    assert abs(seen_s - (time.time() - 5)) < 5


def test_events_of_another_site_are_answered_and_dropped(console: RunningConsole) -> None:
    shape = {"n": "pageview", "u": "https://other.example/", "d": "other.example"}

    response = send(console, PLAUSIBLE, shape)

    assert (response.status_code, response.headers["x-plausible-dropped"]) == (202, "1")


def test_a_sender_over_its_rate_waits() -> None:
    now = [0.0]
    rates = Rates(per_s=2, now=lambda: now[0])

    burst = [rates.wait_s("ann") for _ in range(10)]
    then = rates.wait_s("ann")
    other = rates.wait_s("bob")
    now[0] = 0.5

    assert burst == [0.0] * 10
    assert then == 0.5
    assert other == 0.0
    assert rates.wait_s("ann") == 0.0


def test_429_says_when_in_the_words_of_each_protocol(console: RunningConsole) -> None:
    now = console.app.state
    gate = Gate(replace(now.settings, requests_per_s=1), now.spool)

    with another_gate(console, gate):
        answers = [send(console, SENTRY, envelope({}, event_id=EVENT_ID)) for _ in range(7)]

    assert [one.status_code for one in answers[:5]] == [200] * 5
    limited = answers[-1]
    assert limited.status_code == 429
    assert int(limited.headers["retry-after"]) >= 1
    assert limited.headers["x-sentry-rate-limits"].endswith("::organization")
    assert limited.headers["access-control-allow-origin"] == "*"


GOOD = [
    pytest.param(SENTRY, envelope({"message": "hello"}, event_id=EVENT_ID), id="sentry"),
    pytest.param(LOKI, push("hello"), id="loki"),
    pytest.param(PLAUSIBLE, {"n": "pageview", "u": f"https://{SITE}/", "d": SITE}, id="plausible"),
]


@pytest.mark.parametrize(("path", "body"), GOOD)
def test_a_full_spool_asks_to_wait_and_is_never_a_silent_yes(
    console: RunningConsole, tmp_path: Path, path: str, body: Any
) -> None:
    full = Spool(tmp_path / "spool", max_bytes=1)

    with another_gate(console, Gate(console.app.state.settings, full)):
        response = send(console, path, body)

    full.close()
    assert response.status_code == 429
    assert int(response.headers["retry-after"]) >= 1


@pytest.mark.parametrize(("path", "body"), GOOD)
def test_a_full_disk_is_503(console: RunningConsole, tmp_path: Path, path: str, body: Any) -> None:
    def no_space(file: int) -> None:
        raise OSError(errno.ENOSPC, "no space left")

    failing = Spool(tmp_path / "spool", MIB, sync=no_space)

    with another_gate(console, Gate(console.app.state.settings, failing)):
        response = send(console, path, body)

    failing.close()
    assert response.status_code == 503
    assert int(response.headers["retry-after"]) >= 1


def gate_of(folder: Path, **given: object) -> Gate:
    spool = Spool(folder / "spool", MIB)
    spool.close()
    return Gate(read({}, data_dir=folder, **given), spool)


def request_from(peer: str, forwarded: str) -> Request:
    headers = [(b"x-forwarded-for", forwarded.encode())]
    return Request({"type": "http", "client": (peer, 1), "headers": headers})


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        pytest.param("203.0.113.9", "198.51.100.1", "203.0.113.9", id="a stranger is not believed"),
        pytest.param("10.0.0.2", "198.51.100.1", "198.51.100.1", id="a trusted proxy is"),
        pytest.param("10.0.0.2", "6.6.6.6, 198.51.100.1", "198.51.100.1", id="only its own word"),
        pytest.param("127.0.0.1", "198.51.100.1, 10.0.0.3", "198.51.100.1", id="two in a row"),
        pytest.param("127.0.0.1", "", "127.0.0.1", id="nobody forwarded"),
        pytest.param("127.0.0.1", "unknown", "127.0.0.1", id="not an address"),
    ],
)
def test_forwarded_addresses_count_behind_trusted_proxies_only(
    tmp_path: Path, peer: str, forwarded: str, address: str
) -> None:
    gate = gate_of(tmp_path, trusted_proxies=("10.0.0.0/8",))

    assert gate.address(request_from(peer, forwarded)) == address


def test_a_gate_without_keys_lets_nobody_in(tmp_path: Path) -> None:
    gate = gate_of(tmp_path)

    with pytest.raises(RefusedError) as refused:
        gate.check_key("anything")

    assert refused.value.status == 403


def test_an_authorization_of_another_scheme_is_no_key() -> None:
    assert basic_or_bearer("Digest x") == ""

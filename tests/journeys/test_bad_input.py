"""A stranger on the network sends what no client would; both servers answer, and stand."""

import socket
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from .stack import Stack, running_stack

MB = 1024 * 1024


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with running_stack(tmp_path_factory.mktemp("bad-input")) as running:
        yield running


@pytest.fixture(params=["app", "console"])
def address(request: pytest.FixtureRequest, stack: Stack) -> str:
    return stack.app if request.param == "app" else stack.console


def resident_bytes(stack: Stack) -> int:
    """Return what the two processes of the stack have in memory together."""
    assert stack.process is not None
    children = Path(f"/proc/{stack.process.pid}/task/{stack.process.pid}/children").read_text()
    pages = [int(Path(f"/proc/{pid}/statm").read_text().split()[1]) for pid in children.split()]
    return sum(pages) * 4096


def endless(address: str, start: bytes, piece: bytes, most_bytes: int) -> bytes:
    """Send a request whose head does not end; return what came back before the connection went."""
    port = httpx.URL(address).port
    assert port is not None
    answer = b""
    with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
        try:
            connection.sendall(start)
            for _ in range(most_bytes // len(piece)):
                connection.sendall(piece)
        except OSError:
            pass
        try:
            while part := connection.recv(4096):
                answer += part
        except OSError:
            pass
    return answer


@pytest.mark.parametrize(
    ("start", "piece"),
    [
        pytest.param(b"x: ", b"a" * 60_000, id="one header without end"),
        pytest.param(b"", b"x: a\r\n" * 10_000, id="headers without end"),
    ],
)
def test_a_head_without_end_is_cut_off_and_costs_no_memory(
    stack: Stack, address: str, start: bytes, piece: bytes
) -> None:
    before = resident_bytes(stack)

    endless(address, b"GET / HTTP/1.1\r\nHost: x\r\n" + start, piece, 60 * MB)

    assert resident_bytes(stack) - before < 60 * MB
    assert httpx.get(address, timeout=5).status_code in {200, 303}


def test_a_head_too_long_is_answered_with_a_reason(address: str) -> None:
    port = httpx.URL(address).port
    with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n")
        answer = b""
        for _ in range(5):  # slowly: what is unread when a connection closes takes the answer along
            connection.sendall(b"x: " + b"a" * 30_000 + b"\r\n")
            time.sleep(0.02)
            connection.settimeout(0.02)
            try:
                answer = connection.recv(4096)
                break
            except TimeoutError:
                connection.settimeout(5)

    assert answer.startswith(b"HTTP/1.1 431")
    assert b"64 KiB" in answer


def test_a_long_but_honest_head_and_the_next_request_are_served(address: str) -> None:
    with httpx.Client(base_url=address, timeout=5) as client:
        answers = [client.get("/", headers={"X-Long": "a" * 30_000}) for _ in range(5)]

    assert {answer.status_code for answer in answers} <= {200, 303}


def test_a_page_reached_by_number_is_seen_in_the_console(stack: Stack) -> None:
    agent = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/120.0 Safari/537.36"
    event = {"n": "pageview", "u": "http://192.0.2.7:8000/by-number", "d": "x"}

    answer = httpx.post(f"{stack.app}/api/event", json=event, headers={"User-Agent": agent})

    assert answer.status_code == 202
    give_up_at = time.monotonic() + 5
    while "/by-number" not in str(stack.ask("analytics")):
        assert time.monotonic() < give_up_at
        time.sleep(0.05)
    assert "192.0.2.7" not in str(stack.ask("analytics"))

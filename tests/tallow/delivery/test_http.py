import socket
import time

import pytest

from tallow.delivery.http import Http
from tallow.records import Parcel
from tests.tallow.receiver import Answer, receiving


def test_a_large_body_is_compressed_and_a_small_one_not() -> None:
    with receiving() as receiver:
        http = Http(2.0)
        http.post(Parcel(receiver.address, b"x" * 100))
        http.post(Parcel(receiver.address, b"x" * 10_000))
        http.post(Parcel(receiver.address, b"x" * 10_000, may_compress=False))
        http.close()

    assert [request.headers.get("Content-Encoding") for request in receiver.requests] == [
        None,
        "gzip",
        None,
    ]
    assert [len(request.body) for request in receiver.requests] == [100, 10_000, 10_000]


@pytest.mark.parametrize(
    ("headers", "wait_s"),
    [
        pytest.param({}, 0.0, id="nothing asked for"),
        pytest.param({"Retry-After": "7"}, 7.0, id="seconds"),
        pytest.param({"Retry-After": "whenever"}, 0.0, id="nonsense"),
        pytest.param({"X-Sentry-Rate-Limits": "60:error:organization"}, 60.0, id="Sentry's own"),
    ],
)
def test_the_wait_a_far_side_asks_for_comes_back(headers: dict[str, str], wait_s: float) -> None:
    with receiving() as receiver:
        receiver.answers.append(Answer(429, headers))
        reply = Http(2.0).post(Parcel(receiver.address, b"x"))

    assert (reply.status, reply.retry_after_s) == (429, wait_s)


def test_nobody_there_is_an_answer_too() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]

        reply = Http(2.0).post(Parcel(f"http://127.0.0.1:{port}/", b"x"))

    assert reply.status == 0
    assert reply.problem == "NewConnectionError"


def test_a_far_side_that_never_answers_is_left_in_time() -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        began_s = time.monotonic()

        reply = Http(0.2).post(Parcel(f"http://127.0.0.1:{silent.getsockname()[1]}/", b"x"))

    assert reply.status == 0
    assert time.monotonic() - began_s < 2


def test_a_redirect_is_not_followed() -> None:
    with receiving() as receiver:
        receiver.answers.append(Answer(302, {"Location": f"{receiver.address}/elsewhere"}))
        reply = Http(2.0).post(Parcel(receiver.address, b"secret"))

    assert reply.status == 302
    assert len(receiver.requests) == 1

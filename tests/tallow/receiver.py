"""A far side on a free local port: answers as told and keeps what it got."""

import gzip
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

__all__ = ["Answer", "Receiver", "Request", "receiving", "wait_until"]


@dataclass(frozen=True, slots=True)
class Answer:
    """What to answer: a status and headers."""

    status: int = 204
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Request:
    """What arrived, unpacked."""

    path: str
    headers: Mapping[str, str]
    body: bytes
    answered: int


class Receiver:
    """Keeps requests and answers by `rule`, or by the next of `answers`, or 204."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.answers: deque[Answer] = deque()
        self.rule: Callable[[bytes], Answer] | None = None
        self.port = 0

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def accepted(self) -> list[Request]:
        return [request for request in self.requests if request.answered < 300]

    def answer(self, body: bytes) -> Answer:
        if self.answers:
            return self.answers.popleft()
        return self.rule(body) if self.rule is not None else Answer()


@contextmanager
def receiving(port: int = 0) -> Iterator[Receiver]:
    """Run a receiver while the body runs."""
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if self.headers.get("Content-Encoding") == "gzip":
                body = gzip.decompress(body)
            answer = receiver.answer(body)
            receiver.requests.append(
                Request(self.path, dict(self.headers.items()), body, answer.status)
            )
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *said: object) -> None:
            return None

    ThreadingHTTPServer.allow_reuse_address = True
    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    server.daemon_threads = True
    receiver.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def wait_until(is_so: Callable[[], bool], timeout_s: float = 10.0) -> bool:
    """Wait for another thread or process to get somewhere; say whether it did."""
    deadline_s = time.monotonic() + timeout_s
    while not is_so():
        if time.monotonic() > deadline_s:
            return False
        time.sleep(0.005)
    return True

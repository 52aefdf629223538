"""An application to watch: says what a test tells it to say, to who has the token."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

TOKEN = "target-token-for-tests"


class Target:
    """Serves `/api/metrics` and `/api/health/detailed`; `status` is the health route's."""

    def __init__(self) -> None:
        self.url = ""
        self.metrics = ""
        self.health: object = {"status": "healthy"}
        self.status = 200
        self.refused = 0


@contextmanager
def target() -> Iterator[Target]:
    said = Target()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.headers.get("Authorization") != f"Bearer {TOKEN}":
                said.refused += 1
                self._answer(401, b"")
            elif self.path == "/api/metrics":
                self._answer(200, said.metrics.encode())
            else:
                body = said.health if isinstance(said.health, bytes) else None
                self._answer(said.status, body or json.dumps(said.health).encode())

        def _answer(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing: the tests' output is theirs."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    said.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield said
    finally:
        server.shutdown()
        server.server_close()

"""App and console started one by one, as in a deployment, with a tap on what the app sends."""

import gzip
import os
import secrets
import subprocess
import sys
import threading
import zlib
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx

from tests.journeys.stack import Stack, eventually, free_port

__all__ = ["Apart", "Tap"]


class Tap(ThreadingHTTPServer):
    """Passes every request on to the console, and keeps its line, headers and unpacked body."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, onward: int) -> None:
        super().__init__(("127.0.0.1", 0), _Passing)
        self.onward = f"http://127.0.0.1:{onward}"
        self.seen: list[bytes] = []
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def port(self) -> int:
        return int(self.server_address[1])


class _Passing(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        tap = self.server
        assert isinstance(tap, Tap)
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        head = f"{self.requestline}\n{self.headers}".encode()
        tap.seen.append(head + _unpacked(body, self.headers.get("Content-Encoding", "")))
        kept = {
            name: value
            for name, value in self.headers.items()
            if name.lower() not in {"host", "connection", "content-length"}
        }
        try:
            answer = httpx.post(tap.onward + self.path, content=body, headers=kept, timeout=5.0)
            status, said = answer.status_code, answer.content
        except httpx.HTTPError:
            status, said = 503, b""
        self.send_response(status)
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 # its base's
        """Say nothing: the tap is no part of what is tested."""


def _unpacked(body: bytes, encoding: str) -> bytes:
    if encoding == "gzip":
        return gzip.decompress(body)
    if encoding == "deflate":
        return zlib.decompress(body)
    assert encoding in ("", "identity"), encoding
    return body


class Apart(Stack):
    """A stack whose two processes are started and ended each on its own."""

    def __init__(self, folder: Path, environment: dict[str, str] | None = None) -> None:
        super().__init__(folder / "data", free_port(), free_port(), environment or {})
        self.data_dir.mkdir(parents=True)
        self._keys = {
            name: secrets.token_hex(16)
            for name in ("sentry_key", "ingest_key", "metrics_token", "health_check_token")
        } | {"console_token": secrets.token_urlsafe(24)}
        self.tap = Tap(self.console_port)
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    @property
    def keys(self) -> dict[str, str]:
        return self._keys

    def said_by(self, name: str) -> str:
        return (self.data_dir.parent / f"{name}.log").read_text("utf-8", "replace")

    def start_console(self) -> None:
        self._spawn(
            "console",
            *("console", "serve", "--port", str(self.console_port)),
            TALLOW_CONSOLE_DATA_DIR=str(self.data_dir / "console"),
            TALLOW_CONSOLE_TOKEN=self._keys["console_token"],
            TALLOW_CONSOLE_INGEST_KEYS=f"{self._keys['sentry_key']},{self._keys['ingest_key']}",
            TALLOW_CONSOLE_SITES="transfer.localhost",
            TALLOW_CONSOLE_TARGETS=self.app,
            TALLOW_CONSOLE_SCRAPE_INTERVAL_S="1",
        )
        eventually(lambda: _is_up(f"{self.console}/-/ready"), 60.0)

    def start_app(self) -> None:
        console = f"127.0.0.1:{self.tap.port}"
        self._spawn(
            "app",
            *("serve", "--port", str(self.app_port)),
            TALLOW_SERVICE="transfer",
            TALLOW_DATA_DIR=str(self.data_dir / "app"),
            SENTRY_DSN=f"http://{self._keys['sentry_key']}@{console}/1",
            LOKI_URL=f"http://tallow:{self._keys['ingest_key']}@{console}",
            PLAUSIBLE_HOST=f"http://{console}",
            PLAUSIBLE_DOMAIN="transfer.localhost",
        )
        eventually(lambda: _is_up(f"{self.app}/api/health/readiness"), 60.0)

    def end(self, name: str, *, kill: bool = False) -> int:
        process = self._running.pop(name)
        if kill:
            process.kill()
        else:
            process.terminate()
        return process.wait(20)

    def close(self) -> None:
        for name in list(self._running):
            self.end(name)
        self.tap.shutdown()
        self.tap.server_close()

    def at_rest(self) -> bytes:
        """Return every byte on disk, and every row of the console's store as text."""
        files = [path for path in self.data_dir.rglob("*") if path.is_file()]
        rows = subprocess.run(
            [sys.executable, "-c", _DUMP, str(self.data_dir / "console" / "store")],
            capture_output=True,
            check=True,
            timeout=60,
        )
        return b"\n".join([*(path.read_bytes() for path in files), rows.stdout])

    def _spawn(self, name: str, *command: str, **environment: str) -> None:
        log = (self.data_dir.parent / f"{name}.log").open("ab")
        tokens = {
            "METRICS_TOKEN": self._keys["metrics_token"],
            "HEALTH_CHECK_TOKEN": self._keys["health_check_token"],
        }
        self._running[name] = subprocess.Popen(
            [sys.executable, "-m", "tallow", *command],
            env={**os.environ, **tokens, **environment, **self.environment},
            stdout=log,
            stderr=subprocess.STDOUT,
        )


_DUMP = """
import json, sys
from pathlib import Path
from tallow_console.store import Store
store = Store(Path(sys.argv[1]))
for table in store.query("SELECT name FROM system.tables WHERE database = 'tallow'"):
    for row in store.query("SELECT * FROM tallow." + table["name"]):
        print(json.dumps(row, default=str, ensure_ascii=False))
store.close()
"""


def _is_up(address: str) -> bool:
    try:
        return httpx.get(address, timeout=1.0).status_code == 200
    except httpx.HTTPError:
        return False

"""What the console takes in: durable, scrubbed, stored; beside a handler that only decodes.

The console and the baseline are processes of their own; the load comes from this one. Rates are per
second of the server's CPU, so that a busy machine does not change them. Bugsink's figure is the one
measured in the research for this project: 42 events/s stored and grouped, on two cores.
"""

import asyncio
import json
import os
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import quantiles
from urllib.request import Request, urlopen

from benchmarks.budget import Budget

__all__ = ["budgets"]

_KEY = "0123456789abcdef0123456789abcdef"
_TOKEN = "token-of-the-benchmark"
_CONNECTIONS = 8
_SECONDS = 4.0
_LINES = 100
_DISK_ROWS = 50_000
_STEPS = ("opened", "joined", "left", "sent", "received", "closed")


def budgets() -> list[Budget]:
    """Return rates of lines and errors, the wait for an answer, memory at rest, and disk."""
    with _decoder() as (process, port):
        began_s = _cpu_s(process)
        decoded = _load(port, "/loki/api/v1/push", [_push(0)])
        baseline = len(decoded) * _LINES / (_cpu_s(process) - began_s)
    with tempfile.TemporaryDirectory() as folder, _console(Path(folder)) as (process, port):
        idle_mb = _memory_mb(process)
        began_s = _cpu_s(process)
        pushed = _load(port, "/loki/api/v1/push", [_push(0)])
        _wait_until_stored(port)
        lines = len(pushed) * _LINES / (_cpu_s(process) - began_s)
        began_s = _cpu_s(process)
        sent = _load(port, f"/api/1/envelope/?sentry_key={_KEY}", list(map(_envelope, range(9000))))
        _wait_until_stored(port)
        stored = len(sent) / (_cpu_s(process) - began_s)
        process.terminate()
        process.wait(10)
        ratio = _disk_ratio(Path(folder))
    p99_ms = quantiles(sent, n=100)[98] * 1000
    rate = "more is better"
    return [
        Budget("log lines scrubbed, durable, stored", "decode only", lines, baseline, "/s", rate),
        Budget("log lines scrubbed, durable, stored", "limit", lines, 10_000, "/s", rate, goal=1),
        Budget(
            "errors scrubbed, grouped, stored",
            "limit, 5x a Bugsink measured before",
            stored,
            210,
            "/s",
            rate,
            goal=1,
        ),
        Budget("wait for a durable answer, p99, 8 at once", "limit 50 ms", p99_ms, 50, "ms"),
        Budget("memory of the console at rest", "limit 400 MB", idle_mb, 400, "MB", goal=1),
        Budget("disk for a log line", "SQLite with indexes", ratio, 1, "x", goal=5),
    ]


def _push(start: int) -> bytes:
    now_ns = time.time_ns()
    values = [
        [
            str(now_ns + n),
            json.dumps(
                {
                    "level": "info",
                    "message": f"peer {_STEPS[n % len(_STEPS)]} the room",
                    "correlationId": f"{n % 7:032x}",
                    "context": {"room": f"blue-{n % 40}", "size_bytes": 65_536 + n + start},
                    "metadata": {"service": "transfer", "release": "0.1.0"},
                    "performance": {"duration_s": 0.0125},
                }
            ),
        ]
        for n in range(_LINES)
    ]
    return json.dumps({"streams": [{"stream": {"service": "transfer"}, "values": values}]}).encode()


def _envelope(n: int) -> bytes:
    frames = [
        {
            "function": f"step_{depth}",
            "module": f"shop.cart{n % 25}",
            "filename": "shop/cart.py",
            "lineno": 10 + depth,
            "in_app": True,
            "context_line": "    total = sum(item.price for item in items)",
        }
        for depth in range(20)
    ]
    event = {
        "platform": "python",
        "level": "error",
        "release": "shop@1.2",
        "exception": {
            "values": [
                {
                    "type": "ValueError",
                    "value": f"order {n} was refused",
                    "stacktrace": {"frames": frames},
                }
            ]
        },
        "breadcrumbs": {"values": [{"category": "cart", "message": "opened"}] * 20},
        "contexts": {"trace": {"trace_id": f"{n:032x}", "span_id": f"{n:016x}"}},
    }
    header = json.dumps({"event_id": f"{n:032x}"})
    return f'{header}\n{{"type":"event"}}\n{json.dumps(event)}\n'.encode()


def _load(port: int, path: str, bodies: list[bytes]) -> list[float]:
    """Return how long each answer took, of those that came within the seconds of the test."""
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {_KEY}\r\n"
        "Content-Type: application/json\r\nContent-Length: {}\r\n\r\n"
    )
    requests = [head.replace("{}", str(len(body))).encode() + body for body in bodies]
    return asyncio.run(_send(port, requests))


async def _send(port: int, requests: list[bytes]) -> list[float]:
    took: list[float] = []
    left = iter(requests * (1 if len(requests) > 1 else 1_000_000))
    until = time.monotonic() + _SECONDS

    async def connection() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for request in left:
            began = time.monotonic()
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            if head.split(b" ", 2)[1] not in {b"200", b"204"}:
                raise RuntimeError(head.decode())
            for line in head.lower().split(b"\r\n"):
                if line.startswith(b"content-length:"):
                    await reader.readexactly(int(line.split(b":")[1]))
            took.append(time.monotonic() - began)
            if time.monotonic() > until:
                break
        writer.close()

    await asyncio.gather(*(connection() for _ in range(_CONNECTIONS)))
    return took


def _wait_until_stored(port: int) -> None:
    while True:
        asked = Request(f"http://127.0.0.1:{port}/-/metrics")
        asked.add_header("Authorization", f"Bearer {_TOKEN}")
        with urlopen(asked) as answer:
            page = answer.read().decode()
        if "tallow_console_load_lag_seconds 0.0\n" in page:
            return
        time.sleep(0.02)


@contextmanager
def _console(folder: Path) -> Iterator[tuple["subprocess.Popen[bytes]", int]]:
    port = _free_port()
    command = [sys.executable, "-m", "tallow", "console", "serve", "--port", str(port)]
    environment = {
        **os.environ,
        "TALLOW_CONSOLE_DATA_DIR": str(folder),
        "TALLOW_CONSOLE_TOKEN": _TOKEN,
        "TALLOW_CONSOLE_INGEST_KEYS": _KEY,
        "TALLOW_CONSOLE_REQUESTS_PER_S": "1000000",
    }
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    try:
        _wait_for(f"http://127.0.0.1:{port}/-/ready")
        time.sleep(1)
        yield process, port
    finally:
        process.kill()
        process.wait()


_DECODER = """
import sys, orjson, uvicorn
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route

async def push(request):
    said = orjson.loads(await request.body()) if request.method == "POST" else {"streams": []}
    for stream in said["streams"]:
        for _, line in stream["values"]:
            orjson.loads(line)
    return Response(status_code=204)

routes = [Route("/loki/api/v1/push", push, methods=["GET", "POST"])]
uvicorn.run(Starlette(routes=routes), port=int(sys.argv[1]), log_level="error", access_log=False)
"""


@contextmanager
def _decoder() -> Iterator[tuple["subprocess.Popen[bytes]", int]]:
    """Run a server that reads the same pushes and keeps nothing."""
    port = _free_port()
    process = subprocess.Popen([sys.executable, "-c", _DECODER, str(port)])
    try:
        _wait_for(f"http://127.0.0.1:{port}/loki/api/v1/push")
        yield process, port
    finally:
        process.kill()
        process.wait()


def _wait_for(url: str) -> None:
    for _ in range(200):
        try:
            with urlopen(url, timeout=2):
                return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("the server did not start")


def _cpu_s(process: "subprocess.Popen[bytes]") -> float:
    """Return the CPU seconds a process has used, of all its threads."""
    fields = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _memory_mb(process: "subprocess.Popen[bytes]") -> float:
    pages = int(Path(f"/proc/{process.pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def _disk_ratio(folder: Path) -> float:
    """Return the bytes of a line in our store, as a share of what SQLite takes for the same."""
    from tallow_console.store import Store

    store = Store(folder / "store")
    try:
        columns = "ts, level, service, correlation_id, message, context, metadata, performance"
        store.command("OPTIMIZE TABLE tallow.logs FINAL")
        rows = store.query(f"SELECT {columns} FROM tallow.logs LIMIT {_DISK_ROWS}")
        size = store.query(
            "SELECT sum(bytes_on_disk) AS bytes, sum(rows) AS rows FROM system.parts "
            "WHERE database = 'tallow' AND table = 'logs' AND active"
        )[0]
    finally:
        store.close()
    path = folder / "peer.db"
    peer = sqlite3.connect(path)
    peer.execute(f"CREATE TABLE logs ({columns})")
    named = [[str(value) for value in row.values()] for row in rows]
    peer.executemany("INSERT INTO logs VALUES (?, ?, ?, ?, ?, ?, ?, ?)", named)
    for column in ("ts", "correlation_id", "level"):
        peer.execute(f"CREATE INDEX by_{column} ON logs ({column})")
    peer.commit()
    peer.execute("VACUUM")
    peer.close()
    theirs = path.stat().st_size / len(rows)
    return float(size["bytes"]) / float(size["rows"]) / theirs


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    from benchmarks.budget import table

    print(table(budgets()))

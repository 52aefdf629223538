# ruff: noqa: E501
"""A day in the life of a file transfer app, written through the store's tables; seeded, so fixed.

Used by the tests of the pages and by `scripts/screenshots.py`. Times are relative to `now_s`.
"""

import math
import random
import time
from collections.abc import Iterator
from typing import Any

import orjson

from tallow.records import ErrorItem, LogLine, Vital
from tallow.scrub import restored
from tallow_console.alerts.evaluate import Watch
from tallow_console.errors.tables import arrived, error_row, session_rows
from tallow_console.health.tables import row as health_row
from tallow_console.logs.tables import row as log_row
from tallow_console.metrics.scrape import series_id
from tallow_console.performance.tables import row as vital_row
from tallow_console.settings import ConsoleSettings
from tallow_console.state import State
from tallow_console.store import Row, Store

__all__ = ["CID", "fill"]

CID = "4bf92f3577b34da6a3ce929d0e0e4736"
"""The correlation id of one failed transfer: in its log lines and its error."""

HOUR_S = 3600.0
INSTANCE = "127.0.0.1:8000"
FRAMES: list[dict[str, Any]] = [
    {"function": "run_asgi", "module": "uvicorn.protocols.http", "filename": "uvicorn/protocols/http.py",
     "lineno": 401, "in_app": False},
    {"function": "__call__", "module": "starlette.applications", "filename": "starlette/applications.py",
     "lineno": 112, "in_app": False},
    {"function": "relay", "module": "tallow_transfer.routes", "filename": "tallow_transfer/routes.py",
     "lineno": 88, "in_app": True,
     "pre_context": ["async def relay(socket: WebSocket) -> None:",
                     "    room = rooms.find(socket.path_params['code'])",
                     "    async with room.joined(socket) as peer:"],
     "context_line": "        await manager.pump(peer, room.other(peer))",
     "post_context": ["        room.close()", ""]},
    {"function": "pump", "module": "tallow_transfer.manager", "filename": "tallow_transfer/manager.py",
     "lineno": 214, "in_app": True,
     "pre_context": ["    async for sealed in source.chunks():", "        opened = self._cipher.open(sealed)"],
     "context_line": "        await self._sink.write(opened, timeout_s=self.timeout_s)",
     "post_context": ["        self.moved_bytes += len(opened)", "    return self.moved_bytes"],
     "vars": {"self": "<Manager relay>", "moved_bytes": "73400320"}},
    {"function": "wait_for", "module": "asyncio.tasks", "filename": "asyncio/tasks.py", "lineno": 502,
     "in_app": False},
]  # fmt: skip
CRUMBS: list[dict[str, Any]] = [
    {"category": "signaling", "message": "room opened", "data": {"method": "relay"}},
    {"category": "signaling", "message": "peer joined", "data": {"side": "receiver"}},
    {
        "category": "crypto",
        "message": "key agreed",
        "data": {"algorithm": "X-Wing", "took_ms": 4.1},
    },
    {"category": "transfer", "message": "chunk sent", "data": {"index": 1120}},
    {
        "category": "transfer",
        "level": "warning",
        "message": "peer is slow",
        "data": {"waiting_s": 8},
    },
]
ISSUES = (
    ("TimeoutError", "the other side took no chunk for 10 s", "python", 0.9, "error", True),
    ("InvalidTag", "a chunk was changed on its way", "python", 0.25, "error", False),
    (
        "TypeError",
        "Cannot read properties of undefined (reading 'size')",
        "javascript",
        0.5,
        "error",
        False,
    ),
    (
        "ConnectionResetError",
        "Connection lost while the file was sent",
        "python",
        0.35,
        "warning",
        True,
    ),
    ("ChunkLoadError", "Loading chunk 3 failed", "javascript", 0.12, "error", True),
    ("PermissionError", "[Errno 13] Permission denied: '[path]'", "python", 0.08, "fatal", False),
)


def fill(store: Store, state: State, settings: ConsoleSettings, now_s: float | None = None) -> None:
    """Write a day of signals that ends now."""
    now_s = time.time() if now_s is None else now_s
    dice = random.Random(20)
    numbers = iter(range(10_000_000))

    def insert(table: str, rows: list[Row]) -> None:
        store.insert(table, [{**row, "seg": 1, "n": next(numbers)} for row in rows])

    events = _errors(dice, now_s)
    arrived(store, state, events)
    insert("error_events", events)
    insert("sessions", _sessions(dice, now_s))
    insert("logs", list(_logs(dice, now_s)))
    insert("events", list(_visits(dice, now_s, settings.sites[0] if settings.sites else "demo")))
    insert("vitals", list(_vitals(dice, now_s)))
    insert("health_reports", list(_health(dice, now_s)))
    series, samples = _metrics(dice, now_s)
    store.insert("series", series)
    store.insert("samples", samples)
    Watch(store, state, now=lambda: now_s - 120).look()
    Watch(store, state, now=lambda: now_s).look()


def _errors(dice: random.Random, now_s: float) -> list[Row]:
    rows = []
    for place, (kind, value, platform, share, level, handled) in enumerate(ISSUES):
        for _ in range(int(60 * share)):
            # The first came in a burst two hours ago; the others trickle.
            hours = (
                dice.gauss(2.2, 0.3) if place == 0 and dice.random() < 0.7 else dice.uniform(0, 23)
            )
            rows.append(
                _event(
                    dice, now_s - max(hours, 0.01) * HOUR_S, kind, value, platform, level, handled
                )
            )
    rows.append(_event(dice, now_s - 150, *ISSUES[0][:3], "error", True, CID))
    return rows


def _event(
    dice: random.Random, at_s: float, kind: str, value: str, platform: str, level: str,
    handled: bool, cid: str = "",
) -> Row:  # fmt: skip
    frames = FRAMES if platform == "python" else [
        {"function": "commitRoot", "filename": "app-3F2A.js", "lineno": 1, "colno": 81234, "in_app": False},
        {"function": kind, "filename": "page/transfer.tsx", "lineno": 61, "colno": 18, "in_app": True,
         "context_line": "  const total = files.map((file) => file.size);", "pre_context": [], "post_context": []},
    ]  # fmt: skip
    # One crash site each: the innermost own frame differs, so each is an issue of its own.
    frames = [dict(frame) for frame in frames]
    if kind not in {"TimeoutError", "TypeError"}:
        frames[-2 if platform == "python" else -1]["function"] = f"on_{kind.lower()}"
    event = {
        "event_id": f"{dice.getrandbits(128):032x}",
        "timestamp": at_s,
        "platform": platform,
        "level": level,
        "release": "transfer@0.1.0" if dice.random() < 0.8 else "transfer@0.0.9",
        "environment": "production",
        "exception": {"values": [{
            "type": kind, "value": value, "stacktrace": {"frames": frames},
            "mechanism": {"type": "asgi" if platform == "python" else "onerror", "handled": handled},
        }]},
        "breadcrumbs": {"values": [
            {**crumb, "timestamp": at_s - 12 + 2.3 * place} for place, crumb in enumerate(CRUMBS)
        ]},
        "tags": {"method": dice.choice(["relay", "relay", "direct"]), "browser": dice.choice(["Chrome 156", "Firefox 150", "Safari 26"])},
        "contexts": {
            "trace": {"trace_id": cid or f"{dice.getrandbits(128):032x}"},
            "runtime": {"name": "CPython", "version": "3.11.9"},
        },
        "user": {"id": f"hash{dice.randrange(40)}"},
    }  # fmt: skip
    item = ErrorItem(timestamp_s=at_s, type="event", payload=event, event_id=str(event["event_id"]))
    return error_row(restored(item), 1, at_s + 0.2)


def _sessions(dice: random.Random, now_s: float) -> list[Row]:
    rows: list[Row] = []
    for hour in range(24):
        payload = {
            "attrs": {"release": "transfer@0.1.0", "environment": "production"},
            "aggregates": [
                {
                    "started": now_s - hour * HOUR_S,
                    "exited": 40 + dice.randrange(30),
                    "crashed": dice.randrange(2),
                }
            ],
        }
        rows += session_rows(restored(ErrorItem(now_s, "sessions", payload)), now_s)
    return rows


def _logs(dice: random.Random, now_s: float) -> Iterator[Row]:
    kinds: list[tuple[str, str, str, float]] = [
        ("info", "transfer", "request", 9), ("info", "transfer", "peer joined", 3),
        ("info", "transfer", "transfer finished", 3), ("debug", "transfer", "chunk sealed", 5),
        ("warning", "transfer", "peer is slow", 1), ("error", "transfer", "transfer failed", 0.4),
        ("info", "relay", "room opened", 3), ("info", "relay", "room closed", 3),
        ("critical", "relay", "disk is full", 0.04),
    ]  # fmt: skip
    for _ in range(4000):
        hours = abs(dice.gauss(0, 5)) if dice.random() < 0.7 else dice.uniform(0, 24)
        level, service, message, _ = dice.choices(kinds, [kind[3] for kind in kinds])[0]
        yield _line(dice, now_s - min(hours, 23.9) * HOUR_S, level, service, message)
    for back_s, level, message in (
        (165, "info", "room opened"), (163, "info", "peer joined"), (162.6, "info", "key agreed"),
        (158, "warning", "peer is slow"), (150, "error", "transfer failed"), (149.9, "info", "room closed"),
    ):  # fmt: skip
        yield _line(dice, now_s - back_s, level, "transfer", message, CID)


def _line(
    dice: random.Random, at_s: float, level: str, service: str, message: str, cid: str = ""
) -> Row:
    context: dict[str, Any] = {"method": dice.choice(["relay", "direct"])}
    performance: dict[str, Any] = {}
    if message == "request":
        context = {
            "method": "GET",
            "route": dice.choice(["/", "/t/{code}", "/api/rooms"]),
            "status": dice.choice([200, 200, 200, 304, 404]),
        }
        performance = {"duration_s": round(dice.lognormvariate(-4, 0.8), 4)}
    if message == "transfer finished":
        context |= {"size_bytes": dice.randrange(10_000, 900_000_000)}
        performance = {"duration_s": round(dice.lognormvariate(1, 1), 3)}
    if message == "transfer failed":
        context |= {"error": "TimeoutError", "moved_bytes": 73_400_320}
    line = LogLine(
        timestamp_s=at_s,
        level=level,  # type: ignore[arg-type]
        message=message,
        correlation_id=cid or f"{dice.getrandbits(128):032x}",
        context=context,
        metadata={
            "service": service,
            "environment": "production",
            "release": "transfer@0.1.0",
            "logger": f"tallow_{service}",
        },
        performance=performance,
    )
    return log_row(restored(line), at_s)


def _visits(dice: random.Random, now_s: float, site: str) -> Iterator[Row]:
    for visitor in range(1, 420):
        hours = dice.uniform(0, 40)
        hours = (
            hours
            if math.cos((now_s / HOUR_S - hours) * math.pi / 12) < dice.uniform(-1, 2)
            else hours / 9
        )
        source = dice.choices(
            ["", "news.ycombinator.com", "Google", "GitHub", "lobste.rs"], [5, 2, 3, 2, 1]
        )[0]
        common = {
            "site": site, "hostname": site, "referrer": source, "source": source, "visitor": visitor,
            "session": visitor, "browser": dice.choices(["Chrome", "Firefox", "Safari", "Edge"], [6, 3, 3, 1])[0],
            "os": dice.choices(["Windows", "macOS", "GNU/Linux", "Android", "iOS"], [4, 3, 2, 3, 3])[0],
            "device": dice.choices(["desktop", "mobile", "tablet"], [6, 4, 1])[0],
            "country": dice.choices(["DE", "US", "FR", "IN", "BR", "JP", ""], [5, 4, 2, 2, 1, 1, 1])[0],
            "interactive": 1, "props": "{}",
        }  # fmt: skip
        at_s = now_s - hours * HOUR_S
        for step in range(dice.choice([1, 1, 2, 3, 5])):
            path = "/" if step == 0 else dice.choice(["/send", "/t/:code", "/about", "/help/codes"])
            yield {**common, "ts": at_s + step * 20, "name": "pageview", "path": path}
        if dice.random() < 0.45:
            props = orjson.dumps(
                {
                    "method": dice.choice(["relay", "direct"]),
                    "size": dice.choice(["1-10 MB", "10-100 MB", "over 1 GB"]),
                }
            )
            yield {
                **common,
                "ts": at_s + 60,
                "name": "File Sent",
                "path": "/send",
                "props": props.decode(),
            }
        if dice.random() < 0.2:
            yield {
                **common,
                "ts": at_s + 70,
                "name": "Feature Used",
                "path": "/send",
                "props": '{"feature":"qr"}',
            }


def _vitals(dice: random.Random, now_s: float) -> Iterator[Row]:
    middles = {"LCP": 1500.0, "INP": 90.0, "CLS": 0.03, "FCP": 900.0, "TTFB": 260.0}
    limits = {
        "LCP": (2500, 4000),
        "INP": (200, 500),
        "CLS": (0.1, 0.25),
        "FCP": (1800, 3000),
        "TTFB": (800, 1800),
    }
    slow = {"/": 1.0, "/send": 1.15, "/t/:code": 1.7, "/help/codes": 0.8}
    for _ in range(700):
        at_s, page = now_s - dice.uniform(0, 24) * HOUR_S, dice.choice(list(slow))
        device = dice.choice(["desktop", "desktop", "mobile"])
        for name, middle in middles.items():
            value = (
                middle
                * slow[page]
                * dice.lognormvariate(0, 0.55)
                * (1.5 if device == "mobile" else 1)
            )
            good, poor = limits[name]
            rating = "good" if value <= good else "poor" if value > poor else "needs-improvement"
            vital = Vital(
                at_s,
                name,
                round(value, 4),
                rating,
                f"https://demo{page}",
                "demo",
                "navigate",
                device,
            )  # type: ignore[arg-type]
            yield vital_row(restored(vital), at_s)


def _health(dice: random.Random, now_s: float) -> Iterator[Row]:
    for step in range(0, 24 * 3600, 60):
        at_s = now_s - 3 - step
        rough = 2.0 <= step / HOUR_S <= 2.4
        status = ("unhealthy" if dice.random() < 0.3 else "degraded") if rough else "healthy"
        checks = {
            "rooms": {"status": "healthy", "critical": True, "duration_s": 0.0004, "age_s": 0.2, "detail": {"open": 3}},
            "relay": {"status": status, "critical": True, "duration_s": 0.012, "age_s": 0.2, "detail": {}},
            "disk": {"status": "healthy", "critical": False, "duration_s": 0.0011, "age_s": 4.0, "detail": {"free_ratio": 0.41}},
            "journal": {"status": "degraded" if rough else "healthy", "critical": False, "duration_s": 0.0003, "age_s": 1.0,
                        **({"problem": "timed out"} if rough else {})},
        }  # fmt: skip
        report = {"status": status, "service": "transfer", "environment": "production", "release": "transfer@0.1.0",
                  "uptime_s": 86_400.0 * 3 - step, "checks": checks}  # fmt: skip
        yield health_row(
            INSTANCE, status, dice.lognormvariate(1.2, 0.4) * (4 if rough else 1), report, at_s
        )


def _metrics(dice: random.Random, now_s: float) -> tuple[list[Row], list[Row]]:
    """Return series and samples: every 15 s for two hours, every 5 min before."""
    moments = [now_s - 86_400 + 300 * step for step in range(264)]
    moments += [now_s - 7200 + 15 * step for step in range(480)]
    model = _Model(dice, moments)
    for status, weight in (("200", 4.0), ("304", 0.6), ("404", 0.25), ("500", 0.04)):
        for route, middle in (("/", 0.012), ("/t/{code}", 0.05), ("/api/rooms", 0.02)):
            labels = {"method": "GET", "route": route, "status": status}
            model.histogram("tallow_http_request_duration_seconds", labels, weight / 3, middle,
                            (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5))  # fmt: skip
    for method, share in (("relay", 0.03), ("direct", 0.015)):
        model.counter("tallow_transfers_total", {"status": "success", "method": method}, share)
        model.counter(
            "tallow_transfers_total", {"status": "failed", "method": method}, share * 0.08
        )
        model.counter("tallow_transfer_bytes_total", {"method": method}, share * 4e7)
        model.histogram("tallow_transfer_duration_seconds", {"method": method}, share, 4.0,
                        (0.5, 1, 2.5, 5, 10, 30, 60, 300))  # fmt: skip
        model.counter(
            "tallow_connections_total", {"type": method, "status": "connected"}, share * 2
        )
        model.gauge("tallow_active_connections", {"type": method}, 3, 2)
    for operation in ("seal", "open", "agree"):
        model.histogram("tallow_crypto_operation_duration_seconds",
                        {"operation": operation, "algorithm": "AES-256-GCM"}, 0.4, 0.0008,
                        (0.0001, 0.0005, 0.001, 0.005, 0.01, 0.05))  # fmt: skip
    model.gauge("tallow_active_transfers", {}, 2, 1.6)
    model.counter("tallow_errors_total", {"type": "TimeoutError"}, 0.002)
    model.counter("tallow_errors_total", {"type": "InvalidTag"}, 0.0006)
    model.gauge("process_resident_memory_bytes", {}, 8.4e7, 2e6)
    model.counter("process_cpu_seconds_total", {}, 0.06)
    model.gauge("process_open_fds", {}, 41, 6)
    model.gauge("tallow_memory_ratio", {}, 0.21, 0.01)
    model.histogram("tallow_event_loop_lag_seconds", {"loop": "main"}, 20, 0.0006,
                    (0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5))  # fmt: skip
    for generation, middle in (("0", 0.0001), ("2", 0.004)):
        model.histogram("tallow_gc_pause_seconds", {"generation": generation}, 0.3, middle,
                        (0.0001, 0.0005, 0.001, 0.005, 0.01, 0.05))  # fmt: skip
    for level, share in (("info", 1.1), ("warning", 0.06), ("error", 0.02)):
        model.counter("tallow_log_lines_total", {"level": level}, share)
    for sink in ("loki", "sentry", "plausible"):
        model.counter("tallow_delivered_total", {"sink": sink}, 0.5)
        model.gauge("tallow_journal_bytes", {"sink": sink}, 4000, 3500)
        model.gauge("tallow_sink_up", {"sink": sink}, 1, 0)
        model.gauge(
            "tallow_journal_oldest_seconds", {"sink": sink}, 420 if sink == "plausible" else 0.3, 0
        )
    for rule in ("email", "ip", "token"):
        model.counter("tallow_scrubbed_total", {"rule": rule}, 0.05)
    model.gauge("up", {}, 1, 0)
    return model.series, model.samples


class _Model:
    """Turns rates into counters and histograms that rise as real ones do, by day and by chance."""

    def __init__(self, dice: random.Random, moments: list[float]) -> None:
        self.dice = dice
        self.moments = moments
        self.series: list[Row] = []
        self.samples: list[Row] = []

    def counter(
        self, name: str, labels: dict[str, str], rate: float, kind: str = "counter"
    ) -> None:
        series, value, before = self._add(name, labels, kind), 0.0, self.moments[0]
        for moment in self.moments:
            value += self._many(rate * (moment - before) * _daytime(moment))
            before = moment
            self._sample(series, moment, value)

    def gauge(self, name: str, labels: dict[str, str], middle: float, swing: float) -> None:
        series = self._add(name, labels, "gauge")
        for moment in self.moments:
            wave = math.sin(moment / 900) * 0.6 + self.dice.uniform(-0.4, 0.4)
            self._sample(series, moment, max(middle + swing * wave, 0) if swing else middle)

    def histogram(
        self,
        name: str,
        labels: dict[str, str],
        rate: float,
        middle: float,
        bounds: tuple[float, ...],
    ) -> None:
        shares = [
            0.5 * (1 + math.erf(math.log(bound / middle) / (0.7 * math.sqrt(2))))
            for bound in bounds
        ]
        ends = [*(f"{bound:g}" for bound in bounds), "+Inf"]
        ids = [self._add(f"{name}_bucket", {**labels, "le": end}, "histogram") for end in ends]
        count, total = (
            self._add(f"{name}_count", labels, "histogram"),
            self._add(f"{name}_sum", labels, "histogram"),
        )
        many, before = 0.0, self.moments[0]
        for moment in self.moments:
            many += self._many(rate * (moment - before) * _daytime(moment))
            before = moment
            for series, share in zip(ids, [*shares, 1.0], strict=True):
                self._sample(series, moment, round(many * share, 2))
            self._sample(count, moment, many)
            self._sample(total, moment, many * middle * 1.28)

    def _many(self, expected: float) -> float:
        return (
            max(0.0, round(self.dice.gauss(expected, math.sqrt(expected))))
            if expected < 1e6
            else expected * self.dice.uniform(0.2, 1.8)
        )

    def _add(self, name: str, labels: dict[str, str], kind: str) -> int:
        tags = {**labels, "instance": INSTANCE}
        series = series_id(name, tags)
        self.series.append({
            "id": series, "metric": name, "tags": tags, "type": kind,
            "help": _HELP.get(name, ""), "unit": "", "first_seen": self.moments[0],
        })  # fmt: skip
        return series

    def _sample(self, series: int, at_s: float, value: float) -> None:
        self.samples.append({"id": series, "ts": at_s, "value": value})


def _daytime(at_s: float) -> float:
    return 0.75 + 0.5 * math.sin(at_s / 86_400 * 2 * math.pi) + 0.25 * math.sin(at_s / 700)


_HELP = {
    "tallow_transfers_total": "Transfers ended, by how.",
    "tallow_transfer_bytes_total": "Bytes of files moved.",
    "tallow_transfer_duration_seconds_bucket": "How long transfers took.",
    "tallow_http_request_duration_seconds_bucket": "How long HTTP requests took, until the last byte was handed over.",
    "process_resident_memory_bytes": "Resident memory size in bytes.",
    "tallow_active_transfers": "Transfers under way.",
}

"""What telemetry is full of and must keep: ids of traces and builds, times, sizes, routes."""

import base64
import hashlib
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from random import Random

from benchmarks.scrub.fakes.dice import DIGITS, HEX, LOWNUM, UPNUM, draw, mixed

__all__ = ["HARMLESS"]

_SERVICES = (
    "checkout billing catalog search ingest gateway scheduler mailer inventory profile relay worker"
).split()
_ROUTES = (
    "/api/v1/orders /health /api/users/{id}/settings /transfer/:code/status /static/app.js /login "
    "/checkout/confirm /api/v2/search /graphql /admin/reports/daily /metrics /docs/getting-started "
    "/password/reset /oauth/authorize /api/tokens /session/new /favicon.ico /products/4711/reviews"
).split()
_FILES = (
    "app/services/order_service.py src/server/router.ts lib/net/http_client.rb cmd/server/main.go "
    "com/acme/billing/InvoiceJob.java worker/tasks/email_digest.py handlers/auth_middleware.py "
    "packages/core/src/session-store.ts internal/token/validator.go vendor/password_policy.php"
).split()
_FUNCTIONS = (
    "process_order handle_request refresh_token_cache validatePassword get_session resolve_user "
    "parse_authorization_header load_api_key_settings rotateSecrets <module> call_next fetchOrders"
).split()
_HOSTS = (
    "db.internal cache-2.svc.cluster.local api.acme.io queue.prod.internal pg-main.eu.example "
    "ldap.corp.net"
).split()
_LEVELS = "INFO WARN ERROR DEBUG info warning error debug".split()
_AGENTS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/126.0.0.0 Safari/537.36|Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) "
    "AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Safari/605.1.15|"
    "curl/8.6.0|python-requests/2.32.3|okhttp/4.12.0|Go-http-client/2.0|kube-probe/1.29|"
    "Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0|PostmanRuntime/7.39.0"
).split("|")
_ERRORS = (
    "connection reset by peer|deadline exceeded|no such table: invoices|unexpected end of input|"
    "lock wait timeout|certificate has expired|too many open files|value out of range|"
    "disk quota exceeded"
).split("|")


def _moment(r: Random) -> datetime:
    return datetime.fromtimestamp(r.randint(1_650_000_000, 1_800_000_000) + r.random(), UTC)


def _timestamp(r: Random) -> str:
    when = _moment(r)
    forms = [
        when.strftime("%Y-%m-%dT%H:%M:%SZ"),
        when.strftime("%Y-%m-%dT%H:%M:%S.") + f"{when.microsecond // 1000:03}Z",
        when.strftime("%Y-%m-%d %H:%M:%S,") + f"{when.microsecond // 1000:03}",
        when.isoformat(),
        when.strftime("%Y-%m-%dT%H:%M:%S.") + f"{r.randrange(10**9):09}Z",
        when.strftime("%d/%b/%Y:%H:%M:%S +0000"),
        when.strftime("%b %d %H:%M:%S"),
        when.strftime("%Y/%m/%d %H:%M:%S"),
    ]
    return r.choice(forms)


def _epoch(r: Random) -> str:
    seconds = r.randint(1_650_000_000, 1_800_000_000)
    return r.choice(
        [
            f"{seconds}",
            f"{seconds}.{r.randint(0, 999):03}",
            f"{seconds}{r.randint(0, 999):03}",
            f"{seconds}{r.randint(0, 10**9):09}",
        ]
    )


def _version(r: Random) -> str:
    core = f"{r.randint(0, 30)}.{r.randint(0, 40)}.{r.randint(0, 99)}"
    return r.choice(
        [
            core,
            f"v{core}",
            f"{core}-rc.{r.randint(1, 5)}",
            f"{core}+build.{r.randint(1, 999)}",
            f"{core}-beta.2",
        ]
    )


def _traceparent(r: Random) -> str:
    return f"00-{draw(r, HEX, 32)}-{draw(r, HEX, 16)}-01"


def _pod(r: Random) -> str:
    return f"{r.choice(_SERVICES)}-{draw(r, LOWNUM, 9)}-{draw(r, LOWNUM, 5)}"


def _digest(r: Random) -> str:
    return "sha256:" + hashlib.sha256(r.randbytes(8)).hexdigest()


def _sri(r: Random) -> str:
    return "sha384-" + base64.b64encode(hashlib.sha384(r.randbytes(8)).digest()).decode()


def _isbn(r: Random) -> str:
    body = "978" + draw(r, DIGITS, 9)
    check = -sum(int(c) * (1, 3)[i % 2] for i, c in enumerate(body)) % 10
    return f"{body[:3]}-{body[3]}-{body[4:8]}-{body[8:]}-{check}"


def _image(r: Random) -> str:
    return (
        "data:image/png;base64,iVBORw0KGgo"
        + base64.b64encode(r.randbytes(r.randint(60, 200))).decode()
    )


HARMLESS: dict[str, Callable[[Random], str]] = {
    "ts": _timestamp,
    "epoch": _epoch,
    "date": lambda r: _moment(r).strftime("%Y-%m-%d"),
    "level": lambda r: r.choice(_LEVELS),
    "service": lambda r: r.choice(_SERVICES),
    "route": lambda r: r.choice(_ROUTES),
    "file": lambda r: r.choice(_FILES),
    "function": lambda r: r.choice(_FUNCTIONS),
    "host": lambda r: r.choice(_HOSTS),
    "agent": lambda r: r.choice(_AGENTS),
    "error": lambda r: r.choice(_ERRORS),
    "line": lambda r: str(r.randint(8, 1400)),
    "port": lambda r: str(r.randint(1024, 65000)),
    "status": lambda r: r.choice(
        "200 201 204 301 302 400 401 403 404 409 422 429 500 502 503".split()
    ),
    "method": lambda r: r.choice("GET POST PUT PATCH DELETE".split()),
    "ms": lambda r: f"{r.random() * 900:.{r.randint(0, 3)}f}",
    "count": lambda r: str(r.randint(2, 9999)),
    "bytes": lambda r: str(r.randint(100, 99_999_999)),
    "pid": lambda r: str(r.randint(100, 65000)),
    "trace_id": lambda r: draw(r, HEX, 32),
    "span_id": lambda r: draw(r, HEX, 16),
    "traceparent": _traceparent,
    "uuid": lambda r: str(uuid.UUID(int=r.getrandbits(128), version=4)),
    "sha1": lambda r: draw(r, HEX, 40),
    "sha_short": lambda r: mixed(r, HEX, 7),
    "digest": _digest,
    "md5": lambda r: draw(r, HEX, 32),
    "sri": _sri,
    "version": _version,
    "quad": lambda r: f"{r.randint(1, 12)}.{r.randint(0, 9)}.{r.randint(0, 40)}.{r.randint(0, 9)}",
    "colour": lambda r: f"#{mixed(r, HEX, 6)}",
    "order": lambda r: r.choice(
        [
            f"ORD-{r.randint(10**6, 10**7)}",
            f"#{r.randint(10000, 999999)}",
            f"INV-{r.randint(2020, 2026)}-{r.randint(1000, 99999)}",
        ]
    ),
    "pod": _pod,
    "fingerprint": lambda r: ":".join(draw(r, HEX.upper(), 2) for _ in range(20)),
    "etag": lambda r: f'W/"{draw(r, HEX, 16)}"',
    "isbn": _isbn,
    "image": _image,
    "ulid": lambda r: "01" + draw(r, "0123456789ABCDEFGHJKMNPQRSTVWXYZ", 24),
    "snowflake": lambda r: str(r.randint(10**17, 10**18)),
    "tracking": lambda r: r.choice(
        [f"1Z{draw(r, UPNUM, 6)}{draw(r, DIGITS, 10)}", f"RR{draw(r, DIGITS, 9)}DE"]
    ),
    "coords": lambda r: f"{r.uniform(-89, 89):.5f},{r.uniform(-179, 179):.5f}",
    "price": lambda r: r.choice(
        [f"€{r.uniform(1, 999):.2f}", f"${r.randint(1, 9999):,}.00", f"{r.uniform(1, 99):.2f} EUR"]
    ),
    "percent": lambda r: f"{r.uniform(0, 100):.1f}%",
    "asset": lambda r: f"/static/js/main.{draw(r, HEX, 8)}.chunk.js",
    "branch": lambda r: r.choice(
        ["feature/login-form", "fix/token-refresh", "main", "release/2.4", "renovate/lodash-4.x"]
    ),
    "flag": lambda r: r.choice(["new_checkout", "dark_mode", "fast_search", "beta_upload"]),
    "table": lambda r: r.choice(["orders", "invoices", "sessions", "audit_events", "line_items"]),
}
"""Each harmless slot of a template and what fills it."""

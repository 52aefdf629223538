"""A question becomes a page, a fragment of it, or JSON; all three from one reading."""

import functools
import logging
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode, urlsplit
from zoneinfo import ZoneInfo

import jinja2
import orjson
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from tallow_console.settings import ConsoleSettings
from tallow_console.state import State
from tallow_console.store import Store, StoreError

from . import charts, units
from .ranges import RELATIVE, AskError, Span, TimeRange, read_range

__all__ = ["Ask", "MissingError", "ask_of", "json_response", "render", "room_routes"]

ROOMS: Final = (
    ("overview", "Overview", "/"),
    ("errors", "Errors", "/errors"),
    ("logs", "Logs", "/logs"),
    ("metrics", "Metrics", "/metrics"),
    ("analytics", "Analytics", "/analytics"),
    ("performance", "Performance", "/performance"),
    ("health", "Health", "/health"),
    ("alerts", "Alerts", "/alerts"),
)
_HOUSE: Final = Path(__file__).parents[1]
_MANIFEST: Final = Path(__file__).parent / "static" / "manifest.json"
_THEMES: Final = ("light", "dark")
_KEEP_S: Final = 10.0
SELECT_ENVIRONMENTS: Final = """
SELECT environment, count() AS many FROM (
    SELECT environment FROM tallow.logs WHERE ts >= now64(3) - INTERVAL 1 DAY
    UNION ALL
    SELECT environment FROM tallow.error_events WHERE ts >= now64(3) - INTERVAL 30 DAY
) WHERE environment != '' GROUP BY environment ORDER BY many DESC LIMIT 20
"""
_log = logging.getLogger(__name__)


class MissingError(AskError):
    """What was asked for does not exist, or no longer does."""


@dataclass(frozen=True, slots=True)
class Ask:
    """What one request wants to know, and where the answers are."""

    store: Store
    state: State
    settings: ConsoleSettings
    params: Mapping[str, str]
    path: Mapping[str, str]
    here: str
    base_url: str
    now_s: float
    zone: tzinfo
    range: TimeRange
    default_range: str
    environments: tuple[str, ...] = ()

    def say(self, name: str, default: str = "") -> str:
        """Return one parameter, at most 2000 characters of it."""
        return self.params.get(name, default).strip()

    def choice(self, name: str, among: tuple[str, ...], default: str = "") -> str:
        """Return a parameter that must be one of a few.

        Raises:
            AskError: it is another.
        """
        said = self.say(name) or default
        if said and said not in among:
            raise AskError(name, "is not known", ", ".join(among))
        return said

    def link(self, path: str = "", **changes: str | int | None) -> str:
        """Return an address in the console that keeps the range and environment.

        Without `path` it is this page with its other parameters changed; `None` takes one away.
        """
        kept = dict(self.params) if not path else {}
        for name in ("range", "from", "to", "env", "live"):
            if name in self.params:
                kept[name] = self.params[name]
        for name, said in changes.items():
            name = name.removesuffix("_")
            if name == "range":
                kept.pop("from", None)
                kept.pop("to", None)
            if said is None or said == "":
                kept.pop(name, None)
            else:
                kept[name] = str(said)
        tail = urlencode(kept)
        return f"{path or self.here}{'?' if tail else ''}{tail}"

    def span(self, points: int = 90) -> Span:
        """Return the page's range cut into steps, in the environment and device that are chosen."""
        return self.range.span(points, self.say("env"), self.say("device"))

    @property
    def project(self) -> str:
        """Return what is watched, in a word for the bar."""
        if self.settings.sites:
            return self.settings.sites[0]
        return urlsplit(self.settings.targets[0]).netloc if self.settings.targets else "Tallow"

    @property
    def zone_name(self) -> str:
        """Return the viewer's time zone as it is called."""
        return str(self.zone)

    @property
    def dsn(self) -> str:
        """Return the address that error SDKs are given."""
        key = self.settings.ingest_keys[0] if self.settings.ingest_keys else "KEY"
        scheme, _, rest = self.base_url.partition("://")
        return f"{scheme}://{key}@{rest}/1"

    @property
    def loki_url(self) -> str:
        """Return the address that log shippers are given."""
        key = self.settings.ingest_keys[-1] if self.settings.ingest_keys else "KEY"
        scheme, _, rest = self.base_url.partition("://")
        return f"{scheme}://tallow:{key}@{rest}"

    def clock(self, moment_s: float, form: str = "%H:%M:%S") -> str:
        """Return a moment in the viewer's zone."""
        return datetime.fromtimestamp(moment_s, self.zone).strftime(form)

    @property
    def is_live(self) -> bool:
        """Return whether the page should refresh itself: a relative range, not paused."""
        return bool(self.range.relative) and self.say("live") != "off"

    @property
    def refresh_s(self) -> int:
        """Return how often: 2 s while a glance can see the difference, else 30 s."""
        return 2 if self.range.length_s <= RELATIVE["24h"][0] else 30


def room_routes(
    room: str,
    path: str,
    read: Callable[[Ask], Any],
    template: str,
    api: str = "",
    default_range: str = "1h",
) -> list[Route]:
    """Return the page and the JSON of one reading: what the page shows is what the API answers."""

    def page(request: Request) -> Response:
        return answer(request, room, read, template, default_range)

    def data(request: Request) -> Response:
        return answer_json(request, read, default_range)

    return [
        Route(path, page, name=f"{room}:{path}"),
        Route(f"/api/console{api or path}", data, name=f"{room}:json:{path}"),
    ]


def answer(
    request: Request,
    room: str,
    read: Callable[[Ask], Any],
    template: str,
    default_range: str = "1h",
) -> Response:
    """Return the page, or for htmx the inner part of it, or a page that says what went wrong."""
    try:
        ask = ask_of(request, default_range)
        return render(request, template, {"room": room, "ask": ask, "view": read(ask)})
    except AskError as error:
        status = 404 if isinstance(error, MissingError) else 400
        return _trouble(request, room, status, str(error))
    except StoreError as error:
        mark = _said(error)
        text = f"The store did not answer. Reload in a moment; if it stays, quote {mark}."
        return _trouble(request, room, 503, text)
    except Exception as error:  # noqa: BLE001  # a page that breaks says so, under an id
        mark = _said(error)
        return _trouble(request, room, 500, f"This page broke. If it stays, quote {mark}.")


def answer_json(
    request: Request, read: Callable[[Ask], Any], default_range: str = "1h"
) -> Response:
    """Return what the page would show, as JSON."""
    try:
        return json_response(read(ask_of(request, default_range)))
    except AskError as error:
        status = 404 if isinstance(error, MissingError) else 400
        return json_response({"error": str(error), "part": error.part}, status)
    except StoreError as error:
        return json_response({"error": "the store did not answer", "id": _said(error)}, 503)


def ask_of(request: Request, default_range: str = "1h") -> Ask:
    """Return the request as a question.

    Raises:
        AskError: the range cannot be read.
    """
    now_s = time.time()
    zone = _zone(request.cookies.get("tallow_zone", ""))
    params = {name: said[:2000] for name, said in request.query_params.items()}
    return Ask(
        store=request.app.state.store,
        state=request.app.state.state,
        settings=request.app.state.settings,
        params=params,
        path={name: str(said) for name, said in request.path_params.items()},
        here=request.url.path,
        base_url=str(request.base_url).rstrip("/"),
        now_s=now_s,
        zone=zone,
        range=read_range(params, now_s, default_range, zone),
        default_range=default_range,
        environments=_environments(request, now_s),
    )


def render(
    request: Request, template: str, context: Mapping[str, Any], status: int = 200
) -> HTMLResponse:
    """Return a template's HTML: whole, or for htmx without what surrounds `main`."""
    inner = request.headers.get("hx-request") == "true"
    layout = "web/templates/fragment.html" if inner else "web/templates/base.html"
    theme = request.cookies.get("tallow_theme", "")
    around = {"layout": layout, "rooms": ROOMS, "theme": theme if theme in _THEMES else ""}
    html = _templates().get_template(template).render(around | dict(context))
    headers = {"Cache-Control": "no-store", "Vary": "HX-Request, Cookie"}
    return HTMLResponse(html, status, headers)


def json_response(answered: Any, status: int = 200) -> Response:
    """Return dataclasses as JSON; not-a-number becomes null."""
    body = orjson.dumps(answered, option=orjson.OPT_NON_STR_KEYS | orjson.OPT_APPEND_NEWLINE)
    return Response(body, status, {"Cache-Control": "no-store"}, media_type="application/json")


def _trouble(request: Request, room: str, status: int, text: str) -> Response:
    context: dict[str, Any] = {"room": room, "text": text, "status": status, "ask": None}
    try:
        context["ask"] = ask_of(request)
    except (AskError, StoreError):
        context["home"] = request.url.path
    return render(request, "web/templates/trouble.html", context, status)


def _said(error: Exception) -> str:
    """Log an error under a short id that the page can quote."""
    mark = secrets.token_hex(4)
    _log.error("page failed id=%s: %s: %s", mark, type(error).__name__, error)
    return mark


def _environments(request: Request, now_s: float) -> tuple[str, ...]:
    """Return the environments that were heard of, asked of the store every ten seconds."""
    until_s, names = getattr(request.app.state, "environments", (0.0, ()))
    if now_s >= until_s:
        rows = request.app.state.store.query(SELECT_ENVIRONMENTS)
        names = tuple(row["environment"] for row in rows)
        request.app.state.environments = (now_s + _KEEP_S, names)
    return tuple(names)


def _zone(name: str) -> tzinfo:
    try:
        return ZoneInfo(name) if name else UTC
    except (ValueError, OSError, KeyError):
        return UTC


@functools.cache
def _templates() -> jinja2.Environment:
    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_HOUSE),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    made.filters |= {
        "compact": units.compact,
        "seconds": units.seconds,
        "size": units.size,
        "ratio": units.ratio,
        "value": units.value,
    }
    made.globals |= {
        "asset": _asset,
        "ago": units.ago,
        "exact": units.exact,
        "chart_data": charts.chart_data,
        "chart_svg": charts.chart_svg,
        "tone_of": charts.tone_of,
        "sparkline": charts.sparkline,
        "ranges": RELATIVE,
        "iso": lambda moment_s: datetime.fromtimestamp(moment_s, UTC).isoformat(),
    }
    return made


def _asset(name: str) -> Markup:
    """Return the address and integrity of a built file, as attributes' text."""
    try:
        row = orjson.loads(_MANIFEST.read_bytes())[name]
    except (OSError, KeyError, orjson.JSONDecodeError):
        return Markup("/static/{}").format(name)
    return Markup("/static/{}").format(row["file"])

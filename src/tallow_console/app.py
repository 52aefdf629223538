"""The whole console: its parts put together, and every route on one screen."""

import asyncio
import hmac
import logging
import re
from collections.abc import AsyncIterator, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any, Final

import anyio.to_thread
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from tallow.metrics import REGISTRY, Gauge, runtime
from tallow.metrics.exposition import CONTENT_TYPES, render_slices

from . import overview, retention
from .alerts import page as alerts_page
from .alerts.evaluate import Watch
from .analytics import page as analytics_page
from .analytics import tables as analytics
from .analytics.agents import read_agent
from .analytics.sessions import Sessions
from .errors import page as errors_page
from .errors import tables as errors
from .gate import Gate, basic_or_bearer, clean_json, clean_text
from .health import page as health_page
from .health import tables as health
from .health.targets import Prober
from .ingest import loki, plausible, prometheus, sentry
from .logs import page as logs_page
from .logs import tables as logs
from .metrics import page as metrics_page
from .metrics import tables as metrics
from .metrics.scrape import Scraper
from .performance import page as performance_page
from .performance import tables as performance
from .settings import ConsoleSettings
from .spool import Loader, Spool
from .state import State
from .store import Row, Store, Table
from .web.login import Login, LoginMiddleware, login_routes

__all__ = ["TABLES", "create_app"]

TABLES: Final[tuple[Table, ...]] = (
    *errors.TABLES,
    *logs.TABLES,
    *metrics.TABLES,
    *analytics.TABLES,
    *performance.TABLES,
    *health.TABLES,
)
_STATIC: Final = Path(__file__).parent / "web" / "static"
_NAMED_BY_CONTENT: Final = re.compile(r"-[0-9A-Za-z]{8,}\.[a-z0-9.]+$")
_FOR_EVER: Final = "public, max-age=31536000, immutable"
_PAGE_THREADS: Final = 8
_PRUNE_EVERY_S: Final = 60.0
_DRAIN_S: Final = 2.0
_log = logging.getLogger(__name__)

SPOOL_BYTES: Final = Gauge(
    "tallow_console_spool_bytes", "What is acknowledged and kept on disk beside the store."
)
LOAD_LAG: Final = Gauge(
    "tallow_console_load_lag_seconds", "How long something acknowledged has not been queryable."
)
STORE_BYTES: Final = Gauge("tallow_console_store_bytes", "What the signals take on disk.")


def create_app(settings: ConsoleSettings) -> Starlette:
    """Return the console as an ASGI app; everything is opened when it starts, nothing before.

    It must run in one process, with one worker, which is never forked afterwards.
    """
    ingest = [*sentry.routes(), *loki.routes(), *plausible.routes(), *prometheus.routes()]
    own = [
        Route("/-/healthy", _healthy),
        Route("/-/ready", _ready),
        Route("/-/metrics", _own_metrics),
    ]
    pages = [
        *overview.routes,
        *errors_page.routes,
        *logs_page.routes,
        *metrics_page.routes,
        *analytics_page.routes,
        *performance_page.routes,
        *health_page.routes,
        *alerts_page.routes,
    ]
    static = Mount("/static", _Static(directory=_STATIC, check_dir=False))

    def is_open(path: str) -> bool:
        return any(route.path_regex.match(path) for route in ingest)

    app = Starlette(
        routes=[*ingest, *own, *login_routes(), *pages, static],
        middleware=[Middleware(LoginMiddleware, is_open=is_open)],
        lifespan=partial(_lifespan, settings=settings),
    )
    app.state.settings = settings
    return app


@asynccontextmanager
async def _lifespan(app: Starlette, settings: ConsoleSettings) -> AsyncIterator[None]:
    """Open everything, run what runs by itself, and close in the opposite order."""
    anyio.to_thread.current_default_thread_limiter().total_tokens = _PAGE_THREADS
    runtime.start()
    runtime.watch_loop()
    folder = settings.data_dir
    async with AsyncExitStack() as closing:
        store = await asyncio.to_thread(_open_store, settings)
        closing.push_async_callback(asyncio.to_thread, store.close)
        state = State(folder / "state.db")
        closing.callback(state.close)
        state.create("errors", errors.ISSUES)
        spool = Spool(folder / "spool", settings.spool_max_bytes)
        arrivals = {
            "error_events": partial(errors.arrived, store, state),
            "events": partial(Sessions().arrived, store),
        }
        loader = Loader(spool, store, state, arrivals)
        loader.start()
        closing.push_async_callback(asyncio.to_thread, loader.close, _DRAIN_S)
        closing.push_async_callback(asyncio.to_thread, spool.close)
        app.state.store, app.state.state = store, state
        app.state.spool, app.state.loader = spool, loader
        app.state.gate = Gate(settings, spool)
        app.state.series_book = metrics.SeriesBook(store, clean_text)
        app.state.login = Login(settings.token, state)
        SPOOL_BYTES.set_function(lambda: spool.size_bytes)
        LOAD_LAG.set_function(lambda: loader.lag_s)
        tasks = [asyncio.create_task(one) for one in _background(app, settings)]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


def _open_store(settings: ConsoleSettings) -> Store:
    store = Store(settings.data_dir / "store", settings.store_url, settings.memory_max_bytes)
    store.create(TABLES)
    retention.set_ttl(store, settings)
    return store


def _background(app: Starlette, settings: ConsoleSettings) -> list[Coroutine[Any, Any, None]]:
    """Return what runs beside the requests, until the console stops."""
    gate: Gate = app.state.gate

    async def keep_reports(rows: list[Row]) -> None:
        await gate.keep([("health_reports", row) for row in rows])

    scraper = Scraper(
        app.state.series_book, settings.targets, settings.metrics_token, settings.scrape_interval_s
    )
    prober = Prober(
        settings.targets,
        settings.health_check_token,
        settings.health_interval_s,
        clean_json,
        keep_reports,
    )
    return [
        scraper.run(),
        prober.run(),
        Watch(app.state.store, app.state.state).run(),
        _prune_for_ever(app.state.store, settings),
        _warm(settings),
    ]


async def _prune_for_ever(store: Store, settings: ConsoleSettings) -> None:
    while True:
        try:
            await asyncio.to_thread(retention.prune, store, settings)
            STORE_BYTES.set(await asyncio.to_thread(retention.size_bytes, store))
            await asyncio.to_thread(store.give_back_memory)
        except Exception as error:  # noqa: BLE001  # the next round may go better
            _log.warning("retention failed: %s", type(error).__name__)
        await asyncio.sleep(_PRUNE_EVERY_S)


async def _warm(settings: ConsoleSettings) -> None:
    """Load what the first page view would otherwise wait for."""
    if settings.sites:
        await asyncio.to_thread(read_agent, "Mozilla/5.0")


def _healthy(request: Request) -> Response:
    return PlainTextResponse("ok\n")


def _ready(request: Request) -> Response:
    """Say whether what arrives is kept and can be shown."""
    is_ready = request.app.state.loader.is_alive and request.app.state.store.is_ready()
    return PlainTextResponse("ready\n" if is_ready else "not ready\n", 200 if is_ready else 503)


async def _own_metrics(request: Request) -> Response:
    """Show the console's own metrics to who has the metrics token, or is signed in."""
    settings: ConsoleSettings = request.app.state.settings
    said = basic_or_bearer(request.headers.get("authorization", "")).encode("utf-8", "replace")
    token = settings.metrics_token.encode()
    is_known = bool(token) and hmac.compare_digest(said, token)
    if not is_known and not request.app.state.login.is_signed_in(request):
        return PlainTextResponse("not signed in\n", 401, {"WWW-Authenticate": "Bearer"})
    body = b"".join(render_slices(REGISTRY))
    return Response(body, media_type=CONTENT_TYPES["text"])


class _Static(StaticFiles):
    """Files made by the build; those whose name changes with their content are kept for ever."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        is_named = _NAMED_BY_CONTENT.search(path) is not None
        response.headers["Cache-Control"] = _FOR_EVER if is_named else "no-cache"
        return response

"""The application: what is watched, and by whom; every part is put together here."""

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, fields
from importlib.metadata import version
from pathlib import Path
from typing import Final

import orjson
from starlette.applications import Starlette
from starlette.routing import Mount, Route
from websockets.asyncio.client import connect

import tallow
from tallow import health
from tallow.exceptions import SettingError
from tallow.integrations import beacon, endpoints
from tallow.integrations.asgi import TallowMiddleware
from tallow.integrations.beacon import sdk_tag
from tallow.settings import Settings

from . import telemetry
from .crypto import self_test
from .page import BuiltFiles, PageParts, page
from .routes import Service, routes
from .signaling import Limits

__all__ = ["Options", "create_app", "read_options"]

_STATIC: Final = Path(__file__).parent / "static"
_REAP_EVERY_S: Final = 1.0
_GAUGES_EVERY_S: Final = 1.0
_PROBE_EVERY_S: Final = 15.0
_PREFIX: Final = "TALLOW_TRANSFER_"


@dataclass(frozen=True, slots=True)
class Options:
    """What a server is given besides Tallow's own settings."""

    public_url: str
    """Where people reach this server; its readiness probe goes there too."""

    limits: Limits = Limits()  # noqa: RUF009  # frozen


def read_options(public_url: str, environ: Mapping[str, str] | None = None) -> Options:
    """Return the options: `TALLOW_TRANSFER_PUBLIC_URL` and one variable for each limit.

    Raises:
        SettingError: a value does not parse.
    """
    env = os.environ if environ is None else environ
    given: dict[str, float] = {}
    for field in fields(Limits):
        name = _PREFIX + field.name.upper()
        if env.get(name):
            given[field.name] = _number(name, env[name], whole=field.type is int)
    limits = Limits(**given)  # type: ignore[arg-type]  # whole where the field is
    return Options(env.get(_PREFIX + "PUBLIC_URL") or public_url, limits)


def create_app(options: Options, **settings: object) -> TallowMiddleware:
    """Start Tallow and return the app. Serve it in the process that called this.

    Raises:
        TallowError: a setting is missing or does not parse.
    """
    if not os.environ.get("TALLOW_SERVICE"):
        settings.setdefault("service", "transfer")
    settings.setdefault("release", version("tallow"))
    settings.setdefault("own_modules", ("tallow_transfer",))
    chosen = tallow.init(**settings)
    service = Service(options.limits, chosen.environment)
    telemetry.register_checks(
        self_test,
        _join_and_echo(service, options.public_url),
        telemetry.PublicAddress(options.public_url, options.limits.most_rooms),
    )
    app = Starlette(
        routes=[
            *routes(),
            *endpoints.routes(),
            *beacon.routes(),
            Route("/", page, methods=["GET", "HEAD"]),
            Mount("/static", BuiltFiles(directory=_STATIC, check_dir=False)),
        ],
        lifespan=_lifespan,
    )
    app.state.service = service
    app.state.page = PageParts(_STATIC, _sdk_tag(chosen), chosen.environment)
    return TallowMiddleware(app)


@contextlib.asynccontextmanager
async def _lifespan(app: Starlette) -> AsyncIterator[None]:
    """Run the background workers while the app serves; close Tallow after it."""
    service: Service = app.state.service
    workers = [
        asyncio.create_task(_every(_REAP_EVERY_S, service.sweep)),
        asyncio.create_task(_every(_GAUGES_EVERY_S, _refresh(service))),
        asyncio.create_task(_every(_PROBE_EVERY_S, _probe)),
    ]
    try:
        yield
    finally:
        for worker in workers:
            worker.cancel()
        await asyncio.wait(workers)
        for room in service.rooms:
            await service.end(room, "shutdown")
        await asyncio.to_thread(tallow.close)


async def _every(interval_s: float, work: Callable[[], Awaitable[object]]) -> None:
    """Do `work` again and again; a failure is told and the next round comes all the same."""
    while True:
        await asyncio.sleep(interval_s)
        try:
            await work()
        except Exception as error:  # noqa: BLE001  # a worker must outlive one bad round
            telemetry.capture_exception(error, {"worker": getattr(work, "__name__", "")})


def _refresh(service: Service) -> Callable[[], Awaitable[None]]:
    async def refresh_gauges() -> None:
        service.refresh_gauges()

    return refresh_gauges


async def _probe() -> None:
    """Ask every check, so that their gauges are fresh even when nobody asks."""
    await health.CHECKS.report()


def _join_and_echo(service: Service, public_url: str) -> Callable[[], Awaitable[bool]]:
    async def join_and_echo() -> bool:
        room = service.rooms.open(is_probe=True)
        try:
            url = f"{public_url.rstrip('/').replace('http', 'ws', 1)}/api/signal/{room.id}"
            async with connect(url, compression=None, proxy=None, open_timeout=1.0) as socket:
                token = room.seats["sender"].token
                for message in ({"type": "server.join", "token": token}, {"type": "server.echo"}):
                    await socket.send(orjson.dumps(message).decode())
                said = [orjson.loads(await socket.recv())["type"] for _ in range(2)]
                return said == ["server.joined", "server.echo"]
        finally:
            service.rooms.end(room)

    return join_and_echo


def _sdk_tag(chosen: Settings) -> Callable[[str], str]:
    """Return what makes the browser SDK's tag; on this machine, too, its signals are sent."""

    def tag(nonce: str) -> str:
        return sdk_tag(
            nonce,
            app=chosen.service,
            release=chosen.release,
            environment=chosen.environment,
            capture_localhost=True,
        )

    return tag


def _number(name: str, raw: str, whole: bool) -> float:
    try:
        value = int(raw) if whole else float(raw)
    except ValueError:
        raise SettingError(name, "is not a number", "a number above 0") from None
    if not 0 < value < float("inf"):
        raise SettingError(name, "is out of range", "a number above 0")
    return value

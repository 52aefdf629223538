"""All of Tallow on a Starlette or FastAPI application with one call."""

from starlette.applications import Starlette
from starlette.types import ASGIApp as StarletteApp

from . import beacon, endpoints
from .asgi import TallowMiddleware

__all__ = ["install"]


def install(app: Starlette, *, access_log: bool = True) -> Starlette:
    """Watch `app` from its outermost layer, and mount the operator's and the browser's routes.

    Call it once, before the application serves. The same application is returned.
    """
    app.router.routes[:0] = [*endpoints.routes(), *beacon.routes()]
    build = app.build_middleware_stack

    def build_watched() -> StarletteApp:
        return TallowMiddleware(build(), access_log=access_log)

    app.build_middleware_stack = build_watched  # type: ignore[method-assign]  # outside even of the error page
    return app

"""Samples that a Prometheus, or an agent of it, sends on: remote write, `POST /api/v1/write`."""

import asyncio
import time

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tallow.wire.prometheus import decode_write
from tallow_console.gate import Gate, RefusedError, basic_or_bearer, door
from tallow_console.metrics.tables import SeriesBook
from tallow_console.store import StoreError

__all__ = ["routes"]


def routes() -> list[Route]:
    """Return the doors of this protocol."""
    return [Route("/api/v1/write", door("prometheus", _write), methods=["POST", "OPTIONS"])]


async def _write(request: Request) -> Response:
    gate: Gate = request.app.state.gate
    book: SeriesBook = request.app.state.series_book
    gate.check_key(basic_or_bearer(request.headers.get("authorization", "")))
    families = decode_write(await gate.body(request, snappy=True))
    try:
        await asyncio.to_thread(book.keep, families, {}, time.time())
    except StoreError:
        # The sender keeps them: it tries again for hours, and a sample is no use late.
        raise RefusedError(503, "the store is away", retry_after_s=5) from None
    return Response(status_code=204)

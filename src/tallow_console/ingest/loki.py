"""Log lines from whoever speaks Loki's push protocol: `POST /loki/api/v1/push`."""

import time

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tallow.wire.loki import decode_push, decode_push_protobuf
from tallow_console.gate import Gate, basic_or_bearer, clean, door
from tallow_console.logs import tables as logs
from tallow_console.spool import TableRow

__all__ = ["routes"]


def routes() -> list[Route]:
    """Return the doors of this protocol."""
    methods = ["POST", "OPTIONS"]
    return [
        Route("/loki/api/v1/push", door("loki", _push), methods=methods),
        Route("/api/prom/push", door("loki", _push), methods=methods),
    ]


async def _push(request: Request) -> Response:
    gate: Gate = request.app.state.gate
    gate.check_key(basic_or_bearer(request.headers.get("authorization", "")))
    is_protobuf = "protobuf" in request.headers.get("content-type", "")
    body = await gate.body(request, snappy=is_protobuf)
    now_s = time.time()

    def make() -> list[TableRow]:
        lines = decode_push_protobuf(body) if is_protobuf else decode_push(body)
        for line in lines:
            gate.check_size("a line", len(line.message))
        return [("logs", logs.row(clean(line), now_s)) for line in lines]

    await gate.keep(await gate.work(len(body), make))
    return Response(status_code=204)

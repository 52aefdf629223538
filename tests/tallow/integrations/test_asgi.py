"""The middleware on real applications behind a real server."""

import asyncio
import re
from collections.abc import AsyncIterator, Iterator

import httpx
import pytest
import websockets
from fastapi import APIRouter, FastAPI
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, StreamingResponse
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.websockets import WebSocket

from tallow import analytics, logger
from tallow.context import correlation_id
from tallow.integrations import starlette as tallow_starlette
from tallow.integrations.asgi import TallowMiddleware
from tallow.metrics import REGISTRY
from tallow.metrics.exposition import render
from tests.tallow.integrations.serving import eventually, serving
from tests.tallow.leaving import Leaving

TRACE_ID = "4bf92f3577b34da6a3ce929d0e0e4736"
PARENT = f"00-{TRACE_ID}-00f067aa0ba902b7-01"


async def show(request: Request) -> JSONResponse:
    logger.info("shown", number=request.path_params["number"])
    analytics.feature_used("show")
    return JSONResponse({"id": correlation_id()})


async def fail(request: Request) -> PlainTextResponse:
    raise LookupError("nothing for ann@example.org")


async def stream(request: Request) -> StreamingResponse:
    async def parts() -> AsyncIterator[bytes]:
        for number in range(5):
            yield b"%d" % number * 1000
            await asyncio.sleep(0)

    return StreamingResponse(parts())


async def echo(socket: WebSocket) -> None:
    await socket.accept()
    await socket.send_text(correlation_id() + await socket.receive_text())
    await socket.close()


async def refuse(socket: WebSocket) -> None:
    await socket.close()


def make_app(folder: str) -> Starlette:
    inner = Starlette(routes=[Route("/deep/{name}", show_name)])
    return Starlette(
        routes=[
            Route("/items/{number:int}", show),
            Route("/fail", fail, methods=["GET", "POST"]),
            Route("/stream", stream),
            Route("/same/a", twice),
            Route("/same/b/{x}", twice),
            WebSocketRoute("/ws/{room}", echo),
            WebSocketRoute("/closed", refuse),
            Mount("/inner", app=inner),
            Mount("/files", app=StaticFiles(directory=folder)),
        ]
    )


async def show_name(request: Request) -> PlainTextResponse:
    return PlainTextResponse(request.path_params["name"])


async def twice(request: Request) -> PlainTextResponse:
    return PlainTextResponse("twice")


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("files")
    with serving(TallowMiddleware(make_app(str(folder)))) as at:
        yield at


def count_of(line: str) -> float:
    """Return the value of the series whose line begins so, 0 when there is none."""
    found = re.search(re.escape(line) + r" ([0-9.]+)$", render(REGISTRY).decode(), re.MULTILINE)
    return float(found[1]) if found else 0.0


def requests_of(method: str, route: str, status: int) -> float:
    name = "tallow_http_request_duration_seconds_count"
    return count_of(f'{name}{{method="{method}",route="{route}",status="{status}"}}')


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        pytest.param({"traceparent": PARENT}, TRACE_ID, id="a trace parent"),
        pytest.param({"X-Request-ID": "req-1"}, "req-1", id="a request id"),
        pytest.param({"X-Correlation-ID": "cor.2"}, "cor.2", id="a correlation id"),
        pytest.param(
            {"traceparent": PARENT, "X-Request-ID": "x"}, TRACE_ID, id="the trace parent first"
        ),
        pytest.param(
            {"traceparent": "00-zz", "X-Request-ID": "x"}, "x", id="a broken parent is passed over"
        ),
    ],
)
def test_the_id_a_request_brings_is_taken_over_and_said(
    address: str, headers: dict[str, str], expected: str
) -> None:
    answer = httpx.get(f"{address}/items/7", headers=headers)

    assert answer.json() == {"id": expected}
    assert answer.headers["x-request-id"] == expected
    assert answer.headers["x-correlation-id"] == expected


@pytest.mark.parametrize(
    "said", ["a b", "x" * 129, "<script>", "ann@example.org", "4111111111111111"]
)
def test_an_id_that_is_not_safe_is_replaced(address: str, said: str) -> None:
    answer = httpx.get(f"{address}/items/7", headers={"X-Request-ID": said})

    assert re.fullmatch("[0-9a-f]{32}", answer.headers["x-request-id"])
    parent = re.fullmatch(
        r'traceparent;desc="00-([0-9a-f]{32})-[0-9a-f]{16}-01"', answer.headers["server-timing"]
    )
    assert parent is not None
    assert parent[1] == answer.headers["x-request-id"]


@pytest.mark.parametrize(
    ("method", "path", "route", "status"),
    [
        pytest.param("GET", "/items/7", "/items/{number}", 200, id="a route with a parameter"),
        pytest.param("GET", "/inner/deep/x", "/inner/deep/{name}", 200, id="a route of a mount"),
        pytest.param("GET", "/same/b/1", "/same/b/{x}", 200, id="one endpoint on two routes"),
        pytest.param("GET", "/wp-login.php", "unmatched", 404, id="a scanner"),
        pytest.param("GET", "/inner/none", "unmatched", 404, id="nothing in a mount"),
        pytest.param("POST", "/items/7", "/items/{number}", 405, id="the wrong method"),
        pytest.param("PROPFIND", "/items/7", "/items/{number}", 405, id="a method of nobody's"),
        pytest.param("GET", "/files/none.txt", "/files/*", 404, id="a file that is not there"),
    ],
)
def test_a_request_is_timed_under_the_template_of_its_route(
    address: str, method: str, path: str, route: str, status: int
) -> None:
    label = method if method != "PROPFIND" else "other"
    before = requests_of(label, route, status)

    answer = httpx.request(method, address + path)

    assert answer.status_code == status
    assert eventually(lambda: requests_of(label, route, status) == before + 1)


@pytest.mark.parametrize(
    ("path", "route"),
    [
        pytest.param("/plain/7", "/plain/{number}", id="a route of its own"),
        pytest.param("/v1/users/7/files", "/v1/users/{user_id}/files", id="a router's prefix"),
        pytest.param(
            "/of/acme/v1/users/7/files",
            "/of/{tenant}/v1/users/{user_id}/files",
            id="included twice",
        ),
        pytest.param("/sub/v1/users/7/files", "/sub/v1/users/{user_id}/files", id="mounted"),
        pytest.param("/tree/a/b/c", "/tree/{rest}", id="a parameter of many segments"),
    ],
)
def test_fastapi_routes_are_known_by_their_template(
    fastapi_address: str, path: str, route: str
) -> None:
    before = requests_of("GET", route, 200)

    httpx.get(fastapi_address + path).raise_for_status()

    assert eventually(lambda: requests_of("GET", route, 200) == before + 1)


@pytest.fixture(scope="module")
def fastapi_address() -> Iterator[str]:
    with serving(make_fastapi()) as at:
        yield at


def make_fastapi() -> FastAPI:
    app, inner, router = FastAPI(), FastAPI(), APIRouter(prefix="/v1")

    @app.get("/plain/{number:int}")
    async def plain(number: int) -> int:
        return number

    @app.get("/tree/{rest:path}")
    async def tree(rest: str) -> str:
        return rest

    @router.get("/users/{user_id}/files")
    async def files(user_id: int) -> int:
        return user_id

    inner.include_router(router)
    app.include_router(router)
    app.include_router(router, prefix="/of/{tenant}")
    app.mount("/sub", inner)
    app.add_middleware(TallowMiddleware)
    return app


def test_an_exception_is_captured_once_and_answered_as_ever(address: str, left: Leaving) -> None:
    answer = httpx.post(f"{address}/fail", headers={"traceparent": PARENT})

    assert (answer.status_code, answer.text) == (500, "Internal Server Error")
    assert answer.headers["x-request-id"] == TRACE_ID
    assert eventually(lambda: any(line.message == "request served" for line in left.logs))
    captured = [line for line in left.logs if line.level == "error"]
    assert [line.correlation_id for line in captured] == [TRACE_ID]
    assert captured[0].context["route"] == "/fail"
    assert b"ann@" not in b"".join(left.payloads)


async def test_an_exception_goes_on_unchanged(left: Leaving) -> None:
    thrown = LookupError("as it was")

    async def app(scope: object, receive: object, send: object) -> None:
        raise thrown

    scope = {"type": "http", "method": "GET", "path": "/", "headers": [], "client": None}
    with pytest.raises(LookupError) as caught:
        await TallowMiddleware(app)(scope, None, None)

    assert caught.value is thrown


def test_a_request_leaves_one_access_line_without_its_path(address: str, left: Leaving) -> None:
    httpx.get(f"{address}/items/4711?secret=1", headers={"traceparent": PARENT})

    assert eventually(lambda: any(line.message == "request served" for line in left.logs))
    served = [line for line in left.logs if line.message == "request served"]
    assert len(served) == 1
    assert served[0].context == {"method": "GET", "route": "/items/{number}", "status": 200}
    assert served[0].correlation_id == TRACE_ID
    assert 0 < served[0].performance["duration_s"] < 5
    assert {line.correlation_id for line in left.logs} == {TRACE_ID}


def test_a_streamed_body_arrives_whole(address: str) -> None:
    body = httpx.get(f"{address}/stream").content

    assert body == b"".join(b"%d" % number * 1000 for number in range(5))


async def test_a_socket_is_counted_and_says_its_id(address: str) -> None:
    ended = 'tallow_websocket_connections_total{route="/ws/{room}",outcome="closed"}'
    before = count_of(ended)
    uri = address.replace("http", "ws") + "/ws/lobby"

    async with websockets.connect(uri, additional_headers={"traceparent": PARENT}) as socket:
        assert socket.response.headers["x-request-id"] == TRACE_ID
        assert count_of("tallow_websocket_connections_active") == 1
        await socket.send("!")
        assert await socket.recv() == TRACE_ID + "!"

    assert await asyncio.to_thread(eventually, lambda: count_of(ended) == before + 1)
    assert count_of("tallow_websocket_connections_active") == 0


async def test_a_refused_socket_was_never_open(address: str) -> None:
    ended = 'tallow_websocket_connections_total{route="/closed",outcome="refused"}'
    before = count_of(ended)

    with pytest.raises(websockets.InvalidStatus):
        await websockets.connect(address.replace("http", "ws") + "/closed")

    assert await asyncio.to_thread(eventually, lambda: count_of(ended) == before + 1)


def test_a_visitor_who_declines_is_told_of_by_no_event(address: str, left: Leaving) -> None:
    for headers in ({"DNT": "1"}, {"Sec-GPC": "1"}, {}):
        httpx.get(f"{address}/items/7", headers=headers)

    assert [event.name for event in left.events] == ["feature_used"]


def test_no_event_carries_the_correlation_id(address: str, left: Leaving) -> None:
    httpx.get(f"{address}/items/7", headers={"traceparent": PARENT})

    told = [payload for payload in left.payloads if b'"kind":"event"' in payload]
    assert len(told) == 1
    assert TRACE_ID.encode() not in told[0]


def test_one_call_installs_everything_even_outside_the_error_page(left: Leaving) -> None:
    app = tallow_starlette.install(Starlette(routes=[Route("/fail", fail)]))

    with serving(app) as at:
        broken = httpx.get(f"{at}/fail", headers={"traceparent": PARENT})
        alive = httpx.get(f"{at}/api/health/liveness")
        told = httpx.post(f"{at}/api/event", json={"n": "pageview", "u": "https://shop.example/"})

    assert (broken.status_code, broken.headers["x-request-id"]) == (500, TRACE_ID)
    assert (alive.status_code, told.status_code) == (200, 202)


def test_probes_leave_no_access_line_and_no_latency(left: Leaving) -> None:
    app = tallow_starlette.install(Starlette())
    before = render(REGISTRY).decode().count("tallow_http_request_duration_seconds_count")

    with serving(app) as at:
        for path in ("/api/health", "/api/ready", "/api/metrics", "/api/health/liveness"):
            httpx.get(at + path)

    after = render(REGISTRY).decode().count("tallow_http_request_duration_seconds_count")
    assert after == before
    assert left.logs == []

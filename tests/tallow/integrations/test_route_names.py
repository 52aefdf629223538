"""The template of a route when the framework does not name it: older Starlette, or none at all."""

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from tallow.integrations.route_names import UNMATCHED, RouteNames


async def one(request: Request) -> PlainTextResponse:
    return PlainTextResponse("one")


async def twice(request: Request) -> PlainTextResponse:
    return PlainTextResponse("twice")


@pytest.fixture
def app(tmp_path: object) -> Starlette:
    below = [Route("/{name}", one), Route("/same", twice)]
    return Starlette(
        routes=[
            Route("/items/{number:int}", twice),
            Route("/same/{x}", twice),
            Mount("/of/{tenant}", routes=[Mount("/deep", routes=below)]),
            Mount("/files", app=StaticFiles(directory=str(tmp_path))),
        ]
    )


@pytest.mark.parametrize(
    ("path", "route"),
    [
        pytest.param("/of/acme/deep/x", "/of/{tenant}/deep/{name}", id="mounts in mounts"),
        pytest.param("/items/7", "/items/{number}", id="an endpoint that has several routes"),
        pytest.param("/same/7", "/same/{x}", id="the other of its routes"),
        pytest.param("/files/none", "/files/*", id="files"),
        pytest.param("/none", UNMATCHED, id="nothing"),
    ],
)
async def test_the_template_is_found_in_the_tree(app: Starlette, path: str, route: str) -> None:
    scope = {
        "type": "http",
        "method": "GET",
        "path": path,
        "root_path": "",
        "headers": [],
        "query_string": b"",
    }

    async def send(message: object) -> None:
        return None

    await app(scope, None, send)
    scope.pop("route", None)

    assert RouteNames(app).name(scope) == route


async def test_an_application_without_routes_has_no_names() -> None:
    async def plain(scope: object, receive: object, send: object) -> None:
        return None

    assert RouteNames(plain).name({"endpoint": plain, "path": "/x"}) == UNMATCHED

"""How the app is put together: its workers go on, its page says when it was not built."""

import asyncio
from pathlib import Path

import httpx
from starlette.applications import Starlette
from starlette.routing import Route

from tallow.testing import capture
from tallow_transfer.app import _every
from tallow_transfer.page import PageParts, page


async def test_a_worker_outlives_a_bad_round_and_tells_of_it() -> None:
    rounds = 0
    done = asyncio.Event()

    async def work() -> None:
        nonlocal rounds
        rounds += 1
        if rounds == 1:
            raise ValueError("a bad round")
        done.set()

    with capture() as left:
        worker = asyncio.create_task(_every(0.01, work))
        await asyncio.wait_for(done.wait(), 10)
        worker.cancel()
        events = [item.payload for item in left.errors if item.type == "event"]

    assert rounds >= 2
    assert "a bad round" in str(events)


async def test_a_page_that_was_not_built_says_how_to_build_it(tmp_path: Path) -> None:
    app = Starlette(routes=[Route("/", page)])
    app.state.page = PageParts(tmp_path, lambda _: "", "development")
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://page") as client:
        answer = await client.get("/")

    assert answer.status_code == 503
    assert "npm run build" in answer.text


async def test_every_view_of_the_page_has_its_own_nonce(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text('{"app.js": {"file": "app-1.js", "integrity": "x"}}')
    app = Starlette(routes=[Route("/", page)])
    app.state.page = PageParts(tmp_path, lambda nonce: f"<i>{nonce}</i>", "development")
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://page") as client:
        policies = {(await client.get("/")).headers["content-security-policy"] for _ in range(3)}

    assert len(policies) == 3

"""The end of a process, as its balancer sees it: a real one, asked to stop."""

import signal
import subprocess
import sys
import textwrap
import time

import httpx
import pytest

from tallow import health
from tallow.health import probes
from tallow.metrics import runtime

APP = """
    import socket, sys
    import uvicorn
    from starlette.applications import Starlette
    from tallow import health
    from tallow.integrations import endpoints

    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    print(listener.getsockname()[1], flush=True)

    async def on_start(app):
        health.drain_on_sigterm(keep_serving_s=0.6)
        yield {}

    import contextlib
    app = Starlette(routes=endpoints.routes(), lifespan=contextlib.asynccontextmanager(on_start))
    config = uvicorn.Config(app, log_level="critical")
    uvicorn.Server(config).run([listener])
"""


@pytest.mark.parametrize(
    ("header", "token", "is_right"),
    [
        pytest.param("Bearer abc", "abc", True, id="the token"),
        pytest.param("bearer  abc ", "abc", True, id="with room around it"),
        pytest.param("Bearer abd", "abc", False, id="another"),
        pytest.param("Bearer ", "", False, id="an empty one is nobody's"),
        pytest.param("", "", False, id="nothing at all"),
        pytest.param("Basic abc", "abc", False, id="another scheme"),
    ],
)
def test_a_bearer_is_known_by_the_token(header: str, token: str, is_right: bool) -> None:
    assert probes.is_bearer(header, token) == is_right


def test_at_sigterm_readiness_ends_at_once_and_service_goes_on_for_a_while() -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(APP)], stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        address = f"http://127.0.0.1:{process.stdout.readline().strip()}"
        assert _status(address, "/api/ready", 200) == 200

        process.send_signal(signal.SIGTERM)
        draining = _status(address, "/api/ready", 503)
        alive = httpx.get(f"{address}/api/health/liveness").status_code

        assert (draining, alive) == (503, 200)
        # A server that was asked to stop ends by the signal, or with 0, as the server likes.
        assert process.wait(10) in (0, -signal.SIGTERM)
    finally:
        process.kill()
        process.wait()


def _status(address: str, path: str, wanted: int) -> int:
    """Return the status once it is the wanted one, or the last seen."""
    last, until_s = 0, time.monotonic() + 10
    while last != wanted and time.monotonic() < until_s:
        try:
            last = httpx.get(address + path).status_code
        except httpx.ConnectError:
            time.sleep(0.02)
    return last


@pytest.mark.parametrize(("lag_s", "status"), [(0.0, 200), (9.9, 200), (10.1, 503)])
def test_a_process_whose_event_loop_stands_still_is_not_alive(
    lag_s: float, status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runtime, "lag_s", lambda: lag_s)

    assert probes.liveness().status == status


async def test_liveness_asks_no_check() -> None:
    asked: list[int] = []
    health.register("asked", lambda: asked.append(1), ttl_s=0)
    try:
        alive = probes.liveness()
        await probes.health()
    finally:
        health.unregister("asked")

    assert (alive.status, asked) == (200, [1])

"""A real server on a free local port, for one test."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import uvicorn

__all__ = ["eventually", "serving"]


@contextmanager
def serving(app: object, **options: object) -> Iterator[str]:
    """Serve `app` in a thread while the body runs; yield its address, `http://127.0.0.1:…`."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    config = uvicorn.Config(app, log_level="critical", access_log=False, **options)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
    thread.start()
    until_s = time.monotonic() + 10
    while not server.started and time.monotonic() < until_s and thread.is_alive():
        threading.Event().wait(0.005)
    assert server.started, "the server did not start"
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(10)
        listener.close()


def eventually(is_so: Callable[[], bool]) -> bool:
    """Return whether something becomes so in time: a response is read before its end is told."""
    until_s = time.monotonic() + 5
    while not is_so() and time.monotonic() < until_s:
        threading.Event().wait(0.002)
    return is_so()

"""requests sessions that carry the correlation id to the next service."""

import time
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import BaseAdapter

from . import outgoing

__all__ = ["correlated"]


def correlated(session: requests.Session) -> requests.Session:
    """Return `session`, whose requests from now on carry the correlation id and are timed.

    Headers that the caller set stay as they are. Once for each session, and only for sessions
    that talk to services of one's own.
    """
    for prefix, adapter in list(session.adapters.items()):
        session.mount(prefix, _Correlated(adapter))
    return session


class _Correlated(BaseAdapter):
    """Marks and times each request, and lets the adapter that was there send it."""

    def __init__(self, inner: BaseAdapter) -> None:
        super().__init__()
        self._inner = inner

    def send(
        self, request: requests.PreparedRequest, *args: Any, **named: Any
    ) -> requests.Response:
        for name, value in outgoing.headers().items():
            request.headers.setdefault(name, value)
        began_s = time.perf_counter()
        response = self._inner.send(request, *args, **named)
        took_s = time.perf_counter() - began_s
        host = urlsplit(request.url or "").hostname or ""
        outgoing.observe(request.method or "", str(host), response.status_code, took_s)
        return response

    def close(self) -> None:
        self._inner.close()

"""What the ASGI parts share: headers, short answers, and whose address a request has."""

import ipaddress
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from functools import lru_cache
from typing import Any, Final, TypeAlias

import orjson

from tallow import settings
from tallow.analytics import Visitor

__all__ = [
    "ASGIApp",
    "Headers",
    "Message",
    "Receive",
    "Scope",
    "Send",
    "answer",
    "answer_json",
    "client_address",
    "headers_of",
    "is_proxied",
    "quiet",
    "visitor_of",
]

Scope: TypeAlias = MutableMapping[str, Any]
Message: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]
ASGIApp: TypeAlias = Callable[[Scope, Receive, Send], Awaitable[None]]
Headers: TypeAlias = dict[bytes, bytes]
"""Lower-case name → value; of a header that comes twice, the last."""

_Network: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network
_MOST_HOPS: Final = 20


def headers_of(scope: Scope) -> Headers:
    """Return the headers of a request."""
    return dict(scope["headers"])


def client_address(scope: Scope, headers: Headers) -> str:
    """Return the address a request came from, or an empty string.

    `X-Forwarded-For` is believed only as far as the hops are `trusted_proxies`, from the right.
    """
    peer = _peer(scope)
    networks = _networks(settings.current().trusted_proxies)
    if not networks or not _is_in(peer, networks):
        return peer
    address = peer
    said = headers.get(b"x-forwarded-for", b"").decode("latin-1")
    for hop in reversed(said.split(",")[-_MOST_HOPS:]):
        hop_address = _bare(hop)
        if not hop_address:
            break
        address = hop_address
        if not _is_in(address, networks):
            break
    return address


def is_proxied(scope: Scope) -> bool:
    """Return whether the request came through a trusted proxy."""
    networks = _networks(settings.current().trusted_proxies)
    return bool(networks) and _is_in(_peer(scope), networks)


def _peer(scope: Scope) -> str:
    client = scope.get("client")
    return str(client[0]) if client else ""


def _bare(hop: str) -> str:
    """Return the address of one hop, without port and brackets; empty if it is none."""
    hop = hop.strip()
    if hop.startswith("["):
        hop = hop[1:].partition("]")[0]
    elif hop.count(":") == 1:
        hop = hop.partition(":")[0]
    try:
        return str(ipaddress.ip_address(hop))
    except ValueError:
        return ""


def _is_in(address: str, networks: tuple[_Network, ...]) -> bool:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(parsed in network for network in networks)


@lru_cache(maxsize=8)
def _networks(said: tuple[str, ...]) -> tuple[_Network, ...]:
    found = []
    for network in said:
        try:
            found.append(ipaddress.ip_network(network, strict=False))
        except ValueError:
            continue
    return tuple(found)


def visitor_of(scope: Scope, headers: Headers) -> Visitor:
    """Return what a request says of its sender, and whether it asks that nothing be told."""
    chosen = settings.current()
    declines = (chosen.respect_dnt and headers.get(b"dnt") == b"1") or (
        chosen.respect_gpc and headers.get(b"sec-gpc") == b"1"
    )
    if declines:
        return _DECLINED
    agent = headers.get(b"user-agent", b"").decode("latin-1")[:500]
    return Visitor(client_address(scope, headers), agent)


_DECLINED: Final = Visitor(declines=True)


def quiet(scope: Scope) -> None:
    """Say that this request is a probe, or telemetry: no access log line, no latency."""
    state = scope.get("tallow")
    if state is not None:
        state.is_quiet = True


async def answer(
    send: Send,
    status: int,
    body: bytes = b"",
    content_type: str = "text/plain; charset=utf-8",
    headers: Iterable[tuple[bytes, bytes]] = (),
    *,
    is_head: bool = False,
) -> None:
    """Send one short response; with `is_head` all but its body."""
    said = [
        (b"content-type", content_type.encode()),
        (b"content-length", str(len(body)).encode()),
        *headers,
    ]
    await send({"type": "http.response.start", "status": status, "headers": said})
    await send({"type": "http.response.body", "body": b"" if is_head else body})


async def answer_json(
    send: Send,
    status: int,
    body: object,
    headers: Iterable[tuple[bytes, bytes]] = (),
    *,
    is_head: bool = False,
) -> None:
    """Send one short JSON response, never to be cached."""
    said = [(b"cache-control", b"no-store"), *headers]
    await answer(send, status, orjson.dumps(body), "application/json", said, is_head=is_head)

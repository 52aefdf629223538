"""Page views, events and Web Vitals, as Plausible's script and server clients send them."""

import ipaddress
import time
from dataclasses import replace
from typing import Final

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from tallow.metrics import Counter
from tallow.records import PageEvent, Vital
from tallow.wire.plausible import decode_event
from tallow_console.analytics import tables as analytics
from tallow_console.analytics.agents import Agent, country_of, read_agent
from tallow_console.gate import Gate, clean, door
from tallow_console.performance import tables as performance
from tallow_console.spool import TableRow

__all__ = ["routes"]

DROPPED: Final = Counter(
    "tallow_console_events_dropped_total",
    "Page views and events that were answered but not kept, by why.",
    labels={"reason": ("opted_out", "unknown_site", "robot")},
)

_OWN_SDK: Final = ipaddress.ip_network("fd00::/8")


def routes() -> list[Route]:
    """Return the doors of this protocol."""
    return [Route("/api/event", door("plausible", _event), methods=["POST", "OPTIONS"])]


async def _event(request: Request) -> Response:
    gate: Gate = request.app.state.gate
    address = gate.address(request)
    gate.check_rate(address)
    body = await gate.body(request)
    gate.check_size("an event", len(body))
    now_s = time.time()
    event = decode_event(body, now_s)
    if request.headers.get("dnt") == "1" or request.headers.get("sec-gpc") == "1":
        return _dropped("opted_out")
    sites = [one.strip() for one in event.domain.split(",")]
    known = [site.removeprefix("www.") for site in sites if gate.knows_site(site)]
    if not known:
        return _dropped("unknown_site")
    visitor = _own_visitor(address)
    user_agent = request.headers.get("user-agent", "")
    agent = read_agent(user_agent)
    if agent.is_robot and not visitor:
        return _dropped("robot")
    if isinstance(event, PageEvent):
        event = replace(event, visitor=visitor, address=address, user_agent=user_agent)
    country = country_of(address)
    await gate.keep([_row(replace(event, domain=one), agent, country, now_s) for one in known])
    return PlainTextResponse("ok", 202)


def _dropped(reason: str) -> Response:
    DROPPED.labels(reason=reason).inc()
    return PlainTextResponse("ok", 202, {"X-Plausible-Dropped": "1"})


def _own_visitor(address: str) -> str:
    """Return the visitor hash that our own SDK writes as an address that no machine has."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return ""
    return f"{int(parsed):032x}"[2:] if parsed.version == 6 and parsed in _OWN_SDK else ""


def _row(event: PageEvent | Vital, agent: Agent, country: str, now_s: float) -> TableRow:
    if isinstance(event, Vital):
        vital = event if event.device else replace(event, device=agent.device)
        return "vitals", performance.row(clean(vital), now_s)
    return "events", analytics.row(clean(event), agent, now_s, country)

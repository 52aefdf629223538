"""Plausible events, both directions; Web Vitals travel as one of them.

Source: plausible.io/docs/events-api.
"""

import re
from collections.abc import Mapping
from typing import Any, Final, get_args
from urllib.parse import urlsplit

import orjson

from tallow.exceptions import WireError
from tallow.records import VITALS, JsonValue, PageEvent, Rating, Vital

from .lines import jsonable, loads

__all__ = [
    "VITALS_EVENT",
    "decode_event",
    "decode_shape",
    "encode_event",
    "plain_props",
    "split_address",
]

VITALS_EVENT: Final = "Web Vitals"
"""The name of the event that carries one Web Vital in its props."""

_PROTOCOL: Final = "event"
_MOST_NAME_CHARS: Final = 120
_MOST_URL_CHARS: Final = 2000
_MOST_PROPS: Final = 30
_MOST_KEY_CHARS: Final = 300
_MOST_VALUE_CHARS: Final = 2000
_ADDRESS: Final = re.compile(
    r"[a-z][a-z0-9+.-]*://(?P<host>\[[^/?#]*\]|[^/?#:]*)(?::[0-9]*)?"
    r"(?P<path>[^?#]*)(?:\?(?P<query>[^#]*))?",
    re.IGNORECASE,
)


def encode_event(record: PageEvent | Vital) -> bytes:
    """Return an event as the body of `POST /api/event`."""
    shape: dict[str, Any]
    if isinstance(record, Vital):
        shape = {
            "n": VITALS_EVENT,
            "u": record.url,
            "d": record.domain,
            "i": False,
            "p": {
                "metric": record.name,
                "value": repr(record.value),
                "rating": record.rating,
                "navigation": record.navigation,
                "device": record.device,
            },
        }
    else:
        shape = {"n": record.name, "u": record.url, "d": record.domain}
        if record.referrer:
            shape["r"] = record.referrer
        if record.props:
            shape["p"] = record.props
        if not record.interactive:
            shape["i"] = False
        if record.revenue:
            shape["$"] = record.revenue
    try:
        return orjson.dumps(shape)
    except TypeError:
        return orjson.dumps(jsonable(shape))


def decode_event(data: bytes, now_s: float) -> PageEvent | Vital:
    """Return the event in the body of a request, short names or long, as of `now_s`.

    Raises:
        WireError: not JSON, or without name, address or domain.
    """
    return decode_shape(loads(data, _PROTOCOL), now_s)


def decode_shape(shape: Mapping[str, Any], now_s: float) -> PageEvent | Vital:
    """Return the event in an object that is decoded already.

    Raises:
        WireError: without name, address or domain.
    """
    name = _text(shape, "n", "name", _MOST_NAME_CHARS)
    url = _text(shape, "u", "url", _MOST_URL_CHARS)
    domain = _text(shape, "d", "domain", _MOST_NAME_CHARS)
    props = _props(shape)
    if name == VITALS_EVENT and "metric" in props:
        return _vital(now_s, url, domain, props)
    referrer = _either(shape, "r", "referrer")
    revenue = _either(shape, "$", "revenue")
    interactive = _either(shape, "i", "interactive")
    return PageEvent(
        now_s,
        name,
        url,
        domain,
        referrer[:_MOST_URL_CHARS] if isinstance(referrer, str) else "",
        props,
        interactive is not False,
        plain_props(revenue) if isinstance(revenue, dict) else {},
    )


def split_address(url: str) -> tuple[str, str, str]:
    """Return host, path and query of an address, also where the scrubber hid its host.

    >>> split_address("https://shop.example:8443/a?b=c")
    ('shop.example', '/a', 'b=c')
    >>> split_address("http://[ip]:9500/a?b=c")
    ('[ip]', '/a', 'b=c')
    """
    try:
        parts = urlsplit(url)
        return parts.hostname or "", parts.path, parts.query
    except ValueError:
        found = _ADDRESS.match(url)
        return (
            (found["host"].lower(), found["path"], found["query"] or "") if found else ("", "", "")
        )


def plain_props(said: Mapping[Any, Any]) -> dict[str, JsonValue]:
    """Return properties with plain values, cut to what Plausible keeps; others are left out."""
    kept: dict[str, JsonValue] = {}
    for key, value in said.items():
        if len(kept) >= _MOST_PROPS:
            break
        if isinstance(value, bool | int | float):
            kept[str(key)[:_MOST_KEY_CHARS]] = value
        elif isinstance(value, str):
            kept[str(key)[:_MOST_KEY_CHARS]] = value[:_MOST_VALUE_CHARS]
    return kept


def _either(shape: Mapping[str, Any], short: str, long: str) -> Any:
    return shape[short] if short in shape else shape.get(long)


def _text(shape: Mapping[str, Any], short: str, long: str, most: int) -> str:
    said = _either(shape, short, long)
    if not isinstance(said, str) or not said:
        raise WireError(_PROTOCOL, f"has no {long}", f'text as "{long}"')
    if len(said) > most:
        raise WireError(_PROTOCOL, f"has too long a {long}", f"{most} characters at most")
    return said


def _props(shape: Mapping[str, Any]) -> dict[str, JsonValue]:
    said: Any = next((shape[key] for key in ("p", "props", "m", "meta") if shape.get(key)), {})
    if isinstance(said, str):  # older scripts send JSON inside JSON
        said = loads(said.encode(), "event props")
    if not isinstance(said, dict):
        raise WireError(_PROTOCOL, "has props of another shape", "an object of plain values")
    return plain_props(said)


def _vital(now_s: float, url: str, domain: str, props: Mapping[str, JsonValue]) -> Vital:
    name, rating, device = props.get("metric"), props.get("rating"), props.get("device", "")
    try:
        value = float(str(props.get("value")))
    except ValueError:
        value = -1.0
    if name not in VITALS or rating not in get_args(Rating) or not 0 <= value < 1e9:
        raise WireError(_PROTOCOL, "is no Web Vital", "metric, value and rating of one")
    if device not in {"desktop", "mobile", "tablet"}:
        device = ""
    navigation = str(props.get("navigation", ""))[:_MOST_NAME_CHARS]
    return Vital(now_s, name, value, rating, url, domain, navigation, device)  # type: ignore[arg-type]  # checked above

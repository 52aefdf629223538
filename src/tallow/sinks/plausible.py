"""The Plausible sink: page views, events and Web Vitals, without anybody's address."""

import hashlib
from collections.abc import Sequence
from ipaddress import IPv6Address
from typing import Final

from tallow.records import Clean, PageEvent, Parcel, Record, Vital
from tallow.wire import plausible

__all__ = ["PlausibleSink", "visitor_address"]

_UNKNOWN_AGENT: Final = "Mozilla/5.0 (compatible)"
_ULA_PREFIX: Final = b"\xfd"


def visitor_address(visitor: str) -> str:
    """Return an address that stands for a visitor hash and belongs to nobody.

    Plausible counts visitors by address: this one is of the range that is never routed (fd00::/8),
    made of the hash, so it counts them without having seen anyone's.

    Source: RFC 4193.
    """
    digest = hashlib.blake2s(visitor.encode(), digest_size=15).digest()
    return str(IPv6Address(_ULA_PREFIX + digest))


class PlausibleSink:
    """Packs page events and Web Vitals for Plausible at `address`; one a request, as it wants."""

    name = "plausible"
    batch_limit = 1

    def __init__(self, address: str) -> None:
        self._url = f"{address.rstrip('/')}/api/event"

    def wants(self, record: Record) -> bool:
        """Say whether the record is a page event or a Web Vital."""
        return isinstance(record, PageEvent | Vital)

    def pack(self, batch: Sequence[Clean[Record]]) -> Parcel:
        """Turn one event into one request."""
        record = batch[0].value
        if not isinstance(record, PageEvent | Vital):
            raise TypeError("not a page event")
        visitor = record.visitor if isinstance(record, PageEvent) else ""
        agent = record.user_agent if isinstance(record, PageEvent) else ""
        headers = {
            "Content-Type": "application/json",
            "User-Agent": agent or _UNKNOWN_AGENT,
            "X-Forwarded-For": visitor_address(visitor),
        }
        # Plausible reads only plain bodies.
        body = plausible.encode_event(record)
        return Parcel(self._url, body, headers, may_compress=False)

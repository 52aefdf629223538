"""What a sink is: it packs clean records for one destination."""

from collections.abc import Sequence
from typing import Protocol

from tallow.records import Clean, Parcel, Record

__all__ = ["Sink"]


class Sink(Protocol):
    """Packs clean records for one destination. Does no input or output."""

    @property
    def name(self) -> str:
        """The sink's folder in the journal and label on metrics."""

    @property
    def batch_limit(self) -> int:
        """The most records one request may hold, 1 to 500."""

    def wants(self, record: Record) -> bool:
        """Say whether this kind of record goes there."""

    def pack(self, batch: Sequence[Clean[Record]]) -> Parcel:
        """Turn a batch of 1 to `batch_limit` records into one request."""

"""How records stand in a segment: length, checksum, payload; damage is stepped over."""

import re
import struct
import zlib
from dataclasses import dataclass, field
from typing import Final

__all__ = ["LONGEST_PAYLOAD", "READ_BYTES", "Scan", "count", "frame", "scan"]

LONGEST_PAYLOAD: Final = 1024 * 1024
"""Bytes of the longest record that is taken."""

_HEADER: Final = struct.Struct("<II")
READ_BYTES: Final = LONGEST_PAYLOAD + _HEADER.size
"""Bytes to read at once, so that one whole record always fits."""

# The first bytes of a header, whose length is 1 to 1 MiB: JSON text never looks like it.
_HEADER_START: Final = re.compile(rb"(?!\x00{4})..[\x00-\x10]\x00", re.DOTALL)


@dataclass(slots=True)
class Scan:
    """What was found: payloads, the place after each, where to go on, damaged stretches."""

    payloads: list[bytes] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)
    stop: int = 0
    damaged: int = 0


def frame(payload: bytes) -> bytes:
    """Return the payload as it is appended: u32 length, u32 CRC-32, little-endian, then itself."""
    return _HEADER.pack(len(payload), zlib.crc32(payload)) + payload


def scan(data: bytes, limit: int, is_last: bool) -> Scan:
    """Return up to `limit` whole records at the start of `data`.

    A record whose checksum or length is wrong is stepped over to the next good one and counted.
    `is_last` says that nothing follows `data`: what is unfinished then is damage, not a record
    that the next read will complete.
    """
    found = Scan()
    place = 0
    while place < len(data) and len(found.payloads) < limit:
        end = _end_of(data, place)
        if 0 < end <= len(data):
            payload = data[place + _HEADER.size : end]
            if zlib.crc32(payload) == _HEADER.unpack_from(data, place)[1]:
                found.payloads.append(payload)
                found.ends.append(end)
                place = end
                continue
        elif not is_last and (end > len(data) or len(data) - place < _HEADER.size):
            break
        found.damaged += 1
        place = _next_good(data, place + 1, is_last)
    found.stop = place
    return found


def count(data: bytes) -> int:
    """Return how many good records `data` holds."""
    return len(scan(data, len(data), is_last=True).payloads)


def _end_of(data: bytes, place: int) -> int:
    """Return where the record at `place` says it ends, or 0 if that cannot be."""
    if len(data) - place < _HEADER.size:
        return 0
    length = _HEADER.unpack_from(data, place)[0]
    return place + _HEADER.size + length if 0 < length <= LONGEST_PAYLOAD else 0


def _next_good(data: bytes, place: int, is_last: bool) -> int:
    while (start := _HEADER_START.search(data, place)) is not None:
        place = start.start()
        end = _end_of(data, place)
        if end > len(data) and not is_last:
            return place
        if 0 < end <= len(data):
            crc = _HEADER.unpack_from(data, place)[1]
            if zlib.crc32(data[place + _HEADER.size : end]) == crc:
                return place
        place += 1
    # A header may begin in the last bytes and go on in the next read.
    return len(data) if is_last else max(place, len(data) - _HEADER.size + 1)

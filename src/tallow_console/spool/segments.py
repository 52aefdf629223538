"""Segments: files of checksummed frames, each the rows of one request.

A frame is a header of 16 bytes (mark, length, CRC-32, number of its first row; little-endian) and
a JSON array of `[table, row]` pairs. The CRC covers the row number and the payload. Row numbers
count on through a segment, so (segment, row) names a row for ever.
"""

import json
import struct
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias

import orjson

from tallow_console.store import Row

__all__ = ["Frame", "TableRow", "encode_rows", "frame", "frames", "segment_path", "segments"]

TableRow: TypeAlias = tuple[str, Row]
"""The name of a table and one row for it."""

_HEADER: Final = struct.Struct("<4sIII")
_MARK: Final = b"TLW1"
_LARGEST_PAYLOAD: Final = 256 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Frame:
    """The rows of one request: `first` is the number of the first, `end` the offset behind it."""

    first: int
    rows: list[TableRow]
    end: int


def segment_path(folder: Path, segment: int) -> Path:
    """Return where a segment lies; names sort by age."""
    return folder / f"{segment:020d}.seg"


def segments(folder: Path) -> list[int]:
    """Return the segments in a folder, oldest first."""
    return sorted(int(path.stem) for path in folder.glob("*.seg") if path.stem.isdecimal())


def encode_rows(rows: Sequence[TableRow]) -> bytes:
    """Return the payload of a frame; what JSON cannot say (a lone surrogate) becomes `?`."""
    try:
        return orjson.dumps(rows)
    except TypeError:
        text = json.dumps(rows, ensure_ascii=False, default=str)
        return text.encode("utf-8", "replace")


def frame(payload: bytes, first: int) -> bytes:
    """Return a payload with its header in front."""
    return _HEADER.pack(_MARK, len(payload), _checksum(payload, first), first) + payload


def frames(path: Path, start: int = 0, end: int | None = None) -> Iterator[Frame]:
    """Yield the whole frames between two offsets; bytes that make none are skipped.

    A frame torn by a crash was never acknowledged; behind one damaged on disk, reading goes on at
    the next mark.
    """
    with path.open("rb") as file:
        file.seek(start)
        data = file.read() if end is None else file.read(end - start)
    at = 0
    while True:
        at = data.find(_MARK, at)
        if at < 0 or at + _HEADER.size > len(data):
            return
        _, length, checksum, first = _HEADER.unpack_from(data, at)
        body = at + _HEADER.size
        payload = data[body : body + length]
        whole = length <= _LARGEST_PAYLOAD and len(payload) == length
        if not whole or _checksum(payload, first) != checksum:
            at += 1
            continue
        at = body + length
        yield Frame(first, [(table, row) for table, row in orjson.loads(payload)], start + at)


def _checksum(payload: bytes, first: int) -> int:
    return zlib.crc32(payload, zlib.crc32(first.to_bytes(4, "little")))

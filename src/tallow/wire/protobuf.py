"""Fields of a protobuf message, without its schema; shared by the protocols that need no more.

Source: protobuf.dev/programming-guides/encoding.
"""

from collections.abc import Iterator

from tallow.exceptions import WireError

__all__ = ["fields", "utf8"]


def fields(data: bytes, protocol: str, expected: str) -> Iterator[tuple[int, int | bytes]]:
    """Yield field numbers and values: varints as numbers, everything else as its bytes.

    `protocol` and `expected` (`a PushRequest`) are for what an error says.

    Raises:
        WireError: the bytes are no message, or end early.
    """
    place = 0
    while place < len(data):
        tag, place = _varint(data, place, protocol, expected)
        number, kind = tag >> 3, tag & 7
        if kind == 0:
            value, place = _varint(data, place, protocol, expected)
            yield number, value
            continue
        if kind == 2:
            size, place = _varint(data, place, protocol, expected)
        elif kind in {1, 5}:
            size = 8 if kind == 1 else 4
        else:
            raise WireError(protocol, "is not protobuf", expected)
        if place + size > len(data):
            raise WireError(protocol, "is cut short", f"all of {expected}")
        yield number, data[place : place + size]
        place += size


def utf8(data: bytes) -> str:
    """Return the text of a string field; what is no UTF-8 becomes the replacement character."""
    return data.decode("utf-8", "replace")


def _varint(data: bytes, place: int, protocol: str, expected: str) -> tuple[int, int]:
    value = 0
    for shift in range(0, 70, 7):
        if place >= len(data):
            break
        byte = data[place]
        place += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value & (2**64 - 1), place
    raise WireError(protocol, "is not protobuf", expected)

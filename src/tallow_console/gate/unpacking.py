"""Compressed bodies, opened piece by piece, so that a bomb costs no more than its limit."""

import zlib
from collections.abc import Callable, Iterator
from typing import Any, Final

__all__ = ["TooLargeError", "UnpackError", "unpack", "unsnap"]

_PIECE: Final = 64 * 1024
_MOST_LAYERS: Final = 4
_MOST_MEMBERS: Final = 1000


class TooLargeError(Exception):
    """Unpacked, the body is larger than is allowed."""


class UnpackError(Exception):
    """The body is not what its `Content-Encoding` says."""


def unpack(packed: bytes, encoding: str, limit_bytes: int) -> bytes:
    """Return a body without its `Content-Encoding`, which may name several, last applied last.

    Raises:
        TooLargeError: more than `limit_bytes` came out.
        UnpackError: unknown encoding, too many of them, or damaged bytes.
    """
    said = (name.strip().lower() for name in encoding.split(","))
    names = [name for name in said if name not in {"", "identity"}]
    if len(names) > _MOST_LAYERS:
        raise UnpackError
    for name in reversed(names):
        if name not in _PIECES:
            raise UnpackError
        packed = _collect(_PIECES[name](packed), limit_bytes)
    return packed


def unsnap(packed: bytes, limit_bytes: int) -> bytes:
    """Return a Snappy block unpacked; its length stands in front and is believed only when small.

    Raises:
        TooLargeError: it says it is longer than `limit_bytes`.
        UnpackError: damaged bytes.

    Source: google/snappy, format_description.txt.
    """
    from cramjam import snappy

    length = shift = 0
    for byte in packed[:5]:
        length |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            break
    if length > limit_bytes:
        raise TooLargeError
    try:
        return bytes(snappy.decompress_raw(packed))
    except Exception as error:
        raise UnpackError from error


def _collect(pieces: Iterator[bytes], limit_bytes: int) -> bytes:
    out = bytearray()
    try:
        for piece in pieces:
            out += piece
            if len(out) > limit_bytes:
                raise TooLargeError
    except TooLargeError:
        raise
    except Exception as error:  # each library has errors of its own
        raise UnpackError from error
    return bytes(out)


def _slices(packed: bytes) -> Iterator[bytes]:
    """Yield a body in pieces: what a library leaves over of one is copied, so it must be small."""
    for place in range(0, len(packed), _PIECE):
        yield packed[place : place + _PIECE]


def _zlib_pieces(packed: bytes, window: int) -> Iterator[bytes]:
    """Yield what a zlib or gzip stream holds; a few gzip members may follow one another."""
    opener, members = zlib.decompressobj(window), 1
    for given in _slices(packed):
        rest, piece = given, b""
        while rest or len(piece) == _PIECE:
            if opener.eof:
                opener, members = zlib.decompressobj(window), members + 1
                if members > _MOST_MEMBERS:
                    raise UnpackError
            piece = opener.decompress(rest, _PIECE)
            yield piece
            rest = opener.unused_data if opener.eof else opener.unconsumed_tail
            piece = b"" if opener.eof else piece
    if packed and not opener.eof:
        raise UnpackError


def _gzip_pieces(packed: bytes) -> Iterator[bytes]:
    yield from _zlib_pieces(packed, zlib.MAX_WBITS | 16)


def _deflate_pieces(packed: bytes) -> Iterator[bytes]:
    """Yield from a zlib stream, or from a raw one, which some senders mean by `deflate`."""
    is_zlib = len(packed) > 1 and packed[0] & 0x0F == 8 and (packed[0] << 8 | packed[1]) % 31 == 0
    yield from _zlib_pieces(packed, zlib.MAX_WBITS if is_zlib else -zlib.MAX_WBITS)


def _brotli_pieces(packed: bytes) -> Iterator[bytes]:
    import brotli

    opener = brotli.Decompressor()
    for given in _slices(packed):
        piece = opener.process(given, output_buffer_limit=_PIECE)
        yield piece
        while not opener.is_finished() and (piece or not opener.can_accept_more_data()):
            piece = opener.process(b"", output_buffer_limit=_PIECE)
            yield piece
    if not opener.is_finished():
        raise UnpackError


def _zstd_pieces(packed: bytes) -> Iterator[bytes]:
    """Yield what a zstd stream holds; a few frames may follow one another."""
    opener, members = _zstd(), 1
    for given in _slices(packed):
        rest = given
        while rest or not (opener.eof or opener.needs_input):
            if opener.eof:
                opener, members = _zstd(), members + 1
                if members > _MOST_MEMBERS:
                    raise UnpackError
            yield opener.decompress(rest, _PIECE)
            rest = opener.unused_data if opener.eof else b""
    if not opener.eof:
        raise UnpackError


def _zstd() -> Any:
    try:
        from compression.zstd import ZstdDecompressor  # type: ignore[import-not-found]
    except ImportError:
        from backports.zstd import ZstdDecompressor
    return ZstdDecompressor()


_PIECES: Final[dict[str, Callable[[bytes], Iterator[bytes]]]] = {
    "gzip": _gzip_pieces,
    "x-gzip": _gzip_pieces,
    "deflate": _deflate_pieces,
    "br": _brotli_pieces,
    "zstd": _zstd_pieces,
}

"""Compressed bodies, opened piece by piece, so that a bomb costs no more than its limit."""

import zlib
from collections.abc import Callable, Iterator
from typing import Any, Final

__all__ = ["TooLargeError", "UnpackError", "unpack", "unsnap"]

_PIECE: Final = 64 * 1024


class TooLargeError(Exception):
    """Unpacked, the body is larger than is allowed."""


class UnpackError(Exception):
    """The body is not what its `Content-Encoding` says."""


def unpack(packed: bytes, encoding: str, limit_bytes: int) -> bytes:
    """Return a body without its `Content-Encoding`, which may name several, last applied last.

    Raises:
        TooLargeError: more than `limit_bytes` came out.
        UnpackError: unknown encoding, or damaged bytes.
    """
    names = [name.strip().lower() for name in encoding.split(",")]
    for name in reversed([name for name in names if name not in {"", "identity"}]):
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


def _zlib_pieces(packed: bytes, window: int) -> Iterator[bytes]:
    """Yield what a zlib or gzip stream holds; gzip members may follow one another."""
    while packed:
        opener = zlib.decompressobj(window)
        while packed and not opener.eof:
            yield opener.decompress(packed, _PIECE)
            packed = opener.unconsumed_tail
        if not opener.eof:
            yield opener.flush()
            if not opener.eof:
                raise UnpackError
        packed = opener.unused_data


def _gzip_pieces(packed: bytes) -> Iterator[bytes]:
    yield from _zlib_pieces(packed, zlib.MAX_WBITS | 16)


def _deflate_pieces(packed: bytes) -> Iterator[bytes]:
    """Yield from a zlib stream, or from a raw one, which some senders mean by `deflate`."""
    is_zlib = len(packed) > 1 and packed[0] & 0x0F == 8 and (packed[0] << 8 | packed[1]) % 31 == 0
    yield from _zlib_pieces(packed, zlib.MAX_WBITS if is_zlib else -zlib.MAX_WBITS)


def _brotli_pieces(packed: bytes) -> Iterator[bytes]:
    import brotli

    opener = brotli.Decompressor()
    yield opener.process(packed, output_buffer_limit=_PIECE)
    while not opener.is_finished():
        piece = opener.process(b"", output_buffer_limit=_PIECE)
        if not piece and opener.can_accept_more_data():
            raise UnpackError
        yield piece


def _zstd_pieces(packed: bytes) -> Iterator[bytes]:
    opener: Any = _zstd()
    while True:
        piece = opener.decompress(packed, _PIECE)
        yield piece
        if opener.eof:
            if not opener.unused_data:
                return
            packed, opener = opener.unused_data, _zstd()
            continue
        if not piece and opener.needs_input:
            raise UnpackError
        packed = b""


def _zstd() -> object:
    try:
        from compression.zstd import ZstdDecompressor  # type: ignore[import-not-found]
    except ImportError:
        from backports.zstd import ZstdDecompressor
    opener: object = ZstdDecompressor()
    return opener


_PIECES: Final[dict[str, Callable[[bytes], Iterator[bytes]]]] = {
    "gzip": _gzip_pieces,
    "x-gzip": _gzip_pieces,
    "deflate": _deflate_pieces,
    "br": _brotli_pieces,
    "zstd": _zstd_pieces,
}

"""Sealed frames: control messages and chunks, AES-256-GCM with counters that say their place."""

from typing import Final, Literal

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tallow_transfer.exceptions import IntegrityError

__all__ = [
    "CHUNK_BYTES",
    "HEADER_BYTES",
    "TAG_BYTES",
    "ControlOpener",
    "ControlSealer",
    "DataOpener",
    "DataSealer",
    "chunk_count",
    "frame_kind",
]

CHUNK_BYTES: Final = 128 * 1024
HEADER_BYTES: Final = 2
TAG_BYTES: Final = 16
_CONTROL: Final = 0x01
_DATA: Final = 0x02
_MOST_CONTROL_BYTES: Final = 64 * 1024
_MOST_CHUNKS: Final = 2**23  # 1 TiB under one key


def chunk_count(size_bytes: int) -> int:
    """Return how many chunks a file of that size is; an empty one is one empty chunk.

    >>> [chunk_count(n) for n in (0, 1, CHUNK_BYTES, CHUNK_BYTES + 1)]
    [1, 1, 1, 2]
    """
    return max(1, -(-size_bytes // CHUNK_BYTES))


def frame_kind(frame: bytes) -> Literal["control", "data"]:
    """Return which kind a binary message is, by its first byte.

    Raises:
        IntegrityError: neither.
    """
    if len(frame) >= HEADER_BYTES + TAG_BYTES:
        if frame[0] == _CONTROL:
            return "control"
        if frame[0] == _DATA:
            return "data"
    raise IntegrityError


class ControlSealer:
    """Seals this side's control messages, in order."""

    __slots__ = ("_cipher", "_counter", "_header")

    def __init__(self, key: bytes, epoch: int = 0) -> None:
        self._cipher = AESGCM(key)
        self._header = bytes((_CONTROL, epoch))
        self._counter = 0

    def seal(self, message: bytes) -> bytes:
        """Return the frame for one message of at most 64 KiB."""
        nonce = self._counter.to_bytes(12, "big")
        self._counter += 1
        return self._header + self._cipher.encrypt(nonce, message, self._header)


class ControlOpener:
    """Opens the other side's control frames, in order, each once."""

    __slots__ = ("_cipher", "_counter", "_header")

    def __init__(self, key: bytes, epoch: int = 0) -> None:
        self._cipher = AESGCM(key)
        self._header = bytes((_CONTROL, epoch))
        self._counter = 0

    def open(self, frame: bytes) -> bytes:
        """Return the message in a frame.

        Raises:
            IntegrityError: forged, repeated, out of order, of another epoch, or too long.
        """
        if frame[:HEADER_BYTES] != self._header or len(frame) > _MOST_CONTROL_BYTES:
            raise IntegrityError
        nonce = self._counter.to_bytes(12, "big")
        try:
            message = self._cipher.decrypt(nonce, frame[HEADER_BYTES:], self._header)
        except InvalidTag:
            raise IntegrityError from None
        self._counter += 1
        return message


class DataSealer:
    """Seals the chunks of one file into one buffer that is used again and again."""

    __slots__ = ("_buffer", "_chunks", "_cipher", "_counter", "_header")

    def __init__(self, key: bytes, size_bytes: int, epoch: int = 0) -> None:
        self._cipher = AESGCM(key)
        self._header = bytes((_DATA, epoch))
        self._chunks = _checked_count(size_bytes)
        self._counter = 0
        self._buffer = bytearray(HEADER_BYTES + CHUNK_BYTES + TAG_BYTES)
        self._buffer[:HEADER_BYTES] = self._header

    def seal(self, chunk: memoryview | bytes) -> memoryview:
        """Return the frame for the next chunk; it is valid until the next call."""
        nonce = _data_nonce(self._counter, self._chunks)
        end = HEADER_BYTES + len(chunk) + TAG_BYTES
        frame = memoryview(self._buffer)[:end]
        self._cipher.encrypt_into(nonce, chunk, self._header, frame[HEADER_BYTES:])
        self._counter += 1
        return frame


class DataOpener:
    """Opens the chunks of one file of a promised size, in order, each once."""

    __slots__ = ("_buffer", "_chunks", "_cipher", "_counter", "_header", "_left_bytes")

    def __init__(self, key: bytes, size_bytes: int, epoch: int = 0) -> None:
        self._cipher = AESGCM(key)
        self._header = bytes((_DATA, epoch))
        self._chunks = _checked_count(size_bytes)
        self._left_bytes = size_bytes
        self._counter = 0
        self._buffer = bytearray(CHUNK_BYTES)

    @property
    def is_complete(self) -> bool:
        """Whether the last chunk was opened."""
        return self._counter == self._chunks

    def open(self, frame: bytes) -> memoryview:
        """Return the chunk in a frame; it is valid until the next call.

        Raises:
            IntegrityError: forged, repeated, out of order, too many, or not of the promised size.
        """
        length = min(self._left_bytes, CHUNK_BYTES)
        expected = HEADER_BYTES + length + TAG_BYTES
        if self.is_complete or len(frame) != expected or frame[:HEADER_BYTES] != self._header:
            raise IntegrityError
        nonce = _data_nonce(self._counter, self._chunks)
        chunk = memoryview(self._buffer)[:length]
        try:
            self._cipher.decrypt_into(nonce, memoryview(frame)[HEADER_BYTES:], self._header, chunk)
        except InvalidTag:
            raise IntegrityError from None
        self._counter += 1
        self._left_bytes -= length
        return chunk


def _data_nonce(counter: int, chunks: int) -> bytes:
    return counter.to_bytes(11, "big") + (b"\x01" if counter == chunks - 1 else b"\x00")


def _checked_count(size_bytes: int) -> int:
    chunks = chunk_count(size_bytes)
    if size_bytes < 0 or chunks > _MOST_CHUNKS:
        raise IntegrityError
    return chunks

"""The file that is sent: read once, in order, into one buffer."""

import mimetypes
import os
import stat
from pathlib import Path
from types import TracebackType
from typing import Self

from tallow_transfer.exceptions import DiskError, SourceChangedError

from .names import safe_name

__all__ = ["Source"]


class Source:
    """An open regular file, its size and time as they were when it was opened."""

    def __init__(self, path: Path, chunk_bytes: int) -> None:
        """Open `path`.

        Raises:
            DiskError: it cannot be read, or is no regular file.
        """
        try:
            # Without waiting: opening a pipe to read would last until somebody writes.
            handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
            self._file = os.fdopen(handle, "rb", buffering=0)
            found = os.fstat(self._file.fileno())
        except OSError:
            raise DiskError("disk_io") from None
        if not stat.S_ISREG(found.st_mode):
            self._file.close()
            raise DiskError("disk_io")
        self.name = safe_name(path.name)  # may hold bytes that are no text, or escape codes
        self.size_bytes = found.st_size
        self.modified_s = int(found.st_mtime)
        self.mime = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        self._stamp = (found.st_size, found.st_mtime_ns)
        self._buffer = memoryview(bytearray(chunk_bytes))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()

    def read_chunk(self, length: int) -> memoryview:
        """Return the next `length` bytes; they are valid until the next call.

        Raises:
            SourceChangedError: the file has become shorter.
            DiskError: it cannot be read.
        """
        filled = 0
        while filled < length:
            try:
                count = self._file.readinto(self._buffer[filled:length])
            except OSError:
                raise DiskError("disk_io") from None
            if not count:
                raise SourceChangedError
            filled += count
        return self._buffer[:length]

    def check_unchanged(self) -> None:
        """Look at size and time again.

        Raises:
            SourceChangedError: someone wrote to the file since it was opened.
        """
        found = os.fstat(self._file.fileno())
        if (found.st_size, found.st_mtime_ns) != self._stamp:
            raise SourceChangedError

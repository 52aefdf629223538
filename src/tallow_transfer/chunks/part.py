"""The file that arrives: written as NAME.part, whole when it has its name."""

import errno
import fcntl
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType
from typing import IO, Final, Self

from tallow_transfer.exceptions import DiskError

from .names import safe_name

__all__ = ["PartFile", "open_part"]

_SPARE_BYTES: Final = 16 * 1024 * 1024
_MOST_TRIES: Final = 1000


def open_part(path: Path) -> IO[bytes]:
    """Open a `.part` file to write, locked; never through a symbolic link.

    Raises:
        OSError: it cannot be, or another process is writing it.
    """
    flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
    file = os.fdopen(os.open(path, flags, 0o666), "wb", buffering=0)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        file.truncate(0)
    except OSError:
        file.close()
        raise
    return file


class PartFile:
    """A file in the making. Unless `finish` is called, what was written stays as `.part`."""

    def __init__(
        self,
        folder: Path,
        said_name: str,
        size_bytes: int,
        opened: Callable[[Path], IO[bytes]] = open_part,
    ) -> None:
        """Choose a free name and open its `.part`.

        Raises:
            DiskError: `disk` if it has no room for `size_bytes`, `disk_io` if it refuses.
        """
        self.written_bytes = 0
        try:
            folder.mkdir(parents=True, exist_ok=True)
            if shutil.disk_usage(folder).free < size_bytes + _SPARE_BYTES:
                raise DiskError
            self.path, self._file = _first_free(folder, safe_name(said_name), opened)
        except OSError as error:
            raise _disk_error(error) from None

    @property
    def part_path(self) -> Path:
        """Where it is while it is not whole."""
        return _part_of(self.path)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()

    def write(self, chunk: memoryview) -> None:
        """Append a chunk.

        Raises:
            DiskError: the disk is full, or refuses.
        """
        rest = chunk
        try:
            while rest:
                rest = rest[self._file.write(rest) :]
        except OSError as error:
            raise _disk_error(error) from None
        self.written_bytes += len(chunk)

    def finish(self, modified_s: int) -> Path:
        """Sync to disk and give the file its name, replacing nothing; return where it is.

        Raises:
            DiskError: the disk refuses; the `.part` stays.
        """
        try:
            os.fsync(self._file.fileno())
            os.utime(self._file.fileno(), (modified_s, modified_s))
            self.path = _named(self.part_path, self.path)
            _sync_folder(self.path.parent)
        except OSError as error:
            raise _disk_error(error) from None
        return self.path


def _first_free(
    folder: Path, name: str, opened: Callable[[Path], IO[bytes]]
) -> tuple[Path, IO[bytes]]:
    """Return the first of NAME, NAME (1), ... that neither is there nor is being received."""
    busy: OSError = OSError(errno.EEXIST, "no free name")
    for path in _numbered(folder / name):
        if os.path.lexists(path):
            continue
        try:
            return path, opened(_part_of(path))
        except BlockingIOError as error:
            busy = error
    raise busy


def _numbered(path: Path) -> Iterator[Path]:
    yield path
    for n in range(1, _MOST_TRIES):
        yield path.with_name(f"{path.stem} ({n}){path.suffix}")


def _part_of(path: Path) -> Path:
    return path.with_name(path.name + ".part")


def _named(part: Path, wanted: Path) -> Path:
    """Give `part` the name `wanted`, or the next free one if it was taken meanwhile."""
    for path in _numbered(wanted):
        try:
            os.link(part, path)
        except FileExistsError:
            continue
        except OSError as error:
            if error.errno not in {errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK}:
                raise
            part.rename(path)  # a file system without hard links
            return path
        part.unlink()
        return path
    raise OSError(errno.EEXIST, "no free name")


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _disk_error(error: OSError) -> DiskError:
    full = error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
    return DiskError("disk" if full else "disk_io")

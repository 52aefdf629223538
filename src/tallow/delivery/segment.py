"""One segment of a journal: a file with one writer, and beside it how far it is delivered."""

import contextlib
import os
import time
from pathlib import Path
from typing import Final

from .frames import count

try:
    import fcntl
except ImportError:  # Windows: one process a folder, so nothing is adopted while it lives
    fcntl = None  # type: ignore[assignment]

__all__ = ["Segment", "adoptable", "create"]

_LEFT_OVER_S: Final = 3600.0


class Segment:
    """An open segment whose lock this process holds. `cursor` is how far it is delivered."""

    __slots__ = ("_arrived", "_fd", "_written", "cursor", "is_gone", "path", "size")

    def __init__(self, path: Path, fd: int, size: int, cursor: int) -> None:
        self.path = path
        self._fd = fd
        self.size = size
        self.cursor = cursor
        # Records, counted by one thread each; what an adopted segment holds is not known yet.
        self._written = 0 if size == 0 else -1
        self._arrived = 0
        self.is_gone = False

    @property
    def age(self) -> tuple[int, int]:
        """When it was begun, for sorting oldest first."""
        _pid, started, number = self.path.stem.split("-")
        return int(started), int(number)

    def write(self, framed: bytes) -> None:
        """Append one record whole.

        Raises:
            OSError: it could not be; what was written of it is cut off again.
        """
        written = os.write(self._fd, framed)
        if written < len(framed):
            os.ftruncate(self._fd, self.size)
            raise OSError("the disk took only a part of a record")
        self.size += written
        self._written += 1

    def read(self, place: int, size: int) -> bytes:
        """Return up to `size` bytes from `place` on; nothing when the file is gone."""
        return b"" if self._fd < 0 else os.pread(self._fd, size, place)

    def advance(self, cursor: int, delivered: int) -> None:
        """Move the cursor and put it on disk, by rename, so that it is never half written.

        A segment that was deleted or let go of is another's business, or nobody's.
        """
        self.cursor = cursor
        self._arrived += delivered
        if self.is_gone or self._fd < 0:
            return
        new = self.path.with_suffix(".cur.new")
        fd = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        try:
            os.write(fd, str(cursor).encode())
            os.fsync(fd)
        finally:
            os.close(fd)
        new.replace(self.path.with_suffix(".cur"))

    def undelivered(self) -> int:
        """Return how many records have not arrived yet."""
        if self._written < 0:
            return count(self.read(self.cursor, self.size - self.cursor))
        return self._written - self._arrived

    def remove(self) -> None:
        """Delete the file and its cursor."""
        self.is_gone = True
        with contextlib.suppress(OSError):
            self.path.unlink(missing_ok=True)
            self.path.with_suffix(".cur").unlink(missing_ok=True)

    def release(self) -> None:
        """Close the file; its lock is free then, unless a parent process holds it too."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1


def create(folder: Path, name: str) -> Segment:
    """Begin a segment; it has its name only once its lock is held, so nobody adopts it.

    Raises:
        OSError: the folder is gone, full or closed to us.
    """
    new = folder / f"{name}.new"
    fd = os.open(new, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_CLOEXEC, 0o600)
    path = folder / f"{name}.seg"
    try:
        _lock(fd)
        new.rename(path)
    except OSError:
        os.close(fd)
        raise
    return Segment(path, fd, size=0, cursor=0)


def adoptable(folder: Path, held: set[Path]) -> list[Segment]:
    """Return the segments in `folder` that no living process holds, locked for us now."""
    found = []
    for path in folder.iterdir():
        if path in held:
            continue
        if _is_left_over(path):
            path.unlink(missing_ok=True)
        elif path.suffix == ".seg":
            segment = _take(path)
            if segment is not None:
                found.append(segment)
    return found


def _is_left_over(path: Path) -> bool:
    """Say whether a cursor has no segment, or the maker of a file must be gone."""
    if path.suffix == ".cur":
        return not path.with_suffix(".seg").exists()
    try:
        return path.suffix == ".new" and time.time() - path.stat().st_mtime > _LEFT_OVER_S
    except OSError:
        return False


def _take(path: Path) -> Segment | None:
    """Return the segment at `path` if its lock was free and it is still there."""
    try:
        fd = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        _lock(fd)
        size = os.fstat(fd).st_size
        if not os.path.samestat(os.fstat(fd), path.stat()):
            raise OSError("it has just been delivered by another")
        cursor = _cursor(path)
        return Segment(path, fd, size, min(cursor, size))
    except (OSError, ValueError):
        os.close(fd)
        return None


def _cursor(path: Path) -> int:
    try:
        said = path.with_suffix(".cur").read_bytes()
    except FileNotFoundError:
        return 0
    return int(said) if said.isdigit() else 0


def _lock(fd: int) -> None:
    if fcntl is not None:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)

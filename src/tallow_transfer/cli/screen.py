"""One transfer on a terminal: a bar with rate and time left, and plain sentences."""

import sys
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TaskProgressColumn,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)

from tallow_transfer.manager import Transfer

__all__ = ["Screen", "readable_size"]

_SAYINGS = {
    "connecting": "Waiting for the other side",
    "negotiating": "Agreeing on a key",
    "paused": "The other side went away. Waiting for it to return",
}


def readable_size(size_bytes: float) -> str:
    """Return a size as people say it.

    >>> readable_size(0), readable_size(1_300_000)
    ('0 B', '1.3 MB')
    """
    for unit in ("B", "kB", "MB", "GB"):
        if size_bytes < 1000:
            return f"{size_bytes:.0f} B" if unit == "B" else f"{size_bytes:.3g} {unit}"
        size_bytes /= 1000
    return f"{size_bytes:.3g} TB"


class Screen:
    """Shows one transfer on stderr; where that is no terminal, only what changes."""

    def __init__(self) -> None:
        self._console = Console(stderr=True, highlight=False)
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TaskProgressColumn(),
            DownloadColumn(),
            TransferSpeedColumn(),
            TimeRemainingColumn(),
            TextColumn("{task.fields[method]}"),
            console=self._console,
            transient=True,
            disable=not self._console.is_terminal,
        )
        self._task = self._progress.add_task("", total=None, method="", visible=False)
        self._said = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._progress.stop()

    def watch(self, transfer: Transfer) -> None:
        """Show a transfer as it is now."""
        if transfer.state == "transferring":
            self._progress.start()  # not before: its live display hides the cursor
            self._progress.update(
                self._task,
                description="Sending" if transfer.role == "sender" else "Receiving",
                total=transfer.size_bytes,
                completed=transfer.done_bytes,
                method=transfer.method,
                visible=True,
            )
        elif transfer.state in _SAYINGS and transfer.state != self._said:
            self._said = transfer.state
            self._console.print(f"{_SAYINGS[transfer.state]} …", style="dim")

    def done(self, transfer: Transfer, sentence: str) -> None:
        """Say that it worked, how fast, and who could read it."""
        self._progress.stop()
        rate = transfer.size_bytes / transfer.duration_s if transfer.duration_s else 0.0
        self._console.print(
            f"{sentence} {readable_size(transfer.size_bytes)} in {transfer.duration_s:.1f} s, "
            f"{readable_size(rate)}/s by {transfer.method}.",
            markup=False,
        )
        self._console.print(
            "Only the two of you could read it: the server carried sealed bytes.", style="dim"
        )
        sys.stderr.flush()

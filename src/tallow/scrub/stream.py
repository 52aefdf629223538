"""Text without end, scrubbed window by window: memory stays constant, borders hide nothing."""

import codecs
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from .policy import count
from .room import current
from .scrubber import Hit
from .walk import overwritten

__all__ = ["Window", "scrub_stream", "windows"]

_STEP_BYTES: Final = 256 * 1024
_OVERLAP: Final = 32 * 1024
"""Characters that wait for what comes after them; a PEM block of 16 kB fits with room."""

# Bytes that are no UTF-8 come as lone surrogates. No rule knows them, and the engines refuse
# them, so the engines see a private-use character in the place of each.
_FOR_ENGINES: Final = {0xDC00 + byte: 0xE000 + byte for byte in range(0x80, 0x100)}


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of the stream that is final, and the hits in it. Stretches follow each other.

    `text` holds bytes that were no UTF-8 as lone surrogates (PEP 383).
    """

    text: str
    hits: Sequence[Hit]


def scrub_stream(read: Callable[[int], bytes], write: Callable[[bytes], object]) -> int:
    """Scrub what `read` gives into `write`, in constant memory; return the number of findings.

    Bytes that are no UTF-8 pass as they are.
    """
    room = current()
    found = 0
    for window in windows(read, room.scrubber.hits):
        found += len(window.hits)
        count([hit.label.id for hit in window.hits])
        pseudonyms = room.scrubber.policy.pseudonyms
        text = overwritten(window.text, window.hits, pseudonyms, room.identity)
        write(text.encode("utf-8", "surrogateescape"))
    return found


def windows(
    read: Callable[[int], bytes], hits_in: Callable[[str], Sequence[Hit]]
) -> Iterator[Window]:
    """Yield the stream that `read` gives, up to a number of bytes a call, as final windows."""
    decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
    waiting = ""
    is_end = False
    while not is_end:
        data = read(_STEP_BYTES)
        is_end = not data
        waiting += decoder.decode(data, final=is_end)
        if not is_end and len(waiting) < 2 * _OVERLAP:
            continue
        hits = hits_in(waiting.translate(_FOR_ENGINES))
        cut = len(waiting) if is_end else _cut(waiting, hits)
        if cut:
            yield Window(waiting[:cut], [hit for hit in hits if hit.end <= cut])
            waiting = waiting[cut:]


def _cut(text: str, hits: Sequence[Hit]) -> int:
    """Return where the final part ends: at a line, so that names stay with their values.

    Never inside a hit; a hit that is longer than the window is final with the window.
    """
    latest = len(text) - _OVERLAP
    line = text.rfind("\n", 0, latest) + 1
    space = text.rfind(" ", 0, latest) + 1
    cut = line or space or latest
    for hit in hits:
        if hit.start < cut < hit.end:
            return hit.start or (hit.end if hit.end >= latest else cut)
    return cut

"""The template files: one line of telemetry a line, one folder a style, one file a kind."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Literal

from benchmarks.scrub.rows import Kind

__all__ = ["FIRST_UNSEEN", "KINDS", "STYLES", "Style", "frames", "nested", "templates"]

Style = Literal["a", "b", "c", "d", "e", "f", "g", "h", "m", "n", "o"]
STYLES: tuple[Style, ...] = ("a", "b", "c", "d", "e", "f", "g", "h", "m", "n", "o")
"""Each wording is another author's way to write. `d` and `e` are odd on purpose: rare formats,
rare daemons, many countries. From `f` on lines are plain, but values are drawn by other habits; the
clean lines of `h` look for one known fault: numbers after words that end like `ring` and `call`.
`m` is what an ordinary on-call engineer would write; `n` comes from telephones, payments, builds,
chats, gateways, mail, databases and clusters; `o` is a tester of log scrubbers.
"""

FIRST_UNSEEN: Mapping[str, str] = {
    "b": "97.0",
    "c": "99.7",
    "d": "93.0 (over 2.8)",
    "e": "93.3 (over 0.8)",
    "f": "97.8 (over 1.0)",
    "g": "98.8 (over 0.7)",
    "h": "95.6 (over 4.9)",
    "m": "98.5 (over 2.3)",
    "n": "95.2 (over 1.7)",
    "o": "98.7 (over 0.9)",
}
"""Recall in % when a wording was scored for the first time, and clean lines changed."""

KINDS: tuple[Kind, ...] = ("log", "url", "trace", "json", "header", "prose", "negative")

_FOLDER = Path(__file__).with_name("wording")
_HOLE = "⟪⟫"


@cache
def templates(style: Style, kind: Kind) -> tuple[str, ...]:
    """Return the templates of a kind. In the files ⏎, ⇥, ␍ and ␛ stand for what they look like."""
    return _lines(style, kind)


@cache
def nested(style: Style) -> tuple[str, ...]:
    """Return the templates that travel as a string inside another JSON value."""
    return _lines(style, "nested")


@cache
def frames(style: Style) -> tuple[tuple[str, str], ...]:
    """Return what stands before and after such a string."""
    return tuple(
        (before, after)
        for before, _, after in (line.partition(_HOLE) for line in _lines(style, "frames"))
    )


def _lines(style: Style, name: str) -> tuple[str, ...]:
    text = (_FOLDER / style / f"{name}.txt").read_text(encoding="utf-8")
    return tuple(
        line.replace("␍", "\r").replace("⏎", "\n").replace("⇥", "\t").replace("␛", "\x1b")
        for line in text.split("\n")
        if line and not line.startswith("## ")
    )

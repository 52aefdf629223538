"""Which stretch of time a page shows: relative, absolute, or dragged on a chart."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from types import MappingProxyType
from typing import Final

from tallow.exceptions import TallowError

__all__ = [
    "DEFAULT_RANGE",
    "LATEST_S",
    "RELATIVE",
    "AskError",
    "Span",
    "TimeRange",
    "read_range",
]

RELATIVE: Final[Mapping[str, tuple[float, str]]] = MappingProxyType(
    {
        "15m": (900.0, "Last 15 minutes"),
        "1h": (3600.0, "Last hour"),
        "6h": (21_600.0, "Last 6 hours"),
        "24h": (86_400.0, "Last 24 hours"),
        "7d": (604_800.0, "Last 7 days"),
        "30d": (2_592_000.0, "Last 30 days"),
    }
)
DEFAULT_RANGE: Final = "1h"
_STEPS_S: Final = (
    *(1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800),
    *(3600, 7200, 10_800, 21_600, 43_200, 86_400, 172_800, 604_800),
)
_LONGEST_S: Final = 400 * 86_400.0
LATEST_S: Final = 4_102_444_800.0
"""The year 2100, in Unix seconds: no question is about what comes after it."""


class AskError(TallowError):
    """A question that cannot be answered as it was asked: which part, and what was expected."""

    def __init__(self, part: str, problem: str, expected: str = "") -> None:
        tail = f"; expected {expected}" if expected else ""
        super().__init__(f"{part} {problem}{tail}")
        self.part = part


@dataclass(frozen=True, slots=True)
class Span:
    """A range cut into steps for the store: all in Unix seconds, with what it is narrowed to.

    `first_s` is where the first step begins, at or before `start_s`.
    """

    start_s: float
    end_s: float
    first_s: float
    step_s: int
    steps: int
    environment: str = ""
    device: str = ""

    @property
    def times(self) -> tuple[float, ...]:
        """Return where each step begins."""
        return tuple(self.first_s + index * self.step_s for index in range(self.steps))

    @property
    def parameters(self) -> dict[str, int | str]:
        """Return the parameters that queries name; times are in milliseconds but for `first`."""
        return {
            "start": round(self.start_s * 1000),
            "end": round(self.end_s * 1000),
            "first": int(self.first_s),
            "before": round((self.first_s - self.step_s) * 1000),
            "step": self.step_s,
            "environment": self.environment,
            "device": self.device,
        }


@dataclass(frozen=True, slots=True)
class TimeRange:
    """From `start_s` to `end_s` in Unix seconds; `relative` is `1h` and so on, or empty."""

    start_s: float
    end_s: float
    relative: str = ""

    @property
    def length_s(self) -> float:
        """Return how long it is."""
        return self.end_s - self.start_s

    @property
    def parameters(self) -> dict[str, str]:
        """Return what makes this range again in an address."""
        if self.relative:
            return {"range": self.relative}
        return {"from": _iso(self.start_s), "to": _iso(self.end_s)}

    def step_s(self, points: int = 90) -> int:
        """Return a step that people know (10 s, 5 min) and that gives at most `points`.

        >>> TimeRange(0, 3600).step_s(), TimeRange(0, 86400).step_s(24)
        (60, 3600)
        """
        wanted = self.length_s / points
        return next((step for step in _STEPS_S if step >= wanted), _STEPS_S[-1])

    def span(self, points: int = 90, environment: str = "", device: str = "") -> Span:
        """Return the steps that touch the range, at most `points` and one."""
        step = self.step_s(points)
        first = math.floor(self.start_s / step) * step
        many = max(1, math.ceil((self.end_s - first) / step))
        return Span(self.start_s, self.end_s, float(first), step, many, environment, device)

    def before(self) -> "TimeRange":
        """Return the range of the same length just before: what this one is compared with."""
        return TimeRange(self.start_s - self.length_s, self.start_s)

    def label(self, zone: tzinfo) -> str:
        """Return its words: "Last hour", or both ends in the viewer's zone."""
        if self.relative:
            return RELATIVE[self.relative][1]
        start = datetime.fromtimestamp(self.start_s, zone)
        end = datetime.fromtimestamp(self.end_s, zone)
        last = f"{end:%H:%M:%S}" if start.date() == end.date() else f"{end:%d %b %H:%M:%S}"
        return f"{start:%d %b %H:%M:%S} to {last}"


def read_range(
    said: Mapping[str, str], now_s: float, default: str = DEFAULT_RANGE, zone: tzinfo = UTC
) -> TimeRange:
    """Return the range of `range=1h`, or of `from=` and `to=`, ISO 8601 or Unix seconds.

    A time without an offset is the viewer's, in `zone`.

    Raises:
        AskError: unknown name, unreadable time, an end before its start, or over 400 days.
    """
    if said.get("from") or said.get("to"):
        start = _moment("from", said.get("from", ""), zone)
        end = _moment("to", said["to"], zone) if said.get("to") else now_s
        if not start < end:
            raise AskError("to", "is not after from", "an end later than the start")
        if end - start > _LONGEST_S:
            raise AskError("from", "is too far from to", "at most 400 days")
        return TimeRange(start, end)
    name = said.get("range") or default
    if name not in RELATIVE:
        raise AskError("range", "is not known", ", ".join(RELATIVE))
    return TimeRange(now_s - RELATIVE[name][0], now_s, name)


def _moment(part: str, text: str, zone: tzinfo) -> float:
    expected = "a time like 2026-11-23T12:00:00Z"
    try:
        moment = float(text)
    except ValueError:
        try:
            read = datetime.fromisoformat(text)
        except ValueError:
            raise AskError(part, "is not a time", expected) from None
        moment = (read if read.tzinfo else read.replace(tzinfo=zone)).timestamp()
    if not 0 <= moment < LATEST_S:
        raise AskError(part, "is not a time", expected)
    return moment


def _iso(moment_s: float) -> str:
    text = datetime.fromtimestamp(moment_s, UTC).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z")

"""The stack of an event as people read it: newest call first, own code open, the rest folded."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .event import text, timestamp_s

__all__ = ["Frame", "SourceLine", "Trace", "breadcrumbs_of", "traces_of"]


@dataclass(frozen=True, slots=True)
class SourceLine:
    """A line of source around a frame."""

    number: int
    text: str
    is_here: bool


@dataclass(frozen=True, slots=True)
class Frame:
    """One call."""

    function: str
    module: str
    file: str
    line: int
    column: int
    is_own: bool
    source: tuple[SourceLine, ...]
    variables: tuple[tuple[str, str], ...]

    @property
    def place(self) -> str:
        """Return file, line and column as editors take them."""
        tail = f":{self.line}" if self.line else ""
        return f"{self.file}{tail}{f':{self.column}' if self.column else ''}"


@dataclass(frozen=True, slots=True)
class Trace:
    """One exception of a chain, the main one first. `groups` are runs of own or other frames."""

    type: str
    value: str
    mechanism: str
    is_handled: bool
    groups: tuple[tuple[Frame, ...], ...]


def traces_of(payload: Mapping[str, Any]) -> tuple[Trace, ...]:
    """Return the exceptions of a regular event, the one it is about first."""
    values = payload.get("exception", {}).get("values", [])
    return tuple(_trace(value) for value in reversed(values))


def breadcrumbs_of(payload: Mapping[str, Any], at_s: float) -> tuple[Mapping[str, Any], ...]:
    """Return what happened before, newest first, each with `before_s`: how long before."""
    crumbs = payload.get("breadcrumbs", {}).get("values", [])
    return tuple(
        {
            "category": text(crumb.get("category")) or text(crumb.get("type")) or "default",
            "level": text(crumb.get("level")) or "info",
            "message": text(crumb.get("message")),
            "data": crumb.get("data") if isinstance(crumb.get("data"), Mapping) else {},
            "before_s": max(at_s - timestamp_s(crumb.get("timestamp"), at_s), 0.0),
        }
        for crumb in reversed(crumbs)
    )


def _trace(value: Mapping[str, Any]) -> Trace:
    mechanism = value.get("mechanism", {})
    frames = [_frame(frame) for frame in reversed(value.get("stacktrace", {}).get("frames", []))]
    if frames and not any(frame.is_own for frame in frames):
        groups: list[list[Frame]] = [frames]
    else:
        groups = []
        for frame in frames:
            if groups and groups[-1][0].is_own == frame.is_own:
                groups[-1].append(frame)
            else:
                groups.append([frame])
    return Trace(
        type=value.get("type", ""),
        value=value.get("value", ""),
        mechanism=text(mechanism.get("type")),
        is_handled=mechanism.get("handled") is not False,
        groups=tuple(tuple(group) for group in groups),
    )


def _frame(said: Mapping[str, Any]) -> Frame:
    variables = said.get("vars")
    variables = variables if isinstance(variables, Mapping) else {}
    return Frame(
        function=text(said.get("function")) or "?",
        module=text(said.get("module")),
        file=text(said.get("filename")) or text(said.get("abs_path")) or "?",
        line=_whole(said.get("lineno")),
        column=_whole(said.get("colno")),
        is_own=said.get("in_app") is True,
        source=tuple(_source(said)),
        variables=tuple((str(name), _short(value)) for name, value in variables.items()),
    )


def _source(said: Mapping[str, Any]) -> list[SourceLine]:
    here = text(said.get("context_line"))
    if not here:
        return []
    before, after = _lines(said.get("pre_context")), _lines(said.get("post_context"))
    number = _whole(said.get("lineno"))
    first = number - len(before)
    return [
        *(SourceLine(first + index, line, False) for index, line in enumerate(before)),
        SourceLine(number, here, True),
        *(SourceLine(number + 1 + index, line, False) for index, line in enumerate(after)),
    ]


def _lines(said: object) -> Sequence[str]:
    return [text(line) for line in said] if isinstance(said, list) else []


def _whole(said: object) -> int:
    return said if isinstance(said, int) and not isinstance(said, bool) else 0


def _short(said: object) -> str:
    shown = said if isinstance(said, str) else repr(said)
    return shown if len(shown) <= 300 else shown[:300] + "…"

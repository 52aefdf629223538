"""Which issue an error belongs to.

An own fingerprint decides; else type, last in-app frame and normalised message; else the template
of the message. On the 58 labelled events of the research set this rule made no wrong pair. It
looks at scrubbed events, so it must not split by what a marker carries (`[email:3fa2]`).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from .event import hash63, main_exception, text

__all__ = ["RULE", "Group", "group", "normalised"]

RULE: Final = 1
"""Version of this rule. It is part of every issue's id: a new rule never mixes with an old one."""

_LONGEST_MESSAGE: Final = 500
_LONGEST_TITLE: Final = 200

# In this order: what is longer and more telling first, bare numbers last.
_VARYING: Final = (
    (re.compile(r"\[([a-z_]+):[0-9a-f]{4}\]"), r"[\1]"),
    (re.compile(r"[\w.+-]{1,64}@[\w-]{1,64}\.[\w.-]{1,64}"), "<email>"),
    (re.compile(r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b", re.I), "<uuid>"),
    (re.compile(r"\b\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?"),
     "<time>"),
    (re.compile(r"\b\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?\b"), "<ip>"),
    (re.compile(r"\b\d\d?:\d\d(?::\d\d(?:[.,]\d+)?)?\b"), "<time>"),
    (re.compile(r"\b0x[0-9a-f]+\b", re.I), "<hex>"),
    (re.compile(r"\b(?=[0-9a-f]*\d)(?=[0-9a-f]*[a-f])[0-9a-f]{7,}\b", re.I), "<hex>"),
    (re.compile(r"'[^'\n]{0,200}'|\"[^\"\n]{0,200}\"|`[^`\n]{0,200}`"), "<quoted>"),
    (re.compile(r"\d+(?:[.,]\d+)*"), "<n>"),
    (re.compile(r"\s+"), " "),
)  # fmt: skip
_BUNDLE_HASH: Final = re.compile(r"[-.](?=[0-9A-Za-z_]*\d)[0-9A-Za-z_]{6,}(?=\.(?:m|c)?jsx?$)")
_MINIFIED: Final = re.compile(r"[A-Za-z_$]{1,2}\d?")
_COMPILED: Final = frozenset({"javascript", "node"})


@dataclass(frozen=True, slots=True)
class Group:
    """The issue of an event: its number, the text it is made of, how lists call it."""

    issue: int
    fingerprint: str
    title: str
    culprit: str


def group(event: Mapping[str, Any], project: int) -> Group:
    """Return the issue of a regular, scrubbed event; the same for ever under one `RULE`."""
    fingerprint = _fingerprint(event)
    return Group(
        issue=hash63(f"{project}\n{RULE}\n{fingerprint}"),
        fingerprint=fingerprint,
        title=_title(event),
        culprit=_culprit(event),
    )


def normalised(message: str) -> str:
    """Return a message without what varies from one event of a kind to the next.

    >>> normalised("user 17 not found at 10.0.0.1:80 in 'carts'")
    'user <n> not found at <ip> in <quoted>'
    """
    message = message[:_LONGEST_MESSAGE]
    for pattern, stand_in in _VARYING:
        message = pattern.sub(stand_in, message)
    return message.strip()


def _fingerprint(event: Mapping[str, Any]) -> str:
    own = [text(part) for part in event.get("fingerprint", ()) if text(part)]
    if not own:
        return _default(event)
    parts = [_default(event) if _is_default(part) else part for part in own]
    return "\n".join(parts)


def _is_default(part: str) -> bool:
    return part.replace(" ", "") == "{{default}}"


def _default(event: Mapping[str, Any]) -> str:
    exception = main_exception(event)
    if not exception.get("type"):
        entry = event.get("logentry") or {}
        template = text(entry.get("message")) or event.get("message", "") or exception.get("value")
        return f"message\n{event.get('logger', '')}\n{normalised(text(template))}"
    frame = _last_frame(exception, text(event.get("platform")))
    place = _place(frame) if frame else ""
    return f"exception\n{exception['type']}\n{place}\n{normalised(exception['value'])}"


def _last_frame(exception: Mapping[str, Any], platform: str) -> Mapping[str, Any] | None:
    """Return the deepest frame of the application's own code, or of any if none is marked so.

    A minified frame names nothing that lasts to the next build, so it does not count.
    """
    frames: list[dict[str, Any]] = exception["stacktrace"]["frames"]
    own = [frame for frame in frames if frame.get("in_app") is True] or frames
    if not own or (platform in _COMPILED and _is_minified(own[-1])):
        return None
    return own[-1]


def _is_minified(frame: Mapping[str, Any]) -> bool:
    function = text(frame.get("function")).rsplit(".", 1)[-1]
    column = frame.get("colno")
    far_right = isinstance(column, int) and column > 500
    return far_right or function in {"", "?"} or _MINIFIED.fullmatch(function) is not None


def _place(frame: Mapping[str, Any]) -> str:
    """Return module and function of a frame; no line numbers, which move with every edit."""
    module = text(frame.get("module"))
    if not module:
        file = text(frame.get("filename")) or text(frame.get("abs_path"))
        module = _BUNDLE_HASH.sub("", file.split("?")[0].rsplit("/", 1)[-1])
    return f"{module}\n{text(frame.get('function'))}"


def _title(event: Mapping[str, Any]) -> str:
    exception = main_exception(event)
    value = _first_line(exception.get("value", ""))
    if exception.get("type"):
        title = f"{exception['type']}: {value}" if value else exception["type"]
    else:
        title = _first_line(event.get("message", "")) or value or "(no message)"
    return str(title)[:_LONGEST_TITLE]


def _culprit(event: Mapping[str, Any]) -> str:
    """Return where an event came from: the last own frame as `function in module`, or the route."""
    exception = main_exception(event)
    frame = _last_frame(exception, "") if exception else None
    if frame is None:
        return text(event.get("transaction"))[:_LONGEST_TITLE]
    module, _, function = _place(frame).partition("\n")
    return (f"{function} in {module}" if function and module else function or module)[
        :_LONGEST_TITLE
    ]


def _first_line(message: object) -> str:
    lines = text(message).strip().splitlines()
    return lines[0].strip() if lines else ""

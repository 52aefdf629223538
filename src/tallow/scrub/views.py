"""Text as it reads once its escapes are undone, with the way back to where each sign stood."""

import re
from bisect import bisect_right
from dataclasses import dataclass

__all__ = ["View", "decoded", "is_in_form"]

_ESCAPE = re.compile(
    r"(?:%[0-9A-Fa-f]{2})+"
    r'|\\(?:u[0-9A-Fa-f]{4}|["\'\\/nrt])'
    r"|&(?:#[0-9]{2,7}|#[xX][0-9A-Fa-f]{2,6}|amp|quot|apos|lt|gt);"
    r"|\x1b\[[0-9;:]{0,40}[A-Za-z]"
    r"|'\\''"
    r"|(?<=[=:,(\[{ ])(?:\"\"|'')(?=[^ \t\r\n,;:)\]}\"'&<>=])"
    r"|(?<=[^ \t\r\n=:,(\[{\"'\\])(?:\"\"|'')(?![^ \t\r\n,;:)\]}&<>])"
)
"""Escapes; colours of a terminal, which stand for nothing; a quote as shells write it; and the
doubled quotes of a table's cell or of SQL around a value, not those of an empty one."""
_PARTING = " \t\r\n\"'<>"
_WORD_AROUND = 200
_FORM_WORD = re.compile(r"[^ \t\r\n\"'<>]+")
_PERCENT = re.compile(r"%[0-9A-Fa-f]{2}")
_PLUS = re.compile(
    r"((?:^|[=/:?&;])[A-Za-z0-9._-]{1,64}[+](?=[A-Za-z0-9._-]{1,64}%40))|[+]",
)
"""Group 1: that of `mail=ann+news%40…`, which is a part of the address."""
_NAMED = {"amp": "&", "quot": '"', "apos": "'", "lt": "<", "gt": ">"}
_SIMPLE = {"n": "\n", "r": "\r", "t": "\t"}
_DEEPEST = 5


@dataclass(frozen=True, slots=True)
class View:
    """Decoded text. Stretch `i` begins at `at[i]` here and at `came_from[i]` in the original.

    `steps[i]` is 1 where a stretch is verbatim, else how many original characters make its one.
    """

    text: str
    at: list[int]
    came_from: list[int]
    steps: list[int]

    def origin(self, start: int, end: int) -> tuple[int, int]:
        """Return the stretch of the original that `start` to `end` (not empty) stands for."""
        first = bisect_right(self.at, start) - 1
        last = bisect_right(self.at, end - 1) - 1
        begin = self.came_from[first] + (start - self.at[first]) * (self.steps[first] == 1)
        step = self.steps[last]
        finish = self.came_from[last] + (step if step > 1 else end - self.at[last])
        return begin, finish

    def behind(self, original: str, place: int) -> int:
        """Return `place` of the original, or where the percent escape it is in ends.

        It is -1 within a colour, which is left out here.
        """
        index = bisect_right(self.came_from, place) - 1
        following = index + 1 < len(self.at)
        if index >= 0:
            start, step = self.came_from[index], self.steps[index]
            beyond = self.at[index + 1] if following else len(self.text)
            finish = start + (step if step > 1 else beyond - self.at[index])
            if place < finish:
                return finish if place > start and step > 1 and original[start] == "%" else place
        return -1 if following else place


def decoded(text: str) -> View | None:
    """Return `text` with percent, JSON, entity and like escapes undone until none is left, or None.

    At most five layers are undone. A broken UTF-8 sequence becomes U+FFFD, byte by byte.
    """
    if not _may_have_escapes(text):
        return None
    view = _undo(_FORM_WORD.sub(_spaced, text) if "+" in text and "%" in text else text)
    if view is None:
        return None
    for _ in range(_DEEPEST - 1):
        deeper = _undo(view.text) if _may_have_escapes(view.text) else None
        if deeper is None:
            break
        view = _joined(view, deeper)
    return view


def _may_have_escapes(text: str) -> bool:
    return (
        "%" in text or "\\" in text or "&" in text or '""' in text or "''" in text or "\x1b" in text
    )


def is_in_form(text: str, start: int, end: int) -> bool:
    """Say whether the word around a stretch is that of a form, whose blanks are pluses."""
    low, high = max(0, start - _WORD_AROUND), min(len(text), end + _WORD_AROUND)
    while start > low and text[start - 1] not in _PARTING:
        start -= 1
    while end < high and text[end] not in _PARTING:
        end += 1
    return _is_form(text[start:end])


def _is_form(word: str) -> bool:
    """Say whether a plus in `word` stands for a blank: there are escapes, and none of a blank."""
    return "%20" not in word and _PERCENT.search(word) is not None


def _spaced(match: re.Match[str]) -> str:
    word = match.group()
    return _PLUS.sub(_blank, word) if "+" in word and _is_form(word) else word


def _blank(match: re.Match[str]) -> str:
    return match.group(1) or " "


def _undo(text: str) -> View | None:
    pieces: list[str] = []
    at: list[int] = []
    came_from: list[int] = []
    steps: list[int] = []
    length = done = 0
    for match in _ESCAPE.finditer(text):
        start, end = match.span()
        if start > done:
            at.append(length)
            came_from.append(done)
            steps.append(1)
            pieces.append(text[done:start])
            length += start - done
        for char, width in _signs(match.group()):
            at.append(length)
            came_from.append(start)
            steps.append(width)
            pieces.append(char)
            length += len(char)
            start += width
        done = end
    if not done:
        return None
    if done < len(text):
        at.append(length)
        came_from.append(done)
        steps.append(1)
        pieces.append(text[done:])
    return View("".join(pieces), at, came_from, steps)


def _signs(escape: str) -> list[tuple[str, int]]:
    """Return what an escape, or a run of percent escapes, stands for: characters and widths."""
    if escape[0] == "\x1b":
        return []
    if escape[0] in "\"'":
        return [(escape[0], len(escape))]
    if escape[0] == "%":
        return _percent(bytes.fromhex(escape.replace("%", "")))
    if escape[0] == "\\":
        if escape[1] == "u":
            code = int(escape[2:], 16)
            return [("\ufffd" if 0xD800 <= code < 0xE000 else chr(code), 6)]
        return [(_SIMPLE.get(escape[1], escape[1]), 2)]
    name = escape[1:-1]
    if name[0] != "#":
        return [(_NAMED[name], len(escape))]
    code = int(name[2:], 16) if name[1] in "xX" else int(name[1:])
    fits = code < 0x110000 and not 0xD800 <= code < 0xE000
    return [(chr(code) if fits else "\ufffd", len(escape))]


def _percent(data: bytes) -> list[tuple[str, int]]:
    signs: list[tuple[str, int]] = []
    place = 0
    while place < len(data):
        lead = data[place]
        size = 1 if lead < 0x80 else 2 if 0xC2 <= lead < 0xE0 else 3 if lead < 0xF0 else 4
        try:
            char = data[place : place + size].decode("utf-8")
        except UnicodeDecodeError:
            char, size = "\ufffd", 1
        signs.append((char, 3 * size))
        place += size
    return signs


def _joined(outer: View, inner: View) -> View:
    """Return `inner`, a view of `outer.text`, as a view of what `outer` is a view of."""
    at: list[int] = []
    came_from: list[int] = []
    steps: list[int] = []
    for index, begin in enumerate(inner.at):
        source = inner.came_from[index]
        if inner.steps[index] > 1:
            start, end = outer.origin(source, source + inner.steps[index])
            at.append(begin)
            came_from.append(start)
            steps.append(max(end - start, 2))
            continue
        finish = inner.at[index + 1] if index + 1 < len(inner.at) else len(inner.text)
        stretch = bisect_right(outer.at, source) - 1
        while begin < finish:
            at.append(begin)
            steps.append(outer.steps[stretch])
            came_from.append(
                outer.came_from[stretch]
                + (source - outer.at[stretch]) * (outer.steps[stretch] == 1)
            )
            following = outer.at[stretch + 1] if stretch + 1 < len(outer.at) else len(outer.text)
            begin += following - source
            source = following
            stretch += 1
    return View(inner.text, at, came_from, steps)

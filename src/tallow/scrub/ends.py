"""Where the value of a named field ends."""

import re

from .fields import KeyClass, is_encoded, suits

__all__ = [
    "FIRST_LOOK",
    "LONGEST_VALUE",
    "LOOSE",
    "Spans",
    "closing",
    "cut_of",
    "extended",
    "scope_of",
    "value_end",
]

Spans = list[tuple[int, int, KeyClass | None]]
"""Start, end and the class that names the marker; None: the rule's own."""

LONGEST_VALUE = 64_000
FIRST_LOOK = 1000
LOOSE = re.compile(r"[^\s\"'`<>|^\\,;&)\]}]{1,500}")
_OPENS_CALL = re.compile(r"[(]")
_NOT_IN_TOKEN = re.compile(r"[(?#]")
_NOT_IN_SESSION = re.compile(r"[(?#/]")
_AFTER_STOP = re.compile(r"[A-Za-z_](?:[A-Za-z0-9_.\[\]-]|%5[BDbd]){0,40}[ \t]?[=:]|[\s\"'<]|\\|$")
_BRACKETED = re.compile(r"\[[A-Za-z][A-Za-z _-]{0,60}(?::[0-9a-f]{4})?\]")
_SAID = re.compile(r"\([a-z]+(?: [a-z]+){1,5}\)")
"""What is said in place of a value: `(known after apply)`."""

_CLOSES = re.compile(r"[\s,;)\]}\"'`<>|^&\\]|$")
_DRAWN = frozenset(("any", "pwd", "pass", "mixed", "long"))
_NEXT_PAIR = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,40}=")
_NOT_AFTER_LESS = re.compile(r"[A-Za-z/!?%=-]")
_NOT_AFTER_MORE = re.compile(r"[/=]")
_MARKUP = 200
_MORE_DIGITS = re.compile(r"(?:[ \t]?[(]?[ ()./-]{0,2}[0-9]{2,}[)]?){1,6}")
_MORE_NAMES = re.compile(
    r"(?:[ ](?:(?:de|da|di|van|von|der|den|la|el|bin|al|y)[ ])?[A-Z\u00c0-\u00de]"
    r"[^\W\d_]*[.'\u2019-]?[^\W\d_]*){1,4}"
)
_NEXT_NAME = re.compile(r"=|[ ][Nn]ame[ ]?[:=]")
_SCOPE = re.compile(
    r"(?:/|%(?:25)?2[Ff])20[0-9]{6}(?:(?:/|%(?:25)?2[Ff])[a-z0-9-]{1,40}){2}"
    r"(?:/|%(?:25)?2[Ff])(?:aws|goog)4_request$"
)
_STREET = re.compile(
    r"[^\r\n;&\"'<>|=]{1,120}?(?=[;&\"'<>|\r\n]|,[ \t][a-z_]+[=:]|[ \t][A-Za-z_]+=|[ \t]{2}|$)"
)


def closing(text: str, start: int, quote: str) -> int:
    """Return where the quotation that begins at `start` ends; without an end, the line does."""
    end = min(len(text), start + LONGEST_VALUE)
    close = text.find(quote, start, end)
    value = text[start:close] if close >= 0 else text[start:end]
    if "\\" not in value and "\n" not in value and "\r" not in value:
        return start + len(value)
    place = start
    while place < end:
        char = text[place]
        if char == quote or char in "\r\n":
            return place
        place += 2 if char == "\\" else 1
    return end


def value_end(
    text: str, start: int, shape: str, safe: frozenset[str], entry: KeyClass | None = None
) -> int:
    """Return where a loose value ends; only one that suits is followed beyond a first look."""
    end = _loose_end(text, start, FIRST_LOOK, shape)
    if text[start : start + 1] == "(" and (said := _SAID.match(text, start)):
        return max(end, said.end())
    if text[start : start + 1] == "[":
        bracketed = _BRACKETED.match(text, start)
        if bracketed and bracketed.end() > end:
            return bracketed.end()
        return end + (text[end : end + 1] == "]")
    if end - start < FIRST_LOOK or (entry and cut_of(text, start, end, entry)):
        return end
    if suits(shape, text[start:end], safe):
        return _loose_end(text, start, LONGEST_VALUE, shape)
    return end


def _loose_end(text: str, start: int, most: int, shape: str) -> int:
    """Return where a value without quotes ends: a sign such as `,` or `)` may be part of it."""
    place = start
    while place < len(text) and place - start < most:
        run = LOOSE.match(text, place)
        if run:
            place = run.end()
            continue
        if not _goes_on(text, place, start, shape):
            break
        place += 1
    if place == len(text) or text[place].isspace():
        while place > start and text[place - 1] in ".:!?":
            place -= 1
    return place


def _goes_on(text: str, place: int, start: int, shape: str) -> bool:
    """Say whether the sign at `place`, which ends most values, is part of this one."""
    char = text[place]
    if char in ",;&":
        return not _AFTER_STOP.match(text, place + 1)
    if char == "^":  # parts the fields of LEEF, and stands in passwords
        return shape in _DRAWN or not _NEXT_PAIR.match(text, place + 1)
    if place == start:
        return False
    if char in "<>":
        return shape in ("any", "pwd") and _is_no_markup(text, place, start)
    if char not in ")]}":
        return False
    if char != "]" and text[place + 1 : place + 2] in ("<", ">"):
        return _goes_on(text, place + 1, start, shape)
    return not _CLOSES.match(text, place + 1)


def _is_no_markup(text: str, place: int, start: int) -> bool:
    """Say whether the `<` or `>` at `place` is a sign of a password, not of an element."""
    if _CLOSES.match(text, place + 1):
        return False
    if text[place] == "<":
        return not _NOT_AFTER_LESS.match(text, place + 1)
    is_arrow = text[place - 1] in "-="
    is_open = text.rfind("<", max(0, place - _MARKUP), start) >= 0
    return not is_arrow and not is_open and not _NOT_AFTER_MORE.match(text, place + 1)


def cut_of(text: str, start: int, end: int, entry: KeyClass) -> re.Match[str] | None:
    """Return the sign that no token has, where the value ends; a session has no path behind it."""
    if entry.values == "any":
        return None
    if entry.values in ("pwd", "pass"):
        return _OPENS_CALL.search(text, start, end)
    is_session = entry.id == "field-session" and not is_encoded(text[start:end])
    return (_NOT_IN_SESSION if is_session else _NOT_IN_TOKEN).search(text, start, end)


def scope_of(text: str, start: int, end: int) -> int:
    """Return where the scope of a cloud's key begins: `AKIA…/20250314/us-east-1/s3/aws4_request`.

    Without one it is `end`. Source: AWS Signature Version 4, "credential scope".
    """
    scope = _SCOPE.search(text, start, end) if text.endswith("4_request", start, end) else None
    return scope.start() if scope else end


def extended(text: str, start: int, end: int, entry: KeyClass) -> int:
    """Return the end of a value that may have blanks inside: numbers, names, addresses."""
    if entry.values in ("phone", "card", "account", "official"):
        more = _MORE_DIGITS.match(text, end)
    elif entry.values == "person":
        more = _MORE_NAMES.match(text, end)
        if more and _NEXT_NAME.match(text, more.end()):  # `First name: Anna Last name: …`
            return text.rfind(" ", end, more.end())
    elif entry.values == "address":
        more = _STREET.match(text, end)
    elif entry.values == "date":
        more = re.compile(r"[ ][A-Za-z]{3,9}[ ][0-9]{4}").match(text, end)
    else:
        more = None
    return more.end() if more else end

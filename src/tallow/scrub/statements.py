"""Checks that read a little of other languages: SQL inserts and command lines."""

import re

from .ends import Spans
from .fields import is_placeholder
from .values import ValueReader

__all__ = ["check_cli", "value_spans"]

_COLUMN = re.compile(r"[`\"'\[]?([A-Za-z_][A-Za-z0-9_. ]{0,80}?)[`\"'\]]?[ \t\r\n]*(?:,|$)")
_VALUES = re.compile(r"\)[ \r\n]{0,4}(?:VALUES|values|Values)[ \r\n]{0,4}")
_ROW = re.compile(r"[ \r\n]{0,4},?[ \r\n]{0,4}\(")
_LITERAL = re.compile(
    r"[ \t\r\n]*(?:[NE]?'((?:[^'\\]|''|\\.){0,1000})'|\"((?:[^\"\\]|\\.){0,1000})\""
    r"|([^,()'\"]{0,200}(?:\([^()]{0,200}\))?))[ \t\r\n]*([,)]|$)"
)
_MOST_ROWS = 1000


def check_cli(text: str, start: int, end: int) -> Spans:
    """Take the password of a command; refuse ports, numbers and stand-ins."""
    secret = text[start:end]
    if secret.isdecimal() or is_placeholder(secret) or secret.startswith(("/", "$")):
        return []
    return [(start, end, None)]


def value_spans(values: ValueReader, text: str, start: int, end: int) -> Spans:
    """Take the literals of an INSERT that stand in columns with telling names.

    `start` to `end` is the list of columns.
    """
    entries = [values.names.classify(column) for column in _columns(text[start:end])]
    opening = _VALUES.match(text, end)
    if opening is None or not any(entries):
        return []
    spans: Spans = []
    place = opening.end()
    for _ in range(_MOST_ROWS):
        row = _ROW.match(text, place)
        if row is None:
            break
        place = row.end()
        for entry in entries:
            literal = _LITERAL.match(text, place)
            if literal is None:
                return spans
            group = next((n for n in (1, 2, 3) if literal.group(n)), 0)
            if entry and group:
                spans += values.within(entry, text, *literal.span(group))
            place = literal.end()
            if literal.group(4) != ",":
                break
    return spans


def _columns(listed: str) -> list[str]:
    return [column.strip(" \t\r\n`\"'[]") for column in listed.split(",")]

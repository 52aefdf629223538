"""LogQL, the part people type: `{service="x"} |= "text" | level="error"`, or just words."""

import re
from dataclasses import dataclass
from typing import Final, Literal, cast

from tallow.exceptions import TallowError

__all__ = ["LINE_OPS", "Condition", "LogqlError", "parse"]

Where = Literal["service", "level", "environment", "correlation_id", "message", "line", "field"]
Op = Literal["=", "!=", "=~", "!~", "|=", "|~"]
LINE_OPS: Final = ("|=", "!=", "|~", "!~")

_COLUMNS: Final = {
    "service": "service",
    "service_name": "service",
    "level": "level",
    "detected_level": "level",
    "env": "environment",
    "environment": "environment",
    "cid": "correlation_id",
    "correlation_id": "correlation_id",
    "correlationId": "correlation_id",
    "trace_id": "correlation_id",
    "message": "message",
}
_TOKEN: Final = re.compile(
    r"""\s*(?:
        (?P<text>"(?:[^"\\]|\\.)*"|`[^`]*`)
      | (?P<op>\|=|\|~|!=|!~|=~|==|=)
      | (?P<mark>[{},|])
      | (?P<word>[A-Za-z_][A-Za-z0-9_.]*)
      | (?P<rest>\S)
    )""",
    re.VERBOSE,
)
_MOST_TOKENS: Final = 200


class LogqlError(TallowError):
    """A query that does not parse; says at which character and what was expected."""


@dataclass(frozen=True, slots=True)
class Condition:
    """One thing a line must satisfy. `name` is the field's for `field`, else empty."""

    where: Where
    op: Op
    value: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    at: int


def parse(query: str) -> tuple[Condition, ...]:
    """Return the conditions of a query, all of which must hold.

    Words without braces, pipes or quotes are one phrase to find in the line.

    >>> parse('{service="api"} |= "peer left" | level="error"')[1]
    Condition(where='line', op='|=', value='peer left', name='')
    >>> parse("peer left")
    (Condition(where='line', op='|=', value='peer left', name=''),)

    Raises:
        LogqlError: it is cut off, or has something that is not known.
    """
    text = query.strip()
    if not text:
        return ()
    if not re.search(r'^\{|\||^!|[=~]\s*["`]', text):
        return (Condition("line", "|=", text.strip('"')),)
    return tuple(_Reader(text).conditions())


class _Reader:
    """Reads a query from left to right."""

    def __init__(self, text: str) -> None:
        self._tokens = [
            _Token(found.lastgroup or "rest", found[found.lastgroup or 0], found.start() + 1)
            for found in _TOKEN.finditer(text)
        ]
        if len(self._tokens) > _MOST_TOKENS:
            raise LogqlError("The query is too long; expected at most 200 parts")
        self._place = 0

    def conditions(self) -> list[Condition]:
        found: list[Condition] = []
        if self._peek("mark", "{"):
            found += self._selector()
        elif self._peek("word"):
            found.append(self._label(filters=True))
        while self._place < len(self._tokens):
            found.append(self._stage())
        return found

    def _selector(self) -> list[Condition]:
        self._take("mark", "{")
        found: list[Condition] = []
        while not self._peek("mark", "}"):
            found.append(self._label(filters=False))
            if not self._peek("mark", "}"):
                self._take("mark", ",")
        self._take("mark", "}")
        return found

    def _stage(self) -> Condition:
        for op in LINE_OPS:
            if self._peek("op", op):
                self._take("op", op)
                return Condition("line", op, self._text())
        self._take("mark", "|")
        if self._peek("word", "json") or self._peek("word", "logfmt"):
            self._place += 1
            return Condition("line", "|=", "")
        return self._label(filters=True)

    def _label(self, *, filters: bool) -> Condition:
        name = self._take("word").text
        for op in ("=", "==", "!=", "=~", "!~"):
            if self._peek("op", op):
                self._take("op", op)
                break
        else:
            raise self._wrong("=, !=, =~ or !~")
        kind = "=" if op == "==" else op
        said = self._take("word").text if self._peek("word") and filters else self._text()
        where = _COLUMNS.get(name)
        if where is None:
            return Condition("field", cast(Op, kind), said, name)
        return Condition(cast(Where, where), cast(Op, kind), said)

    def _text(self) -> str:
        raw = self._take("text").text
        return raw[1:-1] if raw[0] == "`" else re.sub(r"\\(.)", r"\1", raw[1:-1])

    def _peek(self, kind: str, text: str = "") -> bool:
        if self._place >= len(self._tokens):
            return False
        token = self._tokens[self._place]
        return token.kind == kind and (not text or token.text == text)

    def _take(self, kind: str, text: str = "") -> _Token:
        if not self._peek(kind, text):
            raise self._wrong(text or _NAMES[kind])
        self._place += 1
        return self._tokens[self._place - 1]

    def _wrong(self, expected: str) -> LogqlError:
        if self._place >= len(self._tokens):
            return LogqlError(f"The query ends too early; expected {expected}")
        at = self._tokens[self._place].at
        return LogqlError(f"The query is wrong at character {at}; expected {expected}")


_NAMES: Final = {"text": 'text in quotes, like "error"', "word": "a name", "op": "=", "mark": "|"}

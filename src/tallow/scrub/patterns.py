"""Patterns of the subset taken apart: their pieces, their alphabet, their beginnings."""

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["KINDS", "OPEN", "SIGNS", "Alphabet", "Node", "Parser", "Signs", "outline", "shortened"]

SIGNS = 128
OPEN = 2**30
"""The most of a repeat that has no end."""
_ESCAPES = {"t": "\t", "n": "\n", "r": "\r", "f": "\f", "v": "\v"}
_MOST_KNOWN = 4096
_CLASS = re.compile(r"\^?\]?(?:[^\]\\]|\\.)*\]", re.DOTALL)
"""The inside of a class of signs, from behind its opening bracket."""

_STAND_INS = (*range(1, 9), *range(14, 27), *range(28, 32), 127, 11, 27)
"""Codes of the signs that stand for characters beyond ASCII."""

Signs = frozenset[int]

_DIGITS, _CAPITALS, _SMALL = (
    b"0123456789",
    b"ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    b"abcdefghijklmnopqrstuvwxyz",
)
KINDS = bytes.maketrans(_DIGITS + _CAPITALS + _SMALL, b"0" * 10 + b"A" * 26 + b"a" * 26)
"""Table for `bytes.translate`: what kind of sign each is. An outline is text after it."""


class Alphabet(dict[int, int]):
    """The signs the matcher knows: ASCII, and 28 control codes that stand for all the rest.

    Characters beyond ASCII that no pattern tells apart share one sign. As a table for
    `str.translate` it turns any text into one of the same length in these signs; texts that hold
    the control codes themselves are not for the matcher.
    """

    def __init__(self, patterns: Sequence[str]) -> None:
        super().__init__({code: code for code in range(SIGNS)})
        edges = {SIGNS}
        for low, high in (pair for pattern in patterns for pair in _ranges(pattern)):
            edges.update((max(ord(low), SIGNS), max(ord(high) + 1, SIGNS)))
        self._edges = sorted(edges)
        kinds: dict[frozenset[tuple[str, str]], int] = {}
        known = {pair for pattern in patterns for pair in _ranges(pattern)}
        self._codes: list[int] = []
        for edge in self._edges:
            kind = frozenset(pair for pair in known if ord(pair[0]) <= edge <= ord(pair[1]))
            self._codes.append(_STAND_INS[kinds.setdefault(kind, len(kinds))])
        self.reserved = frozenset(self._codes)
        self._known: dict[tuple[str, str], Signs] = {}
        self.classes: dict[str, Signs] = {}

    def __missing__(self, code: int) -> int:
        stand_in = self._codes[bisect_right(self._edges, code) - 1]
        if len(self) < _MOST_KNOWN:
            self[code] = stand_in
        return stand_in

    def signs(self, low: str, high: str) -> Signs:
        """Return the signs of the characters from `low` to `high`."""
        known = self._known.get((low, high))
        if known is None:
            known = self._known[low, high] = self._signs(low, high)
        return known

    def _signs(self, low: str, high: str) -> Signs:
        first, last = ord(low), ord(high)
        signs = set(range(first, min(last, SIGNS - 1) + 1)) - self.reserved
        for edge, code in zip(self._edges, self._codes, strict=True):
            if first <= edge <= last:
                signs.add(code)
        return frozenset(signs)


def _ranges(pattern: str) -> list[tuple[str, str]]:
    """Return the characters and ranges of a pattern that reach beyond ASCII."""
    return [
        (found[0], found[-1])
        for found in re.findall(r"[^\x00-\x7f]-[^\x00-\x7f]|[^\x00-\x7f]", pattern)
    ]


@dataclass(frozen=True, slots=True)
class Node:
    """A piece of a pattern: a sign, a row of pieces, a choice, a repeat, a group, an end."""

    kind: str
    signs: Signs = frozenset()
    parts: tuple["Node", ...] = ()
    least: int = 1
    most: int = 1
    is_lazy: bool = False
    group: int = 0


class Parser:
    """Reads the subset `subset.problem_of` lets through."""

    def __init__(self, pattern: str, alphabet: "Alphabet") -> None:
        self._pattern = pattern
        self._alphabet = alphabet
        self._place = 0
        self._groups = 0

    def choice(self) -> Node:
        options = [self._row()]
        while self._peek() == "|":
            self._place += 1
            options.append(self._row())
        return options[0] if len(options) == 1 else Node("choice", parts=tuple(options))

    def _peek(self) -> str:
        return self._pattern[self._place : self._place + 1]

    def _row(self) -> Node:
        parts: list[Node] = []
        while self._peek() not in ("", "|", ")"):
            parts.append(self._repeated(self._one()))
        return Node("row", parts=tuple(parts))

    def _one(self) -> Node:
        char = self._peek()
        self._place += 1
        if char == "(":
            number = 0
            if self._pattern.startswith("?:", self._place):
                self._place += 2
            else:
                self._groups += 1
                number = self._groups
            inner = self.choice()
            self._place += 1
            return Node("group", parts=(inner,), group=number) if number else inner
        if char == "[":
            return Node("sign", signs=self._class())
        if char == "^":
            return Node("begin")
        if char == "$":
            return Node("end")
        if char == ".":
            return Node("sign", signs=frozenset(range(SIGNS)) - {10})
        if char == "\\":
            char = self._escaped()
        return Node("sign", signs=self._alphabet.signs(char, char))

    def _escaped(self) -> str:
        char = self._peek()
        self._place += 1
        return _ESCAPES.get(char, char)

    def _class(self) -> Signs:
        """Read a class; most patterns share a few, so each is read once for an alphabet."""
        found = _CLASS.match(self._pattern, self._place)
        text = found.group() if found else ""
        known = self._alphabet.classes.get(text)
        if known is None or not text:
            known = self._alphabet.classes[text] = self._read_class()
        else:
            self._place += len(text)
        return known

    def _read_class(self) -> Signs:
        is_negated = self._peek() == "^"
        self._place += is_negated
        signs: set[int] = set()
        is_first = True
        while self._peek() != "]" or is_first:
            is_first = False
            low = self._member()
            high = low
            if self._peek() == "-" and self._pattern[self._place + 1 : self._place + 2] != "]":
                self._place += 1
                high = self._member()
            signs |= self._alphabet.signs(low, high)
        self._place += 1
        return frozenset(set(range(SIGNS)) - signs if is_negated else signs)

    def _member(self) -> str:
        char = self._peek()
        self._place += 1
        return self._escaped() if char == "\\" else char

    def _repeated(self, node: Node) -> Node:
        char = self._peek()
        if char == "?":
            self._place += 1
            least, most = 0, 1
        elif char == "{":
            close = self._pattern.index("}", self._place)
            low, comma, high = self._pattern[self._place + 1 : close].partition(",")
            least, most = int(low), int(high if comma else low)
            self._place = close + 1
        else:
            return node
        is_lazy = self._peek() == "?"
        self._place += is_lazy
        return Node("repeat", parts=(node,), least=least, most=most, is_lazy=is_lazy)


def outline(pattern: str) -> bytes:
    """Return what every match has in its outline: the longest stretch the pattern fixes.

    >>> outline("[0-9]{3}-[0-9]{2}-[0-9]{4}"), outline("(?:ab|c)")
    (b'000-00-0000', b'')
    """
    stretches = _stretches(Parser(pattern, Alphabet([pattern])).choice())
    return max(stretches, key=len, default=b"")


def _stretches(node: Node) -> list[bytes]:
    """Return the stretches of signs of one kind, one after the other, that `node` fixes."""
    stretches = [b""]
    for part in node.parts if node.kind == "row" else (node,):
        kind, least, most = part, 1, 1
        if part.kind == "repeat":
            kind, least, most = part.parts[0], part.least, part.most
        inner = kind.parts[0] if kind.kind == "group" else kind
        sign = _kind_of(inner.signs) if inner.kind == "sign" else b""
        if sign:
            stretches[-1] += sign * least
            if least != most:
                stretches.append(sign * least)
        elif inner.kind == "row" and least == most == 1:
            own = _stretches(inner)
            stretches[-1] += own[0]
            stretches += own[1:]
        else:
            stretches.append(b"")
    return stretches


def _kind_of(signs: Signs) -> bytes:
    """Return the one kind all of `signs` are of, or nothing."""
    kinds = {bytes([sign]).translate(KINDS) for sign in signs}
    kind = kinds.pop() if len(kinds) == 1 else b""
    return kind if kind.isascii() and kind.decode().isprintable() else b""


def shortened(pattern: str, most: int = 4) -> str:
    """Return a shorter pattern that is found wherever `pattern` is: its beginning.

    >>> shortened("ghp_[A-Za-z0-9]{36}x")
    'ghp_[A-Za-z0-9]{4}'
    """
    return _Shortener(pattern, most).text()


class _Shortener:
    """Copies a pattern up to its first long repeat."""

    def __init__(self, pattern: str, most: int) -> None:
        self._pattern = pattern
        self._most = most
        self._place = 0

    def text(self) -> str:
        return self._choice()[0]

    def _peek(self) -> str:
        return self._pattern[self._place : self._place + 1]

    def _choice(self) -> tuple[str, bool]:
        options = [self._row()]
        while self._peek() == "|":
            self._place += 1
            options.append(self._row())
        return "|".join(text for text, _ in options), all(whole for _, whole in options)

    def _row(self) -> tuple[str, bool]:
        out = ""
        is_whole = True
        while self._peek() not in ("", "|", ")"):
            text, was_whole, least, most = self._piece()
            if not is_whole:
                continue
            if not was_whole or most > self._most:
                is_whole = False
                least = min(least, self._most)
                if not was_whole:
                    least = min(least, 1)
                out += f"{text}{{{least}}}" if least else ""
            elif (least, most) == (1, 1):
                out += text
            else:
                out += f"{text}{{{least},{most}}}"
        return out, is_whole

    def _piece(self) -> tuple[str, bool, int, int]:
        start = self._place
        char = self._peek()
        is_whole = True
        if char == "(":
            self._place += 3 if self._pattern.startswith("(?:", start) else 1
            inner, is_whole = self._choice()
            self._place += 1
            text = f"(?:{inner})"
        elif char == "[":
            self._place += 2 if self._pattern.startswith("[^", start) else 1
            self._place += 1 + (self._peek() == "\\")
            while self._peek() != "]":
                self._place += 1 + (self._peek() == "\\")
            self._place += 1
            text = self._pattern[start : self._place]
        else:
            self._place += 1 + (char == "\\")
            text = self._pattern[start : self._place]
        least, most = self._count()
        return text, is_whole, least, most

    def _count(self) -> tuple[int, int]:
        least = most = 1
        if self._peek() == "?":
            self._place += 1
            least = 0
        elif self._peek() == "{":
            close = self._pattern.index("}", self._place)
            low, comma, high = self._pattern[self._place + 1 : close].partition(",")
            least, most = int(low), int(high if comma else low)
            self._place = close + 1
        else:
            return 1, 1
        if self._peek() == "?":
            self._place += 1
        return least, most

"""Patterns of the subset taken apart: their pieces, and their alphabet."""

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["OPEN", "SIGNS", "Alphabet", "Node", "Parser", "Signs", "first_of"]

SIGNS = 256
_ASCII = 128
OPEN = 2**30
"""The most of a repeat that has no end."""
_ESCAPES = {"t": "\t", "n": "\n", "r": "\r", "f": "\f", "v": "\v"}
_MOST_KNOWN = 4096
_CLASS = re.compile(r"\^?\]?(?:[^\]\\]|\\.)*\]", re.DOTALL)
"""The inside of a class of signs, from behind its opening bracket."""

_NO_WIDTH = frozenset(("begin", "ahead", "behind", "edge"))

_STAND_INS = range(_ASCII, SIGNS)
"""The signs that stand for characters beyond ASCII."""

Signs = frozenset[int]


class Alphabet(dict[int, int]):
    """The signs the matcher knows: ASCII, and 128 more that stand for all the rest.

    Characters beyond ASCII that no pattern tells apart share one sign. As a table for
    `str.translate` it turns any text into one of the same length in these signs.
    """

    def __init__(self, patterns: Sequence[str]) -> None:
        super().__init__({code: code for code in range(_ASCII)})
        edges = {_ASCII}
        for low, high in (pair for pattern in patterns for pair in _ranges(pattern)):
            edges.update((max(ord(low), _ASCII), max(ord(high) + 1, _ASCII)))
        self._edges = sorted(edges)
        kinds: dict[frozenset[tuple[str, str]], int] = {}
        known = {pair for pattern in patterns for pair in _ranges(pattern)}
        self._codes: list[int] = []
        for edge in self._edges:
            kind = frozenset(pair for pair in known if ord(pair[0]) <= edge <= ord(pair[1]))
            self._codes.append(_STAND_INS[kinds.setdefault(kind, len(kinds))])
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
        signs = set(range(first, min(last, _ASCII - 1) + 1))
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
            signs |= self._members()
        self._place += 1
        folded = self._folded(frozenset(signs))
        return frozenset(range(SIGNS)) - folded if is_negated else folded

    def _members(self) -> Signs:
        """Read one sign of a class, or a range."""
        low = self._member()
        high = low
        if self._peek() == "-" and self._pattern[self._place + 1 : self._place + 2] != "]":
            self._place += 1
            high = self._member()
        return self._alphabet.signs(low, high)

    def _folded(self, signs: Signs) -> Signs:
        """Return `signs` with those that count as the same; rules spell out both cases."""
        return signs

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


def first_of(node: Node) -> Signs | None:
    """Return the signs `node` can begin with, or None when it can be empty."""
    if node.kind == "sign":
        return node.signs
    if node.kind == "group":
        return first_of(node.parts[0])
    if node.kind == "repeat":
        return first_of(node.parts[0]) if node.least else None
    if node.kind == "choice":
        firsts = [first_of(part) for part in node.parts]
        return None if None in firsts else frozenset().union(*(f for f in firsts if f))
    if node.kind == "row" and node.parts:
        signs: set[int] = set()
        for part in node.parts:
            first = first_of(part)
            if first is not None:
                return frozenset(signs | first)
            if part.kind in _NO_WIDTH:
                continue
            if part.kind != "repeat" or (inner := first_of(part.parts[0])) is None:
                return None
            signs |= inner
    return None

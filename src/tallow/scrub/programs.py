"""Rules compiled for the C matcher: patterns of the subset as lists of numbers."""

import re
import struct
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field

__all__ = ["Alphabet", "Part", "shortened", "written"]

_MATCH, _SET, _REP, _LAZY, _SPLIT, _JUMP, _SAVE, _SWITCH, _BEGIN, _END = range(10)
_SIGNS = 128
_ESCAPES = {"t": "\t", "n": "\n", "r": "\r", "f": "\f", "v": "\v"}
_LEADS = 3
_MOST_COPIES = 64
_MOST_KNOWN = 4096
_STAND_INS = (*range(1, 9), *range(14, 27), *range(28, 32), 127, 11, 27)
"""Codes of the signs that stand for characters beyond ASCII."""

Signs = frozenset[int]


@dataclass(frozen=True, slots=True)
class Part:
    """What the matcher needs of one rule."""

    pattern: str
    group: int
    before: str
    after: str
    extend: str
    needs: tuple[str, ...]
    retry: bool


class Alphabet(dict[int, int]):
    """The signs the matcher knows: ASCII, and 28 control codes that stand for all the rest.

    Characters beyond ASCII that no pattern tells apart share one sign. As a table for
    `str.translate` it turns any text into one of the same length in these signs; texts that hold
    the control codes themselves are not for the matcher.
    """

    def __init__(self, patterns: Sequence[str]) -> None:
        super().__init__({code: code for code in range(_SIGNS)})
        edges = {_SIGNS}
        for low, high in (pair for pattern in patterns for pair in _ranges(pattern)):
            edges.update((max(ord(low), _SIGNS), max(ord(high) + 1, _SIGNS)))
        self._edges = sorted(edges)
        kinds: dict[frozenset[tuple[str, str]], int] = {}
        known = {pair for pattern in patterns for pair in _ranges(pattern)}
        self._codes: list[int] = []
        for edge in self._edges:
            kind = frozenset(pair for pair in known if ord(pair[0]) <= edge <= ord(pair[1]))
            self._codes.append(_STAND_INS[kinds.setdefault(kind, len(kinds))])
        self.reserved = frozenset(self._codes)

    def __missing__(self, code: int) -> int:
        stand_in = self._codes[bisect_right(self._edges, code) - 1]
        if len(self) < _MOST_KNOWN:
            self[code] = stand_in
        return stand_in

    def signs(self, low: str, high: str) -> Signs:
        """Return the signs of the characters from `low` to `high`."""
        first, last = ord(low), ord(high)
        signs = set(range(first, min(last, _SIGNS - 1) + 1)) - self.reserved
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
class _Node:
    """A piece of a pattern: a sign, a row of pieces, a choice, a repeat, a group, an end."""

    kind: str
    signs: Signs = frozenset()
    parts: tuple["_Node", ...] = ()
    least: int = 1
    most: int = 1
    is_lazy: bool = False
    group: int = 0


class _Parser:
    """Reads the subset `subset.problem_of` lets through."""

    def __init__(self, pattern: str, alphabet: "Alphabet") -> None:
        self._pattern = pattern
        self._alphabet = alphabet
        self._place = 0
        self._groups = 0

    def choice(self) -> _Node:
        options = [self._row()]
        while self._peek() == "|":
            self._place += 1
            options.append(self._row())
        return options[0] if len(options) == 1 else _Node("choice", parts=tuple(options))

    def _peek(self) -> str:
        return self._pattern[self._place : self._place + 1]

    def _row(self) -> _Node:
        parts: list[_Node] = []
        while self._peek() not in ("", "|", ")"):
            parts.append(self._repeated(self._one()))
        return _Node("row", parts=tuple(parts))

    def _one(self) -> _Node:
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
            return _Node("group", parts=(inner,), group=number) if number else inner
        if char == "[":
            return _Node("sign", signs=self._class())
        if char == "^":
            return _Node("begin")
        if char == "$":
            return _Node("end")
        if char == ".":
            return _Node("sign", signs=frozenset(range(_SIGNS)) - {10})
        if char == "\\":
            char = self._escaped()
        return _Node("sign", signs=self._alphabet.signs(char, char))

    def _escaped(self) -> str:
        char = self._peek()
        self._place += 1
        return _ESCAPES.get(char, char)

    def _class(self) -> Signs:
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
        return frozenset(set(range(_SIGNS)) - signs if is_negated else signs)

    def _member(self) -> str:
        char = self._peek()
        self._place += 1
        return self._escaped() if char == "\\" else char

    def _repeated(self, node: _Node) -> _Node:
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
        return _Node("repeat", parts=(node,), least=least, most=most, is_lazy=is_lazy)


@dataclass(slots=True)
class _Writer:
    """Collects code, and the sets and tables it refers to."""

    code: list[int] = field(default_factory=list)
    sets: dict[Signs, int] = field(default_factory=dict)
    tables: list[list[int]] = field(default_factory=list)

    def set_of(self, signs: Signs) -> int:
        return self.sets.setdefault(signs, len(self.sets))

    def write(self, node: _Node, group: int) -> None:
        """Append the code of `node`; only `group` leaves its ends behind."""
        if node.kind == "sign":
            self.code += (_SET, self.set_of(node.signs))
        elif node.kind == "row":
            for part in node.parts:
                self.write(part, group)
        elif node.kind == "group":
            self._write_group(node, group)
        elif node.kind == "choice":
            self._write_choice(node, group)
        elif node.kind == "repeat":
            self._write_repeat(node, group)
        else:
            self.code.append(_BEGIN if node.kind == "begin" else _END)

    def _write_group(self, node: _Node, group: int) -> None:
        if node.group != group:
            self.write(node.parts[0], group)
            return
        self.code += (_SAVE, 0)
        self.write(node.parts[0], group)
        self.code += (_SAVE, 1)

    def _write_choice(self, node: _Node, group: int) -> None:
        firsts = [_first(part) for part in node.parts]
        ends: list[int] = []
        if all(first is not None for first in firsts) and _are_apart(firsts):
            table = [-1] * _SIGNS
            self.code += (_SWITCH, len(self.tables))
            self.tables.append(table)
            for part, first in zip(node.parts, firsts, strict=True):
                for sign in first or ():
                    table[sign] = len(self.code)
                self.write(part, group)
                ends.append(len(self.code) + 1)
                self.code += (_JUMP, -1)
        else:
            for part in node.parts[:-1]:
                split = len(self.code)
                self.code += (_SPLIT, split + 3, -1)
                self.write(part, group)
                ends.append(len(self.code) + 1)
                self.code += (_JUMP, -1)
                self.code[split + 2] = len(self.code)
            self.write(node.parts[-1], group)
        for end in ends:
            self.code[end] = len(self.code)

    def _write_repeat(self, node: _Node, group: int) -> None:
        body = node.parts[0]
        if body.kind == "sign":
            kind = _LAZY if node.is_lazy else _REP
            self.code += (kind, self.set_of(body.signs), node.least, node.most)
            return
        if node.most > _MOST_COPIES:
            raise ValueError("too many copies")
        for _ in range(node.least):
            self.write(body, group)
        splits: list[int] = []
        for _ in range(node.most - node.least):
            splits.append(len(self.code))
            self.code += (_SPLIT, len(self.code) + 3, -1)
            self.write(body, group)
        for split in splits:
            into, past = self.code[split + 1], len(self.code)
            self.code[split + 1 : split + 3] = (past, into) if node.is_lazy else (into, past)


def _are_apart(firsts: Sequence[Signs | None]) -> bool:
    seen: set[int] = set()
    for first in firsts:
        if first is None or seen & first:
            return False
        seen |= first
    return True


def _first(node: _Node) -> Signs | None:
    """Return the signs `node` can begin with, or None when it can be empty."""
    if node.kind == "sign":
        return node.signs
    if node.kind == "group":
        return _first(node.parts[0])
    if node.kind == "repeat":
        return _first(node.parts[0]) if node.least else None
    if node.kind == "choice":
        firsts = [_first(part) for part in node.parts]
        return None if None in firsts else frozenset().union(*(f for f in firsts if f))
    if node.kind == "row" and node.parts:
        signs: set[int] = set()
        for part in node.parts:
            first = _first(part)
            if first is not None:
                return frozenset(signs | first)
            if part.kind != "repeat" or (inner := _first(part.parts[0])) is None:
                return None
            signs |= inner
    return None


def _leads(code: list[int], start: int, sets: list[Signs], tables: list[list[int]]) -> list[Signs]:
    """Return which signs can stand 1st, 2nd and 3rd in a match of the program at `start`.

    A match may be over before; then every sign can follow.
    """
    states = {(start, 0)}
    leads: list[Signs] = []
    for _ in range(_LEADS):
        signs: set[int] = set()
        following: set[tuple[int, int]] = set()
        for pc, count in _closure(states, code):
            kind = code[pc]
            if kind == _MATCH:
                signs |= set(range(_SIGNS))
                following.add((pc, 0))
            elif kind == _SET:
                signs |= sets[code[pc + 1]]
                following.add((pc + 2, 0))
            elif kind in (_REP, _LAZY):
                if count < code[pc + 3]:
                    signs |= sets[code[pc + 1]]
                    following.add((pc, count + 1))
            elif kind == _SWITCH:
                for sign, to in enumerate(tables[code[pc + 1]]):
                    if to >= 0:
                        signs.add(sign)
                        following.add((to, -1 - sign))
        leads.append(frozenset(signs))
        states = _stepped(following, code, sets)
    return leads


def _stepped(
    following: set[tuple[int, int]], code: list[int], sets: list[Signs]
) -> set[tuple[int, int]]:
    """Return the states after a switch has looked at, but not taken, its sign."""
    states: set[tuple[int, int]] = set()
    for pc, count in following:
        if count >= 0:
            states.add((pc, count))
            continue
        for inner, seen in _closure({(pc, 0)}, code):
            kind = code[inner]
            if kind == _SET and -1 - count in sets[code[inner + 1]]:
                states.add((inner + 2, 0))
            elif kind in (_REP, _LAZY) and -1 - count in sets[code[inner + 1]]:
                states.add((inner, seen + 1))
            elif kind in (_SWITCH, _MATCH):
                states |= _any_next(inner, -1 - count, code, sets)
    return states


def _any_next(pc: int, sign: int, code: list[int], sets: list[Signs]) -> set[tuple[int, int]]:
    """Return a state from which everything can follow: nested switches are not unravelled."""
    return {(len(code) - 1, 0)}


def _closure(states: set[tuple[int, int]], code: list[int]) -> set[tuple[int, int]]:
    seen: set[tuple[int, int]] = set()
    todo = list(states)
    while todo:
        state = todo.pop()
        if state in seen:
            continue
        seen.add(state)
        pc, count = state
        kind = code[pc]
        if kind == _SPLIT:
            todo += ((code[pc + 1], 0), (code[pc + 2], 0))
        elif kind == _JUMP:
            todo.append((code[pc + 1], 0))
        elif kind == _SAVE:
            todo.append((pc + 2, 0))
        elif kind in (_BEGIN, _END):
            todo.append((pc + 1, 0))
        elif kind in (_REP, _LAZY) and count >= code[pc + 2]:
            todo.append((pc + 4, 0))
    return seen


def written(parts: Sequence[Part], alphabet: Alphabet) -> bytes:
    """Return the book `_scan.book` reads.

    Six 32-bit counts (rules, sets, code, tables, needs, literal text); 128 truths: which signs stand
    for characters beyond ASCII; per rule six numbers:
    code, group, flags, and the sets `before`, `after`, `extend`; per rule three rows of 128 truths:
    which signs can stand 1st, 2nd, 3rd; the sets, likewise; the code; the tables; the needs
    (where in the text, length, rule, 0); the text.
    """
    writer = _Writer()
    starts: list[int] = []
    for part in parts:
        starts.append(len(writer.code))
        writer.write(_Parser(part.pattern, alphabet).choice(), part.group)
        writer.code.append(_MATCH)
    rules, needs, literals = b"", b"", b""
    for number, part in enumerate(parts):
        edges = (part.before, part.after, part.extend)
        numbers = [
            writer.set_of(_Parser(f"[{edge}]", alphabet).choice().parts[0].signs) if edge else 0
            for edge in edges
        ]
        flags = part.retry | 2 * bool(part.before) | 4 * bool(part.after) | 8 * bool(part.extend)
        own = [need for need in part.needs if need.isascii()]
        flags |= 16 * bool(own and len(own) == len(part.needs))
        rules += struct.pack("=6i", starts[number], part.group, flags, *numbers)
        for need in own:
            needs += struct.pack("=4i", len(literals), len(need), number, 0)
            literals += need.encode()
    sets = list(writer.sets)
    leads = b"".join(
        _row(signs) for start in starts for signs in _leads(writer.code, start, sets, writer.tables)
    )
    counts = (len(parts), len(sets), len(writer.code), len(writer.tables), len(needs) // 16)
    return b"".join(
        (
            struct.pack("=6i", *counts, len(literals)),
            _row(alphabet.reserved),
            rules,
            leads,
            b"".join(map(_row, sets)),
            struct.pack(f"={len(writer.code)}i", *writer.code),
            b"".join(struct.pack(f"={_SIGNS}i", *table) for table in writer.tables),
            needs,
            literals,
        )
    )


def _row(signs: Signs) -> bytes:
    return bytes(sign in signs for sign in range(_SIGNS))


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

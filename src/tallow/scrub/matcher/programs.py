"""Rules compiled for the C matcher: patterns of the subset as lists of numbers."""

import struct
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from .codes import (
    BEGIN,
    BEHIND,
    EDGE,
    END,
    JUMP,
    LAZY,
    LOOK,
    LOOP,
    MATCH,
    REP,
    SAVE,
    SET,
    SPLIT,
    SWITCH,
    TEXT,
    leads,
)
from .patterns import OPEN, SIGNS, Alphabet, Node, Parser, Signs, first_of
from .windows import windows

__all__ = ["Part", "Program", "written"]

_MOST_COPIES = 1000
"""As many as the subset allows."""
_MOST_GROUPS = 4
_ALL_GROUPS = -1
_SHORTEST_TEXT = 2
_SPLIT_SIZE = 5
_FIRST = 6
"""So many signs from its start on decide where a rule is tried."""
_FAR = (8, 11, 14, 18)
"""Further ones for rules that are tried everywhere, counted from 0."""

Program: TypeAlias = tuple[int, int]
"""Where the code of a check's pattern begins, and its set of first signs, or -1."""


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


@dataclass(slots=True)
class _Writer:
    """Collects code, and the sets and tables it refers to."""

    code: list[int] = field(default_factory=list)
    sets: dict[Signs, int] = field(default_factory=dict)
    tables: dict[bytes, int] = field(default_factory=dict)

    def set_of(self, signs: Signs) -> int:
        return self.sets.setdefault(signs, len(self.sets))

    def program(self, node: Node, group: int) -> int:
        """Append a whole program and return where it begins."""
        start = len(self.code)
        self.write(node, group)
        self.code.append(MATCH)
        return start

    def write(self, node: Node, group: int) -> None:
        """Append the code of `node`; only `group`, or all of the first, leave their ends behind."""
        if node.kind == "sign":
            self.code += (SET, self.set_of(node.signs))
        elif node.kind == "row":
            self._write_row(node, group)
        elif node.kind == "group":
            self._write_group(node, group)
        elif node.kind == "choice":
            self._write_choice(node, group)
        elif node.kind == "repeat":
            self._write_repeat(node, group)
        elif node.kind == "ahead":
            self._write_ahead(node)
        elif node.kind == "behind":
            self.code += (BEHIND, node.least, self.set_of(node.signs))
        else:
            self.code.append({"begin": BEGIN, "end": END, "edge": EDGE}[node.kind])

    def _write_row(self, node: Node, group: int) -> None:
        """Append a row; single signs in a row, a letter in either case among them, as one text."""
        parts = node.parts
        place = 0
        while place < len(parts):
            end = place
            while (
                end < len(parts) and parts[end].kind == "sign" and len(parts[end].signs) in (1, 2)
            ):
                end += 1
            if end - place < _SHORTEST_TEXT:
                self.write(parts[place], group)
                place += 1
                continue
            self.code += (TEXT, end - place)
            self.code += (_either(part.signs) for part in parts[place:end])
            place = end

    def _split(self, first: int, second: int) -> None:
        """Append a choice of two ways; the matcher itself finds with which signs they begin."""
        self.code += (SPLIT, first, second, -1, -1)

    def _write_ahead(self, node: Node) -> None:
        look = len(self.code)
        self.code += (LOOK, node.least, -1)
        self.write(node.parts[0], 0)
        self.code.append(MATCH)
        self.code[look + 2] = len(self.code)

    def _write_group(self, node: Node, group: int) -> None:
        if group not in (node.group, _ALL_GROUPS) or node.group > _MOST_GROUPS:
            self.write(node.parts[0], group)
            return
        first = 2 * node.group - 2 if group == _ALL_GROUPS else 0
        self.code += (SAVE, first)
        self.write(node.parts[0], group)
        self.code += (SAVE, first + 1)

    def _write_choice(self, node: Node, group: int) -> None:
        firsts = [first_of(part) for part in node.parts]
        known = [first for first in firsts if first is not None]
        if len(known) == len(firsts) and (group == _ALL_GROUPS or _are_apart(known)):
            self._write_switch(node, known, group)
            return
        ends: list[int] = []
        for part in node.parts[:-1]:
            split = len(self.code)
            self._split(split + _SPLIT_SIZE, -1)
            self.write(part, group)
            ends.append(len(self.code) + 1)
            self.code += (JUMP, -1)
            self.code[split + 2] = len(self.code)
        self.write(node.parts[-1], group)
        for end in ends:
            self.code[end] = len(self.code)

    def _write_switch(self, node: Node, firsts: Sequence[Signs], group: int) -> None:
        """Append a choice that goes by the next sign; parts with a first sign in common in turn."""
        fitting: dict[int, tuple[int, ...]] = {}
        for option, first in enumerate(firsts):
            for sign in first:
                fitting[sign] = (*fitting.get(sign, ()), option)
        groups = {options: number for number, options in enumerate(dict.fromkeys(fitting.values()))}
        row = bytes(groups[fitting[sign]] + 1 if sign in fitting else 0 for sign in range(SIGNS))
        switch = len(self.code)
        self.code += (SWITCH, self.tables.setdefault(row, len(self.tables)), *[-1] * len(groups))
        starts: list[int] = []
        ends: list[int] = []
        for part in node.parts:
            starts.append(len(self.code))
            self.write(part, group)
            ends.append(len(self.code) + 1)
            self.code += (JUMP, -1)
        for options, number in groups.items():
            self.code[switch + 2 + number] = self._chain([starts[option] for option in options])
        for end in ends:
            self.code[end] = len(self.code)

    def _chain(self, starts: Sequence[int]) -> int:
        """Return where code begins that tries what is at `starts`, the first first."""
        if len(starts) == 1:
            return starts[0]
        begin = len(self.code)
        for start in starts[:-1]:
            self._split(start, len(self.code) + _SPLIT_SIZE)
        self.code += (JUMP, starts[-1])
        return begin

    def _write_repeat(self, node: Node, group: int) -> None:
        body = node.parts[0]
        if body.kind == "sign":
            kind = LAZY if node.is_lazy else REP
            self.code += (kind, self.set_of(body.signs), node.least, node.most)
            return
        if _is_loop(node):
            joints, signs = body.parts
            sets = self.set_of(joints.parts[0].signs), self.set_of(signs.signs)
            self.code += (LOOP, sets[0], joints.most, sets[1], node.least, node.most)
            return
        is_open = node.most >= OPEN
        if node.most > _MOST_COPIES and not is_open:
            raise ValueError("too many copies")
        for _ in range(node.least):
            self.write(body, group)
        if is_open:
            split = len(self.code)
            self._split(split + _SPLIT_SIZE, -1)
            self.write(body, group)
            self.code += (JUMP, split)
            self.code[split + 2] = len(self.code)
            return
        splits: list[int] = []
        for _ in range(node.most - node.least):
            splits.append(len(self.code))
            self._split(len(self.code) + _SPLIT_SIZE, -1)
            self.write(body, group)
        for split in splits:
            into, past = self.code[split + 1], len(self.code)
            self.code[split + 1 : split + 3] = (past, into) if node.is_lazy else (into, past)


def _is_loop(node: Node) -> bool:
    """Say whether a repeat is of single signs, with or without others, the joints, before them."""
    body = node.parts[0]
    if node.is_lazy or node.least < 1 or body.kind != "row" or len(body.parts) != 2:
        return False
    joints, signs = body.parts
    is_plain = joints.kind == "repeat" and joints.parts[0].kind == signs.kind == "sign"
    return is_plain and joints.least == 0 and not joints.parts[0].signs & signs.signs


def _either(signs: Signs) -> int:
    """Return one or two signs as one number: the low byte, and the next."""
    return min(signs) | max(signs) << 8


def _are_apart(firsts: Sequence[Signs]) -> bool:
    seen: set[int] = set()
    for first in firsts:
        if seen & first:
            return False
        seen |= first
    return True


def written(
    parts: Sequence[Part], alphabet: Alphabet, expressions: Mapping[str, Node]
) -> tuple[bytes, Mapping[str, Program]]:
    """Return the book `_scan.book` reads, and where in it the patterns of the checks are.

    Seven 32-bit counts (rules, sets, code, tables, needs, windows, literal text); per rule six
    numbers: code, group, flags, and the sets `before`, `after`, `extend`; per rule six rows of 256
    truths: which signs can stand 1st, 2nd and so on; four more of each rule without needs: which
    can stand further on; the sets, likewise; the code; the tables (256
    bytes: which of the places named behind a switch a sign leads to, from 1 on, or 0); the needs
    (where in the text, length, first window); the windows (rule, least, most, the sets `before`,
    `first`, `last`, `after`), need by need; the rules each need lets in that have no windows, as
    bits; the text.
    """
    writer = _Writer()
    nodes = [Parser(part.pattern, alphabet).choice() for part in parts]
    starts = [writer.program(node, part.group) for node, part in zip(nodes, parts, strict=True)]
    programs: dict[str, Program] = {}
    for name, node in expressions.items():
        first = first_of(node)
        number = -1 if first is None else writer.set_of(first)
        programs[name] = (writer.program(node, _ALL_GROUPS), number)
    needs = _Needs()
    rules, needless = b"", list[bool]()
    for number, (part, node) in enumerate(zip(parts, nodes, strict=True)):
        edges = (part.before, part.after, part.extend)
        numbers = [writer.set_of(_edge_signs(edge, alphabet)) if edge else 0 for edge in edges]
        flags = part.retry | 2 * bool(part.before) | 4 * bool(part.after) | 8 * bool(part.extend)
        needless.append(not needs.add(number, part, node, writer))
        flags |= 16 * (not needless[-1])
        rules += struct.pack("=6i", starts[number], part.group, flags, *numbers)
    literals = "".join(needs.rules).encode()
    tail = needs.written(len(parts))
    sets, tables = list(writer.sets), list(writer.tables)
    near, far = list[bytes](), list[bytes]()
    for start, is_tried in zip(starts, needless, strict=True):
        most = _FAR[-1] + 1 if is_tried else _FIRST
        rows = [*map(_row, leads(writer.code, start, sets, tables, most))]
        near += rows[:_FIRST]
        far += [rows[place] for place in _FAR] if is_tried else []
    counts = (len(parts), len(sets), len(writer.code), len(tables), len(needs.rules))
    book = b"".join(
        (
            struct.pack("=7i", *counts, needs.count, len(literals)),
            rules,
            b"".join((*near, *far, *map(_row, sets))),
            struct.pack(f"={len(writer.code)}i", *writer.code),
            *tables,
            tail,
            literals,
        )
    )
    return book, programs


@dataclass(slots=True)
class _Needs:
    """The literals that rules need: each with the rules it lets in, or the windows it opens."""

    rules: dict[str, int] = field(default_factory=dict)
    windows: dict[str, list[bytes]] = field(default_factory=dict)

    @property
    def count(self) -> int:
        """How many windows there are."""
        return sum(map(len, self.windows.values()))

    def add(self, number: int, part: Part, node: Node, writer: _Writer) -> bool:
        """Add what rule `number` needs; say whether it needs anything the matcher can look for."""
        if not part.needs or not all(need.isascii() for need in part.needs):
            return False
        found = windows(node, part.needs)
        for window in found or ():
            self.rules.setdefault(window.need, 0)
            signs = (window.before, window.first, window.last, window.after)
            sets = map(writer.set_of, signs)
            opened = struct.pack("=7i", number, window.least, window.most, *sets)
            self.windows.setdefault(window.need, []).append(opened)
        if found is None:
            for need in part.needs:
                self.rules[need] = self.rules.get(need, 0) | 1 << number
        return True

    def written(self, rules: int) -> bytes:
        """Return the needs, the windows and the rules as `written` describes them."""
        needs = b""
        opened: list[bytes] = []
        place = 0
        for need in self.rules:
            needs += struct.pack("=3i", place, len(need), len(opened))
            place += len(need)
            opened += self.windows.get(need, ())
        octets = (rules + 63) // 64 * 8
        bits = b"".join(bits.to_bytes(octets, sys.byteorder) for bits in self.rules.values())
        return b"".join((needs, *opened, bits))


def _edge_signs(edge: str, alphabet: Alphabet) -> Signs:
    return Parser(f"[{edge}]", alphabet).choice().parts[0].signs


def _row(signs: Signs) -> bytes:
    return bytes(map(signs.__contains__, range(SIGNS)))

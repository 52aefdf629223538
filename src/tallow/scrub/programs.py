"""Rules compiled for the C matcher: patterns of the subset as lists of numbers."""

import struct
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from .patterns import SIGNS, Alphabet, Node, Parser, Signs

__all__ = ["Part", "written"]

_MATCH, _SET, _REP, _LAZY, _SPLIT, _JUMP, _SAVE, _SWITCH, _BEGIN, _END = range(10)
_LEADS = 6
_MOST_COPIES = 64


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
    tables: list[list[int]] = field(default_factory=list)

    def set_of(self, signs: Signs) -> int:
        return self.sets.setdefault(signs, len(self.sets))

    def write(self, node: Node, group: int) -> None:
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

    def _write_group(self, node: Node, group: int) -> None:
        if node.group != group:
            self.write(node.parts[0], group)
            return
        self.code += (_SAVE, 0)
        self.write(node.parts[0], group)
        self.code += (_SAVE, 1)

    def _write_choice(self, node: Node, group: int) -> None:
        firsts = [_first(part) for part in node.parts]
        ends: list[int] = []
        if all(first is not None for first in firsts) and _are_apart(firsts):
            table = [-1] * SIGNS
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

    def _write_repeat(self, node: Node, group: int) -> None:
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


def _first(node: Node) -> Signs | None:
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
    """Return which signs can stand 1st, 2nd and so on in a match of the program at `start`.

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
                signs |= set(range(SIGNS))
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

    Six 32-bit counts (rules, sets, code, tables, needs, literal text); 128 truths: which signs
    stand for characters beyond ASCII; per rule six numbers:
    code, group, flags, and the sets `before`, `after`, `extend`; per rule six rows of 128 truths:
    which signs can stand 1st, 2nd and so on; the sets, likewise; the code; the tables; the needs
    (where in the text, length, 0), then the rules each lets in, as bits; the text.
    """
    writer = _Writer()
    starts: list[int] = []
    for part in parts:
        starts.append(len(writer.code))
        writer.write(Parser(part.pattern, alphabet).choice(), part.group)
        writer.code.append(_MATCH)
    rules = b""
    needs: dict[str, int] = {}
    for number, part in enumerate(parts):
        edges = (part.before, part.after, part.extend)
        numbers = [writer.set_of(_edge_signs(edge, alphabet)) if edge else 0 for edge in edges]
        flags = part.retry | 2 * bool(part.before) | 4 * bool(part.after) | 8 * bool(part.extend)
        own = [need for need in part.needs if need.isascii()]
        flags |= 16 * bool(own and len(own) == len(part.needs))
        rules += struct.pack("=6i", starts[number], part.group, flags, *numbers)
        for need in own:
            needs[need] = needs.get(need, 0) | 1 << number
    sets = list(writer.sets)
    leads = b"".join(
        _row(signs) for start in starts for signs in _leads(writer.code, start, sets, writer.tables)
    )
    literals = "".join(needs).encode()
    counts = (len(parts), len(sets), len(writer.code), len(writer.tables), len(needs))
    return b"".join(
        (
            struct.pack("=6i", *counts, len(literals)),
            _row(alphabet.reserved),
            rules,
            leads,
            b"".join(map(_row, sets)),
            struct.pack(f"={len(writer.code)}i", *writer.code),
            b"".join(struct.pack(f"={SIGNS}i", *table) for table in writer.tables),
            _needs(needs, len(parts)),
            literals,
        )
    )


def _needs(needs: Mapping[str, int], rules: int) -> bytes:
    """Return where each literal is in the text of all, its length and 0; then the rules of each."""
    where, place = b"", 0
    for need in needs:
        where += struct.pack("=3i", place, len(need), 0)
        place += len(need)
    octets = (rules + 63) // 64 * 8
    return where + b"".join(bits.to_bytes(octets, sys.byteorder) for bits in needs.values())


def _edge_signs(edge: str, alphabet: Alphabet) -> Signs:
    return Parser(f"[{edge}]", alphabet).choice().parts[0].signs


def _row(signs: Signs) -> bytes:
    return bytes(sign in signs for sign in range(SIGNS))

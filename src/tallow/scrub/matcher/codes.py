"""The code the matcher in C runs, and with which signs a program in it can begin."""

from .patterns import SIGNS, Signs

__all__ = [
    "BEGIN",
    "BEHIND",
    "EDGE",
    "END",
    "JUMP",
    "LAZY",
    "LOOK",
    "MATCH",
    "REP",
    "SAVE",
    "SET",
    "SPLIT",
    "SWITCH",
    "TEXT",
    "leads",
]

MATCH, SET, REP, LAZY, SPLIT, JUMP, SAVE, SWITCH, BEGIN, END = range(10)
LOOK, BEHIND, EDGE, TEXT = range(10, 14)


def leads(
    code: list[int], start: int, sets: list[Signs], tables: list[bytes], most: int
) -> list[Signs]:
    """Return which signs can stand 1st, 2nd ... `most`th in a match of the program at `start`.

    A match may be over before; then every sign can follow.
    """
    states = {(start, 0)}
    found: list[Signs] = []
    for _ in range(most):
        signs: set[int] = set()
        following: set[tuple[int, int]] = set()
        for pc, count in _closure(states, code):
            kind = code[pc]
            if kind == MATCH:
                signs |= set(range(SIGNS))
                following.add((pc, 0))
            elif kind == SET:
                signs |= sets[code[pc + 1]]
                following.add((pc + 2, 0))
            elif kind in (REP, LAZY):
                if count < code[pc + 3]:
                    signs |= sets[code[pc + 1]]
                    following.add((pc, count + 1))
            elif kind == TEXT:
                signs |= _signs_at(code, pc, count)
                following.add(_behind(code, pc, count))
            elif kind == SWITCH:
                for sign, option in enumerate(tables[code[pc + 1]]):
                    if option:
                        signs.add(sign)
                        following.add((code[pc + 1 + option], -1 - sign))
        found.append(frozenset(signs))
        states = _stepped(following, code, sets)
    return found


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
            if kind == SET and -1 - count in sets[code[inner + 1]]:
                states.add((inner + 2, 0))
            elif kind in (REP, LAZY) and -1 - count in sets[code[inner + 1]]:
                states.add((inner, seen + 1))
            elif kind == TEXT and -1 - count in _signs_at(code, inner, seen):
                states.add(_behind(code, inner, seen))
            elif kind in (SWITCH, MATCH):
                states |= _any_next(inner, -1 - count, code, sets)
    return states


def _signs_at(code: list[int], pc: int, place: int) -> set[int]:
    """Return the signs a text in the code has at `place`."""
    either = code[pc + 2 + place]
    return {either & 255, either >> 8}


def _behind(code: list[int], pc: int, place: int) -> tuple[int, int]:
    """Return the state behind the sign at `place` of a text."""
    size = code[pc + 1]
    return (pc, place + 1) if place + 1 < size else (pc + 2 + size, 0)


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
        if kind == SPLIT:
            todo += ((code[pc + 1], 0), (code[pc + 2], 0))
        elif kind == JUMP:
            todo.append((code[pc + 1], 0))
        elif kind == SAVE:
            todo.append((pc + 2, 0))
        elif kind in (BEGIN, END):
            todo.append((pc + 1, 0))
        elif kind in (REP, LAZY) and count >= code[pc + 2]:
            todo.append((pc + 4, 0))
    return seen

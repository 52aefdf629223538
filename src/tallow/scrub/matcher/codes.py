"""The code the matcher in C runs, and with which signs a program in it can begin."""

from collections.abc import Iterator, Set

from .patterns import SIGNS, Signs

__all__ = [
    "BEGIN",
    "BEHIND",
    "EDGE",
    "END",
    "JUMP",
    "LAZY",
    "LOOK",
    "LOOP",
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
LOOK, BEHIND, EDGE, TEXT, LOOP = range(10, 15)

_State = tuple[int, int]
"""A place in the code and what has been taken there: signs, or of a loop also whole turns."""


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
        following: set[_State] = set()
        for pc, count in _closure(states, code):
            kind = code[pc]
            if kind == MATCH:
                signs |= set(range(SIGNS))
                following.add((pc, 0))
            elif kind == SWITCH:
                for sign, option in enumerate(tables[code[pc + 1]]):
                    if option:
                        signs.add(sign)
                        following.add((code[pc + 1 + option], -1 - sign))
            else:
                for own, state in _moves(pc, count, code, sets):
                    signs |= own
                    following.add(state)
        found.append(frozenset(signs))
        states = _stepped(following, code, sets)
    return found


def _moves(
    pc: int, count: int, code: list[int], sets: list[Signs]
) -> Iterator[tuple[Set[int], _State]]:
    """Yield with which signs it goes on from a state, and to which."""
    kind = code[pc]
    if kind == SET:
        yield sets[code[pc + 1]], (pc + 2, 0)
    elif kind in (REP, LAZY):
        if count < code[pc + 3]:
            yield sets[code[pc + 1]], (pc, count + 1)
    elif kind == TEXT:
        yield _signs_at(code, pc, count), _behind(code, pc, count)
    elif kind == LOOP:
        joints, width, signs, _, most = code[pc + 1 : pc + 6]
        turns, beside = divmod(count, width + 1)
        if turns < most:
            yield sets[signs], (pc, (turns + 1) * (width + 1))
            if beside < width:
                yield sets[joints], (pc, count + 1)


def _stepped(following: set[_State], code: list[int], sets: list[Signs]) -> set[_State]:
    """Return the states after a switch has looked at, but not taken, its sign."""
    states: set[_State] = set()
    for pc, count in following:
        if count >= 0:
            states.add((pc, count))
            continue
        for inner, seen in _closure({(pc, 0)}, code):
            if code[inner] in (SWITCH, MATCH):
                states |= _any_next(inner, -1 - count, code, sets)
            for signs, state in _moves(inner, seen, code, sets):
                if -1 - count in signs:
                    states.add(state)
    return states


def _signs_at(code: list[int], pc: int, place: int) -> set[int]:
    """Return the signs a text in the code has at `place`."""
    either = code[pc + 2 + place]
    return {either & 255, either >> 8}


def _behind(code: list[int], pc: int, place: int) -> _State:
    """Return the state behind the sign at `place` of a text."""
    size = code[pc + 1]
    return (pc, place + 1) if place + 1 < size else (pc + 2 + size, 0)


def _any_next(pc: int, sign: int, code: list[int], sets: list[Signs]) -> set[_State]:
    """Return a state from which everything can follow: nested switches are not unravelled."""
    return {(len(code) - 1, 0)}


def _closure(states: set[_State], code: list[int]) -> set[_State]:
    seen: set[_State] = set()
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
        elif kind == LOOP:
            turns, beside = divmod(count, code[pc + 2] + 1)
            if not beside and turns >= code[pc + 4]:
                todo.append((pc + 6, 0))
    return seen

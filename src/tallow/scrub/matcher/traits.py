"""What every match of a rule has, as far as it is cheap to look for: words, marks, long runs."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from .factors import PADDED, VIEWS, Factor, factors_of, parsed
from .patterns import Node, Signs
from .pieces import Set, pieces_in, pieces_of, worth_of
from .programs import Part
from .windows import lengths_of
from .words import shape_of

__all__ = ["BEYOND", "LOWERED", "MARKS", "MOST_WORDS", "Traits"]

LOWERED: Final = 2
"""The view of small letters."""

MOST_WORDS: Final = 3
MARKS: Final = "\x80\x1b\\~`|$%#!<>;*+@?{}[]()'&\",=:/_.-"
"""Signs that many rules have, the rare ones first; one stands for all beyond ASCII."""

BEYOND: Final = 0x80
_LONGEST_PATTERN: Final = 4000
_MOST_FACTORS: Final = 2
_MOST_ASKED: Final = 4
_MOST_SIGNS: Final = 3
_SHORTEST_SHAPE: Final = 4
_STRONG: Final = 4.0
"""Words so telling that no more than long runs is asked for."""

_LEAST_WORTH: Final = 3.5
_SHORTEST_LITERAL: Final = 2
_RARE: Final = frozenset(MARKS[: MARKS.index(",")])
_DIGITS, _RUNS = 1, 3
_ALL: Final = tuple(range(len(VIEWS)))
_STEPS: Final[tuple[Factor, ...]] = (
    *((_DIGITS, "0" * size) for size in (5, 7, 9, 13)),
    *((_RUNS, "x" * size) for size in (10, 17, 19, 32)),
)
"""Runs many rules have: where one is absent, none of these rules is asked."""


@dataclass(frozen=True, slots=True)
class Traits:
    """Sets of which a text that a rule matches has one each.

    `words` are sets of pieces of words, `marks` one of signs. `asked` are sets of factors, one to
    be asked for after the other, in texts with a mark of `asked_at` or (if that is empty) in all.
    `factors` are sets to ask for last, and `needs` literals, unless a piece of `exact` is there.
    A match has `shortest` signs or more.
    """

    shortest: int
    words: Sequence[Set] = ()
    marks: Sequence[str] = ()
    asked: Sequence[Sequence[Factor]] = ()
    asked_at: Sequence[str] = ("",)
    factors: Sequence[Sequence[Factor]] = ()
    needs: Sequence[str] = ()
    exact: Set = frozenset()

    @classmethod
    def of(cls, part: Part, needs: Sequence[str]) -> "Traits":
        """Return the traits of a rule; `needs` are the literals to ask for."""
        tree = parsed(part.pattern)
        shortest, _ = lengths_of(tree)
        marks = _own_marks(tree)
        if len(part.pattern) > _LONGEST_PATTERN:  # what is in all of that is not worth the time
            return cls(shortest, marks=marks, needs=needs)
        after = "" if part.extend else part.after
        words = pieces_of(tree, part.before, after)[: MOST_WORDS - 1]
        if needed := pieces_in(needs):
            words.append(needed)
        exact = needed & {need for need in needs if need.isalpha()}
        is_strong = any(_has_letters(own) and worth_of(own) >= _STRONG for own in words)
        views = (_RUNS,) if is_strong else _ALL
        factors = factors_of(part.pattern, part.before, after, views)
        if len(words) < MOST_WORDS - 1:
            words += _shapes(factors)
        literals = [(LOWERED, need) for need in needs]
        marks = _rarest([marks, _marks([*factors, literals] if needs else factors)])
        steps = _steps(factors)
        left = [own for own in factors[:_MOST_FACTORS] if _is_telling(own) and [own] != steps[-1:]]
        needs = [need for need in needs if not any(known in need for known in exact)]
        if marks and set(marks) <= {*needs} - {MARKS[0]}:
            needs = ()
        asked: list[Sequence[Factor]] = [*steps]
        if not any(map(_has_letters, words)):
            if 0 < len(needs) <= _MOST_ASKED and all(map(_is_rare, needs)):
                asked, needs = [*steps, literals], ()
            elif left:
                asked.append(left.pop(0))
        is_marked = not steps and (len(marks) == 1 or set(marks) <= _RARE)
        asked_at = marks if marks and is_marked else ("",)
        words = words[:MOST_WORDS]
        return cls(shortest, words, marks, asked, asked_at, left, needs, exact)


def _steps(factors: Iterable[Sequence[Factor]]) -> list[tuple[Factor, ...]]:
    """Return the runs of one kind that each match has."""
    found = [
        step
        for step in _STEPS
        if any(
            all(view == step[0] and step[1] in factor for view, factor in own) for own in factors
        )
    ]
    return [(step,) for step in found if step[0] == found[0][0]]


def _is_telling(factors: Sequence[Factor]) -> bool:
    return all(
        len(factor) > 1 and VIEWS[view].worth([factor.encode("latin-1")]) >= _LEAST_WORTH
        for view, factor in factors
    )


def _is_rare(literal: str) -> bool:
    return literal.isascii() and len(literal) >= _SHORTEST_LITERAL


def _has_letters(pieces: Set) -> bool:
    return all(piece.strip(" 0") for piece in pieces)


def _own_marks(tree: Node) -> Sequence[str]:
    """Return the rarest marks that stand for themselves in each match."""
    found: list[Sequence[str]] = []
    for part in tree.parts if tree.kind == "row" else ():
        one = part.parts[0] if part.kind == "repeat" and part.least else part
        if one.kind == "sign":
            found.append(_as_marks(one.signs))
    return _rarest(found)


def _as_marks(signs: Signs) -> Sequence[str]:
    if min(signs, default=0) >= BEYOND:
        return (MARKS[0],)
    marks = [mark for mark in MARKS if ord(mark) in signs]
    return marks if len(marks) == len(signs) <= _MOST_SIGNS else ()


def _rarest(sets: Iterable[Sequence[str]]) -> Sequence[str]:
    return min(filter(None, sets), key=lambda marks: max(map(MARKS.find, marks)), default=())


def _marks(sets: Iterable[Sequence[Factor]]) -> Sequence[str]:
    """Return the rarest marks, one of which is in each factor of a set."""
    found: list[Sequence[str]] = []
    for factors in sets:
        marks = [next((mark for mark in MARKS if mark in factor), "") for _, factor in factors]
        found.append(sorted(set(marks)) if all(marks) else ())
    return _rarest(found)


def _shapes(sets: Iterable[Sequence[Factor]]) -> list[Set]:
    """Return how words begin, as shapes, one of which every match has."""
    found = []
    for factors in sets:
        if any(view != PADDED for view, _ in factors):
            continue
        pieces = [
            max(re.findall(" [Aa0]+ ?", factor.replace(" ", "  ")), key=len, default="")
            for _, factor in factors
        ]
        if all(len(piece) >= _SHORTEST_SHAPE and piece.strip(" a0") for piece in pieces):
            found.append(frozenset(map(shape_of, pieces)))
    return found

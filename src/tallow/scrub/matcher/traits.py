"""What every match of a rule has, as far as it is cheap to look for: words, marks, long runs."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from .factors import PADDED, VIEWS, Factor, factors_of, parsed
from .patterns import Node, Signs
from .pieces import Set, pieces_in, pieces_of, worth_of
from .programs import Part
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

    `words` are sets of pieces of words; of `marks` one is there, and all `steps` are. `question`
    is a set of factors worth asking for at once, `factors` and `needs` are for the rest.
    """

    words: Sequence[Set] = ()
    marks: Sequence[str] = ()
    steps: Sequence[Factor] = ()
    question: Sequence[Factor] = ()
    factors: Sequence[Sequence[Factor]] = ()
    needs: Sequence[str] = ()

    @classmethod
    def of(cls, part: Part, needs: Sequence[str]) -> "Traits":
        """Return the traits of a rule; `needs` are the literals to ask for."""
        tree = parsed(part.pattern)
        marks = _own_marks(tree)
        if len(part.pattern) > _LONGEST_PATTERN:  # what is in all of that is not worth the time
            return cls(marks=marks, needs=needs)
        after = "" if part.extend else part.after
        words = pieces_of(tree, part.before, after)[: MOST_WORDS - 1]
        if needed := pieces_in(needs):
            words.append(needed)
        views = (_RUNS,) if words and worth_of(words[0]) >= _STRONG else _ALL
        factors = factors_of(part.pattern, part.before, after, views)
        if len(words) < MOST_WORDS - 1:
            words += _shapes(factors)
        literals = [(LOWERED, need) for need in needs]
        marks = _rarest([marks, _marks([*factors, literals] if needs else factors)])
        steps = [step for step in _STEPS if any(_all_have(own, step) for own in factors)]
        asked: list[Sequence[Factor]] = [
            own
            for own in factors[:_MOST_FACTORS]
            if list(own) != steps[-1:] and min(len(factor) for _, factor in own) > 1
        ]
        question: Sequence[Factor] = ()
        if all(map(str.isascii, needs)) and set(needs) == set(marks):
            needs = ()
        if not any(map(_has_letters, words)):
            if 0 < len(needs) <= _MOST_ASKED and all(map(str.isascii, needs)):
                question, needs = literals, ()
            elif asked:
                question = asked.pop(0)
        return cls(words[:MOST_WORDS], marks, steps, question, asked, needs)


def _has_letters(pieces: Set) -> bool:
    return all(piece.strip(" 0") for piece in pieces)


def _all_have(factors: Iterable[Factor], step: Factor) -> bool:
    return all(view == step[0] and step[1] in factor for view, factor in factors)


def _own_marks(tree: Node) -> Sequence[str]:
    """Return the rarest marks that stand for themselves in each match."""
    found: list[Sequence[str]] = []
    for part in tree.parts if tree.kind == "row" else ():
        one = part.parts[0] if part.kind == "repeat" and part.least else part
        if one.kind == "sign":
            found.append(_as_marks(one.signs))
    return _rarest(found)


def _as_marks(signs: Signs) -> Sequence[str]:
    if min(signs) >= BEYOND:
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

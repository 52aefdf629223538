"""Which rules a text may match at all, told by what is cheap to look for and mostly absent."""

from collections.abc import Collection, Iterable, Sequence
from typing import Final, TypeAlias

from .factors import PADDED, VIEWS, Factor
from .programs import Part
from .traits import BEYOND, MARKS, MOST_WORDS, Traits
from .words import Words

__all__ = ["Gates"]

_TABLES: Final = [(view.table, view.left_out) for view in VIEWS]
_MARKS: Final = MOST_WORDS
_STEPS: Final = MOST_WORDS + 1
_SETS: Final = MOST_WORDS + 2
_EXACT: Final = _SETS
_NO_MARKS: Final = bytes(sign for sign in range(256) if sign >= BEYOND or chr(sign) not in MARKS)

_Asked: TypeAlias = tuple[Sequence[str], Sequence[Sequence[Factor]]]
"""Literals of which a text has one, and sets of factors of which it has one each."""

_Branches: TypeAlias = list[tuple[int, str, int, "_Branches"]]
"""Factors to ask for; where one is there: what it stands for, and what to ask then."""


class Gates:
    """Knows of every rule what a match of it must have. Any thread may use it.

    A rule has a few sets of traits, and of each one must be there: pieces of words, marks, runs.
    Each set is a bit of a number, so that the traits of a text are brought together at once.
    """

    def __init__(
        self, parts: Sequence[Part], always: Collection[int], needless: Collection[int]
    ) -> None:
        """Learn `parts`: `always` are let in, and the literals of `needless` are not asked for."""
        self._always = sorted(always)
        self._size = len(parts)
        self._asked: list[_Asked] = [((), ())] * self._size
        self._given = 0
        self.shortest = [0] * self._size
        """How many signs a match of each rule has at least; 0 of those that are let in always."""
        pieces: dict[str, int] = {}
        marks = dict.fromkeys(MARKS, 0)
        trees = {mark: _Tree() for mark in ("", *MARKS)}
        for number, part in enumerate(parts):
            if number in always:
                continue
            traits = Traits.of(part, () if number in needless else part.needs)
            self._asked[number] = traits.needs, traits.factors
            self.shortest[number] = traits.shortest
            bits = [1 << place * self._size + number for place in range(_SETS + 1)]
            for bit, words in zip(bits, traits.words, strict=False):
                _spread(words, bit, pieces)
            _spread(traits.marks, bits[_MARKS], marks)
            _spread(traits.exact, bits[_EXACT], pieces)
            for mark in traits.asked_at:
                trees[mark].plant(traits.asked, bits[_STEPS])
            self._given |= sum(bits[len(traits.words) : MOST_WORDS])
            self._given |= bits[_MARKS] * (not traits.marks) | bits[_STEPS] * (not traits.asked)
        self._words = Words(pieces)
        self._branches = trees[""].branches()
        self._marks = {ord(mark): (marks[mark], trees[mark].branches()) for mark in MARKS}

    def let_in(self, text: str, data: bytes) -> list[int]:
        """Return the numbers of the rules that may match, in order; `data` is `text` as UTF-8."""
        there = self._given | self._words.bits(data)
        branches = self._branches.copy()
        found = set(data.translate(None, _NO_MARKS))
        if len(data) != len(text):
            found.add(BEYOND)
        marks = self._marks
        for mark in found:
            bits, more = marks[mark]
            there |= bits
            branches += more
        views = [data.translate(table, out).decode("latin-1") for table, out in _TABLES]
        views[PADDED] = f" {views[PADDED]} "
        for view, factor, bits, more in branches:
            if factor in views[view]:
                there |= bits
                branches += more
        size = self._size
        rules = there & there >> size
        rules &= rules >> 2 * size & there >> 4 * size
        exact = there >> _EXACT * size
        return self._fitting(rules & (1 << size) - 1, exact, text.lower(), views)

    def _fitting(self, rules: int, exact: int, lowered: str, views: Sequence[str]) -> list[int]:
        """Return those of `rules` that have what else they need; `exact` have their literals."""
        found = self._always.copy()
        asked = self._asked
        while rules:
            number = rules.bit_length() - 1
            rules ^= 1 << number
            needs, sets = asked[number]
            if sets and not _has_all(sets, views):
                continue
            if needs and not exact >> number & 1:
                for need in needs:
                    if need in lowered:
                        break
                else:
                    continue
            found.append(number)
        found.sort()
        return found


def _has_all(sets: Sequence[Sequence[Factor]], views: Sequence[str]) -> bool:
    for factors in sets:
        for view, factor in factors:
            if factor in views[view]:
                break
        else:
            return False
    return True


def _spread(traits: Iterable[str], bit: int, table: dict[str, int]) -> None:
    for trait in traits:
        table[trait] = table.get(trait, 0) | bit


class _Tree:
    """Sets of factors to ask for one after the other: what many rules ask first, once."""

    def __init__(self) -> None:
        self._bits: dict[Factor, int] = {}
        self._inner: dict[Factor, _Tree] = {}

    def plant(self, path: Sequence[Sequence[Factor]], bit: int) -> None:
        """Let `bit` in where one factor of each set is there."""
        if not path:
            return
        for factor in path[0]:
            inner = self._inner.setdefault(factor, _Tree())
            self._bits[factor] = self._bits.get(factor, 0) | (bit if len(path) == 1 else 0)
            inner.plant(path[1:], bit)

    def branches(self) -> _Branches:
        """Return the tree as what `let_in` goes through."""
        return [
            (*factor, self._bits[factor], self._inner[factor].branches()) for factor in self._bits
        ]

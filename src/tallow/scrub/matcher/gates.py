"""Which rules a text may match at all, told by what is cheap to look for and mostly absent."""

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Final

from .behind import first_trie
from .factors import VIEWS, Factor, factors_of, heads_of, is_apart
from .programs import Part

__all__ = ["Gates"]

_SMALL: Final = b"abcdefghijklmnopqrstuvwxyz"
_TO_LETTERS: Final = bytes(sign if sign | 32 in _SMALL else 32 for sign in range(256))
_TABLES: Final = [(view.table, view.left_out) for view in VIEWS]
_PADDED: Final = next(number for number, view in enumerate(VIEWS) if view.is_padded)
_KINDS: Final = 0
_LOWERED: Final = len(VIEWS)
_GRAM: Final = 3
_MOST_HEADS: Final = 70
_MOST_SETS: Final = 2
_LONGEST_PATTERN: Final = 4000
_MOST_WORDS: Final = 4000
_MOST_MET: Final = 2000
_LONGEST_WORD: Final = 16
_LETTERS: Final = re.compile("[a-z]{3,}")
_WHOLE: Final = re.compile("(?<=[^a-z])[a-z]+(?=[^a-z])")
_STEPS: Final[tuple[Factor, ...]] = (
    *((1, "0" * size) for size in (5, 7, 9, 13)),
    *((3, "x" * size) for size in (17, 19, 32)),
)
"""Factors many rules have: where one is absent, none of these rules is asked."""

_MARKS: Final = "\\~`|$%#!<>;*+@?{}[]()'&\",=:/_.-"
"""Signs that many rules have, the rare ones first; no view changes them, some leave them out."""

_RARE_MARKS: Final = 21
_NO_MARKS: Final = bytes(sign for sign in range(256) if chr(sign) not in _MARKS)

_Branch = tuple[int, str, list[int], list["_Branch"]]
"""A factor to ask for; when it is there: the rules let in, and what to ask then."""


class Gates:
    """Knows of every rule what a match of it must have. Any thread may use it.

    A rule is let in by words: one begins as its matches do, one has one of its literals in it;
    its factors then decide. What no word can let in is found by a tree of factors.
    """

    def __init__(
        self, parts: Sequence[Part], always: Collection[int], needless: Collection[int]
    ) -> None:
        """Learn `parts`: `always` are let in, and the literals of `needless` are not asked for."""
        self._always = list(always)
        self._needs = [() if n in needless else part.needs for n, part in enumerate(parts)]
        self._factors: list[tuple[tuple[Factor, ...], ...]] = []
        self._words = _Words(len(parts))
        others: list[_Other] = []
        for number, part in enumerate(parts):
            if number in always:
                self._factors.append(())
                continue
            needs, heads = self._needs[number], _telling_heads(part)
            is_clear = heads and not any(map(str.isalpha, needs))
            other = _Other(number, needs, () if is_clear else tuple(_factors(part)))
            self._factors.append(other.factors[:_MOST_SETS])
            if not self._words.learn(number, heads, *_stretches(needs)):
                others.append(other)
        self._tree = _Tree(others)
        self._plain_tree = _Tree([other for other in others if other.may_be_plain()])

    def let_in(self, text: str, data: bytes) -> list[int]:
        """Return the numbers of the rules that may match, in order; `data` is `text` as UTF-8."""
        views = [data.translate(table, out).decode("latin-1") for table, out in _TABLES]
        views[_PADDED] = f" {views[_PADDED]} "
        views.append(text.lower())
        found = self._always.copy()
        there = self._words.rules(set(data.translate(_TO_LETTERS).split()))
        while there:
            number = there.bit_length() - 1
            there ^= 1 << number
            if self._may(number, views):
                found.append(number)
        tree = self._plain_tree if len(data) == len(text) else self._tree
        branches = tree.always.copy()
        for mark in set(data.translate(None, _NO_MARKS)):
            branches += tree.marked[mark]
        last: list[int] = []
        for view, factor, numbers, inner in branches:
            if factor in views[view] and numbers is not last:
                last = numbers
                found += numbers
                branches += inner
        return sorted(set(found))

    def _may(self, number: int, views: Sequence[str]) -> bool:
        needs = self._needs[number]
        if needs and not _has_one(needs, views[_LOWERED]):
            return False
        for factors in self._factors[number]:  # noqa: SIM110 - `all` takes longer
            if not _is_there(factors, views):
                return False
        return True


def _has_one(needs: Sequence[str], lowered: str) -> bool:
    for need in needs:  # noqa: SIM110 - `any` takes longer
        if need in lowered:
            return True
    return False


def _is_there(factors: Sequence[Factor], views: Sequence[str]) -> bool:
    for view, factor in factors:  # noqa: SIM110 - `any` takes longer
        if factor in views[view]:
            return True
    return False


class _Words:
    """Runs of letters, and which rules they let in, as bits of a number.

    Each rule has two bits: a word begins as its matches do; one of its literals is in a word.
    """

    def __init__(self, rules: int) -> None:
        self._rules = rules
        self._mask = (1 << rules) - 1
        self._given = 0
        self._heads: dict[bytes, int] = {}
        self._parts: dict[bytes, int] = {}
        self._begun: dict[bytes, list[tuple[bytes, int]]] = {}
        self._whole: dict[bytes, int] = {}
        self._telling: dict[bytes, int] = {}
        self._plain: set[bytes] = set()
        self._met: set[bytes] = set()
        self._search: Callable[..., re.Match[bytes] | None] | None = None

    def learn(
        self,
        number: int,
        heads: Collection[bytes],
        wholes: Collection[bytes],
        parts: Collection[bytes],
    ) -> bool:
        """Take up a rule, unless words say nothing of it."""
        for head in heads:
            self._heads[head] = self._heads.get(head, 0) | 1 << number
        bit = 1 << number + self._rules
        for whole in wholes:
            self._whole[whole] = self._whole.get(whole, 0) | bit
        for part in parts:
            self._parts[part] = self._parts.get(part, 0) | bit
        has_literals = bool(wholes or parts)
        if heads and not has_literals:
            self._given |= bit
        if has_literals and not heads:
            self._given |= 1 << number
        return bool(heads) or has_literals

    def rules(self, words: set[bytes]) -> int:
        """Return the rules that runs of letters let in."""
        telling = self._telling
        words -= self._plain
        there = self._given
        unknown: list[bytes] = []
        for word in words:
            rules = telling.get(word)
            if rules is None:
                unknown.append(word)
            else:
                there |= rules
        if unknown:
            there |= self._looked_up(unknown)
            self._meet(unknown)
        return there & self._mask & there >> self._rules

    def _looked_up(self, words: Sequence[bytes]) -> int:
        """Return what new words say together."""
        there = 0
        joined = b" ".join(words).lower()
        for head in self._heads.keys() & {word[:_GRAM] for word in words}:
            there |= self._heads[head]
        for whole in self._whole.keys() & set(joined.split()):
            there |= self._whole[whole]
        search = self._search or self._searching()
        match = search(joined)
        while match:
            start = match.start()
            for literal, rules in self._begun[match.group()]:
                if joined.startswith(literal, start):
                    there |= rules
            match = search(joined, start + 1)
        return there

    def _meet(self, words: Sequence[bytes]) -> None:
        """Remember what words say that are met a second time: random letters never are."""
        met = self._met
        for word in words:
            if word not in met:
                if len(word) <= _LONGEST_WORD:
                    met.add(word)
                continue
            if len(self._plain) + len(self._telling) >= _MOST_WORDS:
                self._plain, self._telling = set(), {}
            rules = self._looked_up((word,))
            if rules:
                self._telling[word] = rules
            else:
                self._plain.add(word)
        if len(met) > _MOST_MET:
            self._met = set()

    def _searching(self) -> Callable[..., re.Match[bytes] | None]:
        """Return what searches for the literals, the shortest of those that begin alike."""
        begun: dict[bytes, list[tuple[bytes, int]]] = {}
        for literal in sorted(self._parts, key=len):
            size = next((size for size in range(1, len(literal)) if literal[:size] in begun), None)
            begun.setdefault(literal[:size], []).append((literal, self._parts[literal]))
        self._begun = begun
        self._search = re.compile(first_trie([first.decode() for first in begun]).encode()).search
        return self._search


def _factors(part: Part) -> list[tuple[Factor, ...]]:
    if len(part.pattern) > _LONGEST_PATTERN:  # what is in all of that is not worth the time
        return []
    return factors_of(part.pattern, part.before, "" if part.extend else part.after)


def _telling_heads(part: Part) -> frozenset[bytes]:
    """Return how the runs of letters that begin a match begin, if it can be told and is rare."""
    if len(part.pattern) > _LONGEST_PATTERN or not is_apart(part.before):
        return frozenset()
    heads = heads_of(part.pattern)
    if not 0 < len(heads) < _MOST_HEADS:
        return frozenset()
    runs = frozenset(head.translate(_TO_LETTERS).partition(b" ")[0] for head in heads)
    return frozenset() if b"" in runs else runs


def _stretches(needs: Sequence[str]) -> tuple[frozenset[bytes], frozenset[bytes]]:
    """Return runs of letters and parts of runs, one of which is in a text that has one of `needs`.

    Both are empty when there is a need without letters enough.
    """
    wholes, parts = set[bytes](), set[bytes]()
    for need in needs:
        whole = max(_WHOLE.findall(need), key=len, default="")
        part = max(_LETTERS.findall(need), key=len, default="")
        if len(part) > len(whole):
            parts.add(part.encode())
        elif whole:
            wholes.add(whole.encode())
        else:
            return frozenset(), frozenset()
    return frozenset(wholes), frozenset(parts)


@dataclass(frozen=True, slots=True)
class _Other:
    """A rule that no word lets in."""

    number: int
    needs: tuple[str, ...]
    factors: tuple[tuple[Factor, ...], ...]

    def steps(self) -> list[tuple[Factor, ...]]:
        """Return the steps every match of the rule takes."""
        return [
            (step,)
            for step in _STEPS
            if any(all(_implies(own, step) for own in factors) for factors in self.factors)
        ]

    def marks(self) -> str:
        """Return the rarest marks one of which every match has, if there are some."""
        sets = (tuple((_LOWERED, need) for need in self.needs), *self.factors)
        places = [
            [
                min([_MARKS.find(sign) for sign in factor if sign in _MARKS], default=99)
                for _, factor in own
            ]
            for own in sets
            if own
        ]
        best = min(places, key=max, default=[99])
        is_shared = len(set(best)) == 1
        fits = max(best) < (len(_MARKS) if is_shared else _RARE_MARKS)
        return "".join(_MARKS[place] for place in sorted(set(best))) if fits else ""

    def path(self) -> list[tuple[Factor, ...]]:
        """Return sets of factors to ask for one after the other, cheap and common ones first."""
        path, marks = self.steps(), self.marks()
        path += [((_LOWERED, marks),)] if path and len(marks) == 1 else []
        for factors in self.factors[:_MOST_SETS]:
            plain = tuple(map(_as_it_is, factors))
            path += [plain] if plain not in path else []
        needs = tuple((_LOWERED, need) for need in self.needs)
        path += [needs] if needs and needs not in path else []
        return path or [((_KINDS, ""),)]

    def may_be_plain(self) -> bool:
        """Say whether the rule may match text in ASCII."""
        return not self.needs or any(map(str.isascii, self.needs))


def _with_mark(factors: tuple[Factor, ...], mark: str, marks: str) -> tuple[Factor, ...]:
    """Return those of `factors` that have `mark`, if each has one of `marks`."""
    if mark and all(set(marks) & set(factor) for _, factor in factors):
        return tuple(own for own in factors if mark in own[1]) or factors
    return factors


def _as_it_is(factor: Factor) -> Factor:
    """Return a factor of signs that look like themselves as one of the text itself."""
    is_plain = factor[0] == _KINDS and not any(map(str.isalnum, factor[1]))
    return (_LOWERED, factor[1]) if is_plain else factor


def _implies(factor: Factor, step: Factor) -> bool:
    return factor[0] == step[0] and step[1] in factor[1]


class _Tree:
    """What to ask for of rules that no word lets in: in every text, and where a mark is."""

    def __init__(self, others: Sequence[_Other]) -> None:
        self.always: list[_Branch] = []
        self.marked: dict[int, list[_Branch]] = {ord(mark): [] for mark in _MARKS}
        known: dict[tuple[object, ...], tuple[list[int], list[_Branch]]] = {}
        for other in others:
            marks = "" if other.steps() else other.marks()
            for mark in marks or ("",):
                self._plant(other, mark, marks, known)

    def _plant(
        self,
        other: _Other,
        mark: str,
        marks: str,
        known: dict[tuple[object, ...], tuple[list[int], list[_Branch]]],
    ) -> None:
        branches = self.marked[ord(mark)] if mark else self.always
        numbers: list[int] = []
        key: tuple[object, ...] = (mark,)
        for whole in other.path():
            factors = _with_mark(whole, mark, marks)
            key = (*key, factors)
            if key not in known:
                numbers, inner = known[key] = ([], [])
                branches += [(*factor, numbers, inner) for factor in factors]
            numbers, branches = known[key]
        numbers.append(other.number)

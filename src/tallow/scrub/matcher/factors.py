"""What every match of a pattern has in it, so that most texts need no search for it."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from typing import Final

from .patterns import Alphabet, Node, Parser, Signs

__all__ = ["PADDED", "VIEWS", "Factor", "View", "factors_of", "is_apart", "is_plain", "parsed"]

_DIGITS: Final = b"0123456789"
_CAPITALS: Final = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_SMALL: Final = b"abcdefghijklmnopqrstuvwxyz"
_ALNUM: Final = _DIGITS + _CAPITALS + _SMALL
_HEX: Final = b"0123456789abcdefABCDEF"
_JOINTS: Final = " +()./-\u00a0\u202f\u2011\u2013"
"""What stands between the digits of a number; each byte of them is left out when squeezing."""

_IN_RANGE: Final = re.compile(f"[{_JOINTS[-4:]}]-[^\\]]|-[{_JOINTS[-4:]}]")
_MOST_FACTORS: Final = 4
_LONGEST_FACTOR: Final = 64
_TELLING: Final = 6.0

Factor = tuple[int, str]
"""Number of a view, and what is in the text as that view shows it."""


@dataclass(frozen=True, slots=True)
class View:
    """A way to look at UTF-8: some bytes look the same, some are left out.

    `bits` say how telling each of its signs is; a sign not listed is worth `other`.
    """

    table: bytes
    bits: Mapping[int, float]
    other: float
    left_out: bytes = b""
    is_padded: bool = False

    def of(self, data: bytes) -> bytes:
        """Return `data` as it looks."""
        return data.translate(self.table, self.left_out)

    def worth(self, factors: Iterable[bytes]) -> float:
        """Return how telling it is that one of `factors` is there; fewer are better."""
        bits, other = self.bits, self.other
        worths = [sum([bits.get(sign, other) for sign in factor]) for factor in factors]
        return min(worths) - len(worths) + 1 if worths else 0.0


def _table(*kinds: tuple[bytes, bytes], rest: bytes = b"") -> bytes:
    table = bytearray(rest * 256 if rest else range(256))
    for signs, kind in kinds:
        for sign in signs:
            table[sign] = kind[0]
    return bytes(table)


_KINDS: Final = ((_DIGITS, b"0"), (_CAPITALS, b"A"), (_SMALL, b"a"))
_PLAIN: Final = {**dict.fromkeys(b".:-/=_,", 2.5), 32: 1.0}

VIEWS: Final[tuple[View, ...]] = (
    View(_table(*_KINDS), {**_PLAIN, 48: 2.5, 65: 3.0, 97: 1.0}, 4.0),
    View(_table(*_KINDS), {**_PLAIN, 48: 2.0, 65: 2.5, 97: 1.0}, 3.0, _JOINTS.encode()),
    View(bytes(range(256)).lower(), {**_PLAIN, **dict.fromkeys(_SMALL, 2.5)}, 3.0),
    View(_table((_ALNUM + b"+/_-", b"x")), {**_PLAIN, 120: 0.3}, 2.5),
    View(_table(), {32: 1.0, 45: 1.5, 58: 1.5}, 3.0, _HEX),
    View(_table(*_KINDS, rest=b" "), {32: 1.5, 48: 2.5, 65: 3.0, 97: 1.5}, 1.0, is_padded=True),
)
_SQUEEZED: Final = 1
PADDED: Final = 5
"""Kinds of signs; the same without what joins numbers; small letters; the signs of tokens as one;
no hex digits; and kinds of letters and digits, with all else blank."""


@lru_cache
def is_apart(edge: str) -> bool:
    """Say whether a class of neighbours that are refused has all letters and digits."""
    return bool(edge) and re.fullmatch(f"[{edge}]{{62}}", _ALNUM.decode()) is not None


@lru_cache(512)
def factors_of(
    pattern: str, before: str, after: str, views: tuple[int, ...]
) -> list[tuple[Factor, ...]]:
    """Return sets of factors, the most telling first: a match has one factor of each set.

    `views` are the numbers of the views to look for them in.
    """
    edges = b" " * is_apart(before), b" " * is_apart(after)
    plain = squeezed = parsed(pattern)
    if not pattern.isascii() and not _IN_RANGE.search(pattern):
        squeezed = parsed(pattern.translate(dict.fromkeys(map(ord, _JOINTS[-4:]), " ")))
    seen = [_seen(squeezed if number == _SQUEEZED else plain, number, edges) for number in views]
    best = [max(options, key=lambda option: option[0]) for options in zip(*seen, strict=True)]
    found: list[tuple[float, tuple[Factor, ...]]] = []
    for options in (best, *seen):
        worth = min(option[0] for option in options)
        factors = _fewest(factor for _, own in options for factor in own)
        if worth > 0 and (worth, factors) not in found:
            found.append((worth, factors))
    found.sort(key=lambda pair: (-pair[0], len(pair[1])))
    return [factors for n, (worth, factors) in enumerate(found) if n == 0 or worth >= _TELLING]


def _fewest(factors: Iterable[Factor]) -> tuple[Factor, ...]:
    """Return `factors` without those that hold another."""
    kept: list[Factor] = []
    for view, factor in sorted(set(factors), key=lambda own: (len(own[1]), own)):
        if not any(view == other and known in factor for other, known in kept):
            kept.append((view, factor))
    return tuple(kept)


def _seen(
    tree: Node, number: int, edges: tuple[bytes, bytes]
) -> list[tuple[float, tuple[Factor, ...]]]:
    """Return for each choice a pattern has its best factors in a view, and how telling they are."""
    view = VIEWS[number]
    pads = edges if view.is_padded else (b"", b"")
    while len(tree.parts) == 1 and tree.kind in ("row", "group"):
        tree = tree.parts[0]
    finder = _FINDERS[number]
    seen = []
    for option in tree.parts if tree.kind == "choice" else (tree,):
        best = finder.best(option, *pads)
        seen.append(
            (view.worth(best), tuple((number, factor.decode("latin-1")) for factor in best))
        )
    return seen


@lru_cache
def parsed(pattern: str) -> Node:
    """Return a pattern taken apart."""
    return Parser(pattern, Alphabet([pattern])).choice()


class _Finder:
    """Finds what every match of a piece of a pattern has in it, as one view shows it."""

    def __init__(self, view: View) -> None:
        self._view = view
        self._known: dict[Signs, frozenset[bytes] | None] = {}

    def best(self, node: Node, before: bytes, after: bytes) -> frozenset[bytes]:
        whole, best = self._row(node.parts if node.kind == "row" else (node,), before, after)
        return best if whole is None else self._better(best, whole)

    def _better(self, one: frozenset[bytes], other: frozenset[bytes]) -> frozenset[bytes]:
        if not one or not other or one == other:
            return one or other
        worth = self._view.worth
        return max(one, other, key=lambda factors: (worth(factors), -len(factors)))

    def _of(self, node: Node) -> tuple[frozenset[bytes] | None, frozenset[bytes]]:
        """Return all that `node` may look like, if that is little; and the best in it."""
        if node.kind == "sign":
            return self._signs(node), frozenset()
        if node.kind == "row":
            return self._row(node.parts)
        if node.kind == "choice":
            return self._choice(node)
        if node.kind in ("begin", "end"):
            return frozenset((b"",)), frozenset()
        if node.kind == "group":
            return self._of(node.parts[0])
        return self._row((node,))

    def _signs(self, node: Node) -> frozenset[bytes] | None:
        signs = node.signs
        if signs not in self._known:
            seen = None
            if all(map(is_plain, signs)):
                seen = frozenset(self._view.of(bytes((sign,))) for sign in signs)
            self._known[signs] = seen if seen and len(seen) <= _MOST_FACTORS else None
        return self._known[signs]

    def _choice(self, node: Node) -> tuple[frozenset[bytes] | None, frozenset[bytes]]:
        options = [self._of(part) for part in node.parts]
        wholes = [whole for whole, _ in options if whole is not None]
        bests = [self._better(best, whole or frozenset()) for whole, best in options]
        best = frozenset().union(*bests) if all(bests) else frozenset()
        whole = frozenset().union(*wholes) if len(wholes) == len(options) else None
        if len(best) > _MOST_FACTORS or any(factor == b"" for factor in best):
            best = frozenset()
        return whole if whole and len(whole) <= _MOST_FACTORS else None, best

    def _row(
        self, parts: Sequence[Node], before: bytes = b"", after: bytes = b""
    ) -> tuple[frozenset[bytes] | None, frozenset[bytes]]:
        run, best, is_whole = frozenset((before,)), frozenset[bytes](), True
        for part in parts:
            least, most, inner = 1, 1, part
            if part.kind == "repeat":
                least, most, inner = part.least, part.most, part.parts[0]
            own, in_it = self._of(inner)
            if own is not None and own == {b""}:
                continue
            if own is not None and least < most == 1:  # it may be there or not
                own, in_it, least = own | {b""}, frozenset(), 1
            if own is not None and least:
                own = (
                    frozenset(map(b"".join, product(own, repeat=least)))
                    if len(own) == 1
                    else (own if least == 1 else None)
                )
            longer = _joined(run, own) if own is not None and least else None
            if longer is None:
                is_whole = False
                best = self._better(best, run)
                if least and in_it:
                    best = self._better(best, in_it)
                run = own if own is not None and least else frozenset((b"",))
            else:
                run = longer
            if least != most and least and own is not None:
                is_whole = False
                best = self._better(best, run)
                run = own
        run = _joined(run, frozenset((after,))) or run
        return (run, best) if is_whole else (None, self._better(best, run))


_FINDERS: Final = [_Finder(view) for view in VIEWS]


def _joined(run: frozenset[bytes], own: frozenset[bytes]) -> frozenset[bytes] | None:
    if len(run) == len(own) == 1:
        (one,), (other,) = run, own
        return frozenset((one + other,)) if len(one) <= _LONGEST_FACTOR else None
    if len(run) * len(own) > _MOST_FACTORS or max(map(len, run)) > _LONGEST_FACTOR:
        return None
    return frozenset(one + other for one in run for other in own)


def is_plain(sign: int) -> bool:
    """Say whether the code of a sign is that of an ASCII character, never of a stand-in."""
    return 32 <= sign < 127 or sign in (9, 10, 13)

"""What every match of a pattern has in its words: pieces, one of each set of which is there."""

import re
from collections.abc import Iterable, Sequence
from typing import Final

from .factors import is_apart, is_plain
from .patterns import Node, Signs

__all__ = ["LOOK", "Set", "pieces_in", "pieces_of", "worth_of"]

_SMALL: Final = b"abcdefghijklmnopqrstuvwxyz"
LOOK: Final = bytes(
    sign | 32 if sign | 32 in _SMALL else 48 if 48 <= sign < 58 else 32 for sign in range(256)
)
"""Letters as small ones, digits as 0, all else as a blank."""

_MOST: Final = 64
_LONGEST: Final = 40
_FEW: Final = 6
_MOST_SETS: Final = 3
_LEAST_WORTH: Final = 2.0
_NOTHING: Final = frozenset(("",))

Set = frozenset[str]
Whole = frozenset[str] | None
"""All that a piece of a pattern may look like, or None for too much."""


def _look(data: bytes) -> str:
    """Return how UTF-8 looks here.

    >>> _look(b"API-Key=7f")
    'api key 0f'
    """
    return data.translate(LOOK).decode("latin-1")


def pieces_of(node: Node, before: str, after: str) -> list[Set]:
    """Return sets of pieces, the most telling first: a match has one of each in its words.

    A blank at either end of a piece is where a word begins or ends; digits are 0. `before` and
    `after` are the classes of signs refused around a match.
    """
    while len(node.parts) == 1 and node.kind in ("row", "group"):
        node = node.parts[0]
    pads = " " * is_apart(before), " " * is_apart(after)
    reader = _Reader()
    options = [
        reader.options(option, *pads)
        for option in (node.parts if node.kind == "choice" else (node,))
    ]
    found = {_fewest(pieces) for pieces in _united(options)}
    return sorted(
        (pieces for pieces in found if worth_of(pieces) >= _LEAST_WORTH),
        key=lambda pieces: (-worth_of(pieces), sorted(pieces)),
    )


def pieces_in(literals: Iterable[str]) -> Set:
    """Return pieces, one of which is in a text that has one of `literals`; none: cannot be told."""
    best = [_best(_look(literal.encode())) if literal.isascii() else "" for literal in literals]
    return _fewest(best) if min(map(_telling, best), default=0.0) >= _LEAST_WORTH else frozenset()


class _Reader:
    """Reads what a pattern's words look like. Made for one pattern."""

    def __init__(self) -> None:
        self._known: dict[Signs, Whole] = {}

    def options(self, node: Node, before: str, after: str) -> list[Set]:
        """Return the sets of one of a pattern's choices."""
        whole, sets = self._row(node.parts if node.kind == "row" else (node,), before, after)
        return sorted(
            sets if whole is None else [*sets, *_sets_in(whole)], key=worth_of, reverse=True
        )

    def _of(self, node: Node) -> tuple[Whole, list[Set]]:
        if node.kind == "sign":
            return self._signs(node.signs), []
        if node.kind == "choice":
            return self._choice(node)
        if node.kind in ("begin", "end"):
            return _NOTHING, []
        if node.kind == "group":
            return self._of(node.parts[0])
        return self._row(node.parts if node.kind == "row" else (node,))

    def _signs(self, signs: Signs) -> Whole:
        if signs not in self._known:
            seen = None
            if all(map(is_plain, signs)):
                seen = frozenset(_look(bytes(signs)))
            self._known[signs] = seen if seen and len(seen) <= _FEW else None
        return self._known[signs]

    def _choice(self, node: Node) -> tuple[Whole, list[Set]]:
        read = [self._of(part) for part in node.parts]
        wholes = [whole for whole, _ in read if whole is not None]
        united = frozenset[str]().union(*wholes)
        if len(wholes) == len(read) and len(united) <= _MOST:
            return united, []
        return None, _united(
            sorted(sets if whole is None else [*sets, *_sets_in(whole)], key=worth_of, reverse=True)
            for whole, sets in read
        )

    def _row(
        self, parts: Sequence[Node], before: str = "", after: str = ""
    ) -> tuple[Whole, list[Set]]:
        run, sets, is_whole = frozenset((before,)), list[Set](), True
        for part in parts:
            least, most, inner = 1, 1, part
            if part.kind == "repeat":
                least, most, inner = part.least, part.most, part.parts[0]
            own, in_it = self._of(inner)
            sets += in_it if least else []
            if own == _NOTHING:
                continue
            own = _repeated(own, least, most)
            longer = _joined(run, own)
            if longer is None:
                is_whole = False
                sets += _sets_in(run)
                run = own or _NOTHING
            else:
                run = longer
            if least < most > 1 and own is not None:  # how the repeats go on is not known
                is_whole = False
                sets += _sets_in(run)
                run = own
        run = _joined(run, frozenset((after,))) or run
        return (run, sets) if is_whole else (None, [*sets, *_sets_in(run)])


def _repeated(own: Whole, least: int, most: int) -> Whole:
    """Return what the least repeats of `own` look like; what may be left out is."""
    if own is None or least == most == 1:
        return own
    if least == 0:
        return own | _NOTHING if most == 1 else None
    if least == 1:
        return own
    return frozenset(one * least for one in own) if len(own) == 1 else None


def _joined(run: Set, own: Whole) -> Whole:
    if own is None or len(run) * len(own) > _MOST or max(map(len, run)) > _LONGEST:
        return None
    return frozenset(one + other for one in run for other in own)


def _united(options: Iterable[list[Set]]) -> list[Set]:
    """Return sets of which a text has a piece each, if it has those of one of the `options`."""
    choices = list(options)
    if not all(choices):
        return []
    sets = [
        frozenset[str]().union(*(sets[min(place, len(sets) - 1)] for sets in choices))
        for place in range(max(map(len, choices)))
    ]
    return [pieces for pieces in sets if len(pieces) <= _MOST][:_MOST_SETS]


def _sets_in(run: Set) -> list[Set]:
    """Return sets of pieces of what a stretch may look like; of a sure one each word is one."""
    if len(run) == 1:
        (one,) = run
        return [frozenset((piece,)) for piece in _words(one)]
    best = frozenset(map(_best, run))
    return [] if "" in best else [best]


def _words(look: str) -> list[str]:
    """Return the words of a look with blanks around them that are known to be there.

    >>> _words(" api key0")
    [' api ', ' key0']
    """
    return re.findall(" ?[a-z0]+ ?", re.sub(" +", "  ", look))


def _best(look: str) -> str:
    return max(_words(look), key=_telling, default="")


def _telling(piece: str) -> float:
    """Return how telling it is that a piece is there: letters more than digits."""
    size, blanks, digits = len(piece), piece.count(" "), piece.count("0")
    return 0.0 if size == digits else size - 0.3 * blanks - 0.5 * digits


def worth_of(pieces: Set) -> float:
    """Return how telling it is that one of `pieces` is there: about as many letters as that."""
    return min(map(_telling, pieces)) - 0.01 * len(pieces) if pieces else 0.0


def _fewest(pieces: Iterable[str]) -> Set:
    """Return `pieces` without those that hold another."""
    kept: list[str] = []
    for piece in sorted(set(pieces), key=len):
        if not any(known in piece for known in kept):
            kept.append(piece)
    return frozenset(kept)

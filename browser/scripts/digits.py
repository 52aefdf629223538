"""Where a match can begin, told by digits: how far before the first, and how many there are."""

import re
from dataclasses import dataclass
from functools import cache

from tallow.scrub.matcher.patterns import SIGNS, Alphabet, Node, Parser, Signs

__all__ = ["Lead", "lead_of"]

_DIGITS: Signs = frozenset(b"0123456789")
_JOINTS: Signs = frozenset(b" +()./-") | frozenset(range(128, SIGNS))
"""What can stand between digits that belong together: as `IS_JOINT` in literals.ts."""
_WIDEST_JOINT = 3
_LEAST, _MANY, _MOST = 2, 5, 17
_NEAR, _FURTHEST = 2, 6
_CLASS = re.compile(r"\[[^\\^\]]+\]")
_SIGNS_BEFORE: Signs = frozenset(b"+(")


@dataclass(frozen=True, slots=True)
class Lead:
    """A match begins `far` signs before a group of digits at most.

    These and those behind them are `count` at least, with joints between.
    """

    far: int
    count: int


class _LostError(Exception):
    """There is a match without digits near its beginning."""


def lead_of(pattern: str, before: str) -> Lead | None:
    """Return what is known of the first digits of all matches; None: not enough.

    `before` is the class of what cannot stand before a match.
    """
    node = Parser(pattern, Alphabet([pattern])).choice()
    try:
        found = _leads((node,), 0, 0, 0)
    except _LostError:
        return None
    far, count = max(own.far for own in found), min(own.count for own in found)
    # A few digits are everywhere, unless certain signs stand before them.
    if far > _FURTHEST or count < (_LEAST if 0 < far <= _NEAR else _MANY):
        return None
    is_alone = bool(before) and re.search(f"[{before}]", "0") is not None
    # The page takes the first signs from the class a pattern begins with, or these.
    is_known = not far or _CLASS.match(pattern) or _firsts((node,)) <= _SIGNS_BEFORE | _DIGITS
    return Lead(far, count) if is_alone and is_known else None


def _firsts(ahead: tuple[Node, ...]) -> Signs:
    """Return the signs a match can begin with."""
    node, rest = ahead[0], ahead[1:]
    if node.kind in ("row", "group"):
        return _firsts((*node.parts, *rest))
    if node.kind == "choice":
        return frozenset[int]().union(*(_firsts((part, *rest)) for part in node.parts))
    if node.kind == "repeat":
        found = _firsts((*node.parts, *rest))
        return found if node.least else found | _firsts(rest)
    return node.signs if node.kind == "sign" else _firsts(rest)


@cache
def _leads(ahead: tuple[Node, ...], far: int, count: int, joint: int) -> frozenset[Lead]:
    """Return the leads of all ways through what is `ahead`."""
    if not ahead or count >= _MOST:
        if not count:
            raise _LostError
        return frozenset([Lead(far, count)])
    node, rest = ahead[0], ahead[1:]
    if node.kind in ("row", "group"):
        return _leads((*node.parts, *rest), far, count, joint)
    ways: list[tuple[Node, ...]] = []
    if node.kind == "choice":
        ways = [(part, *rest) for part in node.parts]
    if node.kind == "repeat":
        # More of anything than that makes no difference: joints are too wide by then.
        most = min(node.most, node.least + _WIDEST_JOINT + 1)
        ways = [(*node.parts * times, *rest) for times in {node.least, most}]
    if ways:
        return frozenset[Lead]().union(*(_leads(way, far, count, joint) for way in ways))
    if node.kind != "sign":
        return _leads(rest, far, count, joint)
    found: set[Lead] = set()
    if node.signs & _DIGITS:
        found |= _leads(rest, far, min(count + 1, _MOST), 0)
    if node.signs - _DIGITS:
        found |= _behind(node.signs - _DIGITS, rest, far, count, joint)
    return frozenset(found)


def _behind(
    signs: Signs, rest: tuple[Node, ...], far: int, count: int, joint: int
) -> frozenset[Lead]:
    """Return the leads behind a sign that is no digit."""
    if count and joint < _WIDEST_JOINT and signs <= _JOINTS:
        return _leads(rest, far, count, joint + 1)
    if count:
        return frozenset([Lead(far, count)])
    if far > _FURTHEST:
        raise _LostError
    return _leads(rest, far + 1, 0, 0)

"""Where a match can begin, once a literal that is in it has been found."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from .patterns import OPEN, SIGNS, Node, Signs, first_of

__all__ = ["Explorer", "LostError", "Way", "Window", "joined", "lengths_of", "windows"]

_FURTHEST = 200
_NARROW = 40
_FEW = 8
_MOST_WIDE = 3
_MOST_PATHS = 5000
_NO_WIDTH = frozenset(("begin", "end"))
_ALL = frozenset(range(SIGNS))


@dataclass(frozen=True, slots=True)
class Window:
    """A match that has `need` begins `least` to `most` signs before it.

    It begins with one of the signs `first`, and all signs before the literal are of `before`. The
    sign just before the literal is one of `last`, if it is of the match, and the one just behind
    it one of `after`.
    """

    need: str
    least: int
    most: int
    before: Signs
    first: Signs
    last: Signs = _ALL
    after: Signs = _ALL


def windows(node: Node, needs: Sequence[str]) -> list[Window] | None:
    """Return windows such that each match of `node` is in one, or None if some match has none.

    `needs` are lower case. A pattern such as `[a-z]{2,4}key` has the window 2 to 4 of `key`.
    """
    explorer = Explorer(needs)
    try:
        explorer.walk(Way(), (node,))
    except LostError:
        return None
    return joined(explorer.found)


class LostError(Exception):
    """A way through the pattern has no literal near enough to its beginning."""


@dataclass(frozen=True, slots=True)
class Way:
    """What has been read on one way through a pattern: `steps` are the signs, one by one.

    `least` and `most` count them; `tail` is the literal they end with.
    """

    least: int = 0
    most: int = 0
    steps: tuple[Signs, ...] = ()
    tail: str = ""
    first: Signs = frozenset()
    lasts: tuple[Signs, ...] = ()
    """Of each step: what can be the last sign read behind it."""

    def then(self, signs: Signs, least: int, most: int) -> "Way":
        """Return the path with `least` to `most` of `signs` behind it."""
        letters = _letters(signs)
        is_letter = least == most == 1 and len(letters) == 1
        last = signs if least or not self.lasts else signs | self.lasts[-1]
        return Way(
            self.least + least,
            self.most + most,
            (*self.steps, signs),
            self.tail + _letter(letters[0].signs) if is_letter else "",
            self.first | signs if self.least == 0 else self.first,
            (*self.lasts, last),
        )


class Explorer:
    """Goes all ways through a pattern until each has met a literal."""

    def __init__(self, needs: Sequence[str]) -> None:
        self._by_last: dict[str, list[str]] = {}
        for need in needs:
            self._by_last.setdefault(need[-1], []).append(need)
        self._left = _MOST_PATHS
        self._ahead: tuple[Node, ...] = ()
        self.found: list[Window] = []

    def walk(self, path: Way, ahead: tuple[Node, ...]) -> None:
        """Follow `path` through the pieces `ahead`.

        Raises:
            LostError: the path ends, or goes on too long, without a literal.
        """
        while ahead:
            node, ahead = ahead[0], ahead[1:]
            if node.kind == "sign":
                letters = _letters(node.signs)
                if 1 < len(letters) <= _FEW:
                    ahead = (Node("choice", parts=letters), *ahead)
                    continue
                path = path.then(node.signs, 1, 1)
                self._ahead = ahead
                if self.has_arrived(path):
                    return
            elif node.kind in ("row", "group"):
                ahead = (*node.parts, *ahead)
            elif node.kind == "choice":
                for option in node.parts:
                    self._count()
                    self.walk(path, (option, *ahead))
                return
            elif node.kind == "repeat":
                path, ahead = self._repeated(path, node, ahead)
            elif node.kind not in _NO_WIDTH:
                raise LostError
            if path.most > _FURTHEST:
                raise LostError
        raise LostError

    def _count(self) -> None:
        self._left -= 1
        if self._left < 0:
            raise LostError

    def has_arrived(self, path: Way) -> bool:
        """Say whether the path has met a literal, and note its window."""
        for need in self._by_last.get(path.tail[-1:], ()):
            if path.tail.endswith(need):
                size = len(need)
                steps = path.steps[:-size]
                least, most = path.least - size, path.most - size
                after = first_of(Node("row", parts=self._ahead))
                self.found.append(
                    Window(
                        need,
                        least,
                        most,
                        before=_union(steps),
                        first=path.first,
                        last=path.lasts[-1 - size] if least else _ALL,
                        after=_ALL if after is None else after,
                    )
                )
                return True
        return False

    @staticmethod
    def _repeated(path: Way, node: Node, ahead: tuple[Node, ...]) -> tuple[Way, tuple[Node, ...]]:
        body = node.parts[0]
        if body.kind != "sign" and node.least > 0:
            rest = Node("repeat", parts=(body,), least=node.least - 1, most=node.most - 1)
            return path, (body, rest, *ahead) if node.most > 1 else (body, *ahead)
        shortest, longest = lengths_of(body)
        most = min(longest * node.most, OPEN)
        return path.then(_signs(body), shortest * node.least, most), ahead


def _letter(signs: Signs) -> str:
    return chr(max(signs)).lower()


@cache
def _letters(signs: Signs) -> tuple[Node, ...]:
    """Return `signs` as one piece for each letter, whatever its case."""
    letters = {chr(sign).lower() for sign in signs}
    return tuple(
        Node("sign", signs=frozenset(sign for sign in signs if chr(sign).lower() == letter))
        for letter in letters
    )


def _union(sets: Iterable[Signs]) -> Signs:
    return frozenset().union(*sets)


def _signs(node: Node) -> Signs:
    return _union((node.signs, *map(_signs, node.parts)))


def lengths_of(node: Node) -> tuple[int, int]:
    """Return how many signs `node` takes, at least and at most."""
    if node.kind == "sign":
        return 1, 1
    pairs = [lengths_of(part) for part in node.parts]
    if node.kind in ("row", "group"):
        return sum(least for least, _ in pairs), min(sum(most for _, most in pairs), OPEN)
    if node.kind == "choice":
        return min(least for least, _ in pairs), max(most for _, most in pairs)
    if node.kind == "repeat":
        return pairs[0][0] * node.least, min(pairs[0][1] * node.most, OPEN)
    return 0, 0


def joined(found: Iterable[Window]) -> list[Window]:
    """Return the windows with the narrow ones of each literal joined to one, and many wide ones."""
    narrow: dict[str, list[Window]] = {}
    wide: dict[str, list[Window]] = {}
    for window in dict.fromkeys(found):
        kind = wide if window.most > _NARROW else narrow
        kind.setdefault(window.need, []).append(window)
    together = [_one(windows) for windows in narrow.values()]
    for windows in wide.values():
        together += windows if len(windows) <= _MOST_WIDE else [_one(windows)]
    return together


def _one(windows: Sequence[Window]) -> Window:
    """Return one window in which all are."""
    return Window(
        windows[0].need,
        min(window.least for window in windows),
        max(window.most for window in windows),
        _union(window.before for window in windows),
        _union(window.first for window in windows),
        _union(window.last for window in windows),
        _union(window.after for window in windows),
    )

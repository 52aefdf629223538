"""Python's own regular expressions taken apart, as far as the checks use them."""

import re

from .patterns import OPEN, SIGNS, Alphabet, Node, Parser, Signs

__all__ = ["Expression"]

_DIGITS = frozenset(range(48, 58))
_LETTERS = frozenset((*range(65, 91), *range(97, 123)))
_SPACES = frozenset((*range(9, 14), *range(28, 33)))
_KINDS = {"d": _DIGITS, "w": _DIGITS | _LETTERS | {95}, "s": _SPACES}
_AROUND = {
    "?=": ("ahead", False),
    "?!": ("ahead", True),
    "?<=": ("behind", False),
    "?<!": ("behind", True),
}


class Expression(Parser):
    """Reads patterns of `re` for texts in ASCII: look-arounds and unbounded repeats as well.

    Look-behinds are one sign wide. What it does not know is a ValueError.
    """

    def __init__(self, pattern: re.Pattern[str], alphabet: Alphabet) -> None:
        super().__init__(pattern.pattern, alphabet)
        self._folds = bool(pattern.flags & re.IGNORECASE)
        self._sees_lines = not pattern.flags & re.DOTALL

    def _one(self) -> Node:
        place = self._place
        for opening, (kind, is_negated) in _AROUND.items():
            if self._pattern.startswith(f"({opening}", place):
                return self._around(len(opening) + 1, kind, is_negated)
        if self._pattern.startswith("\\b", place):
            self._place += 2
            return Node("edge")
        if self._pattern.startswith(("\\A", "\\Z", "\\B", "(?P", "(?i"), place):
            raise ValueError(f"not read by the matcher: {self._pattern[place : place + 3]}")
        if self._peek() == "." and not self._sees_lines:
            self._place += 1
            return Node("sign", signs=frozenset(range(SIGNS)))
        known = self._kind()
        if known is not None:
            return Node("sign", signs=known)
        node = super()._one()
        return Node("sign", signs=self._folded(node.signs)) if node.kind == "sign" else node

    def _around(self, width: int, kind: str, is_negated: bool) -> Node:
        self._place += width
        inner = self.choice()
        self._place += 1
        if kind == "behind":
            signs = _only_sign(inner)
            return Node("behind", signs=signs, least=int(is_negated))
        return Node("ahead", parts=(inner,), least=int(is_negated))

    def _kind(self) -> Signs | None:
        """Read `\\d` and the like, if one stands here."""
        if self._peek() != "\\":
            return None
        letter = self._pattern[self._place + 1 : self._place + 2]
        signs = _KINDS.get(letter.lower())
        if signs is None:
            return None
        self._place += 2
        return signs if letter.islower() else frozenset(range(SIGNS)) - signs

    def _class(self) -> Signs:
        return self._read_class()

    def _members(self) -> Signs:
        known = self._kind()
        return super()._members() if known is None else known

    def _folded(self, signs: Signs) -> Signs:
        if not self._folds:
            return signs
        return signs | {sign ^ 32 for sign in signs & _LETTERS}

    def _repeated(self, node: Node) -> Node:
        char = self._peek()
        if char not in ("*", "+") and not self._pattern.startswith("{", self._place):
            return super()._repeated(node)
        if char in ("*", "+"):
            self._place += 1
            least, most = int(char == "+"), OPEN
        else:
            close = self._pattern.index("}", self._place)
            low, comma, high = self._pattern[self._place + 1 : close].partition(",")
            least = int(low or 0)
            most = int(high) if high else OPEN if comma else least
            self._place = close + 1
        is_lazy = self._peek() == "?"
        self._place += is_lazy
        return Node("repeat", parts=(node,), least=least, most=most, is_lazy=is_lazy)


def _only_sign(node: Node) -> Signs:
    while node.kind == "row" and len(node.parts) == 1:
        node = node.parts[0]
    if node.kind != "sign":
        raise ValueError("a look-behind wider than a sign")
    return node.signs

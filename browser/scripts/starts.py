"""Where a match can begin, told by literals: the page need not look through all of a text."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from tallow.scrub.matcher.patterns import Alphabet, Node, Parser, Signs
from tallow.scrub.matcher.windows import Explorer, LostError, Way, Window, joined, windows

__all__ = ["BETWEEN", "HEADS", "PARTED", "Starts", "heads_of"]

_ASCII = 128
_SHORTEST = 3
_LONGEST = 5
"""So much of a literal is worth its place in the bundle, where a match is tried at it anyway."""
_MOST = 24
"""So many literals are worth their place in the bundle."""
BETWEEN = "^"
PARTED = "`"
HEADS = "~"
_LEADING = re.compile(r"\((?:\?:)?([^()]*)\)(?![?*+{])")
_PAIR = re.compile(r"\[[A-Z][a-z]\]")
_HEAD = re.compile(r"[^\\^$.*+?()\[\]{}|]{3,5}(?![?*+{])")
BEYOND = "\u00a4"
"""Stands for all signs beyond ASCII."""
_WORD = frozenset(b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz.-")
_LINE = frozenset(range(256)) - frozenset(b"\r\n")
_CLASSES = (_WORD, _WORD | frozenset(b" "), _WORD | frozenset(b" \"'[]()"), _LINE)
_IN_NAMES = "\\-.0-9A-Z_a-z\\x20"
_NEAR = (0, 6)
_FAR = 80
_FURTHEST = 200


class _Finder(Explorer):
    """Finds literals of a pattern by itself: the first three signs that stand in a row."""

    def __init__(self) -> None:
        super().__init__(())

    def has_arrived(self, path: Way) -> bool:
        need = path.tail[-_SHORTEST:]
        if len(need) < _SHORTEST or not need.isascii() or need.isspace():
            return False
        before = frozenset[int]().union(*path.steps[:-_SHORTEST])
        least, most = path.least - _SHORTEST, path.most - _SHORTEST
        self.found.append(Window(need, least, most, before, path.first))
        return True


class Starts:
    """Collects the windows of the rules: each kind is written once."""

    def __init__(self, patterns: Sequence[str], parts: Mapping[str, int]) -> None:
        """`parts` are the literals of telling names, with how far before them a name can begin."""
        self._alphabet = Alphabet(patterns)
        self._parts = parts
        self.kinds: list[str] = [""]

    def of(self, rule: dict[str, Any], needs: Sequence[str]) -> str:
        """Return the literals of a rule with the kinds of their windows, as rules.ts reads them.

        "key`0`pass^word`3" says: with `key` a match begins in a window of the first kind, with the
        others in one of the fourth. Literals with no kind only have to be somewhere in the text. A
        tilde at the end: matches begin with what the pattern plainly begins with.
        """
        if rule.get("names"):
            return self._named(rule["pattern"])
        given = rule.get("needs", [])
        found = None if _is_number(rule) else self._windows(rule, given)
        if any(sign in need for need in needs for sign in (BETWEEN, PARTED)):
            raise ValueError(f"a literal of {rule['id']} has a sign that parts them")
        texts = [BETWEEN.join(needs)]
        if found is not None:
            by_kind: dict[int, list[str]] = {}
            kind = self._kind([window for window in found if window.most])
            order = {need: number for number, need in enumerate(given)}
            for window in sorted(found, key=lambda own: (order.get(own.need, 0), own.need)):
                by_kind.setdefault(kind if window.most else 0, []).append(window.need)
            told = {window.need for window in found}
            if told <= set(needs):
                texts = []
            if set(by_kind) == {0} and heads_of(rule["pattern"]):
                return BETWEEN.join(needs if texts else ()) + HEADS
            texts = [*texts, ""] if texts else []
            for kind, literals in by_kind.items():
                begins = dict.fromkeys(literal[:_LONGEST] for literal in literals)
                texts += [BETWEEN.join(begins), str(kind)]
        return PARTED.join(texts)

    def _named(self, pattern: str) -> str:
        texts: list[str] = []
        lead = pattern.index("(<NAMES>")
        first = "\\-" if lead else "0-9A-Za-z"
        least = -1
        for most in (*_NEAR, max(self._parts.values())):
            literals = [part for part, far in self._parts.items() if least < far <= most]
            window = f"{lead} {most + lead} {_IN_NAMES} {first}" if most + lead else ""
            if literals and not window:
                texts += [BETWEEN.join(literals), "0"]
            elif literals:
                self.kinds.append(window)
                texts += [BETWEEN.join(literals), str(len(self.kinds) - 1)]
            least = most
        return PARTED.join(texts)

    def _windows(self, rule: dict[str, Any], needs: Sequence[str]) -> list[Window] | None:
        node = Parser(rule["pattern"], self._alphabet).choice()
        found = windows(node, needs) if needs and all(map(str.isascii, needs)) else None
        if found is None or any(window.most > _FAR or len(window.need) < 2 for window in found):
            found = _own(node) or found
        is_far = any(window.most > _FURTHEST or len(window.need) < 2 for window in found or ())
        return None if is_far else found

    def _kind(self, found: Sequence[Window]) -> int:
        """Return the number of one window that holds all of `found`; an empty one is the first."""
        text = ""
        if found:
            least, most = min(own.least for own in found), max(own.most for own in found)
            before = _wider(frozenset[int]().union(*(own.before for own in found)))
            first = frozenset[int]().union(*(own.first for own in found))
            text = f"{least} {most} {_class(before)} {_class(first)}"
        if text not in self.kinds:
            self.kinds.append(text)
        return self.kinds.index(text)


def heads_of(pattern: str) -> list[str]:
    """Return the literals a pattern plainly begins with, as `headsOf` of rules.ts does; or none."""
    if _has_choice(pattern) or any(pair[1].lower() != pair[2] for pair in _PAIR.findall(pattern)):
        return []
    leading = _LEADING.match(pattern)
    options = leading[1].split("|") if leading else [pattern]
    found = [_HEAD.match(_PAIR.sub(lambda pair: pair[0][2], option)) for option in options]
    heads = [head[0].lower() for head in found if head]
    return heads if len(heads) == len(options) and all(map(str.isascii, heads)) else []


def _has_choice(pattern: str) -> bool:
    """Say whether a pattern is a choice outside of all groups."""
    bare, inner = "", re.sub(r"\\.|\[\^?\]?(?:[^\]\\]|\\.)*\]", "", pattern)
    while bare != inner:
        bare, inner = inner, re.sub(r"\([^()]*\)", "", inner)
    return "|" in bare


def _is_number(rule: dict[str, Any]) -> bool:
    """Say whether the literals of a rule stand around its matches, or it is found without."""
    return rule.get("check") in ("official", "email", "blob")


def _own(node: Node) -> list[Window] | None:
    finder = _Finder()
    try:
        finder.walk(Way(), (node,))
    except LostError:
        return None
    found = joined(finder.found)
    return found if len({window.need for window in found}) <= _MOST else None


def _wider(signs: Signs) -> Signs:
    """Return the first of a few classes that has `signs`: so there are fewer to write."""
    return next((known for known in _CLASSES if signs <= known), signs)


def _class(signs: Signs) -> str:
    """Return signs as the inside of a class, ranges of ASCII and all the rest as one."""
    out, code = "", 0
    while code < _ASCII:
        last = code
        while last in signs and last + 1 in signs and last + 1 < _ASCII:
            last += 1
        if code in signs:
            out += _sign(code) + ("-" + _sign(last) if last > code else "")
        code = last + 1
    return out + (BEYOND if max(signs, default=0) >= _ASCII else "")


def _sign(code: int) -> str:
    char = chr(code)
    if char <= " ":
        return f"\\x{code:02x}"
    return "\\" + char if char in "\\]^-" else char

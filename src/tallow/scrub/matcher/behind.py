"""Telling names found from behind: by the sign that must follow them, read backwards."""

import re
from collections.abc import Callable, Collection, Iterator
from itertools import chain
from typing import Final

from tallow.scrub.subset import folded

from .patterns import Alphabet, Node, Parser
from .programs import Part

__all__ = ["NamesFromBehind", "first_trie"]

_SIGNS: Final = (
    r"""(?:["'\]]{0,2}(?:[ \t]{0,3}(?:[=:]|->)|["'][ ]?[,>]|>|["'] (?:value|content)="""
    r"""|["']?[\r\n]{1,2}[ \t]{1,16}["']?value)|[ \t]{1,2}["']"""
    r"""|[ \t](?:is|was|are|IS|LIKE|like|ILIKE|IN|in)[ \t]|[)]=[(])"""
)
"""What the rule of names asks for behind a name; this module knows it from behind."""

_SIGNS_BEHIND: Final = (
    r"""(?<=[=:])[ \t]{0,3}["'\]]{0,2}|(?<=>)(?:-[ \t]{0,3})?["'\]]{0,3}"""
    r"""|(?<=[,>])[ ]?["'\]]{1,3}|(?<=[\r\n])[\r\n]?["'\]]{0,3}|(?<=["'])[ \t]{1,2}"""
    r"""|(?<=[(])=[)]"""
)
_LAST_SIGNS: Final = "=:>,\"'\r\n("
_VERBS_BEHIND: Final = r"(?:si|saw|era|SI|EKIL|ekil|EKILI|NI|ni)[ \t]"
_SMALL: Final = {sign: sign + 32 for sign in range(65, 91)}
_VERBS: Final = (" is ", " was ", " are ", " IS ", "LIKE ", " like ", " IN ", " in ", "\t")
_ATTRIBUTE: Final = re.compile(r"""["'] (?:value|content)=""")
_BETWEEN: Final = "[ _.-]"
_JOIN: Final = "(?:[_-]?(?:"
_MOST_NAMES: Final = 20_000


class NamesFromBehind:
    """Where the rule of telling names may match: few places, found in one pass.

    A name is of no interest without the sign behind it, and signs are rare, so the text is read
    from its end: a sign, then the letters of a name, last first.
    """

    def __init__(self, names: Collection[str], suffixes: Collection[str], longest: int) -> None:
        self._names = names
        self._suffixes = suffixes
        self._longest = longest
        self._compiled: dict[str, re.Pattern[str]] = {}

    @classmethod
    def of(cls, part: Part) -> "NamesFromBehind | None":
        """Return what finds the names of a rule, if this is the rule of names."""
        head, join, rest = part.pattern.partition(_JOIN)
        if not join or not head.startswith("(") or not rest.endswith(f"))?){_SIGNS}"):
            return None
        if part.before or part.after or part.extend or part.group != 1:
            return None
        names = _words(head[1:])
        suffixes = _words(rest[: -len(_SIGNS) - 4])
        if not names or not suffixes:
            return None
        longest = max(map(len, names)) + max(map(len, suffixes)) + 1
        return cls(names, suffixes, longest)

    def places(self, text: str, compiled: re.Pattern[str]) -> list[tuple[int, int]] | None:
        """Return where names may begin and end, leftmost first, or None when it cannot be told.

        `compiled` is the rule's own pattern. No match of it begins elsewhere, unless within a pair.
        """
        if ("value=" in text or "content=" in text) and _ATTRIBUTE.search(text):
            return None
        small = text.lower() if text.isascii() else text.translate(_SMALL)
        matches = self._pattern(_LAST_SIGNS, _SIGNS_BEHIND, re.escape).finditer(small[::-1])
        for verb in _VERBS:
            if verb in text:
                verbs = self._pattern(" \t", _VERBS_BEHIND, folded)
                matches = chain(matches, verbs.finditer(text[::-1]))
                break
        size = len(text)
        found: list[tuple[int, int]] = []
        for match in matches:
            end, start = size - match.start(1), size - match.end(2)
            if match.end(1) > match.start(1):
                found += self._earlier(text, compiled, start, end)
            found.append((start, end))
        found.sort()
        return found

    def _earlier(
        self, text: str, compiled: re.Pattern[str], start: int, end: int
    ) -> Iterator[tuple[int, int]]:
        """Yield where else a name with a suffix may begin: without it, or with a shorter one."""
        for place in range(max(0, end - self._longest), start):
            if compiled.match(text, place):
                yield place, end

    def _pattern(self, signs: str, behind: str, written: Callable[[str], str]) -> re.Pattern[str]:
        """Return what finds names before `signs` and what is `behind` these, read backwards."""
        compiled = self._compiled.get(signs)
        if compiled is None:
            suffixes = _trie({suffix[::-1] for suffix in self._suffixes}, written)
            names = _trie({name[::-1] for name in self._names}, written)
            compiled = self._compiled[signs] = re.compile(
                f"[{signs}](?:{behind})((?:{suffixes}[_-]?)?)({names})"
            )
        return compiled


def _words(pattern: str) -> frozenset[str]:
    """Return the small-letter forms of a pattern of names, a blank for any sign between words.

    None are returned when there are too many, or names that are not just letters and digits.
    """
    try:
        found = _forms(Parser(pattern, Alphabet([pattern])).choice()) - {""}
    except ValueError:
        return frozenset()
    is_plain = all(word.replace(" ", "").isalnum() and word == word.lower() for word in found)
    return found if is_plain else frozenset()


def _forms(node: Node) -> frozenset[str]:
    if node.kind == "sign":
        signs = "".join(sorted(map(chr, node.signs)))
        if len(signs) > 1 and signs != " -._" and signs.lower() != signs[-1] * 2:
            raise ValueError("a sign of a name")
        return frozenset((" " if signs == " -._" else signs[-1],))
    if node.kind == "choice":
        found = frozenset[str]().union(*map(_forms, node.parts))
    elif node.kind == "row":
        found = frozenset(("",))
        for part in node.parts:
            own = _forms(part)
            found = frozenset(one + other for one in found for other in own)
    elif node.kind == "repeat" and (node.least, node.most) == (0, 1):
        found = _forms(node.parts[0]) | {""}
    else:
        raise ValueError(node.kind)
    if len(found) > _MOST_NAMES:
        raise ValueError("too many names")
    return found


def first_trie(words: Collection[str]) -> str:
    """Return a pattern that finds where one of `words` begins; nothing begins with no words.

    >>> first_trie(["abc", "ab", "ax"])
    'a(?:b|x)'
    """
    short: list[str] = []
    for word in sorted(words, key=len):
        short += [] if word.startswith(tuple(short)) else [word]
    return _branches(_tree(short), "", re.escape) or "(?!)"


def _trie(words: Collection[str], written: Callable[[str], str]) -> str:
    """Return a pattern for `words`, each sign as `written` has it, that tries the longest first."""
    return _branches(_tree(words), _BETWEEN, written)


def _tree(words: Collection[str]) -> dict[str, object]:
    tree: dict[str, object] = {}
    for word in words:
        branch = tree
        for char in word:
            branch = branch.setdefault(char, {})  # type: ignore[assignment]  # only dicts go in
        branch[""] = {}
    return tree


def _branches(tree: dict[str, object], between: str, written: Callable[[str], str]) -> str:
    options = []
    for char in sorted(tree):
        if char:
            sign = between if between and char == " " else written(char)
            inner: dict[str, object] = tree[char]  # type: ignore[assignment]  # only dicts are in
            options.append(sign + _branches(inner, between, written))
    if not options:
        return ""
    whole = options[0] if len(options) == 1 and "" not in tree else f"(?:{'|'.join(options)})"
    return f"{whole}?" if "" in tree else whole

"""Three ways to find where rules match, with one result: a C matcher, google-re2, Python's `re`."""

import re
from collections.abc import Callable, Sequence
from functools import cached_property, partial
from typing import Any, Final, Protocol, TypeAlias

from .behind import NamesFromBehind
from .gates import Gates
from .judging import Judging
from .patterns import Alphabet
from .programs import Part, written

__all__ = [
    "CEngine",
    "Engine",
    "Finder",
    "Finders",
    "Kept",
    "Match",
    "Replacer",
    "Resume",
    "available",
    "engine_for",
]

_MATCH_MEMORY = 32 * 1024 * 1024
_LONGEST_SHORT = 1000
"""Characters up to which Python's own engine is at least as fast as google-re2."""

_START: Final = re.compile(
    r"(\(?)(\[\^?\]?(?:[^\]\\]|\\.)*\]|[A-Za-z0-9])(?:\{([1-9][0-9]*)(?:(,)([0-9]+))?\})?(?![?{])"
)
"""A pattern's first sign, the bracket of a group before it, and how often it is there."""

_LITERALS: Final = re.compile(r"\\.|\[\^?\]?(?:[^\]\\]|\\.)*\]", re.DOTALL)
"""Escaped signs, and classes."""

Match: TypeAlias = tuple[int, int, int, int, int]
"""Number of the rule, start and end of the match, start and end of the part that is the secret."""

Finder: TypeAlias = Callable[[int], Match | None]
"""Finds the next match of one rule in one text, from a place on."""

Finders: TypeAlias = Callable[[int], Finder]
Ask: TypeAlias = Callable[[int, str, int, int], list[tuple[int, int, int]]]
"""Rule, text, start and end of a suspect → what to replace, with the numbers of the labels."""

Replacer: TypeAlias = Callable[[str], "str | tuple[str, Sequence[str]] | None"]
"""A text in ASCII → itself, or it with markers and the ids of what struck; None: not this way."""

Resume: TypeAlias = Callable[[Any, str, int, tuple[int, ...], int, int], tuple[Any, int, int]]
"""A value that is not for C, the name it stands under, the label of its class or -1, the ids of
the containers it is in, values and characters left → the value scrubbed, and what is left."""

Kept: TypeAlias = dict[str, re.Pattern[str]] | None
"""Names of fields → the shape of values that pass as they are."""

_Search: TypeAlias = Callable[[int], "tuple[int, int, int, int] | None"]


class Engine(Protocol):
    """Finds matches, their neighbours and extensions considered. Any thread may use it."""

    name: str
    """`c`, `re2` or `re`."""

    def matches(self, text: str) -> list[Match]:
        """Return the matches of each rule, none beginning within another of the same rule."""

    def finders(self, text: str) -> Finders:
        """Return a function that gives a rule's finder, by the rule's number."""


class CEngine:
    """The compiled matcher; what it will not judge goes to another engine.

    Of texts in ASCII it finds not only the matches but, by `judging`, what comes of them.
    """

    name = "c"

    def __init__(self, parts: Sequence[Part], other: Engine, judging: Judging) -> None:
        from . import _scan  # type: ignore[attr-defined]  # built where there is a compiler

        self._scan = _scan.scan
        self._find = _scan.find
        self._hits = _scan.hits
        self._replaced = _scan.replaced
        self._walk = _scan.walk
        self._alphabet = Alphabet([part.pattern for part in parts])
        book, programs = written(parts, self._alphabet, judging.expressions(self._alphabet))
        self._book = _scan.book(book, judging.spec(programs))
        self._other = other

    def hits(self, text: str, ask: Ask) -> list[tuple[int, int, int]] | None:
        """Return the hits in `text`: start, end, number of the label; None: it will not judge."""
        return self._hits(self._book, ask, text)  # type: ignore[no-any-return]

    def replacer(self, ask: Ask) -> Replacer:
        """Return a function that gives a text with markers, and what struck."""
        return partial(self._replaced, self._book, ask)

    def walked(
        self, value: Any, ask: Ask, resume: Resume, kept: Kept, budget: tuple[int, int]
    ) -> tuple[Any, list[str]]:
        """Return plain data scrubbed, and what struck."""
        return self._walk(self._book, value, ask, resume, kept, *budget)  # type: ignore[no-any-return]

    def matches(self, text: str) -> list[Match]:
        found: list[Match] | None = self._scan(self._book, self._signs(text))
        return self._other.matches(text) if found is None else found

    def finders(self, text: str) -> Finders:
        signs = self._signs(text)

        def finder(number: int) -> Finder:
            def find(place: int) -> Match | None:
                match: Match | bool | None = self._find(self._book, number, signs, place)
                if match is None:
                    return self._other.finders(text)(number)(place)
                return match or None  # type: ignore[return-value]  # False says there is no more

            return find

        return finder

    def _signs(self, text: str) -> str | bytes:
        """Return `text` in the signs of the matcher: in ASCII itself, any other a byte for each."""
        return text if text.isascii() else text.translate(self._alphabet).encode("latin-1")


class _PlainEngine:
    """What the two engines of others have in common: one rule's search, and the judging of it."""

    name = "re"

    def __init__(self, parts: Sequence[Part]) -> None:
        self._parts = parts
        self._edges = [
            (
                re.compile(f"[{part.before}]") if part.before else None,
                re.compile(f"[{part.after}]") if part.after else None,
                re.compile(f"[{part.extend}]*") if part.extend else None,
            )
            for part in parts
        ]
        behind = {number: NamesFromBehind.of(part) for number, part in enumerate(parts)}
        self._behind = {number: names for number, names in behind.items() if names}

    @cached_property
    def _gates(self) -> Gates:
        named = {self._parts[number].needs for number in self._behind}
        implied = [n for n, part in enumerate(self._parts) if part.needs in named]
        return Gates(self._parts, self._behind, implied)

    def finders(self, text: str) -> Finders:
        def finder(number: int) -> Finder:
            search = self._search(number, text)
            return lambda place: self._next(number, text, search, place)

        return finder

    def _search(self, number: int, text: str) -> _Search:
        raise NotImplementedError

    def _all(self, number: int, text: str, search: _Search, place: int) -> list[Match]:
        found: list[Match] = []
        while match := self._next(number, text, search, place):
            found.append(match)
            place = max(match[2], match[1] + 1)
        return found

    def _next(self, number: int, text: str, search: _Search, place: int) -> Match | None:
        before, after, extend = self._edges[number]
        while found := search(place):
            start, end, begin, finish = found
            place = start + 1
            if before and start and before.match(text, start - 1):
                continue
            if extend:
                more = extend.match(text, finish)
                finish = more.end() if more else finish
                while finish > end and text[finish - 1] in ".-":
                    finish -= 1
                end = max(end, finish)
            if after and end < len(text) and after.match(text, end):
                if not self._parts[number].retry:
                    place = max(end, place)
                continue
            return number, start, end, begin, finish
        return None


class ReEngine(_PlainEngine):
    """Python's own engine: a pattern is searched for only where what it must have is there."""

    def __init__(self, parts: Sequence[Part]) -> None:
        super().__init__(parts)
        self._compiled: dict[int, re.Pattern[str]] = {}

    def matches(self, text: str) -> list[Match]:
        found: list[Match] = []
        compiled, behind = self._compiled, self._behind
        for number in self._gates.let_in(text, text.encode()):
            if number in behind:
                found += self._from_behind(number, text)
                continue
            pattern = compiled.get(number) or self._pattern(number)
            first = pattern.search(text)
            if first:
                self._follow(number, text, first, found)
        return found

    def _follow(
        self, number: int, text: str, match: re.Match[str] | None, found: list[Match]
    ) -> None:
        """Add `match` and all that follow to `found`, as `_all` does."""
        search, group = self._compiled[number].search, self._parts[number].group
        _, after, extend = self._edges[number]
        last = len(text) - self._gates.shortest[number]
        while match:
            start, end = match.span()
            begin, finish = match.span(group) if group else (start, end)
            if extend:
                finish = extend.match(text, finish).end()  # type: ignore[union-attr]  # or nothing
                while finish > end and text[finish - 1] in ".-":
                    finish -= 1
                end = max(end, finish)
            place = max(end, start + 1)
            if after and end < len(text) and after.match(text, end):
                if self._parts[number].retry:
                    place = start + 1
            else:
                found.append((number, start, end, begin, finish))
            match = search(text, place) if place <= last else None

    def _from_behind(self, number: int, text: str) -> list[Match]:
        pattern = self._compiled.get(number) or self._pattern(number)
        places = self._behind[number].places(text, pattern)
        found: list[Match] = []
        place = 0
        for start, end in places or ():
            if start >= place:
                match = pattern.match(text, start)
                if match:
                    found.append((number, *match.span(), *match.span(1)))
                    place = match.end()
            elif end > place:  # a name that begins within what the last match took
                places = None
                break
        if places is None:
            found += self._all(number, text, self._search(number, text), place)
        return found

    def _pattern(self, number: int) -> re.Pattern[str]:
        return self._compiled.setdefault(number, re.compile(_guarded(self._parts[number])))

    def _search(self, number: int, text: str) -> _Search:
        group = self._parts[number].group
        find = (self._compiled.get(number) or self._pattern(number)).search

        def search(place: int) -> tuple[int, int, int, int] | None:
            match = find(text, place)
            return None if match is None else (*match.span(), *match.span(group))

        return search


def _guarded(part: Part) -> str:
    """Return the pattern of a rule that matches only where nothing of `before` is before it.

    This is asked behind the first sign where that is one class: signs not of it are skipped fast.
    """
    if not part.before:
        return part.pattern
    start = _START.match(part.pattern)
    if not start or _has_choice(part.pattern, len(start[1])):
        return f"(?<![{part.before}])(?:{part.pattern})"
    opening, sign, least, comma, most = start.groups()
    more = ""
    if least is not None:
        fewest, longest = int(least) - 1, int(most if comma else least) - 1
        more = f"{sign}{{{fewest},{longest}}}" if longest else ""
    rest = part.pattern[start.end() :]
    return f"{opening}{sign}(?<![{part.before}][\\s\\S]){more}{rest}"


def _has_choice(pattern: str, depth: int) -> bool:
    """Say whether a pattern is a choice, or has one in no more than `depth` brackets."""
    level = 0
    for sign in _LITERALS.sub("", pattern):
        level += (sign == "(") - (sign == ")")
        if sign == "|" and level <= depth:
            return True
    return False


class Re2Engine(ReEngine):
    """google-re2, which no long text can slow down; short ones Python's engine has done sooner."""

    name = "re2"

    def __init__(self, parts: Sequence[Part]) -> None:
        super().__init__(parts)
        import re2

        self._re2: Any = re2
        self._programs: dict[int, Any] = {}

    def matches(self, text: str) -> list[Match]:
        if len(text) <= _LONGEST_SHORT:
            return super().matches(text)
        data = text.encode()
        found: list[Match] = []
        for number in self._gates.let_in(text, data):
            found += self._all(number, text, self._searched(number, text, data), 0)
        return found

    def _search(self, number: int, text: str) -> _Search:
        if len(text) <= _LONGEST_SHORT:
            return super()._search(number, text)
        return self._searched(number, text, text.encode())

    def _searched(self, number: int, text: str, data: bytes) -> _Search:
        program = self._programs.get(number)
        if program is None:
            options = self._re2.Options()
            options.max_mem = _MATCH_MEMORY
            options.log_errors = False
            pattern = self._parts[number].pattern.encode()
            program = self._programs.setdefault(number, self._re2.compile(pattern, options))
        group = self._parts[number].group

        def search(place: int) -> tuple[int, int, int, int] | None:
            match = program.search(data, place)
            return None if match is None else (*match.span(), *match.span(group))

        return search if len(text) == len(data) else _by_character(search, text, data)


def _by_character(search: _Search, text: str, data: bytes) -> _Search:
    """Return `search`, which counts bytes, as one that counts characters."""
    chars = octets = 0

    def search_by_character(place: int) -> tuple[int, int, int, int] | None:
        nonlocal chars, octets
        if place < chars:
            chars = octets = 0
        octets += len(text[chars:place].encode())
        chars = place
        match = search(octets)
        if match is None:
            return None
        start = chars + len(data[octets : match[0]].decode())
        return (
            start,
            start + len(data[match[0] : match[1]].decode()),
            start + len(data[match[0] : match[2]].decode()),
            start + len(data[match[0] : match[3]].decode()),
        )

    return search_by_character


def available() -> tuple[str, ...]:
    """Return the engines that can be had here, the fastest first."""
    names = []
    try:
        from . import _scan  # type: ignore[attr-defined]  # noqa: F401

        names.append("c")
    except ImportError:
        pass
    try:
        import re2

        if hasattr(re2, "Set"):
            names.append("re2")
    except ImportError:
        pass
    return (*names, "re")


def engine_for(name: str, parts: Sequence[Part], judging: Judging) -> Engine:
    """Return the engine called `name` (`c`, `re2`, `re`), or for `auto` the fastest there is."""
    here = available()
    chosen = here[0] if name == "auto" or name not in here else name
    other = Re2Engine(parts) if "re2" in here and chosen != "re" else ReEngine(parts)
    if chosen != "c":
        return other
    try:
        return CEngine(parts, other, judging)
    except (ValueError, IndexError, TypeError, AttributeError):
        # own rules beyond what the matcher holds, or a matcher built from an older source
        return other

"""Two regex engines under one roof: google-re2 where it is installed, else Python's own `re`."""

import re
from collections.abc import Callable, Sequence
from typing import Any, Protocol, TypeAlias

__all__ = ["Engine", "Finder", "Matcher", "engine_for", "is_re2_here"]

_SET_MEMORY = 256 * 1024 * 1024
_MATCH_MEMORY = 32 * 1024 * 1024

Matcher: TypeAlias = tuple[int, int, int, int]
"""Start and end of the match, start and end of the group that is the secret."""

Finder: TypeAlias = Callable[[int], "Matcher | None"]
"""From a place on → the next match."""


class Engine(Protocol):
    """Says which patterns can be in a text, then finds each. Any thread may use it."""

    def candidates(self, text: str, data: bytes) -> Sequence[int]:
        """Return the numbers of the patterns to try, in order. `data` is `text` in UTF-8."""

    def finder(self, number: int, text: str, data: bytes) -> Finder:
        """Return a function that finds pattern `number` in `text` from a place on; places only grow."""


class Re2Engine:
    """A set of all patterns runs once over the text; those that are in it are then located."""

    def __init__(self, patterns: Sequence[tuple[str, str, int]]) -> None:
        import re2

        self._re2: Any = re2
        options = re2.Options()
        options.max_mem = _SET_MEMORY
        options.log_errors = False
        self._set = re2.Set.SearchSet(options)
        for pattern, scan, _ in patterns:
            self._set.Add((scan or pattern).encode())
        self._set.Compile()
        self._patterns = patterns
        self._match = self._set.Match
        self._compiled: dict[int, Any] = {}

    def candidates(self, text: str, data: bytes) -> Sequence[int]:
        found = self._match(data)
        return sorted(found) if found else ()

    def finder(self, number: int, text: str, data: bytes) -> Finder:
        compiled = self._compiled.get(number)
        if compiled is None:
            compiled = self._compiled.setdefault(number, self._compile(self._patterns[number][0]))
        group = self._patterns[number][2]

        def find(place: int) -> Matcher | None:
            match = compiled.search(data, place)
            return None if match is None else (*match.span(), *match.span(group))

        return find if len(text) == len(data) else _by_character(find, text, data)

    def _compile(self, pattern: str) -> Any:
        options = self._re2.Options()
        options.max_mem = _MATCH_MEMORY
        options.log_errors = False
        return self._re2.compile(pattern.encode(), options)


def _by_character(find: Finder, text: str, data: bytes) -> Finder:
    """Return `find`, which counts bytes, as a finder that counts characters."""
    chars = octets = 0

    def find_by_character(place: int) -> Matcher | None:
        nonlocal chars, octets
        octets += len(text[chars:place].encode())
        chars = place
        match = find(octets)
        if match is None:
            return None
        start = chars + len(data[octets : match[0]].decode())
        return (
            start,
            start + len(data[match[0] : match[1]].decode()),
            start + len(data[match[0] : match[2]].decode()),
            start + len(data[match[0] : match[3]].decode()),
        )

    return find_by_character


class ReEngine:
    """Python's own engine: literals are looked for first, patterns only when one is there."""

    def __init__(
        self, patterns: Sequence[tuple[str, str, int]], needs: Sequence[tuple[str, ...]]
    ) -> None:
        self._patterns = patterns
        self._needs = needs
        self._compiled: dict[int, re.Pattern[str]] = {}

    def candidates(self, text: str, data: bytes) -> Sequence[int]:
        lowered = text.lower()
        return [
            number
            for number, needs in enumerate(self._needs)
            if not needs or any(need in lowered for need in needs)
        ]

    def finder(self, number: int, text: str, data: bytes) -> Finder:
        compiled = self._compiled.get(number)
        if compiled is None:
            compiled = self._compiled.setdefault(number, re.compile(self._patterns[number][0]))
        group = self._patterns[number][2]
        search = compiled.search

        def find(place: int) -> Matcher | None:
            match = search(text, place)
            return None if match is None else (*match.span(), *match.span(group))

        return find


def is_re2_here() -> bool:
    """Say whether google-re2 can be imported."""
    try:
        import re2
    except ImportError:
        return False
    return hasattr(re2, "Set")


def engine_for(
    name: str, patterns: Sequence[tuple[str, str, int]], needs: Sequence[tuple[str, ...]]
) -> Engine:
    """Return the engine called `name` (`re2`, `re`, or `auto`) for patterns with scan and group."""
    if name == "re2" or (name == "auto" and is_re2_here()):
        return Re2Engine(patterns)
    return ReEngine(patterns, needs)

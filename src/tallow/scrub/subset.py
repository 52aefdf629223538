"""The regular expressions both languages run in linear time, and what is wrong with others."""

import re

__all__ = ["folded", "names_pattern", "problem_of"]

_MOST_REPEATS = 1000
_MOST_STEPS = 10_000
_REPEAT = re.compile(r"\{([0-9]{1,6})(?:(,)([0-9]{0,6}))?\}")
_LETTER_ESCAPES = "tnrfv"


def problem_of(pattern: str) -> str:
    """Return why `pattern` is refused, as the end of a sentence, or an empty text.

    >>> problem_of("a{1,5}b"), problem_of("a+")
    ('', 'with an unbounded repeat')
    """
    try:
        reader = _Reader(pattern)
        reader.alternatives(0)
        if reader.place < len(pattern):
            return "with a stray closing bracket"
        compiled = re.compile(pattern)
    except _RefusedError as error:
        return str(error)
    except (re.error, RecursionError, OverflowError):
        return "that does not compile"
    return "that matches nothing at all" if compiled.match("") else ""


class _RefusedError(Exception):
    """Why a pattern is not in the subset."""


class _Reader:
    """Reads a pattern of the subset; the return values are how many steps a match may take."""

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self.place = 0

    def alternatives(self, depth: int) -> int:
        if depth > 20:
            raise _RefusedError("nested too deeply")
        steps = self._sequence(depth)
        while self._peek() == "|":
            self.place += 1
            steps += self._sequence(depth)
        return steps

    def _peek(self) -> str:
        return self.pattern[self.place : self.place + 1]

    def _sequence(self, depth: int) -> int:
        steps = 0
        while (char := self._peek()) not in ("", "|", ")"):
            start = self.place
            if char == "[":
                self._class()
                inner = 1
            elif char == "(":
                inner = self._group(depth)
            elif char == "\\":
                self._escape()
                inner = 1
            elif char in "*+?{":
                raise _RefusedError("with a repeat of nothing")
            else:
                self.place += 1
                inner = 1
            steps += self._repeated(inner, self.pattern[start : self.place])
            if steps > _MOST_STEPS:
                raise _RefusedError("with nested repeats that may take too long")
        return steps

    def _repeated(self, inner: int, body: str) -> int:
        char = self._peek()
        if char in ("*", "+") and char:
            raise _RefusedError("with an unbounded repeat")
        if char == "?":
            self.place += 1
            most = 1
            is_variable = True
        elif char == "{":
            found = _REPEAT.match(self.pattern, self.place)
            if not found:
                raise _RefusedError("with a bad repeat")
            if found.group(2) and not found.group(3):
                raise _RefusedError("with an unbounded repeat")
            most = int(found.group(3) or found.group(1))
            is_variable = bool(found.group(2))
            if most > _MOST_REPEATS:
                raise _RefusedError("with a repeat above 1000")
            self.place = found.end()
        else:
            return inner
        if self._peek() == "?":
            self.place += 1
        elif self._peek() in ("*", "+", "{") and self._peek():
            raise _RefusedError("with a repeat of a repeat")
        if is_variable and most > 1 and inner > 1 and _only_repeats(body):
            raise _RefusedError("with a repeat of a repeat")
        return inner * max(most, 1)

    def _group(self, depth: int) -> int:
        self.place += 1
        if self._peek() == "?":
            if self.pattern[self.place : self.place + 2] != "?:":
                raise _RefusedError("with a look-around, a flag or a named group")
            self.place += 2
        steps = self.alternatives(depth + 1)
        if self._peek() != ")":
            raise _RefusedError("that does not compile")
        self.place += 1
        return steps

    def _escape(self) -> None:
        char = self.pattern[self.place + 1 : self.place + 2]
        if not char:
            raise _RefusedError("that does not compile")
        if char.isalnum() and char not in _LETTER_ESCAPES:
            is_reference = char.isdecimal() and char != "0"
            raise _RefusedError(
                "with a back-reference"
                if is_reference
                else f"with \\{char}, which differs by engine"
            )
        self.place += 2

    def _class(self) -> None:
        self.place += 1
        if self._peek() == "^":
            self.place += 1
        is_first = True
        while (char := self._peek()) != "]" or is_first:
            is_first = False
            if char == "":
                raise _RefusedError("that does not compile")
            if char == "\\":
                self._escape()
            elif char == "[":
                raise _RefusedError("with a bracket in a class that needs a backslash")
            else:
                self.place += 1
        self.place += 1


def _only_repeats(body: str) -> bool:
    """Say whether a group's body is one variable repeat, so that repeating it is ambiguous."""
    return (
        re.fullmatch(r"\((?:\?:)?(?:\[[^\]]*\]|\\?.)(?:\?|\{[0-9]+,[0-9]+\})\)", body) is not None
    )


def folded(text: str) -> str:
    """Return literal `text` as a pattern that ignores the case of ASCII letters.

    >>> folded("a-1")
    '[aA]-1'
    """
    return "".join(
        f"[{char}{char.upper()}]"
        if "a" <= char <= "z"
        else re.escape(char)
        if char in ".[]()+*?^$|\\{}"
        else char
        for char in text
    )


def names_pattern(phrases: frozenset[str]) -> str:
    """Return a pattern for field names: words of a phrase with `_`, `-`, `.` or nothing between."""
    tree: dict[str, object] = {}
    for phrase in phrases:
        branch = tree
        for char in phrase:
            branch = branch.setdefault(char, {})  # type: ignore[assignment]  # only dicts go in
        branch[""] = {}
    return _branches(tree)


def _branches(tree: dict[str, object]) -> str:
    options = []
    for char in sorted(tree, reverse=True):  # the end of a name last: longer names win
        if char == "":
            continue
        sign = "[ _.-]?" if char == " " else folded(char)
        options.append(sign + _branches(tree[char]))  # type: ignore[arg-type]  # only dicts go in
    if not options:
        return ""
    whole = options[0] if len(options) == 1 else "(?:" + "|".join(options) + ")"
    if "" in tree:
        return f"(?:{whole})?"
    return whole

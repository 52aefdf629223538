"""The errors a caller may catch.

TallowError
├── SettingError        a setting is missing or does not parse; raised by `init()` alone
├── RuleError           a scrub rule is refused; raised when rules are loaded
├── WireError           bytes that are not what their protocol says; raised by `wire`
├── MetricError         a metric declared twice differently, or used with labels it does not have
└── NotStartedError     something that needs `init()` was used before it
"""

__all__ = [
    "MetricError",
    "NotStartedError",
    "RuleError",
    "SettingError",
    "TallowError",
    "WireError",
]


class TallowError(Exception):
    """What all errors of Tallow descend from."""


class SettingError(TallowError):
    """A setting that is missing or does not parse; raised by `init()` alone."""

    def __init__(self, name: str, problem: str, expected: str) -> None:
        super().__init__(f"{name} {problem}; expected {expected}")
        self.name = name


class RuleError(TallowError):
    """A scrub rule that is refused: unknown key, bad pattern, not linear-time.

    `where` names the file and the rule (`rules.json: rule "email"`), `line` is 1-based or 0 when
    the rule did not come from a file.
    """

    def __init__(self, where: str, problem: str, expected: str, line: int = 0) -> None:
        place = f"{where}, line {line}" if line else where
        super().__init__(f"{place}: {problem}; expected {expected}")
        self.where = where
        self.line = line


class WireError(TallowError):
    """Bytes that are not what their protocol says. Never quotes them."""

    def __init__(self, protocol: str, problem: str, expected: str) -> None:
        super().__init__(f"{protocol} {problem}; expected {expected}")
        self.protocol = protocol


class MetricError(TallowError):
    """A metric declared twice differently, or used with labels it does not have."""

    def __init__(self, name: str, problem: str, expected: str) -> None:
        super().__init__(f"metric {name} {problem}; expected {expected}")
        self.name = name


class NotStartedError(TallowError):
    """Something that needs `tallow.init()` was used before it."""

    def __init__(self, what: str) -> None:
        super().__init__(f"{what} needs tallow.init() first")

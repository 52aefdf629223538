"""What the matcher in C needs to judge matches itself: patterns, words and options of checks."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from . import addresses, checks, fields, tokens, values
from .expressions import Expression
from .fields import KeyClass
from .patterns import Alphabet, Node
from .programs import Program
from .rules import Rule, RuleBook
from .subset import folded

__all__ = ["Judging", "near_words"]

_MODULES = (values, fields, addresses, tokens, checks)
_NO_NEAR = (-1, -1)
_PREFIX, _LEAST_SIGNS = 4, 5


@dataclass(frozen=True, slots=True)
class Judging:
    """The checks of a rule book as data.

    `labels` are what hits can be called: the rules in force, the classes of names, and last
    `encoded` and `url-user`. `ranks` and `yielding` go by the labels' ids.
    """

    book: RuleBook
    rules: Sequence[Rule]
    labels: Sequence[Rule | KeyClass]
    ranks: Mapping[str, int]
    yielding: Mapping[str, Collection[str]]
    modest: Collection[str]
    marker: re.Pattern[str]
    keeps_private: bool
    scrubs_users: bool

    def expressions(self, alphabet: Alphabet) -> Mapping[str, Node]:
        """Return the patterns of the checks, taken apart, by the names the matcher knows."""
        found = {"scrubber.MARKER": self.marker}
        for module in _MODULES:
            found |= _constants(module, re.Pattern)
        for words in {near_words(rule) for rule in self.rules} - {""}:
            found[words] = re.compile(f"(?:{words})(?:[^a-z0-9]|$)")
        return {name: Expression(pattern, alphabet).choice() for name, pattern in found.items()}

    def spec(self, programs: Mapping[str, Program]) -> tuple[object, ...]:
        """Return what `_scan.book` takes beside the programs."""
        numbers = {label.id: number for number, label in enumerate(self.labels)}
        word_sets: dict[str, list[str]] = {}
        for module in _MODULES:
            for name, words in _constants(module, frozenset).items():
                word_sets[name] = _sorted(words)
        lengths: Mapping[str, int] = next(
            (rule.options["lengths"] for rule in self.rules if "lengths" in rule.options), {}
        )
        return (
            dict(programs),
            word_sets,
            [self._judge(rule, programs) for rule in self.rules],
            [(self.ranks[label.id], label.marker) for label in self.labels],
            [
                (numbers[giver], numbers[taker])
                for taker, givers in self.yielding.items()
                for giver in givers
                if giver in numbers and taker in numbers
            ],
            dict(lengths),
            (self.keeps_private, self.scrubs_users, numbers["encoded"], numbers["url-user"]),
            self._names(numbers),
        )

    def _judge(self, rule: Rule, programs: Mapping[str, Program]) -> tuple[object, ...]:
        options: Mapping[str, Any] = rule.options
        words = next((options[k] for k in ("words", "shared", "plain_users") if k in options), None)
        pages = options.get("pages")
        return (
            rule.check,
            rule.check in self.modest,
            *programs.get(near_words(rule), _NO_NEAR),
            int(options.get("prefix", _PREFIX)),
            int(options.get("least_signs", _LEAST_SIGNS)),
            bool(options.get("random")),
            None if words is None else _sorted(words),
            None if pages is None else _sorted(pages),
            list(options.get("schemes", ())),
        )

    def _names(self, numbers: Mapping[str, int]) -> tuple[object, ...]:
        book = self.book
        classes = [
            (
                numbers[entry.id],
                entry.values,
                entry.id == "field-session",
                list(entry.ends),
                list(entry.words),
                list(entry.names),
            )
            for entry in book.keys
        ]
        return (
            classes,
            _sorted(book.safe_keys),
            list(book.safe_words),
            _sorted(book.suffixes),
            _sorted(book.safe_values),
        )


def _constants(module: ModuleType, kind: type) -> dict[str, Any]:
    room = module.__name__.rpartition(".")[2]
    return {
        f"{room}.{name.lstrip('_')}": value
        for name, value in vars(module).items()
        if isinstance(value, kind)
    }


def near_words(rule: Rule) -> str:
    """Return the words that must stand near a match of `rule`, as a pattern, or nothing."""
    return "|".join(folded(word) for word in rule.options.get("near", ()))


def _sorted(words: Collection[str]) -> list[str]:
    return sorted(word for word in words if word.isascii())

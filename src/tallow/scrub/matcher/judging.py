"""What the matcher in C needs to judge matches itself: patterns, words and options of checks."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from tallow.scrub import addresses, checks, ends, fields, headers, phones, tokens, values
from tallow.scrub.fields import KeyClass, phrase_of
from tallow.scrub.rules import Rule, RuleBook
from tallow.scrub.subset import folded

from .expressions import Expression
from .patterns import Alphabet, Node
from .programs import Program

__all__ = ["Judging", "near_words"]

_MODULES = (values, headers, ends, fields, addresses, phones, tokens, checks)
_NO_NEAR = (-1, -1)
_PREFIX, _LEAST_SIGNS = 4, 5
_LONGEST_WORD = 64
_ASK = "ask"
"""The check of rules that Python judges; one by this name there is not."""

_WORDS: Mapping[str, str] = {"user": "words", "home": "shared", "userinfo": "plain_users"}


@dataclass(frozen=True, slots=True)
class Judging:
    """The checks of a rule book as data.

    `labels` are what hits can be called: the rules in force, the classes of names, and last
    `encoded` and `url-user`. `ranks` and `yielding` go by the labels' ids. `patterns` are those of
    modules that need this one.
    """

    book: RuleBook
    rules: Sequence[Rule]
    labels: Sequence[Rule | KeyClass]
    ranks: Mapping[str, int]
    yielding: Mapping[str, Collection[str]]
    modest: Collection[str]
    patterns: Mapping[str, re.Pattern[str]]
    keeps_private: bool
    scrubs_users: bool

    def expressions(self, alphabet: Alphabet) -> Mapping[str, Node]:
        """Return the patterns of the checks, taken apart, by the names the matcher knows."""
        found = dict(self.patterns)
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
        return (
            dict(programs),
            word_sets,
            [self._judge(rule, programs) for rule in self.rules],
            [(label.id, self.ranks[label.id], label.marker) for label in self.labels],
            [
                (numbers[giver], numbers[taker])
                for taker, givers in self.yielding.items()
                for giver in givers
                if giver in numbers and taker in numbers
            ],
            dict(self._lengths()),
            (self.keeps_private, self.scrubs_users, numbers["encoded"], numbers["url-user"]),
            self._names(numbers),
        )

    def _lengths(self) -> Mapping[str, int]:
        """Return the lengths of IBANs; a rule with others of its own is judged in Python."""
        return next((r.options["lengths"] for r in self.rules if r.id == "iban"), {})

    def _judge(self, rule: Rule, programs: Mapping[str, Program]) -> tuple[object, ...]:
        options: Mapping[str, Any] = rule.options
        words, pages = options.get(_WORDS.get(rule.check, "")), options.get("pages")
        return (
            rule.check if self._is_plain(rule) else _ASK,
            rule.check in self.modest,
            *programs.get(near_words(rule), _NO_NEAR),
            int(options.get("prefix", _PREFIX)),
            int(options.get("least_signs", _LEAST_SIGNS)),
            bool(options.get("random")),
            bool(options.get("digits", True)),
            _sorted(words) if isinstance(words, list) else None,
            _sorted(pages) if isinstance(pages, list) else None,
            list(options.get("schemes", ())),
        )

    def _is_plain(self, rule: Rule) -> bool:
        """Say whether C can judge by the options of a rule."""
        lists = [option for option in rule.options.values() if isinstance(option, list)]
        is_short = all(len(word) <= _LONGEST_WORD for words in lists for word in words)
        return is_short and (rule.check != "iban" or rule.options["lengths"] == self._lengths())

    def _names(self, numbers: Mapping[str, int]) -> tuple[object, ...]:
        book = self.book
        classes = [
            (
                numbers[entry.id],
                entry.values,
                entry.id == "field-session",
                entry.id == "field-signature",
                entry.kind == "credential",
                list(entry.ends),
                list(map(phrase_of, entry.words)),
                list(entry.names),
            )
            for entry in book.keys
        ]
        return (
            classes,
            _sorted(book.safe_keys),
            list(map(phrase_of, book.safe_words)),
            _sorted(map(phrase_of, book.suffixes)),
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


def _sorted(words: Iterable[str]) -> list[str]:
    return sorted(word for word in words if word.isascii())

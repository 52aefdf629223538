"""Text in, text out without what is personal or secret; and where that stood."""

import re
from bisect import bisect_right, insort
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any, Final, NamedTuple, TypeAlias

from .checks import CHECKS
from .ends import Spans
from .fields import FieldNames, KeyClass, is_placeholder, words_of
from .matcher.engines import CEngine, Finder, Finders, Kept, Replacer, Resume, engine_for
from .matcher.judging import Judging, near_words
from .matcher.programs import Part
from .policy import Policy
from .rules import Rule, RuleBook, built_in, read
from .statements import check_cli, value_spans
from .subset import names_pattern
from .tokens import check_blob
from .values import ValueReader
from .views import View, decoded

__all__ = [
    "DROPPED",
    "LONGEST_TEXT",
    "VERSION",
    "VERSION_NAME",
    "Hit",
    "Label",
    "Scrubber",
    "Span",
    "is_harmless",
]

DROPPED: Final = "[dropped]"
LONGEST_TEXT: Final = 32 * 1024 * 1024
_SHORTEST: Final = 5
_SHORT_WORD: Final = 20
_PLAIN_WORD: Final = re.compile(r"[A-Za-z][A-Za-z_.]*")
_LONGEST_CONTEXT: Final = 512
_MARKER: Final = re.compile(r"\[[a-z]{2,20}(?::[0-9a-f]{4})?\]")
_ENCODED: Final = KeyClass("encoded", "credential", "[encoded]", "any")
_URL_USER: Final = KeyClass("url-user", "personal", "[user]", "user")

VERSION_NAME: Final = re.compile(r"(?:version|release|build|ver)$", re.IGNORECASE)
VERSION: Final = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,9}){1,4}(?:[-+.][0-9A-Za-z.+-]{1,40})?")
_PATTERNS: Final = {
    "scrubber.MARKER": _MARKER,
    "scrubber.VERSION_NAME": VERSION_NAME,
    "scrubber.VERSION": VERSION,
}

_MODEST: Final = frozenset(
    ("phone", "official", "card", "near", "ipv4", "mac", "key-tail", "blob", "named")
)
"""Checks that take no more than the match: they leave alone what an earlier rule has claimed."""

_YIELDING: Final[Mapping[str, tuple[str, ...]]] = {
    "url-userinfo": ("email", "email-local"),
    "url-userinfo-odd": ("email", "email-local"),
    "url-user": ("email", "email-local"),
    "url-oracle": ("email", "email-local"),
    "key-telegram": ("blob",),
}
"""Label → labels that give way to it where both claim a stretch."""

Label: TypeAlias = Rule | KeyClass
Span: TypeAlias = tuple[int, int, Label]
_Check: TypeAlias = Callable[[str, int, int], Spans]


class Hit(NamedTuple):
    """A stretch of text to replace, and the rule or field class that says by what."""

    start: int
    end: int
    label: Label


class Scrubber:
    """Applies one rule book under one policy to text. Any thread may use it.

    Raises:
        RuleError: on making, when the policy's rules file is refused.
    """

    def __init__(self, policy: Policy | None = None) -> None:
        policy = policy or Policy()
        book = _book(policy)
        self.policy = policy
        self.book = book
        self.names = FieldNames(
            book.keys, book.safe_keys, book.safe_words, frozenset(book.suffixes)
        )
        rules = [rule for rule in book.rules if not rule.only_if or getattr(policy, rule.only_if)]
        self._rank: dict[str, int] = {rule.id: rank for rank, rule in enumerate(rules)}
        named_rank = self._rank.get("named", 0)
        self._rank.update({entry.id: named_rank for entry in book.keys})
        self._rank.update({"encoded": len(rules), "url-user": self._rank["url-userinfo"]})
        self._labels: list[Label] = [*rules, *book.keys, _ENCODED, _URL_USER]
        self._numbers = {label.id: number for number, label in enumerate(self._labels)}
        markers = frozenset(label.marker for label in self._labels)
        self.values = ValueReader(self.names, book.safe_values, markers)
        self._ready = [(rule, self._check_of(rule), rule.check in _MODEST) for rule in rules]
        self._engine = engine_for(policy.engine, _parts(book, rules), self._judging(rules))
        self._judge = self._engine if isinstance(self._engine, CEngine) else None
        self.replaced: Replacer = _not_this_way
        """The short way for texts in ASCII, all of it in C; None: `hits` has to look."""
        if self._judge is not None and not policy.pseudonyms:
            self.replaced = self._judge.replacer(self._ask)

    @property
    def engine(self) -> str:
        """The engine in force: `c`, `re2` or `re`. Own rules may be beyond what `c` can hold."""
        return self._engine.name

    def _judging(self, rules: list[Rule]) -> Judging:
        return Judging(
            book=self.book,
            rules=rules,
            labels=self._labels,
            ranks=self._rank,
            yielding=_YIELDING,
            modest=_MODEST,
            patterns=_PATTERNS,
            keeps_private=self.policy.keep_private_ips,
            scrubs_users=self.policy.scrub_url_users,
        )

    def walked(
        self, value: Any, kept: Kept, resume: Resume, budget: tuple[int, int]
    ) -> tuple[Any, list[str]] | None:
        """Return plain data scrubbed and what struck; None: not this way.

        `resume` walks what is not for C; `budget` is how many values and characters may be seen.
        """
        if self._judge is None or self.policy.pseudonyms:
            return None
        return self._judge.walked(value, self._ask, resume, kept, budget)

    def label(self, number: int) -> Label | None:
        """Return the label with this number, or None for a number below 0."""
        return self._labels[number] if number >= 0 else None

    def hits(self, text: str) -> list[Hit]:
        """Return what to replace in `text`, in order, without overlaps.

        `text` holds no lone surrogates. Escapes are undone and looked through as well.
        """
        if self._judge is not None and text.isascii():
            found = self._judge.hits(text, self._ask)
            if found is not None:
                labels = self._labels
                return [Hit(start, end, labels[number]) for start, end, number in found]
        if is_harmless(text):
            return []
        spans = self._all_spans(text)
        return self._merged(spans) if spans else []

    def hits_after(self, name: str, text: str, own: list[Span]) -> list[Hit]:
        """Return the hits in `text`, the value of a field called `name`, with `own` among them."""
        own = [span for span in own if not _MARKER.match(text, span[0])]
        if not is_harmless(text):
            lead = f"{name}=" if name and len(text) <= _LONGEST_CONTEXT else ""
            for start, end, label in self._all_spans(lead + text):
                if end > len(lead):
                    own.append((max(start - len(lead), 0), end - len(lead), label))
        return self._merged(own) if own else []

    def _ask(self, number: int, text: str, start: int, end: int) -> list[tuple[int, int, int]]:
        """Judge for the matcher in C what it leaves to Python."""
        check = self._ready[number][1]
        spans = check(text, start, end) if check else [(start, end, None)]
        numbers = self._numbers
        return [(s, e, number if label is None else numbers[label.id]) for s, e, label in spans]

    def _all_spans(self, text: str) -> list[Span]:
        spans = self._spans(text)
        view = decoded(text)
        if view is not None:
            spans = [*_behind_escapes(view, text, spans)] + [
                (*view.origin(start, end), label) for start, end, label in self._spans(view.text)
            ]
        return spans

    def _spans(self, text: str) -> list[Span]:
        found: list[Span] = []
        claimed: list[tuple[int, int]] = []
        retried = -1
        finders: Finders | None = None
        for match in self._engine.matches(text):
            number, start, end, begin, finish = match
            if number == retried:
                continue
            rule, check, is_modest = self._ready[number]
            if is_modest and claimed and _is_claimed(claimed, start, end):
                continue
            spans: Spans = check(text, begin, finish) if check else [(begin, finish, None)]
            last = _keep(text, spans, rule, found, claimed) if spans else -1
            if rule.retry and last != end:
                retried = number
                finders = finders or self._engine.finders(text)
                self._retry(text, (number, max(last, start + 1)), finders(number), found, claimed)
        return found

    def _retry(
        self,
        text: str,
        since: tuple[int, int],
        find: Finder,
        found: list[Span],
        claimed: list[tuple[int, int]],
    ) -> None:
        """Look again with a rule from a place on: behind a match's first sign, or behind a hit."""
        number, place = since
        rule, check, is_modest = self._ready[number]
        while following := find(place):
            _, start, end, begin, finish = following
            place = max(end, start + 1)
            if is_modest and claimed and _is_claimed(claimed, start, end):
                continue
            spans: Spans = check(text, begin, finish) if check else [(begin, finish, None)]
            last = _keep(text, spans, rule, found, claimed) if spans else -1
            place = max(last, start + 1)

    def _merged(self, spans: list[Span]) -> list[Hit]:
        if len(spans) == 1:
            return [Hit(*spans[0])]
        spans.sort(key=_place)
        merged: list[Hit] = []
        rank = self._rank
        start, end, label = spans[0]
        for next_start, next_end, next_label in spans[1:]:
            if next_start >= end:
                merged.append(Hit(start, end, label))
                start, end, label = next_start, next_end, next_label
            elif next_label.id in _YIELDING.get(label.id, ()):
                continue
            elif label.id in _YIELDING.get(next_label.id, ()):
                start, end, label = next_start, next_end, next_label
            else:
                end = max(end, next_end)
                if rank[next_label.id] < rank[label.id]:
                    label = next_label
        merged.append(Hit(start, end, label))
        return merged

    def _check_of(self, rule: Rule) -> _Check | None:
        options = self._options(rule)
        if rule.check == "":
            return None
        if rule.check == "named":
            return self.values.after
        if rule.check == "cli":
            return check_cli
        if rule.check == "sql-values":
            return lambda text, start, end: value_spans(self.values, text, start, end)
        if rule.check == "blob":
            return lambda text, start, end: check_blob(
                text, start, end, options, lambda plain: bool(self.hits(plain))
            )
        check = CHECKS[rule.check]
        return lambda text, start, end: check(text, start, end, options)

    def _options(self, rule: Rule) -> Mapping[str, Any]:
        """Return the rule's options with lists as sets, words as patterns, and the policy in."""
        options: dict[str, Any] = dict(rule.options)
        for key, value in options.items():
            if isinstance(value, list):
                options[key] = frozenset(value)
        if words := near_words(rule):
            options["near"] = re.compile(f"(?:^|[^A-Za-z0-9])(?:{words})(?:[^a-z0-9]|$)")
        options["encoded_class"] = _ENCODED
        options["user_class"] = _URL_USER
        options["keep_private"] = self.policy.keep_private_ips
        options["scrub_users"] = self.policy.scrub_url_users
        return MappingProxyType(options)


def _not_this_way(_: str) -> None:
    """Say that there is no short way."""


def _keep(
    text: str, spans: Spans, rule: Rule, found: list[Span], claimed: list[tuple[int, int]]
) -> int:
    """Add what a check took, unless it is a marker; return where the last of it ends, or -1."""
    last = -1
    for start, end, label in spans:
        if text[start] != "[" or not (
            _MARKER.match(text, start) or is_placeholder(text[start:end])
        ):
            found.append((start, end, label or rule))
            insort(claimed, (start, end))
            last = end
    return last


def _behind_escapes(view: View, text: str, spans: list[Span]) -> Iterator[Span]:
    """Yield spans that begin within an escape from behind it on, unless a marker is there.

    What begins within a colour is read without the colour as well: that is what counts.
    """
    for start, end, label in spans:
        place = view.behind(text, start)
        if place == start or place >= end:
            yield start, end, label
        elif place >= 0 and not _MARKER.match(text, place):
            yield place, end, label


def _is_claimed(claimed: list[tuple[int, int]], start: int, end: int) -> bool:
    place = bisect_right(claimed, (start, LONGEST_TEXT)) - 1
    return place >= 0 and claimed[place][1] >= end


def _place(span: Span) -> tuple[int, int]:
    return span[0], -span[1]


def is_harmless(text: str) -> bool:
    """Say whether `text` is too short or too plain a word: every rule wants a digit or a sign."""
    size = len(text)
    if size < _SHORTEST:
        return text.isascii()
    return size < _SHORT_WORD and _PLAIN_WORD.fullmatch(text) is not None


def _book(policy: Policy) -> RuleBook:
    book = built_in()
    if policy.rules_file is not None:
        book = read(policy.rules_file, book)
    own = KeyClass(
        "field-own", "custom", "[private]", "any", names=tuple(sorted(_phrases(policy.secret_keys)))
    )
    return replace(
        book,
        keys=((own,) if own.names else ()) + book.keys,
        safe_keys=book.safe_keys | _plain(policy.safe_keys),
        safe_values=book.safe_values | {value.lower() for value in policy.safe_values},
    )


def _phrases(names: Iterable[str]) -> set[str]:
    return {" ".join(words_of(name)) for name in names if words_of(name)}


def _plain(names: Iterable[str]) -> frozenset[str]:
    return frozenset(re.sub(r"[^a-z0-9]", "", name.lower()) for name in names)


def _names(book: RuleBook) -> tuple[str, str]:
    phrases = frozenset(
        phrase
        for entry in book.keys
        for phrases in (entry.ends, entry.words, entry.names)
        for phrase in phrases
    )
    return names_pattern(phrases), names_pattern(frozenset(book.suffixes))


def _needs(book: RuleBook) -> tuple[str, ...]:
    """Return literals one of which is in every telling name: its longest word, no longer word."""
    words = {
        max(phrase.split(), key=len)
        for entry in book.keys
        for phrase in entry.ends + entry.words + entry.names
    }
    shortest = sorted(words, key=lambda word: (len(word), word))
    kept: list[str] = []
    for word in shortest:
        if not any(known in word for known in kept):
            kept.append(word)
    return tuple(kept)


def _parts(book: RuleBook, rules: Iterable[Rule]) -> list[Part]:
    names, suffixes = _names(book)
    return [
        Part(
            _pattern(rule, names, suffixes),
            rule.group,
            rule.before,
            rule.after,
            rule.extend,
            _needs(book) if rule.names else rule.needs,
            rule.retry,
        )
        for rule in rules
    ]


def _pattern(rule: Rule, names: str, suffixes: str) -> str:
    if not rule.names:
        return rule.pattern
    return rule.pattern.replace("<NAMES>", names).replace("<SUFFIXES>", suffixes)

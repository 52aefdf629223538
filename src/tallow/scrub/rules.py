"""The rules: read from `rules.json` and from the user's own file, and refused when not safe."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, Final

from tallow.exceptions import RuleError

from .checks import CHECKS
from .fields import SHAPES, KeyClass
from .numbers import SCHEMES
from .subset import problem_of

__all__ = ["Rule", "RuleBook", "built_in", "read", "spelled_out"]

_RULE_KEYS: Final = frozenset(
    [
        "id",
        "kind",
        "marker",
        "pattern",
        "group",
        "before",
        "after",
        "extend",
        "needs",
        "retry",
        "check",
        "options",
        "only_if",
        "names",
        "find",
        "keep",
        "why",
    ]
)
_CLASS_KEYS: Final = frozenset(["id", "kind", "marker", "values", "ends", "words", "names"])
_FILE_KEYS: Final = frozenset(
    ["version", "about", "rules", "keys", "safe_keys", "safe_values", "query_keep"]
)
_MADE_HERE: Final = frozenset(("named", "blob", "cli", "sql-values"))
_ID: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
_MARKER: Final = re.compile(r"\[[a-z]{2,20}\]")


@dataclass(frozen=True, slots=True)
class Rule:
    """One pattern and what to do with what it finds; `about` in `rules.json` explains each."""

    id: str
    kind: str
    marker: str
    pattern: str
    group: int = 0
    before: str = ""
    after: str = ""
    extend: str = ""
    needs: tuple[str, ...] = ()
    retry: bool = False
    check: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)
    only_if: str = ""
    names: bool = False
    find: tuple[tuple[str, str], ...] = ()
    keep: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RuleBook:
    """All rules of one deployment."""

    rules: tuple[Rule, ...]
    keys: tuple[KeyClass, ...]
    suffixes: tuple[str, ...]
    safe_keys: frozenset[str]
    safe_words: tuple[str, ...]
    safe_values: frozenset[str]
    query_keep: frozenset[str]
    shared: Mapping[str, Any] = field(default_factory=dict)
    """What options of rules call `@name`."""


@cache
def built_in() -> RuleBook:
    """Return the rules that come with Tallow."""
    raw = json.loads(resources.files(__package__).joinpath("rules.json").read_text("utf-8"))
    return RuleBook(
        rules=tuple(_rule(spelled_out(entry, raw["shared"])) for entry in raw["rules"]),
        keys=tuple(_key_class(entry) for entry in raw["keys"]),
        suffixes=tuple(raw["suffixes"]),
        safe_keys=_joined(raw["safe_keys"]),
        safe_words=tuple(raw["safe_words"]),
        safe_values=frozenset(raw["safe_values"]),
        query_keep=frozenset(raw["query_keep"]),
        shared=raw["shared"],
    )


def spelled_out(entry: Mapping[str, Any], shared: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the entry of a rule with what `shared` calls so in place of each option's `@name`."""
    options = entry.get("options")
    if not isinstance(options, dict):
        return entry
    meant = {f"@{name}": value for name, value in shared.items()}
    told = {
        key: meant.get(value, value) if isinstance(value, str) else value
        for key, value in options.items()
    }
    return {**entry, "options": told}


def read(path: Path, book: RuleBook) -> RuleBook:
    """Return `book` with the rules, names and safe words of the user's file in front.

    Raises:
        RuleError: not JSON, an unknown key, or a rule that is not linear-time or does not compile.
    """
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        raise RuleError(path.name, "cannot be read", "a UTF-8 JSON file") from None
    try:
        raw = json.loads(text)
    except json.JSONDecodeError as error:
        raise RuleError(path.name, "is not JSON", "rules as in rules.json", error.lineno) from None
    source = _Source(path.name, text)
    source.check_keys(raw, _FILE_KEYS, "")
    rules = tuple(
        _checked_rule(entry, source, book.shared) for entry in _list(raw, "rules", source)
    )
    keys = tuple(_checked_class(entry, source) for entry in _list(raw, "keys", source))
    taken = {rule.id for rule in book.rules} | {entry.id for entry in book.keys}
    for own in (*[rule.id for rule in rules], *[entry.id for entry in keys]):
        if own in taken:
            raise source.refuse(own, "has an id that is taken", "a new id")
        taken.add(own)
    return replace(
        book,
        rules=rules + book.rules,
        keys=keys + book.keys,
        safe_keys=book.safe_keys | _joined(_words(raw, "safe_keys", source)),
        safe_values=book.safe_values
        | frozenset(value.lower() for value in _words(raw, "safe_values", source)),
        query_keep=book.query_keep | frozenset(_words(raw, "query_keep", source)),
    )


def _joined(names: Iterable[str]) -> frozenset[str]:
    return frozenset(re.sub(r"[^a-z0-9]", "", name.lower()) for name in names)


def _rule(entry: Mapping[str, Any]) -> Rule:
    given = {key: value for key, value in entry.items() if key != "why"}
    given["needs"] = tuple(entry.get("needs", ()))
    given["find"] = tuple((said, left) for said, left in entry.get("find", ()))
    given["keep"] = tuple(entry.get("keep", ()))
    return Rule(**given)


def _key_class(entry: Mapping[str, Any]) -> KeyClass:
    lists = {key: tuple(entry.get(key, ())) for key in ("ends", "words", "names")}
    return KeyClass(entry["id"], entry["kind"], entry["marker"], entry["values"], **lists)


class _Source:
    """Knows the user's file well enough to say where a rule stands in it."""

    def __init__(self, name: str, text: str) -> None:
        self._name = name
        self._lines = text.splitlines()

    def refuse(self, rule_id: str, problem: str, expected: str) -> RuleError:
        quoted = json.dumps(rule_id)
        line = next((n for n, text in enumerate(self._lines, 1) if quoted in text), 0)
        where = f"{self._name}: rule {quoted}" if rule_id else self._name
        return RuleError(where, problem, expected, line)

    def check_keys(self, entry: object, known: frozenset[str], rule_id: str) -> None:
        if not isinstance(entry, dict):
            raise self.refuse(rule_id, "is not an object", "an object in braces")
        for key in entry:
            if key not in known:
                line = next(
                    (n for n, text in enumerate(self._lines, 1) if json.dumps(key) in text), 0
                )
                where = f"{self._name}: rule {json.dumps(rule_id)}" if rule_id else self._name
                raise RuleError(
                    where, f"has an unknown key {key!r}", f"one of {', '.join(sorted(known))}", line
                )


def _list(raw: Mapping[str, Any], key: str, source: _Source) -> list[Any]:
    value = raw.get(key, [])
    if not isinstance(value, list):
        raise source.refuse("", f"has {key} that is not a list", "a list in brackets")
    return value


def _words(raw: Mapping[str, Any], key: str, source: _Source) -> list[str]:
    value = _list(raw, key, source)
    if not all(isinstance(word, str) for word in value):
        raise source.refuse("", f"has {key} that is not all text", "a list of strings")
    return value


_FIELD_TYPES: Final[Mapping[str, tuple[type, str]]] = {
    "kind": (str, "text"),
    "marker": (str, "text"),
    "pattern": (str, "text"),
    "group": (int, "a number"),
    "before": (str, "a character class without brackets"),
    "after": (str, "a character class without brackets"),
    "extend": (str, "a character class without brackets"),
    "retry": (bool, "true or false"),
    "check": (str, "the name of a check"),
    "options": (dict, "an object"),
    "needs": (list, "a list"),
    "find": (list, "a list of pairs"),
    "keep": (list, "a list"),
}


_WANTED_OPTIONS: Final[Mapping[str, Mapping[str, type]]] = {
    "user": {"words": list},
    "home": {"shared": list, "pages": list},
    "userinfo": {"plain_users": list},
    "official": {"schemes": list},
    "near": {"near": list},
    "iban": {"lengths": dict},
}
"""The options a check cannot do without, by its name."""


def _checked_rule(entry: Any, source: _Source, shared: Mapping[str, Any]) -> Rule:
    rule_id = _checked_id(entry, source)
    source.check_keys(entry, _RULE_KEYS - {"names", "only_if"}, rule_id)
    for key, (kind, expected) in _FIELD_TYPES.items():
        if key in entry and not isinstance(entry[key], kind):
            raise source.refuse(rule_id, f"has a {key} of the wrong type", expected)
    if not entry.get("pattern"):
        raise source.refuse(rule_id, "has no pattern", "a regular expression")
    entry = {"kind": "custom", "marker": "[private]", **spelled_out(entry, shared)}
    _check_marker(entry["marker"], rule_id, source)
    if entry.get("check", "") not in CHECKS:
        raise source.refuse(rule_id, "asks for an unknown check", ", ".join(sorted(CHECKS)))
    _check_options(entry, rule_id, source)
    problem = problem_of(entry["pattern"])
    if problem:
        raise source.refuse(rule_id, f"has a pattern {problem}", "a linear-time pattern")
    for key in ("before", "after", "extend"):
        if entry.get(key) and problem_of(f"[{entry[key]}]"):
            raise source.refuse(rule_id, f"has a bad {key}", "a character class without brackets")
    if not 0 <= entry.get("group", 0) <= re.compile(entry["pattern"]).groups:
        raise source.refuse(rule_id, "names a group it does not have", "0 or the number of a group")
    try:
        return _rule(entry)
    except (TypeError, ValueError):
        raise source.refuse(rule_id, "has bad examples", "[in, out] pairs") from None


def _check_options(entry: Mapping[str, Any], rule_id: str, source: _Source) -> None:
    options: Mapping[str, Any] = entry.get("options", {})
    for name, kind in _WANTED_OPTIONS.get(entry.get("check", ""), {}).items():
        if not isinstance(options.get(name), kind):
            expected = "an object of numbers" if kind is dict else "a list of texts"
            raise source.refuse(rule_id, f"lacks the option {name} its check asks for", expected)
    for name, given in options.items():
        if isinstance(given, list) and not all(isinstance(word, str) for word in given):
            raise source.refuse(rule_id, f"has a bad option {name}", "a list of texts")
    unknown = set(options.get("schemes", ())) - SCHEMES.keys()
    if unknown:
        raise source.refuse(
            rule_id, f"asks for an unknown scheme {min(unknown)}", "one of the guide"
        )


def _checked_id(entry: Any, source: _Source) -> str:
    rule_id = entry.get("id") if isinstance(entry, dict) else None
    if not isinstance(rule_id, str) or not _ID.fullmatch(rule_id):
        raise source.refuse("", "has a rule without an id", "lower-case letters, digits and dashes")
    return rule_id


def _check_marker(marker: object, rule_id: str, source: _Source) -> None:
    if not isinstance(marker, str) or not _MARKER.fullmatch(marker):
        raise source.refuse(rule_id, "has a bad marker", "letters in brackets, as [account]")


def _checked_class(entry: Any, source: _Source) -> KeyClass:
    class_id = _checked_id(entry, source)
    source.check_keys(entry, _CLASS_KEYS, class_id)
    entry = {"kind": "custom", "marker": "[private]", "values": "any", **entry}
    _check_marker(entry["marker"], class_id, source)
    if entry["values"] not in SHAPES:
        raise source.refuse(class_id, "has unknown values", ", ".join(sorted(SHAPES)))
    for key in ("ends", "words", "names"):
        if not all(isinstance(word, str) and word.strip() for word in _list(entry, key, source)):
            raise source.refuse(class_id, f"has bad {key}", "words in lower case")
    return _key_class(entry)

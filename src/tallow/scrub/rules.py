"""The rules: read from `rules.json` and from the user's own file, and refused when not safe."""

import json
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any

__all__ = ["KeyClass", "Rule", "RuleBook", "built_in"]


@dataclass(frozen=True, slots=True)
class Rule:
    """One pattern and what to do with what it finds; `rules.json` says what each field means."""

    id: str
    kind: str
    marker: str
    pattern: str
    needs: tuple[str, ...] = ()
    group: int = 0
    before: str = ""
    after: str = ""
    check: str = ""
    options: dict[str, Any] = field(default_factory=dict)
    find: tuple[tuple[str, str], ...] = ()
    keep: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class KeyClass:
    """Field names that say what their value is."""

    id: str
    kind: str
    marker: str
    tails: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RuleBook:
    """All rules of one deployment."""

    rules: tuple[Rule, ...]
    keys: tuple[KeyClass, ...]
    safe_values: frozenset[str]
    query_keep: frozenset[str]


@cache
def built_in() -> RuleBook:
    """Return the rules that come with Tallow."""
    text = resources.files(__package__).joinpath("rules.json").read_text("utf-8")
    raw = json.loads(text)
    return RuleBook(
        tuple(
            Rule(
                id=rule["id"],
                kind=rule["kind"],
                marker=rule["marker"],
                pattern=rule["pattern"],
                needs=tuple(rule.get("needs", ())),
                before=rule.get("before", ""),
                after=rule.get("after", ""),
            )
            for rule in raw["rules"]
        ),
        tuple(
            KeyClass(entry["id"], entry["kind"], entry["marker"], tuple(entry["tails"]))
            for entry in raw["keys"]
        ),
        frozenset(raw["safe_values"]),
        frozenset(raw["query_keep"]),
    )

"""Text in, text out without what is personal or secret; and where that stood."""

import re
from dataclasses import dataclass

from .rules import RuleBook, built_in

__all__ = ["DROPPED", "Finding", "Scrubber"]

DROPPED = "[dropped]"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found. `where` is a path like `$.a[0].b`; the secret itself is never here."""

    rule: str
    kind: str
    where: str
    start: int
    length: int
    marker: str


class Scrubber:
    """Applies one rule book to text. Any thread may use it."""

    def __init__(self, book: RuleBook | None = None) -> None:
        self.book = book or built_in()
        self._compiled = [
            (
                rule,
                re.compile(rule.pattern, re.ASCII),
                re.compile(f"[{rule.before}]") if rule.before else None,
                re.compile(f"[{rule.after}]") if rule.after else None,
            )
            for rule in self.book.rules
        ]

    def find(self, text: str, where: str = "$") -> list[Finding]:
        """Return what the rules find in `text`, in order, without overlaps."""
        found: list[Finding] = []
        folded = text.lower()
        for rule, pattern, before, after in self._compiled:
            if rule.needs and not any(need in folded for need in rule.needs):
                continue
            for match in pattern.finditer(text):
                start, end = match.span(rule.group)
                if before and start and before.match(text, start - 1):
                    continue
                if after and end < len(text) and after.match(text, end):
                    continue
                if any(f.start < end and start < f.start + f.length for f in found):
                    continue
                found.append(Finding(rule.id, rule.kind, where, start, end - start, rule.marker))
        return sorted(found, key=lambda finding: finding.start)

    def scrub(self, text: str) -> str:
        """Return `text` with a marker in place of each finding."""
        out: list[str] = []
        done = 0
        for finding in self.find(text):
            out += (text[done : finding.start], finding.marker)
            done = finding.start + finding.length
        out.append(text[done:])
        return "".join(out)

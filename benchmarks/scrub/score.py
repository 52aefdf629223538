"""How much of what must go is gone, and how much of what must stay is still there.

python -m benchmarks.scrub.score --seed 7 --lines 6000 --fail-list
"""

import argparse
import json
import random
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from benchmarks.scrub import corpus
from benchmarks.scrub.rows import Row, Secret
from benchmarks.scrub.templates import KINDS, STYLES

__all__ = ["Report", "Tally", "mb_per_s", "measure", "print_report", "shows"]

_SHORT = 12
_SHARE_THAT_SHOWS = 0.6


@dataclass(slots=True)
class Tally:
    """How many of how many."""

    hit: int = 0
    of: int = 0

    def add(self, is_hit: bool) -> None:
        """Count one."""
        self.hit += is_hit
        self.of += 1

    @property
    def ratio(self) -> float:
        """From 0 to 1; nothing to count is 1."""
        return self.hit / self.of if self.of else 1.0


@dataclass(slots=True)
class Report:
    """One scrubber on one corpus; every tally counts the good ones, `over` the bad."""

    recall: Tally = field(default_factory=Tally)
    personal: Tally = field(default_factory=Tally)
    credentials: Tally = field(default_factory=Tally)
    kinds: dict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))
    entities: dict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))
    over: Tally = field(default_factory=Tally)
    kept: Tally = field(default_factory=Tally)
    idempotent: Tally = field(default_factory=Tally)
    crashes: int = 0
    missed: list[tuple[Secret, Row, str]] = field(default_factory=list)
    changed: list[tuple[Row, str]] = field(default_factory=list)
    lost: list[tuple[str, Row, str]] = field(default_factory=list)
    unstable: list[tuple[Row, str, str]] = field(default_factory=list)


def shows(part: str, text: str) -> bool:
    """Say whether `text` still shows `part`: whole, or, of a long one, most of it in one run."""
    if part in text:
        return True
    if len(part) < _SHORT:
        return False
    width = int(len(part) * _SHARE_THAT_SHOWS) + 1
    return any(part[i : i + width] in text for i in range(len(part) - width + 1))


def _count(report: Report, row: Row, left: str) -> None:
    for secret in row.secrets:
        is_gone = not any(shows(part, left) for part in secret.parts)
        report.recall.add(is_gone)
        (report.credentials if secret.is_credential else report.personal).add(is_gone)
        report.kinds[row.kind].add(is_gone)
        report.entities[secret.entity].add(is_gone)
        if not is_gone:
            report.missed.append((secret, row, left))
    if row.kind == "negative":
        report.over.add(left != row.text)
        if left != row.text:
            report.changed.append((row, left))
        return
    for word, needed in Counter(row.keep).items():
        there = min(left.count(word), needed)
        report.kept.hit += there
        report.kept.of += needed
        if there < needed:
            report.lost.append((word, row, left))


def judge(rows: Sequence[Row], left: Sequence[str]) -> Report:
    """Count what is gone, kept and changed in what a scrubber left of each row."""
    report = Report()
    for row, text in zip(rows, left, strict=True):
        _count(report, row, text)
    return report


def measure(scrub: Callable[[str], str], rows: Sequence[Row]) -> Report:
    """Scrub every row twice and count. An exception counts as a crash that lets all through."""
    crashes, lefts, unstable = 0, [], []
    for row in rows:
        try:
            left = scrub(row.text)
            again = scrub(left)
        except Exception:
            crashes += 1
            left = again = row.text
        lefts.append(left)
        if left != again:
            unstable.append((row, left, again))
    report = judge(rows, lefts)
    report.crashes, report.unstable = crashes, unstable
    report.idempotent = Tally(len(rows) - len(unstable), len(rows))
    return report


def mb_per_s(scrub: Callable[[str], str], texts: Sequence[str]) -> tuple[float, float]:
    """Return MB/s and microseconds a line in CPU time; pass texts never scrubbed before."""
    size_bytes = sum(len(text.encode()) for text in texts)
    began = time.process_time()
    for text in texts:
        scrub(text)
    took_s = time.process_time() - began
    return size_bytes / took_s / 1e6, took_s / len(texts) * 1e6


def _line(name: str, tally: Tally) -> str:
    return f"  {name:<28}{tally.ratio:8.2%}  {tally.hit:>6} of {tally.of}"


def print_report(report: Report, speed: tuple[float, float]) -> None:
    """Print the table."""
    for name in ("recall", "personal", "credentials", "over", "kept", "idempotent"):
        print(_line(name, getattr(report, name)))
    print(f"  {'crashes':<28}{report.crashes:8}")
    print(f"  {'speed':<28}{speed[0]:8.2f}  MB/s, {speed[1]:.1f} us a line (CPU, unseen strings)")
    print("recall by kind")
    for kind in KINDS:
        if kind in report.kinds:
            print(_line(kind, report.kinds[kind]))
    print("recall by entity, worst first (those below 100 %)")
    for entity, tally in sorted(report.entities.items(), key=lambda item: item[1].ratio):
        if tally.hit < tally.of:
            print(_line(entity, tally))


def _print_failures(report: Report, most: int) -> None:
    groups: dict[str, list[tuple[Secret, Row, str]]] = defaultdict(list)
    for secret, row, left in report.missed:
        groups[secret.entity].append((secret, row, left))
    for entity, misses in sorted(groups.items(), key=lambda item: -len(item[1])):
        print(f"\nMISSED {entity}: {len(misses)}")
        for secret, row, left in misses[:most]:
            print(f"   {row.text[:260]!r}\n     left {left[:200]!r}")
            print(f"     shows {secret.parts[0][:60]!r}")
    print(f"\nCHANGED {len(report.changed)} negatives")
    for row, left in report.changed[: most * 30]:
        print(f"   {row.text[:200]!r}\n     left {left[:200]!r}")
    print(f"\nLOST {len(report.lost)} words")
    for template, found in Counter(row.template for _, row, _ in report.lost).most_common(
        most * 15
    ):
        word, row, left = next(item for item in report.lost if item[1].template == template)
        print(f"   {found} x {word!r} {row.text[:200]!r}\n     left {left[:200]!r}")
    for row, left, again in report.unstable[: most * 5]:
        print(f"\nUNSTABLE {row.text[:160]!r}\n     once {left[:160]!r}\n    twice {again[:160]!r}")


def _as_json(report: Report, speed: tuple[float, float]) -> dict[str, object]:
    names = ("recall", "personal", "credentials", "over", "kept", "idempotent")
    return {
        **{name: asdict(getattr(report, name)) for name in names},
        "kinds": {kind: asdict(tally) for kind, tally in report.kinds.items()},
        "entities": {name: asdict(tally) for name, tally in report.entities.items()},
        "crashes": report.crashes,
        "mb_per_s": speed[0],
        "us_per_line": speed[1],
    }


def main() -> None:
    """Score the project's own scrubber."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    parser.add_argument("--lines", type=int, default=6000)
    parser.add_argument("--style", choices=STYLES, default="a")
    parser.add_argument("--json", type=Path, help="write the figures here too")
    parser.add_argument("--fail-list", action="store_true", help="show what went wrong, by entity")
    parser.add_argument("--most", type=int, default=3, help="examples a group")
    given = parser.parse_args()
    from tallow.scrub import scrub_pii

    rows = corpus.generate(given.seed, given.lines, given.style)
    corpus.check(rows)
    unseen = [row.text for row in corpus.generate(given.seed + 1, given.lines, given.style)]
    speed = mb_per_s(scrub_pii, unseen)
    report = measure(scrub_pii, rows)
    print(f"seed {given.seed}, {given.lines} lines, style {given.style}")
    print_report(report, speed)
    if given.fail_list:
        _print_failures(report, given.most)
    if given.json:
        given.json.write_text(json.dumps(_as_json(report, speed), indent=1) + "\n")


if __name__ == "__main__":
    main()

"""The scrubber's rows in the table of budgets: what it finds, what it costs, beside its peers."""

import random

from benchmarks.budget import Budget
from benchmarks.scrub import corpus, hostile, peers, score, speed
from benchmarks.scrub.rows import Row
from benchmarks.scrub.score import Report

__all__ = ["measure"]

_LINES = 3000
_FASTER_THAN = {
    "presidio (patterns only)": 100.0,
    "scrubadub": 18.0,
    "cloakrs": 1.0,
    "datafog-core": 1.0,
}
_OURS = "tallow"
_FALLBACK = "tallow (pure Python)"


def measure() -> list[Budget]:
    """Measure quality on a fresh seed, cost on unseen strings, and the peers in the same rounds."""
    from tallow.scrub import scrub_pii

    seed = random.randrange(1, 10**6)
    rows = corpus.generate(seed, _LINES)
    report = score.measure(scrub_pii, rows)
    return [*_quality(report), *_against_peers(rows), *_costs(seed), *_hostile()]


def _quality(report: Report) -> list[Budget]:
    found = [
        ("scrub: secrets gone", report.recall.ratio, 0.99),
        ("scrub: credentials gone", report.credentials.ratio, 0.995),
        ("scrub: worst kind of line", min(tally.ratio for tally in report.kinds.values()), 0.97),
        ("scrub: context kept", report.kept.ratio, 0.995),
        ("scrub: clean lines left alone", 1 - report.over.ratio, 0.99),
        ("scrub: twice is once", report.idempotent.ratio, 1.0),
    ]
    return [
        Budget(subject, f"limit {limit:.1%}", 100 * share, 100 * limit, "%", "more is better", 1.0)
        for subject, share, limit in found
    ]


def _against_peers(rows: list[Row]) -> list[Budget]:
    names = [_OURS, _FALLBACK, *_FASTER_THAN]
    peers.install()
    standings = {s.name: s for s in peers.compare(rows, names, rounds=3) if not s.problem}
    per_line = {name: s.took_s / len(s.left) * 1e6 for name, s in standings.items()}
    recalls = {name: score.judge(rows, s.left).recall.ratio for name, s in standings.items()}
    made = [
        Budget("scrub: a line of telemetry", name, per_line[_OURS], per_line[name], "us", goal=goal)
        for name, goal in _FASTER_THAN.items()
        if name in standings
    ]
    made += [
        Budget(
            "scrub: secrets gone",
            name,
            100 * recalls[_OURS],
            100 * recalls[name],
            "%",
            "more is better",
        )
        for name in _FASTER_THAN
        if name in standings
    ]
    size_bytes = sum(len(row.text.encode()) for row in rows)
    fallback = size_bytes / standings[_FALLBACK].took_s / 1e6
    made.append(
        Budget("scrub: pure Python", "limit 2 MB/s", fallback, 2.0, "MB/s", "more is better", 1.0)
    )
    return made


def _costs(seed: int) -> list[Budget]:
    return [
        Budget(
            f"scrub: {cost.name}",
            f"limit {cost.budget:g} {cost.unit}",
            cost.value,
            cost.budget,
            cost.unit,
            "more is better" if cost.more_is_better else "less is better",
            1.0,
        )
        for cost in speed.measure(seed, is_pure=False)
    ]


def _hostile() -> list[Budget]:
    from tallow.scrub import scrub_pii

    timings = hostile.time_shapes(scrub_pii, 8000)
    slowest = max(timings, key=lambda timing: timing.ms_per_1000)
    steepest = max(timings, key=lambda timing: timing.ratio)
    return [
        Budget(
            "scrub: worst hostile text, per 1,000",
            "limit 1 ms",
            slowest.ms_per_1000,
            1.0,
            "ms",
            goal=1.0,
        ),
        Budget("scrub: worst growth, n to 2n", "limit x2.5", steepest.ratio, 2.5, "x", goal=1.0),
    ]

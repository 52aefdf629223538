"""What scrubbing costs: a clean line, a heavy line, mixed telemetry and a whole error event.

    python -m benchmarks.scrub.speed [--hide c re2] [--json FILE]

CPU time on texts the process has not seen before; the best of several rounds of fresh texts, since
the machine may be shared. The budgets are those of the issue that asked for the scrubber.
"""

import argparse
import json
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from random import Random
from typing import Any

from benchmarks.scrub import corpus
from benchmarks.scrub.peer_worker import hide_engines
from benchmarks.scrub.rows import fill

__all__ = ["Cost", "clean_line", "heavy_line", "sentry_event"]

_ROUNDS = 5
_CLEAN = (
    "‹ts› ‹level› [‹service›] ‹method› ‹route› ‹status› in ‹ms› ms rows=‹count› bytes=‹bytes› "
    "trace_id=‹trace_id› span_id=‹span_id› release=‹version› host=‹host› pod=‹pod› "
    'msg="request done"'
)
_HEAVY = (
    "‹ts› ‹level› user=‹email› ip=‹ipv4› phone=‹phone_e164› card=‹card› "
    'token=‹opaque› cookie="sessionid=‹session›"'
)


@dataclass(frozen=True, slots=True)
class Cost:
    """One thing timed: its name, what it cost, and the budget in the same unit."""

    name: str
    value: float
    unit: str
    budget: float
    more_is_better: bool = False

    @property
    def is_within(self) -> bool:
        """Say whether the budget holds."""
        return self.value >= self.budget if self.more_is_better else self.value <= self.budget


def clean_line(r: Random) -> str:
    """Return a log line of 200 bytes without anything personal."""
    return fill(r, "negative", _CLEAN).text[:200]


def heavy_line(r: Random) -> str:
    """Return a log line that is little else than secrets."""
    return fill(r, "log", _HEAVY).text


def _frame(r: Random, has_person: bool) -> dict[str, Any]:
    made = fill(
        r, "trace", "‹file›|‹function›|‹line›|‹version›|‹count›|‹email›|‹opaque›"
    ).text.split("|")
    variables = {
        "self": "<Service object at 0x7f21c0>",
        "attempt": made[4],
        "payload": "{'items': 3}",
    }
    if has_person:
        variables |= {"user_email": made[5], "token": repr(made[6])}
    return {
        "filename": made[0],
        "function": made[1],
        "lineno": int(made[2]),
        "module": "app.services.orders",
        "context_line": "        return self.client.fetch(order_id, timeout=30)",
        "pre_context": ["    def fetch(self, order_id):", "        logger.debug('fetching')", ""],
        "post_context": ["", "    def close(self):", "        self.client.close()"],
        "vars": variables,
    }


def sentry_event(r: Random, size_bytes: int = 32_000) -> dict[str, Any]:
    """Return an error event of about `size_bytes` as JSON, with people in every fifth frame."""
    lines = [
        fill(r, "log", "‹trace_id›|‹ts›|‹version›|‹ipv4›|‹email›|‹session›").text for _ in range(2)
    ]
    trace_id, when, release, address, email, session = lines[0].split("|")
    event: dict[str, Any] = {
        "event_id": trace_id,
        "timestamp": when,
        "platform": "python",
        "release": f"shop@{release}",
        "user": {"email": email, "ip_address": address},
        "request": {
            "url": "https://shop.acme.io/checkout",
            "headers": {"Cookie": f"sessionid={session}", "Accept": "*/*", "Host": "shop.acme.io"},
        },
        "breadcrumbs": {"values": []},
        "exception": {"values": [{"type": "ValueError", "stacktrace": {"frames": []}}]},
    }
    frames = event["exception"]["values"][0]["stacktrace"]["frames"]
    crumbs = event["breadcrumbs"]["values"]
    while len(json.dumps(event)) < size_bytes:
        frames += [_frame(r, has_person=n == 0) for n in range(5)]
        crumbs += [
            {"category": "http", "message": clean_line(r), "level": "info"} for _ in range(4)
        ]
    return event


def _cpu_s(work: Callable[[Any], object], items: Sequence[Any]) -> float:
    began = time.process_time()
    for item in items:
        work(item)
    return time.process_time() - began


def _best_us(
    work: Callable[[Any], object], make: Callable[[Random], Any], count: int, r: Random
) -> float:
    return min(_cpu_s(work, [make(r) for _ in range(count)]) / count * 1e6 for _ in range(_ROUNDS))


def _mixed_mb_per_s(scrub: Callable[[str], str], seed: int) -> float:
    best = 0.0
    for lap in range(_ROUNDS):
        texts = [row.text for row in corpus.generate(seed + lap, 3000)]
        size_bytes = sum(len(text.encode()) for text in texts)
        best = max(best, size_bytes / _cpu_s(scrub, texts) / 1e6)
    return best


def measure(seed: int, is_pure: bool) -> list[Cost]:
    """Time everything with the engine at hand."""
    from tallow.scrub import scrub_object, scrub_pii

    r = Random(seed)
    _cpu_s(scrub_pii, [row.text for row in corpus.generate(seed - 1, 300)])
    return [
        Cost("clean 200-byte line", _best_us(scrub_pii, clean_line, 1500, r), "us", 8.0),
        Cost("line full of people", _best_us(scrub_pii, heavy_line, 1500, r), "us", 20.0),
        Cost(
            "mixed telemetry",
            _mixed_mb_per_s(scrub_pii, seed),
            "MB/s",
            2.0 if is_pure else 10.0,
            True,
        ),
        Cost("32 kB error event", _best_us(scrub_object, sentry_event, 20, r) / 1000, "ms", 2.5),
    ]


def main() -> None:
    """Time and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=random.randrange(1, 10**6))
    parser.add_argument("--hide", nargs="*", default=[], choices=["c", "re2"], help="engines")
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    hide_engines(given.hide)
    costs = measure(given.seed, is_pure=len(given.hide) == 2)
    for cost in costs:
        verdict = "within" if cost.is_within else "OVER"
        print(f"{cost.name:<24}{cost.value:10.2f} {cost.unit:<6}budget {cost.budget:g}  {verdict}")
    if given.json:
        given.json.write_text(json.dumps([asdict(cost) for cost in costs], indent=1) + "\n")


if __name__ == "__main__":
    main()

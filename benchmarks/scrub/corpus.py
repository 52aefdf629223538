"""A seeded corpus of labelled telemetry lines, written from format descriptions alone.

python -m benchmarks.scrub.corpus --seed 7 --lines 5000 > rows.jsonl
"""

import argparse
import base64
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from random import Random

from benchmarks.scrub.rows import Kind, Row, Secret, fill, in_json
from benchmarks.scrub.templates import KINDS, STYLES, Style, frames, nested, templates

__all__ = ["check", "generate"]

_SHARES: dict[Kind, int] = {
    "log": 20, "url": 14, "trace": 10, "json": 18, "header": 12, "prose": 8, "negative": 18,
}  # fmt: skip
_NESTED_SHARE = 0.3
_BASE64_SHARE = 0.04


def generate(seed: int, lines: int = 6000, style: Style = "a") -> list[Row]:
    """Return `lines` rows of every kind; the same seed gives the same rows.

    Templates of a kind take turns in a shuffled order, so that each occurs before any repeats.
    """
    r = Random(seed)
    turns: dict[Kind, list[str]] = {kind: [] for kind in KINDS}
    kinds = r.choices(KINDS, weights=[_SHARES[kind] for kind in KINDS], k=lines)
    return [_draw(r, kind, turns[kind], style) for kind in kinds]


def _draw(r: Random, kind: Kind, waiting: list[str], style: Style) -> Row:
    if kind == "json" and r.random() < _NESTED_SHARE:
        return in_json(
            r, kind, r.choice(nested(style)), r.choice([1, 1, 2]), r.choice(frames(style))
        )
    if kind == "json" and r.random() < _BASE64_SHARE:
        return _in_base64(r, r.choice(nested(style)))
    if not waiting:
        waiting += r.sample(templates(style, kind), len(templates(style, kind)))
    return fill(r, kind, waiting.pop())


def _in_base64(r: Random, template: str) -> Row:
    """Return the filled template as base64, labelled by the letters that carry each secret."""
    inner = fill(r, "json", template)
    raw = inner.text.encode()
    blob = base64.b64encode(raw).decode()
    secrets = []
    for secret in inner.secrets:
        for part in secret.parts:
            at = raw.index(part.encode())
            first, last = -(-at // 3) * 4, (at + len(part.encode())) // 3 * 4
            secrets.append(
                Secret(f"{secret.entity}/base64", secret.is_credential, (blob[first:last],))
            )
    text = r.choice(['{{"data":"{}"}}', "payload={} queued", "body (base64): {}"]).format(blob)
    return Row("json", text, tuple(secrets), (), f"base64 of {template}")


def check(rows: Sequence[Row]) -> None:
    """Raise if a label is not in its row: a corpus must be right before anyone is measured."""
    for row in rows:
        for secret in row.secrets:
            assert secret.parts, row.template
            assert all(part and part in row.text for part in secret.parts), row.template
        assert (row.kind == "negative") == (not row.secrets), row.template


def main() -> None:
    """Write the corpus as JSON lines."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--lines", type=int, default=6000)
    parser.add_argument("--style", choices=STYLES, default="a")
    given = parser.parse_args()
    for row in generate(given.seed, given.lines, given.style):
        sys.stdout.write(json.dumps(asdict(row), ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()

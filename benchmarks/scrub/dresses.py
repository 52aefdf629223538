"""How much of what the plain line gives is still found when the line wears another dress.

python -m benchmarks.scrub.dresses --seed 7 --lines 1000 --most 5
"""

import argparse
import re
from collections import Counter
from collections.abc import Callable
from urllib.parse import quote_plus, unquote_plus

from benchmarks.scrub import corpus
from benchmarks.scrub.score import shows
from benchmarks.scrub.templates import STYLES

__all__ = ["DRESSES"]

_WORD = re.compile(r"[\w.@%+/~-]+")
_CODE = re.compile(r"\x1b\[[0-9;]*m")

Dress = tuple[Callable[[str], str], Callable[[str], str]]

DRESSES: dict[str, Dress] = {
    "form": (lambda text: f"id=7&note={quote_plus(text)}&ok=1", unquote_plus),
    "csv": (
        lambda text: '7,"' + text.replace('"', '""') + '",ok',
        lambda left: left.replace('""', '"'),
    ),
    "ansi": (
        lambda text: _WORD.sub(lambda word: f"\x1b[32m{word[0]}\x1b[0m", text),
        lambda left: _CODE.sub("", left),
    ),
}
"""By name: how a line is dressed, and how what was left of it is undressed."""


def main() -> None:
    """Print for each dress how many of the secrets that the plain line loses it loses too."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--lines", type=int, default=1000, help="of each wording")
    parser.add_argument("--most", type=int, default=0, help="misses to show of each dress")
    given = parser.parse_args()
    from tallow.scrub import scrub_pii

    rows = [row for style in STYLES for row in corpus.generate(given.seed, given.lines, style)]
    for name, (dressed, undressed) in DRESSES.items():
        asked = found = 0
        missed: Counter[str] = Counter()
        for row in rows:
            plain = scrub_pii(row.text)
            left = undressed(scrub_pii(dressed(row.text)))
            for secret in row.secrets:
                if any(shows(part, plain) for part in secret.parts):
                    continue
                asked += 1
                if any(shows(part, left) for part in secret.parts):
                    missed[secret.entity] += 1
                    if sum(missed.values()) <= given.most:
                        print(f"   {secret.parts[0][:40]!r} in {dressed(row.text)[:200]!r}")
                else:
                    found += 1
        print(f"{name:<6}{found / max(asked, 1):8.2%}  {found} of {asked}", missed.most_common(8))


if __name__ == "__main__":
    main()

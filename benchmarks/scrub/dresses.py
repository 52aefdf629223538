"""How much of what the plain line gives is still found when the line wears another dress.

python -m benchmarks.scrub.dresses --seed 7 --lines 1000 --most 5
"""

import argparse
import re
from collections import Counter
from collections.abc import Callable, Sequence
from urllib.parse import quote_plus, unquote_plus

from benchmarks.scrub import corpus
from benchmarks.scrub.rows import Row
from benchmarks.scrub.score import Tally, shows
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
    "sql": (
        lambda text: "INSERT INTO notes VALUES (7, '" + text.replace("'", "''") + "', 1)",
        lambda left: left.replace("''", "'"),
    ),
    "shell": (
        lambda text: "+ echo '" + text.replace("'", "'\\''") + "' >>notes",
        lambda left: left.replace("'\\''", "'"),
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
    parser.add_argument("--most", type=int, default=0, help="failures to show of each dress")
    given = parser.parse_args()
    rows = [row for style in STYLES for row in corpus.generate(given.seed, given.lines, style)]
    for name, dress in DRESSES.items():
        _print(name, dress, rows, given.most)


def _print(name: str, dress: Dress, rows: Sequence[Row], most: int) -> None:
    from tallow.scrub import scrub_pii

    dressed, undressed = dress
    found, unchanged, stable = Tally(), Tally(), Tally()
    missed: Counter[str] = Counter()
    failed: list[str] = []
    for row in rows:
        plain, worn = scrub_pii(row.text), dressed(row.text)
        left = scrub_pii(worn)
        bare, is_stable = undressed(left), scrub_pii(left) == left
        stable.add(is_stable)
        if not is_stable:
            failed.append(f"twice changes more: {left[:200]!r}")
        if not row.secrets and plain == row.text:
            unchanged.add(left == worn)
            if left != worn:
                failed.append(f"changed: {worn[:200]!r}\n     left {left[:200]!r}")
        for secret in row.secrets:
            if any(shows(part, plain) for part in secret.parts):
                continue
            is_gone = not any(shows(part, bare) for part in secret.parts)
            found.add(is_gone)
            if not is_gone:
                missed[secret.entity] += 1
                failed.append(
                    f"{secret.parts[0][:40]!r} in {worn[:200]!r}\n     left {left[:200]!r}"
                )
    for failure in failed[:: max(1, len(failed) // most)] if most else ():
        print("  ", failure)
    print(
        f"{name:<6} found {found.ratio:8.2%}  unchanged {unchanged.ratio:8.2%}"
        f"  stable {stable.ratio:8.2%}  {missed.most_common(6)}"
    )


if __name__ == "__main__":
    main()

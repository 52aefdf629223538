"""Tallow beside its peers: same lines, same run, same clock, each line new to whoever reads it.

    python -m benchmarks.scrub.peers --lines 6000 --rounds 3

Peers live in `.bench-venv`, made here when it is missing; the project depends on none of them.
Rounds are interleaved: in each, every scrubber takes the same next slice of the corpus, so a slow
minute of the machine hits all of them.
"""

import argparse
import json
import random
import subprocess
import sys
import venv
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.scrub import corpus
from benchmarks.scrub.peer_worker import SCRUBBERS
from benchmarks.scrub.rows import Row
from benchmarks.scrub.score import Report, judge, measure
from benchmarks.scrub.templates import FIRST_UNSEEN, STYLES

__all__ = ["Standing", "compare", "install", "other_wordings", "table"]

_HERE = Path(__file__).parent
_VENV = Path(".bench-venv")
_RESULTS = _HERE.with_name("RESULTS.md")
_OURS = "tallow"
_HEADS = ("scrubber", "recall %", "PII %", "credentials %", "over %", "kept %", "MB/s", "us/line")
_RATIOS = ("presidio (patterns only)", "scrubadub", "cloakrs", "datafog-core")


@dataclass(slots=True)
class Standing:
    """What one scrubber left of the corpus and how long it took."""

    name: str
    left: list[str] = field(default_factory=list)
    took_s: float = 0.0
    crashes: int = 0
    problem: str = ""


def _interpreter(name: str) -> str:
    return sys.executable if name.startswith("tallow") else str(_VENV / "bin" / "python")


def install() -> None:
    """Make the peers' venv, once."""
    if (_VENV / "installed").exists():
        return
    venv.create(_VENV, with_pip=True)
    pip = [str(_VENV / "bin" / "python"), "-m", "pip", "install", "--quiet"]
    for line in (_HERE / "peers.txt").read_text().splitlines():
        if line and not line.startswith("#"):
            # One by one: a peer that does not install must not take the others along.
            subprocess.run([*pip, line], check=False)
    (_VENV / "installed").touch()


def _take_turn(standing: Standing, texts: list[str]) -> None:
    done = subprocess.run(
        [_interpreter(standing.name), str(_HERE / "peer_worker.py"), standing.name],
        input=json.dumps(texts).encode(),
        capture_output=True,
        check=False,
    )
    if done.returncode != 0:
        standing.problem = done.stderr.decode(errors="replace").strip().rsplit("\n", 1)[-1][:80]
        return
    answer = json.loads(done.stdout)
    standing.left += answer["left"]
    standing.took_s += answer["took_s"]
    standing.crashes += answer["crashes"]


def compare(rows: list[Row], names: list[str], rounds: int) -> list[Standing]:
    """Let every scrubber take the same slices in turn."""
    standings = [Standing(name) for name in names]
    step = -(-len(rows) // rounds)
    for start in range(0, len(rows), step):
        texts = [row.text for row in rows[start : start + step]]
        for standing in standings:
            if not standing.problem:
                _take_turn(standing, texts)
    return standings


def _cells(standing: Standing, report: Report, size_bytes: int) -> list[str]:
    shares = (report.recall, report.personal, report.credentials, report.over, report.kept)
    return [
        standing.name,
        *(f"{100 * share.ratio:.1f}" for share in shares),
        f"{size_bytes / standing.took_s / 1e6:.2f}",
        f"{standing.took_s / len(standing.left) * 1e6:.1f}",
    ]


def table(rows: list[Row], standings: list[Standing]) -> str:
    """Return the comparison as Markdown, best recall first, and the ratios below it."""
    size_bytes = sum(len(row.text.encode()) for row in rows)
    done = [s for s in standings if not s.problem and len(s.left) == len(rows)]
    judged = [(standing, judge(rows, standing.left)) for standing in done]
    judged.sort(key=lambda pair: -pair[1].recall.ratio)
    lines = [list(_HEADS), ["---"] * len(_HEADS)]
    lines += [_cells(standing, report, size_bytes) for standing, report in judged]
    text = "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
    speeds = {standing.name: standing.took_s for standing in done}
    recalls = {standing.name: report.recall.ratio for standing, report in judged}
    for name in _RATIOS:
        if name in speeds and _OURS in speeds:
            times, finds = speeds[name] / speeds[_OURS], recalls[_OURS] / recalls[name]
            text += f"\n- against {name}: {times:.2f}x the speed, {finds:.2f}x the recall"
    for standing in standings:
        if standing not in done:
            text += f"\n- {standing.name} did not run: {standing.problem}"
    return text


def other_wordings(seed: int, lines: int) -> str:
    """Return how Tallow does on each wording of the corpus, the held-out ones too."""
    from tallow.scrub import scrub_pii

    heads = ("wording", "first unseen", "recall %", "PII %", "credentials %", "over %", "kept %")
    rows: list[tuple[str, ...]] = [(*heads, "idempotent %"), ("---",) * (len(heads) + 1)]
    for style in STYLES:
        report = measure(scrub_pii, corpus.generate(seed, lines, style))
        shares = (report.recall, report.personal, report.credentials, report.over, report.kept)
        figures = (f"{100 * tally.ratio:.2f}" for tally in (*shares, report.idempotent))
        rows.append((style, FIRST_UNSEEN.get(style, ""), *figures))
    text = "\n".join(f"| {' | '.join(cells)} |" for cells in rows)
    return (
        "Each wording is another author's, scored once before anything was tuned on it; then its "
        "failures were mended. So `first unseen`, the recall of that first time, says more about "
        f"lines nobody here has seen than today's figures do.\n\n{text}"
    )


def _write(shown: str, given: argparse.Namespace) -> None:
    corpus_name = f"{given.lines} lines of seed {given.seed}, wording {given.style}"
    kept = _RESULTS.read_text("utf-8") if _RESULTS.exists() else "# Results\n"
    head, _, tail = kept.partition("<!-- scrub -->")
    tail = tail.partition("<!-- /scrub -->")[2]
    when = datetime.now(UTC).strftime("%Y-%m-%d")
    _RESULTS.write_text(
        f"{head.rstrip()}\n\n<!-- scrub -->\n## The scrubber beside its peers\n\n"
        f"Measured {when} by `python -m benchmarks.scrub.peers --write`: {corpus_name}, CPU time, "
        f"every line new to the scrubber, rounds interleaved, peers out of the box.\n\n"
        f"{shown}\n<!-- /scrub -->{tail or chr(10)}",
        "utf-8",
    )


def main() -> None:
    """Compare and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    parser.add_argument("--lines", type=int, default=6000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--style", choices=STYLES, default="a")
    parser.add_argument("--write", action="store_true", help="keep the table in RESULTS.md")
    parser.add_argument("--only", help="names, separated by commas")
    given = parser.parse_args()
    install()
    names = given.only.split(",") if given.only else list(SCRUBBERS)
    rows = corpus.generate(given.seed, given.lines, given.style)
    shown = table(rows, compare(rows, names, given.rounds))
    print(f"seed {given.seed}, {given.lines} lines, style {given.style}\n\n{shown}")
    if given.write:
        _write(f"{shown}\n\n{other_wordings(given.seed, given.lines)}", given)


if __name__ == "__main__":
    main()

"""`make bench`: every budget, each against its peer in the same run, as one table.

Name modules to run only those: `python -m benchmarks metrics logs`. `--write` keeps the table and
its date in RESULTS.md.
"""

import platform
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path

from benchmarks.budget import Budget, table

FOLDER = Path(__file__).parent
NOT_BUDGETS = {"__init__", "__main__", "budget"}


def modules() -> Iterator[str]:
    """Yield the names of the files and folders that hold a budget, in order."""
    folders = {path.parent.name for path in FOLDER.glob("*/__init__.py")}
    files = {path.stem for path in FOLDER.glob("*.py")}
    yield from sorted((folders | files) - NOT_BUDGETS)


def main(arguments: list[str]) -> int:
    """Run the named modules, or all; return 1 when a goal is missed."""
    named = [argument for argument in arguments if not argument.startswith("--")]
    rows: list[Budget] = []
    for name in named or list(modules()):
        print(f"measuring {name} …", file=sys.stderr, flush=True)
        rows += import_module(f"benchmarks.{name}").budgets()
    shown = table(rows)
    print(shown)
    if "--write" in arguments:
        when = datetime.now(UTC).strftime("%Y-%m-%d")
        machine = f"{platform.machine()}, Python {platform.python_version()}"
        results = FOLDER / "RESULTS.md"
        kept = results.read_text("utf-8") if results.exists() else "# Results\n"
        head, _, tail = kept.partition("<!-- budgets -->")
        tail = tail.partition("<!-- /budgets -->")[2]
        results.write_text(
            f"{head}<!-- budgets -->\nMeasured {when} ({machine}) by `make bench ARGS=--write`. "
            f"Above 1 ours is better.\n\n{shown}\n<!-- /budgets -->{tail}",
            "utf-8",
        )
    return 0 if all(row.is_met for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

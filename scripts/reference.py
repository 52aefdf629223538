"""Writes docs/reference/ from the code: settings from their docstrings, metrics as declared."""

import ast
import sys
from collections.abc import Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "docs" / "reference"
CONSOLE_ALIASES = {
    "metrics_token": ("METRICS_TOKEN",),
    "health_check_token": ("HEALTH_CHECK_TOKEN",),
    "hash_key": ("TALLOW_HASH_KEY",),
}
MADE = "<!-- Made by scripts/reference.py from the code; change it there. -->"


class Setting(NamedTuple):
    """One field of a settings dataclass."""

    name: str
    type: str
    default: str
    meaning: str


def settings_of(path: Path, class_name: str) -> Iterator[Setting]:
    """Yield the fields of a dataclass that have a docstring under them, in order."""
    tree = ast.parse(path.read_text("utf-8"))
    body = next(
        node.body
        for node in tree.body
        if isinstance(node, ast.ClassDef) and node.name == class_name
    )
    for node, below in pairwise(body):
        if not (isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)):
            continue
        if not (isinstance(below, ast.Expr) and isinstance(below.value, ast.Constant)):
            raise SystemExit(f"{path.name}: {node.target.id} has no docstring")
        yield Setting(
            name=node.target.id,
            type=ast.unparse(node.annotation),
            default=ast.unparse(node.value) if node.value else "required",
            meaning=" ".join(str(below.value.value).split()),
        )


def settings_page() -> str:
    """Return the page of every environment variable of SDK and console."""
    from tallow.settings import ALIASES

    sdk = ROOT / "src/tallow/settings.py"
    console = ROOT / "src/tallow_console/settings.py"
    return "\n".join(
        [
            "# Settings",
            "",
            MADE,
            "",
            "A keyword to `tallow.init()` beats its `TALLOW_` variable, which beats the name under",
            "*also*.",
            "",
            "## The SDK",
            "",
            *_table(settings_of(sdk, "Settings"), "TALLOW_", ALIASES),
            "",
            "## The console",
            "",
            *_table(settings_of(console, "ConsoleSettings"), "TALLOW_CONSOLE_", CONSOLE_ALIASES),
            "",
        ]
    )


def _table(
    settings: Iterator[Setting], prefix: str, aliases: Mapping[str, tuple[str, ...]]
) -> Iterator[str]:
    yield "| variable | also | default | meaning |"
    yield "|---|---|---|---|"
    for setting in settings:
        also = ", ".join(f"`{name}`" for name in aliases.get(setting.name, ()))
        default = setting.default.replace("|", "\\|")
        yield (
            f"| `{prefix}{setting.name.upper()}` | {also} | `{default}` "
            f"| {setting.meaning.replace('|', chr(92) + '|')} |"
        )


def metrics_page() -> str:
    """Return the page of every metric family that importing the houses declares."""
    import tallow
    import tallow_transfer.telemetry
    from tallow.metrics import REGISTRY

    assert tallow
    assert tallow_transfer.telemetry
    rows = sorted(REGISTRY.families(), key=lambda family: family.name)
    return "\n".join(
        [
            "# Metrics",
            "",
            MADE,
            "",
            "What `/api/metrics` of the transfer app serves. Any application that imports `tallow`",
            "serves those of the SDK; label values are scrubbed and bounded.",
            "",
            "| family | kind | labels | meaning |",
            "|---|---|---|---|",
            *(
                f"| `{family.name}` | {family.kind} "
                f"| {', '.join(f'`{label}`' for label in family.label_names)} | {family.text} |"
                for family in rows
            ),
            "",
        ]
    )


PAGES = {"settings.md": settings_page, "metrics.md": metrics_page}


def main(arguments: list[str]) -> int:
    """Write the pages, or with `--check` return 1 when one is not what the code says."""
    stale = 0
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, page in PAGES.items():
        path, text = FOLDER / name, page()
        if arguments == ["--check"]:
            if not path.exists() or path.read_text("utf-8") != text:
                print(f"docs/reference/{name} is not what the code says; run scripts/reference.py")
                stale = 1
        else:
            path.write_text(text, "utf-8")
    return stale


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

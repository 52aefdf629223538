"""The rules of ARCHITECTURE.md and STYLE.md that a program can hold the code to."""

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HOUSES = ("tallow", "tallow_console", "tallow_transfer")
MODULES = sorted(path for house in HOUSES for path in (ROOT / "src" / house).rglob("*.py"))
BROWSER = sorted(
    path
    for folder in ("src", "page", "console")
    for path in (ROOT / "browser" / folder).rglob("*.ts*")
    if "generated" not in path.name
)
LONGEST_FILE = 400
LONGEST_FUNCTION = 40


def _named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def _functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def _code_lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Return how long a function is without its decorators and docstring."""
    body = node.body
    if ast.get_docstring(node) is not None:
        body = body[1:] or body
    return (node.end_lineno or 0) - body[0].lineno + 2


@pytest.mark.parametrize("path", MODULES, ids=_named)
def test_a_module_opens_with_its_caption(path: Path) -> None:
    caption = ast.get_docstring(ast.parse(path.read_text("utf-8")))

    assert caption
    assert caption.splitlines()[0].endswith((".", ":"))


@pytest.mark.parametrize("path", [*MODULES, *BROWSER], ids=_named)
def test_a_file_fits_in_one_head(path: Path) -> None:
    assert len(path.read_text("utf-8").splitlines()) <= LONGEST_FILE


@pytest.mark.parametrize("path", MODULES, ids=_named)
def test_a_function_fits_on_one_screen(path: Path) -> None:
    long = [
        f"{node.name} has {_code_lines(node)} lines"
        for node in _functions(ast.parse(path.read_text("utf-8")))
        if _code_lines(node) > LONGEST_FUNCTION
    ]

    assert not long


def test_only_the_scrubber_makes_a_clean() -> None:
    makers = {
        _named(path)
        for path in MODULES
        if re.search(r"(?<!class )\bClean\(", path.read_text("utf-8"))
        and "/scrub/" not in str(path)
    }

    assert makers == set()


def test_the_rooms_of_the_page_are_the_rooms_of_the_house() -> None:
    page = (ROOT / "ARCHITECTURE.md").read_text("utf-8")
    missing = [
        _named(path)
        for house in HOUSES
        for path in (ROOT / "src" / house).iterdir()
        if path.suffix in {".py", ""}
        and not path.name.startswith(("__main__", "__pycache__", "py.", "static"))
        and not re.search(rf"\b{path.stem}\b", page)
    ]

    assert missing == []


def test_no_import_goes_upstairs() -> None:
    lint = subprocess.run(
        [str(ROOT / ".venv/bin/lint-imports"), "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert lint.returncode == 0, lint.stdout


def test_what_people_see_asks_no_other_host() -> None:
    """Templates, scripts and styles name no address but our own and XML name spaces."""
    foreign = re.compile(
        r"""(?:src|href|url|@import|fetch)\s*[=(]\s*["']?(?:https?:)?//([^/"')\s]+)"""
    )
    shown = [
        *(ROOT / "src").rglob("*.html"),
        *(ROOT / "browser" / "page").rglob("*.ts*"),
        *(ROOT / "browser" / "console").rglob("*.ts*"),
        *(ROOT / "browser").glob("*/*.css"),
        *(ROOT / "browser").glob("*.css"),
    ]
    found = {
        (_named(path), host)
        for path in shown
        if "node_modules" not in path.parts
        for host in foreign.findall(path.read_text("utf-8"))
        # A link a person clicks is not a request of ours.
        if host not in {"www.w3.org"}
    }

    assert found == set()

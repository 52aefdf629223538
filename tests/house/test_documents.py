"""What the documents say is true: their code runs, their links lead somewhere."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
CLIENT = """
from starlette.testclient import TestClient

with TestClient(app) as client:
    answer = client.get("/api/health")
    assert answer.status_code == 200, answer.text
    assert client.get("/api/metrics").status_code in (401, 403)
tallow.close()
"""


def _blocks(path: Path, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", path.read_text("utf-8"), re.DOTALL)


def test_the_quick_start_of_the_readme_runs(tmp_path: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", _blocks(ROOT / "README.md", "python")[0] + CLIENT],
        cwd=tmp_path,
        env={"PATH": "/usr/bin:/bin", "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert ran.returncode == 0, ran.stderr
    assert "shop opened" in ran.stdout


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_leads_somewhere(path: Path) -> None:
    targets = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", path.read_text("utf-8"))
    dead = [
        target
        for target in targets
        if not re.match(r"[a-z]+:", target) and not (path.parent / target).exists()
    ]

    assert dead == []


def test_the_reference_pages_are_what_the_code_says() -> None:
    checked = subprocess.run(
        [sys.executable, str(ROOT / "scripts/reference.py"), "--check"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert checked.returncode == 0, checked.stdout + checked.stderr

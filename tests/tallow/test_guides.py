import re
import subprocess
import sys
from pathlib import Path

import pytest

_GUIDES = Path(__file__).parents[2] / "docs" / "guides"


@pytest.mark.parametrize("name", ["errors.md", "logs.md"])
def test_what_a_guide_shows_runs(name: str, tmp_path: Path) -> None:
    shown = re.findall(r"```python\n(.*?)```", (_GUIDES / name).read_text("utf-8"), re.DOTALL)

    ran = subprocess.run(
        [sys.executable, "-c", "\n".join(shown)],
        cwd=tmp_path,
        env={"PATH": "/usr/bin:/bin", "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=60,
    )

    assert ran.returncode == 0, ran.stderr
    assert "ann@" not in ran.stdout + ran.stderr

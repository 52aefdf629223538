"""The guide says what the rule file says, and what it shows runs."""

import json
import re
import subprocess
import sys
from pathlib import Path

from tallow.scrub import Policy
from tallow.scrub.rules import built_in, read

ROOT = Path(__file__).parents[3]
GUIDE = (ROOT / "docs" / "guides" / "scrubbing.md").read_text("utf-8")


def test_the_tables_are_made_from_the_rules() -> None:
    script = ROOT / "scripts" / "scrub_guide.py"

    assert subprocess.run([sys.executable, script, "--check"], check=False).returncode == 0


def test_the_python_it_shows_runs() -> None:
    for shown in re.findall(r"```python\n(.*?)```", GUIDE, re.DOTALL):
        exec(shown, {})


def test_the_rules_file_it_shows_is_accepted(tmp_path: Path) -> None:
    path = tmp_path / "own.json"
    (shown,) = re.findall(r"```json\n(.*?)```", GUIDE, re.DOTALL)
    path.write_text(shown)

    assert read(path, built_in()).rules[0].id == json.loads(shown)["rules"][0]["id"]
    assert Policy(rules_file=path).rules_file == path

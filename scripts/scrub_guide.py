"""Writes the tables of docs/guides/scrubbing.md from `rules.json`, and leaves the rest as it is.

python scripts/scrub_guide.py            write
python scripts/scrub_guide.py --check    fail when the guide is not what the rules say
"""

import json
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
GUIDE = ROOT / "docs" / "guides" / "scrubbing.md"
RULES = ROOT / "src" / "tallow" / "scrub" / "rules.json"
BEGIN = "<!-- From here to the end: made by scripts/scrub_guide.py from rules.json. -->"

GROUPS = [
    ("People", lambda rule: rule["kind"] == "personal" and not rule["id"].startswith("id-")),
    ("Official numbers", lambda rule: rule["id"].startswith("id-")),
    ("Keys of providers", lambda rule: rule["id"].startswith("key-")),
    ("Other credentials", lambda rule: True),
]
SHAPES = {
    "any": "anything that is not a stand-in, a hint or code",
    "mixed": "letters with digits or both cases, 6 or more",
    "long": "the same, 16 or more",
    "auth": "what follows the scheme",
    "cookie": "the values of cookies that look drawn or are named so",
    "user": "a name, no number",
    "user-id": "any id; objects get a keyed hash",
    "uid": "a name, or 6 digits and more",
    "person": "letters",
    "address": "words and a number",
    "date": "a date",
    "code": "3 to 10 digits",
    "phone": "6 to 15 digits",
    "card": "12 to 19 digits",
    "account": "5 digits and more",
    "official": "capitals and digits",
    "pwd": "anything but a folder",
    "pass": "as mixed; in quotes, a query or an object also 8 letters and more",
}


def _cell(text: str) -> str:
    shown = text if len(text) <= 60 else text[:57] + "..."
    return "`" + shown.replace("|", "\\|").replace("`", "'").replace("\n", "\\n") + "`"


def _rules(rules: list[dict[str, Any]]) -> list[str]:
    lines: list[str] = []
    waiting = list(rules)
    for title, belongs in GROUPS:
        group = [rule for rule in waiting if belongs(rule)]
        waiting = [rule for rule in waiting if not belongs(rule)]
        lines += ["", f"### {title}", "", "| rule | leaves as | for example | left alone |"]
        lines.append("|---|---|---|---|")
        for rule in group:
            found = _cell(rule["find"][0][0]) if rule["find"] else ""
            kept = _cell(rule["keep"][0]) if rule["keep"] else ""
            only = f" (only with `{rule['only_if']}`)" if rule.get("only_if") else ""
            lines.append(f"| `{rule['id']}`{only} | `{rule['marker']}` | {found} | {kept} |")
    return lines


def _names(keys: list[dict[str, Any]]) -> list[str]:
    lines = ["", "### Field names", "", "| class | leaves as | value must be | names |"]
    lines.append("|---|---|---|---|")
    for entry in keys:
        ends = ["…" + end for end in entry.get("ends", ())]
        names = [*ends, *entry.get("words", ()), *entry.get("names", ())]
        shown = ", ".join(names[:14]) + (f" and {len(names) - 14} more" if len(names) > 14 else "")
        shape = SHAPES[entry["values"]]
        lines.append(f"| `{entry['id']}` | `{entry['marker']}` | {shape} | {shown} |")
    return lines


def made() -> str:
    """Return the guide as it should be."""
    book = json.loads(RULES.read_text("utf-8"))
    written, mark, _ = GUIDE.read_text("utf-8").partition(BEGIN)
    lines = [
        mark or BEGIN,
        "",
        f"## The {len(book['rules'])} rules",
        *_rules(book["rules"]),
        *_names(book["keys"]),
        "",
        "### Never scrubbed by name",
        "",
        ", ".join(book["safe_keys"]) + ".",
        "",
        "### Query parameters that stay",
        "",
        ", ".join(f"`{name}`" for name in book["query_keep"]) + ".",
        "",
    ]
    return written + "\n".join(lines)


def main() -> int:
    """Write the guide, or say whether it is up to date."""
    text = made()
    if "--check" in sys.argv[1:]:
        return 0 if GUIDE.read_text("utf-8") == text else 1
    GUIDE.write_text(text, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Writes tests/vectors/scrub.json, the rows that both scrubbers, Python's and the browser's, pass.

A row is `{"kind", "in", "out"}`; `kind` says which function: `text`, `url`, `object` or `props`.
Rows come from the examples of the rules and from the labelled corpus of benchmarks/scrub. What
is written down is not what the engine happens to do: a corpus row goes in only if every secret its
author planted is gone, every word he wanted kept is there, and scrubbing again changes nothing.

    python scripts/scrub_vectors.py            write the file
    python scripts/scrub_vectors.py --check    fail when the rows are not what the engine returns
"""

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any, Final
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.scrub.corpus import generate  # noqa: E402  # after the path
from benchmarks.scrub.score import shows  # noqa: E402
from benchmarks.scrub.templates import STYLES  # noqa: E402
from tallow.scrub import sanitize_props, scrub_object, scrub_pii, scrub_url  # noqa: E402

FILE: Final = ROOT / "tests" / "vectors" / "scrub.json"
SEED: Final = 20261123
LINES: Final = 900
FUNCTIONS: Final[dict[str, Callable[[Any], Any]]] = {
    "text": scrub_pii,
    "url": scrub_url,
    "object": scrub_object,
    "props": sanitize_props,
}
NAMES: Final = (
    "message", "note", "detail", "password", "apiKey", "X-Auth-Token", "user", "email", "trace_id",
    "token_count", "session_id", "cookie", "authorization", "query", "address", "phone", "build",
)  # fmt: skip

Row = dict[str, Any]


def of_rules() -> Iterator[Row]:
    """Yield the examples that stand beside each rule."""
    rules = json.loads((ROOT / "src/tallow/scrub/rules.json").read_text("utf-8"))["rules"]
    for rule in rules:
        if rule.get("only_if"):
            continue
        for said, left in rule.get("find", ()):
            yield {"kind": "text", "in": said, "out": left}
        for said in rule.get("keep", ()):
            yield {"kind": "text", "in": said, "out": said}


def of_corpus() -> Iterator[Row]:
    """Yield the labelled lines on which engine and author agree."""
    for style in STYLES:
        for row in generate(SEED, LINES, style):
            left = scrub_pii(row.text)
            is_gone = not any(shows(part, left) for one in row.secrets for part in one.parts)
            is_kept = all(left.count(word) >= row.keep.count(word) for word in set(row.keep))
            is_same = row.kind != "negative" or left == row.text
            if is_gone and is_kept and is_same and scrub_pii(left) == left:
                yield {"kind": "text", "in": row.text, "out": left}


def of_shapes(lines: list[str]) -> Iterator[Row]:
    """Yield URLs and objects made of corpus lines; each is stable under scrubbing again."""
    draw = Random(SEED)
    for line in lines:
        for word in line.split():
            address = word.strip("\"'<>(),;")
            if urlsplit(address).scheme in ("http", "https") and urlsplit(address).hostname:
                yield _stable("url", address)
    for _ in range(300):
        value: dict[str, Any] = {
            draw.choice(NAMES): draw.choice(lines) for _ in range(draw.randrange(1, 4))
        }
        nested = {"items": [draw.choice(lines), draw.randrange(10**6), None, True, value]}
        yield _stable(draw.choice(["object", "props"]), draw.choice([value, {**value, **nested}]))


def _stable(kind: str, said: Any) -> Row:
    left = FUNCTIONS[kind](said)
    return {"kind": kind, "in": said, "out": left if FUNCTIONS[kind](left) == left else None}


def rows() -> list[Row]:
    """Return every row once, in an order that does not change."""
    texts = [*of_rules(), *of_corpus()]
    shapes = [row for row in of_shapes([row["in"] for row in texts]) if row["out"] is not None]
    by_input = {json.dumps([row["kind"], row["in"]]): row for row in [*texts, *shapes]}
    return [row for row in by_input.values() if "user-" not in json.dumps(row["out"])]


def main(arguments: list[str]) -> int:
    """Write the file, or say which rows it holds that are no longer so."""
    if arguments == ["--check"]:
        kept = json.loads(FILE.read_text("utf-8"))
        wrong = [row for row in kept if FUNCTIONS[row["kind"]](row["in"]) != row["out"]]
        for row in wrong[:20]:
            print(json.dumps({**row, "now": FUNCTIONS[row["kind"]](row["in"])}, ensure_ascii=False))
        print(f"{len(kept) - len(wrong)} of {len(kept)} rows hold")
        return 1 if wrong else 0
    made = rows()
    lines = ",\n".join(json.dumps(row, ensure_ascii=True) for row in made)
    FILE.write_text(f"[\n{lines}\n]\n", "utf-8")
    print(f"{len(made)} rows")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

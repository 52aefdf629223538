"""Writes what Python's scrubber makes of inputs drawn by a seed, for the browser's to be compared.

    python browser/scripts/twins.py SEED COUNT

Each line is JSON: a kind (`text`, `object`, `url`, `explain`), an input, and what Python returned.
Inputs are the examples of the rules and vectors, whole, cut, joined, escaped and put into
objects under telling and harmless names, with signs between that are awkward to one language.
"""

import base64
import json
import random
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "src"))

from tallow.scrub import explain, scrub_object, scrub_pii, scrub_url  # noqa: E402  # after the path

SIGNS = [
    *" \t\n\r\"'`=:;,.!?/\\|@#$%&*()[]{}<>~^+-_0123456789aAzZeEjJ",
    "\u00e9", "\u00df", "\u0660", "\u20ac", "\u2011", "\u202f", "\u00a0", "\u2028", "\ufeff",
    "\x1c", "\x85", "\x00", "\u3042", "\U0001f600", "\U0001d7d8", "\U00020000", "\u0130", "\u017f",
    "\u212a",
]  # fmt: skip
JOINTS = [
    " ",
    "",
    "\n",
    ", ",
    "; ",
    "&",
    "=",
    ": ",
    '": "',
    "/",
    " from ",
    " for user ",
    "?x=",
    "://",
]
WRAPS: list[Callable[[str], str]] = [
    lambda text: json.dumps(text),
    lambda text: json.dumps({"message": json.dumps({"inner": text})}),
    lambda text: quote(text),
    lambda text: quote(quote(text)),
    lambda text: quote(text, safe=""),
    lambda text: base64.b64encode(text.encode()).decode(),
    lambda text: base64.urlsafe_b64encode(text.encode()).decode().rstrip("="),
    lambda text: text.replace("@", "&#64;").replace('"', "&quot;"),
    lambda text: text.replace("/", "\\/").replace(":", "\\u003a"),
    lambda text: text.upper(),
    lambda text: text[::-1],
    lambda text: text.title(),
    lambda text: text[:24] * 120,
]


def main() -> int:
    """Write `COUNT` rows made with `SEED`."""
    draw = random.Random(int(sys.argv[1]))  # noqa: S311  # repeatable, not secret
    texts = _examples()
    names = _names()
    for _ in range(int(sys.argv[2])):
        kind = draw.choices(["text", "object", "url"], [7, 2, 1])[0]
        if kind == "text":
            given: Any = _text(draw, texts, names)
            made: Any = scrub_pii(given)
        elif kind == "url":
            given = _url(draw, texts, names)
            made = scrub_url(given)
        else:
            given = _object(draw, texts, names, 0)
            made = scrub_object(given)
        if draw.random() < 0.1 and kind != "url":
            kind = "explain"
            made = [
                [found.rule, found.kind, found.where, found.start, found.length, found.marker]
                for found in explain(given)
            ]
        sys.stdout.write(json.dumps([kind, given, made]) + "\n")
    return 0


def _examples() -> list[str]:
    raw = json.loads((ROOT / "src/tallow/scrub/rules.json").read_text("utf-8"))
    texts = [pair[0] for rule in raw["rules"] for pair in rule.get("find", ())]
    texts += [text for rule in raw["rules"] for text in rule.get("keep", ())]
    vectors = ROOT / "tests" / "vectors" / "scrub.json"
    if vectors.exists():
        rows = json.loads(vectors.read_text("utf-8"))
        texts += [text for text in _strings(rows) if 4 < len(text) < 400]
    return sorted(set(texts))


def _strings(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        value = list(value.values())
    return [text for item in value for text in _strings(item)] if isinstance(value, list) else []


def _names() -> list[str]:
    raw = json.loads((ROOT / "src/tallow/scrub/rules.json").read_text("utf-8"))
    phrases = [
        phrase
        for entry in raw["keys"]
        for key in ("ends", "words", "names")
        for phrase in entry.get(key, ())
    ]
    phrases += list(raw["safe_keys"])
    phrases += ["message", "user", "id", "value", "name", "version", "url", "header", "content"]
    return phrases


def _name(draw: random.Random, names: list[str]) -> str:
    words = draw.choice(names).split()
    style = draw.randrange(5)
    if style == 0:
        return "_".join(words)
    if style == 1:
        return "-".join(word.capitalize() for word in words)
    if style == 2:
        return words[0] + "".join(word.capitalize() for word in words[1:])
    return "_".join(words).upper() if style == 3 else "".join(words)


def _text(draw: random.Random, texts: list[str], names: list[str]) -> str:
    out = ""
    for _ in range(draw.choice([1, 1, 2, 2, 3])):
        piece = _mutated(draw, draw.choice(texts))
        if draw.random() < 0.3:
            quote_sign = draw.choice(["", '"', "'"])
            sign = draw.choice(["=", ": ", ":", " = ", "=>", " ", '": "', " is ", " Is ", " LIKE "])
            piece = f"{_name(draw, names)}{quote_sign}{sign}{quote_sign}{piece}{quote_sign}"
        if draw.random() < 0.25:
            piece = draw.choice(WRAPS)(piece)
        out += (draw.choice(JOINTS) if out else "") + piece
    return out[:4000]


def _mutated(draw: random.Random, text: str) -> str:
    for _ in range(draw.choice([0, 0, 1, 1, 2, 4])):
        place = draw.randrange(len(text) + 1)
        act = draw.randrange(5)
        if act == 0:
            text = text[:place] + draw.choice(SIGNS) + text[place:]
        elif act == 1:
            text = text[:place] + text[place + 1 :]
        elif act == 2:
            text = text[:place] + draw.choice(SIGNS) + text[place + 1 :]
        elif act == 3:
            text = text[place:] or text
        else:
            text = text[:place] + str(draw.randrange(10**9)) + text[place:]
    return text


def _url(draw: random.Random, texts: list[str], names: list[str]) -> str:
    query = "&".join(
        f"{draw.choice(['utm_source', 'ref', _name(draw, names)])}={draw.choice(texts)}"
        for _ in range(draw.randrange(3))
    )
    host = draw.choice(["example.org", "203.0.113.9", "ann:pw@example.org:8443", ""])
    path = _mutated(draw, draw.choice(texts))
    return f"{draw.choice(['https://', '//', ''])}{host}/{path}?{query}#{draw.choice(texts)}"


def _object(draw: random.Random, texts: list[str], names: list[str], depth: int) -> Any:
    kind = draw.randrange(8 if depth < 3 else 4)
    if kind < 3:
        return _text(draw, texts, names)
    if kind == 3:
        return draw.choice([None, True, 0, 4111111111111111, 3.5, 17, 123456789012, -1])
    if kind == 4:
        return [_object(draw, texts, names, depth + 1) for _ in range(draw.randrange(4))]
    if kind == 5:
        return [_name(draw, names), _text(draw, texts, names)]
    out = {
        _name(draw, names): _object(draw, texts, names, depth + 1) for _ in range(draw.randrange(5))
    }
    if draw.random() < 0.2:
        out |= {"name": _name(draw, names), "value": _text(draw, texts, names)}
    return out


if __name__ == "__main__":
    sys.exit(main())

"""Makes `src/scrub/data.ts`: the rules, and the constants of Python's scrubber, for the browser.

    python browser/scripts/rules.py            write it
    python browser/scripts/rules.py --check    exit 1 when it is not what would be written

The rules come from `rules.json`. The patterns and word lists that stand in the Python modules
beside the code of a check are taken from there as well, so that each stands in one place only;
what is written twice, and held together by the vectors, is the code.
"""

import importlib
import json
import re
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
TARGET = HERE.parent / "src" / "scrub" / "data.ts"
MODULES = (
    *("addresses", "checks", "ends", "fields", "headers", "phones", "scrubber", "statements"),
    *("tokens", "urls", "values", "walk"),
)
SPACES = r"\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
WORD = r"\p{L}\p{N}_"
DIGIT = r"\p{Nd}"
TOKEN = frozenset(map(ord, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/_-"))
DIGITS = frozenset(map(ord, "0123456789"))
SYNTAX = "^$\\.*+?()[]{}|/"
_TEXTS = 8
"""So many columns of the rules are texts."""
APART = "\f"
NEAR = "^"
"""Stands for the words that have to be near, where they are all that a text must have."""
BEYOND_ASCII = "\x80"
"""Stands for any character beyond ASCII, where a literal has one."""
IN_CLASS = "\\]^-["


def main() -> int:
    """Write the file, or say whether it is up to date."""
    sys.path.insert(0, str(ROOT / "src"))
    made = _module(json.loads((ROOT / "src/tallow/scrub/rules.json").read_text("utf-8")))
    if "--check" in sys.argv[1:]:
        return 0 if TARGET.read_text("utf-8") == made else 1
    TARGET.write_text(made, "utf-8")
    return 0


def _module(raw: dict[str, Any]) -> str:
    lists = _Lists()
    parts = _parts(raw)
    from starts import Starts  # needs the path of the sources

    spelled_out = importlib.import_module("tallow.scrub.rules").spelled_out
    chosen = [spelled_out(rule, raw["shared"]) for rule in raw["rules"] if not rule.get("only_if")]
    starts = Starts([rule["pattern"] for rule in chosen], parts)
    sources = "".join(
        path.read_text("utf-8") for path in TARGET.parent.glob("*.ts") if path != TARGET
    )
    columns = list(zip(*(_rule(rule, lists, starts, sources) for rule in chosen), strict=True))
    keys = [_key_class(entry) for entry in raw["keys"]]
    patterns: dict[str, list[str]] = {}
    words: dict[str, str] = {}
    for module in MODULES:
        for name, value in vars(importlib.import_module(f"tallow.scrub.{module}")).items():
            label = f"{module}.{name.removeprefix('_')}"
            if f'"{label}"' not in sources:
                continue
            if isinstance(value, re.Pattern):
                patterns[label] = list(_translated(value))
            elif isinstance(value, frozenset) and all(isinstance(word, str) for word in value):
                words[label] = " ".join(sorted(value))
            elif isinstance(value, tuple) and name == "_CARD_SIZES":
                words[label] = " ".join(",".join(map(str, sizes)) for sizes in value)
    texts = [
        "/** Made by scripts/rules.py from the rules of Python's scrubber. Do not edit. */\n",
        _constant("RULES", [_column(texts) for texts in columns[:_TEXTS]], "RawTexts"),
        _constant("NUMBERS", columns[_TEXTS:-1], "RawNumbers"),
        _constant("OPTIONS", columns[-1], "ReadonlyArray<0 | RawOptions>"),
        _constant("IDS", " ".join(rule["id"] for rule in chosen), "string"),
        _constant("LISTS", lists.texts, "readonly string[]"),
        _constant("WINDOWS", starts.kinds, "readonly string[]"),
        _constant("KEYS", keys, "readonly RawKeyClass[]"),
        _constant("SUFFIXES", _joined(raw["suffixes"]), "string"),
        _constant("SAFE_KEYS", _joined(_bare(name) for name in raw["safe_keys"]), "string"),
        _constant("SAFE_WORDS", "|".join(raw["safe_words"]), "string"),
        _constant("SAFE_VALUES", _joined(raw["safe_values"]), "string"),
        _constant("QUERY_KEEP", _joined(raw["query_keep"]), "string"),
        _constant("PATTERNS", patterns),
        _constant("WORDS", words),
        _constant(
            "PERSONAL", [int(rule["kind"] == "personal") for rule in chosen], "readonly number[]"
        ),
    ]
    imports = 'import type { RawKeyClass, RawNumbers, RawOptions, RawTexts } from "./rules";\n'
    return texts[0] + "\n" + imports + "\n" + "\n".join(texts[1:])


def _sources() -> str:
    """Return the page's scrubber as text: what is not named there is not needed there."""
    paths = sorted(TARGET.parent.glob("*.ts"))
    return "".join(path.read_text("utf-8") for path in paths if path != TARGET)


def _column(texts: Iterable[str]) -> str:
    """Return texts as one, parted by a sign that none of them has."""
    joined = APART.join(texts := tuple(texts))
    if joined.count(APART) != len(texts) - 1:
        raise ValueError("a rule has the sign that parts them")
    return joined


class _Lists:
    """Word lists that several rules share are written once."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def number_of(self, words: list[str]) -> int:
        text = "|".join(words)
        if text not in self.texts:
            self.texts.append(text)
        return self.texts.index(text)


def _rule(rule: dict[str, Any], lists: _Lists, starts: Any, sources: str) -> tuple[Any, ...]:
    """Return what `RawTexts` and `RawNumbers` in rules.ts name, and the options of the check."""
    from starts import BETWEEN  # needs the path of the sources

    options: dict[str, Any] = {}
    for key, value in rule.get("options", {}).items():
        options[key] = {"list": lists.number_of(value)} if isinstance(value, list) else value
    literals = starts.of(rule, _needed(rule))
    near = _needed({"options": {"near": rule.get("options", {}).get("near", [])}})
    is_named = re.search(rf"(?<![a-z0-9-]){rule['id']}(?![a-z0-9-])", sources)
    texts = (
        # The page seldom asks for the id of a rule; to explain a finding there is `IDS`.
        rule["id"] if is_named else "",
        rule["marker"],
        rule["pattern"],
        NEAR if near and literals == BETWEEN.join(near) else literals,
        rule.get("before", ""),
        rule.get("after", ""),
        rule.get("extend", ""),
        rule.get("check", ""),
    )
    flags = _flags(rule, literals)
    return (*texts, rule.get("group", 0), flags, *_least(rule), options or 0)


def _flags(rule: dict[str, Any], starts: str) -> int:
    """Return the switches of a rule, and how its matches begin with digits.

    1: it is tried again further on; 2: it is made of names; from 4 on how far before the digits a
    match begins, from 32 on how many they are.
    """
    from digits import lead_of  # needs the path of the sources
    from starts import HEADS, PARTED  # the same

    flags = int(rule.get("retry", False)) + 2 * bool(rule.get("names"))
    if (
        rule.get("names")
        or starts.endswith(HEADS)
        or PARTED in starts
        or rule.get("check") in ("email", "blob")
    ):
        return flags
    lead = lead_of(rule["pattern"], rule.get("before", ""))
    return flags + 4 * lead.far + 32 * lead.count if lead else flags


def _needed(rule: dict[str, Any]) -> list[str]:
    """Return literals one of which must be in the text: without any the rule finds nothing."""
    near = rule.get("options", {}).get("near", [])
    needs: list[str] = rule.get("needs") or near
    plain = [word for word in needs if word.isascii()]
    return plain if len(plain) == len(needs) else [*plain, BEYOND_ASCII]


def _parts(raw: dict[str, Any]) -> dict[str, int]:
    """Return literals one of which is in every telling name: its longest word, or part of it.

    With each goes how many signs of a name can be before it.
    """
    phrases = [
        phrase
        for entry in raw["keys"]
        for key in ("ends", "words", "names")
        for phrase in entry.get(key, ())
    ]
    words = {max(phrase.split(), key=len) for phrase in phrases}
    kept: dict[str, int] = {}
    for word in sorted(words, key=lambda word: (len(word), word)):
        if not any(known in word for known in kept):
            kept[word] = 0
    for phrase in phrases:
        word = max(phrase.split(), key=len)
        part = next(known for known in kept if known in word)
        kept[part] = max(kept[part], phrase.rindex(word) + word.rindex(part))
    return kept


def _least(rule: dict[str, Any]) -> tuple[int, int]:
    """Return the longest stretch of token signs and the digits that any match must have."""
    if rule.get("names"):
        return 0, 0
    tree = re._parser.parse(rule["pattern"])  # type: ignore[attr-defined]  # no public one
    return _stretch(tree), _digits(tree)


def _stretch(tree: Any) -> int:
    longest = run = 0
    for kind, value in tree:
        signs, least = _signs(kind, value)
        if signs is not None and signs <= TOKEN:
            run += least
            longest = max(longest, run)
            continue
        run = 0
        if str(kind) == "BRANCH":
            longest = max(longest, min(_stretch(branch) for branch in value[1]))
        elif str(kind) == "SUBPATTERN":
            longest = max(longest, _stretch(value[3]))
        elif str(kind) in ("MAX_REPEAT", "MIN_REPEAT") and value[0] > 0:
            longest = max(longest, _stretch(value[2]))
    return longest


def _digits(tree: Any) -> int:
    count = 0
    for kind, value in tree:
        signs, least = _signs(kind, value)
        if signs is not None:
            count += least if signs <= DIGITS else 0
        elif str(kind) == "BRANCH":
            count += min(_digits(branch) for branch in value[1])
        elif str(kind) == "SUBPATTERN":
            count += _digits(value[3])
        elif str(kind) in ("MAX_REPEAT", "MIN_REPEAT"):
            count += value[0] * _digits(value[2])
    return count


def _signs(kind: Any, value: Any) -> tuple[frozenset[int] | None, int]:
    """Return the signs one item of a pattern may be, and how many of them there are at least."""
    if str(kind) in ("MAX_REPEAT", "MIN_REPEAT") and len(value[2]) == 1:
        signs, least = _signs(*value[2][0])
        return signs, value[0] * least
    if str(kind) == "LITERAL":
        return frozenset([value]), 1
    if str(kind) != "IN" or str(value[0][0]) == "NEGATE":
        return None, 0
    signs: set[int] = set()
    for part, given in value:
        signs |= set(range(given[0], given[1] + 1)) if str(part) == "RANGE" else {given}
    return frozenset(signs), 1


def _key_class(entry: dict[str, Any]) -> list[Any]:
    lists = ["|".join(entry.get(key, ())) for key in ("ends", "words", "names")]
    row = [entry["id"], entry["kind"], entry["marker"], entry["values"], *lists]
    while row[-1] == "":
        row.pop()
    return row


def _bare(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


def _joined(words: Any) -> str:
    return "|".join(sorted(set(words)))


def _constant(name: str, value: Any, kind: str = "") -> str:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    text = text.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
    typed = f": {kind}" if kind else ""
    return f"export const {name}{typed} = {text}{'' if kind else ' as const'};\n"


def _translated(compiled: re.Pattern[str]) -> tuple[str, str]:
    """Return a Python pattern as JavaScript source and the flags it needs there."""
    source = compiled.pattern
    is_unicode = re.search(r"\\[wWdDb]", source) is not None and not compiled.flags & re.ASCII
    out: list[str] = []
    place = 0
    is_class = False
    while place < len(source):
        char = source[place]
        place += 1
        if char == "\\":
            out.append(_escape(source[place], is_class))
            place += 1
        elif is_class:
            is_class = char != "]"
            out.append("\\" + char if char == "[" else char)
        elif char == "[":
            is_class = True
            out.append(char)
            if source.startswith("^", place):
                out.append("^")
                place += 1
            # [^\W\d_]: what is a word but no digit and no line
            if source.startswith(r"\W\d_]", place):
                out[-2:] = [r"[\p{L}\p{Nl}\p{No}]"]
                place += len(r"\W\d_]")
                is_class = False
            elif source.startswith(r"\W_]", place):
                out[-2:] = [r"[\p{L}\p{N}]"]
                place += len(r"\W_]")
                is_class = False
        elif char == "$":
            out.append(r"(?=\n?$)")
        elif char == ".":
            out.append(r"[^]" if compiled.flags & re.DOTALL else r"[^\n]")
        else:
            out.append(char)
    flags = "u" if is_unicode or compiled.flags & re.IGNORECASE else ""
    return "".join(out), flags + ("i" if compiled.flags & re.IGNORECASE else "")


def _escape(char: str, is_class: bool) -> str:
    known = {"s": SPACES, "w": WORD, "d": DIGIT}
    if char in known:
        return known[char] if is_class else f"[{known[char]}]"
    if char == "b":
        edge = f"[{WORD}]"
        return f"(?:(?<!{edge})(?={edge})|(?<={edge})(?!{edge}))"
    if char in "nrtfvux" or char.isdigit():
        return "\\" + char
    if char.isalnum():
        raise ValueError(f"no JavaScript for \\{char}")
    return "\\" + char if char in (IN_CLASS if is_class else SYNTAX) else char


if __name__ == "__main__":
    sys.exit(main())

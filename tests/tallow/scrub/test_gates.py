"""The gates of the pure-Python engines: whatever may match is let in."""

import random
import re

from tallow.scrub.matcher.gates import Gates
from tallow.scrub.matcher.programs import Part

PIECES = (
    "[A-Z]{2}", "[0-9]{3}", "[0-9]{2,5}", "[a-z]{1,4}", "[Kk]ey", "id", "-", ":", "=", "[ _-]",
    "[ ]?", "(?:ab|cd|xy)", "(?:foo|b[a-c]r)", "[^ ]{1,3}", "@", "[.]", "x?", "-?", "é", "[À-ÿ]",
    "[0-9a-f]{8}", '"', "[A-Za-z0-9+/_-]{17}", "(?:token|[Ss]ecret)[ ]", "(?:a|bb)?", "[-:.]",
    "[A-Za-z][0-9]", "^", "$",
)  # fmt: skip
SIGNS = (
    "key", "Key", "id", "-", ":", "=", " ", "_", "ab", "cd", "foo", "bar", "bcr", "@", ".", "x",
    "12", "345", "deadbeef", "AB", "a", "$", "é", '"', "token", "secret ", "Secret ", "\n",
    "ABCDEFGHIJ0123456",
)  # fmt: skip
NEEDS = ("key", "-", ":", "=", "id", "é", "ab", "foo", "token", "secret ", "@", ".", "12", "x", '"')
RULE_BOOKS = 200
TEXTS = 40


def _part(r: random.Random) -> Part:
    pattern = "".join(r.choices(PIECES, k=r.randrange(1, 6)))
    if r.random() < 0.3:
        other = "".join(r.choices(PIECES, k=r.randrange(1, 4)))
        pattern = f"(?:{pattern}|{other}){r.choice(PIECES)}"
    before = r.choice(("", "A-Za-z0-9", "A-Za-z0-9_", "0-9"))
    after = r.choice(("", "A-Za-z0-9", "0-9"))
    return Part(pattern, 0, before, after, "", tuple(r.sample(NEEDS, r.randrange(3))), False)


def _matches(part: Part, text: str) -> bool:
    guard = f"(?<![{part.before}])" * bool(part.before)
    behind = f"(?![{part.after}])" * bool(part.after)
    if part.needs and not any(need in text.lower() for need in part.needs):
        return False
    found = re.finditer(f"{guard}(?:{part.pattern}){behind}", text)
    return any(match.end() > match.start() for match in found)


def test_a_rule_that_matches_is_let_in() -> None:
    r = random.Random(20261124)
    for _ in range(RULE_BOOKS):
        parts = [_part(r) for _ in range(r.randrange(1, 8))]
        gates = Gates(parts, (), ())
        for _ in range(TEXTS):
            text = "".join(r.choices(SIGNS, k=r.randrange(1, 10)))
            matching = {n for n, part in enumerate(parts) if _matches(part, text)}
            assert matching <= {*gates.let_in(text, text.encode())}, (text, parts)

"""All engines find the same: the C matcher, google-re2, and Python's own."""

import json
import random
from pathlib import Path

import pytest

from tallow.scrub.matcher.behind import NamesFromBehind
from tallow.scrub.matcher.engines import available
from tallow.scrub.matcher.programs import Part
from tallow.scrub.policy import Policy
from tallow.scrub.rules import built_in
from tallow.scrub.scrubber import Scrubber
from tallow.scrub.subset import problem_of
from tests.tallow.scrub.spec_rows import rows

ASCII = "0123456789abcXYZ .:-/_@=+\"'\\%&,;()[]{}<>|#$~\n\t "
SIGNS = ASCII + "é日ñ\x00\x07\x1b"
INPUTS = 100_000
INPUTS_OF_RE = 3_000


@pytest.fixture(scope="module")
def scrubbers() -> dict[str, Scrubber]:
    return {name: Scrubber(Policy(engine=name)) for name in ("c", "re2", "re")}


def _pieces() -> list[str]:
    said = [text for rule in built_in().rules for text, _ in rule.find]
    kept = [text for rule in built_in().rules for text in rule.keep]
    return said + kept + [text for text, _ in rows(5)][::7]


def _mangled(r: random.Random, pieces: list[str], signs: str = SIGNS) -> str:
    """Return a piece, cut, joined to another, with drawn signs put in."""
    text = r.choice(pieces)
    if r.random() < 0.3:
        text = text[: r.randrange(len(text) + 1)] + r.choice(pieces)
    for _ in range(r.randrange(4)):
        place = r.randrange(len(text) + 1)
        text = text[:place] + r.choice(signs) * r.randrange(3) + text[place + r.randrange(2) :]
    return text


def _found(scrubber: Scrubber, text: str) -> list[tuple[int, int, str]]:
    return [(hit.start, hit.end, hit.label.id) for hit in scrubber.hits(text)]


def test_the_fast_engines_are_here() -> None:
    assert available() == ("c", "re2", "re")


def test_the_matcher_in_c_judges_by_itself(scrubbers: dict[str, Scrubber]) -> None:
    replaced = scrubbers["c"].replaced("mail ann@example.org")

    assert replaced == ("mail [email]", ("email",))


def test_the_rule_of_names_is_one_that_is_found_from_behind() -> None:
    """Another pattern works as well, but takes half as long again: `behind` has to learn it."""
    rule = next(rule for rule in built_in().rules if rule.id == "named")
    pattern = rule.pattern.replace("<NAMES>", "(?:key|pin)").replace("<SUFFIXES>", "hash")

    part = Part(pattern, rule.group, rule.before, rule.after, rule.extend, (), rule.retry)

    assert NamesFromBehind.of(part) is not None


def test_own_options_mean_the_same_to_all_engines(tmp_path: Path) -> None:
    own = tmp_path / "own.json"
    options = {"check": "iban", "options": {"lengths": {"XX": 10}}}
    own.write_text(
        json.dumps({"rules": [{"id": "xx", "pattern": "[A-Z]{2}[0-9]{8}", **options}]}), "utf-8"
    )
    text = "DE89370400440532013000 and XX43123456"
    found = [_found(Scrubber(Policy(engine=name, rules_file=own)), text) for name in ("c", "re")]

    assert found[0] == found[1] != []


def test_all_engines_find_the_same(scrubbers: dict[str, Scrubber]) -> None:
    r, pieces = random.Random(20261123), _pieces()
    for _ in range(INPUTS_OF_RE):
        text = _mangled(r, pieces)
        found = {name: _found(scrubber, text) for name, scrubber in scrubbers.items()}
        assert found["c"] == found["re2"] == found["re"], text


def test_a_hundred_thousand_inputs_come_out_the_same(scrubbers: dict[str, Scrubber]) -> None:
    """A hundred lines at a time: the matcher in C against RE2, which are told apart by most."""
    r = random.Random(7)
    pieces = [text for text in _pieces() if text.isascii()]
    for start in range(0, INPUTS, 100):
        text = "\n".join(_mangled(r, pieces, ASCII)[:40] for _ in range(100))
        assert _found(scrubbers["c"], text) == _found(scrubbers["re2"], text), start


@pytest.mark.parametrize("rule", [pytest.param(r, id=r.id) for r in built_in().rules])
def test_every_pattern_is_in_the_subset_both_languages_share(rule) -> None:  # type: ignore[no-untyped-def]
    pattern = rule.pattern.replace("<NAMES>", "a").replace("<SUFFIXES>", "b")

    assert problem_of(pattern) == ""

"""People's own rules and switches; a rule that is not safe is refused at the start."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tallow.exceptions import RuleError
from tallow.scrub import Policy, configure, counters, scrub_object, scrub_pii


@pytest.fixture(autouse=True)
def _as_delivered() -> Iterator[None]:
    yield
    configure(Policy())


def _file(tmp_path: Path, **content: Any) -> Path:
    path = tmp_path / "own.json"
    path.write_text(json.dumps(content, indent=1), "utf-8")
    return path


def test_own_rules_names_and_safe_words_are_kept_to(tmp_path: Path) -> None:
    path = _file(
        tmp_path,
        rules=[{"id": "badge", "pattern": "BDG-[0-9]{6}", "marker": "[badge]", "before": "A-Z"}],
        keys=[{"id": "shoe", "names": ["shoe size"], "marker": "[shoe]"}],
        safe_keys=["session_token"],
        safe_values=["hunter2"],
    )
    configure(Policy(rules_file=path))

    assert scrub_pii("BDG-123456 shoe_size=44") == "[badge] shoe_size=[shoe]"
    assert scrub_object({"shoeSize": 44}) == {"shoeSize": "[shoe]"}
    assert (
        scrub_pii("password=hunter2 session_token=a1b2c3d4e5")
        == "password=hunter2 session_token=a1b2c3d4e5"
    )
    assert counters()["badge"] >= 1


def test_an_own_rule_may_use_the_shared_lists(tmp_path: Path) -> None:
    rule = {
        "id": "clerk",
        "pattern": "clerk ([a-z]{2,20})",
        "group": 1,
        "check": "user",
        "options": {"words": "@no-user"},
    }
    configure(Policy(rules_file=_file(tmp_path, rules=[rule])))

    assert scrub_pii("clerk marja, clerk administrator") == "clerk [private], clerk administrator"


@pytest.mark.parametrize(
    ("rule", "problem"),
    [
        pytest.param({"id": "x", "pattern": "a", "colour": 1}, "unknown key", id="an unknown key"),
        pytest.param(
            {"id": "x", "pattern": "[0-9]{9}", "check": "official"},
            "lacks the option schemes",
            id="a check without its option",
        ),
        pytest.param(
            {
                "id": "x",
                "pattern": "[a-z]{9}",
                "check": "user",
                "options": {"words": "@unheard-of"},
            },
            "lacks the option words",
            id="an unknown shared list",
        ),
        pytest.param(
            {"id": "x", "pattern": "[0-9]{9}", "check": "official", "options": {"schemes": ["xx"]}},
            "unknown scheme xx",
            id="an unknown scheme",
        ),
        pytest.param(
            {"id": "x", "pattern": "a{1,9}", "check": "near", "options": {"near": [1]}},
            "bad option near",
            id="an option that is no text",
        ),
        pytest.param({"id": "field-password", "pattern": "a"}, "id that is taken", id="an old id"),
        pytest.param({"id": "x", "pattern": "a+"}, "unbounded repeat", id="a plus"),
        pytest.param({"id": "x", "pattern": "a{2,}"}, "unbounded repeat", id="an open count"),
        pytest.param({"id": "x", "pattern": "a{1,2000}"}, "above 1000", id="a high count"),
        pytest.param({"id": "x", "pattern": "(?=a)b"}, "look-around", id="a look-ahead"),
        pytest.param({"id": "x", "pattern": "(?P<n>a)"}, "named group", id="a named group"),
        pytest.param({"id": "x", "pattern": "(a)\\1"}, "back-reference", id="a back-reference"),
        pytest.param({"id": "x", "pattern": "\\d{3}"}, "differs by engine", id="a shorthand"),
        pytest.param(
            {"id": "x", "pattern": "(?:a{1,9}){1,9}"}, "repeat of a repeat", id="nested repeats"
        ),
        pytest.param({"id": "x", "pattern": "(a"}, "does not compile", id="an open bracket"),
        pytest.param(
            {"id": "x", "pattern": "a{0,3}"}, "matches nothing", id="a pattern of nothing"
        ),
        pytest.param(
            {"id": "x", "pattern": "a", "check": "magic"}, "unknown check", id="an unknown check"
        ),
        pytest.param(
            {"id": "x", "pattern": "a", "marker": "x1"},
            "bad marker",
            id="a marker rules would match",
        ),
        pytest.param(
            {"id": "x", "pattern": "a", "group": 2},
            "group it does not have",
            id="a group that is not there",
        ),
        pytest.param({"id": "email", "pattern": "a"}, "taken", id="an id that is taken"),
        pytest.param({"id": "x"}, "no pattern", id="no pattern"),
    ],
)
def test_a_rule_that_is_not_safe_is_refused_with_its_line(
    tmp_path: Path, rule: dict[str, Any], problem: str
) -> None:
    path = _file(tmp_path, rules=[rule])

    with pytest.raises(RuleError) as refused:
        configure(Policy(rules_file=path))

    assert problem in str(refused.value)
    assert "own.json" in str(refused.value)
    assert refused.value.line > 1
    assert scrub_pii("ann@example.org") == "[email]"


@pytest.mark.parametrize("content", ["{", "[]", '{"rulez": []}', '{"rules": 1}', '{"rules": [1]}'])
def test_a_file_that_is_none_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "own.json"
    path.write_text(content)

    with pytest.raises(RuleError):
        configure(Policy(rules_file=path))


def test_policy_switches_are_kept_to() -> None:
    text = "3f9a1c7b-e04d-4865-a9c1-3f9a1c7be04d 10.0.3.25 ssh://ann@host.example/x"

    configure(Policy(scrub_uuids=True, keep_private_ips=True, scrub_url_users=False))

    assert scrub_pii(text) == "[uuid] 10.0.3.25 ssh://ann@host.example/x"
    configure(Policy())
    assert (
        scrub_pii(text) == "3f9a1c7b-e04d-4865-a9c1-3f9a1c7be04d [ip] ssh://[user]@host.example/x"
    )


@pytest.mark.parametrize(
    "patterns",
    [
        pytest.param(["(?:ab){1,100}c"], id="more copies than the matcher holds"),
        pytest.param([f"own{n:04}" for n in range(600)], id="more rules than the matcher holds"),
        pytest.param([f"x[{chr(0x400 + 9 * n)}]y" for n in range(40)], id="more alphabets"),
    ],
)
def test_rules_the_matcher_cannot_hold_work_all_the_same(
    tmp_path: Path, patterns: list[str]
) -> None:
    rules = [{"id": f"own-{n}", "pattern": text} for n, text in enumerate(patterns)]
    configure(Policy(rules_file=_file(tmp_path, rules=rules)))

    assert scrub_pii("abababc own0007 ann@example.org").endswith(" [email]")
    assert "[private]" in scrub_pii(f"abababc own0007 x{chr(0x400)}y")

"""Lines of text leave without what is personal or secret, and otherwise as they were."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tallow.scrub import contains_pii, scrub_pii
from tallow.scrub.rules import built_in
from tests.tallow.scrub.spec_rows import rows

EXAMPLES = [
    pytest.param(said, left, id=f"{rule.id} {number}")
    for rule in built_in().rules
    if not rule.only_if
    for number, (said, left) in enumerate(rule.find + tuple((text, text) for text in rule.keep))
]


@pytest.mark.parametrize(("said", "left"), EXAMPLES)
def test_each_rule_does_what_its_examples_say(said: str, left: str) -> None:
    assert scrub_pii(said) == left


def test_every_rule_has_an_example_of_what_it_leaves_alone() -> None:
    assert [rule.id for rule in built_in().rules if not rule.keep and rule.find == ()] == []


@pytest.mark.parametrize("seed", [1, 20261123])
def test_what_the_specifications_describe_is_found_and_nothing_else(seed: int) -> None:
    drawn = list(rows(seed))
    wrong = [(said, scrub_pii(said), left) for said, left in drawn if scrub_pii(said) != left]

    assert len(drawn) > 2000
    assert len(wrong) <= len(drawn) / 500, wrong[:10]


@pytest.mark.parametrize("seed", [2])
def test_what_left_is_left_alone(seed: int) -> None:
    once = [scrub_pii(said) for said, _ in rows(seed)]

    assert [text for text in once if scrub_pii(text) != text] == []
    assert [text for text in once if contains_pii(text)] == []


@settings(deadline=None)  # the first call reads the rules
@given(st.text(max_size=300))
def test_any_text_scrubbed_twice_is_scrubbed_once(text: str) -> None:
    once = scrub_pii(text)

    assert scrub_pii(once) == once


@pytest.mark.parametrize(
    ("said", "left_as"),
    [
        pytest.param("mail ann@example.org", "mail [email]", id="an address in a sentence"),
        pytest.param("peer 192.0.2.7:80", "peer [ip]:80", id="a port is not a person"),
        pytest.param("to ann%2540example.org", "to [email]", id="percent-encoded twice"),
        pytest.param('{"m":"ann\\u0040example.org"}', '{"m":"[email]"}', id="a JSON escape"),
        pytest.param(
            '"{\\"a\\":\\"{\\\\\\"pwd\\\\\\":\\\\\\"hunter2\\\\\\"}\\"}"',
            '"{\\"a\\":\\"{\\\\\\"pwd\\\\\\":\\\\\\"[secret]\\\\\\"}\\"}"',
            id="JSON in JSON in JSON",
        ),
        pytest.param(
            "INSERT INTO users (email, password) VALUES ('a@example.org', 'x1'), ('b@a.org', 'y2')",
            "INSERT INTO users (email, password)"
            " VALUES ('[email]', '[secret]'), ('[email]', '[secret]')",
            id="rows of SQL",
        ),
        pytest.param(
            "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASC\nBKcwggSj",
            "[key]",
            id="a private key that was cut off",
        ),
        pytest.param("password: must be longer", "password: must be longer", id="a hint"),
        pytest.param(
            "upgraded from 1.1.1.4 to 3.0.2.1", "upgraded from 1.1.1.4 to 3.0.2.1", id="versions"
        ),
    ],
)
def test_a_line_leaves_without_the_person(said: str, left_as: str) -> None:
    assert scrub_pii(said) == left_as

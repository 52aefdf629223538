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


@pytest.mark.parametrize(
    "said",
    [
        pytest.param("monitoring 1234567 rows", id="a verb inside a word"),
        pytest.param("hotel 1234567", id="tel inside a word"),
        pytest.param("graph 12345678", id="ph inside a word"),
        pytest.param("importable: 12345678", id="portable inside a word"),
        pytest.param("during 20261123", id="a day without joints"),
        pytest.param("called about case 1234567", id="a case that was called about"),
        pytest.param("call took longer than usual 1234567", id="a verb far away"),
        pytest.param("phone order 12345678", id="an order by telephone"),
        pytest.param("call ts=1681202294760", id="a stamp behind a verb"),
        pytest.param("12345678 telemetry events", id="a word that only begins like one behind"),
        pytest.param("5551234567 [phone]", id="a marker behind"),
        pytest.param("phone=[phone], key=[key], n=12345678", id="markers before"),
        pytest.param('{"phone":"[phone:3fa2]","n":12345678}', id="a pseudonym before"),
        pytest.param('{"note":"call me","n":12345678}', id="a field behind a closed text"),
        pytest.param('{"n":1681202294760,"phone":"x"}', id="a field before one so named"),
        pytest.param("2025-11-10 00:09:53.238 +0000 UTC m=+12.345678901", id="the clock of Go"),
        pytest.param("[2025-11-10 00:09:53 +0545 +0545 m=+12.000123456]", id="in brackets"),
        pytest.param("29-Nov-23 03.58.53.212306 PM", id="a time of Oracle"),
        pytest.param("09.11.23 03.58.53", id="a short date and a time"),
    ],
)
def test_a_number_that_nobody_can_call_stays(said: str) -> None:
    assert scrub_pii(said) == said


@pytest.mark.parametrize(
    "said",
    [
        pytest.param("Mobiltelefon 5551234567", id="a compound"),
        pytest.param("cellphone 5551234567", id="a compound in English"),
        pytest.param("workPhone 5551234567", id="a name in camel case"),
        pytest.param("homeTel 5551234567", id="a short word in camel case"),
        pytest.param("contact_phone 5551234567", id="a name with a line"),
        pytest.param("phoneNumber: 5551234567", id="a field"),
        pytest.param("telefono 5551234567", id="Spanish"),
        pytest.param("tel\u00e9fono 5551234567", id="Spanish with its accent"),
        pytest.param("Tel.: 5551234567", id="shortened"),
        pytest.param("contact our support desk at 5551234567", id="a verb and at"),
        pytest.param("[sms] 5551234567 sent", id="a tag, no marker"),
        pytest.param("tel [home] 5551234567", id="a tag between"),
        pytest.param('{"type":"mobile","number":5551234567}', id="the kind in a field before"),
        pytest.param('{"sms":"sent","to":5551234567}', id="a receiver"),
        pytest.param("5551234567 (mobile)", id="a word behind"),
        pytest.param("whois +41.795553522", id="as registries write it"),
        pytest.param("06.12.34.56.78", id="pairs with dots"),
        pytest.param("GET /users/+14155550123/sms 200", id="in the path of a URL"),
        pytest.param("call +1 415 555 0123 2 times", id="with a number behind"),
        pytest.param("+14155550123 200 12", id="in columns"),
    ],
)
def test_a_number_that_a_word_announces_goes(said: str) -> None:
    assert "[phone]" in scrub_pii(said)

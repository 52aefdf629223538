"""The rows both languages pass; browser/test/scrub.test.ts runs the same file."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tallow.scrub import sanitize_props, scrub_object, scrub_pii, scrub_url

ROWS: list[dict[str, Any]] = json.loads(
    (Path(__file__).parents[2] / "vectors" / "scrub.json").read_text("utf-8")
)
FUNCTIONS = {
    "text": scrub_pii,
    "url": scrub_url,
    "object": scrub_object,
    "props": sanitize_props,
}


@pytest.mark.parametrize("kind", FUNCTIONS)
def test_every_row_comes_out_as_it_says(kind: str) -> None:
    rows = [row for row in ROWS if row["kind"] == kind]
    wrong = [(row, made) for row in rows if (made := FUNCTIONS[kind](row["in"])) != row["out"]]

    assert rows
    assert wrong == []


def test_there_are_enough_rows_of_each_kind() -> None:
    many = Counter(row["kind"] for row in ROWS)
    untouched = sum(row["in"] == row["out"] for row in ROWS)

    assert len(ROWS) >= 2000
    assert min(many.values()) >= 50
    assert untouched >= 200


@pytest.mark.parametrize("name", ["quentin.vermeulen", "ann.builder", "j.kerneling", "ann.lee"])
def test_a_name_that_begins_like_a_version_word_hides_no_address(name: str) -> None:
    said = f"Connection closed by authenticating user {name} 81.23.44.9 port 14306 [preauth]"

    assert "81.23.44.9" not in scrub_pii(said)

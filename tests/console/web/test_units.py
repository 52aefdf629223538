"""Numbers as people read them, from the rows the script must pass too."""

import json
from pathlib import Path

import pytest

from tallow_console.web.units import value

ROWS = json.loads((Path(__file__).parents[2] / "vectors/units.json").read_text("utf-8"))["rows"]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["text"])
def test_a_number_is_written_as_the_row_says(row: dict[str, object]) -> None:
    assert value(row["number"], str(row["unit"])) == row["text"]  # type: ignore[arg-type]


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_what_is_no_number_is_a_dash(number: float) -> None:
    assert value(number, "s") == "–"

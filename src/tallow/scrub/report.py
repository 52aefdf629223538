"""What `tallow scrub --check` says: each finding with file, line and column, never the secret."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import Any, Final

import orjson

from .room import current
from .stream import windows

__all__ = ["Place", "find_in_stream", "to_json", "to_sarif", "to_text"]

_SARIF_SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"


@dataclass(frozen=True, slots=True)
class Place:
    """One thing found. `line` and `column` are 1-based, columns and `length` in characters."""

    file: str
    line: int
    column: int
    length: int
    rule: str
    kind: str
    marker: str


def find_in_stream(file: str, read: Callable[[int], bytes]) -> Iterator[Place]:
    """Yield where `scrub_stream` would change what `read` gives; `file` is how it is called."""
    line, column = 1, 1
    for window in windows(read, current().scrubber.hits):
        done = 0
        for hit in [*window.hits, None]:
            until = len(window.text) if hit is None else hit.start
            between = window.text[done:until]
            breaks = between.count("\n")
            line += breaks
            column = until - window.text.rfind("\n", 0, until) if breaks else column + len(between)
            done = until
            if hit is not None:
                label = hit.label
                length = hit.end - hit.start
                yield Place(file, line, column, length, label.id, label.kind, label.marker)


def to_text(found: Iterable[Place]) -> Iterator[str]:
    """Yield a line for each finding, as compilers write them."""
    for place in found:
        yield (
            f"{place.file}:{place.line}:{place.column}: {place.rule} ({place.kind}), "
            f"{place.length} characters, leaves as {place.marker}"
        )


def to_json(found: Iterable[Place]) -> str:
    """Return the findings as a JSON list."""
    return orjson.dumps([asdict(place) for place in found], option=orjson.OPT_INDENT_2).decode()


def to_sarif(found: Iterable[Place]) -> str:
    """Return the findings as a SARIF log, which code hosts show beside the line.

    Source: OASIS SARIF 2.1.0.
    """
    all_found = list(found)
    rules = {place.rule: place for place in all_found}
    log = {
        "$schema": _SARIF_SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {"name": "tallow scrub", "rules": [*map(_rule, rules.values())]}
                },
                "columnKind": "unicodeCodePoints",
                "results": [_result(place) for place in all_found],
            }
        ],
    }
    return orjson.dumps(log, option=orjson.OPT_INDENT_2).decode()


def _rule(place: Place) -> dict[str, Any]:
    return {
        "id": place.rule,
        "shortDescription": {"text": f"{place.kind} data, scrubbed as {place.marker}"},
        "properties": {"tags": [place.kind]},
    }


def _result(place: Place) -> dict[str, Any]:
    region = {"startLine": place.line, "startColumn": place.column}
    location = {"artifactLocation": {"uri": place.file}, "region": region}
    return {
        "ruleId": place.rule,
        "level": "error" if place.kind == "credential" else "warning",
        "message": {"text": f"{place.rule}: this would leave as {place.marker}"},
        "locations": [{"physicalLocation": location}],
    }

"""Log lines read back: the newest, how many when, and what services and levels there are."""

import re
from dataclasses import dataclass
from typing import Any, Final

import orjson

from tallow.records import LEVELS
from tallow_console.store import Row, Store, StoreError
from tallow_console.web.ranges import Span

from .logql import Condition, LogqlError

__all__ = [
    "Facet",
    "LogFilter",
    "LogRow",
    "RelatedError",
    "count_by_level",
    "facets",
    "has_any",
    "levels_of",
    "newest",
    "related_errors",
]

BETWEEN: Final = (
    "ts >= fromUnixTimestamp64Milli({start:Int64}, 'UTC') "
    "AND ts < fromUnixTimestamp64Milli({end:Int64}, 'UTC')"
)
# `{conditions}` are the fragments of `_CONDITIONS`, whose values are parameters too.
SELECT_NEWEST = """
SELECT seg, n, toUnixTimestamp64Milli(ts) AS ts_ms, level, service, environment, correlation_id,
    message, context, metadata, performance
FROM tallow.logs WHERE {conditions}
ORDER BY ts DESC, seg DESC, n DESC LIMIT {{most:UInt32}}
"""
SELECT_COUNTS = """
SELECT level, intDiv(toUnixTimestamp(ts) - {{first:Int64}}, {{step:UInt32}}) AS bucket,
    count() AS lines
FROM tallow.logs WHERE {conditions} GROUP BY level, bucket
"""
SELECT_FACETS = """
SELECT service, environment, level, count() AS lines
FROM tallow.logs WHERE {conditions} GROUP BY service, environment, level
ORDER BY lines DESC LIMIT 200
"""
SELECT_RELATED: Final = """
SELECT event_id, toString(issue) AS issue_id, toUnixTimestamp64Milli(ts) AS ts_ms, type, value,
    culprit
FROM tallow.error_events WHERE correlation_id = {correlation_id:String} ORDER BY ts DESC LIMIT 20
"""
SELECT_ANY: Final = "SELECT 1 AS one FROM tallow.logs LIMIT 1"
_COLUMN_OPS: Final = {
    "=": "{column} = {{{name}:String}}",
    "!=": "{column} != {{{name}:String}}",
    "=~": "match({column}, {{{name}:String}})",
    "!~": "NOT match({column}, {{{name}:String}})",
    "|=": "{column} = {{{name}:String}}",
    "|~": "match({column}, {{{name}:String}})",
}
# A line is its message and what was said with it.
_LINE_OPS: Final = {
    "|=": "(positionCaseInsensitiveUTF8(message, {{{name}:String}}) > 0"
    " OR positionCaseInsensitiveUTF8(context, {{{name}:String}}) > 0)",
    "!=": "(positionCaseInsensitiveUTF8(message, {{{name}:String}}) = 0"
    " AND positionCaseInsensitiveUTF8(context, {{{name}:String}}) = 0)",
    "|~": "(match(message, {{{name}:String}}) OR match(context, {{{name}:String}}))",
    "!~": "NOT (match(message, {{{name}:String}}) OR match(context, {{{name}:String}}))",
}
_BROKEN_PATTERN: Final = LogqlError("A pattern in the query does not parse; expected RE2")
_FIELD: Final = (
    "trim(BOTH '\"' FROM coalesce("
    "nullIf(JSONExtractRaw(context, {{{name}k:String}}), ''), "
    "nullIf(JSONExtractRaw(performance, {{{name}k:String}}), ''), "
    "JSONExtractRaw(metadata, {{{name}k:String}})))"
)


@dataclass(frozen=True, slots=True)
class LogFilter:
    """Which lines: from and to in Unix seconds, conditions of the query, chosen levels."""

    start_s: float
    end_s: float
    conditions: tuple[Condition, ...] = ()
    levels: tuple[str, ...] = ()
    service: str = ""
    environment: str = ""
    correlation_id: str = ""


@dataclass(frozen=True, slots=True)
class LogRow:
    """One line as kept."""

    id: str
    at_s: float
    level: str
    service: str
    environment: str
    correlation_id: str
    message: str
    context: dict[str, Any]
    metadata: dict[str, Any]
    performance: dict[str, Any]


@dataclass(frozen=True, slots=True)
class RelatedError:
    """An error that carries the correlation id of the lines that are shown."""

    event_id: str
    issue: str
    at_s: float
    type: str
    value: str
    culprit: str


@dataclass(frozen=True, slots=True)
class Facet:
    """A value of a label and how many lines have it."""

    value: str
    lines: int


def newest(store: Store, asked: LogFilter, most: int = 200) -> list[LogRow]:
    """Return the newest lines that match, newest first."""
    where, parameters = _where(asked)
    text = SELECT_NEWEST.format(conditions=where)
    return [_log_row(row) for row in _query(store, asked, text, {**parameters, "most": most})]


def count_by_level(store: Store, asked: LogFilter, span: Span) -> dict[str, list[int]]:
    """Return for each level how many lines each step has."""
    where, parameters = _where(asked)
    text = SELECT_COUNTS.format(conditions=where)
    counts: dict[str, list[int]] = {}
    for row in _query(
        store, asked, text, {**parameters, "first": int(span.first_s), "step": span.step_s}
    ):
        place = int(row["bucket"])
        if 0 <= place < span.steps:
            counts.setdefault(row["level"], [0] * span.steps)[place] += int(row["lines"])
    return {level: counts[level] for level in LEVELS if level in counts}


def facets(store: Store, start_s: float, end_s: float) -> dict[str, tuple[Facet, ...]]:
    """Return the services, environments and levels of a stretch of time, with counts."""
    where, parameters = _where(LogFilter(start_s, end_s))
    found: dict[str, dict[str, int]] = {"service": {}, "environment": {}, "level": {}}
    for row in store.query(SELECT_FACETS.format(conditions=where), parameters):
        for name, counted in found.items():
            counted[row[name]] = counted.get(row[name], 0) + int(row["lines"])
    return {
        name: tuple(Facet(said, lines) for said, lines in counted.items() if said)
        for name, counted in found.items()
    }


def related_errors(store: Store, correlation_id: str) -> list[RelatedError]:
    """Return the errors of one request or transfer, newest first, at most 20."""
    return [
        RelatedError(
            row["event_id"],
            row["issue_id"],
            row["ts_ms"] / 1000,
            row["type"],
            row["value"],
            row["culprit"],
        )
        for row in store.query(SELECT_RELATED, {"correlation_id": correlation_id})
    ]


def has_any(store: Store) -> bool:
    """Return whether a single line was ever kept."""
    return bool(store.query(SELECT_ANY))


def _where(asked: LogFilter) -> tuple[str, dict[str, Any]]:
    """Return the fragments joined, and the parameters they name."""
    fragments = [BETWEEN]
    parameters: dict[str, Any] = {
        "start": round(asked.start_s * 1000),
        "end": round(asked.end_s * 1000),
    }
    for column, said in (
        ("service", asked.service),
        ("environment", asked.environment),
        ("correlation_id", asked.correlation_id),
    ):
        if said:
            fragments.append(f"{column} = {{{column}:String}}")
            parameters[column] = said
    if asked.levels:
        fragments.append("level IN {levels:Array(String)}")
        parameters["levels"] = list(asked.levels)
    for index, condition in enumerate(asked.conditions):
        fragment, values = _fragment(condition, f"q{index}")
        if fragment:
            fragments.append(fragment)
            parameters |= values
    return " AND ".join(fragments), parameters


def _query(store: Store, asked: LogFilter, text: str, parameters: dict[str, Any]) -> list[Row]:
    """Return the rows, or the error that a pattern the engine refuses is."""
    try:
        return store.query(text, parameters)
    except StoreError as error:
        if "CANNOT_COMPILE_REGEXP" in str(error):
            raise _BROKEN_PATTERN from error
        raise


def _fragment(condition: Condition, name: str) -> tuple[str, dict[str, str]]:
    if condition.op in {"=~", "!~", "|~"}:
        _check_pattern(condition.value)
    said = condition.value
    if condition.op in {"=~", "!~"} and condition.where != "line":
        said = f"^(?:{said})$"
    if condition.where == "line":
        if not said:
            return "", {}
        return _LINE_OPS[condition.op].format(name=name), {name: said}
    if condition.where == "field":
        column = _FIELD.format(name=name)
        text = _COLUMN_OPS[condition.op].format(column=column, name=name)
        return text, {name: said, f"{name}k": condition.name.removeprefix("context.")}
    return _COLUMN_OPS[condition.op].format(column=condition.where, name=name), {name: said}


def _check_pattern(pattern: str) -> None:
    try:
        re.compile(pattern)
    except (re.error, OverflowError):
        raise _BROKEN_PATTERN from None


def _log_row(row: Row) -> LogRow:
    return LogRow(
        id=f"{row['seg']}-{row['n']}",
        at_s=row["ts_ms"] / 1000,
        level=row["level"],
        service=row["service"],
        environment=row["environment"],
        correlation_id=row["correlation_id"],
        message=row["message"],
        context=_object(row["context"]),
        metadata=_object(row["metadata"]),
        performance=_object(row["performance"]),
    )


def _object(text: str) -> dict[str, Any]:
    try:
        found = orjson.loads(text) if text else {}
    except orjson.JSONDecodeError:
        return {}
    return found if isinstance(found, dict) else {}


def levels_of(said: str) -> tuple[str, ...]:
    """Return the levels in a list with commas, unknown ones left out."""
    return tuple(level for level in LEVELS if level in said.split(","))

"""Numbers and times as people read them: 12.4k, 1.3 MB/s, 240 ms, 3 min ago."""

import math
from datetime import datetime, tzinfo

__all__ = ["ago", "compact", "exact", "ratio", "seconds", "size", "value"]

_MINUTE_S = 60
_HOUR_S = 3600
_DAY_S = 86_400


def value(number: float | None, unit: str = "") -> str:
    """Return a number with its unit: `s`, `ms`, `B`, `ratio`, any of them with `/s`, or a word.

    >>> value(0.24, "s"), value(1_300_000, "B/s"), value(12_400, "transfers")
    ('240 ms', '1.3 MB/s', '12.4k transfers')
    """
    if number is None or not math.isfinite(number):
        return "–"
    if unit == "s":
        return seconds(number)
    if unit == "ms":
        return seconds(number / 1000)
    if unit in {"B", "B/s"}:
        return size(number) + unit[1:]
    if unit == "ratio":
        return ratio(number)
    if unit.startswith("/"):
        return f"{compact(number)}{unit}"
    word = unit.removesuffix("s") if number == 1 else unit
    return f"{compact(number)} {word}".rstrip()


def compact(number: float) -> str:
    """Return three digits that mean something and a letter for the rest.

    >>> [compact(n) for n in (0, 0.0312, 7, 7.25, 999, 12_400, 1_250_000, 3e9)]
    ['0', '0.031', '7', '7.3', '999', '12.4k', '1.3M', '3G']
    """
    size_of = abs(number)
    if size_of < 1:
        return "0" if size_of < 1e-9 else f"{number:.2g}"
    for step, letter in ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k")):
        if size_of >= step * 0.9995:
            return _short(number / step) + letter
    return _short(number)


def seconds(number: float) -> str:
    """Return a duration given in seconds.

    >>> [seconds(s) for s in (0, 0.000_05, 0.24, 1.26, 75, 7500, 200_000)]
    ['0 ms', '50 µs', '240 ms', '1.3 s', '1 min 15 s', '2 h 5 min', '2 d 8 h']
    """
    length = abs(number)
    sign = "-" if number < 0 else ""
    if length == 0:
        return "0 ms"
    if length < 0.000_9995:
        return f"{sign}{_short(length * 1e6)} µs"
    if length < 0.9995:
        return f"{sign}{_short(length * 1e3)} ms"
    if length < _MINUTE_S:
        return f"{sign}{_short(length)} s"
    for whole, part, names in (
        (_MINUTE_S, 1, ("min", "s")),
        (_HOUR_S, _MINUTE_S, ("h", "min")),
        (_DAY_S, _HOUR_S, ("d", "h")),
    ):
        if length < whole * (24 if whole == _HOUR_S else 60) or whole == _DAY_S:
            many, rest = divmod(round(length / part), whole // part)
            tail = f" {rest} {names[1]}" if rest else ""
            return f"{sign}{many} {names[0]}{tail}"
    raise AssertionError("every length has a unit")


def size(number: float) -> str:
    """Return an amount of data given in bytes, in steps of a thousand.

    >>> [size(n) for n in (0, 999, 1500, 1_300_000, 2.5e9)]
    ['0 B', '999 B', '1.5 kB', '1.3 MB', '2.5 GB']
    """
    amount = abs(number)
    for step, name in ((1e12, "TB"), (1e9, "GB"), (1e6, "MB"), (1e3, "kB")):
        if amount >= step * 0.9995:
            return f"{_short(number / step)} {name}"
    return f"{_short(number)} B"


def ratio(number: float) -> str:
    """Return a share of 1 in percent.

    >>> [ratio(r) for r in (0, 0.0012, 0.124, 0.9987, 1)]
    ['0 %', '0.12 %', '12.4 %', '99.9 %', '100 %']
    """
    percent = number * 100
    if percent and abs(percent) < 1:
        return f"{percent:.2g} %"
    return f"{_short(percent)} %"


def ago(then_s: float, now_s: float) -> str:
    """Return how long ago a moment was, in the largest unit that fits.

    >>> [ago(1000 - s, 1000) for s in (0, 12, 200, 9000)], ago(1060, 1000)
    (['just now', '12 s ago', '3 min ago', '2 h ago'], 'in 1 min')
    """
    past = now_s - then_s
    length = abs(past)
    if length < 3:
        return "just now"
    for limit, step, name in ((60, 1, "s"), (3600, 60, "min"), (_DAY_S, 3600, "h")):
        if length < limit:
            text = f"{int(length // step)} {name}"
            break
    else:
        text = f"{int(length // _DAY_S)} d"
    return f"{text} ago" if past > 0 else f"in {text}"


def exact(then_s: float, zone: tzinfo) -> str:
    """Return the moment to the millisecond, in a time zone that is named.

    >>> from datetime import timezone
    >>> exact(1_700_000_000.5, timezone.utc)
    '2023-11-14 22:13:20.500 UTC'
    """
    moment = datetime.fromtimestamp(then_s, zone)
    return f"{moment:%Y-%m-%d %H:%M:%S}.{moment.microsecond // 1000:03d} {moment.tzname()}"


def _short(number: float) -> str:
    """Return at most three digits before the point, or one after it when below ten hundred."""
    if abs(number) >= 99.95:
        return f"{number:.0f}"
    text = f"{math.floor(number * 10 + 0.5) / 10:.1f}"
    return text.removesuffix(".0")

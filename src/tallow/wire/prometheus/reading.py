"""A page as families of samples: lenient with the text format, strict with OpenMetrics."""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, cast

from tallow.exceptions import WireError

from . import rules
from .families import (
    OPEN_TYPES,
    SUFFIXES,
    TEXT_TYPES,
    Exemplar,
    MetricFamily,
    MetricType,
    Sample,
    refusal,
)

__all__ = ["parse"]

_NAME: Final = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
_QUOTED: Final = r'"(?:[^"\\\n]|\\.)*"'
_BRACES: Final = rf"\{{((?:[^\"}}\n]|{_QUOTED})*)\}}"
_TEXT_SAMPLE: Final = re.compile(
    rf"({_NAME})(?:[ \t]*{_BRACES}[ \t]*|[ \t]+)([^ \t{{}}#]+)(?:[ \t]+([^ \t#]+))?[ \t]*()()()"
)
_OPEN_SAMPLE: Final = re.compile(
    rf"({_NAME})(?:{_BRACES})? ([^ {{}}#\t]+)(?: ([^ #\t]+))?"
    rf"(?: # {_BRACES} ([^ \t]+)(?: ([^ \t]+))?)?"
)
_LABEL: Final = re.compile(
    r'[ \t]*([a-zA-Z_][a-zA-Z0-9_]*)[ \t]*=[ \t]*"((?:[^"\\\n]|\\.)*)"[ \t]*(,|$)'
)
_OPEN_LABEL: Final = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\.)*)"(,(?!$)|$)')
_META: Final = re.compile(rf"#[ \t]+(HELP|TYPE|UNIT)[ \t]+({_NAME})(?:[ \t]+(.*))?")
_OPEN_META: Final = re.compile(rf"# (HELP|TYPE|UNIT) ({_NAME}) (.*)")
_NUMBER: Final = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_ESCAPE: Final = re.compile(r"\\(.)")
_SPECIAL: Final = {"inf": math.inf, "infinity": math.inf, "nan": math.nan}
_LONGEST_EXEMPLAR: Final = 128


@dataclass(slots=True)
class _Family:
    """A family that is being read; `line` is where it began."""

    name: str
    line: int
    type: str = "unknown"
    help: str | None = None
    unit: str | None = None
    samples: list[Sample] = field(default_factory=list)

    def done(self, *, is_open: bool) -> MetricFamily:
        kind = cast("MetricType", "unknown" if self.type == "untyped" else self.type)
        name = f"{self.name}_total" if is_open and kind == "counter" else self.name
        return MetricFamily(name, kind, self.help or "", self.unit or "", tuple(self.samples))


def parse(page: str | bytes, *, is_openmetrics: bool | None = None) -> list[MetricFamily]:
    """Return the families of a page in its order; what kind it is shows in its `# EOF`.

    A page of OpenMetrics is held to all that its specification asks.

    Raises:
        WireError: not UTF-8, or a line that is none of the format's; names the line's number.
    """
    text = _decoded(page)
    if is_openmetrics is None:
        is_openmetrics = text.endswith(("# EOF\n", "# EOF"))
    lines = text.split("\n")
    if is_openmetrics:
        lines = _until_eof(lines)
    reader = _Reader(is_openmetrics)
    for number, line in enumerate(lines, 1):
        reader.read(number, line)
    return list(reader.families())


def _decoded(page: str | bytes) -> str:
    if isinstance(page, str):
        return page
    try:
        return page.decode()
    except UnicodeDecodeError:
        raise WireError("metrics page", "is not UTF-8", "UTF-8 text") from None


def _until_eof(lines: list[str]) -> list[str]:
    body = lines[:-1] if lines and lines[-1] == "" else lines
    if not body or body[-1] != "# EOF":
        raise WireError("metrics page", "does not end", "# EOF as the last line")
    return body[:-1]


class _Reader:
    """Puts lines into families."""

    def __init__(self, is_open: bool) -> None:
        self._is_open = is_open
        self._families: dict[str, _Family] = {}
        self._current: _Family | None = None
        self._seen: set[tuple[str, ...]] = set()

    def families(self) -> Iterator[MetricFamily]:
        """Yield what was read; of OpenMetrics, once it has been held against the rules."""
        taken: dict[str, str] = {}
        for one in self._families.values():
            family = one.done(is_open=self._is_open)
            if self._is_open:
                rules.check(one.line, one.name, family, taken)
            yield family

    def read(self, number: int, line: str) -> None:
        """Take in one line."""
        if line.startswith("#"):
            self._read_comment(number, line)
        elif line.strip(" \t\r"):
            self._read_sample(number, line if self._is_open else line.rstrip("\r"))
        elif self._is_open:
            raise refusal(number, "is empty", "no empty lines")

    def _read_comment(self, number: int, line: str) -> None:
        found = (_OPEN_META if self._is_open else _META).fullmatch(line)
        if found is None:
            if self._is_open:
                raise refusal(number, "is no HELP, TYPE or UNIT", "one of these three")
            return
        what, name, rest = found[1], found[2], found[3] or ""
        family = self._family(number, name)
        if self._is_open and family.samples:
            raise refusal(number, "comes after its samples", "HELP, TYPE and UNIT before them")
        if what == "HELP":
            if family.help is not None:
                raise refusal(number, "is a second HELP", "one for each family")
            family.help = _unescaped(rest)
        elif what == "TYPE":
            self._set_type(number, family, rest if self._is_open else rest.strip())
        else:
            if family.unit is not None or (rest and not name.endswith(f"_{rest}")):
                raise refusal(number, "has a unit its name does not end in", "name_UNIT, once")
            family.unit = rest

    def _set_type(self, number: int, family: _Family, kind: str) -> None:
        if kind not in (OPEN_TYPES if self._is_open else TEXT_TYPES):
            raise refusal(number, "has an unknown type", "counter, gauge, histogram …")
        if family.type != "unknown" or family.samples:
            raise refusal(number, "is a TYPE too late", "TYPE before the samples, once")
        family.type = kind

    def _family(self, number: int, name: str) -> _Family:
        if self._current is not None and self._current.name == name:
            return self._current
        known = self._families.get(name)
        if known is None:
            known = self._families[name] = _Family(name, number)
        elif self._is_open:
            raise refusal(number, "comes back to an earlier family", "each family in one piece")
        self._current = known
        return known

    def _read_sample(self, number: int, line: str) -> None:
        found = (_OPEN_SAMPLE if self._is_open else _TEXT_SAMPLE).fullmatch(line)
        if found is None:
            raise refusal(number, "is no sample", "name{labels} value")
        name, raw, value, stamp, ex_labels, ex_value, ex_stamp = found.groups()
        labels = self._labels(number, raw) if raw else {}
        exemplar = self._exemplar(number, ex_labels, ex_value, ex_stamp) if ex_value else None
        at_s = self._timestamp(number, stamp)
        key = (name, *(f"{label}\0{labels[label]}" for label in sorted(labels)), stamp or "")
        if key in self._seen and not (self._is_open and stamp):
            raise refusal(number, "is there twice", "each series once")
        self._seen.add(key)
        sample = Sample(name, labels, _number(number, value), at_s, exemplar)
        self._home(number, name).samples.append(sample)

    def _timestamp(self, number: int, stamp: str | None) -> float | None:
        if stamp is None:
            return None
        at = _number(number, stamp)
        if not math.isfinite(at):
            raise refusal(number, "has a time that is none", "a finite number")
        return at if self._is_open else at / 1000

    def _home(self, number: int, name: str) -> _Family:
        """Return the family a sample belongs to, by its name without the type's suffixes."""
        current = self._current
        if current is not None and _belongs(name, current, self._is_open):
            return current
        for suffix in ("_bucket", "_count", "_sum"):
            known = self._families.get(name.removesuffix(suffix)) if not self._is_open else None
            if known is not None and _belongs(name, known, False):
                return known
        return self._family(number, name)

    def _labels(self, number: int, raw: str) -> dict[str, str]:
        labels: dict[str, str] = {}
        pattern = _OPEN_LABEL if self._is_open else _LABEL
        at = 0
        while at < len(raw):
            found = pattern.match(raw, at)
            if found is None:
                raise refusal(number, "has labels that are none", 'name="value", …')
            name, value, _ = found.groups()
            if name in labels:
                raise refusal(number, "has a label twice", "each label once")
            labels[name] = _unescaped(value) if "\\" in value else value
            at = found.end()
        return labels

    def _exemplar(self, number: int, raw: str, value: str, stamp: str | None) -> Exemplar:
        labels = self._labels(number, raw) if raw else {}
        if sum(len(name) + len(text) for name, text in labels.items()) > _LONGEST_EXEMPLAR:
            raise refusal(number, "has a long exemplar", f"{_LONGEST_EXEMPLAR} characters at most")
        return Exemplar(labels, _number(number, value), self._timestamp(number, stamp))


def _belongs(name: str, family: _Family, is_open: bool) -> bool:
    if not is_open and family.type == "counter":
        return name == family.name
    suffixes = SUFFIXES.get(family.type, ("",))
    return any(name == family.name + suffix for suffix in suffixes)


def _number(number: int, said: str) -> float:
    if _NUMBER.fullmatch(said):
        return float(said)
    special = _SPECIAL.get(said.lstrip("+-").lower())
    if special is None or len(said) - len(said.lstrip("+-")) > 1:
        raise refusal(number, "has a value that is no number", "a number, +Inf, -Inf or NaN")
    return -special if said.startswith("-") else special


def _unescaped(text: str) -> str:
    if "\\" not in text:
        return text
    return _ESCAPE.sub(lambda found: {"n": "\n"}.get(found[1], _kept(found)), text)


def _kept(found: "re.Match[str]") -> str:
    return found[1] if found[1] in '\\"' else found[0]

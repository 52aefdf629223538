"""The Prometheus text format 0.0.4 and OpenMetrics 1.0, text ↔ families of samples.

Source: prometheus.io/docs/instrumenting/exposition_formats; OpenMetrics 1.0.0.
"""

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from tallow.exceptions import WireError

__all__ = ["Exemplar", "MetricFamily", "MetricType", "Sample", "parse", "render"]

MetricType = Literal[
    "counter", "gauge", "histogram", "summary", "gaugehistogram", "stateset", "info", "unknown"
]

_TEXT_TYPES: Final = {"counter", "gauge", "histogram", "summary", "untyped", "unknown"}
_OPEN_TYPES: Final = {
    "counter", "gauge", "histogram", "summary", "gaugehistogram", "stateset", "info", "unknown",
}  # fmt: skip
_SUFFIXES: Final[Mapping[str, tuple[str, ...]]] = {
    "counter": ("_total", "_created"),
    "histogram": ("_bucket", "_count", "_sum", "_created"),
    "gaugehistogram": ("_bucket", "_gcount", "_gsum"),
    "summary": ("", "_count", "_sum", "_created"),
    "info": ("_info",),
}
_NAME: Final = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
_QUOTED: Final = r'"(?:[^"\\\n]|\\.)*"'
_BRACES: Final = rf"\{{((?:[^\"}}\n]|{_QUOTED})*)\}}"
_SAMPLE: Final = re.compile(
    rf"({_NAME})(?:[ \t]*{_BRACES}[ \t]*|[ \t]+)([^ \t{{}}#]+)(?:[ \t]+([^ \t#]+))?"
    rf"(?:[ \t]+#[ \t]{_BRACES}[ \t]([^ \t]+)(?:[ \t]([^ \t]+))?)?[ \t]*"
)
_LABEL: Final = re.compile(
    r'[ \t]*([a-zA-Z_][a-zA-Z0-9_]*)[ \t]*=[ \t]*"((?:[^"\\\n]|\\.)*)"[ \t]*(,|$)'
)
_META: Final = re.compile(rf"#[ \t]+(HELP|TYPE|UNIT)[ \t]+({_NAME})(?:[ \t]+(.*))?")
_NUMBER: Final = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_ESCAPE: Final = re.compile(r"\\(.)")
_SPECIAL: Final = {"inf": math.inf, "infinity": math.inf, "nan": math.nan}
_LONGEST_EXEMPLAR: Final = 128


@dataclass(frozen=True, slots=True)
class Exemplar:
    """One example behind a count: `{"trace_id": "4bf9…"}`, its value, and when (Unix seconds)."""

    labels: Mapping[str, str]
    value: float
    timestamp_s: float | None = None


@dataclass(frozen=True, slots=True)
class Sample:
    """One line: a name with its suffix, its labels, its value; `timestamp_s` is Unix seconds."""

    name: str
    labels: Mapping[str, str]
    value: float
    timestamp_s: float | None = None
    exemplar: Exemplar | None = None


@dataclass(frozen=True, slots=True)
class MetricFamily:
    """What one HELP and TYPE stand for.

    `name` is as the text format says it: a counter's ends in `_total`, in OpenMetrics too.
    """

    name: str
    type: MetricType = "unknown"
    help: str = ""
    unit: str = ""
    samples: tuple[Sample, ...] = ()


@dataclass(slots=True)
class _Open:
    """A family that is being read."""

    name: str
    type: str = "unknown"
    help: str | None = None
    unit: str = ""
    samples: list[Sample] = field(default_factory=list)


def parse(page: str | bytes, *, is_openmetrics: bool | None = None) -> list[MetricFamily]:
    """Return the families of a page in its order; what kind it is shows in its `# EOF`.

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

    def __init__(self, is_openmetrics: bool) -> None:
        self._is_open = is_openmetrics
        self._families: dict[str, _Open] = {}
        self._current: _Open | None = None
        self._seen: set[tuple[str, ...]] = set()

    def families(self) -> Iterator[MetricFamily]:
        for one in self._families.values():
            kind = "unknown" if one.type == "untyped" else one.type
            name = f"{one.name}_total" if self._is_open and kind == "counter" else one.name
            yield MetricFamily(name, kind, one.help or "", one.unit, tuple(one.samples))  # type: ignore[arg-type]  # checked when read

    def read(self, number: int, line: str) -> None:
        if line.startswith("#"):
            self._read_comment(number, line)
        elif line.strip(" \t\r"):
            self._read_sample(number, line.rstrip("\r"))
        elif self._is_open:
            raise _bad(number, "is empty", "no empty lines")

    def _read_comment(self, number: int, line: str) -> None:
        found = _META.fullmatch(line)
        if found is None:
            if self._is_open:
                raise _bad(number, "is no HELP, TYPE or UNIT", "one of these three")
            return
        what, name, rest = found[1], found[2], found[3] or ""
        family = self._family(number, name)
        if what == "HELP":
            if family.help is not None:
                raise _bad(number, "is a second HELP", "one for each family")
            family.help = _unescaped(rest)
        elif what == "TYPE":
            self._set_type(number, family, rest.strip())
        else:
            if rest and not name.endswith(f"_{rest}"):
                raise _bad(number, "has a unit its name does not end in", "name_UNIT")
            family.unit = rest

    def _set_type(self, number: int, family: _Open, kind: str) -> None:
        if kind not in (_OPEN_TYPES if self._is_open else _TEXT_TYPES):
            raise _bad(number, "has an unknown type", "counter, gauge, histogram …")
        if family.type != "unknown" or family.samples:
            raise _bad(number, "is a TYPE too late", "TYPE before the samples, once")
        family.type = kind

    def _family(self, number: int, name: str) -> _Open:
        if self._current is not None and self._current.name == name:
            return self._current
        known = self._families.get(name)
        if known is None:
            known = self._families[name] = _Open(name)
        elif self._is_open:
            raise _bad(number, "comes back to an earlier family", "each family in one piece")
        self._current = known
        return known

    def _read_sample(self, number: int, line: str) -> None:
        found = _SAMPLE.fullmatch(line)
        if found is None:
            raise _bad(number, "is no sample", "name{labels} value")
        name, raw, value, stamp, ex_labels, ex_value, ex_stamp = found.groups()
        labels = _labels(number, raw) if raw else {}
        exemplar = None
        if ex_value is not None:
            if not self._is_open:
                raise _bad(number, "has an exemplar", "none in the text format")
            exemplar = _exemplar(number, ex_labels, ex_value, ex_stamp)
        at_s = self._timestamp(number, stamp)
        sample = Sample(name, labels, _number(number, value), at_s, exemplar)
        key = (name, *(f"{label}\0{labels[label]}" for label in sorted(labels)), stamp or "")
        if key in self._seen:
            raise _bad(number, "is there twice", "each series once")
        self._seen.add(key)
        self._home(number, name).samples.append(sample)

    def _timestamp(self, number: int, stamp: str | None) -> float | None:
        if stamp is None:
            return None
        at = _number(number, stamp)
        if not math.isfinite(at):
            raise _bad(number, "has a time that is none", "a finite number")
        return at if self._is_open else at / 1000

    def _home(self, number: int, name: str) -> _Open:
        """Return the family a sample belongs to, by its name without the type's suffixes."""
        current = self._current
        if current is not None and _belongs(name, current, self._is_open):
            return current
        for suffix in ("_bucket", "_count", "_sum"):
            known = self._families.get(name.removesuffix(suffix)) if not self._is_open else None
            if known is not None and _belongs(name, known, False):
                return known
        return self._family(number, name)


def _belongs(name: str, family: _Open, is_open: bool) -> bool:
    if not is_open and family.type == "counter":
        return name == family.name
    suffixes = _SUFFIXES.get(family.type, ("",))
    return any(name == family.name + suffix for suffix in suffixes)


def _labels(number: int, raw: str) -> dict[str, str]:
    labels: dict[str, str] = {}
    at = 0
    while at < len(raw):
        found = _LABEL.match(raw, at)
        if found is None:
            raise _bad(number, "has labels that are none", 'name="value", …')
        name, value, _ = found.groups()
        if name in labels:
            raise _bad(number, "has a label twice", "each label once")
        labels[name] = _unescaped(value) if "\\" in value else value
        at = found.end()
    return labels


def _exemplar(number: int, raw: str, value: str, stamp: str | None) -> Exemplar:
    labels = _labels(number, raw) if raw else {}
    if sum(len(name) + len(text) for name, text in labels.items()) > _LONGEST_EXEMPLAR:
        raise _bad(number, "has a long exemplar", f"{_LONGEST_EXEMPLAR} characters at most")
    at_s = None if stamp is None else _number(number, stamp)
    return Exemplar(labels, _number(number, value), at_s)


def _number(number: int, said: str) -> float:
    if _NUMBER.fullmatch(said):
        return float(said)
    special = _SPECIAL.get(said.lstrip("+-").lower())
    if special is None or len(said) - len(said.lstrip("+-")) > 1:
        raise _bad(number, "has a value that is no number", "a number, +Inf, -Inf or NaN")
    return -special if said.startswith("-") else special


def _unescaped(text: str) -> str:
    if "\\" not in text:
        return text
    return _ESCAPE.sub(lambda found: {"n": "\n"}.get(found[1], _kept(found)), text)


def _kept(found: "re.Match[str]") -> str:
    return found[1] if found[1] in '\\"' else found[0]


def _bad(number: int, problem: str, expected: str) -> WireError:
    return WireError(f"metrics page, line {number}", problem, expected)


def render(families: Iterable[MetricFamily], *, is_openmetrics: bool = False) -> str:
    """Return the page of these families; `parse` of it gives them back.

    Exemplars and units are in OpenMetrics only; what the text format has no name for is untyped.
    """
    lines: list[str] = []
    for family in families:
        lines += _family_lines(family, is_openmetrics)
    if is_openmetrics:
        lines.append("# EOF")
    return "".join(f"{line}\n" for line in lines)


def _family_lines(family: MetricFamily, is_open: bool) -> Iterator[str]:
    name, kind = family.name, family.type
    if is_open and kind == "counter":
        name = name.removesuffix("_total")
    if not is_open and kind not in _TEXT_TYPES - {"unknown"}:
        kind = "untyped"  # type: ignore[assignment]  # the text format's word for unknown
    if family.help:
        yield f"# HELP {name} {_escaped(family.help, quotes=is_open)}"
    yield f"# TYPE {name} {kind}"
    if is_open and family.unit:
        yield f"# UNIT {name} {family.unit}"
    for sample in family.samples:
        yield _sample_line(sample, is_open)


def _sample_line(sample: Sample, is_open: bool) -> str:
    line = f"{sample.name}{_braced(sample.labels)} {_said(sample.value)}"
    if sample.timestamp_s is not None:
        line += f" {sample.timestamp_s!r}" if is_open else f" {round(sample.timestamp_s * 1000)}"
    if is_open and sample.exemplar is not None:
        one = sample.exemplar
        stamp = "" if one.timestamp_s is None else f" {one.timestamp_s!r}"
        line += f" # {_braced(one.labels) or '{}'} {_said(one.value)}{stamp}"
    return line


def _braced(labels: Mapping[str, str]) -> str:
    inside = ",".join(f'{name}="{_escaped(value, quotes=True)}"' for name, value in labels.items())
    return f"{{{inside}}}" if inside else ""


def _escaped(text: str, *, quotes: bool) -> str:
    text = text.replace("\\", "\\\\").replace("\n", "\\n")
    return text.replace('"', '\\"') if quotes else text


def _said(value: float) -> str:
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "+Inf" if value > 0 else "-Inf"
    return repr(value)

"""The families of metrics, with the limits on their labels and series."""

import re
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Generic, Literal, TypeVar

from tallow.exceptions import MetricError
from tallow.records import Clean

__all__ = ["OTHER", "OVERFLOW", "Child", "Family", "Kind", "Label", "LabelSpec", "Registry"]

Kind = Literal["counter", "gauge", "histogram"]
LabelSpec = Sequence[str] | Mapping[str, Sequence[str] | int]
"""Names alone (any value, up to 1,000 each), or name → declared values or how many at most."""

OTHER: Final = "other"
"""What a value becomes that is none of its label's declared ones."""
OVERFLOW: Final = "__overflow__"
"""What an open label's value becomes when its family is full."""

_NAME = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")
_MOST_VALUES: Final = 1000
_ALIASES_PER_SERIES: Final = 4
_LONGEST_VALUE: Final = 200


@dataclass(frozen=True, slots=True)
class Label:
    """One label of a family: closed when `declared` has values, else open up to `most` of them."""

    name: str
    declared: frozenset[str]
    most: int


class Child:
    """One series. `rendered` belongs to the exposition: ready-made beginnings of its lines."""

    __slots__ = ("labels", "rendered")

    def __init__(self) -> None:
        self.labels: tuple[Clean[str], ...] = ()
        self.rendered: tuple[str, ...] = ()


C = TypeVar("C", bound=Child)


class Family(Generic[C]):
    """All series of one metric name. Any thread may call `child`.

    Values of closed labels that were not declared become `other`. When `most_series` or a label's
    own limit is reached, new values of open labels become `__overflow__`, counted and said once.
    """

    def __init__(
        self,
        registry: "Registry",
        name: str,
        text: str,
        kind: Kind,
        labels: tuple[Label, ...],
        make: Callable[[], C],
        most_series: int,
    ) -> None:
        self.name = name
        self.text = text
        self.heads: dict[bool, str] = {}
        """The exposition's: this family's ready-made HELP and TYPE, by whether OpenMetrics."""
        self.kind: Kind = kind
        self.labels = labels
        self.label_names = tuple(label.name for label in labels)
        self.series: dict[tuple[str, ...], C] = {}
        self.known: dict[tuple[object, ...], C] = {}
        """What callers say → its series; several may lead to one."""
        self.dropped = 0
        self._registry = registry
        self._make = make
        self._most_series = most_series
        self._values: tuple[set[str], ...] = tuple(set() for _ in labels)
        self._lock = threading.Lock()

    def child(self, said: tuple[object, ...], named: Mapping[str, object] | None = None) -> C:
        """Return the series of these label values, made when new.

        Raises:
            MetricError: too few, too many or unknown labels.
        """
        if named:
            said = self._in_order(said, named)
            seen = self.known.get(said)
            if seen is not None:
                return seen
        if len(said) != len(self.labels):
            raise MetricError(self.name, "got the wrong number of labels", self._expected())
        key = tuple(
            self._declared(label, str(value))
            for label, value in zip(self.labels, said, strict=True)
        )
        found = self.known.get(key)
        return self._make_known(said, key) if found is None else found

    def _in_order(
        self, said: tuple[object, ...], named: Mapping[str, object]
    ) -> tuple[object, ...]:
        rest = self.label_names[len(said) :]
        if len(named) != len(rest) or any(name not in named for name in rest):
            raise MetricError(self.name, "got labels it does not have", self._expected())
        return said + tuple(named[name] for name in rest)

    def _expected(self) -> str:
        return ", ".join(self.label_names) or "none"

    @staticmethod
    def _declared(label: Label, value: str) -> str:
        # Too long is not cut: half an address is still someone's, and no rule may know it.
        fits = value in label.declared if label.declared else len(value) <= _LONGEST_VALUE
        return value if fits else OTHER

    def _make_known(self, said: tuple[object, ...], key: tuple[str, ...]) -> C:
        with self._lock:
            full = (
                len(self.series) >= self._most_series
                or len(self.known) >= _ALIASES_PER_SERIES * self._most_series
            )
            cleaned = [self._cleaned(n, value, full) for n, value in enumerate(key)]
            overflown = None in cleaned
            overflow = self._registry.clean(OVERFLOW) if overflown else None
            labels = tuple(one or overflow for one in cleaned)
            child = self._of(tuple(one for one in labels if one is not None))
            if not overflown:
                self.known[key] = child
                # A closed label's unknown values are without number, so only `key` is kept then.
                if tuple(str(value) for value in said) == key:
                    self.known[said] = child
        if overflown:
            self.dropped += 1
            self._registry.dropped(self.name)
        return child

    def _cleaned(self, n: int, value: str, full: bool) -> Clean[str] | None:
        """Return a value as it may be shown, or None when there is no more room for it."""
        label, values = self.labels[n], self._values[n]
        if not label.declared and (full or (value not in values and len(values) >= label.most)):
            return None
        cleaned = self._registry.clean(value)
        values.add(cleaned.value)
        return cleaned

    def _of(self, labels: tuple[Clean[str], ...]) -> C:
        final = tuple(label.value for label in labels)
        child = self.series.get(final)
        if child is None:
            child = self._make()
            child.labels = labels
            self.series[final] = child
        return child

    def forget(self, said: tuple[object, ...]) -> None:
        """Take a series out, so that the next scrape no longer shows it."""
        with self._lock:
            child = self.known.get(said)
            for key in [key for key, kept in self.known.items() if kept is child]:
                del self.known[key]
            for final in [final for final, kept in self.series.items() if kept is child]:
                del self.series[final]

    def children(self) -> list[C]:
        """Return the series there are now, oldest first."""
        return list(self.series.values())


class Registry:
    """The families of a process, by name. `clean` is the scrubber, given by the exposition."""

    def __init__(self, clean: Callable[[str], Clean[str]]) -> None:
        self.clean = clean
        self.on_drop: Callable[[str], None] | None = None
        self._families: dict[str, Family[Child]] = {}
        self._refreshers: list[Callable[[], None]] = []
        self._warned: set[str] = set()
        self._lock = threading.Lock()

    def declare(
        self,
        name: str,
        text: str,
        kind: Kind,
        labels: LabelSpec,
        make: Callable[[], C],
        most_series: int = _MOST_VALUES,
    ) -> Family[C]:
        """Return the family of this name, new or as it was declared before.

        Raises:
            MetricError: a bad name, or declared before as another kind or with other labels.
        """
        _check_name(name, kind)
        parsed = _parse_labels(name, kind, labels)
        with self._lock:
            before = self._families.get(name)
            if before is not None:
                if before.kind != kind or before.label_names != tuple(one.name for one in parsed):
                    raise MetricError(name, "is declared twice differently", "one declaration")
                return before  # type: ignore[return-value]  # same kind, same child class
            family = Family(self, name, text, kind, parsed, make, most_series)
            self._families[name] = family  # type: ignore[assignment]  # children are only read
            return family

    def families(self) -> list[Family[Child]]:
        """Return the families in the order of their names."""
        return [self._families[name] for name in sorted(self._families)]

    def before_scrape(self, refresh: Callable[[], None]) -> None:
        """Call `refresh` before each scrape; it must be quick and set what it knows."""
        with self._lock:
            if refresh not in self._refreshers:
                self._refreshers.append(refresh)

    def refresh(self) -> None:
        """Bring what is only known when asked up to date. A failing refresher is said once."""
        for refresh in tuple(self._refreshers):
            try:
                refresh()
            except Exception as error:  # noqa: BLE001  # one bad refresher must not end a scrape
                self._say_once(refresh.__qualname__, f"was not refreshed ({type(error).__name__})")

    def dropped(self, name: str) -> None:
        """Count a label value for which its family had no room."""
        self._say_once(name, f"is full; new label values become {OVERFLOW}")
        if self.on_drop is not None:
            self.on_drop(name)

    def _say_once(self, name: str, problem: str) -> None:
        if name not in self._warned:
            self._warned.add(name)
            print(f"tallow: metric {name} {problem}", file=sys.stderr)


def _check_name(name: str, kind: Kind) -> None:
    if _NAME.fullmatch(name) is None:
        raise MetricError("name", "has characters it may not", "letters, digits and _")
    if kind == "counter" and not name.endswith("_total"):
        raise MetricError(name, "does not say it counts", "a name that ends in _total")
    if kind != "counter" and name.endswith(("_total", "_bucket", "_count", "_sum", "_created")):
        raise MetricError(name, "ends like another kind", f"a {kind}'s name ends in its unit")


def _parse_labels(name: str, kind: Kind, labels: LabelSpec) -> tuple[Label, ...]:
    if isinstance(labels, str):
        raise MetricError(name, "has text for its labels", "a list of names")
    items: Mapping[str, Sequence[str] | int] = (
        labels if isinstance(labels, Mapping) else dict.fromkeys(labels, _MOST_VALUES)
    )
    if len(items) != len(labels):
        raise MetricError(name, "has a label twice", "each label once")
    parsed = []
    for label, spec in items.items():
        reserved = label.startswith("__") or (kind == "histogram" and label == "le")
        if reserved or _NAME.fullmatch(label) is None:
            raise MetricError(name, "has a label of a wrong name", "letters, digits and _")
        if isinstance(spec, int):
            parsed.append(Label(label, frozenset(), spec))
        else:
            parsed.append(Label(label, frozenset(spec), len(spec) + 1))
    return tuple(parsed)

"""PromQL: parsed by promql-parser, its windows computed by the store, the rest worked out here."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final, TypeAlias

import promql_parser as ast

from tallow.exceptions import TallowError

from .arithmetic import COMPARISONS, MAPPED, OPERATORS, REDUCERS, Number, quantile

__all__ = ["WINDOW_FUNCTIONS", "Grid", "Matcher", "PromqlError", "Selection", "Series", "evaluate"]

LOOKBACK_S: Final = 300.0
WINDOW_FUNCTIONS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "rate": "timeSeriesRateToGrid",
        "increase": "timeSeriesIncreaseToGrid",
        "delta": "timeSeriesDeltaToGrid",
        "irate": "timeSeriesInstantRateToGrid",
        "idelta": "timeSeriesInstantDeltaToGrid",
        "deriv": "timeSeriesDerivToGrid",
        "resets": "timeSeriesResetsToGrid",
        "changes": "timeSeriesChangesToGrid",
        "avg_over_time": "timeSeriesAvgToGrid",
        "min_over_time": "timeSeriesMinToGrid",
        "max_over_time": "timeSeriesMaxToGrid",
        "sum_over_time": "timeSeriesSumToGrid",
        "count_over_time": "timeSeriesCountToGrid",
        "last_over_time": "timeSeriesLastToGrid",
        "": "timeSeriesResampleToGridWithStaleness",
    }
)
"""PromQL function over a window → the engine's; the empty name is a plain selector."""

Labels: TypeAlias = tuple[tuple[str, str], ...]


class PromqlError(TallowError):
    """An expression that does not parse, or needs what this console does not know yet."""


@dataclass(frozen=True, slots=True)
class Grid:
    """The moments an expression is worked out at: from start to end, both included."""

    start_s: float
    end_s: float
    step_s: float

    @property
    def count(self) -> int:
        """Return how many moments there are."""
        return int((self.end_s - self.start_s) / self.step_s + 1e-9) + 1

    @property
    def times(self) -> tuple[float, ...]:
        """Return the moments in Unix seconds."""
        return tuple(self.start_s + index * self.step_s for index in range(self.count))


@dataclass(frozen=True, slots=True)
class Matcher:
    """One `name="value"`; `op` is `=`, `!=`, `=~` or `!~`."""

    name: str
    op: str
    value: str


@dataclass(frozen=True, slots=True)
class Selection:
    """What the store must find: series by their labels, each reduced to the grid by a function."""

    matchers: tuple[Matcher, ...]
    function: str = ""
    window_s: float = LOOKBACK_S
    offset_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Series:
    """Labels, `__name__` among them where it still stands, and a value a moment; None is absent."""

    labels: Mapping[str, str]
    values: tuple[Number, ...]

    @property
    def key(self) -> Labels:
        """Return the labels without the name, in order: what series are matched by."""
        return tuple(sorted(item for item in self.labels.items() if item[0] != "__name__"))


Fetch: TypeAlias = Callable[[Selection, Grid], list[Series]]
Vector: TypeAlias = list[Series]
Result: TypeAlias = "Vector | float"


def evaluate(text: str, grid: Grid, fetch: Fetch) -> Vector:
    """Return the series an expression gives on a grid; a scalar is one series without labels.

    Raises:
        PromqlError: it does not parse, or uses a part that is not supported.
    """
    try:
        tree = ast.parse(text)
    except ValueError as error:
        raise PromqlError(f"The expression does not parse: {error}") from None
    found = _Evaluation(grid, fetch).of(tree)
    if isinstance(found, float):
        return [Series({}, (found,) * grid.count)]
    return sorted(
        (series for series in found if any(number is not None for number in series.values)),
        key=lambda series: series.key,
    )


@dataclass(slots=True)
class _Evaluation:
    """One walk down an expression."""

    grid: Grid
    fetch: Fetch
    depth: int = field(default=0)

    def of(self, node: Any) -> Result:
        self.depth += 1
        if self.depth > 200:
            raise PromqlError("The expression is too deep; expected at most 200 parts")
        match node:
            case ast.NumberLiteral():
                return float(node.val)
            case ast.ParenExpr():
                return self.of(node.expr)
            case ast.UnaryExpr():
                return self._arithmetic("*", -1.0, self.of(node.expr), node)
            case ast.VectorSelector():
                return self.fetch(_selection(node), self.grid)
            case ast.Call():
                return self._call(node)
            case ast.AggregateExpr():
                return self._aggregate(node)
            case ast.BinaryExpr():
                op = str(node.op)
                return self._arithmetic(op, self.of(node.lhs), self.of(node.rhs), node)
        raise PromqlError(f"{_WORDS.get(type(node).__name__, 'This part')} is not supported yet")

    def _call(self, node: Any) -> Result:
        name, args = node.func.name, node.args
        if name in WINDOW_FUNCTIONS and name:
            if not isinstance(args[0], ast.MatrixSelector):
                raise PromqlError(f"{name}() over a subquery is not supported yet")
            window_s = args[0].range.total_seconds()
            return _unnamed(
                self.fetch(_selection(args[0].vector_selector, name, window_s), self.grid)
            )
        if name == "histogram_quantile":
            return _quantiles(self._scalar(args[0], name), self._vector(args[1], name))
        if name == "vector":
            return [Series({}, (self._scalar(args[0], name),) * self.grid.count)]
        if name == "time" and not args:
            return [Series({}, self.grid.times)]
        if name in MAPPED:
            rest = [self._scalar(argument, name) for argument in args[1:]]
            change = MAPPED[name]
            return _mapped(self._vector(args[0], name), lambda number: change(number, *rest))
        known = ", ".join(sorted([*filter(None, WINDOW_FUNCTIONS), *MAPPED, "histogram_quantile"]))
        raise PromqlError(f"{name}() is not supported yet; known are {known}")

    def _scalar(self, node: Any, where: str) -> float:
        found = self.of(node)
        if isinstance(found, float):
            return found
        raise PromqlError(f"{where}() needs a plain number here")

    def _vector(self, node: Any, where: str) -> Vector:
        found = self.of(node)
        if isinstance(found, float):
            raise PromqlError(f"{where}() needs series, not a plain number")
        return found

    def _aggregate(self, node: Any) -> Vector:
        name = str(node.op)
        found = self._vector(node.expr, name)
        reduce = REDUCERS.get(name)
        if reduce is None:
            known = ", ".join(sorted(REDUCERS))
            raise PromqlError(f"{name} is not supported yet; known are {known}")
        groups: dict[Labels, list[Series]] = {}
        for series in found:
            groups.setdefault(_group_of(series, node.modifier), []).append(series)
        return [
            Series(dict(labels), _columns(members, reduce)) for labels, members in groups.items()
        ]

    def _arithmetic(self, op: str, left: Result, right: Result, node: Any) -> Result:
        compute = OPERATORS.get(op)
        if compute is None:
            raise PromqlError(f"`{op}` between series is not supported yet")
        modifier = getattr(node, "modifier", None)
        filters = op in COMPARISONS and not (modifier and modifier.return_bool)
        if isinstance(left, float) and isinstance(right, float):
            return float(compute(left, right))
        if isinstance(right, float):
            if filters:
                return _mapped(left, lambda a: a if compute(a, right) else None, named=True)  # type: ignore[arg-type]
            return _mapped(left, lambda a: float(compute(a, right)))  # type: ignore[arg-type]
        if isinstance(left, float):
            if filters:
                return _mapped(right, lambda b: b if compute(left, b) else None, named=True)
            return _mapped(right, lambda b: float(compute(left, b)))
        return _joined(left, right, compute, filters, modifier)


def _selection(node: Any, function: str = "", window_s: float = LOOKBACK_S) -> Selection:
    if node.at is not None:
        raise PromqlError("`@` is not supported yet")
    if node.matchers.or_matchers:
        raise PromqlError("`or` between matchers is not supported yet")
    found = [
        Matcher(said.name, _MATCH_OPS[str(said.op)], said.value) for said in node.matchers.matchers
    ]
    if node.name:
        found.insert(0, Matcher("__name__", "=", node.name))
    offset_s = node.offset.total_seconds() if node.offset is not None else 0.0
    return Selection(tuple(found), function, window_s, offset_s)


def _group_of(series: Series, modifier: Any) -> Labels:
    if modifier is None:
        return ()
    if modifier.type == ast.AggModifierType.By:
        return tuple((name, series.labels.get(name, "")) for name in sorted(modifier.labels))
    return tuple(item for item in series.key if item[0] not in modifier.labels)


def _columns(
    members: Sequence[Series], reduce: Callable[[list[float]], float]
) -> tuple[Number, ...]:
    columns = []
    for column in zip(*(series.values for series in members), strict=True):
        known = [number for number in column if number is not None]
        columns.append(reduce(known) if known else None)
    return tuple(columns)


def _unnamed(found: Vector) -> Vector:
    return [Series(dict(series.key), series.values) for series in found]


def _mapped(found: Vector, change: Callable[[float], Number], *, named: bool = False) -> Vector:
    return [
        Series(
            series.labels if named else dict(series.key),
            tuple(None if number is None else change(number) for number in series.values),
        )
        for series in found
    ]


def _joined(
    left: Vector,
    right: Vector,
    compute: Callable[[float, float], float],
    filters: bool,
    modifier: Any,
) -> Vector:
    """Pair series one to one by their labels, as `on` or `ignoring` narrows them."""
    if modifier is not None and modifier.card != ast.VectorMatchCardinality.OneToOne:
        raise PromqlError("`group_left` and `group_right` are not supported yet")
    matching = modifier.matching if modifier is not None else None
    partners: dict[Labels, Series] = {}
    for series in right:
        if partners.setdefault(_match_key(series, matching), series) is not series:
            raise PromqlError("several series on the right match one on the left; use on(…)")
    joined: dict[Labels, Series] = {}
    for series in left:
        key = _match_key(series, matching)
        partner = partners.get(key)
        if partner is None:
            continue
        if key in joined:
            raise PromqlError("several series on the left match one on the right; use on(…)")
        values = tuple(
            None
            if a is None or b is None
            else (a if compute(a, b) else None)
            if filters
            else float(compute(a, b))
            for a, b in zip(series.values, partner.values, strict=True)
        )
        joined[key] = Series(series.labels if filters else dict(key), values)
    return list(joined.values())


def _match_key(series: Series, matching: Any) -> Labels:
    if matching is None:
        return series.key
    if matching.type == ast.LabelModifierType.Include:
        return tuple((name, series.labels.get(name, "")) for name in sorted(matching.labels))
    return tuple(item for item in series.key if item[0] not in matching.labels)


def _quantiles(share: float, found: Vector) -> Vector:
    """Return the quantile of each histogram: buckets that differ in `le` alone."""
    groups: dict[Labels, list[tuple[float, Series]]] = {}
    for series in found:
        if "le" in series.labels:
            key = tuple(item for item in series.key if item[0] != "le")
            groups.setdefault(key, []).append((float(series.labels["le"]), series))
    answers = []
    for key, buckets in groups.items():
        buckets.sort(key=lambda bucket: bucket[0])
        bounds = [bound for bound, _ in buckets]
        columns = zip(*(series.values for _, series in buckets), strict=True)
        values = tuple(quantile(share, bounds, column) for column in columns)
        answers.append(Series(dict(key), values))
    return answers


_MATCH_OPS: Final = {
    "MatchOp.Equal": "=",
    "MatchOp.NotEqual": "!=",
    "MatchOp.Re": "=~",
    "MatchOp.NotRe": "!~",
}
_WORDS: Final = {
    "SubqueryExpr": "A subquery",
    "StringLiteral": "Text",
    "MatrixSelector": "A bare range (put rate(…) around it)",
}

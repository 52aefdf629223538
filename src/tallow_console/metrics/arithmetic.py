"""The arithmetic of PromQL: operators, what folds series into one, and a histogram's quantile."""

import math
import operator
from collections.abc import Callable, Mapping, Sequence
from typing import Final, TypeAlias

__all__ = ["COMPARISONS", "MAPPED", "OPERATORS", "REDUCERS", "Number", "quantile"]

Number: TypeAlias = "float | None"


def quantile(share: float, bounds: Sequence[float], counts: Sequence[Number]) -> Number:
    """Return where a share of the observations lies, straight between the ends of its bucket.

    Source: prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile.
    """
    known = [
        (bound, count) for bound, count in zip(bounds, counts, strict=True) if count is not None
    ]
    if len(known) < 2 or not math.isinf(known[-1][0]):
        return None
    rising: list[tuple[float, float]] = []
    for bound, count in known:
        rising.append((bound, max(count, rising[-1][1] if rising else 0.0)))
    total = rising[-1][1]
    if total <= 0:
        return None
    if not 0 <= share <= 1:
        return math.copysign(math.inf, share)
    rank = share * total
    place = next(index for index, (_, count) in enumerate(rising) if count >= rank)
    if place == len(rising) - 1:
        return rising[-2][0]
    bound, count = rising[place]
    if place == 0 and bound <= 0:
        return bound
    below, before = rising[place - 1] if place else (0.0, 0.0)
    return below + (bound - below) * ((rank - before) / (count - before) if count > before else 0)


def _divide(a: float, b: float) -> float:
    if b:
        return a / b
    return math.nan if a == 0 or math.isnan(a) else math.copysign(math.inf, a)


def _power(a: float, b: float) -> float:
    try:
        found = a**b
    except (OverflowError, ZeroDivisionError):
        return math.inf
    return math.nan if isinstance(found, complex) else found


OPERATORS: Final[Mapping[str, Callable[[float, float], float]]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": _divide,
    "%": lambda a, b: math.fmod(a, b) if b else math.nan,
    "^": _power,
    "==": operator.eq,
    "!=": operator.ne,
    ">": operator.gt,
    "<": operator.lt,
    ">=": operator.ge,
    "<=": operator.le,
}
COMPARISONS: Final = frozenset({"==", "!=", ">", "<", ">=", "<="})
REDUCERS: Final[Mapping[str, Callable[[list[float]], float]]] = {
    "sum": math.fsum,
    "avg": lambda known: math.fsum(known) / len(known),
    "max": max,
    "min": min,
    "count": lambda known: float(len(known)),
}
MAPPED: Final[Mapping[str, Callable[..., float]]] = {
    "abs": abs,
    "ceil": lambda number: float(math.ceil(number)) if math.isfinite(number) else number,
    "floor": lambda number: float(math.floor(number)) if math.isfinite(number) else number,
    "clamp_min": max,
    "clamp_max": min,
}

"""Funnels: how many get how far through a list of steps, without knowing who."""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Final

from tallow.metrics import REGISTRY, Counter
from tallow.metrics.registry import Registry

from .events import track

__all__ = ["Completion", "Funnel"]

_MOST_UNDER_WAY: Final = 10_000


@dataclass(frozen=True, slots=True)
class Completion:
    """How many reached a step, and which part of those who began, 0 to 1."""

    step: str
    reached: int
    ratio: float


class Funnel:
    """One list of steps: `send = Funnel("send", ["pick", "encrypt", "connect", "done"])`.

    A step counts when all steps before it were taken with the same `key`, and once only. The key
    (a transfer, a connection) stays in memory until the last step or until it is among the
    10,000 oldest; it is told to nobody. Any thread may call it.
    """

    def __init__(self, name: str, steps: Sequence[str], registry: Registry = REGISTRY) -> None:
        if not steps or len(set(steps)) != len(steps):
            raise ValueError("a funnel needs steps, each with a name of its own")
        self.name = name
        self.steps = tuple(steps)
        self._counter = Counter(
            "tallow_funnel_steps_total",
            "Steps of funnels that were taken.",
            {"funnel": 50, "step": 200},
            registry=registry,
        )
        self._reached = [0] * len(self.steps)
        self._under_way: OrderedDict[str, int] = OrderedDict()
        self._lock = Lock()

    def step(self, step: str, key: str = "") -> bool:
        """Take a step; say whether it counted. An unknown step counts nothing. Never raises.

        Without a key every step counts for itself.
        """
        if step not in self.steps:
            return False
        number = self.steps.index(step)
        if key and not self._is_next(key, number):
            return False
        with self._lock:
            self._reached[number] += 1
        self._counter.labels(self.name, step).inc()
        track("funnel_step", {"funnel": self.name, "step": step}, interactive=number > 0)
        return True

    def _is_next(self, key: str, number: int) -> bool:
        with self._lock:
            if self._under_way.get(key, 0) != number:
                return False
            self._under_way.pop(key, None)
            if number + 1 < len(self.steps):
                self._under_way[key] = number + 1
            if len(self._under_way) > _MOST_UNDER_WAY:
                self._under_way.popitem(last=False)
            return True

    def completion(self) -> tuple[Completion, ...]:
        """Return how many reached each step since the process began."""
        with self._lock:
            reached = tuple(self._reached)
        began = reached[0]
        return tuple(
            Completion(step, count, count / began if began else 0.0)
            for step, count in zip(self.steps, reached, strict=True)
        )

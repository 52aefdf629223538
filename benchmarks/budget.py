"""One measured budget: ours against a named peer in the same run, as a ratio with its goal."""

import gc
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Literal

__all__ = ["Budget", "Direction", "interleaved", "table"]

Direction = Literal["less is better", "more is better"]


@dataclass(frozen=True, slots=True)
class Budget:
    """One row of the table. `ratio` is peer/ours for costs and ours/peer for rates.

    So a ratio above 1 always means that ours is better. `goal` is the least ratio, or `None`
    where a row only tells; `peer` may be a limit ("limit 8 us") instead of a program.
    """

    subject: str
    peer: str
    ours_value: float
    peer_value: float
    unit: str
    direction: Direction = "less is better"
    goal: float | None = None

    @property
    def ratio(self) -> float:
        """Return how many times better ours is."""
        better, worse = (
            (self.peer_value, self.ours_value)
            if self.direction == "less is better"
            else (self.ours_value, self.peer_value)
        )
        return better / worse if worse else float("inf")

    @property
    def is_met(self) -> bool:
        """Return whether the goal is reached; a row without goal always is."""
        return self.goal is None or self.ratio >= self.goal


def interleaved(
    subjects: Mapping[str, Callable[[], object]], rounds: int = 7, repeat: int = 1
) -> dict[str, float]:
    """Return the median CPU seconds of one call of each subject, measured in turn, round by round.

    `repeat` calls are timed together, for subjects shorter than the clock is fine.
    """
    taken: dict[str, list[float]] = {name: [] for name in subjects}
    for call in subjects.values():
        call()
    for _ in range(rounds):
        for name, call in subjects.items():
            gc.collect()
            began = time.process_time()
            for _ in range(repeat):
                call()
            taken[name].append((time.process_time() - began) / repeat)
    return {name: median(times) for name, times in taken.items()}


def table(budgets: Iterable[Budget]) -> str:
    """Return the budgets as one Markdown table."""
    rows: list[Sequence[str]] = [
        ("subject", "peer", "ours", "peer's", "ratio", "goal", ""),
        ("---", "---", "---:", "---:", "---:", "---:", "---"),
    ]
    for budget in budgets:
        goal = "" if budget.goal is None else f"≥ {budget.goal:g}"
        rows.append(
            (
                budget.subject,
                budget.peer,
                f"{budget.ours_value:.3g} {budget.unit}",
                f"{budget.peer_value:.3g} {budget.unit}",
                f"{budget.ratio:.2f}",
                goal,
                "" if budget.goal is None else "met" if budget.is_met else "**missed**",
            )
        )
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)

"""How well, how evenly and how fast the scrubber works, on lines nobody tuned it for."""

from benchmarks.budget import Budget

__all__ = ["budgets"]


def budgets() -> list[Budget]:
    """Return the scrubber's rows for the table of budgets."""
    # Late, so that `python -m benchmarks.scrub.score` does not meet itself already imported.
    from benchmarks.scrub import goals

    return goals.measure()

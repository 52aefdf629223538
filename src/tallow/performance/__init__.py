"""Performance: how long things take, in the process and in browsers."""

from .timers import mark, measure, record, timed, timer
from .vitals import rating_of, record_vital

__all__ = ["mark", "measure", "rating_of", "record", "record_vital", "timed", "timer"]

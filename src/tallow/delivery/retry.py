"""What an answer means for the records sent, and how long to wait before the next try."""

import random
from collections.abc import Callable
from email.utils import parsedate_to_datetime
from typing import Final, Literal

__all__ = ["PARKED_S", "Verdict", "judge", "pause_s", "retry_after_s"]

Verdict = Literal["arrived", "again", "parked", "smaller", "culprit"]
"""What to do: advance | wait and resend | keep and probe | halve | find the one at fault."""

PARKED_S: Final = 60.0
"""How often a sink that refuses us is tried again."""

_FIRST_PAUSE_S: Final = 0.25
_LONGEST_PAUSE_S: Final = 60.0
_LONGEST_WAIT_S: Final = 300.0
_PARK: Final = frozenset({401, 402, 403, 404, 405, 407, 410})


def judge(status: int) -> Verdict:
    """Return what an HTTP status means; 0 stands for no answer at all.

    >>> judge(204), judge(503), judge(401), judge(413), judge(400)
    ('arrived', 'again', 'parked', 'smaller', 'culprit')
    """
    if 200 <= status < 300:
        return "arrived"
    if status == 413:
        return "smaller"
    if status in _PARK or 300 <= status < 400:
        return "parked"
    if 400 <= status < 500 and status not in {408, 425, 429}:
        return "culprit"
    return "again"


def pause_s(attempt: int, between: Callable[[float, float], float] = random.uniform) -> float:
    """Return how long to wait after the `attempt`-th failure in a row: full jitter to 60 s."""
    most = min(_FIRST_PAUSE_S * 2 ** min(attempt, 16), _LONGEST_PAUSE_S)
    return between(0.0, most)


def retry_after_s(header: str, now_s: float) -> float:
    """Return the wait a `Retry-After` header asks for, in seconds, 0 to 300.

    `now_s` is Unix time; a date already past asks for no wait.

    >>> retry_after_s("120", now_s=0.0)
    120.0

    Raises:
        ValueError: neither a number of seconds nor an HTTP date.

    Source: RFC 9110, section 10.2.3.
    """
    if header.isdecimal():
        asked_s = float(header)
    else:
        asked_s = parsedate_to_datetime(header).timestamp() - now_s
    return min(max(asked_s, 0.0), _LONGEST_WAIT_S)

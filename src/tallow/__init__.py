"""Privacy-first observability: what a developer imports."""

from .context import add_breadcrumb
from .exceptions import TallowError
from .logs import logger
from .metrics import Counter, Gauge, Histogram
from .start import close, flush, init

__all__ = [
    "Counter",
    "Gauge",
    "Histogram",
    "TallowError",
    "add_breadcrumb",
    "close",
    "flush",
    "init",
    "logger",
]

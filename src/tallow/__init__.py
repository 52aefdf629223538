"""Privacy-first observability: what a developer imports."""

from . import analytics, health, performance
from .context import add_breadcrumb
from .errors.capture import capture_exception
from .exceptions import TallowError
from .logs import logger
from .metrics import Counter, Gauge, Histogram
from .start import close, flush, init
from .transfers import record_connection, record_crypto_operation, record_transfer

__all__ = [
    "Counter",
    "Gauge",
    "Histogram",
    "TallowError",
    "add_breadcrumb",
    "analytics",
    "capture_exception",
    "close",
    "flush",
    "health",
    "init",
    "logger",
    "performance",
    "record_connection",
    "record_crypto_operation",
    "record_transfer",
]

"""What was received, on disk before it is acknowledged, and the way from there to the store."""

from .loader import Arrival, Loader
from .segments import TableRow
from .writer import DiskFullError, Spool, SpoolFullError

__all__ = ["Arrival", "DiskFullError", "Loader", "Spool", "SpoolFullError", "TableRow"]

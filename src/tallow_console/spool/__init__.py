"""What was received, on disk before it is acknowledged, and the way from there to the store."""

from .loader import Loader
from .writer import DiskFullError, Spool, SpoolFullError

__all__ = ["DiskFullError", "Loader", "Spool", "SpoolFullError"]

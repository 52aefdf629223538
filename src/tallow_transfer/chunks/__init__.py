"""Split and join: a file read in chunks, a file put together under a safe name."""

from .names import safe_name
from .part import PartFile
from .source import Source

__all__ = ["PartFile", "Source", "safe_name"]

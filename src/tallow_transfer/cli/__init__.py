"""`tallow send`, `tallow receive` and `tallow serve`."""

from .receive import receive
from .send import send
from .serve import serve

__all__ = ["receive", "send", "serve"]

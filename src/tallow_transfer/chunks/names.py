"""A file name from elsewhere, made safe to create here."""

import re
import unicodedata
from typing import Final

__all__ = ["safe_name"]

_FALLBACK: Final = "file"
_MOST_BYTES: Final = 200  # room for ".part" and a number within the usual 255
_FORBIDDEN = re.compile(r'[<>:"|?*\x00-\x1f\x7f-\x9f]')
_DEVICES: Final = frozenset(
    {"con", "prn", "aux", "nul", "clock$", "conin$", "conout$"}
    | {f"{port}{digit}" for port in ("com", "lpt") for digit in "0123456789¹²³"}
)


def safe_name(said: str) -> str:
    r"""Return a name that stays in its folder and is no device, on every platform.

    Folders are cut off, control and direction characters and what Windows forbids are replaced,
    dots and blanks at the ends go, and a name too long keeps its ending.

    >>> safe_name("../../etc/passwd"), safe_name("C:\\x\\CON.txt"), safe_name("..")
    ('passwd', '_CON.txt', 'file')
    """
    base = unicodedata.normalize("NFC", said).replace("\\", "/").rsplit("/", 1)[-1]
    kept = "".join("_" if unicodedata.category(c) in {"Cc", "Cf", "Cs", "Co"} else c for c in base)
    name = _FORBIDDEN.sub("_", kept).strip(" .")
    if not name:
        return _FALLBACK
    if name.split(".", 1)[0].strip().lower() in _DEVICES:
        name = f"_{name}"
    return _shortened(name)


def _shortened(name: str) -> str:
    if len(name.encode("utf-8", "replace")) <= _MOST_BYTES:
        return name
    stem, dot, ending = name.rpartition(".")
    if not dot or len(ending) > 16:
        stem, dot, ending = name, "", ""
    room = _MOST_BYTES - len((dot + ending).encode("utf-8", "replace"))
    return stem.encode("utf-8", "replace")[:room].decode("utf-8", "ignore") + dot + ending

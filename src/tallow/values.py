"""How a setting's value is read, from text or as given: one function a kind, one message each.

Each takes the name the value was given by and the value, and raises `SettingError` with that name
and what was expected; the value itself is never quoted, for it may be a secret.
"""

import ipaddress
import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final
from urllib.parse import SplitResult, urlsplit

from .exceptions import SettingError

__all__ = ["READERS", "address", "choice", "items", "network", "number", "path", "text"]


def text(said_as: str, raw: object) -> str:
    """Return text without the blanks around it."""
    if isinstance(raw, str):
        return raw.strip()
    raise SettingError(said_as, "is not text", "a string")


def choice(said_as: str, raw: object, choices: Sequence[str]) -> str:
    """Return one of a few words, in lower case."""
    if isinstance(raw, str) and raw.strip().lower() in choices:
        return raw.strip().lower()
    raise SettingError(said_as, "is none of its choices", " | ".join(choices))


def truth(said_as: str, raw: object) -> bool:
    """Return what true or yes, 0 or off mean."""
    if isinstance(raw, bool):
        return raw
    word = raw.strip().lower() if isinstance(raw, str) else ""
    if word in {"1", "true", "yes", "on"}:
        return True
    if word in {"0", "false", "no", "off"}:
        return False
    raise SettingError(said_as, "is neither true nor false", "true or false")


def whole(said_as: str, raw: object) -> int:
    """Return a whole number above 0."""
    said = str(raw).strip()
    if not isinstance(raw, bool) and said.isdecimal() and int(said) > 0:
        return int(said)
    raise SettingError(said_as, "is not a whole number above 0", "for example 8100")


def number(said_as: str, raw: object, least: float = 0.0) -> float:
    """Return a finite number from `least` up."""
    try:
        value = float(raw)  # type: ignore[arg-type]  # what float() refuses is the error
    except (TypeError, ValueError):
        raise SettingError(said_as, "is not a number", "for example 1.5") from None
    if not least <= value < float("inf"):
        raise SettingError(said_as, "is out of range", f"a number from {least:g} up")
    return value


def items(said_as: str, raw: object) -> tuple[str, ...]:
    """Return the entries of a list, or of text with commas between."""
    parts = raw.split(",") if isinstance(raw, str) else raw
    if isinstance(parts, list | tuple) and all(isinstance(part, str) for part in parts):
        return tuple(part.strip() for part in parts if part.strip())
    raise SettingError(said_as, "is not a list", "entries with commas between")


def path(said_as: str, raw: object) -> Path:
    """Return a path, `~` opened."""
    if isinstance(raw, str | os.PathLike):
        return Path(raw).expanduser()
    raise SettingError(said_as, "is not a path", "a folder or file")


def address(said_as: str, raw: str, expected: str = "http(s)://HOST[:PORT]") -> SplitResult:
    """Return the parts of an HTTP address."""
    try:
        parts = urlsplit(raw)
        _ = parts.port
    except ValueError:
        raise SettingError(said_as, "is not an address", expected) from None
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise SettingError(said_as, "is not an address", expected)
    return parts


def network(said_as: str, raw: str) -> None:
    """Refuse what is no network, such as `10.0.0.0/8`."""
    try:
        ipaddress.ip_network(raw, strict=False)
    except ValueError:
        expected = "for example 10.0.0.0/8"
        raise SettingError(said_as, "has an entry that is no network", expected) from None


READERS: Final[Mapping[type, Callable[[str, object], Any]]] = {
    str: text,
    bool: truth,
    int: whole,
    float: number,
    tuple: items,
}
"""Type of a field's default → how its value is read."""

"""The tokens `tallow up` makes on its first run, and keeps for its next."""

import json
import os
import secrets
from collections.abc import Callable
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Final

from tallow.exceptions import SettingError

__all__ = ["Keys", "load"]

_FILE: Final = "tokens.json"


@dataclass(frozen=True, slots=True)
class Keys:
    """What the two processes share, and the person needs to log in."""

    sentry_key: str
    ingest_key: str
    metrics_token: str
    health_check_token: str
    console_token: str
    hash_key: str


_MAKERS: Final[dict[str, Callable[[], str]]] = {
    "sentry_key": lambda: secrets.token_hex(16),  # Sentry's own keys are 32 hex digits
    "console_token": lambda: secrets.token_urlsafe(24),
}


def load(data_dir: Path) -> tuple[Keys, Path]:
    """Return the keys of `data_dir` and their file, made on first use with mode 0600.

    Raises:
        SettingError: the folder cannot be written, or the file is not ours.
    """
    path = data_dir / _FILE
    try:
        data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        kept = json.loads(path.read_text("utf-8")) if path.exists() else {}
    except OSError as error:
        raise SettingError("--data-dir", "cannot be used", "a folder to write to") from error
    except ValueError as error:
        raise SettingError(_FILE, "is not JSON", "the file as `tallow up` wrote it") from error
    if not isinstance(kept, dict):
        raise SettingError(_FILE, "is not an object", "the file as `tallow up` wrote it")
    keys = Keys(**{field.name: _kept_or_new(field.name, kept) for field in fields(Keys)})
    if asdict(keys) != kept:
        _write(path, keys)
    path.chmod(0o600)
    return keys, path


def _kept_or_new(name: str, kept: dict[str, object]) -> str:
    value = kept.get(name)
    if isinstance(value, str) and value:
        return value
    return _MAKERS.get(name, lambda: secrets.token_urlsafe(32))()


def _write(path: Path, keys: Keys) -> None:
    """Put the file there whole or not at all, never readable by others."""
    half = path.with_suffix(".part")
    half.unlink(missing_ok=True)
    try:
        fd = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(fd, "w", encoding="utf-8") as file:
            json.dump(asdict(keys), file, indent=2)
            file.write("\n")
        half.replace(path)
    except OSError as error:
        raise SettingError("--data-dir", "cannot be written", "a folder to write to") from error

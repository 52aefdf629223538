"""Every choice of the console, typed, and read once at the start.

`TALLOW_CONSOLE_` and a field's name in capitals is its environment variable; an option on the
command line beats it; `METRICS_TOKEN`, `HEALTH_CHECK_TOKEN` and `TALLOW_HASH_KEY` are taken too.
"""

import json
import os
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from tallow import values
from tallow.exceptions import SettingError
from tallow.settings import MIB, default_data_dir

__all__ = ["ConsoleSettings", "read", "with_tokens"]

_TOKENS: Final = "tokens.json"
_MAKERS: Final[Mapping[str, Callable[[], str]]] = {
    "console_token": lambda: secrets.token_urlsafe(24),
    "key": lambda: secrets.token_hex(16),  # a DSN's key is 32 hex digits
    "hash_key": lambda: secrets.token_hex(32),
}
_ALIASES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "metrics_token": "METRICS_TOKEN",
        "health_check_token": "HEALTH_CHECK_TOKEN",
        "hash_key": "TALLOW_HASH_KEY",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsoleSettings:
    """Every choice of the console. A field's docstring is its entry on the reference page."""

    host: str = "127.0.0.1"
    """Address to listen on. The console speaks plain HTTP: put TLS in front before opening it."""

    port: int = 8100
    """Port to listen on, 1 to 65535."""

    data_dir: Path = Path()
    """Folder of spool, store, state and tokens, made when missing, mode 0700."""

    store_url: str = ""
    """Where signals are kept: `http://USER:PASSWORD@HOST:8123` of a ClickHouse. Empty: here."""

    token: str = ""
    """What people sign in with, 16 characters or more; made at the first start when empty."""

    ingest_keys: tuple[str, ...] = ()
    """Keys that senders may use: the key of a DSN, the password of a Loki address. Empty: made."""

    hash_key: str = ""
    """Secret behind user hashes, 32 characters or more; made at the first start when empty."""

    sites: tuple[str, ...] = ()
    """Sites whose page views are taken (`shop.example.org`). Those of others are dropped."""

    targets: tuple[str, ...] = ()
    """Applications to scrape and probe (`http://127.0.0.1:8000`)."""

    metrics_token: str = ""
    """Bearer token the console shows to the targets' `/api/metrics`, and asks of its own."""

    health_check_token: str = ""
    """Bearer token the console shows to the targets' `/api/health/detailed`."""

    scrape_interval_s: float = 15.0
    """How often the targets' metrics are read, 0.2 seconds or more."""

    health_interval_s: float = 5.0
    """How often the targets' health is asked, 0.2 seconds or more."""

    trusted_proxies: tuple[str, ...] = ()
    """Networks (`10.0.0.0/8`) whose `X-Forwarded-For` is believed. Loopback always is."""

    body_max_bytes: int = 20 * MIB
    """Largest request, compressed or not. Above: 413."""

    event_max_bytes: int = MIB
    """Largest single event or log line after unpacking. Above: 413."""

    requests_per_s: int = 2000
    """Requests a key or address may make a second, in bursts of five times that. Above: 429."""

    spool_max_bytes: int = 1024 * MIB
    """Disk the spool may fill while the store is behind. Full: 429, and senders keep theirs."""

    store_max_bytes: int = 20 * 1024 * MIB
    """Disk the store may fill. Above: the oldest day of the largest table goes, counted."""

    memory_max_bytes: int = 1024 * MIB
    """Memory one query or merge of the embedded store may take before it fails."""

    keep_errors_days: int = 90
    """Days errors and sessions are kept."""

    keep_logs_days: int = 14
    """Days log lines are kept."""

    keep_metrics_days: int = 30
    """Days metric samples are kept."""

    keep_analytics_days: int = 365
    """Days page views and events are kept."""

    keep_performance_days: int = 90
    """Days Web Vitals are kept."""

    keep_health_days: int = 30
    """Days health reports are kept."""


def read(environ: Mapping[str, str] | None = None, **given: object) -> ConsoleSettings:
    """Return the settings of keywords that are not None, then the environment, then defaults.

    Raises:
        SettingError: unknown keyword, a value that does not parse, or a contradiction.
    """
    env = os.environ if environ is None else environ
    known = [field.name for field in fields(ConsoleSettings)]
    for name in given:
        if name not in known:
            raise SettingError(name, "is not a setting", f"one of {', '.join(sorted(known))}")
    chosen: dict[str, Any] = {}
    for name in known:
        variable = f"TALLOW_CONSOLE_{name.upper()}"
        if given.get(name) is not None:
            chosen[name] = _parse(name, variable, given[name])
            continue
        for said_as in (variable, _ALIASES.get(name, "")):
            if env.get(said_as, "") != "":
                chosen[name] = _parse(name, said_as, env[said_as])
                break
    chosen.setdefault("data_dir", default_data_dir() / "console")
    settings = ConsoleSettings(**chosen)
    _check(settings)
    return settings


def with_tokens(settings: ConsoleSettings) -> tuple[ConsoleSettings, bool]:
    """Return the settings with the secrets that were not given, and whether to show them.

    They are made at the first start and kept in `tokens.json` of the data directory, mode 0600.

    Raises:
        SettingError: the data directory cannot be written, or the file is not ours.
    """
    if settings.token and settings.ingest_keys and settings.hash_key:
        return settings, False
    path = settings.data_dir / _TOKENS
    try:
        settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        kept = json.loads(path.read_text("utf-8")) if path.exists() else {}
        made = {name: str(kept.get(name) or make()) for name, make in _MAKERS.items()}
        if made != kept:
            file = os.open(path, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600)
            with os.fdopen(file, "w", encoding="utf-8") as out:
                json.dump(made, out, indent=2)
    except OSError:
        expected = "a folder to write to"
        raise SettingError("TALLOW_CONSOLE_DATA_DIR", "cannot be used", expected) from None
    except (ValueError, AttributeError):
        raise SettingError(_TOKENS, "is not ours", "the file as the console wrote it") from None
    given = replace(
        settings,
        token=settings.token or made["console_token"],
        ingest_keys=settings.ingest_keys or (made["key"],),
        hash_key=settings.hash_key or made["hash_key"],
    )
    return given, not kept and not (settings.token and settings.ingest_keys)


def _parse(name: str, said_as: str, raw: object) -> object:
    if name == "data_dir":
        return values.path(said_as, raw)
    if name in _INTERVALS:
        return values.number(said_as, raw, least=0.2)
    return values.READERS[type(getattr(_DEFAULTS, name))](said_as, raw)


_DEFAULTS: Final = ConsoleSettings()
_INTERVALS: Final = frozenset(
    field.name for field in fields(ConsoleSettings) if field.name.endswith("_interval_s")
)
_DAYS: Final = tuple(
    field.name for field in fields(ConsoleSettings) if field.name.startswith("keep_")
)
_MOST_DAYS: Final = 10_000
"""Beyond it the engine's dates, which end in 2106, would turn over and everything be due."""
_LEAST_MEMORY_BYTES: Final = 64 * MIB


def _check(settings: ConsoleSettings) -> None:
    """Refuse what parses alone but cannot be meant."""
    if settings.port > 65535:
        raise SettingError("TALLOW_CONSOLE_PORT", "is out of range", "1 to 65535")
    if settings.token and len(settings.token) < 16:
        raise SettingError("TALLOW_CONSOLE_TOKEN", "is too short", "16 characters or more")
    if settings.hash_key and len(settings.hash_key) < 32:
        raise SettingError("TALLOW_CONSOLE_HASH_KEY", "is too short", "32 characters or more")
    for key in settings.ingest_keys:
        if re.fullmatch(r"[A-Za-z0-9_-]{16,128}", key) is None:
            expected = "16 to 128 of A-Z, a-z, 0-9, _ and -"
            raise SettingError("TALLOW_CONSOLE_INGEST_KEYS", "has a key that is unsafe", expected)
    for name in _DAYS:
        if getattr(settings, name) > _MOST_DAYS:
            variable = f"TALLOW_CONSOLE_{name.upper()}"
            raise SettingError(variable, "is out of range", f"1 to {_MOST_DAYS} days")
    if settings.memory_max_bytes < _LEAST_MEMORY_BYTES:
        expected = f"{_LEAST_MEMORY_BYTES} bytes or more"
        raise SettingError("TALLOW_CONSOLE_MEMORY_MAX_BYTES", "is too small", expected)
    if settings.store_url:
        values.address("TALLOW_CONSOLE_STORE_URL", settings.store_url)
    for target in settings.targets:
        values.address("TALLOW_CONSOLE_TARGETS", target)
    for network in settings.trusted_proxies:
        values.network("TALLOW_CONSOLE_TRUSTED_PROXIES", network)

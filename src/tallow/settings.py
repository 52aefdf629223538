"""Every choice there is, typed, and read once at the start.

`TALLOW_` and a field's name in capitals is its environment variable; a keyword to `init()` beats
it; names people already have (`SENTRY_DSN`, `LOKI_URL` ...) are taken when neither is given.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from types import MappingProxyType
from typing import Final, Literal, get_args

import platformdirs

from . import values
from .exceptions import SettingError

__all__ = [
    "ALIASES",
    "LEVELS",
    "MIB",
    "Level",
    "Settings",
    "current",
    "default_data_dir",
    "read",
    "use",
]

MIB: Final = 1024 * 1024

ALIASES: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "sentry_dsn": ("SENTRY_DSN",),
        "plausible_domain": ("PLAUSIBLE_DOMAIN",),
        "plausible_host": ("PLAUSIBLE_HOST",),
        "loki_url": ("LOKI_URL",),
        "metrics_token": ("METRICS_TOKEN",),
        "health_check_token": ("HEALTH_CHECK_TOKEN",),
    }
)
"""Field → environment names that others have made usual."""

Level = Literal["debug", "info", "warning", "error", "critical"]
LEVELS: tuple[Level, ...] = ("debug", "info", "warning", "error", "critical")
LogFormat = Literal["auto", "json", "pretty", "none"]
Environment = Literal["development", "test", "staging", "production"]


def default_data_dir() -> Path:
    """Return where this user's Tallow data goes by the platform's convention."""
    return Path(platformdirs.user_data_dir("tallow", appauthor=False))


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Every choice of the SDK. A field's docstring is its entry on the reference page."""

    service: str = "app"
    """Name of the application: `service` on every log line, label and event."""

    environment: Environment = "development"
    """Where it runs. `production` logs JSON by default; the others log for people."""

    release: str = ""
    """Version of the application, as errors and logs should show it."""

    data_dir: Path = Path()
    """Folder for the journal and keys, made when missing, mode 0700."""

    sentry_dsn: str = ""
    """Where errors go: `https://KEY@HOST/PROJECT`. Empty: errors are only logged."""

    loki_url: str = ""
    """Base address of Loki or the console, with credentials if it needs them. Empty: not sent."""

    plausible_host: str = ""
    """Base address of Plausible or the console. Empty: analytics are counted, not sent."""

    plausible_domain: str = ""
    """The site's name in Plausible. Needed when `plausible_host` is given."""

    metrics_token: str = ""
    """Bearer token of `/api/metrics`. Empty: the route answers 403 to everyone."""

    health_check_token: str = ""
    """Bearer token of `/api/health/detailed`. Empty: the route answers 403 to everyone."""

    log_level: Level = "info"
    """The lowest level that is kept."""

    log_format: LogFormat = "auto"
    """How lines look on stdout: `json`, `pretty`, `auto`: by environment, or `none`: not there."""

    bridge_logging: bool = True
    """Take in the lines of the standard `logging` that reach its root."""

    own_modules: tuple[str, ...] = ()
    """Modules of the application: their frames are shown first and tell errors apart. Besides
    them all that is neither installed nor of the standard library."""

    journal_max_bytes: int = 64 * MIB
    """Disk the journal may fill for each sink while it is down. Full: the oldest go, counted."""

    error_sample_ratio: float = 1.0
    """Share of errors that are sent, 0 to 1; which ones is decided before they are built."""

    error_source: bool = False
    """Send the lines of source around each frame of a stack. They may quote secrets in code."""

    respect_dnt: bool = True
    """Send no analytics or vitals of a browser that says `DNT: 1`."""

    respect_gpc: bool = True
    """Send no analytics or vitals of a browser that says `Sec-GPC: 1`."""

    trusted_proxies: tuple[str, ...] = ()
    """Networks (`10.0.0.0/8`) whose `X-Forwarded-For` is believed. Others' is ignored."""

    scrub_rules: Path | None = None
    """A file of your own scrub rules, added to the built-in ones."""

    scrub_safe_keys: tuple[str, ...] = ()
    """Field names whose values are scrubbed only by pattern, never because of the name."""

    scrub_safe_values: tuple[str, ...] = ()
    """Whole values, in any case, that are never scrubbed."""

    scrub_secret_keys: tuple[str, ...] = ()
    """Further field names whose values never leave."""

    scrub_uuids: bool = False
    """Treat UUIDs as personal. They usually name builds, traces and rows, so they stay."""

    scrub_private_ips: bool = True
    """Replace addresses of private networks (`10.0.0.0/8`, `fc00::/7`) too."""

    scrub_url_users: bool = True
    """Replace a user name that stands in a URL even without a password."""

    scrub_pseudonyms: bool = False
    """Markers carry a keyed pseudonym (`[email:3fa2]`), so that one person can be counted."""

    hash_key: str = ""
    """Secret behind user hashes and pseudonyms, 32 or more characters; made when empty."""

    flush_interval_s: float = 0.2
    """How long the shipper waits for more before it sends what it has."""

    http_timeout_s: float = 10.0
    """How long one delivery may take before it counts as failed."""


_in_use: "Settings | None" = None


def current() -> Settings:
    """Return the settings `init()` chose, or the defaults before it."""
    return _DEFAULTS if _in_use is None else _in_use


def use(settings: Settings | None) -> Settings | None:
    """Make these the current ones and return those before; only `init()` and its like call it."""
    global _in_use
    before, _in_use = _in_use, settings
    return before


def read(environ: Mapping[str, str] | None = None, **given: object) -> Settings:
    """Return the settings of keywords, then `TALLOW_*`, then the usual names, then defaults.

    Raises:
        SettingError: unknown keyword, a value that does not parse, or a contradiction.
    """
    env = os.environ if environ is None else environ
    known = {field.name: field for field in fields(Settings)}
    for name in given:
        if name not in known:
            raise SettingError(name, "is not a setting", f"one of {', '.join(sorted(known))}")
    chosen: dict[str, object] = {}
    said_as = {name: f"TALLOW_{name.upper()}" for name in known}
    for name in known:
        if name in given:
            chosen[name] = _parse(name, name, given[name])
            continue
        for variable in (f"TALLOW_{name.upper()}", *ALIASES.get(name, ())):
            if env.get(variable, "") != "":
                chosen[name] = _parse(name, variable, env[variable])
                said_as[name] = variable
                break
    chosen.setdefault("data_dir", default_data_dir())
    settings = Settings(**chosen)  # type: ignore[arg-type]  # each was parsed to its field's type
    _check(settings, said_as)
    return settings


def _parse(name: str, said_as: str, raw: object) -> object:
    """Return `raw`, from the environment or a keyword, as the type its field has."""
    if name in _CHOICES:
        return values.choice(said_as, raw, _CHOICES[name])
    if name in _PATHS:
        return None if raw is None else values.path(said_as, raw)
    return values.READERS[type(getattr(_DEFAULTS, name))](said_as, raw)


_CHOICES: Final[Mapping[str, tuple[str, ...]]] = {
    "environment": get_args(Environment),
    "log_format": get_args(LogFormat),
    "log_level": LEVELS,
}
_PATHS: Final = frozenset({"data_dir", "scrub_rules"})
_DEFAULTS: Final = Settings()


def _check(settings: Settings, said_as: Mapping[str, str]) -> None:
    """Refuse what parses alone but cannot be meant; `said_as` is how each field was given."""
    if settings.sentry_dsn:
        _check_dsn(said_as["sentry_dsn"], settings.sentry_dsn)
    for name in ("loki_url", "plausible_host"):
        if getattr(settings, name):
            values.address(said_as[name], getattr(settings, name))
    if settings.plausible_host and not settings.plausible_domain:
        raise SettingError("TALLOW_PLAUSIBLE_DOMAIN", "is missing", "the site's name, as Plausible")
    if not 0 <= settings.error_sample_ratio <= 1:
        raise SettingError("TALLOW_ERROR_SAMPLE_RATIO", "is out of range", "a number from 0 to 1")
    for network in settings.trusted_proxies:
        values.network("TALLOW_TRUSTED_PROXIES", network)
    if settings.hash_key and len(settings.hash_key) < 32:
        raise SettingError("TALLOW_HASH_KEY", "is too short", "32 characters or more")


def _check_dsn(said_as: str, dsn: str) -> None:
    expected = "https://KEY@HOST/PROJECT"
    parts = values.address(said_as, dsn, expected)
    if not parts.username:
        raise SettingError(said_as, "has no key", expected)
    if not parts.path.rstrip("/").rsplit("/", 1)[-1].isdecimal():
        raise SettingError(said_as, "has no project", expected)

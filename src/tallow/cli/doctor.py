"""`tallow doctor`: what is set and from where, what is reachable, what is missing."""

import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields
from importlib.util import find_spec
from pathlib import Path
from typing import Final, Literal
from urllib.parse import urlsplit

import click
from rich.console import Console
from rich.markup import escape

from tallow.exceptions import RuleError
from tallow.scrub.policy import Policy
from tallow.scrub.scrubber import Scrubber
from tallow.settings import ALIASES, Settings, read

__all__ = ["doctor"]

_SECRET: Final = frozenset({"metrics_token", "health_check_token", "hash_key"})
_ADDRESS: Final = frozenset({"sentry_dsn", "loki_url", "plausible_host"})
_ANSWERS_WITHIN_S: Final = 3.0
_MARK: Final = {
    "ok": "[green]✓[/]",
    "off": "[dim]–[/]",
    "warning": "[yellow]![/]",
    "bad": "[red]✗[/]",
}

State = Literal["ok", "off", "warning", "bad"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: what, how it stands, and what to do about it."""

    room: str
    what: str
    state: State
    says: str
    mend: str = ""


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print findings as JSON.")
def doctor(as_json: bool) -> None:
    """Say what is set, what is reachable, and what is missing. Exit 1 when something is bad."""
    settings = read()
    findings = [*_engine(settings), *_sinks(settings), *_routes(settings), *_extras()]
    if as_json:
        said = {"findings": [asdict(one) for one in findings], "settings": _set(settings)}
        click.echo(json.dumps(said, indent=2))
    else:
        _print(findings, settings)
    sys.exit(1 if any(one.state == "bad" for one in findings) else 0)


def _engine(settings: Settings) -> Iterator[Finding]:
    try:
        name = Scrubber(Policy.of(settings)).engine
    except RuleError as error:
        yield Finding("scrub", "rules", "bad", str(error), "mend the file TALLOW_SCRUB_RULES names")
    else:
        if name == "c":
            yield Finding("scrub", "engine", "ok", "C")
        else:
            said = {"re": "Python's own re", "re2": "google-re2"}[name]
            mend = "a C compiler at install, and rules of your own it can hold: ten times faster"
            yield Finding("scrub", "engine", "warning", said, mend)
    yield _journal(settings)


def _journal(settings: Settings) -> Finding:
    if not any(getattr(settings, name) for name in _ADDRESS):
        return Finding("delivery", "journal", "off", "no sink to keep anything for")
    folder = settings.data_dir
    nearest = next(path for path in (folder, *folder.parents) if path.exists())
    if not _can_write(nearest):
        mend = "set TALLOW_DATA_DIR to a folder this user may write to"
        return Finding("delivery", "journal", "bad", f"{folder} cannot be written", mend)
    kept = sum(file.stat().st_size for file in folder.glob("journal/*/*.seg"))
    return Finding("delivery", "journal", "ok", f"{folder}, {kept} bytes waiting or kept")


def _can_write(folder: Path) -> bool:
    """Return whether a file can be made there, by making one that has no name."""
    try:
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False


def _sinks(settings: Settings) -> Iterator[Finding]:
    for name, variable in (
        ("sentry_dsn", "SENTRY_DSN=http://KEY@127.0.0.1:8100/1"),
        ("loki_url", "LOKI_URL=http://tallow:KEY@127.0.0.1:8100"),
        ("plausible_host", "PLAUSIBLE_HOST=http://127.0.0.1:8100 PLAUSIBLE_DOMAIN=shop.example"),
    ):
        room = name.split("_", 1)[0]
        address = getattr(settings, name)
        if not address:
            yield Finding("sinks", room, "off", "not set: nothing is sent", f"export {variable}")
            continue
        yield _reach(room, address)


def _reach(room: str, address: str) -> Finding:
    """Return whether anything speaks HTTP at an address; what it answers does not matter."""
    import urllib3

    parts = urlsplit(address)
    place = f"{parts.scheme}://{parts.hostname}" + (f":{parts.port}" if parts.port else "")
    began = time.perf_counter()
    try:
        with urllib3.PoolManager(retries=False, timeout=_ANSWERS_WITHIN_S) as pool:
            pool.request("GET", f"{place}/")
    except urllib3.exceptions.HTTPError as error:
        mend = "start it, or mend the address; what is sent meanwhile waits in the journal"
        return Finding("sinks", room, "bad", f"{place} does not answer ({_kind(error)})", mend)
    took_ms = (time.perf_counter() - began) * 1000
    return Finding("sinks", room, "ok", f"{place} answers in {took_ms:.0f} ms")


def _kind(error: Exception) -> str:
    """Return what went wrong in words, from the class alone: its text may quote the address."""
    name = type(error).__name__.removesuffix("Error")
    return "".join(f" {char.lower()}" if char.isupper() else char for char in name).strip()


def _routes(settings: Settings) -> Iterator[Finding]:
    for name, route in (
        ("metrics_token", "/api/metrics"),
        ("health_check_token", "/api/health/detailed"),
    ):
        if getattr(settings, name):
            yield Finding("routes", route, "ok", f"answers with {name.upper()}")
        else:
            mend = f"export {name.upper()}=$(openssl rand -hex 24)"
            yield Finding("routes", route, "warning", "answers 403 to everyone: no token", mend)


def _extras() -> Iterator[Finding]:
    for extra, module in (("console", "chdb"), ("transfer", "cpace"), ("starlette", "starlette")):
        if find_spec(module) is None:
            yield Finding("extras", extra, "off", "not installed", f"pip install 'tallow[{extra}]'")
        else:
            yield Finding("extras", extra, "ok", "installed")


def _set(settings: Settings) -> dict[str, dict[str, str]]:
    """Return every setting as it may be shown, and where it came from."""
    return {
        field.name: {"value": _shown(field.name, settings), "from": _source(field.name)}
        for field in fields(settings)
    }


def _shown(name: str, settings: Settings) -> str:
    value = getattr(settings, name)
    if name in _SECRET:
        return f"set, {len(value)} characters" if value else "not set"
    if name in _ADDRESS and value:
        parts = urlsplit(value)
        host = parts.hostname + (f":{parts.port}" if parts.port else "")
        return f"{parts.scheme}://{'…@' if parts.username else ''}{host}{parts.path}"
    return "not set" if value in ("", (), None) else str(value)


def _source(name: str) -> str:
    for variable in (f"TALLOW_{name.upper()}", *ALIASES.get(name, ())):
        if os.environ.get(variable):
            return variable
    return "default"


def _print(findings: list[Finding], settings: Settings) -> None:
    console = Console(highlight=False, soft_wrap=True)
    width = max(len(one.what) for one in findings)
    for one in findings:
        console.print(f"{_MARK[one.state]} {one.room:<9} {one.what:<{width}}  {escape(one.says)}")
        if one.mend:
            console.print(f"  [dim]→ {escape(one.mend)}[/]")
    chosen = _set(settings)
    width = max(map(len, chosen))
    console.print()
    for name, row in chosen.items():
        source = "" if row["from"] == "default" else f"  [dim]from {row['from']}[/]"
        console.print(f"  {name:<{width}}  {escape(row['value'])}{source}")
    if all(one.state == "off" for one in findings if one.room == "sinks"):
        console.print("\nNo sink is set: init() costs nothing, and nothing leaves this process.")

"""What a request says of its sender, as far as it is worth keeping: browser, system, country."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, Literal

__all__ = ["Agent", "country_of", "read_agent"]

Device = Literal["desktop", "mobile", "tablet", ""]

_LONGEST: Final = 512
_GENERAL: Final = re.compile(
    r"([A-Za-z][A-Za-z .]{1,30}?)(?: \d{1,4})?, ([A-Za-z][A-Za-z .]{1,20})"
)
_ROBOT: Final = re.compile(
    r"bot\b|crawl|spider|slurp|headless|phantomjs|lighthouse|pingdom|uptime|monitor|preview"
    r"|curl/|wget/|python-|httpx|aiohttp|go-http|java/|okhttp|libwww|scrapy",
    re.IGNORECASE,
)
_TABLET: Final = re.compile(r"ipad|tablet|kindle|silk/|playbook", re.IGNORECASE)
_MOBILE: Final = re.compile(r"mobi|iphone|ipod|android", re.IGNORECASE)
_PHONES: Final = frozenset({"Android", "iOS"})


@dataclass(frozen=True, slots=True)
class Agent:
    """A browser by family (`Chrome`), without version; `is_robot` is a guess on the safe side."""

    browser: str = ""
    os: str = ""
    device: Device = ""
    is_robot: bool = False


@lru_cache(maxsize=4096)
def read_agent(header: str) -> Agent:
    """Return what a User-Agent header says, or the general one our own SDK sends instead.

    >>> read_agent("Chrome 156, Linux").browser
    'Chrome'
    """
    header = header[:_LONGEST]
    general = _GENERAL.fullmatch(header)
    if general:
        device: Device = "mobile" if general[2] in _PHONES else "desktop"
        return Agent(general[1], general[2], device, is_robot=_ROBOT.search(header) is not None)
    browser, os, kind = _parsed(header)
    is_robot = not header or kind == "Spider" or _ROBOT.search(header) is not None
    return Agent(browser, os, "" if is_robot else _device(header), is_robot)


def country_of(address: str) -> str:
    """Return the country an address was assigned to, two capitals, empty when nobody's.

    From the tables of the regional registries; the address itself is not kept.
    """
    from iptocc import country_code

    return country_code(address) or ""


def _parsed(header: str) -> tuple[str, str, str]:
    """Return the families of browser, system and device."""
    found = _parser()(header)
    browser = found.user_agent.family if found.user_agent else ""
    browser = browser.replace("Mobile", "").replace("WebView", "").replace("  ", " ").strip()
    os = found.os.family if found.os else ""
    return browser, os, found.device.family if found.device else ""


def _device(header: str) -> Device:
    android_tablet = "Android" in header and "Mobile" not in header
    if _TABLET.search(header) or android_tablet:
        return "tablet"
    return "mobile" if _MOBILE.search(header) else "desktop"


@lru_cache(maxsize=1)
def _parser() -> Any:
    """Return the parser; it costs a quarter of a second and 35 MB, so not before it is needed."""
    from ua_parser import Domain
    from ua_parser.loaders import load_builtins
    from ua_parser.regex import Resolver

    resolve = Resolver(load_builtins())
    return lambda header: resolve(header, Domain.ALL)

"""Keyed hashes of people that cannot be recomputed once their key is gone."""

import hashlib
import hmac
import re
import secrets
import time
from collections.abc import Callable
from threading import Lock

__all__ = ["Identity", "general_agent"]

_DAY_S = 86_400
_ALREADY = re.compile(r"user-[0-9a-f]{16}")
_GENERAL = re.compile(r"[A-Z][A-Za-z ]{1,20}(?: [0-9]{1,4})?, [A-Z][A-Za-z ]{1,12}")
_BROWSERS = (
    ("Edge", re.compile(r"Edg(?:e|A|iOS)?/([0-9]{1,4})")),
    ("Opera", re.compile(r"(?:OPR|Opera)/([0-9]{1,4})")),
    ("Samsung Internet", re.compile(r"SamsungBrowser/([0-9]{1,4})")),
    ("Firefox", re.compile(r"(?:Firefox|FxiOS)/([0-9]{1,4})")),
    ("Headless Chrome", re.compile(r"HeadlessChrome/([0-9]{1,4})")),
    ("Chrome", re.compile(r"(?:Chrome|CriOS|Chromium)/([0-9]{1,4})")),
    ("Safari", re.compile(r"Version/([0-9]{1,4}).{0,40}Safari/")),
)
_SYSTEMS = (
    ("Android", re.compile(r"Android")),
    ("iOS", re.compile(r"iPhone|iPad|iPod")),
    ("Windows", re.compile(r"Windows")),
    ("macOS", re.compile(r"Mac OS X|Macintosh")),
    ("ChromeOS", re.compile(r"CrOS")),
    ("Linux", re.compile(r"Linux|X11")),
)
_ROBOT = re.compile(r"bot\b|crawl|spider|slurp|preview|monitor|uptime", re.IGNORECASE)
_LONGEST_AGENT = 1000


class Identity:
    """Hashes user ids, visitors and pseudonyms; each kind under a key of its own.

    User hashes change when the UTC day does: the day is part of the key derivation. The visitor
    key is random, lives in memory only and is forgotten a day after its own has ended. Any thread
    may call any method.
    """

    def __init__(self, hash_key: str = "", now: Callable[[], float] = time.time) -> None:
        self._key = hash_key.encode("utf-8", "replace") or secrets.token_bytes(32)
        self._now = now
        self._lock = Lock()
        self._visitor_keys: dict[int, bytes] = {}

    def user(self, user_id: str) -> str:
        """Return `user-` and 16 hex digits; a value of that shape is returned as it is."""
        if _ALREADY.fullmatch(user_id):
            return user_id
        return "user-" + self._digest(self._day_key(b"user"), user_id)[:16]

    def pseudonym(self, kind: str, secret: str) -> str:
        """Return 4 hex digits that are the same for the same secret on the same UTC day."""
        return self._digest(self._day_key(kind.encode()), secret)[:4]

    def visitor(self, address: str, user_agent: str, domain: str, at_s: float | None = None) -> str:
        """Return 30 hex digits for one visitor of one site on the UTC day of `at_s`.

        Yesterday's key serves events that arrive late; what is older is hashed under today's.
        """
        key = self._visitor_key(self._now() if at_s is None else at_s)
        return self._digest(key, f"{address}\n{user_agent}\n{domain}")[:30]

    def _visitor_key(self, at_s: float) -> bytes:
        today = int(self._now() // _DAY_S)
        day = int(at_s // _DAY_S)
        if day not in (today, today - 1):
            day = today
        with self._lock:
            for old in [kept for kept in self._visitor_keys if kept < today - 1]:
                del self._visitor_keys[old]
            return self._visitor_keys.setdefault(day, secrets.token_bytes(32))

    def _day_key(self, purpose: bytes) -> bytes:
        day = str(int(self._now() // _DAY_S)).encode()
        return hmac.digest(self._key, purpose + b"/" + day, "sha256")

    @staticmethod
    def _digest(key: bytes, text: str) -> str:
        data = text.encode("utf-8", "surrogatepass")
        return hmac.new(key, data, hashlib.sha256).hexdigest()


def general_agent(user_agent: str) -> str:
    """Return what is general about a browser: its name, major version and system.

    >>> general_agent("Mozilla/5.0 (X11; Linux x86_64) Chrome/156.0.1.2 Safari/537.36")
    'Chrome 156, Linux'
    """
    said = user_agent[:_LONGEST_AGENT]
    if not said or _GENERAL.fullmatch(said):
        return said
    if _ROBOT.search(said):
        return "Bot, Other"
    system = next((name for name, sign in _SYSTEMS if sign.search(said)), "Other")
    for name, sign in _BROWSERS:
        version = sign.search(said)
        if version:
            return f"{name} {version.group(1)}, {system}"
    return f"Other, {system}"

"""What the owner of a deployment may choose about scrubbing, and what has been counted."""

from collections import Counter, deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from types import MappingProxyType
from typing import Literal

from tallow.settings import Settings

__all__ = ["EngineName", "Policy", "count", "counters"]

_MOST_STRUCK = 10_000

EngineName = Literal["auto", "c", "re2", "re"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """The switches of the scrubber; the defaults are the strict side of each question."""

    rules_file: Path | None = None
    """A file of rules, keys and safe words to add to the built-in ones."""

    safe_keys: frozenset[str] = frozenset()
    """Field names whose values are scrubbed only by pattern, never by name."""

    safe_values: frozenset[str] = frozenset()
    """Whole values, lower case, that are never scrubbed."""

    secret_keys: frozenset[str] = frozenset()
    """Further field names whose values are dropped whole."""

    scrub_uuids: bool = False
    """Treat UUIDs as personal. Off: they are how builds, traces and rows are named."""

    keep_private_ips: bool = False
    """Leave addresses of private networks (10/8, fc00::/7 ...) as they are."""

    scrub_url_users: bool = True
    """Replace a user name that stands in a URL even without a password."""

    pseudonyms: bool = False
    """Markers carry a keyed pseudonym: `[email:3fa2]`."""

    hash_key: str = ""
    """Secret behind hashes and pseudonyms; empty: random for the life of the process."""

    engine: EngineName = "auto"
    """Which regex engine: `auto` takes the fastest there is: C, google-re2, `re`."""

    @classmethod
    def of(cls, settings: Settings, hash_key: str = "") -> "Policy":
        """Return the policy that settings ask for; `hash_key` is for when they have none."""
        return cls(
            rules_file=settings.scrub_rules,
            safe_keys=frozenset(settings.scrub_safe_keys),
            safe_values=frozenset(value.lower() for value in settings.scrub_safe_values),
            secret_keys=frozenset(settings.scrub_secret_keys),
            scrub_uuids=settings.scrub_uuids,
            keep_private_ips=not settings.scrub_private_ips,
            scrub_url_users=settings.scrub_url_users,
            pseudonyms=settings.scrub_pseudonyms,
            hash_key=settings.hash_key or hash_key,
        )


_lock = Lock()
_counts: Counter[str] = Counter()
_struck: deque[str] = deque()
"""What struck since it was last counted: to note it takes no lock."""


def count(rules: Iterable[str]) -> None:
    """Add one to the counter of each rule in `rules`. Any thread may call it."""
    _struck.extend(rules)
    if len(_struck) > _MOST_STRUCK:
        counters()


def counters() -> Mapping[str, int]:
    """Return how often each rule has struck since the process started."""
    with _lock:
        noted = len(_struck)
        _counts.update(_struck.popleft() for _ in range(noted))
        return MappingProxyType(dict(_counts))

"""Nothing personal leaves: text, objects, URLs and records, scrubbed by one set of rules."""

import re
from collections.abc import Mapping
from threading import Lock
from typing import Any, Final

from tallow.records import Clean, JsonValue

from .cleaning import Cleaner, R
from .identity import Identity
from .policy import Policy, count, counters
from .scrubber import DROPPED, LONGEST_TEXT, Scrubber
from .urls import scrub_address
from .walk import Finding, Walker, overwritten, well_formed

__all__ = [
    "Finding",
    "Policy",
    "clean",
    "clean_json",
    "clean_text",
    "configure",
    "contains_pii",
    "counters",
    "explain",
    "hash_user_id",
    "restored",
    "sanitize_props",
    "scrub_object",
    "scrub_pii",
    "scrub_url",
]


class _Room:
    """What one policy comes to. Swapped whole, so that any thread sees one or the other."""

    def __init__(self, policy: Policy) -> None:
        self.scrubber = Scrubber(policy)
        self.identity = Identity(policy.hash_key)
        self.cleaner = Cleaner(
            walk=self.walk,
            url=self.url,
            user=self.identity.user,
            visitor=self.identity.visitor,
            dropped=lambda: count(("dropped",)),
        )

    def walk(self, value: Any, kept: Mapping[str, re.Pattern[str]] | None = None) -> Any:
        return Walker(self.scrubber, self.identity, kept).walk(value)

    def text(self, text: str) -> str:
        """Return `text` scrubbed; the short way for what most lines are."""
        try:
            if len(text) > LONGEST_TEXT:
                raise OverflowError("longer than the budget")
            text = well_formed(text)
            hits = self.scrubber.hits(text)
            if not hits:
                return text
            count([hit.label.id for hit in hits])
            return overwritten(text, hits, self.scrubber.policy.pseudonyms, self.identity)
        except Exception:  # fail closed: whatever went wrong, the text does not pass
            count(("dropped",))
            return DROPPED

    def url(self, url: str) -> str:
        return scrub_address(url, self.scrubber.book.query_keep, self.walk)


_making: Final = Lock()
_room: _Room | None = None


def _current() -> _Room:
    """Return the room, made at first use: compiling the rules takes a moment."""
    global _room
    if _room is None:
        with _making:
            if _room is None:
                _room = _Room(Policy())
    return _room


def configure(policy: Policy) -> None:
    """Scrub by `policy` from now on, in all threads.

    Raises:
        RuleError: the user's rules file is refused; the policy before stays in force.
    """
    global _room
    room = _Room(policy)
    with _making:
        _room = room


def scrub_pii(text: str) -> str:
    """Return `text` with a marker in place of everything personal or secret.

    >>> scrub_pii("mail ann@example.org from 192.0.2.7:80")
    'mail [email] from [ip]:80'
    """
    return _current().text(text)


def contains_pii(text: str) -> bool:
    """Say whether `scrub_pii` would change `text`."""
    return bool(explain(text))


def scrub_object(value: Any) -> Any:
    """Return any value as plain data with keys and values scrubbed; it never raises.

    Mappings, lists, tuples, numbers and bytes stay what they are; a number that is a card becomes
    text; dataclasses and exceptions become mappings; other objects the text of their `repr`.
    """
    return _current().walk(value)


def scrub_url(url: str) -> str:
    """Return `url` without credentials, fragment and all but the allowed query parameters.

    >>> scrub_url("https://ann:pw@example.org/a?utm_source=x&q=ann#top")
    'https://example.org/a?utm_source=x'
    """
    return _current().url(str(url))


def sanitize_props(props: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the properties of an event, scrubbed, as a mapping of the same keys."""
    scrubbed = _current().walk(props)
    return scrubbed if isinstance(scrubbed, dict) else {}


def hash_user_id(user_id: str) -> str:
    """Return `user-` and 16 hex digits: a keyed hash that changes with the UTC day."""
    return _current().identity.user(str(user_id))


def explain(value: Any) -> list[Finding]:
    """Return what would be scrubbed in `value`, by which rule and where; never the secret."""
    room = _current()
    findings: list[Finding] = []
    Walker(room.scrubber, room.identity, findings=findings).walk(value)
    return findings


def clean(record: R) -> Clean[R]:
    """Return `record` scrubbed field by field; what cannot be scrubbed is dropped and counted."""
    return _current().cleaner.record(record)


def restored(record: R) -> Clean[R]:
    """Return as clean a record read back from the journal: it was clean when it was written."""
    return Cleaner.restored(record)


def clean_text(text: str) -> Clean[str]:
    """Return `text` scrubbed; for label values and the like."""
    return _current().cleaner.text(text)


def clean_json(value: JsonValue) -> Clean[JsonValue]:
    """Return a JSON value scrubbed."""
    return _current().cleaner.json(value)

"""Nothing personal leaves: text, objects, URLs and records, scrubbed by one set of rules."""

from collections.abc import Mapping
from typing import Any

from tallow.records import Clean, JsonValue

from .cleaning import Cleaner, R
from .policy import Policy, counters
from .report import Place, find_in_stream, to_json, to_sarif, to_text
from .room import configure, current
from .stream import scrub_stream
from .walk import Finding, Walker

__all__ = [
    "Finding",
    "Place",
    "Policy",
    "clean",
    "clean_json",
    "clean_text",
    "configure",
    "contains_pii",
    "counters",
    "explain",
    "find_in_stream",
    "hash_user_id",
    "restored",
    "sanitize_props",
    "scrub_object",
    "scrub_pii",
    "scrub_stream",
    "scrub_url",
    "to_json",
    "to_sarif",
    "to_text",
]


def scrub_pii(text: str) -> str:
    """Return `text` with a marker in place of everything personal or secret.

    >>> scrub_pii("mail ann@example.org from 192.0.2.7:80")
    'mail [email] from [ip]:80'
    """
    return current().text(text)


def contains_pii(text: str) -> bool:
    """Say whether `scrub_pii` would change `text`."""
    return bool(explain(text))


def scrub_object(value: Any) -> Any:
    """Return any value as plain data with keys and values scrubbed; it never raises.

    Mappings, lists, tuples, numbers and bytes stay what they are; a number that is a card becomes
    text; dataclasses and exceptions become mappings; other objects the text of their `repr`.
    """
    return current().walk(value)


def scrub_url(url: str) -> str:
    """Return `url` without credentials, fragment and all but the allowed query parameters.

    >>> scrub_url("https://ann:pw@example.org/a?utm_source=x&q=ann#top")
    'https://example.org/a?utm_source=x'
    """
    return current().url(str(url))


def sanitize_props(props: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the properties of an event, scrubbed, as a mapping of the same keys."""
    scrubbed = current().walk(props)
    return scrubbed if isinstance(scrubbed, dict) else {}


def hash_user_id(user_id: str) -> str:
    """Return `user-` and 16 hex digits: a keyed hash that changes with the UTC day."""
    return current().identity.user(str(user_id))


def explain(value: Any) -> list[Finding]:
    """Return what would be scrubbed in `value`, by which rule and where; never the secret."""
    room = current()
    findings: list[Finding] = []
    Walker(room.scrubber, room.identity, findings=findings).walk(value)
    return findings


def clean(record: R) -> Clean[R]:
    """Return `record` scrubbed field by field; what cannot be scrubbed is dropped and counted."""
    return current().cleaner.record(record)


def restored(record: R) -> Clean[R]:
    """Return as clean a record read back from the journal: it was clean when it was written."""
    return Cleaner.restored(record)


def clean_text(text: str) -> Clean[str]:
    """Return `text` scrubbed; for label values and the like."""
    return current().cleaner.text(text)


def clean_json(value: JsonValue) -> Clean[JsonValue]:
    """Return a JSON value scrubbed."""
    return current().cleaner.json(value)

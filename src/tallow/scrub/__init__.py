"""Nothing personal leaves: text, objects, URLs and records, scrubbed by one set of rules."""

import dataclasses
from collections.abc import Mapping
from typing import Any, TypeVar
from urllib.parse import urlsplit, urlunsplit

from tallow.records import Clean, ErrorItem, JsonValue, LogLine, PageEvent, Vital
from .identity import Identity
from .policy import Policy, counters
from .scrubber import Finding, Scrubber

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

R = TypeVar("R", LogLine, ErrorItem, PageEvent, Vital)

_scrubber = Scrubber()
_identity = Identity()


def configure(policy: Policy) -> None:
    """Use `policy` from now on.

    Raises:
        RuleError: the user's rules file is refused.
    """
    global _identity
    _identity = Identity(policy.hash_key)


def scrub_pii(text: str) -> str:
    """Return `text` with a marker in place of everything personal or secret."""
    return _scrubber.scrub(text)


def contains_pii(text: str) -> bool:
    """Say whether `scrub_pii` would change `text`."""
    return bool(_scrubber.find(text))


def scrub_object(value: Any) -> Any:
    """Return `value` as plain data with keys and values scrubbed."""
    if isinstance(value, str):
        return scrub_pii(value)
    if isinstance(value, Mapping):
        return {scrub_pii(str(key)): scrub_object(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [scrub_object(entry) for entry in value]
    if value is None or isinstance(value, bool | int | float):
        return value
    return scrub_pii(repr(value))


def scrub_url(url: str) -> str:
    """Return `url` without credentials, fragment and unknown query parameters."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit((parts.scheme, host, scrub_pii(parts.path), "", ""))


def sanitize_props(props: Mapping[str, Any]) -> dict[str, JsonValue]:
    """Return the properties of an analytics event, scrubbed."""
    return {scrub_pii(key): scrub_object(value) for key, value in props.items()}


def hash_user_id(user_id: str) -> str:
    """Return a keyed hash of `user_id` that changes each UTC day."""
    return _identity.user(user_id)


def explain(value: Any) -> list[Finding]:
    """Return what would be scrubbed in `value`, by which rule and where; never the secret."""
    return _scrubber.find(value) if isinstance(value, str) else []


def clean(record: R) -> Clean[R]:
    """Return `record` scrubbed, field by field."""
    if isinstance(record, PageEvent):
        visitor = record.visitor or _identity.visitor(
            record.address, record.user_agent, record.domain, record.timestamp_s
        )
        record = dataclasses.replace(
            record, visitor=visitor, address="", user_agent="", url=scrub_url(record.url)
        )
    fields = {
        field.name: scrub_object(getattr(record, field.name))
        for field in dataclasses.fields(record)
        if field.name not in ("timestamp_s", "level", "type", "event_id", "correlation_id")
    }
    return Clean(dataclasses.replace(record, **fields))


def restored(record: R) -> Clean[R]:
    """Return a record that was clean when it was written to the journal, as clean."""
    return Clean(record)


def clean_text(text: str) -> Clean[str]:
    """Return `text` scrubbed; for label values and the like."""
    return Clean(scrub_pii(text))


def clean_json(value: JsonValue) -> Clean[JsonValue]:
    """Return a JSON value scrubbed."""
    return Clean(scrub_object(value))

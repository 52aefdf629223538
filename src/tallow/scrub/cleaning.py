"""Records made clean, field by field; the one place where `Clean` is made."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final, TypeVar

from tallow.records import Clean, ErrorItem, JsonValue, LogLine, PageEvent, Vital

from .identity import general_agent
from .matcher.engines import Kept
from .scrubber import DROPPED

__all__ = ["Cleaner", "R"]

R = TypeVar("R", LogLine, ErrorItem, PageEvent, Vital)
T = TypeVar("T")

_HEX_ID: Final = re.compile(r"(?:[0-9a-f]{32}|[0-9a-f]{16}|)")
_ANY_ID: Final = re.compile(
    r"[0-9a-fA-F]{8}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{12}(?:-[0-9]{1,8})?"
)
_SPAN_ID: Final = re.compile(r"[0-9a-fA-F]{16}")
_TIME: Final = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,9})?"
    r"(?:Z|[+-][0-9:]{2,6})?"
)
_RELEASE: Final = re.compile(r"(?:[A-Za-z0-9_./-]{1,100}@)?v?[0-9A-Za-z][0-9A-Za-z.+_-]{0,99}")
_NUMBERED: Final = re.compile(r".*[0-9].*")
_VERSION: Final = re.compile(
    r"v?[0-9]{1,9}(?:\.[0-9A-Za-z]{1,20}){0,5}(?:[-+][0-9A-Za-z.+-]{1,60})?"
)
_CODE_NAME: Final = re.compile(r"[A-Za-z_$<][A-Za-z_$<>.:0-9]{0,119}")
_WORD: Final = re.compile(r"[a-z][a-z_.-]{0,40}")
_ADDRESS: Final = re.compile(r"0x[0-9a-fA-F]{1,16}")

_PROTOCOL: Final[dict[str, re.Pattern[str]]] = {
    "event_id": _ANY_ID,
    "trace_id": _ANY_ID,
    "replay_id": _ANY_ID,
    "profile_id": _ANY_ID,
    "profiler_id": _ANY_ID,
    "check_in_id": _ANY_ID,
    "sid": _ANY_ID,
    "debug_id": _ANY_ID,
    "code_id": _ANY_ID,
    "span_id": _SPAN_ID,
    "parent_span_id": _SPAN_ID,
    "segment_id": _SPAN_ID,
    "timestamp": _TIME,
    "start_timestamp": _TIME,
    "started": _TIME,
    "received": _TIME,
    "sent_at": _TIME,
    "version": _VERSION,
    "release": _RELEASE,
    "dist": _RELEASE,
    "build": _RELEASE,
    "function": _CODE_NAME,
    "module": _CODE_NAME,
    "package": _CODE_NAME,
    "type": _CODE_NAME,
    "level": _WORD,
    "platform": _WORD,
    "environment": _WORD,
    "image_addr": _ADDRESS,
    "instruction_addr": _ADDRESS,
    "symbol_addr": _ADDRESS,
}
"""Fields of the Sentry protocol that pass when, and only when, the value has this shape."""


_NOTHING: Final[tuple[Any, ...]] = (None, None, None, None)


class Cleaner:
    """Cleans records with the given parts. Any thread may use it; it never raises."""

    def __init__(
        self,
        walk: Callable[[Any, Kept], Any],
        url: Callable[[str], str],
        user: Callable[[str], str],
        visitor: Callable[[str, str, str, float], str],
        dropped: Callable[[], None],
    ) -> None:
        self._walk = walk
        self._url = url
        self._user = user
        self._visitor = visitor
        self._dropped = dropped

    def record(self, record: R) -> Clean[R]:
        """Return `record` scrubbed; a field that cannot be is dropped alone, and counted."""
        if isinstance(record, LogLine):
            return Clean(self._log(record))
        if isinstance(record, ErrorItem):
            return Clean(self._error(record))
        if isinstance(record, PageEvent):
            return Clean(self._page(record))
        return Clean(self._vital(record))

    @staticmethod
    def restored(record: R) -> Clean[R]:
        """Return as clean a record that was clean when it was written."""
        return Clean(record)

    def text(self, text: str) -> Clean[str]:
        """Return `text` scrubbed."""
        return Clean(self._field(self._words, text, DROPPED))

    def json(self, value: JsonValue) -> Clean[JsonValue]:
        """Return a JSON value scrubbed."""
        return Clean(self._field(self._data, value, DROPPED))

    def _field(self, scrub: Callable[[Any], T], value: Any, instead: T) -> T:
        try:
            return scrub(value)
        except Exception:  # noqa: BLE001 - fail closed: the field goes, the record stays
            self._dropped()
            return instead

    def _words(self, text: Any) -> str:
        return str(self._walk(text, None))

    def _data(self, value: Any) -> Any:
        return self._walk(value, None)

    def _object(self, value: Any) -> dict[str, Any]:
        return dict(self._walk(value, None))

    def _log(self, line: LogLine) -> LogLine:
        # One walk for all of it: most of what a short walk costs is to set out. The message is
        # last, so that it is not taken for a flag that says what the next value is.
        said = (line.context, line.metadata, line.performance, line.message)
        context, metadata, performance, message = self._field(self._words_and_data, said, _NOTHING)
        return LogLine(
            line.timestamp_s,
            line.level,
            message if isinstance(message, str) else DROPPED,
            self._id(line.correlation_id),
            context if isinstance(context, dict) else {},
            metadata if isinstance(metadata, dict) else {},
            performance if isinstance(performance, dict) else {},
        )

    def _words_and_data(self, said: tuple[Any, ...]) -> tuple[Any, ...]:
        return tuple(self._walk(said, None))

    def _id(self, value: str) -> str:
        return value if _HEX_ID.fullmatch(value) else self._field(self._words, value, "")

    def _error(self, item: ErrorItem) -> ErrorItem:
        return replace(
            item,
            type=item.type
            if _WORD.fullmatch(item.type)
            else self._field(self._words, item.type, ""),
            payload=self._field(self._payload, item.payload, {}),
            event_id=self._id(item.event_id),
        )

    def _payload(self, payload: Mapping[str, Any]) -> dict[str, Any]:
        said = dict(payload)
        user = said.pop("user", None)
        device = said.pop("did", None)
        clean: dict[str, Any] = dict(self._walk(said, _PROTOCOL))
        hashed = self._person(user) if isinstance(user, Mapping) else None
        if hashed:
            clean["user"] = {"id": hashed}
        if isinstance(device, str | int) and device != "":
            clean["did"] = self._user(str(device))
        attributes = clean.get("attrs")
        if isinstance(attributes, dict):
            attributes.pop("ip_address", None)
            if isinstance(attributes.get("user_agent"), str):
                attributes["user_agent"] = general_agent(attributes["user_agent"])
        return clean

    def _person(self, user: Mapping[str, Any]) -> str:
        for key in ("id", "email", "username", "ip_address"):
            if isinstance(user.get(key), str | int) and user[key] not in ("", "{{auto}}"):
                return self._user(str(user[key]))
        return ""

    def _page(self, event: PageEvent) -> PageEvent:
        visitor = event.visitor if re.fullmatch(r"[0-9a-f]{8,64}", event.visitor) else ""
        if not visitor and event.address:
            visitor = self._field(self._visitor_of, event, "")
        return replace(
            event,
            name=self._field(self._words, event.name, DROPPED),
            url=self._field(self._url, event.url, ""),
            domain=self._field(self._words, event.domain, ""),
            referrer=self._field(self._url, event.referrer, ""),
            props=self._field(self._object, event.props, {}),
            revenue=self._field(self._object, event.revenue, {}),
            visitor=visitor,
            user_agent=self._field(general_agent, event.user_agent, ""),
            address="",
        )

    def _visitor_of(self, event: PageEvent) -> str:
        return self._visitor(event.address, event.user_agent, event.domain, event.timestamp_s)

    def _vital(self, vital: Vital) -> Vital:
        return replace(
            vital,
            url=self._field(self._url, vital.url, ""),
            domain=self._field(self._words, vital.domain, ""),
            navigation=self._field(self._words, vital.navigation, ""),
        )

"""Any value in, plain data out: keys and values scrubbed, bounded, and never raising."""

import dataclasses
import datetime
import decimal
import enum
import pathlib
import types
import uuid
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any, Final

from .fields import KeyClass, suits
from .identity import Identity
from .matcher.engines import Kept
from .policy import count
from .scrubber import (
    DROPPED,
    LONGEST_TEXT,
    VERSION,
    VERSION_NAME,
    Hit,
    Label,
    Scrubber,
    is_harmless,
)

__all__ = ["CYCLE", "Finding", "Walker", "overwritten", "well_formed"]

CYCLE: Final = "[cycle]"
_DEEPEST: Final = 100
_MOST_NODES: Final = 200_000
_LONGEST_REPR: Final = 10_000
_PASSED_ON: Final = frozenset(("any", "cookie", "address", "person", "date"))
_ITSELF: Final = frozenset(("id", "value", "val", "token"))
_BYTES_AS_SIGNS: Final = {0xDC00 + byte: 0x10FF00 + byte for byte in range(0x80, 0x100)}
"""Bytes that are no text, as signs no rule knows: engines refuse lone surrogates."""
_SIGNS_AS_BYTES: Final = {sign: byte for byte, sign in _BYTES_AS_SIGNS.items()}
_BIG: Final = 10**11
_PLAIN_TYPES: Final = (
    datetime.date,
    datetime.time,
    datetime.timedelta,
    decimal.Decimal,
    uuid.UUID,
    pathlib.PurePath,
    complex,
)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found. `where` is a path like `$.a[0].b`; the secret itself is never here."""

    rule: str
    kind: str
    where: str
    start: int
    length: int
    marker: str


class Walker:
    """Walks one value. Made for one call; not to be shared between threads."""

    def __init__(
        self,
        scrubber: Scrubber,
        identity: Identity,
        kept: Kept = None,
        findings: list[Finding] | None = None,
    ) -> None:
        self._scrubber = scrubber
        self._identity = identity
        self._kept = kept or {}
        self._findings = findings
        self._nodes = _MOST_NODES
        self._chars = LONGEST_TEXT
        self._path: set[int] = set()
        self._struck: list[str] = []

    def walk(self, value: Any) -> Any:
        """Return `value` as plain data, scrubbed; what cannot be scrubbed is `[dropped]`."""
        try:
            if self._findings is None:
                return self._short_way(value)
            return self._value(value, "", None, "$", 0)
        finally:
            if self._struck and self._findings is None:
                count(self._struck)

    def _short_way(self, value: Any) -> Any:
        """Walk plain data in C, as far as that goes; whatever went wrong there, walk it here."""
        budget = (self._nodes, self._chars)
        try:
            walked = self._scrubber.walked(value, self._kept or None, self._resume, budget)
        except Exception:  # noqa: BLE001 - here each value is tried, and dropped, by itself
            walked = None
        if walked is None:
            self._struck.clear()
            self._path.clear()
            self._nodes, self._chars = budget
            return self._value(value, "", None, "$", 0)
        self._struck += walked[1]
        return walked[0]

    def _resume(
        self, value: Any, name: str, label: int, parents: tuple[int, ...], nodes: int, chars: int
    ) -> tuple[Any, int, int]:
        """Go on with a value that is not for C; `parents` are the ids of what it is in."""
        self._nodes, self._chars = nodes, chars
        self._path = set(parents)
        entry = self._scrubber.label(label)
        entry = entry if isinstance(entry, KeyClass) else None
        out = self._value(value, name, entry, "$", len(parents))
        return out, self._nodes, self._chars

    def _dropped(self, where: str, value: Any = None) -> str:
        self._struck.append("dropped")
        if self._findings is not None:
            self._findings.append(Finding("dropped", "budget", where, 0, 0, DROPPED))
        return DROPPED

    def _value(self, value: Any, name: str, entry: KeyClass | None, where: str, depth: int) -> Any:
        if value is None or value is True or value is False:
            return value
        self._nodes -= 1
        if self._nodes < 0 or depth > _DEEPEST:
            return self._dropped(where)
        try:
            if isinstance(value, str):
                if entry is None and type(value) is str and is_harmless(value):
                    return value
                return self._text(str(value), name, entry, where)
            if isinstance(value, int | float) and not isinstance(value, enum.Enum):
                return self._number(value, name, entry, where)
            if isinstance(value, bytes | bytearray | memoryview):
                return self._bytes(bytes(value), name, entry, where)
            return self._container(value, name, entry, where, depth)
        except Exception:  # noqa: BLE001 - fail closed: whatever went wrong, the value does not pass
            return self._dropped(where)

    def _container(
        self, value: Any, name: str, entry: KeyClass | None, where: str, depth: int
    ) -> Any:
        if id(value) in self._path:
            return CYCLE
        self._path.add(id(value))
        try:
            if isinstance(value, Mapping):
                return self._mapping(value, entry, where, depth)
            if isinstance(value, list | tuple):
                return self._sequence(value, name, entry, where, depth)
            if isinstance(value, AbstractSet):
                return self._sequence(list(value), name, entry, where, depth)
            return self._value(_plain(value), name, entry, where, depth + 1)
        finally:
            self._path.discard(id(value))

    def _mapping(
        self, value: Mapping[Any, Any], entry: KeyClass | None, where: str, depth: int
    ) -> dict[str, Any]:
        out: dict[str, Any] = {}
        passed_on = entry if entry and entry.values in _PASSED_ON else None
        spoken_of = self._spoken_of(value)
        for raw_key, item in value.items():
            name = raw_key if isinstance(raw_key, str) else _key_text(raw_key)
            own = self._scrubber.names.classify(name) or passed_on
            if own is None and entry and entry.kind == "credential" and name in _ITSELF:
                own = entry
            if spoken_of and name in ("value", "val", "content"):
                own = spoken_of
            key = self._key(name, where)
            while key in out:
                key += "+"
            out[key] = self._value(
                item,
                name,
                own,
                f"{where}.{key}" if self._findings is not None else where,
                depth + 1,
            )
        return out

    def _spoken_of(self, value: Mapping[Any, Any]) -> KeyClass | None:
        """Return what `{"name": "password", "value": …}` says of its value."""
        if "value" not in value and "val" not in value and "content" not in value:
            return None
        name = value.get("name") or value.get("key") or value.get("field") or value.get("header")
        return self._scrubber.names.classify(name) if isinstance(name, str) else None

    def _key(self, name: str, where: str) -> str:
        if len(name) < 16 and name.replace("_", "").isalpha():
            return name
        return str(self._replaced(well_formed(name), "", None, where))

    def _sequence(
        self, value: Sequence[Any], name: str, entry: KeyClass | None, where: str, depth: int
    ) -> Any:
        if isinstance(value, tuple) and hasattr(value, "_asdict"):
            return self._mapping(value._asdict(), entry, where, depth)
        if len(value) == 2 and isinstance(value[0], str | bytes):
            spoken_of = self._scrubber.names.classify(_key_text(value[0]))
            if spoken_of and isinstance(value[1], str | bytes | int):
                first = self._value(value[0], "", None, f"{where}[0]", depth + 1)
                second = self._value(value[1], "", spoken_of, f"{where}[1]", depth + 1)
                return (first, second) if isinstance(value, tuple) else [first, second]
        items: list[Any] = []
        flagged: KeyClass | None = None
        for index, item in enumerate(value):
            inner = f"{where}[{index}]" if self._findings is not None else where
            items.append(self._value(item, name, flagged or entry, inner, depth + 1))
            is_flag = isinstance(item, str) and item[:1] == "-"
            flagged = self._scrubber.names.classify(item) if is_flag else None
        return tuple(items) if isinstance(value, tuple) else items

    def _number(self, value: float, name: str, entry: KeyClass | None, where: str) -> Any:
        if entry is None and -_BIG < value < _BIG:
            return value
        whole = int(value) if isinstance(value, float) and value.is_integer() else value
        text = str(whole)
        scrubbed = self._text(text, name, entry, where)
        return value if scrubbed == text else scrubbed

    def _bytes(self, value: bytes, name: str, entry: KeyClass | None, where: str) -> bytes:
        text = value.decode("utf-8", "surrogateescape").translate(_BYTES_AS_SIGNS)
        scrubbed = self._text(text, name, entry, where)
        if scrubbed == text:
            return value
        return scrubbed.translate(_SIGNS_AS_BYTES).encode("utf-8", "surrogateescape")

    def _text(self, text: str, name: str, entry: KeyClass | None, where: str) -> str:
        self._chars -= len(text)
        if self._chars < 0:
            return self._dropped(where)
        shape = self._kept.get(name)
        if shape is not None and shape.fullmatch(text):
            return text
        if entry is not None and entry.values == "user-id":
            return self._user_id(text, name, entry, where)
        return self._replaced(well_formed(text), name, entry, where)

    def _user_id(self, text: str, name: str, entry: KeyClass, where: str) -> str:
        if not suits("user-id", text, self._scrubber.book.safe_values):
            return self._replaced(well_formed(text), name, None, where)
        hashed = self._identity.user(text)
        if hashed != text:
            self._note(Hit(0, len(text), entry), where)
        return hashed

    def _replaced(self, text: str, name: str, entry: KeyClass | None, where: str) -> str:
        hits = self._hits(text, name, entry)
        if not hits:
            return text
        for hit in hits:
            self._note(hit, where)
        return overwritten(text, hits, self._scrubber.policy.pseudonyms, self._identity)

    def _hits(self, text: str, name: str, entry: KeyClass | None) -> list[Hit]:
        """Return the hits in the value of a field; its name is context, as in `name=value`."""
        if not name and entry is None:
            return self._scrubber.hits(text)
        if name and VERSION_NAME.search(name) and VERSION.fullmatch(text):
            return []
        own: list[tuple[int, int, Label]] = []
        if entry is not None:
            own = [
                (start, end, label or entry)
                for start, end, label in self._scrubber.values.within(entry, text, 0, len(text))
            ]
        return self._scrubber.hits_after(name, text, own)

    def _note(self, hit: Hit, where: str) -> None:
        self._struck.append(hit.label.id)
        if self._findings is not None:
            self._findings.append(
                Finding(
                    hit.label.id,
                    hit.label.kind,
                    where,
                    hit.start,
                    hit.end - hit.start,
                    hit.label.marker,
                )
            )


def overwritten(text: str, hits: Sequence[Hit], has_pseudonyms: bool, identity: Identity) -> str:
    """Return `text` with a marker in place of each hit; hits are in order, apart."""
    out: list[str] = []
    done = 0
    for hit in hits:
        out.append(text[done : hit.start])
        marker = hit.label.marker
        if has_pseudonyms:
            secret = text[hit.start : hit.end]
            marker = f"{marker[:-1]}:{identity.pseudonym(hit.label.kind, secret)}]"
        out.append(marker)
        done = hit.end
    out.append(text[done:])
    return "".join(out)


def well_formed(text: str) -> str:
    """Return `text` with surrogate pairs joined and lone surrogates as U+FFFD.

    >>> well_formed("a\\ud800b")
    'a\\ufffdb'
    """
    if text.isascii():
        return text
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text


def _key_text(key: Any) -> str:
    if isinstance(key, bytes):
        return key.decode("utf-8", "replace")
    return key if isinstance(key, str) else str(key)


def _plain(value: Any) -> Any:
    """Return what stands for an object: fields, a message, a text."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: getattr(value, field.name, None) for field in dataclasses.fields(value)}
    if isinstance(value, BaseException):
        return _exception(value)
    if isinstance(value, types.TracebackType):
        return _frames(value)
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, _PLAIN_TYPES):
        return str(value)
    return repr(value)[:_LONGEST_REPR]


def _exception(error: BaseException) -> dict[str, Any]:
    said: dict[str, Any] = {"type": type(error).__qualname__, "message": str(error)}
    if type(error).__module__ != "builtins":
        said["module"] = type(error).__module__
    if getattr(error, "__notes__", None):
        said["notes"] = list(error.__notes__)
    if error.__cause__ is not None:
        said["cause"] = error.__cause__
    elif error.__context__ is not None and not error.__suppress_context__:
        said["context"] = error.__context__
    if isinstance(error, BaseExceptionGroup):
        said["exceptions"] = list(error.exceptions)
    if error.__traceback__ is not None:
        said["traceback"] = error.__traceback__
    return said


def _frames(trace: types.TracebackType) -> list[dict[str, Any]]:
    frames: list[dict[str, Any]] = []
    step: types.TracebackType | None = trace
    while step is not None and len(frames) < _DEEPEST:
        code = step.tb_frame.f_code
        frames.append(
            {"file": code.co_filename, "line": step.tb_lineno, "function": code.co_qualname}
        )
        step = step.tb_next
    return frames

"""What a field's name says about its value, and whether the value looks the part."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

__all__ = [
    "SHAPES",
    "FieldNames",
    "KeyClass",
    "is_drawn",
    "is_encoded",
    "is_placeholder",
    "phrase_of",
    "suits",
    "words_of",
]

_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z][a-z]+|[a-z]+|[0-9]+")
_HIDDEN = re.compile(
    r"[*xX\u2022.#_?~-]+|<[^<>]*>|\[[A-Za-z][A-Za-z _-]*(?::[0-9a-f]{4})?\]|\([a-z]+(?: [a-z]+)+\)"
    r"|\{\{?[^{}]*\}?\}"
    r"|\$\{[^}]*\}?|\$\([^)]*\)?|\{+[A-Za-z_.]*|%\(?[a-z_]*\)?[sdr]|[$:][A-Za-z_0-9]+|\$[0-9]+|%[A-Z_]+%"
)
_HIDES = "*xX\u2022.#_?~-<[({$%:"
"""How all that hides begins."""

_CODE = re.compile(
    r"[A-Za-z_][A-Za-z0-9_]*(?:(?:\.|::|->)[A-Za-z_][A-Za-z0-9_]*)+|[A-Za-z_.]+[\[(].*"
)
_LONG_PART = re.compile(r"[A-Za-z]{21,}")
_HUMP = re.compile(r"[a-z]{5,}|[A-Z][a-z]{3,}")
_ENCODED = re.compile(r"[A-Za-z0-9+/]{20,}={0,2}")
_PATH_PART = re.compile(r"/(?:[A-Z]?[a-z]{3,}[0-9]{0,2}|v[0-9]+|[0-9]{2,})(?:/|$)")
_COLUMN = re.compile(
    r"[A-Za-z_][A-Za-z0-9_]*(?:(?:[.]|::|->)[A-Za-z_][A-Za-z0-9_]*)*(?:[.]|::|->)"
    r"(?:id|pk|uuid|guid|[A-Za-z0-9_]*(?:_id|_pk|Id|ID))"
)
_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_IP = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,3}){3}|[0-9a-fA-F]{0,4}:[0-9a-fA-F:]")
_PLAIN_WORD = re.compile(r"[a-z]+(?:[_-][a-z]+)*|[A-Z]?[a-z]+|[A-Z]+(?:_[A-Z]+)*")
_ID = re.compile(r"[0-9a-f]{12,}")
"""What is no field's name but part of an id: `f3ccbb8c63047cc2:1f349f95d497338f:0:1`."""

_DIGIT = re.compile(r"[0-9]")
_PERSON = re.compile(r"[^\W\d_][^\d<>@=/\\]{1,80}")
_USER = re.compile(r"[^\W_][\w.@\\+-]{1,63}\$?")
_DATE = re.compile(r"[0-9]{1,4}[ ./-](?:[0-9]{1,2}|[A-Za-z]{3,9})[ ./-][0-9]{2,4}.{0,16}|[0-9]{8}")
_STREET = re.compile(r"[^\W\d_]{3,}[^\r\n]*[ +]|[ +][^\r\n]*[^\W\d_]{3,}")
_CACHED_NAMES = 10_000


@dataclass(frozen=True, slots=True)
class KeyClass:
    """Field names that say what their value is.

    `ends` match the end of a name without separators, `words` its last whole words, `names` all
    of it. `values` is the shape `suits()` asks of the value.
    """

    id: str
    kind: str
    marker: str
    values: str
    ends: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    names: tuple[str, ...] = ()


def words_of(name: str) -> list[str]:
    """Return the words of a field's name, lower case.

    >>> words_of("X-Api-Key"), words_of("dbPassword2")
    (['x', 'api', 'key'], ['db', 'password', '2'])
    """
    return [word.lower() for word in _WORDS.findall(name)]


def phrase_of(entry: str) -> str:
    """Return an entry of the book as the words that names are read in.

    >>> phrase_of("cvv2"), phrase_of("wpa2 key")
    ('cvv 2', 'wpa 2 key')
    """
    return " ".join(words_of(entry)) if entry.isascii() else entry


class FieldNames:
    """The table of telling names. Any thread may use it."""

    def __init__(
        self,
        classes: tuple[KeyClass, ...],
        safe: frozenset[str],
        safe_words: tuple[str, ...],
        suffixes: frozenset[str],
    ) -> None:
        self.classes = classes
        self._safe = safe
        self._safe_words = tuple(f" {phrase_of(phrase)}" for phrase in safe_words)
        self._suffixes = frozenset(map(phrase_of, suffixes))
        sizes = {suffix.count(" ") + 1 for suffix in self._suffixes}
        self._suffix_sizes = sorted(sizes, reverse=True)
        self._names: dict[str, KeyClass] = {}
        self._words: list[tuple[str, KeyClass]] = []
        self._ends: list[tuple[str, KeyClass]] = []
        for entry in classes:
            self._names.update({name.replace(" ", ""): entry for name in entry.names})
            self._words += [(f" {phrase_of(phrase)}", entry) for phrase in entry.words]
            self._ends += [(end.replace(" ", ""), entry) for end in entry.ends]
        self._words.sort(key=lambda pair: -len(pair[0]))
        self._ends.sort(key=lambda pair: -len(pair[0]))
        self._cache: dict[str, KeyClass | None] = {}

    def classify(self, name: str) -> KeyClass | None:
        """Return the class of a field's name, or None when it says nothing."""
        try:
            return self._cache[name]
        except KeyError:
            pass
        found = self._classify(name[:200])
        if len(self._cache) >= _CACHED_NAMES:
            self._cache.clear()
        self._cache[name] = found
        return found

    def _classify(self, name: str) -> KeyClass | None:
        if _ID.fullmatch(name):
            return None
        words = words_of(name)
        if not words or "".join(words) in self._safe:
            return None
        while size := self._suffix_size(words):
            del words[-size:]
        joined = "".join(words)
        phrase = " " + " ".join(words)
        if joined in self._safe or phrase.endswith(self._safe_words):
            return None
        if joined in self._names:
            return self._names[joined]
        for tail, entry in self._words:
            if phrase.endswith(tail):
                return entry
        for tail, entry in self._ends:
            if joined.endswith(tail):
                return entry
        return None

    def _suffix_size(self, words: list[str]) -> int:
        """Return how many of the last words are a suffix behind others; the longest counts."""
        for size in self._suffix_sizes:
            if size < len(words) and " ".join(words[-size:]) in self._suffixes:
                return size
        return 0


def is_placeholder(value: str) -> bool:
    """Say whether `value` stands for a secret instead of being one: `***`, `${TOKEN}`, `[email]`.

    >>> is_placeholder("****"), is_placeholder("hunter2")
    (True, False)
    """
    return value[:1] in _HIDES and _HIDDEN.fullmatch(value) is not None


def suits(shape: str, value: str, safe: frozenset[str]) -> bool:
    """Say whether `value` can be what its field's name promises; `safe` values tell nothing."""
    if not value or is_placeholder(value) or (len(value) < 40 and value.lower() in safe):
        return False
    if value[0] in "([{":
        plain = value.strip("()[]{}")
        if not plain or (len(value) < 40 and plain.lower() in safe):
            return False
    return SHAPES[shape](value)


def is_encoded(value: str) -> bool:
    """Say whether a value with slashes in it is base64, not a path.

    >>> is_encoded("/Xl8SVSsuYEdiCgzeZXjzREe8="), is_encoded("/Users/anna1/Keys2/Server9")
    (True, False)
    """
    if _ENCODED.fullmatch(value) is None or _PATH_PART.search(value) is not None:
        return False
    return _DIGIT.search(value) is not None and value.lower() != value and value.upper() != value


def _is_code(value: str) -> bool:
    """Say whether it is names with joints, `user.password`, or a call, and no part looks drawn."""
    if _CODE.fullmatch(value) is None:
        return False
    return not any(map(is_drawn, _LONG_PART.findall(value)))


def is_drawn(letters: str) -> bool:
    """Say whether long letters of both cases make few words: `vxugYVkccBzQqWWeRtKlM`."""
    if letters.lower() == letters or letters.upper() == letters:
        return False
    return sum(map(len, _HUMP.findall(letters))) * 2 < len(letters)


def _any(value: str) -> bool:
    is_told = _is_code(value) or not value.strip(")]};,")  # most are not: that is soon seen
    return not is_told or _DIGIT.search(value) is not None


def _mixed(value: str) -> bool:
    """Random-looking: digits among letters, both cases, or long; a word or a path is not."""
    if len(value) < 6 or " " in value.strip() or "://" in value or value[0] in "{[(":
        return False
    if value[0] == "/" and not is_encoded(value):
        return False
    if value.isdecimal():
        return len(value) >= 6
    if _DIGIT.search(value):
        return True
    if _PLAIN_WORD.fullmatch(value) or _is_code(value):
        return len(value) >= 24 and "_" not in value and "-" not in value and "." not in value
    return len(value) >= 8


def _pass(value: str) -> bool:
    return _mixed(value) or (len(value) >= 8 and value.isascii() and value.isalpha())


def _pwd(value: str) -> bool:
    return value[0] not in "/~" and value[1:2] != ":" and _any(value)


def _long(value: str) -> bool:
    return len(value) >= 16 and _mixed(value)


def _uid(value: str) -> bool:
    if _UUID.fullmatch(value):  # what Kubernetes calls its objects
        return False
    return _user(value) or (value.isdecimal() and len(value) >= 6)


def _official(value: str) -> bool:
    digits = len(_DIGIT.findall(value))
    return 5 <= len(value) <= 28 and digits >= 1 and value == value.upper()


def _digits(least: int, most: int) -> Callable[[str], bool]:
    def shape(value: str) -> bool:
        return least <= len(_DIGIT.findall(value)) <= most and len(value) <= most * 2 + 8

    return shape


def _code(value: str) -> bool:
    return value.isdecimal() and 3 <= len(value) <= 10


def _user(value: str) -> bool:
    return _USER.fullmatch(value) is not None and any(char.isalpha() for char in value)


def _user_id(value: str) -> bool:
    if not 0 < len(value) <= 128 or value[0] in "{[(" or " " in value:
        return False
    return _COLUMN.fullmatch(value) is None


def _person(value: str) -> bool:
    return _PERSON.fullmatch(value) is not None and _CODE.fullmatch(value) is None


def _address(value: str) -> bool:
    if _STREET.search(value) is None or _IP.match(value) or "@" in value:
        return False
    return _DIGIT.search(value) is not None


def _date(value: str) -> bool:
    return _DATE.fullmatch(value) is not None


def _cookie(value: str) -> bool:
    return "=" in value or _mixed(value)


def _auth(value: str) -> bool:
    return _mixed(value.split(" ", 1)[-1])


SHAPES: Mapping[str, Callable[[str], bool]] = {
    "any": _any,
    "mixed": _mixed,
    "auth": _auth,
    "cookie": _cookie,
    "user": _user,
    "user-id": _user_id,
    "person": _person,
    "address": _address,
    "date": _date,
    "code": _code,
    "phone": _digits(6, 15),
    "card": _digits(12, 19),
    "account": _digits(5, 34),
    "official": _official,
    "pwd": _pwd,
    "pass": _pass,
    "long": _long,
    "uid": _uid,
}

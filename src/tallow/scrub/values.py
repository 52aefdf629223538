"""Reading the value that follows a telling name: `password=…`, `"token": "…"`, `Cookie: …`."""

import re

from .ends import FIRST_LOOK, LONGEST_VALUE, LOOSE, Spans, closing, cut_of, extended, value_end
from .fields import FieldNames, KeyClass, is_placeholder, suits
from .headers import Secrets

__all__ = ["ValueReader"]

_MARKER = re.compile(r"(?<![A-Za-z0-9])\[[a-z]{2,20}(?::[0-9a-f]{4})?\]")
_SEPARATOR = re.compile(
    r"[\"'\]]{0,2}"
    r"(?:[\"'][ ,]{0,2}[\"']?(?:value|val|content)[\"']? ?[:=] ?"
    r"(?:\{ ?[\"'](?:stringValue|string_value)[\"'] ?: ?)?"
    r"|[\"']? ?[:=] ?\{\s{0,8}[\"'](?:id|value|val|token)[\"'] ?: ?"
    r"|[\"']? ?> ?<(?:value|string)>|[)]=[(]"
    r"|[\"']?[\r\n]{1,2}[ \t]{1,16}[\"']?value[\"']?:[ \t]{0,3}"
    r"|[ \t]{0,3}(?:=>|:=|->|={1,3}|:)[ \t]{0,3})"
)
_IN_IPV6 = re.compile(r"[0-9a-fA-F]{1,4}:[0-9a-fA-F]{0,4}:")
_PAIR = re.compile(r"[\"']\)?,[ \t]{0,2}(?=b?[\"'\[])")
_ELEMENT = re.compile(r">")
_BLANK = re.compile(r"[ \t]{1,2}(?=[\"'])|[ \t](?:is|was|are|IS|LIKE|like|ILIKE|IN|in)[ \t]{1,2}")
_FLAG = re.compile(r"[ \t]{1,2}(?=[^ \t-])")
_OPENING = re.compile(r"\(?\[?[bruf]?[\"'`]")
_OPENS = "([bruf\"'`"
_NOT_PLAIN = " \t={>"
_ACCOUNT = re.compile(
    r"(?:[A-Z][A-Z0-9._-]{0,30}\\{1,2}|[A-Za-z][A-Za-z0-9._-]{0,30}(?:\\\\|\\(?![bfnrtux])))(?=[A-Za-z])"
)
_CALL = re.compile(
    r"[A-Za-z_$.]+(?:[0-9]{1,3}[A-Za-z_$.]{3,})?"
    r"|[A-Za-z_.]*(?:[Ss]ha|SHA|[Bb]ase|[Bb]lake|[Uu]uid|UUID)[0-9]{1,3}"
)
_OBJECT = re.compile(
    r"[a-z0-9][a-z0-9./-]{0,252}[\"'] (?:not found|(?:does not|already) exists?"
    r"|(?:was not|could not be) found|is (?:forbidden|immutable|missing|invalid)|in namespace"
    r"|(?:missing|created|deleted|configured|unchanged|patched|replaced|labeled|annotated)(?:[^a-z]|$))"
)
_EMPTY = re.compile(r"[^ \t]= $")
_COLUMN = re.compile(r"[a-z_]+|[A-Z_]+")
_NEXT_COLUMN = (', "', ',"', ", '", ",'")
_NEXT_WORD = re.compile(r"[ \t]+[A-Za-z]{2,}(?:[ .,!?()\r\n]|$)")
_FIELD_NEXT = re.compile(r"(?:[ ][A-Z][A-Za-z]{0,30}){1,3}(?:[ ]name)?[ ]?[:=]")
_SENTENCE = re.compile(r"[A-Z][A-Za-z']*(?: [A-Za-z']+){2,}[.!]?|[a-z']+(?: [A-Za-z']+){2,}[.!]")
_COMPLAINT = re.compile(
    r"(?:is|must|can't|cannot|should|does|doesn't|has|needs|requires)"
    r"(?: [A-Za-z0-9'(),.<>=/-]{1,30}){1,30}"
    r"|[A-Z][a-z']+(?: [A-Za-z0-9'(),<>=/-]{1,30}){2,30}[.!]"
)
"""What a form says of a field: `is too short (minimum is 8 characters)`."""

_INNER = re.compile(r"([A-Za-z_][A-Za-z0-9_.-]{0,60})=(?=[^=\s])")
_LOWER = re.compile(r"[A-Za-z]?[a-z]+")
_KEYWORDS = frozenset((
    "async", "await", "case", "delete", "fn", "func", "function", "if", "lambda", "let", "match",
    "move", "mut", "new", "not", "raise", "ref", "return", "select", "static", "throw", "try",
    "typeof", "unsafe", "void", "yield", "your",
))  # fmt: skip
"""Words that stand behind `=` and are no value: more of the expression follows."""
_NEXT_ACCOUNT_KEY = ";AccountKey="
"""What follows the name of a cloud's store: `AccountName=logs;AccountKey=…`."""

_FURTHEST_KEY = 60
_LONGEST_RESOURCE = 160
_FURTHEST_QUOTE = 200
_BEHIND = (*" ),;]}+.%:>/|&?",)
_BEFORE_QUOTE = " \t\r\n([{,=:+bfru\\"
_NAME_SIGNS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-"


class ValueReader:
    """Finds the secret part of a value whose field's name is telling. Any thread may use it."""

    def __init__(
        self, names: FieldNames, safe_values: frozenset[str], markers: frozenset[str]
    ) -> None:
        self.names = names
        self.within = Secrets(names, safe_values).within
        self._safe = safe_values
        self._markers = markers

    def after(self, text: str, start: int, end: int) -> Spans:
        """Return what is secret after the name whose last word stands at `start` to `end`."""
        begin = start
        if start and text[start - 1] in _NAME_SIGNS:
            lead = text[max(0, start - _FURTHEST_KEY) : start]
            begin = start - len(lead) + len(lead.rstrip(_NAME_SIGNS))
        if begin:
            before = text[begin - 1]
            if before == "/" and text[begin - 3 : begin] == "://":
                return []
            if before == "[" and self._is_marker(text, begin - 1):
                return []
            if before == ":" and _is_resource(text, begin):
                return []
            if before == "{" and text.startswith(":?", end):
                return []  # what a shell says when it is not set: `${TOKEN:?must be set}`
        entry = self.names.classify(text[begin:end])
        if entry is None or _IN_IPV6.match(text, begin):
            return []
        read = self._value(text, begin, end, entry)
        if read is None or self._is_elsewhere(entry, text, begin, read):
            return []
        name = text[begin:end]
        start, end, _ = read
        if end - start == len(name) and text[start:end].lower() == name.lower():
            return []
        if entry.values in ("auth", "cookie") or not _is_prose(text, read, entry):
            return self.within(entry, text, start, end)
        return []

    def _is_elsewhere(
        self, entry: KeyClass, text: str, begin: int, read: tuple[int, int, bool]
    ) -> bool:
        """Say whether it is no value but a count or a field: `3 pass: all`, `session: sid=x`."""
        start, end, is_quoted = read
        if is_quoted or entry.values in ("auth", "cookie"):
            return False
        if entry.values == "user" and text.startswith(_NEXT_ACCOUNT_KEY, end):
            return True
        if entry.values == "pass" and text[begin - 1 : begin] not in ("?", "&"):
            return not suits("mixed", text[start:end], self._safe)
        inner = _INNER.match(text, start, end) if end - start < FIRST_LOOK else None
        if inner and _EMPTY.search(text, start - 3, start) and _COLUMN.fullmatch(inner[1]):
            return True  # there is no value: `MAC= SRC=192.0.2.7`
        named = self.names.classify(inner[1]) if inner else None
        if inner is None or named is None:
            return False
        value = text[inner.end() : end]
        return value[0] == "[" or is_placeholder(value) or suits(named.values, value, self._safe)

    def _is_marker(self, text: str, place: int) -> bool:
        marker = _MARKER.match(text, place)
        return marker is not None and f"{marker[0][:-1].partition(':')[0]}]" in self._markers

    def _value(
        self, text: str, begin: int, end: int, entry: KeyClass
    ) -> tuple[int, int, bool] | None:
        """Return start and end of the value behind the name, and whether it is in quotes."""
        place, is_strict = self._separated(text, begin, end, entry)
        if place < 0:
            return None
        opening = _OPENING.match(text, place) if text[place : place + 1] in _OPENS else None
        if opening:
            place = opening.end()
            if is_strict and _is_object(text, begin, end, place):
                return None
            quote = text[place - 1]
            if _is_behind(text, begin, end, place):
                return None
            if text[place : place + 1] == quote and text[end : end + 2] == quote * 2:
                place += 1  # a table's cell: quotes are doubled
            close = closing(text, place, quote)
            if is_strict and text[begin] != "-" and _in_columns(text, place, close):
                return None
            return place, close, True
        if is_strict:
            return None
        if entry.values == "cookie" or entry.values == "auth":
            return place, min(len(text), place + LONGEST_VALUE), False
        account = _ACCOUNT.match(text, place) if entry.values == "user" else None
        begun = account.end() if account else place
        finish = value_end(text, begun, entry.values, self._safe, entry)
        if finish == place:
            return None
        cut = cut_of(text, place, finish, entry)
        if cut and cut.group() == "(" and _is_call(text, place, cut.start(), entry):
            return None
        finish = cut.start() if cut and cut.start() > place else finish
        return place, extended(text, place, finish, entry), False

    @staticmethod
    def _separated(text: str, begin: int, end: int, entry: KeyClass) -> tuple[int, bool]:
        """Return where the value begins, or -1, and whether it counts only in quotes."""
        place = _plainly_separated(text, end)
        if place:
            return place, False
        separator = _SEPARATOR.match(text, end)
        if separator:
            return separator.end(), False
        pair = _PAIR.match(text, end)
        if pair and _in_tuple(text, begin):
            return pair.end(), True
        element = _ELEMENT.match(text, end)
        if element and begin and text[begin - 1] == "<" and text[begin:end].lower() != "code":
            return element.end(), False
        if text[begin] == "-":
            flag = _FLAG.match(text, end)
            if flag:
                return flag.end(), False
        blank = _BLANK.match(text, end)
        if blank:
            word = blank.group().strip()
            if word in ("is", "was", "are", "IS") and entry.values == "user":
                return -1, True
            return blank.end(), word in ("", "IN", "in")
        return -1, True


def _plainly_separated(text: str, end: int) -> int:
    """Return where the value begins behind `=`, `:` or `":`, or 0 when that takes a closer look."""
    sign = text[end : end + 1]
    if sign == '"' or sign == "'":
        end += 1
        sign = text[end : end + 1]
    if sign != ":" and (sign != "=" or text[end - 1] in "\"'"):
        return 0
    place = end + 1
    if text[place : place + 1] == " ":
        place += 1
    return 0 if text[place : place + 1] in _NOT_PLAIN else place


def _is_resource(text: str, begin: int) -> bool:
    """Say whether the name at `begin` is part of a cloud's name for a thing: `arn:…:secret:x`."""
    lead = max(0, begin - _LONGEST_RESOURCE)
    place = max(text.rfind("arn:", lead, begin), text.rfind("crn:", lead, begin))
    is_whole = place >= 0 and not (place and text[place - 1].isalnum())
    return is_whole and LOOSE.fullmatch(text, place, begin) is not None


def _is_behind(text: str, begin: int, end: int, place: int) -> bool:
    """Say whether the quote before `place` closes what holds the name: `input("Password: ")`."""
    quote = text[place - 1]
    if text[place : place + 1] not in _BEHIND or text[end : end + 1] == quote:
        return False
    opening = text.rfind(quote, max(0, begin - _FURTHEST_QUOTE), begin)
    if opening < 0 or "\n" in text[opening:begin]:
        return False
    return opening == 0 or text[opening - 1] in _BEFORE_QUOTE


def _in_columns(text: str, start: int, end: int) -> bool:
    """Say whether it is one of several columns: `("password", "is_superuser", "email")`."""
    has_joint = text.find("_", start, end) >= 0
    is_column = has_joint and _COLUMN.fullmatch(text, start, end) is not None
    return is_column and text.startswith(_NEXT_COLUMN, end + 1)


def _is_object(text: str, begin: int, end: int, place: int) -> bool:
    """Say whether `place` begins what a secret is called: `secret "db-login" not found`."""
    return text[begin:end].lower() in ("secret", "secrets") and bool(_OBJECT.match(text, place))


def _is_call(text: str, start: int, end: int, entry: KeyClass) -> bool:
    """Say whether what stands before a bracket is a function: `getOAuth2Token(request)`."""
    if entry.values in ("mixed", "long", "pass"):
        return _CALL.fullmatch(text, start, end) is not None
    is_plain = not any(char.isdecimal() for char in text[start:end])
    return entry.values == "user" or (entry.values in ("pwd", "user-id") and is_plain)


def _in_tuple(text: str, begin: int) -> bool:
    """Say whether the name at `begin` is the quoted first of a pair: `("name", …`."""
    if begin < 2 or text[begin - 1] not in "\"'":
        return False
    opening = text[begin - 2]
    return (
        text[begin] == "-"
        or opening in "(["
        or (opening == "b" and text[begin - 3 : begin - 2] in ("(", "["))
    )


def _is_prose(text: str, read: tuple[int, int, bool], entry: KeyClass) -> bool:
    """Say whether a bare word after a name is a sentence going on: `password: must be …`."""
    start, end, is_quoted = read
    if is_quoted:
        has_words = text.find(" ", start, end) >= 0
        if not has_words:
            return False
        said = _SENTENCE.fullmatch(text, start, end) or _COMPLAINT.fullmatch(text, start, end)
        return said is not None
    if not _LOWER.fullmatch(text, start, end):
        return False
    if entry.values in ("person", "user") and _FIELD_NEXT.match(text, end):
        return False
    is_set = text[max(0, start - 4) : start].rstrip(" \t").endswith("=")
    if is_set and text[start:end] not in _KEYWORDS:
        return False
    return _NEXT_WORD.match(text, end) is not None

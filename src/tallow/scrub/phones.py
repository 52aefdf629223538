"""The check of telephone numbers: international, of strict national shapes, or announced."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from .ends import Spans
from .views import is_in_form

__all__ = ["check_phone"]

_COUNTRY = re.compile(
    r"(?:1|7|20|27|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]|2[1-689][0-9]|35[0-9]|37[0-9]"
    r"|38[0-9]|42[0-9]|50[0-9]|59[0-9]|6[789][0-9]|80[08]|85[0-9]|87[0-9]|88[0-9]|9[679][0-9])"
)
_EXTENSION = re.compile(r" ?(?:ext|x|#).*", re.DOTALL)
_GROUP = re.compile(r"[0-9]+")
_CLOCK = re.compile(
    r"(?:[0-9]{2}[./-][0-9]{2}[./-][0-9]{2} (?:[01][0-9]|2[0-3])[.-][0-5][0-9][.-][0-5][0-9]"
    r"|(?:[01][0-9]|2[0-3])[.][0-5][0-9][.][0-5][0-9][.][0-9]{3,9})"
)
"""A time as Oracle prints it, `03.58.53.212306`, or a short date and a time."""

_GO_CLOCK = re.compile(r"[A-Z0-9][ +]m=[+][0-9]{1,7}[.][0-9]{9}")
_PHONE_WORD = re.compile(
    r"(?:(phone|telefon\w*|mobile?|celular|handy|fax|whatsapp|msisdn|hotline|rufnummer|(?:handy|mobil)n(?:umme)?r|puhelin)"
    r"|(call|called|calling|ring|dial|dialed|dialled|texted|signal|contact|reach|reached)"
    r"|tel|tlf|tel[e\u00e9]?fono|m[o\u00f3]vil|cell|portable|sms|viber|callback|caller|landline"
    r"|kontakt|gsm|ph|mob|num[e\u00e9]ro|[ht]?otp|2fa)"
    r"(?![A-Za-z]*[ _-]?id)(?![A-Za-z0-9])",
    re.IGNORECASE,
)
"""Words before a number; of group 1 those that may end a longer word, of group 2 verbs."""

_PHONE_WORD_AFTER = re.compile(
    r"[^A-Za-z0-9\n]{0,3}"
    r"(?:(?:is|was|as|on|the|my|his|her|their|our|your|an?|not|(?:in)?valid|new) ){0,4}"
    r"(?:phone(?!\]|:[0-9a-f]{4}\])|mobil(?:e|ephone)?|cell(?:phone)?|tel(?:efon|ephone)?|handy"
    r"|fax|whatsapp|sms|call me|landline)"
    r"(?![A-Za-z]|[A-Za-z0-9_.-]{0,24}(?:\\{0,8}[\"']?[ ]?=|\\{0,8}[\"'][ ]?:))",
    re.IGNORECASE,
)
"""Words behind a number; a marker is none, nor is the name of the next field."""

_MARKED = re.compile(
    r"\[(?!(?:work|home|office|main|mobile?|cell|fax|tel|sms|call|whatsapp|viber|signal|gsm)\])"
    r"[a-z]{2,20}(?::[0-9a-f]{4})?\]"
)
_NEXT_FIELD = re.compile(
    r",\s{0,4}\{?\s{0,4}\\{0,8}\"(?![^\"\\]{0,40}(?:number|nummer|num|nr|no|to|from|value|digits"
    r"|recipient|sender|destination)\\{0,8}\")[^\"\\]{1,40}\\{0,8}\"\s{0,2}:\s{0,2}$",
    re.IGNORECASE,
)
_LINK = re.compile(r"[^A-Za-z](?:at|on|via|under)[^A-Za-z0-9]{0,3}$", re.IGNORECASE)
_LAST_WORD = re.compile(r"([A-Z]?[a-z]+|[A-Z]+)[^A-Za-z0-9]{0,8}$")
_COUNTED = frozenset(
    (
        *("case", "ticket", "order", "invoice", "tracking", "shipment", "parcel", "serial", "seq"),
        *("sequence", "offset", "size", "length", "bytes", "count", "total", "limit", "index"),
        *("trace", "span", "request", "event", "build", "version", "revision", "commit", "batch"),
        *("job", "task", "run", "row", "rows", "block", "buffer", "tx", "transaction", "timestamp"),
        *("ts", "epoch", "duration", "elapsed", "latency", "took", "pid", "tid", "port", "id"),
        *("ids", "error", "claim", "incident", "issue", "policy", "reference", "ref"),
    )
)
"""What a number right behind it counts or names, whatever word stands in front: no telephone."""

_ANNOUNCED = 32
_NEAR = 12
_BESIDE = " /"
_WITHIN = " +()./\u00a0\u202f\u2011\u2013-"
_NEXT_SIGNED = re.compile(r"[ /]{1,3}[+][(0-9]")
_DIGITS = frozenset("0123456789")
_MOST_DIGITS = 15
_WIDEST_JOINT = 3


def check_phone(text: str, start: int, end: int, _: Mapping[str, Any]) -> Spans:
    """Take international numbers, strict national shapes, and any number a word announces.

    Where several stand side by side, each is taken that is international or of such a shape.
    """
    is_signed = text[start] == "+"
    if start and (text[start - 1].isalnum() or (not is_signed and _goes_on(text, start, end))):
        return []
    number = _EXTENSION.sub("", text[start:end])
    if _NEXT_SIGNED.search(number, 1):
        return _side_by_side(text, start) if _stands_before(text, start) else []
    if "+ " in number or " +" in number:
        return []  # a sum
    if not is_signed and "+" in number and is_in_form(text, start, end):
        return []  # the view has blanks there
    digits = "".join(_GROUP.findall(number))
    may_be_more = len(digits) >= _MOST_DIGITS or text[end : end + 1] in _DIGITS
    if may_be_more and _stands_before(text, start) and (spans := _side_by_side(text, start)):
        return spans
    if not 7 <= len(digits) <= _MOST_DIGITS or not _stands_alone(text, start, end):
        return []
    if number[0] == "(" and ")" not in number:
        return check_phone(text, start + 1, end, _)
    if _has_shape(text, start, end, number):
        return [(start, end, None)]
    is_open = not (is_signed or _is_dated(_GROUP.findall(number)) or _CLOCK.fullmatch(number))
    fits = is_open and _is_announced(text, start, end) and len(digits) <= 13
    return [(start, end, None)] if fits else []


def _has_shape(text: str, start: int, end: int, number: str) -> bool:
    """Say whether a number is international, or as some country prints its own."""
    groups = _GROUP.findall(number)
    digits = "".join(groups)
    if number[0] == "+":
        return _is_international(digits) and not _GO_CLOCK.fullmatch(text, max(0, start - 4), end)
    if _is_dated(groups) or _CLOCK.fullmatch(number):
        return False
    return _is_national(number, digits, tuple(map(len, groups)))


def _side_by_side(text: str, start: int) -> Spans:
    """Take the first numbers of a run of them, up to what is none."""
    spans: Spans = []
    while start < len(text) and (text[start] in _DIGITS or text[start] in "(+"):
        stop = _first_end(text, start)
        if stop < 0:
            break
        spans.append((start, stop, None))
        start = _rest(text, stop)
    return spans


def _first_end(text: str, start: int) -> int:
    """Return where the first of several numbers ends, or -1."""
    ends = [stop for stop in _ends(text, start) if _is_one(text, start, stop)]
    for stop in reversed(ends):
        if _is_followed(text, start, stop):
            return stop
    return ends[-1] if ends and text[start] in "+(" else -1


def _ends(text: str, start: int) -> Iterator[int]:
    """Yield where groups of at most 15 digits from `start` on end."""
    count = joint = 0
    for place in range(start, len(text)):
        if text[place] in _DIGITS:
            count += 1
            joint = 0
            if count > _MOST_DIGITS:
                return
            if count >= 7 and text[place + 1 : place + 2] not in _DIGITS:
                yield place + 1
            continue
        joint += place > start
        if text[place] not in _WITHIN or joint > _WIDEST_JOINT:
            return


def _is_one(text: str, start: int, stop: int) -> bool:
    number = text[start:stop]
    if "+" in number[1:] or number.startswith("+ ") or (number[0] == "(" and ")" not in number):
        return False
    return _has_shape(text, start, stop, number)


def _rest(text: str, stop: int) -> int:
    """Return where what stands beside a number begins."""
    rest = stop
    while rest < stop + _WIDEST_JOINT and text[rest : rest + 1] and text[rest] in _BESIDE:
        rest += 1
    return rest


def _is_followed(text: str, start: int, stop: int) -> bool:
    """Say whether what follows a number that ends at `stop` is another one, or nothing of it."""
    rest = _rest(text, stop)
    sign = text[rest : rest + 1]
    if not sign or (sign not in _DIGITS and sign not in "(+"):
        return _stands_after(text, start, stop)
    if rest == stop:
        return False
    if sign == "+" or (sign in "(0" and text[start] == "+"):
        return True
    if any(mark in text[stop:rest] and mark not in text[start:stop] for mark in ("/", "  ")):
        return True
    sizes = set(map(len, _GROUP.findall(text, start, stop)))
    if len(sizes) == 1 and text[start] in _DIGITS:
        return False  # a column of numbers
    if sign in "(0" and sign == text[start]:
        return True
    size = stop - start
    pairs = zip(text[start:stop], text[rest : rest + size], strict=False)
    is_alike = all(one == other or (one in _DIGITS and other in _DIGITS) for one, other in pairs)
    beyond = rest + size
    return is_alike and len(text) >= beyond and text[beyond : beyond + 1] not in _DIGITS


def _goes_on(text: str, start: int, end: int) -> bool:
    """Say whether the groups of a number continue those of another just before it."""
    if start < 2 or not text[start - 2].isdecimal() or text.find(text[start - 1], start, end) < 0:
        return False
    before = text[max(0, start - 40) : start - 1]
    rest = before.rstrip("0123456789")
    return not rest[-1:].isalpha()


def _stands_alone(text: str, start: int, end: int) -> bool:
    return _stands_before(text, start) and _stands_after(text, start, end)


def _stands_before(text: str, start: int) -> bool:
    before = text[max(0, start - 2) : start]
    if before and (before[-1].isalnum() or before[-1] in "_.#$\u20ac\u00a3+"):
        return False
    if before[-1:] == "/" and text[start] != "+":
        return False  # a part of a path, where numbers count: `/orders/5550123`
    if len(before) == 2 and before[1] == ":" and before[0].isdecimal() and text[start] != "+":
        return False  # seconds: `05:26:01.525171 5219`
    return not (len(before) == 2 and before[1] == "-" and before[0].isalnum())


def _stands_after(text: str, start: int, end: int) -> bool:
    after = text[end : end + 2]
    if not after:
        return True
    if after[0].isalnum() or after[0] in "_%":
        return False
    if len(after) == 2 and after[0] == ",":
        return text[start] == "+" or not after[1].isdecimal()
    joints = "-.:" if text[start] == "+" else "-.:/"
    return not (len(after) == 2 and after[0] in joints and after[1].isalnum())


def _is_international(digits: str) -> bool:
    code = _COUNTRY.match(digits)
    if code is None:
        return False
    return len(digits) == 11 if code.group() in ("1", "7") else 9 <= len(digits) <= 15


def _is_dated(groups: list[str]) -> bool:
    """Say whether the groups begin like a date: 2026-11-23 …, 23.11.2026 …"""
    if len(groups) < 3:
        return False
    first, second, third = groups[:3]
    if len(first) == 4 and len(second) == len(third) == 2:
        return first[:2] in ("19", "20") and int(second) <= 12 and int(third) <= 31
    return len(first) == len(second) == 2 and len(third) == 4 and third[:2] in ("19", "20")


def _is_national(number: str, digits: str, sizes: tuple[int, ...]) -> bool:
    if len(sizes) == 1:
        return False
    if sizes in ((3, 3, 4), (1, 3, 3, 4)):
        national = digits[-10:]
        is_joined = "-" in number or "." in number or "(" in number
        is_valid = national[0] in "23456789" and national[3] in "23456789"
        if sizes[0] == 1 and digits[0] == "1":
            return is_valid
        if is_valid and is_joined and sizes[0] == 3:
            return True
    if digits[:2] == "00" and sizes[0] > 1:
        return 11 <= len(digits) <= 15 and _COUNTRY.match(digits, 2) is not None
    if digits[0] == "0":
        return 9 <= len(digits) <= 12 and min(sizes) >= 2 and sizes[0] <= 5 and sizes != (5, 4)
    if number[0] == "(" and ")" in number[: sizes[0] + 2]:
        return 8 <= len(digits) <= 12 and 2 <= sizes[0] <= 5 and min(sizes) >= 2
    return (
        (sizes == (3, 4, 4) and digits[0] == "1" and digits[1] in "3456789")
        or (sizes == (2, 5, 4) and digits[2] == "9")
        or (sizes == (1, 3, 3, 2, 2) and digits[0] in "78")
    )


def _is_announced(text: str, start: int, end: int) -> bool:
    said_from = -1
    for word in _PHONE_WORD.finditer(text, max(0, start - _ANNOUNCED), start):
        compound, verb = word.groups()
        if not compound and not _begins_word(text, word.start()):
            continue
        if said_from < 0:
            said_from = _said_from(text, start)
        is_near = start - word.end() <= _NEAR or _LINK.search(text, word.end(), start)
        if word.start() >= said_from and (not verb or is_near):
            return True
    return _PHONE_WORD_AFTER.match(text, end) is not None


def _begins_word(text: str, place: int) -> bool:
    """Say whether a word begins there: `tel` of `workTel`, not of `hotel`."""
    before = text[max(0, place - 1) : place]
    return not before.isalpha() or ("a" <= before <= "z" and "A" <= text[place] <= "Z")


def _said_from(text: str, start: int) -> int:
    """Return from where on words speak of the number at `start`.

    Not those before a marker, which is nearer than what it stands for; nor before a field of its
    own; none at all before a number that is said to count something.
    """
    low = max(0, start - 2 * _ANNOUNCED)
    last = _LAST_WORD.search(text, max(0, start - _ANNOUNCED), start)
    if last and last.group(1).lower() in _COUNTED:
        return start
    for marker in _MARKED.finditer(text, low, start):
        low = marker.end()
    field = _NEXT_FIELD.search(text, low, start)
    return field.start() if field else low

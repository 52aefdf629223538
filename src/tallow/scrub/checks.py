"""The named checks that rules ask for: code decides where a pattern can only suspect."""

import re
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from .addresses import (
    check_email,
    check_ipv4,
    check_ipv6,
    check_mac,
    check_userinfo,
)
from .ends import Spans
from .numbers import SCHEMES, brand_of, iban_end, is_luhn
from .phones import check_phone
from .tokens import (
    check_basic,
    check_bearer,
    check_key_block,
    check_key_tail,
    check_mixed,
    check_spoken,
)

__all__ = ["CHECKS", "Check"]

Check: TypeAlias = Callable[[str, int, int, Mapping[str, Any]], Spans]
"""Text, start and end of the suspect, the rule's options → what to scrub; empty: nothing."""

_CARD_SIZES = (
    (4, 4, 4, 4),
    (4, 6, 5),
    (4, 6, 4),
    (4, 4, 4, 4, 3),
    (4, 4, 4, 1),
    (4, 4, 5),
    (6, 13),
    (8, 8),
    (4, 3, 3, 3),
)
_GROUP = re.compile(r"[0-9]+")
_ORDER_WORDS = frozenset(
    (
        *("order", "invoice", "tracking", "shipment", "seq", "sequence", "offset", "serial"),
        *("trace", "span", "request", "build", "event", "snowflake", "timestamp", "ticket"),
        *("batch", "job", "run", "parcel", "message", "msg", "row", "tx", "transaction", "size"),
        *("bytes", "id"),
    )
)
_NUMBER_WORDS = frozenset(("id", "no", "nr", "num", "number", "ref"))
_LEAST_ADVERB = 8
_WORD = re.compile(r"[a-z]+")
_ALNUM = re.compile(r"[^0-9A-Za-z]")
_ROUTE_BEFORE = re.compile(
    r"(?:[A-Z]{3,7} |(?:[uU]rl|URL|[uU]ri|URI|route|endpoint|target|referr?er|Referer|[lL]ocation"
    r"|href|http_path)[\"']?[=:][ ]?[\"']?)$"
)


def check_card(text: str, start: int, end: int, options: Mapping[str, Any]) -> Spans:
    """Luhn, a brand's prefix and length, groups as printed; a bare number must not be an id."""
    number = text[start:end]
    groups = _GROUP.findall(number)
    digits = "".join(groups)
    if len(groups) > 1 and tuple(map(len, groups)) not in _CARD_SIZES:
        return []
    if not brand_of(digits) or not is_luhn(digits) or len(set(digits)) == 1:
        return []
    if len(groups) == 1 and _is_counted(text[max(0, start - 32) : start]):
        return []
    return [(start, end, None)]


def _is_counted(before: str) -> bool:
    """Say whether the words before a number say that it counts things: `order number: `."""
    trimmed = before.rstrip("\"' :=#")
    if len(before) - len(trimmed) not in (1, 2, 3):
        return False
    words = _WORD.findall(trimmed.lower())
    if not words or not trimmed[-1].isalpha():
        return False
    return words[-1] in _ORDER_WORDS or (
        words[-1] in _NUMBER_WORDS and len(words) > 1 and words[-2] in _ORDER_WORDS
    )


_HEX_WITH_LETTERS = re.compile("[0-9]*[a-f][0-9a-f]*")
"""What is no account in a country spelt in hex (AE, BA, BE, DE, EE: digits only) but a digest."""


def check_iban(text: str, start: int, end: int, options: Mapping[str, Any]) -> Spans:
    """Take exactly the country's length; ISO 7064 mod 97-10 decides."""
    length = options["lengths"].get(text[start : start + 2].upper())
    if length is None:
        return []
    finish = iban_end(text, start, length)
    if finish < 0 or (finish < len(text) and text[finish].isascii() and text[finish].isalnum()):
        return []
    return [] if _HEX_WITH_LETTERS.fullmatch(text, start + 2, finish) else [(start, finish, None)]


def check_official(text: str, start: int, end: int, options: Mapping[str, Any]) -> Spans:
    """Ask the scheme's own check of an official number; `near` words must stand around it."""
    number = _ALNUM.sub("", text[start:end]).upper()
    near = options.get("near")
    if near and not _is_near(text, start, end, near):
        return []
    if not near and _is_in_column(text, start, end):
        return []
    try:
        is_valid = any(SCHEMES[scheme](number) for scheme in options["schemes"])
    except (ValueError, IndexError):
        return []
    return [(start, end, None)] if is_valid else []


def _is_in_column(text: str, start: int, end: int) -> bool:
    """Say whether blanks part a number within, and from another one: `302 500 2425 85868`."""
    if text.find(" ", start, end) < 0:
        return False
    before, after = text[max(0, start - 2) : start], text[end : end + 2]
    return (before[-1:] == " " and before[:1].isdecimal()) or (
        after[:1] == " " and after[1:].isdecimal()
    )


def check_near(text: str, start: int, end: int, options: Mapping[str, Any]) -> Spans:
    """Ask only for one of the `near` words around."""
    return [(start, end, None)] if _is_near(text, start, end, options["near"]) else []


def _is_near(text: str, start: int, end: int, words: re.Pattern[str]) -> bool:
    return (
        words.search(text, max(0, start - 48), start) is not None
        or words.search(text, end, end + 32) is not None
    )


def check_home(text: str, start: int, end: int, options: Mapping[str, Any]) -> Spans:
    """Take the name of a home folder; refuse shared folders and routes of a site."""
    name = text[start:end]
    if name.lower() in options["shared"]:
        return []
    root = text.rfind("/home", max(0, start - 12), start)
    if root >= 0:
        if _ROUTE_BEFORE.search(text, max(0, root - 20), root):
            return []
        if text[end : end + 1] not in ("/", "\\") and name.lower() in options["pages"]:
            return []
        if name.lower() in options["pages"] and root and text[root - 1] in " \"'=":
            return []
    return [(start, end, None)]


def check_user(text: str, start: int, end: int, options: Mapping[str, Any]) -> Spans:
    """Take a user name a known sentence names; refuse words that only follow "user"."""
    name = text[start:end].rstrip(".,:;")
    if len(name) < 2 or name.lower() in options["words"] or name.isdecimal():
        return []
    if len(name) >= _LEAST_ADVERB and name.endswith("ly"):  # `emily` is none
        return []
    if text[start - 1 : start] not in "'\"`" and ("_id" in name or "=" in name):
        return []
    return [(start, start + len(name), None)]


def check_nothing(text: str, start: int, end: int, options: Mapping[str, Any]) -> Spans:
    """Take all the pattern found."""
    return [(start, end, None)]


CHECKS: Mapping[str, Check] = {
    "": check_nothing,
    "email": check_email,
    "ipv4": check_ipv4,
    "ipv6": check_ipv6,
    "mac": check_mac,
    "phone": check_phone,
    "userinfo": check_userinfo,
    "card": check_card,
    "iban": check_iban,
    "official": check_official,
    "near": check_near,
    "home": check_home,
    "user": check_user,
    "mixed": check_mixed,
    "bearer": check_bearer,
    "basic": check_basic,
    "spoken": check_spoken,
    "key-block": check_key_block,
    "key-tail": check_key_tail,
}
"""Name → check. Two more, `named` and `blob`, need the scrubber itself and are made there."""

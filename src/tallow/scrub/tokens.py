"""Checks of secrets by their shape: random tokens, encoded text, private keys, bare schemes."""

import binascii
import re
from collections.abc import Callable, Mapping
from itertools import permutations
from typing import Any

from .ends import Spans, scope_of
from .fields import is_drawn, is_placeholder
from .views import is_in_form

__all__ = [
    "check_basic",
    "check_bearer",
    "check_blob",
    "check_key_block",
    "check_key_tail",
    "check_mixed",
    "check_spoken",
]

_KNOWN_HASH = re.compile(
    r"(?:sha-?[0-9]{1,3}|md5|crc32c?|blake[23][bs]?|h1|digest|integrity|checksum|base64|nonce|etag"
    r"|fingerprint|ssh-[a-z0-9]+|ecdsa-[a-z0-9-]+|W/)[\"']?[-:=,/ ]{1,3}[\"']?$",
    re.IGNORECASE,
)
_KNOWN_ID = re.compile(
    r"(?:[_-]id|[a-z]Id|\bid|-id-2|etag|hash|sha|digest|checksum|integrity|commit|build|revision|rev"
    r"|trace|traceparent|span|request|correlation|fingerprint|cursor|uuid|ulid|ksuid|version|release"
    r"|boundary|tag|image|chunk|file|path|mappings)[\"']?[ ]?[:=][ ]?[\"']?$"
)
_PUBLIC = re.compile(
    r"(?:-{4}|[A-Za-z0-9-]{0,60}[Bb]oundary|AAAA[A-Z]|_Z[A-Z]|Qm[1-9A-HJ-NP-Za-km-z]{44}$|baf[a-z0-9]{20}|iVBOR|/9j/|R0lGOD|MII[A-Z]"
    r"|(?:acct|ba|card|ch|cus|dp|du|evt|ii|il|in|inv|ipi|pi|plan|pm|po|price|prod|py|pyr|rcpt|re|req"
    r"|seti|si|src|sub|tr|txn|msg|run|resp)_[A-Za-z0-9]{14,30}$"
    r"|(?:CA|CF|IM|MG|MM|PN|RE|SM)[0-9a-f]{32}$|[A-Za-z]{2,16}[-_]0[0-7][0-9A-HJKMNP-TV-Z]{24}$)"
)
"""Boundaries, hashes of content, images; ids of Stripe's objects, of messages, ULIDs."""

_HASH_AT_START = re.compile(r"sha-?[0-9]{1,3}[-_/]|md5[-_/]|h1[-_]|nonce-", re.IGNORECASE)
_CACHE_KEY = re.compile(r"(?:[A-Za-z]+[0-9]{0,3}[-_/])+(?:[0-9a-f]{64}|[0-9a-f]{40}|[0-9a-f]{32})")
"""A name and a digest: `node-cache-Linux-x64-npm-3b5d…`."""
_ASSET = re.compile(
    r"[.](?:woff2?|ttf|m?js|css|map|png|jpe?g|gif|svg|webp|ico|wasm)(?![A-Za-z0-9])"
)
_VERSION = re.compile(r"v?[0-9]+(?:[.][0-9a-z]+)+$|[a-z_]+[.(]")
_LEAST_DRAWN = 10
_HEX = re.compile(r"[0-9a-f]+|[0-9A-F]+")
_KINDS = bytes.maketrans(
    b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~/+=",
    b"A" * 26 + b"a" * 26 + b"0" * 10 + b"-" * 7,
)
_TURNS = [bytes(pair) for pair in permutations(b"Aa0-", 2)]
_UNPRINTED = bytes((*range(9), 11, 12, *range(14, 32), 127))
_PART = re.compile(r"[^/]+")
_PATH_WORD = re.compile(r"[a-z]{3,}(?:[-_][a-z]+)*|v[0-9]")
_SPLIT = re.compile(r"[-_.~/+=]+")
_WORDY = re.compile(r"[a-z]{5,}|[A-Z][a-z]{3,}")
_UNSPEAKABLE = re.compile(r"[bcdfghjklmnpqrstvwxzBCDFGHJKLMNPQRSTVWXZ]{4}")
_KEY_BODY = re.compile(
    r"(?:[A-Za-z0-9+/=_-]{16,}|(?:\\{1,8}[nr]|[\r\n])[A-Za-z0-9+/=]{1,80}(?=[\"'\\\r\n<]|$)|\s"
    r"|\\{1,8}[nr]|[A-Z][A-Za-z-]{2,20}: [^\r\n\\]{0,100})*"
)
_KEY_END = re.compile(r"-----END [A-Z0-9 ]{0,60}PRIVATE KEY(?: BLOCK)?-----")
_KEY_LINE_BEFORE = re.compile(
    r"(?<![A-Za-z0-9+/=\\])[A-Za-z0-9+/=]{0,80}(?:[ \t]{0,8}(?:\\{1,8}[nr]|[\r\n])){1,2}$"
)
_LONGEST_JOINT = 5
_FURTHEST_WORD = 17
_LONGEST_KEY_LINE = 120
_LONGEST_KEY = 20_000
_BEARER_WORDS = re.compile(r"HTTP/[0-9.]{1,3}|[A-Za-z]+(?:[._-][a-z]+)*")


def check_mixed(text: str, start: int, end: int, options: Mapping[str, Any]) -> Spans:
    """Refuse a key-shaped word without a digit, or of too few signs, or that is a stand-in.

    With `"digits": false`, for prefixes no word begins with, a capital will do: one in thirty keys
    of 20 signs has no digit.
    """
    secret = text[start:end]
    body = secret[int(options.get("prefix", 4)) :]
    if is_placeholder(secret) or not (
        any(char.isdecimal() for char in secret)
        or (not options.get("digits", True) and any(char.isupper() for char in body))
    ):
        return []
    if options.get("random") and not _is_random_tail(secret):
        return []
    if len(set(body)) < int(options.get("least_signs", 5)):
        return []
    return [(start, end, None)]


def _is_random_tail(secret: str) -> bool:
    """Say whether what follows the last word of a shaped key mixes digits in."""
    tail = secret.split("_", 2)[-1]
    digits = sum(char.isdecimal() for char in tail)
    return digits >= 2 and max(map(len, tail.split("_"))) >= 8


def check_bearer(text: str, start: int, end: int, _: Mapping[str, Any]) -> Spans:
    """Take the token after a scheme; refuse words (`Bearer realm=…`, `bearer of news`)."""
    secret = text[start:end]
    if _BEARER_WORDS.fullmatch(secret.rstrip("=")) and not (
        len(secret) >= 20 and secret.lower() != secret and "." not in secret
    ):
        return []
    if is_placeholder(secret) or "=" in secret.rstrip("="):
        return []
    return [(start, end, None)]


def check_spoken(text: str, start: int, end: int, _: Mapping[str, Any]) -> Spans:
    """Take what is said to be a password: letters and digits are mixed in it, or letters drawn."""
    secret = text[start:end].rstrip(".,;:!?)")
    kept = text[start : start + len(secret) + 1]
    if kept[-1:] in "!?" and text[start + len(kept) : start + len(kept) + 1] in ("", ",", " ", "."):
        secret = kept
    letters = "".join(filter(str.isalpha, secret))
    if not letters or _VERSION.match(secret):
        return []
    has_digit = any(char.isdecimal() for char in secret)
    if not has_digit and (len(letters) < _LEAST_DRAWN or not is_drawn(letters)):
        return []
    if is_placeholder(secret) or "=" in secret or "(" in secret:
        return []
    return [(start, start + len(secret), None)]


def check_basic(text: str, start: int, end: int, _: Mapping[str, Any]) -> Spans:
    """Take `Basic …` when it decodes to `user:password`."""
    plain = _plain(text[start:end])
    return [(start, end, None)] if plain is not None and ":" in plain else []


def check_key_block(text: str, start: int, end: int, _: Mapping[str, Any]) -> Spans:
    """Take a private key with its body, to its END line, or as far as it looks like one."""
    dashes = text.find("-----", end, end + _LONGEST_KEY)
    close = _KEY_END.match(text, dashes) if dashes >= 0 else None
    if close:
        return [(start, close.end(), None)]
    body = _KEY_BODY.match(text, end, end + _LONGEST_KEY)
    finish = body.end() if body else end
    while finish > end and text[finish - 1].isspace():
        finish -= 1
    return [(start, finish, None)]


def check_key_tail(text: str, start: int, end: int, _: Mapping[str, Any]) -> Spans:
    """Take the END line of a private key with the lines of base64 before it."""
    begin = start
    least = max(0, start - _LONGEST_KEY)
    while begin > least:
        line = _KEY_LINE_BEFORE.search(text, max(least, begin - _LONGEST_KEY_LINE), begin)
        if line is None or line.end() == line.start():
            break
        begin = line.start()
    return [(begin, end, None)]


def check_blob(
    text: str, start: int, end: int, options: Mapping[str, Any], finds: Callable[[str], bool]
) -> Spans:
    """Take base64 text with something to scrub inside (by `finds`), and random tokens."""
    while end < len(text) and text[end] == "=" and text[end - 2 : end] != "==":
        end += 1
    end = scope_of(text, start, end)
    blob = text[start:end]
    if blob.islower() and max(map(len, _SPLIT.split(blob))) < 28:
        return []
    if len(set(blob)) < 10 or _HASH_AT_START.match(blob):
        return []
    plain = _plain(blob)
    if plain is not None:
        return [(start, end, options["encoded_class"])] if finds(plain) else []
    if _ASSET.match(text, end) or _CACHE_KEY.fullmatch(blob):
        return []
    spans: Spans = []
    if "/" in blob and _is_path(blob):
        for part in _PART.finditer(blob):
            if _is_random(part.group()) and not _PUBLIC.match(part.group()):
                spans.append((start + part.start(), start + part.end(), None))
    elif _is_random(blob) and not _PUBLIC.match(blob) and not _is_boundary(text, start):
        if "+" in blob and is_in_form(text, start, end):
            return []  # the view has blanks there
        spans.append((start, end, None))
    if spans and start and _is_announced(text[max(0, start - 32) : start]):
        return []
    return spans


def _is_announced(before: str) -> bool:
    """Say whether a hash or an id is what the text in front of a token promises.

    The words are short: they are looked for only as far back as they can reach.
    """
    near = max(0, len(before) - _FURTHEST_WORD)
    if _KNOWN_HASH.search(before, 0 if "-" in before else near):
        return True
    tail = before[-_LONGEST_JOINT:]
    return ("=" in tail or ":" in tail) and _KNOWN_ID.search(before, near) is not None


def _is_boundary(text: str, start: int) -> bool:
    """Say whether the line begins with two dashes, as those between the parts of a MIME message."""
    if start and text[start - 1] == "\\":
        return text.startswith(("n--", "r--"), start)
    return (not start or text[start - 1] in "\r\n") and text.startswith("--", start)


def _is_path(blob: str) -> bool:
    """Say whether the slashes of `blob` part words, as in a path, not signs of base64."""
    parts = blob.split("/")
    return blob[0] == "/" or any(_PATH_WORD.fullmatch(part) for part in parts)


def _plain(blob: str) -> str | None:
    """Return the text that base64 stands for, or None when it stands for no text."""
    body = blob.rstrip("=").replace("-", "+").replace("_", "/")
    if len(body) % 4 == 1 or "." in body or "~" in body:
        return None
    try:
        data = binascii.a2b_base64(body + "=" * (-len(body) % 4), strict_mode=True)
    except (binascii.Error, ValueError):
        return None
    if len(data.translate(None, _UNPRINTED)) < len(data):
        return None
    try:
        return data.decode("utf-8")
    except ValueError:
        return None


def _is_random(blob: str) -> bool:
    """Say whether the signs of `blob` change kind as often as those of a drawn token do."""
    body = blob.rstrip("=")
    longest = body if body.isalnum() else max(_SPLIT.split(body), key=len)
    whole = body if len(longest) * 3 >= len(body) and not _is_small(body) else longest
    if len(whole) < 24 or (len(whole) != len(body) and len(longest) < 20):
        return False
    kinds = whole.encode().translate(_KINDS)
    if b"0" not in kinds:
        return False
    turns = sum(map(kinds.count, _TURNS)) / (len(kinds) - 1)
    is_mixed = b"a" in kinds and b"A" in kinds
    if turns < (0.34 if is_mixed else 0.3) or len(set(whole)) < 13 or _HEX.fullmatch(whole):
        return False
    if not is_mixed and (len(whole) < 28 or b"a" not in kinds):
        return False
    wordy = sum(len(w) for w in _WORDY.findall(whole) if not _UNSPEAKABLE.search(w)) / len(whole)
    return wordy < (0.4 if is_mixed or len(whole) >= 32 else 0.3)


def _is_small(text: str) -> bool:
    """Say whether there is no capital in `text`, which is ASCII."""
    return text.lower() == text

"""Checks of what leads to a person or machine: mail, network and telephone addresses, homes."""

import re
from collections.abc import Mapping
from typing import Any

from .values import Spans

__all__ = ["check_email", "check_ipv4", "check_ipv6", "check_mac", "check_phone", "check_userinfo"]

_FILE_ENDINGS = frozenset(
    (
        *("png", "jpg", "jpeg", "gif", "webp", "svg", "ico", "bmp", "avif", "css", "js", "mjs"),
        *("cjs", "ts", "tsx", "jsx", "map", "json", "yml", "yaml", "toml", "xml", "html", "htm"),
        *("txt", "log", "rb", "go", "java", "jar", "zip", "gz", "tgz", "tar", "whl", "woff"),
        *("ttf", "pdf", "csv", "lock", "service", "socket", "timer", "mount", "automount"),
        *("swap", "slice", "scope", "target", "device", "path"),
    )
)
"""Of files and of units of systemd (`user@1000.service`); `md`, `py` and `rs` are countries."""

_RELEASE = re.compile(
    r"v?[0-9]+[.][0-9]+(?:[.][0-9]+(?:-[a-z0-9.-]+|[.][a-z]+)"
    r"|[-.](?:dev|alpha|beta|rc|pre|post|next|canary|final|snapshot|nightly)[a-z0-9.-]*)",
    re.IGNORECASE,
)
"""A version where a domain would stand: `ui@0.24.34.dev`, `vite@5.1-beta.next`."""

_REPOSITORY_USERS = frozenset(("git", "hg", "svn"))
_NOT_USERINFO = re.compile(r"[\s/\"'<>]")
_PORT = re.compile(r"[0-9]{1,5}(?:/|$)")
_PRODUCT = re.compile(
    r"(?:^|[\s\"'(;,])(?:[A-Z][A-Za-z]+|curl|wget|nginx|openresty|python|python-requests|go|node|libcurl|openssl|axios|okhttp|apache|haproxy|envoy|java|php|ruby|perl|aiohttp|httpx|undici|git|npm|yarn|pip|docker|kubectl|helm|terraform)/$"
)
_COMPARED = ("==", "~=", "<=", ">=", "!=", "^=", "~", "^")
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_PEER_WORDS = frozenset(
    (
        *("ip", "ipv", "addr", "address", "host", "client", "remote", "peer", "by", "src", "dst"),
        *("source", "destination", "via", "at", "server", "upstream", "origin", "gateway", "dns"),
        *("node", "bind", "listen", "connect", "connected", "caller", "sender", "forwarded"),
        *("for", "hostname", "whois", "ping", "nameserver", "proxy", "real", "login", "attacker"),
        *("blocked", "banned"),
    )
)
_VERSIONED = re.compile(
    r"(?:versions?|releases?|(?<![a-z])(?:ver|firmware|upgrad(?:e|ed|ing)|downgrad(?:e|ed|ing)|updated?"
    r"|builds?|drivers?|sdk|rev|revision|assembly|section|chapter|clause|chrome|electron|chromium"
    r"|bios|patch|schema|package|oid|edge|dotnet|kernel|plugin|module|library))(?![a-z])"
    r"[\"'\])]?[ \t:=/v#(-]{0,4}(?:[a-z]{1,12}[ =]){0,2}[\"'(v]?$"
)
_VERSIONED_AFTER = re.compile(
    r"[ -]{1,2}(?:release|beta|alpha|rc[0-9]|build|patch|version|stable|lts)", re.IGNORECASE
)
_REPLACED = re.compile(r"(?:upgrad|downgrad|updat|migrat|bump|version|rolled)")
_KEPT_V4 = re.compile(r"127\..*|0\.0\.0\.0|255\.255\..*|0\..*")
_PRIVATE_V4 = re.compile(r"10\..*|192\.168\..*|172\.(?:1[6-9]|2[0-9]|3[01])\..*|169\.254\..*")
_HEXTET = re.compile(r"[0-9A-Fa-f]{1,4}")
_COUNTRY = re.compile(
    r"(?:1|7|20|27|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]|2[1-689][0-9]|35[0-9]|37[0-9]"
    r"|38[0-9]|42[0-9]|50[0-9]|59[0-9]|6[789][0-9]|80[08]|85[0-9]|87[0-9]|88[0-9]|9[679][0-9])"
)
_EXTENSION = re.compile(r" ?(?:ext|x|#).*", re.DOTALL)
_GROUP = re.compile(r"[0-9]+")
_PHONE_WORD = re.compile(
    r"(?:phone|telefon\w*|tel|tlf|tele?fono|t[e\u00e9]l[e\u00e9]phone|telefone|mobile?|m[o\u00f3]vil"
    r"|cellphone|cell|celular|handy|portable|call|called|calling|ring|dial|dialed|dialled|sms|texted"
    r"|fax|whatsapp|signal|viber|contact|callback|msisdn|hotline|caller|reach|reached|landline"
    r"|rufnummer|kontakt|puhelin|gsm|ph|mob|numero|num[e\u00e9]ro|otp|2fa)"
    r"(?![A-Za-z]*[ _-]?id)(?:[^A-Za-z0-9]|$)",
    re.IGNORECASE,
)
_PHONE_WORD_AFTER = re.compile(
    r"[^A-Za-z0-9\n]{0,3}(?:(?:is|was|as|on|the|my|his|her|their|our|your|a) ){0,3}"
    r"(?:phone|mobile|cell|tel|fax|whatsapp|sms|call me|landline)",
    re.IGNORECASE,
)


def check_email(text: str, start: int, end: int, options: Mapping[str, Any]) -> Spans:
    """Refuse files (`icon@2x.png`), versions, repositories and the user part of a URL."""
    local, _, domain = text[start:end].rpartition("@")
    if domain.rpartition(".")[2].lower() in _FILE_ENDINGS or local in _REPOSITORY_USERS:
        return []
    if _RELEASE.fullmatch(domain):
        return []
    if end < len(text) and text[end] == ":" and local.lower() in _REPOSITORY_USERS:
        return []
    scheme = text.rfind("://", max(0, start - 203), start)
    if scheme >= 0 and not _NOT_USERINFO.search(text, scheme + 3, start):
        return []
    return [(start, end, None)]


def check_ipv4(text: str, start: int, end: int, options: Mapping[str, Any]) -> Spans:
    """Refuse versions, net masks and loopback; `keep_private` refuses private networks too."""
    address = text[start:end]
    if any(int(part) > 255 or (part[0] == "0" and len(part) > 1) for part in address.split(".")):
        return []
    if _KEPT_V4.fullmatch(address) or (
        options.get("keep_private") and _PRIVATE_V4.fullmatch(address)
    ):
        return []
    if text[end : end + 1] == "." and text[end + 1 : end + 2].isalnum():
        return []
    if _VERSIONED_AFTER.match(text, end):
        return []
    return [] if _is_version(text, start) else [(start, end, None)]


def _is_version(text: str, start: int) -> bool:
    before = text[max(0, start - 48) : start]
    if not before:
        return False
    if before[-1] == "/":
        return _PRODUCT.search(before) is not None
    if before.rstrip().endswith(_COMPARED):
        return True
    folded = before.lower()
    trimmed = folded.rstrip(" \t=:\"'([@,")
    word = trimmed[len(trimmed.rstrip(_LETTERS)) :]
    if word in ("from", "to"):
        return _REPLACED.search(folded) is not None
    return word not in _PEER_WORDS and _VERSIONED.search(folded) is not None


def check_ipv6(text: str, start: int, end: int, options: Mapping[str, Any]) -> Spans:
    """Refuse what does not parse, times, `a::b` of code, loopback; take a zone along."""
    address = text[start:end]
    if address.endswith(":") and not address.endswith("::"):
        address = address[:-1]
        end -= 1
    groups = _hextets(address)
    if groups is None:
        return []
    first = groups[0]
    is_private = 0xFC00 <= first < 0xFE00 or 0xFE80 <= first < 0xFEC0
    is_mapped = groups[:5] == [0] * 5 and groups[5] == 0xFFFF
    if is_private and options.get("keep_private"):
        return []
    if not (0x2000 <= first < 0x4000 or is_private or is_mapped or first in (0x64, 0x100)):
        return []
    if not any(char.isdecimal() for char in address):
        return []
    zone = re.compile(r"%(?:25)?[A-Za-z0-9][A-Za-z0-9._-]{0,15}").match(text, end)
    return [(start, zone.end() if zone else end, None)]


def _hextets(address: str) -> list[int] | None:
    """Return the eight groups of an IPv6 address, or None."""
    head, gap, tail = address.partition("::")
    if "::" in tail or (gap and (head.endswith(":") or tail.startswith(":"))):
        return None
    sides: list[list[int]] = []
    for side in (head, tail):
        groups: list[int] = []
        parts = side.split(":") if side else []
        for index, part in enumerate(parts):
            if "." in part and index == len(parts) - 1:
                octets = part.split(".")
                if len(octets) != 4 or any(not o.isdecimal() or int(o) > 255 for o in octets):
                    return None
                a, b, c, d = map(int, octets)
                groups += [a * 256 + b, c * 256 + d]
            elif _HEXTET.fullmatch(part):
                groups.append(int(part, 16))
            else:
                return None
        sides.append(groups)
    known = len(sides[0]) + len(sides[1])
    if (known > 7) if gap else (known != 8):
        return None
    return sides[0] + [0] * (8 - known) + sides[1]


def check_mac(text: str, start: int, end: int, _: Mapping[str, Any]) -> Spans:
    """Refuse parts of longer fingerprints and the addresses of nobody."""
    digits = re.sub(r"[^0-9A-Fa-f]", "", text[start:end]).lower()
    if digits in ("000000000000", "ffffffffffff"):
        return []
    joint = "." if text[start + 2].isalnum() else text[start + 2]
    if text[end : end + 1] == joint and text[end + 1 : end + 2].isalnum():
        return []
    if start > 1 and text[start - 1] == joint and text[start - 2].isalnum():
        return []
    return [(start, end, None)]


def check_userinfo(text: str, start: int, end: int, options: Mapping[str, Any]) -> Spans:
    """Take `user:password` between `://` and the last `@` before the host."""
    place = start + 3
    host = text.rfind("@", place, end)
    user, colon, password = text[place:host].partition(":")
    if _PORT.match(password):
        return []
    spans: Spans = []
    if user and options["scrub_users"] and user.lower() not in options["plain_users"]:
        spans.append((place, place + len(user), options["user_class"]))
    if colon and password and not password.startswith("["):
        spans.append((place + len(user) + 1, host, None))
    return spans


def check_phone(text: str, start: int, end: int, _: Mapping[str, Any]) -> Spans:
    """Take international numbers, strict national shapes, and any number a word announces."""
    is_signed = text[start] == "+"
    if start and (text[start - 1].isalnum() or (not is_signed and _goes_on(text, start, end))):
        return []
    number = _EXTENSION.sub("", text[start:end])
    if "+ " in number or " +" in number:
        return []  # a sum
    groups = _GROUP.findall(number)
    digits = "".join(groups)
    if not 7 <= len(digits) <= 15 or not _stands_alone(text, start, end):
        return []
    if number[0] == "(" and ")" not in number:
        return check_phone(text, start + 1, end, _)
    sizes = tuple(map(len, groups))
    if number[0] == "+":
        fits = _is_international(digits)
    elif _is_dated(groups):
        fits = False
    else:
        fits = _is_national(number, digits, sizes) or (
            _is_announced(text, start, end) and len(digits) <= 13
        )
    return [(start, end, None)] if fits else []


def _goes_on(text: str, start: int, end: int) -> bool:
    """Say whether the groups of a number continue those of another just before it."""
    if start < 2 or not text[start - 2].isdecimal() or text.find(text[start - 1], start, end) < 0:
        return False
    before = text[max(0, start - 40) : start - 1]
    rest = before.rstrip("0123456789")
    return not rest[-1:].isalpha()


def _stands_alone(text: str, start: int, end: int) -> bool:
    before, after = text[max(0, start - 2) : start], text[end : end + 2]
    if before and (before[-1].isalnum() or before[-1] in "_.#$\u20ac\u00a3+/"):
        return False
    if len(before) == 2 and before[1] == "-" and before[0].isalnum():
        return False
    if not after:
        return True
    if after[0].isalnum() or after[0] in "_%":
        return False
    if len(after) == 2 and after[0] == ",":
        return text[start] == "+" or not after[1].isdecimal()
    return not (len(after) == 2 and after[0] in "-.:/" and after[1].isalnum())


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
    if digits[:2] == "00":
        return 11 <= len(digits) <= 15 and _COUNTRY.match(digits, 2) is not None
    if digits[0] == "0" and digits[1] != "0":
        return 9 <= len(digits) <= 12 and min(sizes) >= 2 and sizes[0] <= 5 and sizes != (5, 4)
    if number[0] == "(" and ")" in number[: sizes[0] + 2]:
        return 8 <= len(digits) <= 12 and 2 <= sizes[0] <= 5 and min(sizes) >= 2
    return (
        (sizes == (3, 4, 4) and digits[0] == "1" and digits[1] in "3456789")
        or (sizes == (2, 5, 4) and digits[2] == "9")
        or (sizes == (1, 3, 3, 2, 2) and digits[0] in "78")
    )


def _is_announced(text: str, start: int, end: int) -> bool:
    before = text[max(0, start - 32) : start]
    if before and _PHONE_WORD.search(before):
        return True
    return _PHONE_WORD_AFTER.match(text, end) is not None

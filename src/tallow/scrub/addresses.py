"""Checks of what leads to a person or machine: mail, network and telephone addresses, homes."""

import re
from collections.abc import Mapping
from typing import Any

from .values import Spans
from .views import is_in_form

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
_NOT_USERINFO = re.compile(r"[\s/?#\"'<>]")
_PROPERTY = re.compile(r";[A-Za-z]{1,40}=")
"""Where an address of SQL Server has it, an `@` ends no user: `db:1433;user=ann;password=p@ss`."""
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
_CLOCK = re.compile(
    r"(?:[0-9]{2}[./-][0-9]{2}[./-][0-9]{2} (?:[01][0-9]|2[0-3])[.-][0-5][0-9][.-][0-5][0-9]"
    r"|(?:[01][0-9]|2[0-3])[.][0-5][0-9][.][0-5][0-9][.][0-9]{3,9})"
)
"""A time as Oracle prints it, `03.58.53.212306`, or a short date and a time."""

_GO_CLOCK = re.compile(r"[A-Z0-9][ +]m=[+][0-9]{1,7}[.][0-9]{9}")
_PHONE_WORD = re.compile(
    r"(?:(phone|telefon\w*|mobile?|celular|handy|fax|whatsapp|msisdn|hotline|rufnummer|puhelin)"
    r"|(call|called|calling|ring|dial|dialed|dialled|texted|signal|contact|reach|reached)"
    r"|tel|tlf|tel[e\u00e9]?fono|m[o\u00f3]vil|cell|portable|sms|viber|callback|caller|landline"
    r"|kontakt|gsm|ph|mob|num[e\u00e9]ro|[ht]?otp|2fa)"
    r"(?![A-Za-z]*[ _-]?id)(?![A-Za-z0-9])",
    re.IGNORECASE,
)
"""Words before a number; of group 1 those that may end a longer word, of group 2 verbs."""

_PHONE_WORD_AFTER = re.compile(
    r"[^A-Za-z0-9\n]{0,3}(?:(?:is|was|as|on|the|my|his|her|their|our|your|a) ){0,3}"
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
    if text.startswith("sqlserver", max(0, start - 9)) and _PROPERTY.search(text, place, host):
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
    if not is_signed and "+" in number and is_in_form(text, start, end):
        return []  # the view has blanks there
    groups = _GROUP.findall(number)
    digits = "".join(groups)
    if not 7 <= len(digits) <= 15 or not _stands_alone(text, start, end):
        return []
    if number[0] == "(" and ")" not in number:
        return check_phone(text, start + 1, end, _)
    sizes = tuple(map(len, groups))
    if number[0] == "+":
        fits = _is_international(digits) and not _GO_CLOCK.fullmatch(text, max(0, start - 4), end)
    elif _is_dated(groups) or _CLOCK.fullmatch(number):
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
    if before and (before[-1].isalnum() or before[-1] in "_.#$\u20ac\u00a3+"):
        return False
    if before[-1:] == "/" and text[start] != "+":
        return False  # a part of a path, where numbers count: `/orders/5550123`
    if len(before) == 2 and before[1] == "-" and before[0].isalnum():
        return False
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

"""Checks of what leads to a person or machine: mail and network addresses."""

import re
from collections.abc import Mapping
from typing import Any

from .ends import Spans

__all__ = ["check_email", "check_ipv4", "check_ipv6", "check_mac", "check_userinfo"]

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

_GLUED = re.compile("[\u3040-\u30ff\u3400-\u9fff](?=[A-Za-z0-9][^\u3040-\u30ff\u3400-\u9fff]*$)")
"""The last sign of a sentence in Chinese or Japanese that goes on in an address."""

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
    r"(?:versions?|releases?|(?<![a-z])(?:ver|firmware|fw|hw|sw|upgrad(?:e|ed|ing)|downgrad(?:e|ed|ing)|updated?"
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
    glued = None if local.isascii() else _GLUED.search(local)
    return [(start + glued.end() if glued else start, end, None)]


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

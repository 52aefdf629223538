"""A URL that still says where, but no longer who: no credentials, no fragment, few parameters."""

import re
from collections.abc import Callable

__all__ = ["scrub_address"]

_PARTS = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*:)?(//[^/?#]*)?([^?#]*)(\?[^#]*)?(#.*)?", re.DOTALL)
_PAIR = re.compile(r"([^=&;]*)(?:=([^&;]*))?")


def scrub_address(url: str, keep: frozenset[str], scrub: Callable[[str], str]) -> str:
    """Return `url` without user, password, fragment, and query parameters that are not in `keep`.

    What stays is scrubbed by `scrub`: host, path, and the values of the kept parameters.
    """
    parts = _PARTS.fullmatch(url)
    if parts is None:
        return scrub(url)
    scheme, authority, path, query, _ = (part or "" for part in parts.groups())
    host = authority.rpartition("@")[2]
    if authority:
        host = "//" + host.removeprefix("//")
    kept = "&".join(
        f"{name}={scrub(value or '')}"
        for name, value in _PAIR.findall(query[1:])
        if name.lower() in keep
    )
    return scrub(scheme + host + path) + (f"?{kept}" if kept else "")

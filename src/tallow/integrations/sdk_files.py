"""The browser SDK as files of the site's own origin, and the script tag that loads it."""

import gzip
import hashlib
from dataclasses import dataclass
from functools import cache
from html import escape
from pathlib import Path
from typing import Final

import orjson

from .http import Receive, Scope, Send, answer, headers_of, quiet

__all__ = ["PREFIX", "SdkFiles", "sdk_tag"]

PREFIX: Final = "/tallow/"
_FOLDER: Final = Path(__file__).parent / "static"
_MAIN: Final = "tallow.js"
_FOR_EVER: Final = b"public, max-age=31536000, immutable"
_FOR_MINUTES: Final = b"public, max-age=300"


@dataclass(frozen=True, slots=True)
class _File:
    """One file, ready to be sent."""

    body: bytes
    zipped: bytes
    etag: bytes
    keep: bytes


def sdk_tag(nonce: str = "", prefix: str = PREFIX, **options: str | bool | float) -> str:
    """Return the `<script>` element of the SDK for a page's head, safe to put into HTML as it is.

    `options` become `data-` attributes: `sdk_tag(app="shop", capture_localhost=True)`. An empty
    string when the browser SDK was not built into this installation.
    """
    files = _manifest(_FOLDER)
    if _MAIN not in files:
        return ""
    file, integrity = files[_MAIN]
    attributes = {"src": prefix + file, "integrity": integrity, "crossorigin": "anonymous"}
    if nonce:
        attributes["nonce"] = nonce
    for name, value in options.items():
        said = str(value).lower() if isinstance(value, bool) else str(value)
        attributes["data-" + name.replace("_", "-")] = said
    inside = " ".join(f'{name}="{escape(value)}"' for name, value in attributes.items())
    return f"<script {inside} defer></script>"


class SdkFiles:
    """Serves `/tallow/<file>`: hashed names for ever, `tallow.js` for minutes; GET and HEAD."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request for one file."""
        quiet(scope)
        if scope["method"] not in ("GET", "HEAD"):
            await answer(send, 405, b"GET or HEAD", headers=((b"allow", b"GET, HEAD"),))
            return
        name = scope["path"].rpartition("/")[2]
        found = _files(_FOLDER).get(name)
        is_head = scope["method"] == "HEAD"
        if found is None:
            await answer(send, 404, b"not found", is_head=is_head)
            return
        asked = headers_of(scope)
        said = [
            (b"etag", found.etag),
            (b"cache-control", found.keep),
            (b"vary", b"accept-encoding"),
            (b"x-content-type-options", b"nosniff"),
            (b"cross-origin-resource-policy", b"same-origin"),
        ]
        if found.etag in asked.get(b"if-none-match", b""):
            await send({"type": "http.response.start", "status": 304, "headers": said})
            await send({"type": "http.response.body", "body": b""})
            return
        body = found.body
        if b"gzip" in asked.get(b"accept-encoding", b""):
            body = found.zipped
            said.append((b"content-encoding", b"gzip"))
        await answer(send, 200, body, "text/javascript; charset=utf-8", said, is_head=is_head)


@cache
def _files(folder: Path) -> dict[str, _File]:
    """Return name → file of what may be asked for; read once, all small. Maps stay here."""
    names = {file: _FOR_EVER for file, _ in _manifest(folder).values()}
    if (folder / _MAIN).is_file():
        names[_MAIN] = _FOR_MINUTES
    found = {}
    for name, keep in names.items():
        body = (folder / name).read_bytes()
        etag = f'"{hashlib.sha256(body).hexdigest()[:20]}"'.encode()
        found[name] = _File(body, gzip.compress(body, 9, mtime=0), etag, keep)
    return found


@cache
def _manifest(folder: Path) -> dict[str, tuple[str, str]]:
    """Return name → hashed file and its integrity, as the build wrote it; empty if not built."""
    try:
        said = orjson.loads((folder / "manifest.json").read_bytes())
        return {
            name: (one["file"], one["integrity"])
            for name, one in said.items()
            if (folder / one["file"]).is_file() and one["file"].endswith(".js")
        }
    except (OSError, ValueError, KeyError, TypeError):
        return {}

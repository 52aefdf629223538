"""The one page of the app: its HTML, and what the browser may load for it."""

import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Final

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

__all__ = ["BuiltFiles", "PageParts", "page"]

_TITLE: Final = "Tallow: send a file"
_NOT_BUILT: Final = (
    "The page is not built yet. Run make run, or npm ci and npm run build in browser/."
)


@dataclass(frozen=True, slots=True)
class PageParts:
    """What the page is put together from: built files, Tallow's tag, where it runs."""

    static: Path
    sdk_tag: Callable[[str], str]
    environment: str


class BuiltFiles(StaticFiles):
    """The page's scripts and styles. Their names hold a hash, so they may be kept for ever."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Answer with one file."""
        response = await super().get_response(path, scope)
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response


async def page(request: Request) -> Response:
    """Answer with the page; a code in its address stands behind `#` and never reaches us."""
    parts: PageParts = request.app.state.page
    files = _manifest(parts.static)
    if "app.js" not in files:
        return HTMLResponse(f"<!doctype html><title>{_TITLE}</title><p>{_NOT_BUILT}", 503)
    nonce = secrets.token_urlsafe(16)
    headers = {
        "Content-Security-Policy": _policy(nonce),
        "Cache-Control": "no-store",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
    }
    return HTMLResponse(_html(files, parts, nonce), headers=headers)


def _policy(nonce: str) -> str:
    """Return the policy: our own files by nonce, our own sockets, nothing from elsewhere."""
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src 'nonce-{nonce}' 'strict-dynamic'",
            "style-src 'self'",
            "img-src 'self' data:",
            "connect-src 'self'",
            "worker-src 'self'",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
        )
    )


def _html(files: Mapping[str, Mapping[str, str]], parts: PageParts, nonce: str) -> str:
    script, style = files["app.js"], files.get("app.css")
    worker = files.get("worker.js", {}).get("file", "")
    sheet = (
        f'<link rel="stylesheet" href="/static/{escape(style["file"])}" '
        f'integrity="{escape(style["integrity"])}">'
        if style
        else ""
    )
    return f"""<!doctype html>
<html lang="en" data-environment="{escape(parts.environment)}" \
data-worker="/static/{escape(worker)}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="description" content="Send a file to one person. Sealed end to end.">
<title>{_TITLE}</title>
<link rel="icon" href="data:image/svg+xml,{_ICON}">
{sheet}
{parts.sdk_tag(nonce)}
<script type="module" nonce="{nonce}" src="/static/{escape(script["file"])}" \
integrity="{escape(script["integrity"])}"></script>
</head>
<body>
<div id="page"><noscript>This page needs JavaScript: the file is sealed here, in your browser,
before anything leaves it. The command <code>tallow send</code> does the same.</noscript></div>
</body>
</html>
"""


_ICON: Final = (
    "%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Crect width='16' "
    "height='16' rx='4' fill='%233451c6'/%3E%3Cpath d='M8 3.5v7M5 6.5l3-3 3 3M4 12.5h8' "
    "stroke='white' stroke-width='1.6' fill='none' stroke-linecap='round' "
    "stroke-linejoin='round'/%3E%3C/svg%3E"
)


def _manifest(static: Path) -> Mapping[str, Mapping[str, str]]:
    """Return what was built: `{"app.js": {"file": …, "integrity": …}}`; empty before a build."""
    try:
        read = json.loads((static / "manifest.json").read_bytes())
    except (OSError, ValueError):
        return {}
    return read if isinstance(read, dict) else {}

"""Who may look: one token to sign in with, then a cookie; for programs the token as Bearer."""

import asyncio
import hashlib
import hmac
import secrets
import time
from collections.abc import Callable, MutableMapping
from typing import Any, Final
from urllib.parse import parse_qs, quote, urlsplit

from starlette.requests import HTTPConnection, Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from tallow_console.state import State

from .rendering import render

__all__ = ["SIGN_INS", "Login", "LoginMiddleware", "login_routes"]

SIGN_INS: Final = (
    "CREATE TABLE sign_ins (cookie_hash TEXT PRIMARY KEY, expires REAL NOT NULL) WITHOUT ROWID",
)
"""The versions of the table of signed-in browsers; only a hash of each cookie is kept."""

SAVE_SIGN_IN = "INSERT INTO sign_ins (cookie_hash, expires) VALUES (?, ?)"
SELECT_SIGN_IN = "SELECT expires FROM sign_ins WHERE cookie_hash = ?"
DELETE_SIGN_IN = "DELETE FROM sign_ins WHERE cookie_hash = ? OR expires < ?"

_COOKIE: Final = "tallow_console"
_LASTS_S: Final = 30 * 86_400
_TRIES: Final = 10
_TRIES_WINDOW_S: Final = 60.0
_OPEN: Final = ("/login", "/-/", "/static/", "/favicon.ico")
_LARGEST_FORM: Final = 4096

_HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "font-src 'self'; connect-src 'self'; manifest-src 'self'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), interest-cohort=()",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
_RAW_HEADERS: Final = [(name.lower().encode(), said.encode()) for name, said in _HEADERS.items()]


class Login:
    """Checks tokens and cookies. Any thread may call it."""

    def __init__(self, token: str, state: State, now: Callable[[], float] = time.time) -> None:
        self._token = token.encode()
        self._state = state
        self._now = now
        self._failures: list[float] = []
        state.create("login", SIGN_INS)

    def is_token(self, said: str) -> bool:
        """Return whether this is the token, in the time it takes for any other."""
        return hmac.compare_digest(said.encode("utf-8", "replace"), self._token)

    def is_tired(self) -> bool:
        """Return whether there were so many wrong tokens that no more are looked at for a while."""
        now = self._now()
        self._failures = [one for one in self._failures if now - one < _TRIES_WINDOW_S]
        return len(self._failures) >= _TRIES

    def failed(self) -> None:
        """Count a wrong token."""
        self._failures.append(self._now())

    def sign_in(self) -> str:
        """Return a new cookie value; only its hash is kept."""
        cookie = secrets.token_urlsafe(32)
        self._state.run(SAVE_SIGN_IN, (_hash(cookie), self._now() + _LASTS_S))
        return cookie

    def sign_out(self, cookie: str) -> None:
        """Forget a cookie, and every one that has expired."""
        self._state.run(DELETE_SIGN_IN, (_hash(cookie), self._now()))

    def is_signed_in(self, connection: HTTPConnection) -> bool:
        """Return whether a request carries the token as Bearer, or a cookie that still holds."""
        scheme, _, token = connection.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            return self.is_token(token.strip())
        cookie = connection.cookies.get(_COOKIE, "")
        if not cookie:
            return False
        found = self._state.select(SELECT_SIGN_IN, (_hash(cookie),))
        return bool(found) and found[0]["expires"] > self._now()


class LoginMiddleware:
    """Lets nobody past who is not signed in, and puts the security headers on every page.

    `is_open` says which paths have a lock of their own: ingest, and the console's metrics.
    """

    def __init__(self, app: ASGIApp, is_open: Callable[[str], bool]) -> None:
        self._app = app
        self._is_open = is_open

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or self._is_open(scope["path"]):
            await self._app(scope, receive, send)
            return
        request = Request(scope, receive)
        refusal = self._refusal(request)

        async def send_with_headers(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                headers = list(message.get("headers", ()))
                known = {name.lower() for name, _ in headers}
                message["headers"] = headers + [
                    pair for pair in _RAW_HEADERS if pair[0] not in known
                ]
            await send(message)

        await (refusal or self._app)(scope, receive, send_with_headers)

    def _refusal(self, request: Request) -> Response | None:
        path = request.url.path
        if request.method not in {"GET", "HEAD"} and not _is_same_origin(request):
            return JSONResponse({"error": "a request from another site"}, 403)
        login: Login = request.app.state.login
        if path.startswith(_OPEN) or login.is_signed_in(request):
            return None
        if path.startswith("/api/"):
            headers = {"WWW-Authenticate": "Bearer", "Cache-Control": "no-store"}
            return JSONResponse({"error": "not signed in"}, 401, headers)
        return RedirectResponse(f"/login?next={quote(_safe_next(path))}", 303)


def login_routes() -> list[Route]:
    """Return the routes to sign in and out."""
    return [
        Route("/login", _form, methods=["GET"]),
        Route("/login", _submit, methods=["POST"]),
        Route("/logout", _leave, methods=["POST"]),
    ]


def _form(request: Request) -> Response:
    """Show the form; with `?token=` in the address, as `tallow up` prints it, sign in at once."""
    token = request.query_params.get("token", "")
    following = _safe_next(request.query_params.get("next", "/"))
    if token:
        return _try(request, token, following)
    if request.app.state.login.is_signed_in(request):
        return RedirectResponse(following, 303)
    return _page(request, following, "")


async def _submit(request: Request) -> Response:
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > _LARGEST_FORM:
            return _page(request, "/", "That is too long for a token.", 413)
    fields = parse_qs(body.decode("utf-8", "replace"))
    following = _safe_next(fields.get("next", ["/"])[0])
    return await asyncio.to_thread(_try, request, fields.get("token", [""])[0], following)


def _leave(request: Request) -> Response:
    request.app.state.login.sign_out(request.cookies.get(_COOKIE, ""))
    response = RedirectResponse("/login", 303)
    response.delete_cookie(_COOKIE, path="/")
    return response


def _try(request: Request, token: str, following: str) -> Response:
    login: Login = request.app.state.login
    if login.is_tired():
        return _page(request, following, "Too many wrong tokens. Wait a minute.", 429)
    if not login.is_token(token.strip()):
        login.failed()
        return _page(request, following, "That is not the token of this console.", 403)
    response = RedirectResponse(following, 303, {"Cache-Control": "no-store"})
    response.set_cookie(
        _COOKIE,
        login.sign_in(),
        max_age=_LASTS_S,
        path="/",
        secure="https" in (request.url.scheme, request.headers.get("x-forwarded-proto")),
        httponly=True,
        samesite="strict",
    )
    return response


def _page(request: Request, following: str, error: str, status: int = 200) -> Response:
    context = {"next": following, "error": error}
    return render(request, "web/templates/login.html", context, status)


def _safe_next(said: str) -> str:
    """Return where to go after signing in: a path of this console, never another site."""
    if not said.startswith("/") or said.startswith(("//", "/\\")) or not said.isprintable():
        return "/"
    return said


def _is_same_origin(request: Request) -> bool:
    """Return whether a request that changes something comes from our own page, or no page at all.

    A program with the Bearer token has no cookie that another site could use.
    """
    if request.headers.get("authorization"):
        return True
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site in {"same-origin", "none"}
    origin = request.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == request.headers.get("host")


def _hash(cookie: str) -> str:
    return hashlib.sha256(cookie.encode("utf-8", "replace")).hexdigest()

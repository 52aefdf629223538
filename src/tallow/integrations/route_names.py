"""Which route a request took, as the template it was declared with, never as its path."""

import weakref
from collections.abc import Sequence
from typing import Any, Final

from .http import Scope

__all__ = ["UNMATCHED", "RouteNames"]

UNMATCHED: Final = "unmatched"
"""The route of a request that no route took; a scanner's paths all end up here."""


class RouteNames:
    """Finds templates in the route tree of one Starlette or FastAPI application.

    Reads the tree again when its top level has grown. Where an endpoint stands under several
    templates, the request is matched once more to tell which.
    """

    def __init__(self, app: object) -> None:
        self._app: weakref.ref[Any] | None = weakref.ref(app) if hasattr(app, "routes") else None
        self._size = -1
        self._known: dict[int, str] = {}

    def name(self, scope: Scope) -> str:
        """Return the template of a request that was answered, by its scope."""
        app = self._app() if self._app is not None else None
        endpoint = scope.get("endpoint")
        if endpoint is None or app is None:
            return UNMATCHED
        routes: Sequence[Any] = app.routes
        if len(routes) != self._size:
            self._known = _read(routes)
            self._size = len(routes)
        found = self._known.get(id(endpoint))
        if found:
            return found
        return _match(routes, scope) or UNMATCHED


def _read(routes: Sequence[Any]) -> dict[int, str]:
    """Return endpoint → template; an empty one where an endpoint has several."""
    known: dict[int, str] = {}
    for template, endpoint in _walk(routes, ""):
        before = known.get(id(endpoint))
        known[id(endpoint)] = template if before in (None, template) else ""
    return known


def _walk(routes: Sequence[Any], before: str) -> list[tuple[str, object]]:
    found: list[tuple[str, object]] = []
    for route in routes:
        path = before + getattr(route, "path", "")
        below = getattr(route, "routes", None)
        if below:
            found += _walk(below, path)
        endpoint = getattr(route, "endpoint", None)
        if endpoint is not None:
            found.append((path or "/", endpoint))
        elif getattr(route, "app", None) is not None and not below:
            found.append((f"{path}/*", route.app))
    return found


def _match(routes: Sequence[Any], scope: Scope) -> str:
    """Return the template by matching the path once more, through mounts."""
    root = scope.get("app_root_path", scope.get("root_path", ""))
    inner = {**scope, "root_path": root, "path_params": {}}
    template = ""
    while routes:
        for route in routes:
            matched, child = route.matches(inner)
            if matched.value:
                break
        else:
            return ""
        template += getattr(route, "path", "")
        inner.update(child)
        routes = getattr(route, "routes", None) or ()
    return template
